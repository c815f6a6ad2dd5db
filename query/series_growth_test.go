package query

import (
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
)

// column writes one statistic of each point.
func column(s *Series, statistic func(*Point) *float64) string {
	texts := make([]string, len(s.Points()))
	for i, p := range s.Points() {
		texts[i] = show(statistic(p))
	}
	return strings.Join(texts, " ")
}

func precisions(s *Series, statistic func(*Point) *indicator.Precision) string {
	texts := make([]string, len(s.Points()))
	for i, p := range s.Points() {
		texts[i] = "-"
		if precision := statistic(p); precision != nil {
			texts[i] = precision.String()
		}
	}
	return strings.Join(texts, " ")
}

func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

// Months of 2020: 10, at least 12, 6, not published, a gap, 9, at most 15. Those of 2019: 8, 10, 0, 20.
func TestPoint_Statistics(t *testing.T) {
	t.Parallel()
	s := askSeries(t, &SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-01-01")}).Page.Nodes[0]
	wantText(t, "values", column(s, (*Point).Value), "10 12 6 - - 9 15")
	wantText(t, "change", column(s, (*Point).Change), "- 2 -6 - - - 6")
	// 6 - (12 or more) is -6 or less
	wantText(t, "precision of change", precisions(s, (*Point).ChangePrecision), "- AT_LEAST AT_MOST - - - AT_MOST")
	// 100 x 2/10, 100 x -6/12, 100 x 6/9
	wantText(t, "percent change", column(s, (*Point).PercentChange), "- 20 -50 - - - 66.6667")
	// 100 x (10 - 8) / 8, 100 x (12 - 10) / 10, and of 0 there is no multiple
	wantText(t, "year on year", column(s, (*Point).YearOnYear), "25 20 - - - - -")
	wantText(t, "precision year on year", precisions(s, (*Point).YearOnYearPrecision), "EXACT AT_LEAST - - - - -")
	wantText(t, "difference year on year", column(s, (*Point).YearOnYearChange), "2 2 6 - - - -")
	february := *period("2020-02")
	index := func(p *Point) *float64 {
		x, err := p.Index(february)
		if err != nil {
			t.Error(err)
		}
		return x
	}
	wantText(t, "index", column(s, index), "83.3333 100 50 - - 75 125")
	wantText(t, "precision of index", precisions(s, func(p *Point) *indicator.Precision { return p.IndexPrecision(february) }),
		"AT_MOST EXACT AT_MOST - - AT_MOST AT_MOST")
	average := func(n int) func(p *Point) *float64 {
		return func(p *Point) *float64 {
			x, err := p.MovingAverage(n)
			if err != nil {
				t.Error(err)
			}
			return x
		}
	}
	wantText(t, "average of 2", column(s, average(2)), "- 11 9 - - - 12")
	wantText(t, "average of 3", column(s, average(3)), "- - 9.33333 - - - -")
	wantText(t, "average of 8", column(s, average(8)), "- - - - - - -")
	wantText(t, "precision of the average", precisions(s, func(p *Point) *indicator.Precision { return p.MovingAveragePrecision(2) }),
		"- AT_LEAST AT_LEAST - - - AT_MOST")
	cumulative := func(p *Point) *float64 {
		x, err := p.Cumulative()
		if err != nil {
			t.Error(err)
		}
		return x
	}
	wantText(t, "cumulative", column(s, cumulative), "10 22 28 - - - -")
	wantText(t, "precision of the sum", precisions(s, (*Point).CumulativePrecision), "EXACT AT_LEAST AT_LEAST - - - -")
	wantText(t, "unit of changes", s.ChangeUnit(), "piece")
}

// The statistics take filled values: June's change is 9 - 0.
func TestPoint_StatisticsOfFilled(t *testing.T) {
	t.Parallel()
	s := askSeries(t, &SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-05-01"), Fill: FillZero}).Page.Nodes[0]
	wantText(t, "values", column(s, (*Point).Value), "9 15")
	s = askSeries(t, &SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-03-01"), Fill: FillZero}).Page.Nodes[0]
	wantText(t, "change", column(s, (*Point).Change), "- - - 9 6")
}

// Of percentages, changes are percentage points and never percent: 50, 75, 80.
func TestPoint_Percentages(t *testing.T) {
	t.Parallel()
	s := askSeries(t, &SeriesRequest{Indicators: []string{"rate"}, Regions: codes("112")}).Page.Nodes[0]
	wantText(t, "change", column(s, (*Point).Change), "- 25 5")
	wantText(t, "percent change", column(s, (*Point).PercentChange), "- - -")
	wantText(t, "unit of changes", s.ChangeUnit(), "percentage points")
}

// Day by day after Spring Festival: the eve against the eve, 20 of 40, then 10 of 50 and 20 of 80. By the calendar, 25 January
// 2020 stands against 25 January 2019, when there was 1 visit.
func TestPoint_Align(t *testing.T) {
	t.Parallel()
	request := &SeriesRequest{Indicators: []string{"visits"}, Regions: codes("121"), From: parseDay("2020-01-24"), Grain: indicator.Daily}
	calendar := askSeries(t, request).Page.Nodes[0]
	wantText(t, "by the calendar", column(calendar, (*Point).YearOnYear), "- 900 - -")
	if calendar.Points()[0].EventDay() != nil {
		t.Error("there is no event")
	}
	request.Align = &Align{Event: parseDay("2020-01-25"), With: parseDay("2019-02-05")}
	aligned := askSeries(t, request).Page.Nodes[0]
	wantText(t, "aligned", column(aligned, (*Point).YearOnYear), "-50 -80 -75 -")
	wantText(t, "days", column(aligned, func(p *Point) *float64 { x := float64(*p.EventDay()); return &x }), "-1 0 1 2")
	request.Align.With = indicator.NoDay
	counted := askSeries(t, request).Page.Nodes[0]
	wantText(t, "only counted", column(counted, (*Point).YearOnYear), "- 900 - -")
}

func TestPoint_Refusals(t *testing.T) {
	t.Parallel()
	// once a series, at its first point
	refused := func(what string, s *Series, statistic func(*Point) (*float64, error), code indicator.ErrorCode, reason string) {
		t.Helper()
		for i, p := range s.Points() {
			x, err := statistic(p)
			if x != nil || (err != nil) != (i == 0) {
				t.Errorf("%s: point %d is %v, %v", what, i, x, err)
			}
			if i == 0 && wantCode(t, err, code).Reason != reason {
				t.Errorf("%s: %+v", what, err)
			}
		}
	}
	series := func(request *SeriesRequest) *Series {
		nodes := askSeries(t, request).Page.Nodes
		return nodes[len(nodes)-1]
	}
	stock := series(&SeriesRequest{Indicators: []string{"clinics"}, Regions: codes("111"), Grain: indicator.Monthly})
	refused("the sum of a stock", stock, (*Point).Cumulative, indicator.NotAdditive, "LAST")
	refused("the sum of a rate", series(&SeriesRequest{Indicators: []string{"rate"}, Regions: codes("112")}), (*Point).Cumulative, indicator.NotAdditive, "RATIO")
	refused("the sum of a quotient", series(&SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), Per: &Per{"population", 1}}),
		(*Point).Cumulative, indicator.NotAdditive, "RATIO")
	refused("the sum of spans", series(&SeriesRequest{Indicators: []string{"visits"}, Regions: codes("122")}), (*Point).Cumulative, indicator.NotAdditive, "irregular periods")
	for _, n := range []int{-1, 0, longestAverage + 1} {
		refused("an average of so many", stock, func(p *Point) (*float64, error) { return p.MovingAverage(n) }, indicator.InvalidInput, "")
	}
	refused("the wrong base", stock, func(p *Point) (*float64, error) { return p.Index(*period("2020")) }, indicator.InvalidInput, "")
	if stock.Points()[0].CumulativePrecision() != nil {
		t.Error("what does not exist has a precision")
	}
}

func TestSeries_Columns(t *testing.T) {
	t.Parallel()
	s := askSeries(t, &SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-01-01"), Fill: FillLinear}).Page.Nodes[0]
	c := s.Columns()
	for i, p := range s.Points() {
		same := func(a, b *float64) bool { return near(value(a), value(b)) }
		if c.Periods[i] != p.Period || !same(c.Values[i], p.Value()) || c.Missing[i] != p.Missing() || c.Filled[i] != p.Filled ||
			c.Precisions[i] != p.Precision() || !same(c.Changes[i], p.Change()) || !same(c.PercentChanges[i], p.PercentChange()) ||
			!same(c.YearOnYear[i], p.YearOnYear()) {
			t.Errorf("row %d of the columns differs from %s", i, pointText(p))
		}
	}
}

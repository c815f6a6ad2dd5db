package query

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// seriesFacts are figures of counties of the fixture whose development one can check in the head.
func seriesFacts() []fact {
	target := func(r *store.Report) { r.Status = indicator.Target }
	return []fact{
		// A flow by month: a year, a gap in May and one figure that is not published.
		{"visits 111 2019-01", 8, nil}, {"visits 111 2019-02", 10, nil}, {"visits 111 2019-03", 0, nil}, {"visits 111 2019-04", 20, nil},
		{"visits 111 2020-01", 10, nil}, {"visits 111 2020-02", 12, precise(indicator.AtLeast)}, {"visits 111 2020-03", 6, nil},
		{"visits 111 2020-04", 0, missing(indicator.NotPublished)}, {"visits 111 2020-06", 9, nil}, {"visits 111 2020-07", 15, precise(indicator.AtMost)},
		{"visits 111 2020-03", 7, target},
		// A stock at the ends of months, and twice in March.
		{"clinics 111 2020-01-31", 4, nil}, {"clinics 111 2020-02-29", 5, precise(indicator.Approximate)},
		{"clinics 111 2020-03-15", 6, nil}, {"clinics 111 2020-03-31", 7, nil}, {"clinics 111 2020-05-31", 9, nil},
		{"population 111 2018", 1000, nil}, {"population 111 2020-02", 2000, precise(indicator.AtLeast)},
		// A rate whose months have counts, but for March.
		{"rate 112 2020-01", 50, counted(1, 2)}, {"rate 112 2020-02", 75, counted(6, 8)}, {"rate 112 2020-03", 80, nil},
		// Without a rule.
		{"price 112 2020-01-10", 3, nil}, {"price 112 2020-01-20", 4, nil}, {"price 112 2020-02", 5, nil}, {"price 112 2020-02-03", 6, nil},
		// Days around Spring Festival, which was on 5 February 2019 and on 25 January 2020.
		{"visits 121 2019-02-04", 40, nil}, {"visits 121 2019-02-05", 50, nil}, {"visits 121 2019-02-06", 80, nil}, {"visits 121 2019-01-25", 1, nil},
		{"visits 121 2020-01-24", 20, nil}, {"visits 121 2020-01-25", 10, nil}, {"visits 121 2020-01-26", 20, nil}, {"visits 121 2020-01-27", 5, nil},
		// Several lengths: months, a quarter, days and spans.
		{"visits 122 2020-01", 1, nil}, {"visits 122 2020-Q1", 6, nil}, {"visits 122 2020-04-01", 2, nil}, {"visits 122 2020-04-03", 3, nil},
		{"visits 122 2020-01-25/2020-02-10", 4, nil}, {"visits 122 2020-01-25/2020-03-02", 5, nil},
		// A retired code's successor is 113.
		{"visits 113 2020-01", 2, nil}, {"visits 12 2020-01", 100, nil},
	}
}

func askSeries(t *testing.T, request *SeriesRequest) *SeriesResult {
	t.Helper()
	answer, err := trySeries(t, request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// trySeries fills in what the request leaves open: no bounds, nothing aligned, a page of ten.
func trySeries(t *testing.T, request *SeriesRequest) (*SeriesResult, error) {
	t.Helper()
	if request.Page == (PageRequest{}) {
		request.Page.First = 10
	}
	if request.From == 0 {
		request.From = indicator.NoDay
	}
	if request.To == 0 {
		request.To = indicator.NoDay
	}
	if request.AsOf == 0 {
		request.AsOf = indicator.NoDay
	}
	request.YearOnYear = true
	session := NewSession(newStore(t, fixtureTables(), seriesFacts()), DefaultLimits(), today)
	return session.Series(context.Background(), request)
}

func parseDay(text string) indicator.Day {
	d, err := indicator.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

// show writes a number as "12.5", a missing one as "-".
func show(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.6g", *x)
}

// pointText writes a point as "2020-02 ≥12 filled partial", or with the reason for its missing value.
func pointText(p *Point) string {
	words := []string{p.Period.String(), map[indicator.Precision]string{
		indicator.Exact: "", indicator.AtLeast: "≥", indicator.AtMost: "≤", indicator.Approximate: "≈",
	}[p.Precision()] + show(p.Value())}
	if p.Missing() != indicator.NotMissing {
		words = append(words, p.Missing().String())
	}
	if p.Filled {
		words = append(words, "filled")
	}
	if p.Partial() {
		words = append(words, "partial")
	}
	return strings.Join(words, " ")
}

// seriesText writes a series as its key and its points.
func seriesText(s *Series) string {
	points := make([]string, len(s.Points()))
	for i, p := range s.Points() {
		points[i] = pointText(p)
	}
	return fmt.Sprintf("%s %s %s %s: %s", s.Indicator.Code, s.Region.Code, s.Status, s.Frequency, strings.Join(points, ", "))
}

func wantSeries(t *testing.T, answer *SeriesResult, want ...string) {
	t.Helper()
	var got []string
	for _, s := range answer.Page.Nodes {
		got = append(got, seriesText(s))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSeries_Grain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request  SeriesRequest
		want     []string
		warnings string
	}{
		"a flow adds up": { // Q1: 10 + 12 + 6, of which 12 is a lower bound. Q2: April is not published, May has a gap, 9. Q3: July alone, 15 or less.
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-01-01"), Grain: indicator.Quarterly},
			[]string{"visits 111 ACTUAL QUARTER: 2020-Q1 ≥28, 2020-Q2 9 partial, 2020-Q3 ≤15 partial"},
			"MIXED_PRECISION TIME_GAPS",
		},
		"month-end stocks are not summed": { // Q1: the last of 4, 5, 6 and 7. Q2: May's.
			SeriesRequest{Indicators: []string{"clinics"}, Regions: codes("111"), Grain: indicator.Quarterly},
			[]string{"clinics 111 ACTUAL QUARTER: 2020-Q1 7, 2020-Q2 9"}, "",
		},
		"a gap between months": {
			SeriesRequest{Indicators: []string{"clinics"}, Regions: codes("111"), Grain: indicator.Monthly},
			[]string{"clinics 111 ACTUAL MONTH: 2020-01 4, 2020-02 ≈5, 2020-03 7, 2020-04 - NO_OBSERVATION, 2020-05 9"}, "MIXED_PRECISION",
		},
		"a rate combines by its counts": { // to February: (1 + 6) / (2 + 8)
			SeriesRequest{Indicators: []string{"rate"}, Regions: codes("112"), To: parseDay("2020-02-29"), Grain: indicator.Quarterly},
			[]string{"rate 112 ACTUAL QUARTER: 2020-Q1 70"}, "",
		},
		"a rate without counts of one month": {
			SeriesRequest{Indicators: []string{"rate"}, Regions: codes("112"), Grain: indicator.Quarterly},
			[]string{"rate 112 ACTUAL QUARTER: 2020-Q1 - NO_DENOMINATOR"}, "",
		},
		"figures of longer periods are left out": { // the quarter, and two spans that reach into the next month
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("122"), Grain: indicator.Monthly},
			[]string{"visits 122 ACTUAL MONTH: 2020-01 1, 2020-02 - NO_OBSERVATION, 2020-03 - NO_OBSERVATION, 2020-04 5 partial"},
			"TIME_GAPS LONGER_PERIODS",
		},
		"the longest figures inside a period count": { // the quarter stands for its month and spans; two days of the second
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("122"), Grain: indicator.Quarterly},
			[]string{"visits 122 ACTUAL QUARTER: 2020-Q1 6, 2020-Q2 5 partial"}, "TIME_GAPS",
		},
		"without a rule a figure of the very period": {
			SeriesRequest{Indicators: []string{"price"}, Regions: codes("112"), From: parseDay("2020-02-01"), Grain: indicator.Monthly},
			[]string{"price 112 ACTUAL MONTH: 2020-02 5"}, "",
		},
		"a region has only its own figures": {
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("1", "12"), Grain: indicator.Monthly},
			[]string{"visits 12 ACTUAL MONTH: 2020-01 100"}, "",
		},
		"a retired code": {
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("118"), Grain: indicator.Monthly},
			[]string{"visits 113 ACTUAL MONTH: 2020-01 2"}, "RETIRED_REGION",
		},
		"statuses are series of their own": {
			SeriesRequest{
				Indicators: []string{"visits", "clinics"}, Regions: codes("111"), From: parseDay("2020-03-01"), To: parseDay("2020-03-31"),
				Grain: indicator.Monthly, Statuses: []indicator.Status{indicator.Target, indicator.Actual, indicator.Target},
			},
			[]string{"visits 111 ACTUAL MONTH: 2020-03 6", "visits 111 TARGET MONTH: 2020-03 7", "clinics 111 ACTUAL MONTH: 2020-03 7"}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := askSeries(t, &test.request)
			wantSeries(t, answer, test.want...)
			if got := warningCodes(answer.Warnings); got != test.warnings {
				t.Errorf("warnings %s, want %s: %v", got, test.warnings, answer.Warnings)
			}
		})
	}
}

func TestSeries_AsReported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request  SeriesRequest
		want     []string
		warnings string
	}{
		"each length is a series": { // days of a flow have a gap, spans have none
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("122")},
			[]string{
				"visits 122 ACTUAL DAY: 2020-04-01 2, 2020-04-02 - NO_OBSERVATION, 2020-04-03 3",
				"visits 122 ACTUAL MONTH: 2020-01 1",
				"visits 122 ACTUAL QUARTER: 2020-Q1 6",
				"visits 122 ACTUAL IRREGULAR: 2020-01-25/2020-02-10 4, 2020-01-25/2020-03-02 5",
			},
			"MIXED_PERIODS",
		},
		"days of a stock are the dates of counts": {
			SeriesRequest{Indicators: []string{"clinics"}, Regions: codes("111")},
			[]string{"clinics 111 ACTUAL DAY: 2020-01-31 4, 2020-02-29 ≈5, 2020-03-15 6, 2020-03-31 7, 2020-05-31 9"}, "MIXED_PRECISION",
		},
		"months have gaps": {
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-04-01")},
			[]string{"visits 111 ACTUAL MONTH: 2020-04 - NOT_PUBLISHED, 2020-05 - NO_OBSERVATION, 2020-06 9, 2020-07 ≤15"}, "MIXED_PRECISION",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := askSeries(t, &test.request)
			wantSeries(t, answer, test.want...)
			if got := warningCodes(answer.Warnings); got != test.warnings {
				t.Errorf("warnings %s, want %s: %v", got, test.warnings, answer.Warnings)
			}
		})
	}
}

// Of four months a known one, one that is not published, a gap and a known one.
func TestSeries_Fill(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fill Fill
		want string
	}{
		"none":     {FillNone, "2020-02 ≥12, 2020-03 6, 2020-04 - NOT_PUBLISHED, 2020-05 - NO_OBSERVATION, 2020-06 9, 2020-07 ≤15"},
		"zero":     {FillZero, "2020-02 ≥12, 2020-03 6, 2020-04 - NOT_PUBLISHED, 2020-05 0 filled, 2020-06 9, 2020-07 ≤15"},
		"previous": {FillPrevious, "2020-02 ≥12, 2020-03 6, 2020-04 - NOT_PUBLISHED, 2020-05 6 filled, 2020-06 9, 2020-07 ≤15"},
		// 6 + (9 - 6) x 2/3: May is the second of three steps
		"linear": {FillLinear, "2020-02 ≥12, 2020-03 6, 2020-04 - NOT_PUBLISHED, 2020-05 ≈8 filled, 2020-06 9, 2020-07 ≤15"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := askSeries(t, &SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-02-01"), Fill: test.fill})
			wantSeries(t, answer, "visits 111 ACTUAL MONTH: "+test.want)
		})
	}
	t.Run("previous keeps the precision", func(t *testing.T) {
		t.Parallel()
		answer := askSeries(t, &SeriesRequest{
			Indicators: []string{"clinics"}, Regions: codes("111"), To: parseDay("2020-03-15"), Grain: indicator.Weekly, Fill: FillPrevious,
		})
		wantSeries(t, answer, "clinics 111 ACTUAL WEEK: 2020-W05 4, 2020-W06 4 filled, 2020-W07 4 filled, 2020-W08 4 filled, 2020-W09 ≈5, "+
			"2020-W10 ≈5 filled, 2020-W11 6")
	})
}

// Per 1,000 residents: the population of 2018 holds until that of February 2020.
func TestSeries_Quotients(t *testing.T) {
	t.Parallel()
	clinics := &SeriesRequest{Indicators: []string{"clinics"}, Regions: codes("111"), Per: &Per{"population", 1000}, Evidence: true}
	answer := askSeries(t, clinics)
	// 1000 x 4/1000; 1000 x 5/2000, where a larger population leaves less; 3; 3.5; 4.5
	wantSeries(t, answer, "clinics 111 ACTUAL DAY: 2020-01-31 4, 2020-02-29 ≈2.5, 2020-03-15 ≤3, 2020-03-31 ≤3.5, 2020-05-31 ≤4.5")
	if got := warningCodes(answer.Warnings); got != "MIXED_PRECISION MIXED_PERIODS" {
		t.Errorf("warnings %s", got)
	}
	first := answer.Page.Nodes[0]
	if got := first.Unit(); got != "piece per 1000 person" || first.ChangeUnit() != got {
		t.Errorf("unit %s, of changes %s", got, first.ChangeUnit())
	}
	var evidence []string
	for _, o := range first.Points()[1].Observations() {
		evidence = append(evidence, o.Indicator.Code+" "+o.Period.String())
	}
	if got := strings.Join(evidence, ", "); got != "clinics 2020-02-29, population 2020-02" {
		t.Errorf("evidence %s", got)
	}
	// The figures of the quotient's parts are read with one query each.
	if answer.Cost.EngineQueries != 2 || answer.Cost.Rows != 7 {
		t.Errorf("cost %+v", answer.Cost)
	}
	derived := askSeries(t, &SeriesRequest{Indicators: []string{"clinics_per_10k"}, Regions: codes("111"), Grain: indicator.Quarterly})
	wantSeries(t, derived, "clinics_per_10k 111 ACTUAL QUARTER: 2020-Q1 ≤35, 2020-Q2 ≤45")
	// A flow divides by its own figures of the same period: 5 clinics by 12 visits in February, and none in May.
	perVisit := askSeries(t, &SeriesRequest{
		Indicators: []string{"clinics"}, Regions: codes("111"), Grain: indicator.Monthly, From: parseDay("2020-02-01"), Per: &Per{"visits", 12},
	})
	wantSeries(t, perVisit, "clinics 111 ACTUAL MONTH: 2020-02 ≈5, 2020-03 14, 2020-04 - NO_OBSERVATION, 2020-05 - NO_DENOMINATOR")
}

// A population that is counted with the outskirts does not fit clinics without.
func TestSeries_Scopes(t *testing.T) {
	t.Parallel()
	outskirts := func(r *store.Report) { r.Definition = 1 }
	session := NewSession(newStore(t, fixtureTables(), []fact{
		{"clinics 111 2020-01", 4, nil}, {"clinics 111 2020-02", 5, nil}, {"population 111 2020-02", 1000, outskirts}, {"population 111 2020-01", 1000, nil},
	}), DefaultLimits(), today)
	for to, want := range map[string]string{"2020-01-31": "", "2020-02-29": "MIXED_DEFINITIONS"} {
		answer, err := session.Series(context.Background(), &SeriesRequest{
			Indicators: []string{"clinics_per_10k"}, Regions: codes("111"), From: indicator.NoDay, To: parseDay(to), AsOf: indicator.NoDay,
			Page: PageRequest{First: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		wantText(t, "warnings to "+to, warningCodes(answer.Warnings), want)
	}
}

func TestSeries_PagesAndMissing(t *testing.T) {
	t.Parallel()
	request := &SeriesRequest{Indicators: []string{"visits", "price"}, Regions: within("11"), Grain: indicator.Quarterly, To: parseDay("2019-12-31")}
	answer := askSeries(t, request)
	wantSeries(t, answer, "visits 111 ACTUAL QUARTER: 2019-Q1 18, 2019-Q2 20 partial")
	var missing []string
	lacking, err := answer.Missing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range lacking {
		missing = append(missing, m.Indicator.Code+" "+m.Region.Code+" "+m.Reason.String())
	}
	if got := strings.Join(missing, ", "); got != "visits 112 NO_OBSERVATION, visits 113 NO_OBSERVATION, "+
		"price 111 NO_OBSERVATION, price 112 NO_OBSERVATION, price 113 NO_OBSERVATION" {
		t.Errorf("missing %s", got)
	}
	all := &SeriesRequest{Indicators: []string{"visits", "clinics"}, Regions: &RegionSelector{Within: []string{"1"}, Level: indicator.County}}
	whole := askSeries(t, all)
	var paged []*Series
	for after, more := "", true; more; {
		request := *all
		request.Page = PageRequest{First: 2, After: after}
		page := askSeries(t, &request).Page
		paged = append(paged, page.Nodes...)
		more = page.PageInfo.HasNextPage
		after = *page.PageInfo.EndCursor()
	}
	got, want := make([]string, len(paged)), make([]string, len(whole.Page.Nodes))
	for i, s := range paged {
		got[i] = seriesText(s)
	}
	for i, s := range whole.Page.Nodes {
		want[i] = seriesText(s)
	}
	if !slices.Equal(got, want) || len(want) != 8 {
		t.Errorf("in pages\n%s\nat once\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A revision of April 2020 changes what February is, from then on.
func TestSeries_AsOf(t *testing.T) {
	t.Parallel()
	revised := fact{"visits 111 2020-02", 13, func(r *store.Report) { r.PublishedOn = parseDay("2020-04-15") }}
	session := NewSession(newStore(t, fixtureTables(), append(seriesFacts(), revised)), DefaultLimits(), today)
	for asOf, want := range map[indicator.Day]string{
		parseDay("2020-02-19"): "", parseDay("2020-04-14"): "2020-01 10, 2020-02 ≥12", parseDay("2020-04-15"): "2020-01 10, 2020-02 13",
		indicator.NoDay: "2020-01 10, 2020-02 13",
	} {
		answer, err := session.Series(context.Background(), &SeriesRequest{
			Indicators: []string{"visits"}, Regions: codes("111"), From: parseDay("2020-01-01"), To: parseDay("2020-02-29"),
			AsOf: asOf, Page: PageRequest{First: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			wantSeries(t, answer)
			continue
		}
		wantSeries(t, answer, "visits 111 ACTUAL MONTH: "+want)
	}
}

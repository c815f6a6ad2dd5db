package query

import (
	"math"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
)

// ask fills in what the contract's defaults are.
func (r AggregateRequest) ask(t testing.TB, s *Session) (*Aggregation, error) {
	t.Helper()
	if r.AsOf == 0 {
		r.AsOf = indicator.NoDay
	}
	if r.Page.First == 0 {
		r.Page.First = 1000
	}
	return s.Aggregate(t.Context(), &r)
}

func (r AggregateRequest) mustAsk(t testing.TB, s *Session) *Aggregation {
	t.Helper()
	a, err := r.ask(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// single is the one group of an answer without keys.
func (r AggregateRequest) single(t testing.TB, s *Session) *Group {
	t.Helper()
	a := r.mustAsk(t, s)
	if len(a.Page.Nodes) != 1 || len(a.Totals) != 1 {
		t.Fatalf("%d groups and %d totals", len(a.Page.Nodes), len(a.Totals))
	}
	return a.Page.Nodes[0]
}

func groupValue(t testing.TB, g *Group) float64 {
	t.Helper()
	x, err := g.Value()
	if err != nil {
		t.Fatal(err)
	}
	return value(x)
}

func TestAggregate_Values(t *testing.T) {
	nan := math.NaN()
	year := &When{Within: period("2020")}
	february, april := &When{Period: period("2020-02")}, &When{Period: period("2020-04")}
	size := func(v string) []indicator.Coordinate { return []indicator.Coordinate{{Dimension: "size", Value: v}} }
	tests := []struct {
		name      string
		request   AggregateRequest
		value     float64
		missing   indicator.Missing
		precision indicator.Precision
		mean      float64
		count     int
		used      string
		lacking   string
	}{
		{
			"a total is not its parts once more", AggregateRequest{Indicators: []string{"grids"}, Regions: codes("111")},
			1047, 0, indicator.Exact, 1047, 1, "111", "",
		},
		{
			"a sum with a part that is at least so much", AggregateRequest{Indicators: []string{"grids"}},
			1077, 0, indicator.AtLeast, 1077.0 / 4, 4, "111 112 121 123", "113 NO_OBSERVATION, 122 NO_OBSERVATION", // 1047 + 20 + 3 + 7
		},
		{
			"one part of each", AggregateRequest{Indicators: []string{"grids"}, Slice: size("small"), Regions: within("11")},
			354, 0, indicator.Exact, 177, 2, "111 112", "113 NO_OBSERVATION", // 334 + 20
		},
		{
			"a slice that no figure has", AggregateRequest{Indicators: []string{"grids"}, Slice: []indicator.Coordinate{{Dimension: "colour", Value: "blue"}}, Regions: codes("111")},
			nan, indicator.NoObservation, indicator.Exact, nan, 0, "", "111 NO_OBSERVATION",
		},
		{
			"a missing value is not zero", AggregateRequest{Indicators: []string{"visits"}, When: april},
			94, 0, indicator.Exact, 94.0 / 5, 5, "111 112 113 121 122", "123 NOT_COLLECTED", // 40 + 8 + 0 + 40 + 6
		},
		{
			"nothing but a reason", AggregateRequest{Indicators: []string{"visits"}, When: april, Regions: codes("123")},
			nan, indicator.NotCollected, indicator.Exact, nan, 0, "", "123 NOT_COLLECTED",
		},
		{
			"flows add up over time", AggregateRequest{Indicators: []string{"visits"}, When: year},
			181, 0, indicator.AtLeast, 181.0 / 6, 19, "111 112 113 121 122 123", "", // 100 + 20 + 0 + 40 + 18 + 3
		},
		{
			"a rate by its counts", AggregateRequest{Indicators: []string{"rate"}},
			// (95 + 85 + 62) / (98 + 85 + 62); the mean is of 95/98 = 96.93…, 100, 100 and the printed 85.5
			100 * 242.0 / 245, 0, indicator.Exact, (100*95.0/98 + 200 + 85.5) / 4, 4, "111 112 113",
			"121 NO_DENOMINATOR, 122 NOT_PUBLISHED, 123 NO_OBSERVATION",
		},
		{
			"a rate without counts for itself", AggregateRequest{Indicators: []string{"rate"}, Regions: codes("121")},
			85.5, 0, indicator.Exact, 85.5, 1, "121", "",
		},
		{
			"rates without counts do not combine", AggregateRequest{Indicators: []string{"rate"}, Regions: codes("121", "123")},
			nan, indicator.NoDenominator, indicator.Exact, 85.5, 1, "", "121 NO_DENOMINATOR, 123 NO_OBSERVATION",
		},
		{
			"different reasons are unknown", AggregateRequest{Indicators: []string{"rate"}, Regions: codes("121", "122")},
			nan, indicator.UnknownReason, indicator.Exact, 85.5, 1, "", "121 NO_DENOMINATOR, 122 NOT_PUBLISHED",
		},
		{
			"a weighted mean", AggregateRequest{Indicators: []string{"warmth"}, When: february},
			// (1000 x 3 + 200 x 8 + 0 x 50) / 1200
			4600.0 / 1200, 0, indicator.Exact, 70.0 / 4, 4, "111 112 113", "121 NO_OBSERVATION, 122 NO_WEIGHT, 123 NO_OBSERVATION",
		},
		{
			"weights of zero", AggregateRequest{Indicators: []string{"warmth"}, When: february, Regions: codes("113", "122")},
			nan, indicator.NoWeight, indicator.Exact, 59.0 / 2, 2, "113", "122 NO_WEIGHT",
		},
		{
			"a mean over time", AggregateRequest{Indicators: []string{"warmth"}, When: year, Regions: codes("111")},
			2, 0, indicator.Exact, 2, 2, "111", "", // (1 + 3) / 2
		},
		{
			"the smallest, over time and regions", AggregateRequest{Indicators: []string{"coldest"}, When: year},
			-20, 0, indicator.AtMost, -8, 4, "111 112 121", "113 NO_OBSERVATION, 122 NO_OBSERVATION, 123 NO_OBSERVATION", // -7, -20, 3
		},
		{
			"the largest of negative values", AggregateRequest{Indicators: []string{"hottest"}, When: year, Regions: within("11")},
			-5, 0, indicator.AtMost, -12.5, 3, "111 112", "113 NO_OBSERVATION", // -5, -20
		},
		{
			"what does not combine, of one region", AggregateRequest{Indicators: []string{"price"}, Regions: codes("111")},
			6, 0, indicator.Exact, 6, 1, "111", "",
		},
		{
			"no region at all", AggregateRequest{Indicators: []string{"grids"}, Regions: &RegionSelector{Within: []string{"111"}, Level: indicator.Township}},
			nan, indicator.NoObservation, indicator.Exact, nan, 0, "", "",
		},
		{
			"no region at all, without a rule", AggregateRequest{Indicators: []string{"price"}, Regions: &RegionSelector{Within: []string{"111"}, Level: indicator.Township}},
			nan, indicator.NoObservation, indicator.Exact, nan, 0, "", "",
		},
		{
			"a quotient of sums, not a mean of quotients",
			AggregateRequest{Indicators: []string{"clinics"}, Regions: codes("111", "121"), Per: &Per{Indicator: "population", Scale: 1}},
			// 2/1000 and 2/10: 4/1010 = 0.0039604, while the mean of the quotients is 0.101
			4.0 / 1010, 0, indicator.Exact, 0.101, 2, "111 121", "",
		},
		{
			"a derived indicator", AggregateRequest{Indicators: []string{"clinics_per_10k"}},
			// (2 + 0 + 1 + 2) / (1000 + 200 + 0 + 10) x 10000: 113 has a clinic and no residents, so no value of its own; 122 has no
			// count of residents, 123 no clinics.
			10000 * 5.0 / 1210, 0, indicator.Exact, (20 + 0 + 2000) / 3.0, 3, "111 112 113 121",
			"122 NO_DENOMINATOR, 123 NO_OBSERVATION",
		},
		{
			"a derived indicator that does not combine, of one region", AggregateRequest{Indicators: []string{"grids_per_clinic"}, Regions: codes("111")},
			523.5, 0, indicator.Exact, 523.5, 1, "111", "", // 1047 / 2
		},
		{
			"a part over the whole where the divisor has no parts",
			AggregateRequest{Indicators: []string{"grids_per_clinic"}, Regions: codes("111"), Slice: size("small")},
			167, 0, indicator.Exact, 167, 1, "111", "", // 334 / 2
		},
		{
			"a forecast", AggregateRequest{Indicators: []string{"growth"}, Status: indicator.Forecast, Regions: codes("111")},
			8, 0, indicator.Exact, 8, 1, "111", "",
		},
		{
			"a forecast is no fact", AggregateRequest{Indicators: []string{"growth"}, Regions: codes("111")},
			nan, indicator.NoObservation, indicator.Exact, nan, 0, "", "111 NO_OBSERVATION",
		},
		{
			"before anything was published", AggregateRequest{Indicators: []string{"grids"}, Regions: codes("111"), AsOf: day(19)},
			nan, indicator.NoObservation, indicator.Exact, nan, 0, "", "111 NO_OBSERVATION",
		},
		{
			"on the day of publication", AggregateRequest{Indicators: []string{"grids"}, Regions: codes("111"), AsOf: day(20)},
			1047, 0, indicator.Exact, 1047, 1, "111", "",
		},
		{
			"a prefecture's own figure is not its counties'", AggregateRequest{Indicators: []string{"grids"}, Regions: codes("11")},
			nan, indicator.NoObservation, indicator.Exact, nan, 0, "", "11 NO_OBSERVATION",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := tt.request.single(t, newSession(t))
			if got := groupValue(t, g); !near(got, tt.value) {
				t.Errorf("value %v, want %v", got, tt.value)
			}
			if g.Missing() != tt.missing {
				t.Errorf("missing %s, want %s", g.Missing(), tt.missing)
			}
			if g.Precision() != tt.precision {
				t.Errorf("precision %s, want %s", g.Precision(), tt.precision)
			}
			if got := value(g.Mean()); !near(got, tt.mean) {
				t.Errorf("mean %v, want %v", got, tt.mean)
			}
			if g.Count() != tt.count {
				t.Errorf("%d figures, want %d", g.Count(), tt.count)
			}
			c := g.Coverage()
			if got := regionCodes(c.Regions); got != tt.used {
				t.Errorf("rests on %s, want %s", got, tt.used)
			}
			if got := reasons(c.Missing); got != tt.lacking {
				t.Errorf("lacks %s, want %s", got, tt.lacking)
			}
			if c.Used != len(c.Regions) || c.Expected != c.Used+len(c.Missing) {
				t.Errorf("%d of %d regions with %d lacking", c.Used, c.Expected, len(c.Missing))
			}
		})
	}
}

func TestAggregate_Statistics(t *testing.T) {
	// 100, 20, 0, 40, 18 and 3 in order: 0 3 18 20 40 100
	g := AggregateRequest{Indicators: []string{"visits"}, When: &When{Within: period("2020")}}.single(t, newSession(t))
	sum, err := g.Sum()
	if err != nil {
		t.Fatal(err)
	}
	quartile, err := g.Quantile(0.25)
	if err != nil {
		t.Fatal(err)
	}
	// Distances from the mean 181/6, squared: the sum of squares 12333 less 181^2/6 is 6872.83…; a fifth of that is the variance.
	for name, pair := range map[string][2]float64{
		"sum":      {value(sum), 181},
		"median":   {value(g.Median()), 19},
		"quartile": {value(quartile), 6.75}, // position 0.25 x 5 = 1.25: 3 + 0.25 x (18 - 3)
		"min":      {value(g.Min()), 0},
		"max":      {value(g.Max()), 100},
		"stddev":   {value(g.StdDev()), math.Sqrt((12333 - 181.0*181/6) / 5)},
		"share":    {g.Coverage().Share, 1},
	} {
		if !near(pair[0], pair[1]) {
			t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
		}
	}
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		_, err := g.Quantile(p)
		wantPath(t, wantCode(t, err, indicator.InvalidInput), "p")
	}
	one := AggregateRequest{Indicators: []string{"visits"}, Regions: codes("111")}.single(t, newSession(t))
	if x := one.StdDev(); x != nil {
		t.Errorf("one value deviates by %v", *x)
	}
}

func TestAggregate_WeightShare(t *testing.T) {
	s := newSession(t)
	warmth := AggregateRequest{Indicators: []string{"warmth"}, When: &When{Period: period("2020-02")}}.single(t, s)
	// 111, 112 and 113 hold 1200 of the 1300 residents known.
	if got := value(warmth.Coverage().WeightShare); !near(got, 1200.0/1300) {
		t.Errorf("weight share %v", got)
	}
	if got := (AggregateRequest{Indicators: []string{"grids"}}).single(t, s).Coverage().WeightShare; got != nil {
		t.Errorf("without a weight indicator the share is %v", *got)
	}
}

func TestAggregate_Refusals(t *testing.T) {
	s := newSession(t)
	rate := AggregateRequest{Indicators: []string{"rate"}}.single(t, s)
	_, err := rate.Sum()
	if typed := wantCode(t, err, indicator.NotAdditive); typed.Reason != "RATIO" || typed.Hint == "" {
		t.Errorf("reason %q, hint %q", typed.Reason, typed.Hint)
	}
	for _, code := range []string{"price", "grids_per_clinic"} {
		g := AggregateRequest{Indicators: []string{code}}.single(t, s)
		x, err := g.Value()
		if typed := wantCode(t, err, indicator.NotAggregatable); typed.Reason != "NONE" || typed.Hint == "" || x != nil {
			t.Errorf("%s: %v with reason %q, hint %q", code, x, typed.Reason, typed.Hint)
		}
		if g.Missing() != indicator.NotMissing || value(g.Mean()) == 0 {
			t.Errorf("%s: missing %s, mean %v", code, g.Missing(), g.Mean())
		}
	}
	// One region asked for beside others that have no figure is still more than one.
	g := AggregateRequest{Indicators: []string{"price"}, Regions: codes("111", "123")}.single(t, s)
	_, err = g.Value()
	wantCode(t, err, indicator.NotAggregatable)
	// A rate of one region is no sum either.
	_, err = AggregateRequest{Indicators: []string{"rate"}, Regions: codes("111")}.single(t, s).Sum()
	wantCode(t, err, indicator.NotAdditive)
}

func TestAggregate_TimeRules(t *testing.T) {
	mean := func(what string, v float64) fact { return fact{"warmth 112 " + what, v, nil} }
	tests := []struct {
		name      string
		indicator string
		region    string
		within    string
		value     float64
		count     int
		warnings  string
	}{
		{"a year stands for its quarter and months", "visits", "111", "2019", 120, 1, ""},
		{"a quarter stands for its months", "visits", "111", "2019-Q1", 30, 1, ""},
		{"months alone", "visits", "111", "2019-01/2019-02", 20, 2, ""},
		{"a quarter and a month of another", "visits", "111", "2019-01-01/2019-12-30", 30, 1, ""},
		{"a gap between months", "visits", "112", "2020", 20, 3, "TIME_GAPS"},
		{"a missing month at the end", "visits", "123", "2020", 3, 3, "TIME_GAPS"},
		{"two years", "visits", "111", "2019/2020", 220, 5, ""}, // 120 + 10 + 20 + 30 + 40
		{"the newest stock", "population", "111", "2000/2020", 1000, 1, ""},
		{"a mean of what does not overlap", "warmth", "112", "2018", 6, 2, ""}, // the quarters 4 and 8; the month 100 lies in the first
		{"counts over time", "rate", "112", "2018", 100 * 30.0 / 40, 2, ""},    // (10 + 20) / (10 + 30)
		{"counts unknown over time", "rate", "113", "2018", math.NaN(), 0, ""},
		{"a printed rate of the whole span", "rate", "121", "2018", 70, 1, ""},
	}
	s := newSession(t,
		mean("2018-Q1", 4), mean("2018-Q2", 8), mean("2018-02", 100),
		fact{"rate 112 2018-01", 100, counted(10, 10)}, fact{"rate 112 2018-02", 66, counted(20, 30)},
		fact{"rate 113 2018-01", 50, counted(1, 2)}, fact{"rate 113 2018-02", 60, nil},
		fact{"rate 121 2018", 70, nil}, fact{"rate 121 2018-02", 50, counted(1, 2)},
	)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			request := AggregateRequest{Indicators: []string{tt.indicator}, Regions: codes(tt.region), When: &When{Within: period(tt.within)}}
			answer := request.mustAsk(t, s)
			g := answer.Page.Nodes[0]
			if got := groupValue(t, g); !near(got, tt.value) {
				t.Errorf("value %v, want %v", got, tt.value)
			}
			if g.Count() != tt.count {
				t.Errorf("%d figures, want %d", g.Count(), tt.count)
			}
			if got := warningCodes(answer.Warnings); got != tt.warnings {
				t.Errorf("warnings %q, want %q", got, tt.warnings)
			}
		})
	}
	_, err := AggregateRequest{Indicators: []string{"price"}, Regions: codes("111"), When: &When{Within: period("2020")}}.ask(t, s)
	if typed := wantCode(t, err, indicator.NotAggregatable); typed.Reason != "NONE" || !strings.Contains(typed.Message, "111") {
		t.Errorf("%s with reason %q", typed.Message, typed.Reason)
	}
}

func TestAggregate_Latest(t *testing.T) {
	s := newSession(t)
	tests := []struct {
		name   string
		latest LatestWhen
		want   string
	}{
		{"no bound", LatestWhen{indicator.NoDay, -1}, "111 112 121 123"},
		{"by a day", LatestWhen{day(17), -1}, "123"},
		{"by that very day", LatestWhen{indicator.DayOf(2020, 1, 31), -1}, "123"},
		{"by the day before", LatestWhen{indicator.DayOf(2020, 1, 30), -1}, ""},
		{"as old as that", LatestWhen{day(18), 18}, "111 112 121 123"}, // 31 January is 18 days before 18 February
		{"one day younger", LatestWhen{day(18), 17}, "111 112 121"},
		{"of today", LatestWhen{indicator.NoDay, 73}, "111 112 121"}, // 18 February is 11 + 31 + 30 + 1 days before 1 May
		{"too old today", LatestWhen{indicator.NoDay, 72}, ""},
		{"of that day alone", LatestWhen{day(18), 0}, "111 112 121"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := AggregateRequest{Indicators: []string{"grids"}, When: &When{Latest: &tt.latest}}.single(t, s)
			if got := regionCodes(g.Coverage().Regions); got != tt.want {
				t.Errorf("rests on %s, want %s", got, tt.want)
			}
		})
	}
}

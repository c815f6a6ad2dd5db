package query

import (
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
)

// A group wider than what is shown, and a shown region outside the group.
func TestCompare_Against(t *testing.T) {
	r := april()
	r.Display, r.Against = codes("112", "122"), within("1")
	c := mustCompare(t, newSession(t), r)
	if c.Statistics.N != 5 || len(c.Page.Nodes) != 2 || c.Missing != nil {
		t.Fatalf("%d values, %d entries, missing %v", c.Statistics.N, len(c.Page.Nodes), c.Missing)
	}
	if e := entry(t, c, "112"); e.Rank != 3 || e.Percentile != 50 {
		t.Errorf("112 has rank %d and percentile %v in the wider group", e.Rank, e.Percentile)
	}
	// 122 with 6 would join 8, 0 and 40: one is larger than both; two are larger and one smaller. As if it joined it counts half
	// itself: (1 + 1/2) / 4. The group's own statistics stay without it: their mean is 16.
	r.Against = codes("111", "112", "113")
	c = mustCompare(t, newSession(t), r)
	e := entry(t, c, "122")
	if e.Rank != 3 || e.Percentile != 37.5 || c.Statistics.N != 3 || value(c.Statistics.Mean) != 16 || e.Difference.Value != -10 {
		t.Errorf("rank %d, percentile %v in a group of %d with mean %v", e.Rank, e.Percentile, c.Statistics.N, value(c.Statistics.Mean))
	}
	if share, err := e.Share(); err != nil || !near(value(share), 6.0/48) {
		t.Errorf("share %v, %v", value(share), err)
	}
	// In a group without values everyone is alone.
	r.Against = codes("123")
	e = entry(t, mustCompare(t, newSession(t), r), "122")
	if e.Rank != 1 || e.Percentile != 50 || e.ZScore != nil || e.RobustZScore != nil || e.Ratio != nil || e.Difference.Known() {
		t.Errorf("in an empty group: %+v", e)
	}
}

// Equal values have no deviation, though their sum over their number may round away from them: 0.1 + 0.1 + 0.1 is not 0.3.
func TestCompare_EqualValues(t *testing.T) {
	var facts []fact
	for _, code := range []string{"111", "112", "113", "121", "122", "123"} {
		facts = append(facts, fact{"price " + code + " 2021", 0.1, nil})
	}
	for n := 2; n <= len(facts); n++ {
		c := mustCompare(t, newSession(t, facts[:n]...), CompareRequest{Indicators: []string{"price"}, Display: within("1"), When: &When{Period: period("2021")}})
		st := c.Statistics
		if value(st.Mean) != 0.1 || value(st.StdDev) != 0 || value(st.MAD) != 0 || value(st.Gini) != 0 || value(st.CoefficientOfVariation) != 0 {
			t.Errorf("%d equal values: mean %v, stddev %v, gini %v", n, value(st.Mean), value(st.StdDev), value(st.Gini))
		}
		for _, e := range c.Page.Nodes {
			if e.ZScore != nil || e.RobustZScore != nil || e.Rank != 1 || e.Percentile != 50 || e.Standing != Similar {
				t.Errorf("%s of %d equal ones: %+v", e.Region.Code, n, e)
			}
		}
	}
}

// The Gini coefficient and the coefficient of variation do not exist for negative values and non-positive means.
func TestCompare_NegativeValues(t *testing.T) {
	s := newSession(t)
	st := mustCompare(t, s, CompareRequest{Indicators: []string{"coldest"}, Display: within("1"), When: &When{Within: period("2020")}}).Statistics
	if st.Gini != nil || st.CoefficientOfVariation != nil || value(st.Min) != -20 || value(st.Max) != 3 || value(st.Mean) != -8 {
		t.Errorf("gini %v, variation %v of %v to %v", st.Gini, st.CoefficientOfVariation, value(st.Min), value(st.Max))
	}
	zero := mustCompare(t, s, CompareRequest{Indicators: []string{"visits"}, Display: codes("113"), When: &When{Within: period("2020")}})
	if st := zero.Statistics; st.Gini != nil || st.CoefficientOfVariation != nil || value(st.Mean) != 0 {
		t.Errorf("zeros have gini %v and variation %v", st.Gini, st.CoefficientOfVariation)
	}
	if share, err := entry(t, zero, "113").Share(); share != nil || err != nil {
		t.Errorf("nothing out of nothing is %v, %v", share, err)
	}
}

func TestCompare_Order(t *testing.T) {
	tests := []struct {
		orders []EntryOrder
		want   string
	}{
		{nil, "111 121 112 122 113"},
		{[]EntryOrder{{By: EntryByRegion}}, "111 112 113 121 122"},
		{[]EntryOrder{{EntryByRegion, true}}, "122 121 113 112 111"},
		{[]EntryOrder{{EntryByRank, true}}, "113 122 112 111 121"},
		{[]EntryOrder{{By: EntryByValue}}, "113 122 112 111 121"},
		{[]EntryOrder{{EntryByValue, true}, {EntryByRegion, true}}, "121 111 112 122 113"},
		{[]EntryOrder{{EntryByDifference, true}}, "111 121 112 122 113"},
	}
	for _, tt := range tests {
		r := april()
		r.OrderBy = tt.orders
		columns := mustCompare(t, newSession(t), r).Columns()
		if got := strings.Join(columns.Regions, " "); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.orders, got, tt.want)
		}
	}
}

func TestCompare_PagesAndColumns(t *testing.T) {
	s := newSession(t)
	r := april()
	r.Baseline = &Baseline{Region: "122"}
	whole := mustCompare(t, s, r)
	for size := 1; size <= 6; size++ {
		r.Page = PageRequest{First: size}
		var got []string
		for {
			c := mustCompare(t, s, r)
			columns := c.Columns()
			for i, e := range c.Page.Nodes {
				got = append(got, e.Region.Code)
				same := columns.Regions[i] == e.Region.Code && columns.Values[i] == e.Quantity.Value && columns.Ranks[i] == e.Rank &&
					columns.Precisions[i] == e.Quantity.Precision && columns.Percentiles[i] == e.Percentile &&
					value(columns.ZScores[i]) == value(e.ZScore) && value(columns.Differences[i]) == e.Difference.Value
				if !same {
					t.Errorf("columns %+v are not the entry %+v", columns, e)
				}
			}
			if len(columns.Regions) != len(c.Page.Nodes) || c.Page.TotalCount != 5 {
				t.Errorf("%d columns, %d entries of %d", len(columns.Regions), len(c.Page.Nodes), c.Page.TotalCount)
			}
			if !c.Page.PageInfo.HasNextPage {
				break
			}
			r.Page.After = *c.Page.PageInfo.EndCursor()
		}
		if want := whole.Columns().Regions; !slices.Equal(got, want) {
			t.Errorf("pages of %d: %q, want %q", size, got, want)
		}
	}
}

func TestCompare_Warnings(t *testing.T) {
	s := newSession(t)
	tests := []struct {
		name    string
		request CompareRequest
		want    string
	}{
		{"alike", april(), ""},
		{
			"different in every way", CompareRequest{Indicators: []string{"grids"}, Display: within("1")},
			"MIXED_PERIODS MIXED_DEFINITIONS MIXED_SOURCES MIXED_PRECISION",
		},
		{"gaps in time", CompareRequest{Indicators: []string{"visits"}, Display: codes("111", "112"), When: &When{Within: period("2020")}}, "TIME_GAPS"},
		{"a divisor of another day", CompareRequest{Indicators: []string{"clinics_per_10k"}, Display: codes("111")}, "MIXED_PERIODS"},
		{"retired regions", CompareRequest{Indicators: []string{"visits"}, Display: codes("118", "119"), Against: codes("119")}, "RETIRED_REGION RETIRED_REGION RETIRED_REGION"},
		{"a retired baseline", CompareRequest{Indicators: []string{"visits"}, Display: codes("111"), Baseline: &Baseline{Region: "118"}}, "RETIRED_REGION"},
		{"nested regions may be shown", CompareRequest{Indicators: []string{"visits"}, Display: codes("11", "111"), Against: codes("112")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustCompare(t, s, tt.request)
			if got := warningCodes(c.Warnings); got != tt.want {
				t.Errorf("warnings %q, want %q: %v", got, tt.want, c.Warnings)
			}
		})
	}
}

// Each indicator has its own warnings: three retired codes leave room behind them that two lists must not share.
func TestCompare_WarningsOfEachIndicator(t *testing.T) {
	c := CompareRequest{
		Indicators: []string{"grids", "visits"}, Display: codes("111", "112", "118", "118", "119"), When: &When{Within: period("2020")},
	}.mustAsk(t, newSession(t))
	for i, want := range []string{"MIXED_PRECISION", "TIME_GAPS"} {
		got := warningCodes(c.Indicators[i].Warnings)
		if !strings.HasPrefix(got, "RETIRED_REGION RETIRED_REGION RETIRED_REGION ") || !strings.Contains(got, want) {
			t.Errorf("%s has the warnings %s", c.Indicators[i].Indicator.Code, got)
		}
		for _, w := range c.Indicators[i].Warnings[3:] {
			if !strings.HasPrefix(w.Message, c.Indicators[i].Indicator.Code) {
				t.Errorf("%s is warned: %s", c.Indicators[i].Indicator.Code, w.Message)
			}
		}
	}
}

func TestCompare_Evidence(t *testing.T) {
	c := mustCompare(t, newSession(t), CompareRequest{
		Indicators: []string{"visits"}, Display: codes("111", "112"), When: &When{Within: period("2020")}, Evidence: true,
	})
	for _, e := range c.Page.Nodes {
		if e.Observation == nil || e.Observation.Period.String() != "2020-04" {
			t.Errorf("%s comes from %v, want the newest of its periods", e.Region.Code, e.Observation)
		}
	}
}

func TestCompare_Per(t *testing.T) {
	c := mustCompare(t, newSession(t), CompareRequest{Indicators: []string{"clinics"}, Display: within("1"), Per: &Per{"population", 1000}})
	if c.Unit != "piece per 1000 person" {
		t.Errorf("unit %s", c.Unit)
	}
	// (2 + 0 + 1 + 2) / 1210: the county without residents has no value of its own, but its clinic counts in the group's
	if !near(c.Baseline.Value, 1000*5.0/1210) || c.Statistics.N != 3 {
		t.Errorf("baseline %v of %d", c.Baseline.Value, c.Statistics.N)
	}
	if e := entry(t, c, "121"); e.Quantity.Value != 200 || e.Rank != 1 || e.Standing != Better {
		t.Errorf("121: %+v", e)
	}
	if got := reasons(c.Missing); got != "113 NO_DENOMINATOR, 122 NO_DENOMINATOR, 123 NO_OBSERVATION" {
		t.Errorf("missing %s", got)
	}
}

func TestCompare_Errors(t *testing.T) {
	visits := []string{"visits"}
	group := BaselineGroupValue
	tests := []struct {
		name    string
		request CompareRequest
		code    indicator.ErrorCode
		path    string
	}{
		{"unknown shown region", CompareRequest{Indicators: visits, Display: codes("114")}, indicator.UnknownRegion, "display.codes.0"},
		{"unknown group", CompareRequest{Indicators: visits, Display: codes("111"), Against: within("13")}, indicator.UnknownRegion, "against.within.0"},
		{"unknown baseline", CompareRequest{Indicators: visits, Display: codes("111"), Baseline: &Baseline{Region: "114"}}, indicator.UnknownRegion, "baseline.region"},
		{"empty baseline", CompareRequest{Indicators: visits, Display: codes("111"), Baseline: &Baseline{Region: ""}}, indicator.UnknownRegion, "baseline.region"},
		{"no equals", CompareRequest{Indicators: visits, Display: codes("111"), Against: codes("11", "112")}, indicator.NotAggregatable, "against"},
		{"no equals among the shown", CompareRequest{Indicators: visits, Display: codes("11", "112")}, indicator.NotAggregatable, "against"},
		{"no value of the group", CompareRequest{
			Indicators: []string{"price"}, Display: codes("111", "112"), When: &When{Period: period("2020-02")}, Baseline: &Baseline{Statistic: &group},
		}, indicator.NotAggregatable, "baseline.statistic"},
		{"what does not combine over time", CompareRequest{Indicators: []string{"price"}, Display: codes("111"), When: &When{Within: period("2020")}}, indicator.NotAggregatable, ""},
		{"unknown indicator", CompareRequest{Indicators: []string{"visit"}, Display: codes("111")}, indicator.UnknownIndicator, "indicators.0"},
		{"pages too large", CompareRequest{Indicators: visits, Display: codes("111"), Page: PageRequest{First: 10_001}}, indicator.TooLarge, "first"},
		{"no cursor", CompareRequest{Indicators: visits, Display: codes("111"), Page: PageRequest{First: 1, After: encodeCursor("test:999")}}, indicator.InvalidInput, "after"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.request.ask(t, newSession(t))
			wantPath(t, wantCode(t, err, tt.code), tt.path)
		})
	}
	s := newSession(t)
	s.limits.Cells = 5
	_, err := april().ask(t, s)
	if typed := wantCode(t, err, indicator.TooLarge); typed.Estimate != 6 || s.EngineQueries() != 0 {
		t.Errorf("estimate %d after %d queries", typed.Estimate, s.EngineQueries())
	}
}

package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

func byRegion(level indicator.Level) GroupBy { return GroupBy{Region: &level} }

// described writes groups as "11 2020-01 size=small yearbook: 5", leaving out what they are not grouped by.
func described(t testing.TB, groups []*Group) []string {
	t.Helper()
	texts := make([]string, len(groups))
	for i, g := range groups {
		var words []string
		if g.Region != nil {
			words = append(words, g.Region.Code)
		}
		if g.Period != nil {
			words = append(words, g.Period.String())
		}
		if len(g.Slice) > 0 {
			words = append(words, g.Slice.String())
		}
		if g.Source != nil {
			words = append(words, g.Source.Code)
		}
		text := "null"
		if x, err := g.Value(); err != nil {
			text = "refused"
		} else if x != nil {
			text = fmt.Sprint(*x)
		}
		texts[i] = strings.TrimSpace(strings.Join(words, " ")) + ": " + text
	}
	return texts
}

func wantGroups(t *testing.T, got []*Group, want ...string) {
	t.Helper()
	if texts := described(t, got); !slices.Equal(texts, want) {
		t.Errorf("groups\n  %s\nwant\n  %s", strings.Join(texts, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestAggregate_GroupBy(t *testing.T) {
	month := GroupBy{Period: indicator.Monthly}
	prefecture, county := byRegion(indicator.Prefecture), byRegion(indicator.County)
	size := GroupBy{Dimension: "size"}
	tests := []struct {
		name     string
		request  AggregateRequest
		groups   []string
		total    string
		warnings string
	}{
		{
			"by prefecture", AggregateRequest{Indicators: []string{"grids"}, GroupBy: []GroupBy{prefecture}},
			[]string{"11: 1067", "12: 10"}, ": 1077", "MIXED_PERIODS MIXED_DEFINITIONS", // 123 is about January, 121 includes the outskirts
		},
		{
			"by the regions' own level", AggregateRequest{Indicators: []string{"grids"}, GroupBy: []GroupBy{county}},
			[]string{"111: 1047", "112: 20", "121: 3", "123: 7"}, ": 1077", "MIXED_PERIODS MIXED_DEFINITIONS",
		},
		{
			"by quarter, leaving years out", AggregateRequest{Indicators: []string{"visits"}, Regions: codes("111"), GroupBy: []GroupBy{{Period: indicator.Quarterly}}},
			// The quarter stands for its months. The total has the year for all of them: 120 + 100.
			[]string{"2019-Q1: 30", "2019-Q4: 11", "2020-Q1: 60", "2020-Q2: 40"}, ": 220", "LONGER_PERIODS",
		},
		{
			"by year", AggregateRequest{Indicators: []string{"visits"}, Regions: codes("111"), GroupBy: []GroupBy{{Period: indicator.Yearly}}},
			[]string{"2019: 120", "2020: 100"}, ": 220", "",
		},
		{
			"by month, within a year", AggregateRequest{Indicators: []string{"visits"}, When: &When{Within: period("2020")}, GroupBy: []GroupBy{month}},
			[]string{"2020-01: 19", "2020-02: 25", "2020-03: 43", "2020-04: 94"}, ": 181", "TIME_GAPS",
		},
		{
			"the newest by month", AggregateRequest{Indicators: []string{"grids"}, GroupBy: []GroupBy{month}, When: &When{Latest: &LatestWhen{indicator.NoDay, -1}}},
			[]string{"2020-01: 7", "2020-02: 1070"}, ": 1077", "MIXED_PERIODS MIXED_DEFINITIONS",
		},
		{
			"by parts, as the dimension lists them", AggregateRequest{Indicators: []string{"grids"}, Regions: codes("111"), GroupBy: []GroupBy{size}},
			[]string{"size=small: 334", "size=medium: 687", "size=large: 26"}, ": 1047", "",
		},
		{
			"by parts of a part", AggregateRequest{
				Indicators: []string{"grids"}, Regions: codes("111"), GroupBy: []GroupBy{size}, Slice: []indicator.Coordinate{{Dimension: "colour", Value: "red"}},
			},
			[]string{"colour=red;size=small: 100"}, "colour=red: 500", "",
		},
		{
			"by two dimensions", AggregateRequest{Indicators: []string{"grids"}, Regions: codes("111"), GroupBy: []GroupBy{size, {Dimension: "colour"}}},
			[]string{"colour=red;size=small: 100"}, ": 1047", "",
		},
		{
			"parts over the whole, where the divisor has no parts",
			AggregateRequest{Indicators: []string{"grids_per_clinic"}, Regions: codes("111"), GroupBy: []GroupBy{size}},
			[]string{"size=small: 167", "size=medium: 343.5", "size=large: 13"}, ": 523.5", "",
		},
		{
			"by source", AggregateRequest{Indicators: []string{"grids"}, GroupBy: []GroupBy{{Source: true}}},
			[]string{"gazette: 1070", "yearbook: 7"}, ": 1077", "MIXED_PERIODS MIXED_DEFINITIONS",
		},
		{
			"by prefecture and month", AggregateRequest{Indicators: []string{"visits"}, When: &When{Within: period("2020-Q1")}, GroupBy: []GroupBy{prefecture, month}},
			[]string{
				"11 2020-01: 15", "11 2020-02: 20", "11 2020-03: 37", "12 2020-01: 4", "12 2020-02: 5", "12 2020-03: 6",
			}, ": 87", "TIME_GAPS",
		},
		{
			"by month and prefecture", AggregateRequest{Indicators: []string{"visits"}, When: &When{Within: period("2020-Q1")}, GroupBy: []GroupBy{month, prefecture}},
			[]string{
				"11 2020-01: 15", "12 2020-01: 4", "11 2020-02: 20", "12 2020-02: 5", "11 2020-03: 37", "12 2020-03: 6",
			}, ": 87", "TIME_GAPS",
		},
		{
			"what does not combine over time, by month", AggregateRequest{Indicators: []string{"price"}, Regions: codes("111"), GroupBy: []GroupBy{month}},
			[]string{"2020-01: 5", "2020-02: 6"}, ": refused", "",
		},
		{
			"nothing to group", AggregateRequest{Indicators: []string{"grids"}, Regions: codes("113"), GroupBy: []GroupBy{county}},
			nil, ": null", "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := tt.request.mustAsk(t, newSession(t))
			wantGroups(t, answer.Page.Nodes, tt.groups...)
			wantGroups(t, answer.Totals, tt.total)
			if got := warningCodes(answer.Warnings); got != tt.warnings {
				t.Errorf("warnings %q, want %q: %v", got, tt.warnings, answer.Warnings)
			}
		})
	}
}

// A group expects the regions asked for that lie inside its own, whether or not they have figures.
func TestAggregate_GroupCoverage(t *testing.T) {
	answer := AggregateRequest{Indicators: []string{"grids"}, GroupBy: []GroupBy{byRegion(indicator.Prefecture)}}.mustAsk(t, newSession(t))
	for i, want := range []string{"113 NO_OBSERVATION", "122 NO_OBSERVATION"} {
		c := answer.Page.Nodes[i].Coverage()
		if c.Expected != 3 || c.Used != 2 || reasons(c.Missing) != want {
			t.Errorf("group %d: %d of %d, lacking %s", i, c.Used, c.Expected, reasons(c.Missing))
		}
	}
}

// Where a total is refused, its regions have figures all the same.
func TestAggregate_RefusedTotal(t *testing.T) {
	total := AggregateRequest{
		Indicators: []string{"price"}, Regions: codes("111", "112", "123"), GroupBy: []GroupBy{{Period: indicator.Monthly}},
	}.mustAsk(t, newSession(t)).Totals[0]
	_, err := total.Value()
	wantCode(t, err, indicator.NotAggregatable)
	if c := total.Coverage(); regionCodes(c.Regions) != "111 112" || reasons(c.Missing) != "123 NO_OBSERVATION" {
		t.Errorf("rests on %s, lacks %s", regionCodes(c.Regions), reasons(c.Missing))
	}
}

func TestAggregate_HavingAndOrder(t *testing.T) {
	// In 2020: 111 100, 112 20, 113 0, 121 40, 122 18, 123 3. In April: 40, 8, 0, 40, 6 and none.
	counties := []GroupBy{byRegion(indicator.County)}
	year, april := &When{Within: period("2020")}, &When{Period: period("2020-04")}
	x := func(v float64) *float64 { return &v }
	tests := []struct {
		name    string
		request AggregateRequest
		want    string
	}{
		{"both bounds, one open", AggregateRequest{When: year, Having: []Condition{{Measure: MeasureValue, GTE: x(18), LT: x(100)}}}, "112 121 122"},
		{"the other way round", AggregateRequest{When: year, Having: []Condition{{Measure: MeasureValue, GT: x(18), LTE: x(100)}}}, "111 112 121"},
		{"two measures", AggregateRequest{When: year, Having: []Condition{{Measure: MeasureCount, GTE: x(4)}, {Measure: MeasureSum, LT: x(50)}}}, "113 122"},
		{"a null meets nothing", AggregateRequest{When: april, Having: []Condition{{Measure: MeasureValue, GTE: x(-1e9)}}}, "111 112 113 121 122"},
		{"not even no bounds", AggregateRequest{When: april, Having: []Condition{{Measure: MeasureValue}}}, "111 112 113 121 122"},
		{"deviations need two", AggregateRequest{When: april, Having: []Condition{{Measure: MeasureStdDev}}}, ""},
		{"regions used", AggregateRequest{When: april, Having: []Condition{{Measure: MeasureRegionCount, LT: x(1)}}}, "123"},
		{"smallest first, nulls last", AggregateRequest{When: april, OrderBy: []GroupOrder{{By: MeasureValue}}}, "113 122 112 111 121 123"},
		{"largest first, nulls last", AggregateRequest{When: april, OrderBy: []GroupOrder{{MeasureValue, true}}}, "111 121 112 122 113 123"},
		{"ties by key, last first", AggregateRequest{When: april, OrderBy: []GroupOrder{{MeasureMax, true}, {MeasureKey, true}}}, "121 111 112 122 113 123"},
		{"by key, last first", AggregateRequest{When: april, OrderBy: []GroupOrder{{MeasureKey, true}}}, "123 122 121 113 112 111"},
		{"all equal", AggregateRequest{When: april, OrderBy: []GroupOrder{{MeasureStdDev, true}}}, "111 112 113 121 122 123"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.request.Indicators, tt.request.GroupBy = []string{"visits"}, counties
			answer := tt.request.mustAsk(t, newSession(t))
			var got []string
			for _, g := range answer.Page.Nodes {
				got = append(got, g.Region.Code)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("groups %s, want %s", strings.Join(got, " "), tt.want)
			}
			if answer.Page.TotalCount != len(got) {
				t.Errorf("%d groups are counted as %d", len(got), answer.Page.TotalCount)
			}
			want := map[*When]float64{year: 181, april: 94}[tt.request.When]
			if total := groupValue(t, answer.Totals[0]); total != want {
				t.Errorf("the total is %v, want %v whatever is shown", total, want)
			}
		})
	}
}

func TestAggregate_MinCoverage(t *testing.T) {
	request := AggregateRequest{Indicators: []string{"visits"}, When: &When{Period: period("2020-04")}} // 5 of 6 regions
	for _, tt := range []struct {
		share   float64
		missing indicator.Missing
	}{{0, indicator.NotMissing}, {5.0 / 6, indicator.NotMissing}, {0.84, indicator.BelowCoverage}, {1, indicator.BelowCoverage}} {
		request.MinCoverage = tt.share
		g := request.single(t, newSession(t))
		x, err := g.Value()
		if err != nil || (x == nil) != (tt.missing != indicator.NotMissing) || g.Missing() != tt.missing {
			t.Errorf("at least %v: %v, %s, %v", tt.share, x, g.Missing(), err)
		}
	}
	// A missing value keeps its own reason.
	request = AggregateRequest{Indicators: []string{"growth"}, MinCoverage: 1, Regions: codes("111")}
	if g := request.single(t, newSession(t)); g.Missing() != indicator.NoObservation {
		t.Errorf("missing for %s", g.Missing())
	}
}

// 7/25 x 25 is more than 7 in floating point: a group that covers exactly the share asked for must not miss it by that.
func TestAggregate_MinCoverageExactly(t *testing.T) {
	tables := fixtureTables()
	var facts []fact
	for i := range 25 {
		code := fmt.Sprintf("9%02d", i)
		tables.Regions = append(tables.Regions, indicator.Region{
			Code: code, Scheme: "test", Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
		if i < 7 {
			facts = append(facts, fact{"grids " + code + " 2020-02-18", 1, nil})
		}
	}
	s := NewSession(newStore(t, tables, facts), DefaultLimits(), today)
	request := AggregateRequest{Indicators: []string{"grids"}, Regions: codes(), MinCoverage: 0.28}
	for i := range 25 {
		request.Regions.Codes = append(request.Regions.Codes, fmt.Sprintf("9%02d", i))
	}
	if g := request.single(t, s); groupValue(t, g) != 7 {
		t.Errorf("7 of 25 miss 0.28: %s", g.Missing())
	}
}

func TestAggregate_Paging(t *testing.T) {
	request := AggregateRequest{
		Indicators: []string{"visits", "grids"}, When: &When{Within: period("2020")},
		GroupBy: []GroupBy{byRegion(indicator.County)}, OrderBy: []GroupOrder{{MeasureValue, true}},
	}
	s := newSession(t)
	whole := request.mustAsk(t, s).Page.Nodes
	for size := 1; size <= len(whole)+1; size++ {
		request.Page = PageRequest{First: size}
		var got []string
		for {
			page := request.mustAsk(t, s).Page
			if page.TotalCount != len(whole) || page.PageInfo.HasPreviousPage != (request.Page.After != "") {
				t.Fatalf("%d groups in all, a page before: %t", page.TotalCount, page.PageInfo.HasPreviousPage)
			}
			got = append(got, described(t, page.Nodes)...)
			if !page.PageInfo.HasNextPage {
				break
			}
			request.Page.After = *page.PageInfo.EndCursor()
		}
		if want := described(t, whole); !slices.Equal(got, want) {
			t.Fatalf("pages of %d: %q, want %q", size, got, want)
		}
	}
}

// Two schemes may share a code: a cursor must tell their groups apart.
func TestAggregate_PagingSharedCodes(t *testing.T) {
	tables := fixtureTables()
	for _, scheme := range []string{"a", "b"} {
		tables.Regions = append(tables.Regions, indicator.Region{
			Code: "77", Scheme: scheme, Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
	}
	s := NewSession(newStore(t, tables, []fact{{"grids a:77 2020-02-18", 1, nil}, {"grids b:77 2020-02-18", 2, nil}}), DefaultLimits(), today)
	request := AggregateRequest{
		Indicators: []string{"grids"}, Regions: codes("a:77", "b:77"), GroupBy: []GroupBy{byRegion(indicator.County)}, Page: PageRequest{First: 1},
	}
	first := request.mustAsk(t, s).Page
	request.Page.After = *first.PageInfo.EndCursor()
	second := request.mustAsk(t, s).Page
	request.Page.After = *second.PageInfo.EndCursor()
	third := request.mustAsk(t, s).Page
	wantGroups(t, slices.Concat(first.Nodes, second.Nodes, third.Nodes), "77: 1", "77: 2")
}

func TestAggregate_Evidence(t *testing.T) {
	g := AggregateRequest{Indicators: []string{"visits"}, When: &When{Within: period("2020-Q1")}, Regions: codes("111", "123"), Evidence: true}.single(t, newSession(t))
	var got []string
	page := PageRequest{First: 2}
	for {
		list, err := g.Observations(t.Context(), page)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list.Nodes {
			got = append(got, o.Region.Code+" "+o.Period.String()+" "+o.Printed)
		}
		if !list.PageInfo.HasNextPage {
			break
		}
		page.After = *list.PageInfo.EndCursor()
	}
	want := []string{"111 2020-01 10", "111 2020-02 20", "111 2020-03 30", "123 2020-01 1", "123 2020-02 1", "123 2020-03 1"}
	if !slices.Equal(got, want) {
		t.Errorf("figures %q, want %q", got, want)
	}
}

func TestAggregate_Regions(t *testing.T) {
	tests := []struct {
		name     string
		selector *RegionSelector
		want     string
		warnings string
	}{
		{"all in force", nil, "111 112 113 121 122 123", ""},
		{"inside", within("12"), "121 122 123", ""},
		{"inside two that overlap", within("1", "12"), "111 112 113 121 122 123", ""},
		{"named and inside", &RegionSelector{Codes: []string{"111", "121"}, Within: []string{"12"}, Level: indicator.County}, "111 121 122 123", ""},
		{"replaced twice over", codes("118"), "113", "RETIRED_REGION"},
		{"replaced, beside its successor", codes("119", "113"), "113", "RETIRED_REGION"},
		{"inside a replaced one", within("119"), "113", "RETIRED_REGION"},
		{"retired ones, asked for", &RegionSelector{Level: indicator.County, Where: &RegionWhere{InForce: new(false)}}, "118 119", ""},
		{"by name", &RegionSelector{Level: indicator.County, Where: &RegionWhere{NameContains: "iR"}}, "112 123", ""}, // Birch and Fir
		{"named ones are not narrowed", &RegionSelector{Codes: []string{"111"}, Level: indicator.County, Where: &RegionWhere{NameContains: "Fir"}}, "111", ""},
		{"of another level", &RegionSelector{Level: indicator.Prefecture}, "11 12", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := AggregateRequest{Indicators: []string{"visits"}, When: &When{Period: period("1999")}, Regions: tt.selector}.mustAsk(t, newSession(t))
			var expected []*catalog.Region
			for _, m := range answer.Totals[0].Coverage().Missing {
				expected = append(expected, m.Region)
			}
			if got := regionCodes(expected); got != tt.want {
				t.Errorf("regions %s, want %s", got, tt.want)
			}
			if got := warningCodes(answer.Warnings); got != tt.warnings {
				t.Errorf("warnings %q, want %q", got, tt.warnings)
			}
		})
	}
}

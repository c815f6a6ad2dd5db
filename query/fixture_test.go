package query

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The fixture's regions: the province 1 with the prefectures 11 and 12, of three counties each. 118 was replaced by 119 and
// that by 113.
//
//	1 ─┬─ 11 ─┬─ 111 Ash
//	   │      ├─ 112 Birch
//	   │      ├─ 113 Cedar
//	   │      └─ 118, 119, retired
//	   └─ 12 ─┬─ 121 Dogwood
//	          ├─ 122 Elm
//	          └─ 123 Fir
func fixtureRegions() []indicator.Region {
	region := func(code, parent, name string, level indicator.Level) indicator.Region {
		return indicator.Region{
			Code: code, Scheme: "test", Parent: parent, Level: level, Name: name, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		}
	}
	retired := func(code, successor string) indicator.Region {
		r := region(code, "11", "Old "+code, indicator.County)
		r.ValidTo, r.Successor = indicator.DayOf(2018, time.June, 19), successor
		return r
	}
	return []indicator.Region{
		region("1", "", "Wood", indicator.Province),
		region("11", "1", "North", indicator.Prefecture),
		region("111", "11", "Ash", indicator.County), region("112", "11", "Birch", indicator.County), region("113", "11", "Cedar", indicator.County),
		retired("118", "119"), retired("119", "113"),
		region("12", "1", "South", indicator.Prefecture),
		region("121", "12", "Dogwood", indicator.County), region("122", "12", "Elm", indicator.County), region("123", "12", "Fir", indicator.County),
	}
}

// fixtureIndicators is one indicator for each rule.
func fixtureIndicators() []indicator.Indicator {
	type rules = indicator.Rollup
	const none, sum, ratio, weighted = indicator.RuleNone, indicator.RuleSum, indicator.RuleRatio, indicator.RuleWeightedMean
	const last, mean, least, most = indicator.RuleLast, indicator.RuleMean, indicator.RuleMin, indicator.RuleMax
	bySize := []indicator.Breakdown{{Dimension: "size", Complete: true}, {Dimension: "colour"}}
	return []indicator.Indicator{
		{Code: "population", Kind: indicator.Count, Unit: "person", Rollup: rules{Regions: sum, Time: last}},
		{Code: "clinics", Kind: indicator.Count, Unit: "piece", Rollup: rules{Regions: sum, Time: last}, Polarity: indicator.HigherIsBetter},
		{Code: "grids", Kind: indicator.Count, Unit: "piece", Rollup: rules{Regions: sum, Time: last, Dimensions: sum}, Breakdowns: bySize},
		{Code: "visits", Kind: indicator.Count, Unit: "piece", Rollup: rules{Regions: sum, Time: sum}},
		{Code: "rate", Kind: indicator.Ratio, Unit: "%", Scale: 100, Rollup: rules{Regions: ratio, Time: ratio}, Polarity: indicator.HigherIsBetter},
		{Code: "warmth", Kind: indicator.Measure, Unit: "degree", Rollup: rules{Regions: weighted, Time: mean}, Weight: "population"},
		{Code: "coldest", Kind: indicator.Measure, Unit: "degree", Rollup: rules{Regions: least, Time: least}},
		{Code: "hottest", Kind: indicator.Measure, Unit: "degree", Rollup: rules{Regions: most, Time: most}},
		{Code: "price", Kind: indicator.Measure, Unit: "coin", Rollup: rules{Regions: none, Time: none}, Polarity: indicator.LowerIsBetter},
		{
			Code: "clinics_per_10k", Kind: indicator.Ratio, Unit: "piece", Rollup: rules{Regions: ratio},
			Formula: "clinics / population * 10000", Numerator: "clinics", Denominator: "population", Scale: 10000,
		},
		{
			Code: "grids_per_clinic", Kind: indicator.Ratio, Unit: "piece", Rollup: rules{Regions: none},
			Formula: "grids / clinics", Numerator: "grids", Denominator: "clinics", Scale: 1,
		},
		{Code: "growth", Kind: indicator.Growth, Unit: "%"},
	}
}

func fixtureTables() catalog.Tables {
	values := func(codes ...string) []indicator.DimensionValue {
		var list []indicator.DimensionValue
		for _, code := range codes {
			list = append(list, indicator.DimensionValue{Value: code})
		}
		return list
	}
	return catalog.Tables{
		Regions:    fixtureRegions(),
		Indicators: fixtureIndicators(),
		Dimensions: []indicator.Dimension{
			{Code: "size", Values: values("small", "medium", "large")}, {Code: "colour", Values: values("red", "blue")},
		},
		Sources: []indicator.Source{{Code: "gazette"}, {Code: "yearbook"}},
		// The catalogue lists slices as they were met, which is not the order of the dimension's values.
		Slices: []indicator.Slice{
			{}, {{Dimension: "size", Value: "large"}}, {{Dimension: "size", Value: "small"}}, {{Dimension: "size", Value: "medium"}},
			{{Dimension: "colour", Value: "red"}}, {{Dimension: "colour", Value: "red"}, {Dimension: "size", Value: "small"}},
		},
		Definitions: []string{"", "with the outskirts"},
	}
}

// fact is one figure in words: "visits 111 2020-01" is the indicator, the region and the period, with the slice behind them
// where there is one.
type fact struct {
	what   string
	value  float64
	change func(*store.Report)
}

func missing(reason indicator.Missing) func(*store.Report) {
	return func(r *store.Report) { r.Value, r.Missing = math.NaN(), reason }
}

func precise(p indicator.Precision) func(*store.Report) {
	return func(r *store.Report) { r.Precision = p }
}

func counted(numerator, denominator float64) func(*store.Report) {
	return func(r *store.Report) { r.Numerator, r.Denominator = numerator, denominator }
}

// fixtureFacts is the data set. The comments say what is special.
func fixtureFacts() []fact {
	forecast := func(r *store.Report) { r.Status = indicator.Forecast }
	yearbook := func(r *store.Report) { r.Source = 1 }
	outskirts := func(r *store.Report) { r.Definition = 1 }
	return []fact{
		{"population 111 2019-12-31", 1000, nil}, {"population 112 2019-12-31", 200, nil}, {"population 113 2019-12-31", 0, nil},
		{"population 121 2019-12-31", 10, nil}, {"population 123 2019-12-31", 90, nil}, // 122 has none: a missing weight

		{"clinics 111 2020-02-18", 2, nil}, {"clinics 121 2020-02-18", 2, nil}, // a tie
		{"clinics 112 2020-02-18", 0, nil}, {"clinics 113 2020-02-18", 1, nil}, {"clinics 122 2020-02-18", 4, nil},

		{"grids 111 2020-02-18", 1047, nil}, // 334 + 687 + 26
		{"grids 111 2020-02-18 size=small", 334, nil}, {"grids 111 2020-02-18 size=medium", 687, nil}, {"grids 111 2020-02-18 size=large", 26, nil},
		{"grids 111 2020-02-18 colour=red", 500, nil}, {"grids 111 2020-02-18 colour=red;size=small", 100, nil},
		{"grids 112 2020-02-18", 20, precise(indicator.AtLeast)}, {"grids 112 2020-02-18 size=small", 20, nil},
		{"grids 121 2020-02-18", 3, outskirts}, {"grids 123 2020-01-31", 7, yearbook},

		{"visits 111 2020-01", 10, nil}, {"visits 111 2020-02", 20, nil}, {"visits 111 2020-03", 30, nil}, {"visits 111 2020-04", 40, nil},
		{"visits 112 2020-01", 5, nil}, {"visits 112 2020-03", 7, nil}, {"visits 112 2020-04", 8, nil}, // a gap in February
		{"visits 113 2020-01", 0, nil}, {"visits 113 2020-02", 0, nil}, {"visits 113 2020-03", 0, nil}, {"visits 113 2020-04", 0, nil}, // zeros
		{"visits 121 2020-04", 40, nil}, // a tie with 111
		{"visits 122 2020-01", 3, precise(indicator.AtLeast)}, {"visits 122 2020-02", 4, nil}, {"visits 122 2020-03", 5, nil}, {"visits 122 2020-04", 6, nil},
		{"visits 123 2020-01", 1, nil}, {"visits 123 2020-02", 1, nil}, {"visits 123 2020-03", 1, nil}, {"visits 123 2020-04", 0, missing(indicator.NotCollected)},
		{"visits 111 2019", 120, nil}, {"visits 111 2019-Q1", 30, nil}, {"visits 111 2019-01", 10, nil}, {"visits 111 2019-02", 10, nil}, {"visits 111 2019-12", 11, nil},
		{"visits 111 2020-04", 99, forecast},

		{"rate 111 2020-02-18", 97, func(r *store.Report) { counted(95, 98)(r); r.Precision = indicator.Approximate }}, // printed 97 or so
		{"rate 112 2020-02-18", 100, counted(85, 85)}, {"rate 113 2020-02-18", 100, counted(62, 62)},
		{"rate 121 2020-02-18", 85.5, nil}, // no counts
		{"rate 122 2020-02-18", 0, missing(indicator.NotPublished)},

		{"warmth 111 2020-01", 1, nil}, {"warmth 111 2020-02", 3, nil}, {"warmth 112 2020-02", 8, nil},
		{"warmth 113 2020-02", 50, nil}, {"warmth 122 2020-02", 9, nil},
		{"coldest 111 2020-01", -5, nil}, {"coldest 111 2020-02", -7, nil}, {"coldest 112 2020-02", -20, precise(indicator.AtMost)}, {"coldest 121 2020-02", 3, nil},
		{"hottest 111 2020-01", -5, nil}, {"hottest 111 2020-02", -7, nil}, {"hottest 112 2020-02", -20, precise(indicator.AtMost)},
		{"price 111 2020-01", 5, nil}, {"price 111 2020-02", 6, nil}, {"price 112 2020-02", 7, nil}, {"price 121 2020-02", 7, precise(indicator.Approximate)},
		{"growth 111 2020", 8, forecast},
	}
}

// day is a day of February 2020.
func day(n int) indicator.Day { return indicator.DayOf(2020, time.February, n) }

// record resolves the fact against the catalogue. It is exact, published on 20 February 2020 by the gazette.
func (f fact) record(t testing.TB, c *catalog.Catalog) record {
	t.Helper()
	words := strings.Fields(f.what)
	ind, indicatorErr := c.Indicator(words[0])
	region, regionErr := c.Region(words[1])
	period, periodErr := indicator.ParsePeriod(words[2])
	slice, sliceErr := indicator.ParseSlice(strings.Join(words[3:], ""))
	if err := errors.Join(indicatorErr, regionErr, periodErr, sliceErr); err != nil {
		t.Fatal(f.what, err)
	}
	id, ok := c.SliceID(slice)
	if !ok {
		t.Fatalf("%s: the catalogue has no slice %s", f.what, slice)
	}
	r := store.Report{
		Region: region.ID, Indicator: ind.ID, Slice: id, Period: period, Value: f.value,
		Numerator: math.NaN(), Denominator: math.NaN(), PublishedOn: day(20), Printed: fmt.Sprint(f.value), Offset: -1,
	}
	if f.change != nil {
		f.change(&r)
	}
	return record{Report: r}
}

// newStore returns an engine that holds the facts.
func newStore(t testing.TB, tables catalog.Tables, facts []fact) *memory {
	t.Helper()
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	records := make([]record, len(facts))
	for i, f := range facts {
		records[i] = f.record(t, c)
	}
	return newMemory(c, store.Contents{
		Manifest: store.Manifest{ID: "s1", Load: "l1", Parent: "s0"},
		Loads:    []indicator.Load{{ID: "l0"}, {ID: "l1"}},
	}, records)
}

// today is the day on which the fixture's questions are asked.
var today = indicator.DayOf(2020, time.May, 1)

func newSession(t testing.TB, extra ...fact) *Session {
	t.Helper()
	return NewSession(newStore(t, fixtureTables(), slices.Concat(fixtureFacts(), extra)), DefaultLimits(), today)
}

func period(text string) *indicator.Period {
	p, err := indicator.ParsePeriod(text)
	if err != nil {
		panic(err)
	}
	return &p
}

func codes(codes ...string) *RegionSelector {
	return &RegionSelector{Codes: codes, Level: indicator.County}
}

func within(codes ...string) *RegionSelector {
	return &RegionSelector{Within: codes, Level: indicator.County}
}

// wantCode holds an error against the contract and returns it.
func wantCode(t testing.TB, err error, code indicator.ErrorCode) *indicator.Error {
	t.Helper()
	var typed *indicator.Error
	if !errors.As(err, &typed) {
		t.Fatalf("error %v is not an *indicator.Error", err)
	}
	if typed.Code != code {
		t.Fatalf("code %s, want %s: %s", typed.Code, code, typed.Message)
	}
	return typed
}

func wantPath(t testing.TB, err *indicator.Error, path string) {
	t.Helper()
	if got := strings.Join(err.Path, "."); got != path {
		t.Errorf("the error points at %q, want %q", got, path)
	}
}

// near compares numbers to a relative 1e-9; NaN equals NaN.
func near(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b))
}

func value(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

func regionCodes(regions []*catalog.Region) string {
	list := make([]string, len(regions))
	for i, r := range regions {
		list[i] = r.Code
	}
	return strings.Join(list, " ")
}

// reasons writes missing regions as "121 NO_DENOMINATOR, 123 NO_OBSERVATION".
func reasons(list []MissingRegion) string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = m.Region.Code + " " + m.Reason.String()
	}
	return strings.Join(texts, ", ")
}

func warningCodes(list []Warning) string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = string(w.Code)
	}
	return strings.Join(texts, " ")
}

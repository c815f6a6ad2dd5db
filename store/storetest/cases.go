package storetest

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// countyLoads are two loads of gross domestic products that one can check in the head. ada has a gap on 5 February and
// ties with bix on the 4th, bix has a missing value, cod a figure before 1970, dun two periods with one end; on
// 10 February ada's figure of the 4th is revised twice.
func countyLoads() []load {
	year1960 := indicator.Yearly.Containing(-3653)
	return []load{
		{tables(), []store.Report{
			report(gdp, ada, onDay(3), 10),
			report(gdp, ada, onDay(4), 12),
			report(gdp, ada, onDay(6), 13),
			report(gdp, bix, onDay(4), 12),
			with(report(gdp, bix, onDay(6), math.NaN()), func(r *store.Report) { r.Missing = indicator.Suppressed }),
			report(gdp, cod, year1960, 5),
			with(report(gdp, cod, onDay(4), 7), func(r *store.Report) { r.Status = indicator.Forecast }),
			report(gdp, dun, february, 20),
			report(gdp, dun, onDay(29), 21),
			with(report(price, east, onDay(4), 1.5), func(r *store.Report) { r.Precision = indicator.AtMost }),
		}},
		{tables(), []store.Report{
			report(gdp, ada, onDay(3), 10), // again
			with(report(gdp, ada, onDay(4), 14), func(r *store.Report) { r.PublishedOn = day(10) }),
			with(report(gdp, ada, onDay(4), 15), func(r *store.Report) {
				r.PublishedOn, r.Source, r.Printed, r.Offset, r.Precision = day(10), yearbook, "约15", 42, indicator.Approximate
			}),
			with(report(gdp, elm, onDay(4), 3), func(r *store.Report) { r.Definition = withCities }),
		}},
	}
}

// selectCase is a selection of the county loads and its rows, one a line.
type selectCase struct {
	name   string
	change func(s *store.Select)
	want   []string
}

var selectCases = []selectCase{
	{"everything current, in natural order", func(s *store.Select) {}, []string{
		"03 gdp 1960 = 5",
		"01 gdp 2020-02-03 = 10",
		"01 gdp 2020-02-04 = 15 APPROXIMATE yearbook",
		"02 gdp 2020-02-04 = 12",
		"05 gdp 2020-02-04 = 3 with the cities",
		"01 gdp 2020-02-06 = 13",
		"02 gdp 2020-02-06 = SUPPRESSED",
		"04 gdp 2020-02 = 20",
		"04 gdp 2020-02-29 = 21",
		"03 gdp 2020-02-04 FORECAST = 7",
		"1 price 2020-02-04 = 1.5 AT_MOST",
	}},
	{"one region", func(s *store.Select) { s.Regions = []store.Span{{From: bix, To: bix + 1}} }, []string{
		"02 gdp 2020-02-04 = 12",
		"02 gdp 2020-02-06 = SUPPRESSED",
	}},
	{"no region", func(s *store.Select) { s.Regions = []store.Span{{From: bix, To: bix}} }, []string{}},
	{"a province with everything inside, by region", func(s *store.Select) {
		s.Regions = []store.Span{{From: east, To: west}}
		s.Order = store.Order{By: store.ByRegion, Descending: true}
		s.Limit = 3
	}, []string{
		"02 gdp 2020-02-04 = 12",
		"02 gdp 2020-02-06 = SUPPRESSED",
		"01 gdp 2020-02-03 = 10",
	}},
	{"a day, the largest first and what is missing last", func(s *store.Select) {
		s.Indicators, s.Statuses = []int32{gdp}, []indicator.Status{indicator.Actual}
		s.Within = &indicator.Period{Start: day(4), End: day(6)}
		s.Order = store.Order{By: store.ByValue, Descending: true}
	}, []string{
		"01 gdp 2020-02-04 = 15 APPROXIMATE yearbook",
		"01 gdp 2020-02-06 = 13",
		"02 gdp 2020-02-04 = 12",
		"05 gdp 2020-02-04 = 3 with the cities",
		"02 gdp 2020-02-06 = SUPPRESSED",
	}},
	{"the latest of each series", func(s *store.Select) {
		s.Latest = &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
	}, []string{
		"03 gdp 1960 = 5",
		"05 gdp 2020-02-04 = 3 with the cities",
		"01 gdp 2020-02-06 = 13",
		"02 gdp 2020-02-06 = SUPPRESSED",
		"04 gdp 2020-02-29 = 21",
		"03 gdp 2020-02-04 FORECAST = 7",
		"1 price 2020-02-04 = 1.5 AT_MOST",
	}},
	{"the latest by 5 February, not older than a day", func(s *store.Select) {
		s.Latest = &store.Latest{OnOrBefore: day(5), NotBefore: day(4)}
		s.Levels = []indicator.Level{indicator.County}
	}, []string{
		"01 gdp 2020-02-04 = 15 APPROXIMATE yearbook",
		"02 gdp 2020-02-04 = 12",
		"05 gdp 2020-02-04 = 3 with the cities",
		"03 gdp 2020-02-04 FORECAST = 7",
	}},
	{"the latest by 5 February as of the 9th", func(s *store.Select) {
		s.Latest = &store.Latest{OnOrBefore: day(5), NotBefore: day(4)}
		s.AsOf = day(9)
	}, []string{
		"01 gdp 2020-02-04 = 12",
		"02 gdp 2020-02-04 = 12",
		"05 gdp 2020-02-04 = 3 with the cities",
		"03 gdp 2020-02-04 FORECAST = 7",
		"1 price 2020-02-04 = 1.5 AT_MOST",
	}},
	{"what the second load brought", func(s *store.Select) { s.LoadsFrom = 1 }, []string{
		"01 gdp 2020-02-04 = 15 APPROXIMATE yearbook",
		"05 gdp 2020-02-04 = 3 with the cities",
	}},
	{"latest comes before the period", func(s *store.Select) {
		s.Latest = &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
		s.Period = &february
	}, []string{}},
	{"a period", func(s *store.Select) { s.Period = &february }, []string{"04 gdp 2020-02 = 20"}},
	{"before 1970", func(s *store.Select) {
		s.Within = &indicator.Period{Start: indicator.NoDay, End: -1}
	}, []string{"03 gdp 1960 = 5"}},
	{"before anything was published", func(s *store.Select) { s.AsOf = indicator.DayOf(2020, 1, 31) }, []string{}},
	{"a precision and a source", func(s *store.Select) {
		s.Precisions = []indicator.Precision{indicator.Approximate, indicator.AtMost}
		s.Sources = []int32{yearbook}
	}, []string{"01 gdp 2020-02-04 = 15 APPROXIMATE yearbook"}},
	{"the vintages of a figure", func(s *store.Select) {
		s.Vintages = true
		s.Regions = []store.Span{{From: ada, To: ada + 1}}
		s.Period = new(onDay(4))
	}, []string{
		"01 gdp 2020-02-04 = 12 [2020-02-01 2020-02-10)",
		"01 gdp 2020-02-04 = 14 [2020-02-10 2020-02-10) load 1",
		"01 gdp 2020-02-04 = 15 APPROXIMATE yearbook [2020-02-10 …) tie 1 load 1 at 42 约15",
	}},
}

func (r reads) testSelect(t *testing.T) {
	e := r.open(t)
	for _, l := range countyLoads() {
		publish(t, e, l)
	}
	t.Run("engine", func(t *testing.T) { selectFrom(t, pin(t, e)) })
	for _, wrap := range r.wraps {
		t.Run("wrapped", func(t *testing.T) { selectFrom(t, pin(t, wrap(t, e))) })
	}
}

func selectFrom(t *testing.T, snapshot store.Snapshot) {
	c := snapshot.Contents().Catalog
	for _, test := range selectCases {
		t.Run(test.name, func(t *testing.T) {
			s := store.NewSelect()
			test.change(&s)
			if diff := cmp.Diff(test.want, lines(c, selectRows(t, snapshot, s))); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("omit", func(t *testing.T) { testOmit(t, snapshot) })
	t.Run("count", func(t *testing.T) { testCount(t, snapshot) })
	t.Run("cap", func(t *testing.T) { testCap(t, snapshot) })
	t.Run("contradictions", func(t *testing.T) {
		for name, change := range map[string]func(s *store.Select){
			"vintages as of a day":          func(s *store.Select) { s.Vintages, s.AsOf = true, day(3) },
			"the latest of vintages":        func(s *store.Select) { s.Vintages, s.Latest = true, &store.Latest{} },
			"an order that does not exist":  func(s *store.Select) { s.Order.By = 99 },
			"a limit that cannot be obeyed": func(s *store.Select) { s.Limit = -1 },
		} {
			s := store.NewSelect()
			change(&s)
			if _, err := snapshot.Select(t.Context(), s); err == nil {
				t.Errorf("%s was answered", name)
			}
		}
	})
}

// testOmit asks for each column that can be left out alone, and for none of them: what is there is as it is among all.
func testOmit(t *testing.T, snapshot store.Snapshot) {
	all := store.FigureColumns | store.EvidenceColumns
	fixed := store.NewSelect()
	fixed.Indicators, fixed.Slices, fixed.Statuses, fixed.Period = []int32{gdp}, []int32{0}, []indicator.Status{indicator.Actual}, new(onDay(4))
	vintages := store.NewSelect()
	vintages.Vintages = true
	for _, s := range []store.Select{store.NewSelect(), fixed, vintages} {
		s.Evidence = true
		whole := selectRows(t, snapshot, s)
		for column := store.Columns(0); column <= all; column = max(1, column<<1) {
			s.Omit = all &^ column
			want := *whole
			want.Drop(s.Omit)
			if diff := cmp.Diff(&want, selectRows(t, snapshot, s), cmpopts.EquateNaNs()); diff != "" || want.Len() < 2 {
				t.Errorf("column %b of %d rows (-want +got):\n%s", column, want.Len(), diff)
			}
		}
	}
}

func testCount(t *testing.T, snapshot store.Snapshot) {
	count := func(s store.Select, by ...store.Key) []store.Tally {
		tallies, err := snapshot.Count(t.Context(), s, by...)
		if err != nil {
			t.Fatal(err)
		}
		return tallies
	}
	s := store.NewSelect()
	s.Limit, s.Cap = 1, 1 // neither matters
	first := indicator.DayOf(1960, 1, 1)
	want := []store.Tally{
		{Keys: []int32{gdp, int32(indicator.Actual)}, Rows: 9, Regions: 5, First: first, Last: day(29)},
		{Keys: []int32{gdp, int32(indicator.Forecast)}, Rows: 1, Regions: 1, First: day(4), Last: day(4)},
		{Keys: []int32{price, int32(indicator.Actual)}, Rows: 1, Regions: 1, First: day(4), Last: day(4)},
	}
	if diff := cmp.Diff(want, count(s, store.KeyIndicator, store.KeyStatus)); diff != "" {
		t.Errorf("by indicator and status (-want +got):\n%s", diff)
	}
	want = []store.Tally{{Keys: []int32{}, Rows: 11, Regions: 6, First: first, Last: day(29)}}
	if diff := cmp.Diff(want, count(s)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	s.Indicators = []int32{grids}
	want = []store.Tally{{Keys: []int32{}, First: indicator.NoDay, Last: indicator.NoDay}}
	if diff := cmp.Diff(want, count(s)); diff != "" {
		t.Errorf("nothing (-want +got):\n%s", diff)
	}
	if got := count(s, store.KeyRegion); len(got) != 0 {
		t.Errorf("groups without rows: %v", got)
	}
}

func testCap(t *testing.T, snapshot store.Snapshot) {
	s := store.NewSelect()
	s.Cap = 11
	if n := selectRows(t, snapshot, s).Len(); n != 11 {
		t.Errorf("a selection of 11 rows under a cap of 11 has %d", n)
	}
	s.Cap, s.Limit = 10, 10
	if n := selectRows(t, snapshot, s).Len(); n != 10 {
		t.Errorf("a page of 10 rows under a cap of 10 has %d", n)
	}
	for _, limit := range []int{0, 11} {
		s.Limit = limit
		rows, err := snapshot.Select(t.Context(), s)
		var capped *store.RowCapError
		if !errors.As(err, &capped) || capped.Cap != 10 || rows != nil {
			t.Errorf("a selection of 11 rows under a cap of 10 and limit %d: %v, %v", limit, rows, err)
		}
	}
}

package query

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// observe reads all observations of a condition in one page.
func observe(t testing.TB, s *Session, where *ObservationWhere, asOf indicator.Day, order ObservationOrder) []*Observation {
	t.Helper()
	page, err := s.Observations(t.Context(), where, asOf, order, PageRequest{First: 10_000}, AllDetails)
	if err != nil {
		t.Fatal(err)
	}
	return page.Nodes
}

// named writes observations as "visits 111 2020-01".
func named(list []*Observation) []string {
	texts := make([]string, len(list))
	for i, o := range list {
		texts[i] = strings.TrimSpace(fmt.Sprintf("%s %s %s %s", o.Indicator.Code, o.Region.Code, o.Period, o.Slice))
	}
	return texts
}

func TestObservations_Filters(t *testing.T) {
	where := func(change func(*ObservationWhere)) *ObservationWhere {
		w := Everything()
		change(w)
		return w
	}
	slice := func(dimension, v string) []indicator.Coordinate {
		return []indicator.Coordinate{{Dimension: dimension, Value: v}}
	}
	tests := []struct {
		name  string
		where *ObservationWhere
		want  []string
	}{
		{"by region and indicator", where(func(w *ObservationWhere) { w.Regions, w.Indicators = codes("121"), []string{"grids", "visits"} }), []string{
			"grids 121 2020-02-18", "visits 121 2020-04",
		}},
		{"totals alone", where(func(w *ObservationWhere) { w.Indicators, w.AnySlice = []string{"grids"}, false }), []string{
			"grids 123 2020-01-31", "grids 111 2020-02-18", "grids 112 2020-02-18", "grids 121 2020-02-18",
		}},
		{"exactly one slice", where(func(w *ObservationWhere) { w.Slice, w.AnySlice = slice("size", "small"), false }), []string{
			"grids 111 2020-02-18 size=small", "grids 112 2020-02-18 size=small",
		}},
		{"a slice and what is inside it", where(func(w *ObservationWhere) { w.Slice = slice("size", "small") }), []string{
			"grids 111 2020-02-18 size=small", "grids 112 2020-02-18 size=small", "grids 111 2020-02-18 colour=red;size=small",
		}},
		{"a slice that no figure has", where(func(w *ObservationWhere) { w.Slice, w.AnySlice = slice("colour", "blue"), false }), nil},
		{"by start and end", where(func(w *ObservationWhere) {
			w.Indicators, w.Regions = []string{"visits"}, codes("111")
			w.From, w.To = indicator.DayOf(2019, 2, 1), indicator.DayOf(2020, 1, 31)
		}), []string{"visits 111 2019-02", "visits 111 2019-12", "visits 111 2020-01"}},
		{"by start alone", where(func(w *ObservationWhere) {
			w.Indicators, w.From = []string{"visits"}, indicator.DayOf(2020, 4, 1)
			w.Regions, w.Statuses = codes("111", "123"), []indicator.Status{indicator.Actual}
		}), []string{"visits 111 2020-04", "visits 123 2020-04"}},
		{"by end alone", where(func(w *ObservationWhere) { w.Indicators, w.To = []string{"visits"}, indicator.DayOf(2019, 2, 27) }), []string{"visits 111 2019-01"}},
		{"forecasts", where(func(w *ObservationWhere) { w.Statuses = []indicator.Status{indicator.Forecast} }), []string{"visits 111 2020-04", "growth 111 2020"}},
		{"by precision", where(func(w *ObservationWhere) {
			w.Precisions = []indicator.Precision{indicator.AtLeast, indicator.Approximate}
		}), []string{
			"grids 112 2020-02-18", "visits 122 2020-01", "rate 111 2020-02-18", "price 121 2020-02",
		}},
		{"by source", where(func(w *ObservationWhere) { w.Sources = []string{"yearbook"} }), []string{"grids 123 2020-01-31"}},
		{"of no region", where(func(w *ObservationWhere) { w.Regions = &RegionSelector{Level: indicator.Community} }), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t)
			got := observe(t, s, tt.where, indicator.NoDay, ObservationOrder{})
			if !slices.Equal(named(got), tt.want) {
				t.Errorf("%q, want %q", named(got), tt.want)
			}
			page, err := s.Observations(t.Context(), tt.where, indicator.NoDay, ObservationOrder{}, PageRequest{First: 0}, AllDetails)
			if err != nil {
				t.Fatal(err)
			}
			total, err := page.Count(t.Context())
			if err != nil || total != len(tt.want) || len(page.Nodes) != 0 || page.PageInfo.HasNextPage != (total > 0) {
				t.Errorf("a page of none: %d of %d with %v, %v", len(page.Nodes), total, page.PageInfo, err)
			}
		})
	}
}

func TestObservations_Content(t *testing.T) {
	s := newSession(t)
	list := observe(t, s, &ObservationWhere{
		Indicators: []string{"rate"}, Regions: codes("111", "122"), From: indicator.NoDay, To: indicator.NoDay,
	}, indicator.NoDay, ObservationOrder{})
	if len(list) != 2 {
		t.Fatalf("%d figures", len(list))
	}
	printed, absent := list[0], list[1]
	if value(printed.Value) != 97 || value(printed.Numerator) != 95 || value(printed.Denominator) != 98 || printed.Precision != indicator.Approximate {
		t.Errorf("the figure as printed is %+v", printed)
	}
	if printed.Source.Code != "gazette" || printed.Load.ID != "l0" || printed.PublishedOn != day(20) || !printed.Current() || printed.Missing != indicator.NotMissing {
		t.Errorf("it comes from %s by %s on %s", printed.Source.Code, printed.Load.ID, printed.PublishedOn)
	}
	if absent.Value != nil || absent.Numerator != nil || absent.Missing != indicator.NotPublished {
		t.Errorf("the missing figure is %+v", absent)
	}
}

func TestObservations_PagesInEveryOrder(t *testing.T) {
	late := func(r *store.Report) { r.PublishedOn = day(25) }
	s := newSession(t, fact{"clinics 123 2020-02-18", 2, late}, fact{"clinics 123 2020-02-17", 0.1, late})
	for by, name := range map[ObservationKey]string{
		ObservationNatural: "natural", ObservationByRegion: "region", ObservationByPeriod: "period", ObservationByValue: "value",
		ObservationByPublished: "published",
	} {
		for _, descending := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s descending %t", name, descending), func(t *testing.T) {
				order := ObservationOrder{By: by, Descending: descending}
				whole := observe(t, s, Everything(), indicator.NoDay, order)
				wantSorted(t, whole, order)
				for _, size := range []int{1, 7, len(whole)} {
					var got []*Observation
					request := PageRequest{First: size}
					for {
						page, err := s.Observations(t.Context(), Everything(), indicator.NoDay, order, request, AllDetails)
						if err != nil {
							t.Fatal(err)
						}
						got = append(got, page.Nodes...)
						if total, err := page.Count(t.Context()); err != nil || total != len(whole) {
							t.Fatalf("%d in all, %v", total, err)
						}
						if !page.PageInfo.HasNextPage {
							break
						}
						request.After = *page.PageInfo.EndCursor()
					}
					if !slices.Equal(named(got), named(whole)) {
						t.Fatalf("pages of %d are not the whole", size)
					}
				}
			})
		}
	}
}

// wantSorted checks the key that the order sorts by first.
func wantSorted(t *testing.T, list []*Observation, order ObservationOrder) {
	t.Helper()
	key := func(o *Observation) float64 {
		switch order.By {
		case ObservationByRegion:
			return float64(o.Region.ID)
		case ObservationByPeriod:
			return float64(o.Period.End)
		case ObservationByPublished:
			return float64(o.PublishedOn)
		case ObservationByValue:
			return value(o.Value)
		default:
			return float64(o.Indicator.ID)
		}
	}
	for i := 1; i < len(list); i++ {
		a, b := key(list[i-1]), key(list[i])
		if math.IsNaN(a) && !math.IsNaN(b) || !order.Descending && a > b || order.Descending && a < b {
			t.Fatalf("%v stands before %v", named(list[i-1:i]), named(list[i:i+1]))
		}
	}
}

func TestObservations_Errors(t *testing.T) {
	s := newSession(t)
	tests := []struct {
		name  string
		where ObservationWhere
		page  PageRequest
		code  indicator.ErrorCode
		path  string
	}{
		{"unknown region", ObservationWhere{Regions: codes("114")}, PageRequest{}, indicator.UnknownRegion, "where.regions.codes.0"},
		{"unknown indicator", ObservationWhere{Indicators: []string{"visit"}}, PageRequest{}, indicator.UnknownIndicator, "where.indicators.0"},
		{"unknown source", ObservationWhere{Sources: []string{"gazette", "gazete"}}, PageRequest{}, indicator.UnknownSource, "where.sources.1"},
		{"unknown dimension", ObservationWhere{Slice: []indicator.Coordinate{{Dimension: "sizes", Value: "small"}}}, PageRequest{}, indicator.UnknownDimension, "where.slice"},
		{"too many", ObservationWhere{}, PageRequest{First: 10_001}, indicator.TooLarge, "first"},
		{"fewer than none", ObservationWhere{}, PageRequest{First: -1}, indicator.InvalidInput, "first"},
		{"no base64", ObservationWhere{}, PageRequest{After: "?"}, indicator.InvalidInput, "after"},
		{"too few fields", ObservationWhere{}, PageRequest{After: encodeCursor("visits")}, indicator.InvalidInput, "after"},
		{"a cursor without a period", ObservationWhere{}, PageRequest{After: encodeCursor("visits", "", "ACTUAL", "soon", "111", "", "", "1")}, indicator.InvalidInput, "after"},
		{"a cursor of an indicator that is gone", ObservationWhere{}, PageRequest{After: encodeCursor("gone", "", "ACTUAL", "2020", "111", "", "", "1")}, indicator.InvalidInput, "after"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.Observations(t.Context(), &tt.where, indicator.NoDay, ObservationOrder{}, tt.page, AllDetails)
			typed := wantCode(t, err, tt.code)
			wantPath(t, typed, tt.path)
		})
	}
}

// reported is a report of one figure on a day of February.
func reported(v float64, on int) fact {
	return fact{"grids 122 2020-02-01", v, func(r *store.Report) { r.PublishedOn = day(on) }}
}

// TestRevisions reads a figure reported on 3 February, three times on the 5th and, late, once more for the 4th.
func TestRevisions(t *testing.T) {
	s := newSession(t, reported(1, 3), reported(2, 5), reported(3, 5), reported(4, 5), reported(9, 4), fact{"grids 113 2020-02-01", 7, nil})
	where := &ObservationWhere{Indicators: []string{"grids"}, Regions: codes("122"), AnySlice: true, From: indicator.NoDay, To: indicator.NoDay}
	for on, want := range map[int]float64{2: math.NaN(), 3: 1, 4: 9, 5: 4, 6: 4} {
		got := math.NaN()
		if list := observe(t, s, where, day(on), ObservationOrder{}); len(list) == 1 {
			got = value(list[0].Value)
		}
		if !near(got, want) {
			t.Errorf("as of 2020-02-%02d the figure is %v, want %v", on, got, want)
		}
	}
	current := observe(t, s, where, indicator.NoDay, ObservationOrder{})
	other := observe(t, s, &ObservationWhere{
		Indicators: []string{"grids"}, Regions: codes("113"), AnySlice: true, From: indicator.NoDay, To: indicator.NoDay,
	}, indicator.NoDay, ObservationOrder{})
	before := s.EngineQueries()
	revisions, err := s.Revisions(t.Context(), slices.Concat(current, other))
	if err != nil {
		t.Fatal(err)
	}
	if s.EngineQueries() != before+1 {
		t.Errorf("the reports of two figures took %d queries", s.EngineQueries()-before)
	}
	var got []float64
	for _, o := range revisions[0] {
		got = append(got, value(o.Value))
	}
	if want := []float64{4, 3, 2, 9, 1}; !slices.Equal(got, want) {
		t.Errorf("reports %v, newest first %v", got, want)
	}
	if len(revisions[1]) != 1 || value(revisions[1][0].Value) != 7 {
		t.Errorf("the other figure has the reports %v", revisions[1])
	}
	if !revisions[0][0].Current() || revisions[0][1].Current() {
		t.Error("the newest report alone is current")
	}
}

func TestByKey(t *testing.T) {
	s := newSession(t)
	keys := []indicator.ObservationKey{
		{Region: "test:111", Indicator: "grids", Slice: "size=small", Period: "2020-02-18"},
		{Region: "111", Indicator: "visits", Period: "2020-04", Status: indicator.Forecast},
		{Region: "111", Indicator: "visits", Period: "1999"},
		{Region: "114", Indicator: "visits", Period: "2020-04"},
		{Region: "111", Indicator: "visit", Period: "2020-04"},
		{Region: "111", Indicator: "grids", Slice: "colour=blue", Period: "2020-02-18"},
		{Region: "111", Indicator: "grids", Period: "soon"},
	}
	found, err := s.ByKey(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(keys) || found[0] == nil || found[1] == nil || value(found[0].Value) != 334 || value(found[1].Value) != 99 {
		t.Fatalf("found %v", found)
	}
	for i, o := range found[2:] {
		if o != nil {
			t.Errorf("key %d found %s", i+2, o.identity())
		}
	}
	if s.EngineQueries() != 1 {
		t.Errorf("%d queries", s.EngineQueries())
	}
	if none, err := s.ByKey(t.Context(), keys[3:]); err != nil || len(none) != 4 || s.EngineQueries() != 1 {
		t.Errorf("keys of nothing: %v, %v after %d queries", none, err, s.EngineQueries())
	}
}

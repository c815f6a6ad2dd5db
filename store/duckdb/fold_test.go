package duckdb

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// foldedCatalog has four regions, a stock and a flow.
func foldedCatalog(t *testing.T) *catalog.Catalog {
	t.Helper()
	tables := catalog.Tables{Slices: []indicator.Slice{{}}, Sources: []indicator.Source{{Code: "s"}}, Definitions: []string{""}}
	for _, code := range []string{"1", "2", "3", "4"} {
		tables.Regions = append(tables.Regions, indicator.Region{Code: code, Scheme: "test", Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay})
	}
	for code, rule := range []indicator.Rule{indicator.RuleLast, indicator.RuleSum} {
		tables.Indicators = append(tables.Indicators, indicator.Indicator{
			Code: string(rune('a' + code)), Kind: indicator.Count, Rollup: indicator.Rollup{Regions: indicator.RuleSum, Time: rule},
		})
	}
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// chunkOf has a figure of 1 for each place: indicator, period start, period end, region.
func chunkOf(places ...[4]int32) *figureChunk {
	c := &figureChunk{rows: len(places)}
	for _, p := range places {
		c.indicator, c.region = append(c.indicator, p[0]), append(c.region, p[3])
		c.start, c.end = append(c.start, indicator.Day(p[1])), append(c.end, indicator.Day(p[2]))
		c.value, c.missing, c.precision = append(c.value, 1), append(c.missing, 0), append(c.precision, 0)
	}
	return c
}

// TestRolling_refuses shows rows that cannot be rolled up as they come.
func TestRolling_refuses(t *testing.T) {
	fixed, status := int32(0), indicator.Actual
	for name, tc := range map[string]struct {
		chunks              []*figureChunk
		disordered, overlap bool
	}{
		"in order":                  {chunks: []*figureChunk{chunkOf([4]int32{0, 1, 1, 0}, [4]int32{0, 1, 1, 2}, [4]int32{0, 2, 2, 0}), chunkOf([4]int32{0, 2, 2, 3}, [4]int32{1, 1, 1, 0})}},
		"region again":              {chunks: []*figureChunk{chunkOf([4]int32{0, 1, 1, 2}, [4]int32{0, 1, 1, 2})}, disordered: true},
		"region again, later":       {chunks: []*figureChunk{chunkOf([4]int32{0, 1, 1, 2}), chunkOf([4]int32{0, 1, 1, 1})}, disordered: true},
		"earlier period":            {chunks: []*figureChunk{chunkOf([4]int32{0, 2, 2, 0}, [4]int32{0, 1, 1, 1})}, disordered: true},
		"earlier indicator":         {chunks: []*figureChunk{chunkOf([4]int32{1, 1, 1, 0}, [4]int32{0, 2, 2, 1})}, disordered: true},
		"overlapping flows":         {chunks: []*figureChunk{chunkOf([4]int32{1, 1, 5, 0}, [4]int32{1, 5, 6, 1})}, overlap: true},
		"overlapping stocks":        {chunks: []*figureChunk{chunkOf([4]int32{0, 1, 5, 0}, [4]int32{0, 5, 6, 1})}},
		"overlapping across chunks": {chunks: []*figureChunk{chunkOf([4]int32{1, 1, 5, 0}), chunkOf([4]int32{1, 1, 6, 0})}, overlap: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRolling(foldedCatalog(t), statement.Columns{Slice: &fixed, Status: &status}, indicator.NoDay, func(*rolling) {})
			shown := true
			for _, c := range tc.chunks {
				shown = shown && r.show(c)
			}
			if r.disordered != tc.disordered || r.overlap != tc.overlap || shown == (tc.disordered || tc.overlap) {
				t.Errorf("disordered %t, overlap %t, shown %t", r.disordered, r.overlap, shown)
			}
		})
	}
}

func TestRunEnd(t *testing.T) {
	column := []int32{7, 7, 7, 8, 8, 9}
	for from, want := range []int{3, 3, 3, 5, 5, 6} {
		if got := runEnd(column, from, len(column)); got != want {
			t.Errorf("from %d to %d, want %d", from, got, want)
		}
	}
	if got := runEnd(column, 0, 2); got != 2 {
		t.Errorf("to %d of 2", got)
	}
	if got := runEnd[int8](nil, 1, 4); got != 4 {
		t.Errorf("a column that is the same in all rows ends at %d of 4", got)
	}
}

// foldedStore has figures of two years of months, some of them without a value.
func foldedStore(t *testing.T) *pinned {
	t.Helper()
	e := open(t, t.TempDir(), Options{Threads: 2})
	w, err := e.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var batch []store.Report
	for ind := range int32(2) {
		for month := range int32(24) {
			for region := range int32(4) {
				r := store.Report{
					Region: region, Indicator: ind, Period: indicator.Period{Start: indicator.Day(month * 30), End: indicator.Day(month*30 + 29)}, PublishedOn: 1, Offset: -1,
					Value: float64(month + region), Numerator: math.NaN(), Denominator: math.NaN(),
				}
				if region == 2 && month > 10 || region == 3 {
					r.Value, r.Missing = math.NaN(), indicator.Suppressed
				}
				batch = append(batch, r)
			}
		}
	}
	if err := w.Append(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Stage(t.Context(), foldedCatalog(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(t.Context(), indicator.Load{ID: "one"}, nil); err != nil {
		t.Fatal(err)
	}
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Release)
	return s.(*pinned)
}

// TestFold_again rolls the same up as it is done the second time: in any order, and by all threads.
func TestFold_again(t *testing.T) {
	s := foldedStore(t)
	want, ok, err := s.Fold(t.Context(), store.NewSelect())
	if err != nil || !ok || want.Figures != 192 {
		t.Fatalf("%+v, %t, %v", want, ok, err)
	}
	selection := store.NewSelect()
	selection.Omit = foldOmitted
	f := &folding{handle: s.handle, selection: selection, inexact: map[int32]bool{0: true}, careful: true}
	known, err := s.known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parts, newest, _ := f.parts(known.counted)
	if err := f.run(t.Context(), parts, newest); err != nil {
		t.Fatal(err)
	}
	got := &store.Folded{Stretches: f.stretches, Figures: int(f.figures)}
	byIndicator := cmpopts.SortSlices(func(a, b store.Stretch) bool { return a.Indicator < b.Indicator })
	if diff := cmp.Diff(want, got, byIndicator, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
	if values := want.Stretches[0].Value; values[0] != 23 || values[2] != 12 || !math.IsNaN(values[3]) {
		t.Errorf("the newest values are %v", values)
	}
}

// TestFold_ends asks with a context that has ended, and of a question that DuckDB cannot answer.
func TestFold_ends(t *testing.T) {
	s := foldedStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok, err := s.Fold(ctx, store.NewSelect()); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("%t, %v", ok, err)
	}
	f := &folding{handle: s.handle}
	selection := store.NewSelect()
	if _, err := f.roll(t.Context(), &selection, "SELECT error('no') FROM snapshot.observation", indicator.NoDay, func(*rolling) {}); !errors.Is(err, errUnusual) {
		t.Errorf("an error of DuckDB: %v", err)
	}
	if _, err := f.roll(t.Context(), &selection, "SELECT indicator, value FROM snapshot.observation", indicator.NoDay, func(*rolling) {}); err == nil {
		t.Error("other columns were read")
	}
}

// TestStretches asks for all figures, for more than may be had, and for what is not handed out in stretches.
func TestStretches(t *testing.T) {
	s := foldedStore(t)
	all := store.NewSelect()
	all.Omit = foldOmitted | store.ColumnDefinition
	if _, ok, err := s.Stretches(t.Context(), all); ok || err != nil {
		t.Errorf("a few figures: %t, %v", ok, err)
	}
	s.manyRows = 1
	if _, err := s.known(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, ok, err := s.Stretches(t.Context(), all)
	if !ok || err != nil || len(list) != 48 {
		t.Fatalf("%d stretches, %t, %v", len(list), ok, err)
	}
	for i := range list {
		if n := list[i].Len(); n != 4 || &list[i].Region[0] != &list[0].Region[0] {
			t.Errorf("stretch %d has %d regions, of its own", i, n)
		}
	}
	capped := all
	capped.Cap = 191
	var beyond *store.RowCapError
	if _, ok, err := s.Stretches(t.Context(), capped); ok || !errors.As(err, &beyond) {
		t.Errorf("more figures than may be had: %t, %v", ok, err)
	}
	defined := all
	defined.Omit = store.ColumnSource | store.ColumnDerived
	if _, ok, err := s.Stretches(t.Context(), defined); ok || err != nil {
		t.Errorf("with definitions: %t, %v", ok, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok, err := s.Stretches(ctx, all); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %t, %v", ok, err)
	}
}

// TestGathering_refuses shows figures that do not come in order.
func TestGathering_refuses(t *testing.T) {
	fixed, status := int32(0), indicator.Actual
	for name, tc := range map[string]struct {
		chunks     []*figureChunk
		disordered bool
	}{
		"in order":            {chunks: []*figureChunk{chunkOf([4]int32{0, 1, 1, 0}, [4]int32{0, 1, 1, 2}), chunkOf([4]int32{0, 1, 1, 3}, [4]int32{0, 2, 2, 0}, [4]int32{1, 1, 1, 0})}},
		"region again":        {chunks: []*figureChunk{chunkOf([4]int32{0, 1, 1, 2}, [4]int32{0, 1, 1, 2})}, disordered: true},
		"region again, later": {chunks: []*figureChunk{chunkOf([4]int32{0, 1, 1, 2}), chunkOf([4]int32{0, 1, 1, 1})}, disordered: true},
		"earlier period":      {chunks: []*figureChunk{chunkOf([4]int32{0, 2, 2, 0}), chunkOf([4]int32{0, 1, 1, 1})}, disordered: true},
		"earlier indicator":   {chunks: []*figureChunk{chunkOf([4]int32{1, 1, 1, 0}, [4]int32{0, 2, 2, 1})}, disordered: true},
	} {
		t.Run(name, func(t *testing.T) {
			g := &gathering{columns: statement.Columns{Slice: &fixed, Status: &status}}
			shown := true
			for _, c := range tc.chunks {
				shown = shown && g.show(c)
			}
			if shown == tc.disordered {
				t.Errorf("shown %t, disordered %t", shown, g.disordered)
			}
		})
	}
}

package resident

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// drawSelect draws a selection that blocks can answer.
func drawSelect(t *rapid.T) store.Select {
	s := store.NewSelect()
	some := func(label string) bool { return rapid.IntRange(1, 3).Draw(t, label) == 1 }
	if rapid.Bool().Draw(t, "by indicator") {
		s.Indicators = rapid.SliceOfN(rapid.Int32Range(-1, indicatorCount), 1, 3).Draw(t, "indicators")
	}
	if some("by slice") {
		s.Slices = rapid.SliceOfN(rapid.Int32Range(0, sliceCount), 1, 2).Draw(t, "slices")
	}
	if some("by status") {
		s.Statuses = rapid.SliceOfN(rapid.SampledFrom([]indicator.Status{0, 1, 2}), 1, 2).Draw(t, "statuses")
	}
	if some("by source") {
		s.Sources = rapid.SliceOfN(rapid.Int32Range(0, sourceCount), 1, 200).Draw(t, "sources")
	}
	if some("by precision") {
		s.Precisions = rapid.SliceOfN(rapid.SampledFrom([]indicator.Precision{0, 1, 2, 3}), 1, 3).Draw(t, "precisions")
	}
	if some("by level") {
		levels := rapid.SampledFrom([]indicator.Level{indicator.County, indicator.Province, indicator.Country})
		s.Levels = rapid.SliceOfN(levels, 1, 2).Draw(t, "levels")
	}
	if rapid.Bool().Draw(t, "by region") {
		for range rapid.IntRange(1, 6).Draw(t, "spans") {
			from := rapid.Int32Range(0, regionCount).Draw(t, "from")
			s.Regions = append(s.Regions, store.Span{From: from, To: from + rapid.SampledFrom([]int32{0, 1, 1, 2, 11}).Draw(t, "length")})
		}
	}
	drawTime(t, &s)
	s.Order.By = rapid.SampledFrom([]store.OrderKey{store.Natural, store.Natural, store.ByRegion, store.ByPeriod, store.ByValue}).Draw(t, "order")
	s.Order.Descending = rapid.Bool().Draw(t, "descending")
	if some("limited") {
		s.Limit = rapid.IntRange(1, 30).Draw(t, "limit")
	}
	if some("capped") {
		s.Cap = rapid.IntRange(1, 200).Draw(t, "cap")
	}
	return s
}

func drawTime(t *rapid.T, s *store.Select) {
	if rapid.Bool().Draw(t, "latest") {
		days := []indicator.Day{indicator.Forever, month(3).End, month(5).End, month(2).End - 1, month(2).Start, month(1).End - 1, -1}
		s.Latest = &store.Latest{
			OnOrBefore: rapid.SampledFrom(days).Draw(t, "on or before"),
			NotBefore:  rapid.SampledFrom([]indicator.Day{indicator.NoDay, indicator.NoDay, month(2).End, month(6).End}).Draw(t, "not before"),
		}
	}
	switch rapid.IntRange(1, 4).Draw(t, "time") {
	case 1:
		s.Period = new(rapid.SampledFrom([]indicator.Period{month(2), monthEnd(2), month(6), indicator.DayPeriod(3)}).Draw(t, "period"))
	case 2:
		s.Within = new(rapid.SampledFrom([]indicator.Period{
			{Start: indicator.NoDay, End: month(3).End}, {Start: month(2).Start, End: indicator.Forever}, month(2), {Start: month(1).Start + 1, End: month(4).End},
		}).Draw(t, "within"))
	}
}

// drawPosition draws a place that may be one of a row.
func drawPosition(t *rapid.T) *store.Position {
	p := &store.Position{
		Indicator: rapid.Int32Range(0, indicatorCount-1).Draw(t, "after indicator"),
		Period:    rapid.SampledFrom([]indicator.Period{month(2), monthEnd(2)}).Draw(t, "after period"),
		Region:    rapid.Int32Range(0, regionCount).Draw(t, "after region"),
		Value:     float64(rapid.IntRange(-1, 5).Draw(t, "after value")),
	}
	if rapid.IntRange(1, 5).Draw(t, "after missing") == 1 {
		p.Value = math.NaN()
	}
	return p
}

// TestSelect_likeTheBackingEngine holds answers from blocks against those of the engine that looks at every figure.
func TestSelect_likeTheBackingEngine(t *testing.T) {
	m := backing(t)
	e := New(m, Options{Bytes: math.MaxInt64})
	warm(t, e)
	want, got := pin(t, m), pin(t, e)
	t.Run("select", rapid.MakeCheck(func(t *rapid.T) {
		s := drawSelect(t)
		if rapid.IntRange(1, 3).Draw(t, "after") == 1 {
			s.After = drawPosition(t)
		}
		compare(t, want, got, s)
	}))
	t.Run("count", rapid.MakeCheck(func(t *rapid.T) {
		s := drawSelect(t)
		keys := rapid.SampledFrom([]store.Key{store.KeyIndicator, store.KeyRegion, store.KeySlice, store.KeyStatus, store.KeyMissing, store.KeySource})
		by := rapid.SliceOfNDistinct(keys, 0, 3, rapid.ID[store.Key]).Draw(t, "by")
		wanted, err := want.Count(t.Context(), s, by...)
		if err != nil {
			t.Fatal(err)
		}
		tallies, err := got.Count(t.Context(), s, by...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted, tallies, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%+v by %v (-want +got):\n%s", s, by, diff)
		}
	}))
	if s := e.Stats(); s.Fallbacks > 0 || s.Hits == 0 {
		t.Errorf("%+v: some were not answered from blocks", s)
	}
}

// TestSelect_byTheBackingEngine asks what blocks cannot answer.
func TestSelect_byTheBackingEngine(t *testing.T) {
	m := backing(t)
	e := New(m, Options{Bytes: math.MaxInt64})
	warm(t, e)
	want, got := pin(t, m), pin(t, e)
	changes := map[string]func(s *store.Select){
		"evidence":               func(s *store.Select) { s.Evidence = true },
		"vintages":               func(s *store.Select) { s.Vintages = true },
		"as of a day":            func(s *store.Select) { s.AsOf = month(1).End },
		"by day of publication":  func(s *store.Select) { s.Order.By = store.ByPublished },
		"what a load brought":    func(s *store.Select) { s.LoadsFrom = 1 },
		"a limit below nothing":  func(s *store.Select) { s.Limit = -1 },
		"a cap below nothing":    func(s *store.Select) { s.Cap = -1 },
		"an order without a key": func(s *store.Select) { s.Order.By = 99 },
	}
	for name, change := range changes {
		s := store.NewSelect()
		change(&s)
		before := e.Stats()
		wanted, wantErr := want.Select(t.Context(), s)
		rows, err := got.Select(t.Context(), s)
		if diff := cmp.Diff(wanted, rows, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" || (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, want %v; rows (-want +got):\n%s", name, err, wantErr, diff)
		}
		if after := e.Stats(); after.Fallbacks != before.Fallbacks+1 || after.Hits != before.Hits {
			t.Errorf("%s: answered from blocks", name)
		}
	}
}

package resident

import (
	"math"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The figures of the benchmarks: monthly, of every county, in a country of that many regions numbered in pre-order.
const (
	benchIndicators = 20
	benchMonths     = 17
	benchRegions    = 3222
	benchCounties   = 2850
)

// benchSnapshot is a snapshot all of whose figures are in memory.
func benchSnapshot(b *testing.B) *snapshot {
	b.Helper()
	h := &holding{id: "bench", levels: make([]indicator.Level, benchRegions)}
	h.first = make([]int, benchIndicators+1)
	e := New(nil, Options{Bytes: math.MaxInt64})
	for ind := range benchIndicators {
		n := benchCounties * benchMonths
		rows := newRows(nil, n, plain{}, store.FigureColumns)
		for i := range n {
			period := month(1 + i/benchCounties)
			rows.Indicator[i], rows.Start[i], rows.End[i] = int32(ind), period.Start, period.End
			rows.Region[i] = int32(3 + i%benchCounties*benchRegions/(benchCounties+10))
			h.levels[rows.Region[i]] = indicator.County
			rows.Value[i], rows.Numerator[i], rows.Denominator[i] = float64(i), math.NaN(), math.NaN()
			rows.Source[i] = int32(i % 20 / 19)
			rows.Precision[i] = indicator.Precision(i % 100 / 99)
			if i%50 == 0 {
				rows.Missing[i], rows.Value[i] = indicator.NotCollected, math.NaN()
			}
		}
		build := newBuilder(series{indicator: int32(ind)}, n)
		if err := build.add(rows, 0, n); err != nil {
			b.Fatal(err)
		}
		block, err := build.finish()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(block.free)
		h.first[ind+1] = ind + 1
		h.entries = append(h.entries, entry{series: block.series, rows: int64(n), block: block})
	}
	return &snapshot{engine: e, holding: h}
}

func BenchmarkSelect(b *testing.B) {
	s := benchSnapshot(b)
	latest := &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
	regionOf := func(county int32) store.Span {
		region := s.holding.entries[0].block.sets[0][county]
		return store.Span{From: region, To: region + 1}
	}
	five := []store.Span{regionOf(10), regionOf(500), regionOf(1000), regionOf(1500), regionOf(2800)}
	twenty := make([]int32, benchIndicators)
	for i := range twenty {
		twenty[i] = int32(i)
	}
	for _, question := range []struct {
		name   string
		change func(s *store.Select)
	}{
		{"latest of 10 indicators for one county", func(s *store.Select) {
			s.Indicators, s.Regions, s.Latest = twenty[:10], five[2:3], latest
		}},
		{"latest of a province", func(s *store.Select) {
			s.Indicators, s.Regions, s.Latest = twenty[:1], []store.Span{{From: 100, To: 220}}, latest
			s.Levels = []indicator.Level{indicator.County}
		}},
		{"latest of every county", func(s *store.Select) {
			s.Indicators, s.Latest, s.Levels = twenty[:1], latest, []indicator.Level{indicator.County}
		}},
		{"series of 5 counties", func(s *store.Select) { s.Indicators, s.Regions = twenty[:1], five }},
		{"5 counties by 20 indicators", func(s *store.Select) { s.Indicators, s.Regions, s.Latest = twenty, five, latest }},
		{"every month of every county", func(s *store.Select) { s.Indicators = twenty[:1] }},
		{"by value", func(s *store.Select) {
			s.Indicators, s.Latest, s.Order, s.Limit = twenty[:1], latest, store.Order{By: store.ByValue, Descending: true}, 20
		}},
	} {
		b.Run(question.name, func(b *testing.B) {
			selection := store.NewSelect()
			selection.Slices, selection.Statuses = []int32{0}, []indicator.Status{indicator.Actual}
			question.change(&selection)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				rows, err := s.Select(b.Context(), selection)
				if err != nil {
					b.Fatal(err)
				}
				n = rows.Len()
			}
			b.ReportMetric(float64(n), "rows")
		})
	}
}

func BenchmarkCount(b *testing.B) {
	s := benchSnapshot(b)
	for name, by := range map[string][]store.Key{
		"by indicator": {store.KeyIndicator}, "by indicator and region": {store.KeyIndicator, store.KeyRegion},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Count(b.Context(), store.NewSelect(), by...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

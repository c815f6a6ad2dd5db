package query

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMedian holds medians against those of sorted values: of few values and of many, spread evenly, in lumps, and to the ends of what numbers hold.
func TestMedian(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]*rapid.Generator[float64]{
			rapid.Float64Range(-1e6, 1e6), rapid.Float64Range(0, 1e-300), rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64),
			rapid.Map(rapid.IntRange(-3, 3), func(n int) float64 { return float64(n) }),
			rapid.Map(rapid.Float64Range(-300, 300), func(x float64) float64 { return math.Pow(10, x) }),
			rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, math.Nextafter(1, 2), math.SmallestNonzeroFloat64, 1e9}),
		}).Draw(t, "kind")
		values := rapid.SliceOfN(value, 1, rapid.SampledFrom([]int{1, 2, 9, 120, 700}).Draw(t, "most")).Draw(t, "values")
		before := slices.Clone(values)
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		if got, want := median(values, extentOf(values)), quantile(sorted, 0.5); got != want {
			t.Fatalf("median %v, want %v", got, want)
		}
		k := rapid.IntRange(0, len(values)-1).Draw(t, "place")
		if got := nth(values, extentOf(values), k); got != sorted[k] {
			t.Fatalf("place %d: %v, want %v", k, got, sorted[k])
		}
		if !slices.Equal(values, before) {
			t.Fatal("the values were changed")
		}
	})
	if !math.IsNaN(median(nil, extentOf(nil))) {
		t.Error("nothing has a median")
	}
}

package query

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
)

// TestRank holds the order of a group and the places of its cells against sorting and counting, of few cells and of many.
func TestRank(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]*rapid.Generator[float64]{
			rapid.Float64(), rapid.Float64Range(-5, 5), rapid.Just(7.0),
			rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 1e300, -1e-300, math.NaN()}),
		}).Draw(t, "kind")
		values := rapid.SliceOfN(value, 0, rapid.SampledFrom([]int{3, 200}).Draw(t, "most")).Draw(t, "values")
		g := &comparisonGroup{}
		var known []float64
		for i, x := range values {
			g.cells = append(g.cells, cell{region: int32(i), quantity: indicator.Quantity{Value: x}})
			if !math.IsNaN(x) {
				known = append(known, x)
			}
		}
		slices.SortFunc(known, cmp.Compare[float64])
		g.rank()
		if !slices.Equal(g.sorted, known) {
			t.Fatalf("%v, want %v", g.sorted, known)
		}
		for i, x := range values {
			if math.IsNaN(x) {
				continue
			}
			smaller, equal := g.placing(i, x)
			wantSmaller, wantEqual := 0, 0
			for _, other := range known {
				wantSmaller += boolInt(other < x)
				wantEqual += boolInt(other == x)
			}
			if smaller != wantSmaller || equal != wantEqual {
				t.Fatalf("%v of %v: %d smaller and %d equal, want %d and %d", x, values, smaller, equal, wantSmaller, wantEqual)
			}
			if s, e := g.placing(-1, x); s != smaller || e != equal {
				t.Fatalf("%v of %v: %d and %d by its value, %d and %d by its place", x, values, s, e, smaller, equal)
			}
		}
	})
}

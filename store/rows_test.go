package store_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// TestSortNaturally sorts two rows that differ in each part of the order, the later part the other way round.
func TestSortNaturally(t *testing.T) {
	for name, change := range map[string]func(r *store.Rows, first, second int){
		"indicator":    func(r *store.Rows, i, k int) { r.Indicator[k], r.Slice[i] = 1, 9 },
		"slice":        func(r *store.Rows, i, k int) { r.Slice[k], r.Status[i] = 1, 1 },
		"status":       func(r *store.Rows, i, k int) { r.Status[k], r.End[i] = 1, 9 },
		"period end":   func(r *store.Rows, i, k int) { r.End[k], r.Start[i] = 1, 9 },
		"period start": func(r *store.Rows, i, k int) { r.Start[k], r.Region[i] = 1, 9 },
		"region":       func(r *store.Rows, i, k int) { r.Region[k] = 9 },
	} {
		for _, first := range []int{0, 1} {
			r := &store.Rows{
				Indicator: make([]int32, 2), Slice: make([]int32, 2), Region: []int32{5, 5}, Status: make([]indicator.Status, 2),
				Start: make([]indicator.Day, 2), End: make([]indicator.Day, 2), Value: make([]float64, 2),
			}
			change(r, first, 1-first)
			r.Value[1-first] = 1
			r.SortNaturally()
			if want := []float64{0, 1}; !slices.Equal(r.Value, want) {
				t.Errorf("by %s, the first at place %d: %v", name, first, r.Value)
			}
		}
	}
}

// TestSortNaturallyMovesRows shuffles rows whose columns all say which row it is.
func TestSortNaturallyMovesRows(t *testing.T) {
	const n = 50
	rows := func(order []int) *store.Rows {
		r := &store.Rows{}
		for _, i := range order {
			id, day := int32(i), indicator.Day(i)
			r.Indicator, r.Slice, r.Region = append(r.Indicator, id/7), append(r.Slice, id), append(r.Region, id)
			r.Source, r.Definition, r.Status = append(r.Source, id), append(r.Definition, id), append(r.Status, indicator.Status(i))
			r.Start, r.End, r.Value = append(r.Start, day), append(r.End, day), append(r.Value, float64(i))
			r.Missing, r.Precision = append(r.Missing, indicator.Missing(i)), append(r.Precision, indicator.Precision(i))
			r.Numerator, r.Denominator = append(r.Numerator, float64(i)), append(r.Denominator, float64(i))
			r.CountsPrecision, r.Derived = append(r.CountsPrecision, indicator.Precision(i)), append(r.Derived, i%2 == 0)
			r.Published, r.KnownFrom, r.KnownTo = append(r.Published, day), append(r.KnownFrom, day), append(r.KnownTo, day)
			r.Tie, r.Load, r.Inferred = append(r.Tie, id), append(r.Load, id), append(r.Inferred, i%3 == 0)
			r.Offset, r.Printed, r.Note = append(r.Offset, id), append(r.Printed, string(rune('0'+i))), append(r.Note, string(rune('a'+i)))
		}
		return r
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	want := rows(order)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret
	random.Shuffle(n, func(i, k int) { order[i], order[k] = order[k], order[i] })
	got := rows(order)
	got.SortNaturally()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	// Every row may be of either of two pieces that are in order each.
	for range 20 {
		var first, second []int
		for i := range n {
			if random.IntN(3) > 0 {
				first = append(first, i)
			} else {
				second = append(second, i)
			}
		}
		got := rows(append(first, second...))
		got.SortNaturally()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("two pieces (-want +got):\n%s", diff)
		}
	}
	few := &store.Rows{Indicator: []int32{1, 0}, Slice: []int32{0, 0}, Region: []int32{0, 0}, Status: make([]indicator.Status, 2),
		Start: make([]indicator.Day, 2), End: make([]indicator.Day, 2), Value: []float64{1, 0}}
	if few.SortNaturally(); few.Value[0] != 0 || few.Note != nil || few.Source != nil {
		t.Errorf("columns appear: %+v", few)
	}
}

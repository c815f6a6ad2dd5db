package duckdb

import (
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// TestInNaturalOrder swaps two rows that differ in each part of the order.
func TestInNaturalOrder(t *testing.T) {
	rows := func(change func(r *store.Rows, i int)) *store.Rows {
		r := &store.Rows{
			Indicator: make([]int32, 2), Slice: make([]int32, 2), Region: []int32{5, 5}, Status: make([]indicator.Status, 2),
			Start: make([]indicator.Day, 2), End: make([]indicator.Day, 2),
		}
		change(r, 0)
		return r
	}
	for name, change := range map[string]func(r *store.Rows, i int){
		"indicator":    func(r *store.Rows, i int) { r.Indicator[i], r.Slice[1-i] = 1, 9 },
		"slice":        func(r *store.Rows, i int) { r.Slice[i], r.Status[1-i] = 1, 1 },
		"status":       func(r *store.Rows, i int) { r.Status[i], r.End[1-i] = 1, 9 },
		"period end":   func(r *store.Rows, i int) { r.End[i], r.Start[1-i] = 1, 9 },
		"period start": func(r *store.Rows, i int) { r.Start[i], r.Region[1-i] = 1, 9 },
		"region":       func(r *store.Rows, i int) { r.Region[i] = 6 },
	} {
		if inNaturalOrder(rows(change)) {
			t.Errorf("by %s: the second row comes before the first", name)
		}
		if !inNaturalOrder(rows(func(r *store.Rows, _ int) { change(r, 1) })) {
			t.Errorf("by %s: the first row comes before the second", name)
		}
	}
	if inNaturalOrder(rows(func(*store.Rows, int) {})) {
		t.Error("a figure comes twice")
	}
}

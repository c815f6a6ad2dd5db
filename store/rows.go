package store

import (
	"cmp"
	"slices"
)

// SortNaturally puts current figures into their natural order. Rows that are in it already keep their columns, and those that are so in
// two pieces are merged.
func (r *Rows) SortNaturally() {
	n := r.Len()
	second := r.inOrder(0)
	if second == n {
		return
	}
	if r.inOrder(second) == n {
		r.Pick(r.merged(second))
		return
	}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, r.compareNaturally)
	r.Pick(order)
}

// inOrder is the first row from a row on that does not come behind the one before it.
func (r *Rows) inOrder(from int) int {
	for i := from + 1; i < r.Len(); i++ {
		if r.compareNaturally(int32(i-1), int32(i)) >= 0 {
			return i
		}
	}
	return r.Len()
}

// merged is the natural order of rows of which those before the second piece are in it, and those from there on.
func (r *Rows) merged(second int) []int32 {
	order := make([]int32, 0, r.Len())
	a, b := int32(0), int32(second)
	for int(a) < second && int(b) < r.Len() {
		if r.compareNaturally(a, b) <= 0 {
			order = append(order, a)
			a++
		} else {
			order = append(order, b)
			b++
		}
	}
	for ; int(a) < second; a++ {
		order = append(order, a)
	}
	for ; int(b) < r.Len(); b++ {
		order = append(order, b)
	}
	return order
}

// Pick keeps some rows, in the order in which they are listed.
func (r *Rows) Pick(order []int32) {
	r.Indicator, r.Slice, r.Region = picked(r.Indicator, order), picked(r.Slice, order), picked(r.Region, order)
	r.Source, r.Definition, r.Status = picked(r.Source, order), picked(r.Definition, order), picked(r.Status, order)
	r.Start, r.End = picked(r.Start, order), picked(r.End, order)
	r.Value, r.Missing, r.Precision = picked(r.Value, order), picked(r.Missing, order), picked(r.Precision, order)
	r.Numerator, r.Denominator = picked(r.Numerator, order), picked(r.Denominator, order)
	r.CountsPrecision, r.Derived = picked(r.CountsPrecision, order), picked(r.Derived, order)
	r.Published, r.Tie, r.Load = picked(r.Published, order), picked(r.Tie, order), picked(r.Load, order)
	r.KnownFrom, r.KnownTo = picked(r.KnownFrom, order), picked(r.KnownTo, order)
	r.Inferred, r.Offset = picked(r.Inferred, order), picked(r.Offset, order)
	r.Printed, r.Note = picked(r.Printed, order), picked(r.Note, order)
}

// compareNaturally compares two current figures in natural order.
func (r *Rows) compareNaturally(a, b int32) int {
	switch {
	case r.Indicator[a] != r.Indicator[b]:
		return cmp.Compare(r.Indicator[a], r.Indicator[b])
	case r.Slice[a] != r.Slice[b]:
		return cmp.Compare(r.Slice[a], r.Slice[b])
	case r.Status[a] != r.Status[b]:
		return cmp.Compare(r.Status[a], r.Status[b])
	case r.End[a] != r.End[b]:
		return cmp.Compare(r.End[a], r.End[b])
	case r.Start[a] != r.Start[b]:
		return cmp.Compare(r.Start[a], r.Start[b])
	}
	return cmp.Compare(r.Region[a], r.Region[b])
}

// picked returns the cells of some rows; nil for no column.
func picked[T any](column []T, rows []int32) []T {
	if column == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = column[row]
	}
	return out
}

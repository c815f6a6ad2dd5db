package store

import (
	"cmp"
	"slices"
	"sort"
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
		r.pick(picking{spans: r.merged(int32(second), int32(n))})
		return
	}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, r.compareNaturally)
	r.pick(picking{rows: order})
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

// merged is the natural order of rows of which those before the second piece are in it, and those from there on. Of the second there are
// often few, so that long spans of the first lie between them.
func (r *Rows) merged(second, end int32) []span {
	var spans []span
	first := int32(0)
	for at := second; at < end; {
		behind := first + int32(sort.Search(int(second-first), func(i int) bool { return r.compareNaturally(first+int32(i), at) > 0 }))
		if behind > first {
			spans = append(spans, span{first, behind})
			first = behind
		}
		from := at
		for at++; at < end && (first == second || r.compareNaturally(at, first) < 0); at++ {
		}
		spans = append(spans, span{from, at})
	}
	return append(spans, span{first, second})
}

// Cut keeps the rows from one up to and without another.
func (r *Rows) Cut(from, to int) {
	r.pick(picking{spans: []span{{int32(from), int32(to)}}})
}

// picking says which rows are kept, in which order: some rows, or spans of them.
type picking struct {
	rows  []int32
	spans []span
}

// span is the rows from one up to and without another.
type span struct{ from, to int32 }

// pick keeps rows.
func (r *Rows) pick(order picking) {
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

// picked returns the cells of the rows that are kept; nil for no column.
func picked[T any](column []T, of picking) []T {
	if column == nil {
		return nil
	}
	if of.spans == nil {
		out := make([]T, len(of.rows))
		for i, row := range of.rows {
			out[i] = column[row]
		}
		return out
	}
	if len(of.spans) == 1 {
		return column[of.spans[0].from:of.spans[0].to]
	}
	out := make([]T, 0, len(column))
	for _, s := range of.spans {
		out = append(out, column[s.from:s.to]...)
	}
	return out
}

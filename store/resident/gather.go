package resident

import (
	"math"
	"unsafe"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// sharedRows is the most rows whose columns of nothing but zeros or NaN are not their own.
const sharedRows = 1 << 16

var (
	zeros [sharedRows / 2]uint64 // for columns of up to 4 bytes a row
	nans  = func() (all [sharedRows]float64) {
		fill(all[:], math.NaN())
		return all
	}()
)

// plain says which columns are empty in all blocks of a selection: zero, or NaN where they are numbers. Most are, and cost nothing.
type plain struct {
	slice, status, definition, missing, precision, counts, derived bool
}

func (p *picker) plain() plain {
	if p.count > sharedRows {
		return plain{}
	}
	all := plain{true, true, true, true, true, true, true}
	for _, b := range p.blocks {
		definition, one := b.definition.only()
		all.slice = all.slice && b.slice == 0
		all.status = all.status && b.status == 0
		all.definition = all.definition && one && definition == 0
		all.missing = all.missing && b.missing.empty()
		all.precision = all.precision && b.precision.empty()
		all.counts = all.counts && withoutNumbers(&b.numerator) && withoutNumbers(&b.denominator) && b.countsPrecision.empty()
		all.derived = all.derived && b.derived.empty()
	}
	return all
}

func (c *column[T]) empty() bool {
	var zero T
	return c.all == nil && c.one == zero
}

func withoutNumbers(c *column[uint64]) bool {
	return c.all == nil && math.IsNaN(math.Float64frombits(c.one))
}

// zeroOr returns a column: shared zeros if it is plain.
func zeroOr[T any](plain bool, n int) []T {
	if plain {
		return unsafe.Slice((*T)(unsafe.Pointer(&zeros)), n)[:n:n]
	}
	return make([]T, n)
}

// What answers are copied into.
var (
	wordMemory    = scratch.Of[int32]()
	dayMemory     = scratch.Of[indicator.Day]()
	numberMemory  = scratch.Of[float64]()
	stretchMemory = scratch.Of[store.Stretch]()
)

// newRows allocates rows: columns that always differ together, each bounded to its own part. Columns that are left out are nil.
func newRows(s *scratch.Scratch, n int, p plain, read store.Columns) *store.Rows {
	words, days := wordMemory.Make(s, 2*n), dayMemory.Make(s, 2*n)
	rows := &store.Rows{
		Indicator: words[:n:n], Region: words[n:], Slice: zeroOr[int32](p.slice, n), Status: zeroOr[indicator.Status](p.status, n),
		Start: days[:n:n], End: days[n:], Missing: zeroOr[indicator.Missing](p.missing, n),
	}
	if read.Has(store.ColumnSource) {
		rows.Source = wordMemory.Make(s, n)
	}
	if read.Has(store.ColumnDefinition) {
		rows.Definition = zeroOr[int32](p.definition, n)
	}
	if read.Has(store.ColumnPrecision) {
		rows.Precision = zeroOr[indicator.Precision](p.precision, n)
	}
	if read.Has(store.ColumnDerived) {
		rows.Derived = zeroOr[bool](p.derived, n)
	}
	switch {
	case !read.Has(store.ColumnCounts):
		rows.Value = numberMemory.Make(s, n)
	case p.counts:
		rows.Value, rows.Numerator, rows.Denominator = numberMemory.Make(s, n), nans[:n:n], nans[:n:n]
		rows.CountsPrecision = zeroOr[indicator.Precision](true, n)
	default:
		floats := numberMemory.Make(s, 3*n)
		rows.Value, rows.Numerator, rows.Denominator = floats[:n:n], floats[n:2*n:2*n], floats[2*n:]
		rows.CountsPrecision = make([]indicator.Precision, n)
	}
	return rows
}

// gather copies the picked rows out, into columns that the scratch lends.
func (p *picker) gather(s *scratch.Scratch) *store.Rows {
	plain, read := p.plain(), p.selection.Columns()
	rows := newRows(s, p.count, plain, read)
	at := 0
	for i := range p.segments {
		from := &p.segments[i]
		b, r, to := from.block, &from.block.runs[from.run], at+int(from.len)
		fill(rows.Indicator[at:to], b.indicator)
		fill(rows.Start[at:to], r.period.Start)
		fill(rows.End[at:to], r.period.End)
		copy(rows.Region[at:to], b.sets[r.set][from.row-r.first:])
		b.value.copyTo(bits(rows.Value[at:to]), from.row)
		if !plain.slice {
			fill(rows.Slice[at:to], b.slice)
		}
		if !plain.status {
			fill(rows.Status[at:to], b.status)
		}
		if !plain.missing {
			b.missing.copyTo(bytesOf(rows.Missing[at:to]), from.row)
		}
		from.copyOmittable(rows, at, plain, read)
		at = to
	}
	return rows
}

// copyOmittable copies the columns of a segment that a selection can do without to a place of the rows, if it has them.
func (s *segment) copyOmittable(rows *store.Rows, at int, plain plain, read store.Columns) {
	b, to := s.block, at+int(s.len)
	if read.Has(store.ColumnSource) {
		b.source.copyTo(rows.Source[at:to], s.row)
	}
	if read.Has(store.ColumnDefinition) && !plain.definition {
		b.definition.copyTo(rows.Definition[at:to], s.row)
	}
	if read.Has(store.ColumnPrecision) && !plain.precision {
		b.precision.copyTo(bytesOf(rows.Precision[at:to]), s.row)
	}
	if read.Has(store.ColumnDerived) && !plain.derived {
		b.derived.copyTo(rows.Derived[at:to], s.row)
	}
	if read.Has(store.ColumnCounts) && !plain.counts {
		b.numerator.copyTo(bits(rows.Numerator[at:to]), s.row)
		b.denominator.copyTo(bits(rows.Denominator[at:to]), s.row)
		b.countsPrecision.copyTo(bytesOf(rows.CountsPrecision[at:to]), s.row)
	}
}

package resident

import (
	"context"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// Stretches returns the rows of a selection in stretches.
func (s *snapshot) Stretches(ctx context.Context, selection store.Select) ([]store.Stretch, bool, error) {
	q, ok, err := s.askWhole(ctx, &selection)
	if err != nil {
		return nil, false, err
	}
	if ok {
		list := q.stretches(scratch.From(ctx), true)
		s.hold(q)
		return list, true, nil
	}
	s.missed(&selection)
	if list, ok, err := s.streamed(ctx, &selection); ok || err != nil {
		return list, ok, err
	}
	// What is about one time, or small, can as well be had in rows.
	if !s.passes(&selection) || selection.Latest != nil || selection.Period != nil {
		return nil, false, nil
	}
	parts := s.parts(&selection)
	if len(parts) < 2 {
		return nil, false, nil
	}
	var all []store.Stretch
	picked := &picker{selection: &selection}
	p := &passing{
		snapshot: s, selection: &selection, omit: store.ColumnSource | store.ColumnDerived,
		there: func(q *question) (bool, error) {
			all = append(all, q.stretches(nil, false)...)
			return true, nil
		},
		passed: func(b *block) bool {
			picked.segments, picked.count = b.segments(0, len(b.runs)), b.rows
			all = append(all, picked.stretches(nil, false)...)
			return true
		},
	}
	ok, err = p.run(ctx, parts)
	return all, ok, err
}

// streamed has the backing engine hand a selection out in stretches, if it can and nothing of it is in memory.
func (s *snapshot) streamed(ctx context.Context, selection *store.Select) ([]store.Stretch, bool, error) {
	stretcher, ok := s.Snapshot.(store.Stretcher)
	if !ok || !isWhole(selection) {
		return nil, false, nil
	}
	if here, _ := s.held(selection); len(here) > 0 {
		return nil, false, nil
	}
	return stretcher.Stretches(ctx, *selection)
}

// hold keeps the blocks of a question until the snapshot is released: what was answered shows their columns.
func (s *snapshot) hold(q *question) {
	s.pinning.Lock()
	s.pinned = append(s.pinned, q.blocks...)
	s.pinning.Unlock()
	q.forget()
}

// Release gives the blocks back that answers show, and the snapshot.
func (s *snapshot) Release() {
	s.pinning.Lock()
	pinned := s.pinned
	s.pinned = nil
	s.pinning.Unlock()
	if len(pinned) > 0 {
		s.engine.unpin(pinned)
	}
	s.Snapshot.Release()
}

// stretches are the picked rows, in a list that the scratch lends: shown where they are, by columns of the blocks, or copied out.
func (p *picker) stretches(memory *scratch.Scratch, shown bool) []store.Stretch {
	read := p.selection.Columns()
	list := stretchMemory.Make(memory, len(p.segments))
	for i := range p.segments {
		s, to := &p.segments[i], &list[i]
		b := s.block
		to.Indicator, to.Slice, to.Status, to.Period = b.indicator, b.slice, b.status, b.runs[s.run].period
		to.Value = floats(&b.value, s, shown)
		of := b.sets[b.runs[s.run].set][s.row-b.runs[s.run].first:][:s.len:s.len]
		switch {
		case shown:
			to.Region = of
		case i > 0 && s.sameRegions(&p.segments[i-1]):
			to.Region = list[i-1].Region
		default:
			to.Region = slices.Clone(of)
		}
		to.Missing = cells[indicator.Missing](&b.missing, s, shown)
		if read.Has(store.ColumnPrecision) {
			to.Precision = cells[indicator.Precision](&b.precision, s, shown)
		}
		if read.Has(store.ColumnDefinition) {
			to.Definition, to.Defined = b.definition.cells(s)
		}
		if read.Has(store.ColumnCounts) && !(withoutNumbers(&b.numerator) && withoutNumbers(&b.denominator)) {
			to.Numerator, to.Denominator = floats(&b.numerator, s, shown), floats(&b.denominator, s, shown)
			to.CountsPrecision = cells[indicator.Precision](&b.countsPrecision, s, shown)
		}
	}
	return list
}

// sameRegions reports whether two segments have the same regions for the same reason.
func (s *segment) sameRegions(other *segment) bool {
	if s.block != other.block || s.len != other.len {
		return false
	}
	run, before := &s.block.runs[s.run], &s.block.runs[other.run]
	return run.set == before.set && s.row-run.first == other.row-before.first
}

// floats are the numbers of a segment: those of the column where they may be shown, or copies.
func floats(c *column[uint64], s *segment, shown bool) []float64 {
	if shown && c.all != nil {
		return floatsOf(c.all[s.row : s.row+s.len : s.row+s.len])
	}
	to := make([]float64, s.len)
	c.copyTo(bits(to), s.row)
	return to
}

// cells are those of a segment, like floats; nil where all are zero.
func cells[T ~int8](c *column[int8], s *segment, shown bool) []T {
	if c.empty() {
		return nil
	}
	if shown && c.all != nil {
		return cellsOf[T](c.all[s.row : s.row+s.len : s.row+s.len])
	}
	to := make([]T, s.len)
	c.copyTo(bytesOf(to), s.row)
	return to
}

// cells are the ordinals of a segment; nil where all are one.
func (c *coded) cells(s *segment) ([]int32, int32) {
	if one, ok := c.only(); ok {
		return nil, one
	}
	to := make([]int32, s.len)
	c.copyTo(to, s.row)
	return to, 0
}

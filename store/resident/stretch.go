package resident

import (
	"context"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Stretches returns the rows of a selection in stretches.
func (s *snapshot) Stretches(ctx context.Context, selection store.Select) ([]store.Stretch, bool, error) {
	q, ok, err := s.askWhole(ctx, &selection)
	if err != nil {
		return nil, false, err
	}
	if ok {
		defer s.done(q)
		return q.stretches(), true, nil
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
			all = append(all, q.stretches()...)
			return true, nil
		},
		passed: func(b *block) bool {
			picked.segments, picked.count = b.segments(0, len(b.runs)), b.rows
			all = append(all, picked.stretches()...)
			return true
		},
	}
	ok, err = p.run(ctx, parts)
	return all, ok, err
}

// stretches copies the picked rows out.
func (p *picker) stretches() []store.Stretch {
	read := p.selection.Columns()
	list, values := make([]store.Stretch, len(p.segments)), make([]float64, p.count)
	var regions []int32
	if p.count <= 4*len(p.segments) { // many short ones, in one piece
		regions = make([]int32, 0, p.count)
	}
	at := 0
	for i := range p.segments {
		s, to := &p.segments[i], &list[i]
		b := s.block
		end := at + int(s.len)
		to.Indicator, to.Slice, to.Status, to.Period = b.indicator, b.slice, b.status, b.runs[s.run].period
		to.Value, at = values[at:end:end], end
		b.value.copyTo(bits(to.Value), s.row)
		of := b.sets[b.runs[s.run].set][s.row-b.runs[s.run].first:][:s.len]
		switch {
		case regions != nil:
			regions = append(regions, of...)
			to.Region = regions[len(regions)-len(of) : len(regions) : len(regions)]
		case i > 0 && s.sameRegions(&p.segments[i-1]):
			to.Region = list[i-1].Region
		default:
			to.Region = append(make([]int32, 0, s.len), of...)
		}
		to.Missing = cells[indicator.Missing](&b.missing, s)
		if read.Has(store.ColumnPrecision) {
			to.Precision = cells[indicator.Precision](&b.precision, s)
		}
		if read.Has(store.ColumnDefinition) {
			to.Definition, to.Defined = b.definition.cells(s)
		}
		if read.Has(store.ColumnCounts) && !(withoutNumbers(&b.numerator) && withoutNumbers(&b.denominator)) {
			to.Numerator, to.Denominator = make([]float64, s.len), make([]float64, s.len)
			b.numerator.copyTo(bits(to.Numerator), s.row)
			b.denominator.copyTo(bits(to.Denominator), s.row)
			to.CountsPrecision = cells[indicator.Precision](&b.countsPrecision, s)
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

// cells are those of a segment; nil where all are zero.
func cells[T ~int8](c *column[int8], s *segment) []T {
	if c.empty() {
		return nil
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

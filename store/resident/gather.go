package resident

import (
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// newRows allocates rows: columns of one type together, each bounded to its own part.
func newRows(n int) *store.Rows {
	words, days := make([]int32, 5*n), make([]indicator.Day, 2*n)
	floats, precisions := make([]float64, 3*n), make([]indicator.Precision, 2*n)
	return &store.Rows{
		Indicator: words[:n:n], Slice: words[n : 2*n : 2*n], Region: words[2*n : 3*n : 3*n],
		Source: words[3*n : 4*n : 4*n], Definition: words[4*n:],
		Status: make([]indicator.Status, n), Start: days[:n:n], End: days[n:],
		Value: floats[:n:n], Numerator: floats[n : 2*n : 2*n], Denominator: floats[2*n:],
		Missing: make([]indicator.Missing, n), Precision: precisions[:n:n], CountsPrecision: precisions[n:],
		Derived: make([]bool, n),
	}
}

// gather copies the picked rows out.
func (p *picker) gather() *store.Rows {
	rows := newRows(p.count)
	at := 0
	for i := range p.segments {
		s := &p.segments[i]
		b, r, to := s.block, &s.block.runs[s.run], at+int(s.len)
		fill(rows.Indicator[at:to], b.indicator)
		fill(rows.Slice[at:to], b.slice)
		fill(rows.Status[at:to], b.status)
		fill(rows.Start[at:to], r.period.Start)
		fill(rows.End[at:to], r.period.End)
		copy(rows.Region[at:to], b.sets[r.set][s.row-r.first:])
		b.value.copyTo(bits(rows.Value[at:to]), s.row)
		b.numerator.copyTo(bits(rows.Numerator[at:to]), s.row)
		b.denominator.copyTo(bits(rows.Denominator[at:to]), s.row)
		b.missing.copyTo(bytesOf(rows.Missing[at:to]), s.row)
		b.precision.copyTo(bytesOf(rows.Precision[at:to]), s.row)
		b.countsPrecision.copyTo(bytesOf(rows.CountsPrecision[at:to]), s.row)
		b.derived.copyTo(rows.Derived[at:to], s.row)
		b.source.copyTo(rows.Source[at:to], s.row)
		b.definition.copyTo(rows.Definition[at:to], s.row)
		at = to
	}
	return rows
}

package resident

import (
	"context"
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Fold rolls figures up over time, block by block.
func (s *snapshot) Fold(ctx context.Context, selection store.Select) (*store.Folded, bool, error) {
	if !fromBlocks(&selection) || !inOrder(&selection) || selection.Latest != nil || selection.After != nil || selection.Limit > 0 || !s.ready(&selection) {
		return nil, false, nil
	}
	q, ok := s.ask(&selection, true)
	if !ok {
		return nil, false, nil
	}
	defer s.done(q)
	if err := q.pickAll(ctx); err != nil {
		return nil, false, err
	}
	if selection.Cap > 0 && q.count > selection.Cap {
		return nil, false, &store.RowCapError{Cap: selection.Cap}
	}
	most := 0
	for _, b := range q.blocks {
		most += q.regions(b)
	}
	f := &fold{sums: make([]sum, len(s.holding.levels)), folded: newFolded(most, q.count)}
	for from := 0; from < len(q.segments); {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		b, to := q.segments[from].block, from
		for ; to < len(q.segments) && q.segments[to].block == b; to++ {
		}
		f.rule = s.holding.catalog.Indicators()[b.indicator].Rollup.Time
		if !f.fold(b, q.segments[from:to], q.regions(b)) {
			return nil, false, nil
		}
		from = to
	}
	f.end()
	return f.folded, true, nil
}

// regions is how many of the selected regions a block has figures of.
func (p *picker) regions(b *block) int {
	if b.rows == 0 {
		return 0
	}
	n := 0
	for _, in := range p.within(b, b.all) {
		n += int(in.to - in.from)
	}
	return n
}

// newFolded has room for so many rows.
func newFolded(n, figures int) *store.Folded {
	words, floats, days := make([]int32, 4*n), make([]float64, 3*n), make([]indicator.Day, n)
	precisions := make([]indicator.Precision, 2*n)
	return &store.Folded{
		Rows: store.Rows{
			Indicator: words[:n:n], Slice: words[n : 2*n : 2*n], Region: words[2*n : 3*n : 3*n], Status: make([]indicator.Status, n),
			Value: floats[:n:n], Numerator: floats[n : 2*n : 2*n], Denominator: floats[2*n:], Missing: make([]indicator.Missing, n),
			Precision: precisions[:n:n], CountsPrecision: precisions[n:], Derived: make([]bool, n),
		},
		Used: words[3*n:], Until: days, Figures: figures,
	}
}

// end drops the rows that nothing was written to.
func (f *fold) end() {
	n, to := f.n, f.folded
	to.Indicator, to.Slice, to.Region, to.Status = to.Indicator[:n], to.Slice[:n], to.Region[:n], to.Status[:n]
	to.Value, to.Numerator, to.Denominator = to.Value[:n], to.Numerator[:n], to.Denominator[:n]
	to.Missing, to.Precision, to.CountsPrecision, to.Derived = to.Missing[:n], to.Precision[:n], to.CountsPrecision[:n], to.Derived[:n]
	to.Used, to.Until = to.Used[:n], to.Until[:n]
}

// ready reports whether all blocks of a selection are there. Unlike ask, it asks for none that are not.
func (s *snapshot) ready(selection *store.Select) bool {
	if s.holding == nil {
		return false
	}
	entries := s.holding.find(selection, nil)
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	for _, one := range entries {
		if one.block == nil {
			return false
		}
	}
	return true
}

// fold rolls blocks up, one after the other.
type fold struct {
	rule   indicator.Rule
	sums   []sum // by region; all zero between blocks
	folded *store.Folded
	n      int // rows written
}

// sum is the figures of a region, as far as they have been looked at.
type sum struct {
	value, numerator, denominator float64
	used                          int32         // figures with a value
	row                           int32         // of one with a value
	until                         indicator.Day // the last day that figures with a value are about
	newest                        int32         // row of the newest figure without a value
	to                            indicator.Day // the last day that it is about
	precision, counts             indicator.Precision
	seen                          bool
}

// fold rolls the selected rows of a block up, which has figures of so many of the selected regions. It returns false where their periods overlap and that matters.
func (f *fold) fold(b *block, segments []segment, regions int) bool {
	first, last := int32(math.MaxInt32), int32(-1)
	for i := range segments {
		s := &segments[i]
		run := &b.runs[s.run]
		if i > 0 && s.run != segments[i-1].run && f.disjointOnly() && run.period.Start <= b.runs[segments[i-1].run].period.End {
			return false
		}
		of := b.sets[run.set][s.row-run.first:][:s.len]
		first, last = min(first, of[0]), max(last, of[len(of)-1])
	}
	if f.rule == indicator.RuleLast {
		f.lastOf(b, segments, regions)
	} else {
		for i := range segments {
			f.add(b, &segments[i])
		}
	}
	for region := first; region <= last; region++ {
		if s := &f.sums[region]; s.seen {
			f.write(b, region, s)
			*s = sum{}
		}
	}
	return true
}

// disjointOnly reports whether figures are added up by the rule, so that no day may count twice.
func (f *fold) disjointOnly() bool {
	return f.rule == indicator.RuleSum || f.rule == indicator.RuleMean || f.rule == indicator.RuleRatio
}

// lastOf finds the newest figures with a value: it looks back until each of so many regions has one.
func (f *fold) lastOf(b *block, segments []segment, regions int) {
	for i := len(segments) - 1; i >= 0 && regions > 0; i-- {
		s := &segments[i]
		run := &b.runs[s.run]
		for k, region := range b.sets[run.set][s.row-run.first:][:s.len] {
			sum, row := &f.sums[region], s.row+int32(k)
			switch {
			case sum.used > 0:
			case indicator.Missing(b.missing.at(row)) == indicator.NotMissing:
				sum.seen, sum.used, sum.row, sum.until = true, 1, row, run.period.End
				regions--
			case !sum.seen:
				sum.seen, sum.newest, sum.to = true, row, run.period.End
			}
		}
	}
}

// add adds figures of one period up.
func (f *fold) add(b *block, s *segment) {
	run := &b.runs[s.run]
	for k, region := range b.sets[run.set][s.row-run.first:][:s.len] {
		sum, row := &f.sums[region], s.row+int32(k)
		sum.seen = true
		if indicator.Missing(b.missing.at(row)) != indicator.NotMissing {
			sum.newest, sum.to = row, run.period.End
			continue
		}
		value := floatAt(&b.value, row)
		switch {
		case sum.used == 0:
			sum.row, sum.value = row, value
			sum.numerator, sum.denominator = floatAt(&b.numerator, row), floatAt(&b.denominator, row)
		case f.rule == indicator.RuleMin:
			sum.value = min(sum.value, value)
		case f.rule == indicator.RuleMax:
			sum.value = max(sum.value, value)
		default:
			sum.value += value
			sum.numerator += floatAt(&b.numerator, row)
			sum.denominator += floatAt(&b.denominator, row)
		}
		sum.used, sum.until = sum.used+1, run.period.End
		sum.precision = sum.precision.Plus(indicator.Precision(b.precision.at(row)))
		sum.counts = sum.counts.Plus(indicator.Precision(b.countsPrecision.at(row)))
	}
}

// write writes what has become of a region's figures.
func (f *fold) write(b *block, region int32, s *sum) {
	row := s.row
	if s.used == 0 {
		row, s.until = s.newest, s.to
	}
	value, numerator, denominator := floatAt(&b.value, row), floatAt(&b.numerator, row), floatAt(&b.denominator, row)
	precision, counts := indicator.Precision(b.precision.at(row)), indicator.Precision(b.countsPrecision.at(row))
	if s.used > 1 {
		value, numerator, denominator, precision, counts = s.value, math.NaN(), math.NaN(), s.precision, s.counts
		switch f.rule {
		case indicator.RuleMean:
			value /= float64(s.used)
		case indicator.RuleRatio:
			value, numerator, denominator = math.NaN(), s.numerator, s.denominator
		case indicator.RuleNone:
			value = math.NaN()
		}
	}
	to, n := f.folded, f.n
	to.Indicator[n], to.Slice[n], to.Status[n], to.Region[n] = b.indicator, b.slice, b.status, region
	to.Value[n], to.Numerator[n], to.Denominator[n] = value, numerator, denominator
	to.Missing[n], to.Precision[n], to.CountsPrecision[n] = indicator.Missing(b.missing.at(row)), precision, counts
	to.Derived[n], to.Used[n], to.Until[n] = s.used == 1 && b.derived.at(row), max(1, s.used), s.until
	f.n++
}

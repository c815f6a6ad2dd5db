package resident

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// Fold rolls figures up over time, block by block. What is not in memory the backing engine rolls up, if it can; otherwise it passes in parts. Then what
// has become of them is kept.
func (s *snapshot) Fold(ctx context.Context, selection store.Select) (*store.Folded, bool, error) {
	if selection.Latest != nil {
		return nil, false, nil
	}
	f := &fold{snapshot: s, scratch: scratch.From(ctx)}
	if s.holding != nil {
		f.regions = len(s.holding.levels)
	}
	q, ok, err := s.askWhole(ctx, &selection)
	if err != nil {
		return nil, false, err
	}
	folder, folds := s.Snapshot.(store.Folder)
	switch {
	case ok:
		defer s.done(q)
		f.figures = q.count
		ok, err = f.asked(ctx, q)
	case folds && isWhole(&selection):
		ok, err = f.shared(ctx, folder, &selection)
	case s.passes(&selection):
		ok, err = f.elsewhere(&selection, func() (*store.Folded, bool, error) { return f.pass(ctx, &selection) })
	}
	if !ok || err != nil {
		return nil, false, err
	}
	return &store.Folded{Stretches: f.stretches, Figures: f.figures}, true, nil
}

// pass rolls a selection up in parts.
func (f *fold) pass(ctx context.Context, selection *store.Select) (*store.Folded, bool, error) {
	passed := &fold{snapshot: f.snapshot, regions: f.regions}
	p := &passing{
		snapshot: f.snapshot, selection: selection, omit: store.ColumnSource | store.ColumnDerived,
		there:  func(q *question) (bool, error) { return passed.asked(ctx, q) },
		passed: passed.passed,
	}
	ok, err := p.run(ctx, f.snapshot.parts(selection))
	return &store.Folded{Stretches: passed.stretches, Figures: p.figures}, ok, err
}

// passes reports whether a selection that is not in memory as a whole can be answered in parts.
func (s *snapshot) passes(selection *store.Select) bool {
	return isWhole(selection) && s.holding != nil
}

// asked rolls up what a question has picked.
func (f *fold) asked(ctx context.Context, q *question) (ok bool, err error) {
	for from := 0; from < len(q.segments); {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		b, to := q.segments[from].block, from
		for ; to < len(q.segments) && q.segments[to].block == b; to++ {
		}
		f.of(b)
		if f.stretches, ok = f.snapshot.engine.foldBlock(f, q, q.segments[from:to], f.stretches); !ok {
			return false, nil
		}
		from = to
	}
	return true, nil
}

// passed rolls a block up all rows of which are selected.
func (f *fold) passed(b *block) bool {
	f.of(b)
	one, ok := f.fold(b, b.segments(0, len(b.runs)))
	f.stretches = append(f.stretches, one)
	return ok
}

// of takes the rule of a block's indicator.
func (f *fold) of(b *block) {
	f.rule = f.snapshot.holding.catalog.Indicators()[b.indicator].Rollup.Time
}

// isWhole reports whether a selection is in natural order and about all of its rows.
func isWhole(s *store.Select) bool {
	return fromBlocks(s) && inOrder(s) && s.Order == (store.Order{}) && s.After == nil && s.Limit == 0
}

// askWhole picks the rows of a whole selection, if all blocks are there; if not, it is missed or found elsewhere. The question is done when its
// rows have been read.
func (s *snapshot) askWhole(ctx context.Context, selection *store.Select) (*question, bool, error) {
	if !isWhole(selection) || s.holding == nil {
		return nil, false, nil
	}
	q, ok := s.askFor(selection, true)
	if !ok {
		return nil, false, nil
	}
	s.engine.hits.Add(1)
	err := q.pickAll(ctx)
	if err == nil && selection.Cap > 0 && q.count > selection.Cap {
		err = &store.RowCapError{Cap: selection.Cap}
	}
	if err != nil {
		s.done(q)
		return nil, false, err
	}
	return q, true, nil
}

// missed counts a selection that the backing engine is asked for.
func (s *snapshot) missed(selection *store.Select) {
	if isWhole(selection) && s.holding != nil {
		s.engine.fallbacks.Add(1)
	}
}

// foldBlock appends the selected figures of a block, rolled up. Where they are most of those in their periods, all are rolled up and kept for
// the next who asks.
func (e *Engine) foldBlock(f *fold, q *question, segments []segment, to []store.Stretch) ([]store.Stretch, bool) {
	b := segments[0].block
	from, end, all := q.window(b)
	if all {
		if kept := e.rolled(b, from, end); kept != nil {
			return q.cut(f.scratch, b, kept, to), true
		}
		selected := 0
		for i := range segments {
			selected += int(segments[i].len)
		}
		if 2*selected >= b.rowsOf(from, end) {
			if whole, ok := f.fold(b, b.segments(from, end)); ok {
				e.keepRolled(b, from, end, &whole)
				return q.cut(f.scratch, b, &whole, to), true
			}
		}
	}
	one, ok := f.fold(b, segments)
	return append(to, one), ok
}

// window is the runs of a block that the selection is about; false where it is not about all of their figures of the regions selected.
func (p *picker) window(b *block) (from, to int, all bool) {
	s := p.selection
	from, to = 0, len(b.runs)
	if s.Within != nil {
		from, to = b.endingFrom(s.Within.Start), b.endingBy(s.Within.End)
	}
	if s.Period != nil || len(s.Sources) > 0 || len(s.Precisions) > 0 {
		return from, to, false
	}
	for r := from; r < to; r++ {
		if !p.inTime(b.runs[r].period) {
			return from, to, false
		}
	}
	return from, to, from < to
}

// rowsOf is how many rows some runs have.
func (b *block) rowsOf(from, to int) int {
	last := b.runs[to-1]
	return int(last.first) + len(b.sets[last.set]) - int(b.runs[from].first)
}

// segments are all rows of some runs.
func (b *block) segments(from, to int) []segment {
	list := make([]segment, 0, to-from)
	for r := from; r < to; r++ {
		list = append(list, segment{b, int32(r), b.runs[r].first, int32(len(b.sets[b.runs[r].set]))})
	}
	return list
}

// cut appends what of all regions of a block is selected.
func (p *picker) cut(memory *scratch.Scratch, b *block, whole *store.Stretch, to []store.Stretch) []store.Stretch {
	in := p.within(b, b.all)
	if len(whole.Region) != len(b.sets[b.all]) { // some have no figures in those periods
		in = p.boundsIn(b, whole.Region, nil)
	}
	to = stretchMemory.Grow(memory, to, len(in))
	for _, place := range in {
		to = append(to, whole.Cut(int(place.from), int(place.to)))
	}
	return to
}

// fold rolls blocks up, one after the other.
type fold struct {
	snapshot  *snapshot
	scratch   *scratch.Scratch
	stretches []store.Stretch // of blocks that have been rolled up
	figures   int             // that they are made of

	rule    indicator.Rule
	regions int   // of the catalogue
	sums    []sum // by region; all zero between blocks
	also    map[store.Defined]bool
}

// sum is the figures of a region, as far as they have been looked at.
type sum struct {
	value, numerator, denominator float64
	used                          int32            // figures with a value
	row                           int32            // of one with a value, the first of several
	about                         indicator.Period // from the first to the last day that figures with a value are about
	newest                        int32            // row of the newest figure without a value
	of                            indicator.Period // that it is about
	days                          int32            // that figures with a value are about
	from, to                      indicator.Day    // the first and the last day that any figure is about
	precision, counts             indicator.Precision
	seen                          bool
}

// gaps reports whether figures that do not overlap leave days uncovered.
func (s *sum) gaps() bool {
	return s.used > 0 && int(s.days) < indicator.Period{Start: s.from, End: s.to}.Days()
}

// fold rolls some rows of a block up, which are in natural order. It returns false where their periods overlap and that matters.
func (f *fold) fold(b *block, segments []segment) (store.Stretch, bool) {
	first, last := int32(math.MaxInt32), int32(-1)
	for i := range segments {
		s := &segments[i]
		run := &b.runs[s.run]
		if i > 0 && s.run != segments[i-1].run && f.disjointOnly() && run.period.Start <= b.runs[segments[i-1].run].period.End {
			return store.Stretch{}, false
		}
		of := b.sets[run.set][s.row-run.first:][:s.len]
		first, last = min(first, of[0]), max(last, of[len(of)-1])
	}
	if f.sums == nil {
		f.sums = make([]sum, f.regions)
	}
	seen := 0
	if f.rule == indicator.RuleLast {
		seen = f.lastOf(b, segments)
	} else {
		for i := range segments {
			seen += f.add(b, &segments[i])
		}
	}
	to := newRolled(b, seen, f.rule)
	for region := first; region <= last; region++ {
		if s := &f.sums[region]; s.seen {
			to.write(b, region, s)
			*s = sum{}
		}
	}
	to.Also = f.others()
	return to.end(), true
}

// disjointOnly reports whether figures are added up by the rule, so that no day may count twice.
func (f *fold) disjointOnly() bool {
	return f.rule == indicator.RuleSum || f.rule == indicator.RuleMean || f.rule == indicator.RuleRatio
}

// lastOf finds the newest figures with a value, from the last period back, and returns how many regions there are.
func (f *fold) lastOf(b *block, segments []segment) (seen int) {
	lacking := len(b.sets[b.all])
	for i := len(segments) - 1; i >= 0 && lacking > 0; i-- {
		s := &segments[i]
		run := &b.runs[s.run]
		for k, region := range b.sets[run.set][s.row-run.first:][:s.len] {
			sum, row := &f.sums[region], s.row+int32(k)
			if sum.used > 0 {
				continue
			}
			known := indicator.Missing(b.missing.at(row)) == indicator.NotMissing
			if !sum.seen {
				seen++
				sum.seen, sum.newest, sum.of = true, row, run.period
			}
			if known {
				sum.used, sum.row, sum.about = 1, row, run.period
				lacking--
			}
		}
	}
	return seen
}

// add adds figures of one period up, and returns how many regions are new.
func (f *fold) add(b *block, s *segment) (seen int) {
	run := &b.runs[s.run]
	counted, defined := !withoutNumbers(&b.numerator) || !withoutNumbers(&b.denominator), b.definition.several()
	days := int32(run.period.Days()) //nolint:gosec // between two days
	for k, region := range b.sets[run.set][s.row-run.first:][:s.len] {
		sum, row := &f.sums[region], s.row+int32(k)
		if !sum.seen {
			sum.seen, sum.from = true, run.period.Start
			seen++
		}
		sum.to = run.period.End
		if indicator.Missing(b.missing.at(row)) != indicator.NotMissing {
			sum.newest, sum.of = row, run.period
			continue
		}
		value := floatAt(&b.value, row)
		switch {
		case sum.used == 0:
			sum.row, sum.value, sum.about.Start = row, value, run.period.Start
		case f.rule == indicator.RuleMin:
			sum.value = min(sum.value, value)
		case f.rule == indicator.RuleMax:
			sum.value = max(sum.value, value)
		default:
			sum.value += value
		}
		if counted {
			sum.numerator += floatAt(&b.numerator, row)
			sum.denominator += floatAt(&b.denominator, row)
			sum.counts = sum.counts.Plus(indicator.Precision(b.countsPrecision.at(row)))
		}
		if defined && sum.used > 0 {
			f.define(b, region, sum, row)
		}
		sum.used, sum.days = sum.used+1, sum.days+days
		sum.about.Start, sum.about.End = min(sum.about.Start, run.period.Start), run.period.End
		sum.precision = sum.precision.Plus(indicator.Precision(b.precision.at(row)))
	}
	return seen
}

// define takes note of the definition of a figure that is added to others of a region, unless it is that of the first.
func (f *fold) define(b *block, region int32, s *sum, row int32) {
	definition := b.definition.at(row)
	if definition == b.definition.at(s.row) {
		return
	}
	if f.also == nil {
		f.also = make(map[store.Defined]bool)
	}
	f.also[store.Defined{Region: region, Definition: definition}] = true
}

// others are the definitions that were taken note of, in order, and are then forgotten.
func (f *fold) others() []store.Defined {
	if len(f.also) == 0 {
		return nil
	}
	list := slices.SortedFunc(maps.Keys(f.also), func(a, b store.Defined) int {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Definition, b.Definition))
	})
	clear(f.also)
	return list
}

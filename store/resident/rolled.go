package resident

import (
	"math"
	"slices"
	"unsafe"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// rolled is figures of a block rolled up over time: those of all regions in some of its runs. It lies on the heap, so that answers can share
// it whatever becomes of the block.
type rolled struct {
	from, to int // runs
	stretch  *store.Stretch
	bytes    int64
}

const (
	// mostRolled is for how many spans of time a block keeps its figures rolled up.
	mostRolled = 4
	// rolledPart is the part of the budget that is for what figures roll up to, which blocks would fill otherwise.
	rolledPart = 32
)

// room is the part of the budget that is for blocks.
func (e *Engine) room() int64 { return e.options.Bytes - e.options.Bytes/rolledPart }

// blockBytes is what blocks take now.
func (e *Engine) blockBytes() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bytes
}

// rolled returns what is kept of some runs of a block, nil if nothing is.
func (e *Engine) rolled(b *block, from, to int) *store.Stretch {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range b.rolled {
		if b.rolled[i].from == from && b.rolled[i].to == to {
			return b.rolled[i].stretch
		}
	}
	return nil
}

// keepRolled keeps what some runs of a block roll up to, in the place of the oldest that the block has where there is no room for it otherwise.
func (e *Engine) keepRolled(b *block, from, to int, stretch *store.Stretch) {
	one := rolled{from, to, stretch, sizeOf(stretch)}
	e.mu.Lock()
	defer e.mu.Unlock()
	room := e.options.Bytes/rolledPart - e.rolledBytes // and what the block gives up
	for i := range b.rolled {
		if b.rolled[i].from == from && b.rolled[i].to == to {
			return
		}
		room += b.rolled[i].bytes
	}
	if b.dropped || one.bytes > room {
		return
	}
	for len(b.rolled) == mostRolled || e.rolledBytes+one.bytes > e.options.Bytes/rolledPart {
		e.rolledBytes -= b.rolled[0].bytes
		b.rolled = slices.Delete(b.rolled, 0, 1)
	}
	b.rolled = append(b.rolled, one)
	e.rolledBytes += one.bytes
	e.dropFolds(e.options.Bytes/rolledPart - e.rolledBytes)
}

func sizeOf(s *store.Stretch) int64 {
	words, bytes := cap(s.Region)+cap(s.Used)+cap(s.Since)+cap(s.Until), cap(s.Missing)+cap(s.Precision)+cap(s.CountsPrecision)
	words, bytes = words+cap(s.Definition)+2*cap(s.Also), bytes+cap(s.Gaps)
	floats := cap(s.Value) + cap(s.Numerator) + cap(s.Denominator)
	return int64(unsafe.Sizeof(rolled{})) + int64(unsafe.Sizeof(*s)) + 4*int64(words) + 8*int64(floats) + int64(bytes)
}

// rolling writes a stretch of rolled up figures. Columns that have nothing to say are left out at its end.
type rolling struct {
	rule indicator.Rule
	store.Stretch
	several                     bool // figures that a value rests on, of any region
	missing, inexact, uncounted bool // of any region; all of them
	inexactCounts, gaps         bool
}

// newRolled has room for so many regions.
func newRolled(b *block, n int, rule indicator.Rule) *rolling {
	to := &rolling{rule: rule, uncounted: true}
	to.Indicator, to.Slice, to.Status = b.indicator, b.slice, b.status
	words := make([]int32, 0, 2*n)
	to.Region, to.Used = words[:0:n], words[n:n:2*n]
	to.Since, to.Until = make([]indicator.Day, 0, n), make([]indicator.Day, 0, n)
	if rule == indicator.RuleSum {
		to.Gaps = make([]bool, 0, n)
	}
	if b.definition.several() {
		to.Definition = make([]int32, 0, n)
	} else if !b.definition.none() {
		to.Defined, _ = b.definition.only()
	}
	to.Value, to.Missing, to.Precision = make([]float64, 0, n), make([]indicator.Missing, 0, n), make([]indicator.Precision, 0, n)
	if !withoutNumbers(&b.numerator) || !withoutNumbers(&b.denominator) {
		to.Numerator, to.Denominator = make([]float64, 0, n), make([]float64, 0, n)
		to.CountsPrecision = make([]indicator.Precision, 0, n)
	}
	return to
}

// write writes what has become of a region's figures.
func (to *rolling) write(b *block, region int32, s *sum) {
	row := s.row
	if s.used == 0 {
		row, s.about = s.newest, s.of
	}
	value, precision, missing := floatAt(&b.value, row), indicator.Precision(b.precision.at(row)), indicator.Missing(b.missing.at(row))
	if s.used > 1 {
		to.several = true
		value, precision = s.value, s.precision
		switch to.rule {
		case indicator.RuleMean:
			value /= float64(s.used)
		case indicator.RuleRatio, indicator.RuleNone:
			value = math.NaN()
		}
	}
	to.missing = to.missing || missing != indicator.NotMissing
	to.inexact = to.inexact || precision != indicator.Exact
	to.Region, to.Value, to.Missing, to.Precision = append(to.Region, region), append(to.Value, value), append(to.Missing, missing), append(to.Precision, precision)
	to.Used, to.Since, to.Until = append(to.Used, max(1, s.used)), append(to.Since, s.about.Start), append(to.Until, s.about.End)
	if to.Gaps != nil {
		to.gaps, to.Gaps = to.gaps || s.gaps(), append(to.Gaps, s.gaps())
	}
	if to.Definition != nil {
		to.Definition = append(to.Definition, b.definition.at(row))
	}
	if to.Numerator != nil {
		to.writeCounts(b, row, s)
	}
}

// writeCounts writes the counts of a figure, or what those of several add up to.
func (to *rolling) writeCounts(b *block, row int32, s *sum) {
	numerator, denominator, precision := floatAt(&b.numerator, row), floatAt(&b.denominator, row), indicator.Precision(b.countsPrecision.at(row))
	if s.used > 1 {
		numerator, denominator, precision = math.NaN(), math.NaN(), s.counts
		if to.rule == indicator.RuleRatio {
			numerator, denominator = s.numerator, s.denominator
		}
	}
	to.uncounted = to.uncounted && math.IsNaN(numerator) && math.IsNaN(denominator)
	to.inexactCounts = to.inexactCounts || precision != indicator.Exact
	to.Numerator, to.Denominator = append(to.Numerator, numerator), append(to.Denominator, denominator)
	to.CountsPrecision = append(to.CountsPrecision, precision)
}

// end is what has been written.
func (to *rolling) end() store.Stretch {
	if !to.missing {
		to.Missing = nil
	}
	if !to.inexact {
		to.Precision = nil
	}
	if to.uncounted {
		to.Numerator, to.Denominator = nil, nil
	}
	if to.uncounted || !to.inexactCounts {
		to.CountsPrecision = nil
	}
	if !to.several {
		to.Used = nil
		to.Region = slices.Clone(to.Region) // which shared a piece with it
	}
	if !to.gaps {
		to.Gaps = nil
	}
	to.endDays()
	return to.Stretch
}

// endDays takes what is common to all from the columns of days.
func (to *rolling) endDays() {
	if len(to.Until) > 0 {
		to.Period = indicator.Period{Start: to.Since[0], End: to.Until[0]}
	}
	if !slices.ContainsFunc(to.Since, func(day indicator.Day) bool { return day != to.Period.Start }) {
		to.Since = nil
	}
	if !slices.ContainsFunc(to.Until, func(day indicator.Day) bool { return day != to.Period.End }) {
		to.Until = nil
	}
}

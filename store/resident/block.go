package resident

import (
	"sort"

	"github.com/countyql/countyql/indicator"
)

// block has the current figures of one series in natural order: by period end, period start and region.
type block struct {
	series
	memory
	rows int
	runs []run // by end and start of their periods
	sets []set // the lists of regions that runs have
	// newest has the row of the newest figure of each region, where the last run does not have all regions; else it is nil.
	newest []int32
	all    int32 // the set of all regions that have figures
	// level is that of all regions, where they have one.
	level    indicator.Level
	oneLevel bool

	value                  column[uint64] // float bits; NaN where missing
	missing, precision     column[int8]
	numerator, denominator column[uint64]
	countsPrecision        column[int8]
	derived                column[bool]
	source, definition     coded

	// Guarded by Engine.mu.
	pins    int
	used    uint64 // the tick of the last selection
	dropped bool   // freed when the last pin goes
	rolled  []rolled
}

// series is what a block is about.
type series struct {
	indicator, slice int32
	status           indicator.Status
}

// run is the figures of one period.
type run struct {
	period indicator.Period
	first  int32 // row
	set    int32
}

// set is a list of regions, ascending.
type set []int32

// region is the region of a row of a run.
func (b *block) region(r, row int32) int32 { return b.sets[b.runs[r].set][row-b.runs[r].first] }

// findLevel finds out whether all regions have one level.
func (b *block) findLevel(levels []indicator.Level) {
	if b.rows == 0 {
		return
	}
	all := b.sets[b.all]
	b.level, b.oneLevel = levels[all[0]], true
	for _, region := range all {
		b.oneLevel = b.oneLevel && levels[region] == b.level
	}
}

// runOf is the run that a row lies in.
func (b *block) runOf(row int32) int32 {
	return int32(sort.Search(len(b.runs), func(r int) bool { return b.runs[r].first > row })) - 1
}

// endingBy is how many runs end on or before a day.
func (b *block) endingBy(day indicator.Day) int {
	if n := len(b.runs); n == 0 || b.runs[n-1].period.End <= day {
		return n
	}
	return sort.Search(len(b.runs), func(r int) bool { return b.runs[r].period.End > day })
}

// endingFrom is the first run that ends on or after a day.
func (b *block) endingFrom(day indicator.Day) int {
	return sort.Search(len(b.runs), func(r int) bool { return b.runs[r].period.End >= day })
}

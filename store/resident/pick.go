package resident

import (
	"cmp"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// picker finds the rows of a selection in blocks, in natural order.
type picker struct {
	selection *store.Select
	blocks    []*block     // that the selection is about
	spans     []store.Span // ascending, apart; nil for all regions
	levels    []indicator.Level
	level     [maxLevel]bool // asked for; where any is
	// bounds are the selected regions of the set that was last looked at.
	boundsOf  *block
	boundsSet int32
	bounds    []bounds
	rows      []uint64 // row<<32 | run, of the figures that are the latest
	segments  []segment
	count     int // rows of all segments
}

// maxLevel is more than any level of a region.
const maxLevel = 128

// bounds are the places from..to of a set.
type bounds struct{ from, to int32 }

// segment is rows of one run of a block that follow each other.
type segment struct {
	block    *block
	run      int32
	row, len int32
}

func (p *picker) reset(s *store.Select, levels []indicator.Level) {
	p.selection, p.levels = s, levels
	p.boundsOf, p.segments, p.count = nil, p.segments[:0], 0
	p.spans = merge(p.spans[:0], s.Regions)
	p.level = [maxLevel]bool{}
	for _, level := range s.Levels {
		p.level[level&(maxLevel-1)] = true
	}
}

// merge sorts ranges of regions and joins those that touch. Without ranges it returns nil, for all regions.
func merge(into, spans []store.Span) []store.Span {
	if len(spans) == 0 {
		return nil
	}
	for _, span := range spans {
		if span.From < span.To {
			into = append(into, span)
		}
	}
	if !slices.IsSortedFunc(into, compareSpans) {
		slices.SortFunc(into, compareSpans)
	}
	merged := into[:0]
	for _, span := range into {
		if n := len(merged); n > 0 && span.From <= merged[n-1].To {
			merged[n-1].To = max(merged[n-1].To, span.To)
			continue
		}
		merged = append(merged, span)
	}
	if merged == nil {
		merged = []store.Span{}
	}
	return merged
}

func compareSpans(a, b store.Span) int { return cmp.Compare(a.From, b.From) }

// within returns where a set of a block has selected regions, until it is called again.
func (p *picker) within(b *block, id int32) []bounds {
	if p.boundsOf == b && p.boundsSet == id {
		return p.bounds
	}
	p.boundsOf, p.boundsSet = b, id
	p.bounds = p.boundsIn(b, b.sets[id], p.bounds[:0])
	return p.bounds
}

// boundsIn appends where a list of regions that a block has figures of has selected ones.
func (p *picker) boundsIn(b *block, regions []int32, to []bounds) []bounds {
	if p.spans == nil {
		return p.addBounds(b, regions, 0, len(regions), to)
	}
	at := 0
	for _, span := range p.spans {
		at += search(regions[at:], span.From)
		end := at + search(regions[at:], span.To)
		if at < end {
			to = p.addBounds(b, regions, at, end, to)
		}
		if at = end; at == len(regions) {
			break
		}
	}
	return to
}

// search is the place of the first region that is not below one. Near the start it is found at once: spans that follow each
// other mostly select neighbours.
func search(regions []int32, from int32) int {
	step := 1
	for step <= len(regions) && regions[step-1] < from {
		step *= 2
	}
	low := step / 2 // all before are below
	at, _ := slices.BinarySearch(regions[low:min(step, len(regions))], from)
	return low + at
}

// addBounds appends those of the places from..end that have a selected level.
func (p *picker) addBounds(b *block, regions []int32, from, end int, to []bounds) []bounds {
	add := func(from, end int) {
		if n := len(to); n > 0 && int(to[n-1].to) == from {
			to[n-1].to = int32(end)
			return
		}
		to = append(to, bounds{int32(from), int32(end)})
	}
	if len(p.selection.Levels) == 0 || b.oneLevel && p.level[b.level&(maxLevel-1)] {
		add(from, end)
		return to
	}
	for at := from; at < end; at++ {
		if p.level[p.levels[regions[at]]&(maxLevel-1)] {
			add(at, at+1)
		}
	}
	return to
}

// pick finds the selected rows of a block.
func (p *picker) pick(b *block) {
	s := p.selection
	if !couldPass(&b.source, s.Sources) || b.rows == 0 {
		return
	}
	if s.Latest != nil {
		p.pickLatest(b)
		return
	}
	from, to := 0, len(b.runs)
	if s.Within != nil {
		from, to = b.endingFrom(s.Within.Start), b.endingBy(s.Within.End)
	}
	if s.Period != nil {
		from, to = max(from, b.endingFrom(s.Period.End)), min(to, b.endingBy(s.Period.End))
	}
	for r := from; r < to; r++ {
		p.pickRun(b, r)
	}
}

// couldPass reports whether a block can have rows of some sources.
func couldPass(c *coded, asked []int32) bool {
	if len(asked) == 0 {
		return true
	}
	only, ok := c.only()
	return !ok || slices.Contains(asked, only)
}

// pickRun finds the selected rows of a run.
func (p *picker) pickRun(b *block, r int) {
	if !p.inTime(b.runs[r].period) {
		return
	}
	first := b.runs[r].first
	for _, found := range p.within(b, b.runs[r].set) {
		p.add(b, int32(r), first+found.from, first+found.to)
	}
}

// inTime applies the filters of periods.
func (p *picker) inTime(period indicator.Period) bool {
	s := p.selection
	return (s.Period == nil || *s.Period == period) && (s.Within == nil || s.Within.Contains(period))
}

// add adds those of the rows from..to of a run whose source and precision are selected.
func (p *picker) add(b *block, r, from, to int32) {
	s := p.selection
	if len(s.Sources) == 0 && len(s.Precisions) == 0 {
		p.addSegment(b, r, from, to)
		return
	}
	for row := from; row < to; row++ {
		if (len(s.Sources) == 0 || slices.Contains(s.Sources, b.source.at(row))) &&
			(len(s.Precisions) == 0 || slices.Contains(s.Precisions, indicator.Precision(b.precision.at(row)))) {
			p.addSegment(b, r, row, row+1)
		}
	}
}

func (p *picker) addSegment(b *block, r, from, to int32) {
	p.count += int(to - from)
	if n := len(p.segments); n > 0 {
		if last := &p.segments[n-1]; last.block == b && last.run == r && last.row+last.len == from {
			last.len += to - from
			return
		}
	}
	p.segments = append(p.segments, segment{b, r, from, to - from})
}

package resident

import (
	"slices"
)

// pickLatest finds the newest figure of each region of a block. Which that is does not depend on the filters of periods, sources
// and precisions, which are applied to what is found.
func (p *picker) pickLatest(b *block) {
	latest := p.selection.Latest
	to := b.endingBy(latest.OnOrBefore)
	if to == 0 || b.runs[to-1].period.End < latest.NotBefore {
		return
	}
	switch {
	case b.runs[to-1].set == b.all: // all regions have a figure there
		p.pickRun(b, to-1)
		return
	case to == len(b.runs):
		p.rows = p.newest(b, p.rows[:0])
	default:
		p.rows = p.walkBack(b, to, p.rows[:0])
	}
	slices.Sort(p.rows)
	for _, found := range p.rows {
		row, r := int32(found>>32), int32(uint32(found))
		if p.inTime(b.runs[r].period) {
			p.add(b, r, row, row+1)
		}
	}
}

// newest looks up the newest figures of the selected regions.
func (p *picker) newest(b *block, found []uint64) []uint64 {
	notBefore := p.selection.Latest.NotBefore
	for _, in := range p.within(b, b.all) {
		for _, row := range b.newest[in.from:in.to] {
			if r := b.runOf(row); b.runs[r].period.End >= notBefore {
				found = append(found, uint64(row)<<32|uint64(r))
			}
		}
	}
	return found
}

// walkBack looks through the first runs, from the last of them back, until every selected region has a figure.
func (p *picker) walkBack(b *block, runs int, found []uint64) []uint64 {
	missing := 0
	for _, in := range p.within(b, b.all) {
		missing += int(in.to - in.from)
	}
	regions := b.sets[b.all]
	seen := newRegionSet(regions)
	looked := int32(-1) // the set of the run before
	for r := runs - 1; r >= 0 && missing > 0 && b.runs[r].period.End >= p.selection.Latest.NotBefore; r-- {
		if b.runs[r].set == looked {
			continue
		}
		looked = b.runs[r].set
		for _, in := range p.within(b, looked) {
			for i, region := range b.sets[looked][in.from:in.to] {
				if seen.add(region) {
					missing--
					row := b.runs[r].first + in.from + int32(i)
					found = append(found, uint64(row)<<32|uint64(r))
				}
			}
		}
	}
	return found
}

// regionSet is a set of regions, a bit each.
type regionSet struct {
	first int32
	bits  []uint64
}

// newRegionSet returns an empty set for regions of a sorted list.
func newRegionSet(regions []int32) regionSet {
	first := regions[0]
	return regionSet{first: first, bits: make([]uint64, (regions[len(regions)-1]-first)/64+1)}
}

// add reports whether the region is new.
func (s *regionSet) add(region int32) bool {
	at, bit := (region-s.first)/64, uint64(1)<<((region-s.first)%64)
	if s.bits[at]&bit != 0 {
		return false
	}
	s.bits[at] |= bit
	return true
}

package resident

import (
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// mostKeys is how many keys there are.
const mostKeys = int(store.KeySource) + 1

// knownKeys reports whether rows can be counted by keys. A key is not given twice.
func knownKeys(by []store.Key) bool {
	for i, key := range by {
		if key < 0 || int(key) >= mostKeys || slices.Contains(by[:i], key) {
			return false
		}
	}
	return true
}

// group counts the rows that have the same keys.
type group struct {
	store.Tally
	seen regionSet // without bits where regions are keys
	last seenPart
}

// seenPart is a part of a set of regions. Runs mostly share theirs.
type seenPart struct {
	block          *block
	set, from, len int32
}

// tally counts the picked rows by keys.
func (p *picker) tally(by []store.Key) []store.Tally {
	groups := make(map[[mostKeys]int32]*group)
	byRegion := slices.Contains(by, store.KeyRegion)
	find := func(keys [mostKeys]int32) *group {
		g := groups[keys]
		if g == nil {
			g = &group{Tally: store.Tally{Keys: slices.Clone(keys[:len(by)]), First: indicator.NoDay, Last: indicator.NoDay}}
			if !byRegion {
				g.seen = regionSet{bits: make([]uint64, len(p.levels)/64+1)}
			}
			groups[keys] = g
		}
		return g
	}
	for i := range p.segments {
		s := &p.segments[i]
		if whole, keys := s.keys(by); whole {
			find(keys).add(s, 0, s.len)
			continue
		}
		for at := range s.len {
			_, keys := (&segment{s.block, s.run, s.row + at, 1}).keys(by)
			find(keys).add(s, at, at+1)
		}
	}
	if len(by) == 0 {
		find([mostKeys]int32{})
	}
	tallies := make([]store.Tally, 0, len(groups))
	for _, g := range groups {
		if byRegion {
			g.Regions = 1
		}
		tallies = append(tallies, g.Tally)
	}
	slices.SortFunc(tallies, func(a, b store.Tally) int { return slices.Compare(a.Keys, b.Keys) })
	return tallies
}

// keys returns the keys of the first row of a segment, and whether they are those of every row of it.
func (s *segment) keys(by []store.Key) (whole bool, keys [mostKeys]int32) {
	b := s.block
	whole = true
	for i, key := range by {
		switch key {
		case store.KeyIndicator:
			keys[i] = b.indicator
		case store.KeySlice:
			keys[i] = b.slice
		case store.KeyStatus:
			keys[i] = int32(b.status)
		case store.KeyRegion:
			keys[i] = b.region(s.run, s.row)
			whole = whole && s.len == 1
		case store.KeyMissing:
			keys[i] = int32(b.missing.at(s.row))
			whole = whole && (s.len == 1 || b.missing.all == nil)
		case store.KeySource:
			keys[i] = b.source.at(s.row)
			_, only := b.source.only()
			whole = whole && (s.len == 1 || only)
		}
	}
	return whole, keys
}

// add counts the rows from..to of a segment.
func (g *group) add(s *segment, from, to int32) {
	b, r := s.block, &s.block.runs[s.run]
	g.Rows += int64(to - from)
	if g.First == indicator.NoDay || r.period.Start < g.First {
		g.First = r.period.Start
	}
	if g.Last == indicator.NoDay || r.period.End > g.Last {
		g.Last = r.period.End
	}
	if g.seen.bits == nil {
		return
	}
	part := seenPart{b, r.set, s.row + from - r.first, to - from}
	if g.last == part {
		return
	}
	g.last = part
	for at := from; at < to; at++ {
		if g.seen.add(b.region(s.run, s.row+at)) {
			g.Regions++
		}
	}
}

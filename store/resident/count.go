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

// counter counts rows by keys.
type counter struct {
	by       []store.Key
	byRegion int // the place of the region among the keys, -1 if it is none
	regions  int // of the catalogue
	groups   map[[mostKeys]int32]*group
	// In progress, by region: rows that have all keys but the region in common.
	common  [mostKeys]int32
	alone   []store.Tally // by region, without keys
	counted []int32       // regions that have any
}

// tally counts the picked rows by keys.
func (p *picker) tally(by []store.Key) []store.Tally {
	c := counter{by: by, byRegion: slices.Index(by, store.KeyRegion), regions: len(p.levels), groups: make(map[[mostKeys]int32]*group)}
	for i := range p.segments {
		c.add(&p.segments[i])
	}
	c.flush()
	if len(by) == 0 {
		c.find([mostKeys]int32{})
	}
	tallies := make([]store.Tally, 0, len(c.groups))
	for _, g := range c.groups {
		if c.byRegion >= 0 {
			g.Regions = 1
		}
		tallies = append(tallies, g.Tally)
	}
	slices.SortFunc(tallies, func(a, b store.Tally) int { return slices.Compare(a.Keys, b.Keys) })
	return tallies
}

func (c *counter) find(keys [mostKeys]int32) *group {
	g := c.groups[keys]
	if g == nil {
		g = &group{Tally: store.Tally{Keys: slices.Clone(keys[:len(c.by)]), First: indicator.NoDay, Last: indicator.NoDay}}
		if c.byRegion < 0 {
			g.seen = regionSet{bits: make([]uint64, c.regions/64+1)}
		}
		c.groups[keys] = g
	}
	return g
}

// add counts the rows of a segment.
func (c *counter) add(s *segment) {
	for rest := *s; rest.len > 0; {
		part := rest
		part.len = rest.alike(c.by)
		if keys := part.keys(c.by); c.byRegion >= 0 {
			c.addByRegion(&part, keys)
		} else {
			c.find(keys).add(&part)
		}
		rest.row, rest.len = rest.row+part.len, rest.len-part.len
	}
}

// addByRegion counts rows that have all keys but the region in common.
func (c *counter) addByRegion(s *segment, keys [mostKeys]int32) {
	keys[c.byRegion] = 0
	if keys != c.common {
		c.flush()
		c.common = keys
	}
	if c.alone == nil {
		c.alone = make([]store.Tally, c.regions)
	}
	r := &s.block.runs[s.run]
	for _, region := range s.block.sets[r.set][s.row-r.first:][:s.len] {
		t := &c.alone[region]
		if t.Rows == 0 {
			t.First, t.Last = indicator.NoDay, indicator.NoDay
			c.counted = append(c.counted, region)
		}
		extend(t, 1, r.period)
	}
}

// flush makes groups of the rows in progress.
func (c *counter) flush() {
	for _, region := range c.counted {
		keys := c.common
		keys[c.byRegion] = region
		g, t := c.find(keys), &c.alone[region]
		extend(&g.Tally, t.Rows, indicator.Period{Start: t.First, End: t.Last})
		*t = store.Tally{}
	}
	c.counted = c.counted[:0]
}

// extend adds rows within a period to a tally.
func extend(t *store.Tally, rows int64, period indicator.Period) {
	t.Rows += rows
	if t.First == indicator.NoDay || period.Start < t.First {
		t.First = period.Start
	}
	if t.Last == indicator.NoDay || period.End > t.Last {
		t.Last = period.End
	}
}

// alike is how many of the first rows of a segment have the same keys, the region apart.
func (s *segment) alike(by []store.Key) int32 {
	n := s.len
	for _, key := range by {
		switch key {
		case store.KeyMissing:
			n = s.block.missing.alike(s.row, n)
		case store.KeySource:
			n = s.block.source.alike(s.row, n)
		}
	}
	return n
}

// keys returns the keys of the first row of a segment.
func (s *segment) keys(by []store.Key) (keys [mostKeys]int32) {
	b := s.block
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
		case store.KeyMissing:
			keys[i] = int32(b.missing.at(s.row))
		case store.KeySource:
			keys[i] = b.source.at(s.row)
		}
	}
	return keys
}

// add counts the rows of a segment.
func (g *group) add(s *segment) {
	b, r := s.block, &s.block.runs[s.run]
	extend(&g.Tally, int64(s.len), r.period)
	if g.seen.bits == nil {
		return
	}
	part := seenPart{b, r.set, s.row - r.first, s.len}
	if g.last == part {
		return
	}
	g.last = part
	for _, region := range b.sets[r.set][part.from:][:part.len] {
		if g.seen.add(region) {
			g.Regions++
		}
	}
}

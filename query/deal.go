package query

import (
	"slices"

	"github.com/countyql/countyql/indicator"
)

// deal is rows dealt out to groups. Groups are numbered as they are met.
type deal struct {
	plan   *aggregatePlan
	keys   []groupKey
	number map[groupKey]int32
	groups []int32
	rows   []int32 // parallel to groups
	order  []int32 // the groups in the order of their keys
	totals [][]int32
}

// deal deals the rows out to groups and, unless the request does without them, to the totals of their subjects. Rows come in
// runs that differ by region alone, so that all other keys are worked out once for each run.
func (p *aggregatePlan) deal(w *watch, s *Session) (*deal, error) {
	n := p.rows.Len()
	d := &deal{plan: p, number: make(map[groupKey]int32), groups: make([]int32, 0, n), rows: make([]int32, 0, n)}
	if !p.request.WithoutTotals {
		d.totals = make([][]int32, len(p.subjects))
	}
	bySubject := make([][]int32, len(s.catalog.Indicators()))
	for i := range p.subjects {
		id := p.subjects[i].base.ID
		bySubject[id] = append(bySubject[id], int32(i))
	}
	grain, bySource := p.grain(), p.bySource()
	var byRegion []int32 // by region grouped by: its group in the run at hand, and 1 more, 0 for none
	if p.groupRegion != nil {
		byRegion = make([]int32, len(p.groupRegion))
	}
	for from := 0; from < n; {
		to := p.runFrom(from, grain, bySource)
		if err := w.steps(to - from); err != nil {
			return nil, err
		}
		if p.groupRegion != nil {
			for _, region := range p.rows.Region[from:to] {
				if p.groupRegion[region] < 0 {
					return nil, p.ungroupable(&s.catalog.Regions()[region])
				}
			}
		}
		for _, x := range bySubject[p.rows.Indicator[from]] {
			if d.totals != nil && p.rows.Slice[from] == p.total {
				d.totals[x] = appendRange(d.totals[x], from, to)
			}
			about := indicator.Period{Start: p.rows.Start[from], End: p.rows.End[from]}
			if key, ok := p.keyOf(x, p.rows.Slice[from], about, to-from, grain); ok {
				if bySource {
					key.source = p.rows.Source[from]
				}
				d.add(key, from, to, byRegion)
			}
		}
		from = to
	}
	return d, nil
}

// runFrom is the end of the run of rows that begins with row i: the rows that differ by nothing that is grouped by but their region.
func (p *aggregatePlan) runFrom(i int, grain indicator.Grain, bySource bool) int {
	r := p.rows
	first := i
	for i++; i < len(r.Region); i++ {
		if r.Indicator[i] != r.Indicator[first] || r.Slice[i] != r.Slice[first] ||
			grain != indicator.Irregular && (r.Start[i] != r.Start[first] || r.End[i] != r.End[first]) || bySource && r.Source[i] != r.Source[first] {
			break
		}
	}
	return i
}

// keyOf returns the key that the groups of n figures have which differ by their regions, but for the region; false for figures that are in
// none. Of groups that are not by period the period does not matter.
func (p *aggregatePlan) keyOf(x, slice int32, period indicator.Period, n int, grain indicator.Grain) (groupKey, bool) {
	key := p.ungrouped(x)
	key.slice = slice
	if (key.slice == p.total) != (len(p.parts) == 0 && len(p.figures.request.dimensions) == 0) {
		return key, false // broken down: the parts; else: the total
	}
	if grain != indicator.Irregular {
		containing := grain.Containing(period.End)
		if period.Start < containing.Start {
			p.longer += n
			return key, false
		}
		key.start, key.end = containing.Start, containing.End
	}
	return key, true
}

// add deals the rows of a run out to groups. ByRegion, if the groups are of regions, is all zero before and after.
func (d *deal) add(key groupKey, from, to int, byRegion []int32) {
	d.rows = appendRange(d.rows, from, to)
	groups := slices.Grow(d.groups, to-from)
	if byRegion == nil {
		group := d.group(key)
		for range to - from {
			groups = append(groups, group)
		}
		d.groups = groups
		return
	}
	regions := d.plan.rows.Region[from:to]
	for _, region := range regions {
		at := d.plan.groupRegion[region]
		if byRegion[at] == 0 {
			key.region = at
			byRegion[at] = d.group(key) + 1
		}
		groups = append(groups, byRegion[at]-1)
	}
	d.groups = groups
	for _, region := range regions {
		byRegion[d.plan.groupRegion[region]] = 0
	}
}

// appendRange appends the rows from..to.
func appendRange(rows []int32, from, to int) []int32 {
	rows = slices.Grow(rows, to-from)
	for i := from; i < to; i++ {
		rows = append(rows, int32(i))
	}
	return rows
}

// group is the number of a group, a new one if it was not met before.
func (d *deal) group(key groupKey) int32 {
	n, met := d.number[key]
	if !met {
		n = int32(len(d.keys))
		d.number[key], d.keys = n, append(d.keys, key)
	}
	return n
}

// rowsByGroup lists the rows of each group, by its number, in their order.
func (d *deal) rowsByGroup() [][]int32 {
	sizes := make([]int, len(d.keys))
	for _, group := range d.groups {
		sizes[group]++
	}
	all, lists := make([]int32, len(d.rows)), make([][]int32, len(d.keys))
	for group, size := range sizes {
		lists[group], all = all[:0:size], all[size:]
	}
	for i, group := range d.groups {
		lists[group] = append(lists[group], d.rows[i])
	}
	return lists
}

// sort puts the groups into the order of their keys.
func (d *deal) sort(w *watch) error {
	d.order = make([]int32, len(d.keys))
	for i := range d.order {
		d.order[i] = int32(i)
	}
	compare := func(a, b int32) int { return compareGroupKeys(d.keys[a], d.keys[b]) }
	if slices.IsSortedFunc(d.order, compare) {
		return nil
	}
	return sortRows(w, d.order, compare)
}

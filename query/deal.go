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
	last   int32 // the group of the row before: the next is often of the same
	groups []int32
	rows   []int32 // parallel to groups
	order  []int32 // the groups in the order of their keys
	totals [][]int32
	// What the period of the row before was, since many have the same.
	end        indicator.Day
	containing indicator.Period
}

// deal deals the rows out to groups and, unless the request does without them, to the totals of their subjects.
func (p *aggregatePlan) deal(w *watch, s *Session) (*deal, error) {
	n := p.rows.Len()
	d := &deal{
		plan: p, number: make(map[groupKey]int32), last: -1, groups: make([]int32, 0, n), rows: make([]int32, 0, n),
		end: indicator.NoDay,
	}
	if !p.request.GroupsOnly {
		d.totals = make([][]int32, len(p.subjects))
	}
	bySubject := make([][]int32, len(s.catalog.Indicators()))
	for i := range p.subjects {
		id := p.subjects[i].base.ID
		bySubject[id] = append(bySubject[id], int32(i))
	}
	grain, bySource := p.grain(), p.bySource()
	for i := range int32(n) {
		if err := w.step(); err != nil {
			return nil, err
		}
		if region := p.rows.Region[i]; p.groupRegion != nil && p.groupRegion[region] == nil {
			return nil, p.ungroupable(&s.catalog.Regions()[region])
		}
		for _, x := range bySubject[p.rows.Indicator[i]] {
			if d.totals != nil && p.rows.Slice[i] == p.total {
				d.totals[x] = append(d.totals[x], i)
			}
			if key, ok := d.keyOf(x, i, grain, bySource); ok {
				d.groups, d.rows = append(d.groups, d.group(key)), append(d.rows, i)
			}
		}
	}
	return d, nil
}

// keyOf returns the group of a row; false for a row that is in none.
func (d *deal) keyOf(x, i int32, grain indicator.Grain, bySource bool) (groupKey, bool) {
	p := d.plan
	key := p.ungrouped(x)
	key.slice = p.rows.Slice[i]
	if (p.rows.Slice[i] == p.total) != (len(p.parts) == 0 && len(p.figures.request.dimensions) == 0) {
		return key, false // broken down: the parts; else: the total
	}
	if p.groupRegion != nil {
		key.region = p.groupRegion[p.rows.Region[i]].ID
	}
	if grain != indicator.Irregular {
		if end := p.rows.End[i]; end != d.end {
			d.end, d.containing = end, grain.Containing(end)
		}
		if p.rows.Start[i] < d.containing.Start {
			p.longer++
			return key, false
		}
		key.start, key.end = d.containing.Start, d.containing.End
	}
	if bySource {
		key.source = p.rows.Source[i]
	}
	return key, true
}

// group is the number of a group, a new one if it was not met before.
func (d *deal) group(key groupKey) int32 {
	if d.last >= 0 && d.keys[d.last] == key {
		return d.last
	}
	n, met := d.number[key]
	if !met {
		n = int32(len(d.keys))
		d.number[key], d.keys = n, append(d.keys, key)
	}
	d.last = n
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

package query

import (
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// warnings are what aggregatePlan.warnings says of groups and totals that are made of rows.
func (d *dealing) warnings(w *watch, groups, totals []*Group) []Warning {
	p := d.plan
	var list []Warning
	from, first := 0, 0 // shares and groups are sorted by subject
	for i := range p.subjects {
		to := from
		for to < len(d.shares) && int(d.shares[to].key.subject) == i {
			to++
		}
		var total []share
		var rollups []*rollup
		if totals != nil {
			total, rollups = d.totals[i], append(rollups, &totals[i].rollup)
		}
		x := &p.subjects[i]
		list = append(list, d.mixtures(w, x, d.shares[from:to], total)...)
		if p.weights != nil && p.weights.history {
			for ; first < len(groups) && groups[first].subject == x; first++ {
				rollups = append(rollups, &groups[first].rollup)
			}
			list = append(list, laterWeights(w, x, rollups...)...)
		}
		from = to
	}
	return list
}

// found is what warnings are about of one subject's figures.
type found struct {
	periods     distinct[indicator.Period]
	definitions distinct[int32]
	elsewhere   map[string]bool // regions at other boundaries, in words
	gaps        map[int32]bool  // regions
}

// mixtures is figures.mixtures of figures that no other figures stand for and that are no quotients.
func (d *dealing) mixtures(w *watch, x *subject, lists ...[]share) []Warning {
	f := &found{elsewhere: make(map[string]bool), gaps: make(map[int32]bool)}
	for _, shares := range lists {
		for i := range shares {
			one := &shares[i]
			if w.step() != nil {
				return nil
			}
			if one.of == nil {
				continue
			}
			if d.plan.when.Within == nil {
				f.periods.add(one.of.Period)
			}
			f.addDefinitions(w, one)
			f.addGaps(w, one)
			f.addOutside(d.plan.catalog, one)
		}
	}
	list := appendGaps(d.plan.mixedTimes(x, &f.periods, &f.definitions), x, f.gaps)
	return appendBoundary(list, x, f.elsewhere, outsideText)
}

// addDefinitions adds those of a share's figures.
func (f *found) addDefinitions(w *watch, one *share) {
	for _, also := range one.of.AlsoOf(one.from, one.to) {
		f.definitions.add(also.Definition)
	}
	if one.of.Definition == nil {
		f.definitions.add(one.of.Defined)
		return
	}
	if w.steps(one.to-one.from) != nil {
		return
	}
	for _, id := range one.of.Definition[one.from:one.to] {
		f.definitions.add(id)
	}
}

// addGaps adds the regions of a share whose figures were added up and leave days uncovered.
func (f *found) addGaps(w *watch, one *share) {
	if one.of.Gaps == nil || w.steps(one.to-one.from) != nil {
		return
	}
	for i := one.from; i < one.to; i++ {
		if one.of.Gaps[i] {
			f.gaps[one.of.Region[i]] = true
		}
	}
}

// addOutside adds the regions of a share whose codes were not in force when their figures were true.
func (f *found) addOutside(c *catalog.Catalog, one *share) {
	regions, dated := one.of.Region[one.from:one.to], c.Dated()
	if len(dated) == 0 || len(regions) == 0 {
		return
	}
	first, _ := slices.BinarySearch(dated, regions[0])
	for _, id := range dated[first:] {
		if id > regions[len(regions)-1] {
			return
		}
		if i, has := slices.BinarySearch(regions, id); has {
			i += one.from
			outside(f.elsewhere, &c.Regions()[id], indicator.Period{Start: one.of.FirstDay(i), End: one.of.LastDay(i)})
		}
	}
}

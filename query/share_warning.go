package query

import (
	"slices"

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

// mixtures is figures.mixtures of figures that no other figures stand for and that are no quotients.
func (d *dealing) mixtures(w *watch, x *subject, lists ...[]share) []Warning {
	var periods distinct[indicator.Period]
	var definitions distinct[int32]
	elsewhere := make(map[string]bool)
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
				periods.add(one.of.Period)
			}
			d.definitions(w, one, &definitions)
			d.outside(one, elsewhere)
		}
	}
	return appendBoundary(d.plan.mixedTimes(x, &periods, &definitions), x, elsewhere, outsideText)
}

// definitions adds those of a share's figures.
func (d *dealing) definitions(w *watch, one *share, found *distinct[int32]) {
	if one.of.Definition == nil {
		found.add(one.of.Defined)
		return
	}
	if w.steps(one.to-one.from) != nil {
		return
	}
	for _, id := range one.of.Definition[one.from:one.to] {
		found.add(id)
	}
}

// outside adds the regions of a share whose codes were not in force when their figures were true.
func (d *dealing) outside(one *share, found map[string]bool) {
	regions, dated := one.of.Region[one.from:one.to], d.plan.catalog.Dated()
	if len(dated) == 0 || len(regions) == 0 {
		return
	}
	at, _ := slices.BinarySearch(dated, regions[0])
	for _, id := range dated[at:] {
		if id > regions[len(regions)-1] {
			return
		}
		if _, has := slices.BinarySearch(regions, id); has {
			outside(found, &d.plan.catalog.Regions()[id], one.of.Period)
		}
	}
}

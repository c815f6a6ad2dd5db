package loader

import (
	"fmt"
	"math"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// childrenRule compares the reported value of a region with the sum of its children's, where every child in force at the
// period's end is reported. Registers list every county, but below the counties only what has figures: there the
// children may fall short of the region and must only not exceed it. The tolerance is relative to the region's value.
type childrenRule struct {
	*findings
	inner []bool  // by region: whether it has children
	place []int32 // by region: 1 + the place of its figure in the stretch
}

func newChildrenRule(out *findings) *childrenRule {
	regions := out.catalog.Regions()
	r := &childrenRule{findings: out, inner: make([]bool, len(regions)), place: make([]int32, len(regions))}
	for i := range regions {
		r.inner[i] = len(regions[i].Children) > 0
	}
	return r
}

func (r *childrenRule) look(t *store.Stretch) {
	placed := false
	for i, region := range t.Region {
		if !r.inner[region] || !hasValue(t, i) || derived(t, i) {
			continue
		}
		if !placed {
			r.enter(periodOf(t))
			r.setPlaces(t)
			placed = true
		}
		r.compare(t, i, &r.catalog.Regions()[region])
	}
	if placed {
		for _, region := range t.Region {
			r.place[region] = 0
		}
	}
}

func (r *childrenRule) setPlaces(t *store.Stretch) {
	for i, region := range t.Region {
		if hasValue(t, i) {
			r.place[region] = int32(i) + 1
		}
	}
}

// inForce reports whether a region existed on a day.
func inForce(region *catalog.Region, on indicator.Day) bool {
	return (region.ValidFrom == indicator.NoDay || region.ValidFrom <= on) && (!region.Retired() || region.ValidTo >= on)
}

// compare compares a region's figure with those of its children.
func (r *childrenRule) compare(t *store.Stretch, i int, region *catalog.Region) {
	parts, count := sum{complete: true}, 0
	for _, child := range region.Children {
		if !inForce(child, t.Period.End) {
			continue
		}
		at := r.place[child.ID]
		if at == 0 {
			return
		}
		parts.plus(t.Value[at-1], precisionAt(t.Precision, int(at-1)))
		parts.complete = parts.complete && child.Level <= indicator.County
		count++
	}
	if count == 0 {
		return
	}
	how, value := agrees, t.Value[i]
	if parts.complete || parts.value > value {
		how = agree(parts.value, parts.precision, value, precisionAt(t.Precision, i), r.check.Tolerance*math.Abs(value))
	}
	if !r.takes(how, region.ID) {
		return
	}
	for _, child := range region.Children {
		if inForce(child, t.Period.End) {
			parts.name(r.cite(t, int(r.place[child.ID]-1)))
		}
	}
	r.add(finding{agreement: how, figure: r.cite(t, i), parts: parts})
}

func (r *childrenRule) describe(found *finding) description {
	message := choose(found.agreement, "the children add up to the region", "the children add up to the region, within tolerance and precision",
		"the children do not add up to the region")
	if !found.parts.complete {
		message = choose(found.agreement, "the children do not exceed the region",
			"the children do not exceed the region, within tolerance and precision", "the children exceed the region")
	}
	region := &r.catalog.Regions()[found.figure.region]
	return description{
		message, fmt.Sprintf("%s, and %s is reported for %s", found.parts.addition(), found.figure.words(), region.Name),
		found.parts.named(&found.figure),
	}
}

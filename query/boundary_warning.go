package query

import (
	"fmt"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// boundaryChanges warns where figures are about other boundaries than the region has now: they stand for predecessors, or are
// about days on which the region's code was not in force.
func (f *figures) boundaryChanges(w *watch, x *subject, cells []cell) []Warning {
	inherited := make(map[string]bool)
	elsewhere := make(map[string]bool)
	for i := range cells {
		if w.step() != nil {
			return nil
		}
		region := &f.catalog.Regions()[cells[i].region]
		if list := f.predecessorsIn(cells[i : i+1]); len(list) > 0 {
			names := make([]string, len(list))
			for k, p := range list {
				names[k] = nameOf(p)
			}
			inherited[fmt.Sprintf("%s rests on %s", nameOf(region), strings.Join(names, ", "))] = true
		}
		if region.ValidFrom == indicator.NoDay && region.ValidTo == indicator.NoDay {
			continue
		}
		for _, row := range f.listed(&cells[i].used) {
			if w.step() != nil {
				return nil
			}
			if f.inherited.parts[row] == nil {
				outside(elsewhere, region, indicator.Period{Start: f.rows.Start[row], End: f.rows.End[row]})
			}
		}
	}
	list := appendBoundary(nil, x, inherited, "figures of the regions it replaced stand for a region")
	list = appendBoundary(list, x, elsewhere, outsideText)
	refused := make(map[string]bool)
	for _, text := range f.inherited.refused[x.base.ID] {
		refused[text] = true
	}
	return appendBoundary(list, x, refused, "figures of replaced regions are left out")
}

const outsideText = "figures are about a time when the region had other boundaries"

// appendBoundary appends a warning of what was found, if anything was.
func appendBoundary(list []Warning, x *subject, found map[string]bool, what string) []Warning {
	if len(found) == 0 {
		return list
	}
	return append(list, Warning{BoundaryChange, fmt.Sprintf("%s: %s: %s", x.indicator.Code, what, listSome(found))})
}

// outside adds, in words, that a region's code was not in force on all days of a period, if it was not.
func outside(found map[string]bool, region *catalog.Region, period indicator.Period) {
	if region.ValidFrom != indicator.NoDay && period.Start < region.ValidFrom {
		found[fmt.Sprintf("%s exists since %s", nameOf(region), region.ValidFrom)] = true
	}
	if region.ValidTo != indicator.NoDay && period.End > region.ValidTo {
		found[fmt.Sprintf("%s existed until %s", nameOf(region), region.ValidTo)] = true
	}
}

package query

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// Warning is something a reader of figures should know before using them.
type Warning struct {
	Code    WarningCode
	Message string
}

// WarningCode classifies warnings.
type WarningCode string

// The warning codes.
const (
	MixedPeriods     WarningCode = "MIXED_PERIODS"
	MixedSources     WarningCode = "MIXED_SOURCES"
	MixedDefinitions WarningCode = "MIXED_DEFINITIONS"
	MixedPrecision   WarningCode = "MIXED_PRECISION"
	RetiredRegion    WarningCode = "RETIRED_REGION"
	TimeGaps         WarningCode = "TIME_GAPS"
	LongerPeriods    WarningCode = "LONGER_PERIODS"
	PartialCoverage  WarningCode = "PARTIAL_COVERAGE"
	BoundaryChange   WarningCode = "BOUNDARY_CHANGE"
	NoVariance       WarningCode = "NO_VARIANCE"
)

// warnings describes what should be known about the figures that groups and totals rest on; totals are nil where the request does
// without them. A total rests on the figures of its groups, unless it is the total's own figure beside its parts or could not be
// formed.
func (p *aggregatePlan) warnings(w *watch, groups, totals []*Group) []Warning {
	if p.dealt != nil {
		return p.dealt.warnings(w, groups, totals)
	}
	var list []Warning
	for i := range p.subjects {
		x := &p.subjects[i]
		var cells [][]cell
		var rollups []*rollup
		if totals != nil {
			cells, rollups = append(cells, totals[i].cells), append(rollups, &totals[i].rollup)
		}
		apart := totals == nil || totals[i].refused != nil || len(p.figures.request.dimensions) > 0 || p.grain() != indicator.Irregular
		for _, g := range groups {
			if w.step() != nil {
				break
			}
			if g.subject != x {
				continue
			}
			if rollups = append(rollups, &g.rollup); apart {
				cells = append(cells, g.cells)
			}
		}
		list = append(list, p.mixtures(w, x, slices.Concat(cells...), false)...)
		if p.weights != nil && p.weights.history {
			list = append(list, laterWeights(w, x, rollups...)...)
		}
	}
	return list
}

// leftOut warns of figures about longer periods than the groups'.
func (p *aggregatePlan) leftOut() []Warning {
	if p.longer == 0 {
		return nil
	}
	return []Warning{{LongerPeriods, fmt.Sprintf(
		"figures about longer periods than a %s are left out: %d", strings.ToLower(p.grain().String()), p.longer)}}
}

// mixtures warns where figures that are used side by side are not of one kind. With full, sources and precision count
// too: they matter where single regions are compared. Where the request ends there are none, and its error is the watch's.
func (f *figures) mixtures(w *watch, x *subject, cells []cell, full bool) []Warning {
	var periods distinct[indicator.Period]
	var sources, definitions distinct[int32]
	var precisions distinct[indicator.Precision]
	gaps := make(map[int32]bool) // regions
	divisors := make(map[int32]bool)
	scopes := make(map[int32]bool)
	if x.quotient() { // figures of regions that have no quotient are not used
		cells = slices.DeleteFunc(slices.Clone(cells), func(c cell) bool { return !c.quantity.Known() })
	}
	if f.originsOf(w, cells, &sources, &definitions); w.err != nil {
		return nil
	}
	for i := range cells {
		c := &cells[i]
		if c.used.n > 0 && f.when.Within == nil {
			row := f.newest(c)
			periods.add(indicator.Period{Start: f.rows.Start[row], End: f.rows.End[row]})
		}
		if c.quantity.Known() {
			precisions.add(c.quantity.Precision)
		}
		if c.gaps {
			gaps[c.region] = true
		}
		if c.divisorDiffers {
			divisors[c.region] = true
		}
		if c.scopesDiffer {
			scopes[c.region] = true
		}
	}
	list := f.mixedTimes(x, &periods, &definitions)
	if full {
		list = appendMixed(list, MixedSources, x, sources.texts(func(id int32) string { return f.catalog.Sources()[id].Code }), "the figures come from different sources")
		list = appendMixed(list, MixedPrecision, x, precisions.texts(indicator.Precision.String), "the figures differ in precision")
	}
	list = appendGaps(list, x, gaps)
	if len(divisors) > 0 {
		list = append(list, Warning{MixedPeriods, fmt.Sprintf("%s: %s is about another day than the figure it divides in %s",
			x.indicator.Code, x.divisor.Code, indicator.Counted(len(divisors), "region"))})
	}
	if len(scopes) > 0 {
		list = append(list, Warning{MixedDefinitions, fmt.Sprintf("%s: %s and the figure it divides are defined for different scopes in %s",
			x.indicator.Code, x.divisor.Code, indicator.Counted(len(scopes), "region"))})
	}
	return append(list, f.boundaryChanges(w, x, cells)...)
}

// appendGaps appends a warning of regions whose figures were added up and leave days uncovered, if there are any.
func appendGaps(list []Warning, x *subject, regions map[int32]bool) []Warning {
	if len(regions) == 0 {
		return list
	}
	return append(list, Warning{TimeGaps, fmt.Sprintf("%s: the periods added up leave days uncovered that figures are about in %s",
		x.indicator.Code, indicator.Counted(len(regions), "region"))})
}

// mixedTimes warns of figures of different periods and of different definitions.
func (f *figures) mixedTimes(x *subject, periods *distinct[indicator.Period], definitions *distinct[int32]) []Warning {
	list := appendMixed(nil, MixedPeriods, x, periods.texts(indicator.Period.String), "the figures are about different periods")
	return appendMixed(list, MixedDefinitions, x, definitions.texts(func(id int32) string {
		return cmp.Or(f.catalog.Definition(id), "as the indicator defines it")
	}), "the figures are defined differently")
}

// appendMixed appends a warning of what was found unless that is one thing.
func appendMixed(list []Warning, code WarningCode, x *subject, found map[string]bool, what string) []Warning {
	if len(found) < 2 {
		return list
	}
	return append(list, Warning{code, fmt.Sprintf("%s: %s: %s", x.indicator.Code, what, listSome(found))})
}

// originsOf adds the sources and the definitions of the figures that cells rest on.
func (f *figures) originsOf(w *watch, cells []cell, sources, definitions *distinct[int32]) {
	same := allEqual(f.rows.Source) && allEqual(f.rows.Definition)
	withSources := f.rows.Source != nil
	for i := range cells {
		for _, row := range f.listed(&cells[i].used) {
			if w.step() != nil {
				return
			}
			if len(f.inherited.parts) == 0 {
				if withSources {
					sources.add(f.rows.Source[row])
				}
				definitions.add(f.rows.Definition[row])
				if same {
					return
				}
				continue
			}
			rows, origins := f.origins(row)
			for _, k := range origins {
				sources.add(rows.Source[k])
				definitions.add(rows.Definition[k])
			}
		}
	}
}

func allEqual(column []int32) bool {
	for _, value := range column {
		if value != column[0] {
			return false
		}
	}
	return true
}

// distinct is a set of values of which the same comes many times in a row. The zero value is empty.
type distinct[T comparable] struct {
	last  T
	known map[T]bool
}

func (d *distinct[T]) add(value T) {
	if d.known == nil {
		d.known = make(map[T]bool, 1)
	} else if value == d.last {
		return
	}
	d.last, d.known[value] = value, true
}

// texts are the values in words.
func (d *distinct[T]) texts(inWords func(T) string) map[string]bool {
	texts := make(map[string]bool, len(d.known))
	for value := range d.known {
		texts[inWords(value)] = true
	}
	return texts
}

// listSome lists the texts in order, the first six of them.
func listSome(found map[string]bool) string {
	const most = 6
	texts := slices.Sorted(maps.Keys(found))
	if len(texts) > most {
		return strings.Join(texts[:most], "; ") + fmt.Sprintf("; and %d more", len(texts)-most)
	}
	return strings.Join(texts, "; ")
}

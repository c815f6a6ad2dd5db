package query

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// A region that replaced others can be asked about the time before: where it has no figure of a period itself and every
// region it replaced has one, their figures stand for it. Counts are added up and rates combined by their counts; the figure of
// a single predecessor stands as it is. The rows that engines return are completed accordingly as soon as they are read, so
// that no statistic has to know of it.

// inheritance says which rows stand for figures of predecessors.
type inheritance struct {
	source *store.Rows       // as the engine returned them
	parts  map[int32][]int32 // by row: positions in source of the figures it stands for
	// refused says, by indicator, why figures of predecessors stand for nothing.
	refused map[int32][]string
}

// startedAnew reports whether the region came into being when all of its predecessors had ended. Otherwise, or where that is
// unknown, it may have existed beside them, and their figures are only a part of its own.
func startedAnew(r *catalog.Region) bool {
	return len(r.Predecessors) > 0 && r.ValidFrom != indicator.NoDay &&
		!slices.ContainsFunc(r.Predecessors, func(p *catalog.Region) bool { return p.ValidTo == indicator.NoDay || p.ValidTo >= r.ValidFrom })
}

// withPredecessors adds the regions whose figures may stand for those of the set.
func (set *regionSet) withPredecessors(c *catalog.Catalog) *regionSet {
	heirs := set.heirs(c)
	if len(heirs) == 0 {
		return set
	}
	extended := &regionSet{list: slices.Clone(set.list)}
	for _, heir := range heirs {
		extended.list = append(extended.list, heir.predecessors...)
	}
	extended.sort()
	return extended
}

// heir is a region that figures of predecessors, at any remove, may stand for.
type heir struct {
	region       *catalog.Region
	predecessors []*catalog.Region
}

// heirs lists the heirs in the set. A region whose predecessor is in the set itself is none: the figures would count twice.
func (set *regionSet) heirs(c *catalog.Catalog) []heir {
	var heirs []heir
	for _, r := range c.Succeeding() {
		if !set.contains(r) {
			continue
		}
		var found []*catalog.Region
		var visit func(*catalog.Region)
		visit = func(r *catalog.Region) {
			if startedAnew(r) {
				found = append(found, r.Predecessors...)
				for _, p := range r.Predecessors {
					visit(p)
				}
			}
		}
		visit(r)
		if len(found) > 0 && !slices.ContainsFunc(found, set.contains) {
			heirs = append(heirs, heir{r, found})
		}
	}
	return heirs
}

func (set *regionSet) contains(r *catalog.Region) bool {
	_, found := slices.BinarySearchFunc(set.list, r.ID, compareRegionID)
	return found
}

// figureKey names a figure.
type figureKey struct {
	indicator, slice, region int32
	status                   indicator.Status
	period                   indicator.Period
}

func keyOfRow(r *store.Rows, i int) figureKey {
	return figureKey{r.Indicator[i], r.Slice[i], r.Region[i], r.Status[i], indicator.Period{Start: r.Start[i], End: r.End[i]}}
}

// series is the figure's key without its period.
func (k figureKey) series() figureKey {
	k.period = indicator.Period{}
	return k
}

// inherit replaces the rows of predecessors by those that they add up to. With latest, a series has at most one row, and a
// region that has its own keeps it.
func (f *figures) inherit(w *watch, rows *store.Rows, latest bool) (*store.Rows, inheritance, error) {
	none := inheritance{source: rows}
	successor := make(map[int32]*catalog.Region)
	for _, h := range f.regions.heirs(f.catalog) {
		for _, p := range h.predecessors {
			successor[p.ID] = h.region
		}
	}
	if len(successor) == 0 || !slices.ContainsFunc(rows.Region, func(id int32) bool { return successor[id] != nil }) {
		return rows, none, nil
	}
	index := make(map[figureKey]int32, rows.Len())
	own := make(map[figureKey]bool)
	for i := range rows.Len() {
		if err := w.step(); err != nil {
			return nil, none, err
		}
		k := keyOfRow(rows, i)
		index[k] = int32(i)
		own[k.series()] = true
	}
	b := inheritor{catalog: f.catalog, index: index, latest: latest, sums: &store.Rows{}, inheritance: none, newest: make(map[figureKey]indicator.Period)}
	b.parts, b.refused = make(map[int32][]int32), make(map[int32][]string)
	seen := make(map[figureKey]bool)
	var kept []int32
	for i := range rows.Len() {
		if err := w.step(); err != nil {
			return nil, none, err
		}
		k := keyOfRow(rows, i)
		region := successor[k.region]
		if region == nil {
			kept = append(kept, int32(i))
			continue
		}
		k.region = region.ID
		if _, exists := index[k]; exists || latest && own[k.series()] || seen[k] {
			continue
		}
		seen[k] = true
		b.add(k, region)
	}
	return b.complete(w, kept)
}

// inheritor builds the rows that stand for predecessors.
type inheritor struct {
	inheritance
	catalog *catalog.Catalog
	index   map[figureKey]int32
	latest  bool
	sums    *store.Rows
	from    [][]int32 // the parts of each sum
	newest  map[figureKey]indicator.Period
}

// add combines the figures of the region's predecessors, if all of them have one and they combine.
func (b *inheritor) add(k figureKey, region *catalog.Region) {
	ind := &b.catalog.Indicators()[k.indicator]
	parts, lacking := b.collect(k, region)
	refuse := func(format string, args ...any) {
		b.refused[ind.ID] = append(b.refused[ind.ID], fmt.Sprintf("%s has no figure of its own for %s, and ", nameOf(region), k.period)+fmt.Sprintf(format, args...))
	}
	switch {
	case len(lacking) > 0:
		refuse("neither has %s, which it replaced", strings.Join(lacking, ", "))
		return
	case len(parts) > 1 && ind.Rollup.Regions != indicator.RuleSum && ind.Rollup.Regions != indicator.RuleRatio:
		refuse("the figures of the regions it replaced do not add up")
		return
	}
	if newest, ok := b.newest[k.series()]; ok && b.latest && cmp.Or(cmp.Compare(newest.End, k.period.End), cmp.Compare(newest.Start, k.period.Start)) > 0 {
		return
	}
	b.newest[k.series()] = k.period
	copyRow(b.sums, b.source, parts[0])
	b.from = append(b.from, parts)
	b.sum(len(b.from)-1, k, ind, parts)
}

// collect lists the rows that together are the figure of a region at its predecessors' boundaries, or the names of those
// without one. A predecessor may have had predecessors.
func (b *inheritor) collect(k figureKey, region *catalog.Region) (parts []int32, lacking []string) {
	for _, p := range region.Predecessors {
		k.region = p.ID
		if i, ok := b.index[k]; ok {
			parts = append(parts, i)
			continue
		}
		if !startedAnew(p) {
			lacking = append(lacking, nameOf(p))
			continue
		}
		older, without := b.collect(k, p)
		parts, lacking = append(parts, older...), append(lacking, without...)
	}
	return parts, lacking
}

// sum makes row i of the sums, a copy of the first part, the combination of all.
func (b *inheritor) sum(i int, k figureKey, ind *catalog.Indicator, parts []int32) {
	to, from := b.sums, b.source
	to.Region[i], to.Derived[i] = k.region, true
	for _, p := range parts[1:] {
		to.Value[i] += from.Value[p] // NaN where one is missing
		to.Precision[i] = to.Precision[i].Plus(from.Precision[p])
		if from.Numerator != nil {
			to.Numerator[i] += from.Numerator[p]
			to.Denominator[i] += from.Denominator[p]
			to.CountsPrecision[i] = to.CountsPrecision[i].Plus(from.CountsPrecision[p])
		}
		to.Missing[i] = cmp.Or(to.Missing[i], from.Missing[p])
	}
	if len(parts) == 1 || ind.Rollup.Regions != indicator.RuleRatio || to.Missing[i] != indicator.NotMissing {
		return
	}
	to.Value[i], to.Precision[i] = ind.Scale*to.Numerator[i]/to.Denominator[i], to.CountsPrecision[i]
	if math.IsNaN(to.Value[i]) || math.IsInf(to.Value[i], 0) {
		to.Value[i], to.Missing[i] = math.NaN(), indicator.NoDenominator
	}
}

// complete merges the rows kept with the sums, in natural order.
func (b *inheritor) complete(w *watch, kept []int32) (*store.Rows, inheritance, error) {
	type origin struct {
		rows *store.Rows
		row  int32
	}
	var order []origin
	for _, i := range kept {
		order = append(order, origin{b.source, i})
	}
	newestSum := func(i int) bool {
		k := keyOfRow(b.sums, i)
		return !b.latest || b.newest[k.series()] == k.period
	}
	for i := range b.sums.Len() {
		if newestSum(i) {
			order = append(order, origin{b.sums, int32(i)})
		}
	}
	err := sortRowsStable(w, order, func(x, y origin) int {
		a, c := keyOfRow(x.rows, int(x.row)), keyOfRow(y.rows, int(y.row))
		return cmp.Or(
			cmp.Compare(a.indicator, c.indicator), cmp.Compare(a.slice, c.slice), cmp.Compare(a.status, c.status),
			cmp.Compare(a.period.End, c.period.End), cmp.Compare(a.period.Start, c.period.Start), cmp.Compare(a.region, c.region),
		)
	})
	if err != nil {
		return nil, b.inheritance, err
	}
	rows := &store.Rows{}
	for i, o := range order {
		if err := w.step(); err != nil {
			return nil, b.inheritance, err
		}
		copyRow(rows, o.rows, o.row)
		if o.rows == b.sums {
			b.parts[int32(i)] = b.from[o.row]
		}
	}
	return rows, b.inheritance, nil
}

// copyRow appends row i of one table to another, with its evidence where there is any.
func copyRow(to, from *store.Rows, i int32) {
	to.Indicator, to.Slice = append(to.Indicator, from.Indicator[i]), append(to.Slice, from.Slice[i])
	to.Region, to.Status = append(to.Region, from.Region[i]), append(to.Status, from.Status[i])
	to.Start, to.End = append(to.Start, from.Start[i]), append(to.End, from.End[i])
	to.Value, to.Missing = append(to.Value, from.Value[i]), append(to.Missing, from.Missing[i])
	to.Source, to.Definition = appendCell(to.Source, from.Source, i), appendCell(to.Definition, from.Definition, i)
	to.Precision, to.Derived = appendCell(to.Precision, from.Precision, i), appendCell(to.Derived, from.Derived, i)
	to.Numerator, to.Denominator = appendCell(to.Numerator, from.Numerator, i), appendCell(to.Denominator, from.Denominator, i)
	to.CountsPrecision = appendCell(to.CountsPrecision, from.CountsPrecision, i)
	if from.Published == nil {
		return
	}
	to.Published, to.Tie = append(to.Published, from.Published[i]), append(to.Tie, from.Tie[i])
	to.KnownFrom, to.KnownTo = append(to.KnownFrom, from.KnownFrom[i]), append(to.KnownTo, from.KnownTo[i])
	to.Load, to.Inferred = append(to.Load, from.Load[i]), append(to.Inferred, from.Inferred[i])
	to.Offset, to.Printed, to.Note = append(to.Offset, from.Offset[i]), append(to.Printed, from.Printed[i]), append(to.Note, from.Note[i])
}

// appendCell appends a cell of a column, unless the rows do without it.
func appendCell[T any](to, from []T, i int32) []T {
	if from == nil {
		return nil
	}
	return append(to, from[i])
}

// figureOf is the figure that a cell's value comes from: of several periods the newest, of several predecessors the first.
func (f *figures) figureOf(s *Session, c *cell) *Observation {
	return f.evidenceOf(s, f.newest(c))[0]
}

// evidenceOf lists the figures that a row stands for.
func (f *figures) evidenceOf(s *Session, row int32) []*Observation {
	rows, origins := f.origins(row)
	list := make([]*Observation, len(origins))
	for i, k := range origins {
		list[i] = s.observation(rows, int(k))
	}
	return list
}

// origins are the reported rows that a row stands for, and where they are: itself, or those of the region's predecessors.
func (f *figures) origins(row int32) (*store.Rows, []int32) {
	if parts, inherited := f.inherited.parts[row]; inherited {
		return f.inherited.source, parts
	}
	return f.rows, []int32{row}
}

// inherits reports whether any of the figures, divisors included, stand for predecessors'.
func (f *figures) inherits() bool {
	return len(f.inherited.parts) > 0 || f.divisor != nil && len(f.divisor.inherited.parts) > 0
}

// predecessorsIn lists, in tree order, the retired regions whose figures the cells rest on.
func (f *figures) predecessorsIn(cells []cell) []*catalog.Region {
	if !f.inherits() {
		return nil
	}
	set := &regionSet{}
	for i := range cells {
		for _, row := range f.listed(&cells[i].used) {
			set.list = append(set.list, f.heritage(row)...)
		}
		for _, row := range f.divisorListed(&cells[i]) {
			set.list = append(set.list, f.divisor.heritage(row)...)
		}
	}
	set.sort()
	return set.list
}

// heritage lists the regions whose figures a row stands for; none if it is the region's own.
func (f *figures) heritage(row int32) []*catalog.Region {
	var list []*catalog.Region
	for _, part := range f.inherited.parts[row] {
		list = append(list, &f.catalog.Regions()[f.inherited.source.Region[part]])
	}
	return list
}

func nameOf(r *catalog.Region) string { return r.Code + " " + r.Name }

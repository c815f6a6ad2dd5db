package query

import (
	"cmp"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// share is the figures from..to of a stretch, which belong to a group.
type share struct {
	key      groupKey
	of       *store.Stretch // nil for a group without figures
	from, to int
}

// dealing is stretches dealt out to groups.
type dealing struct {
	plan   *aggregatePlan
	shares []share   // by key
	totals [][]share // by subject; nil where the request does without them
	groups int       // distinct keys

	byRegion []regionRun // what regions of cut are grouped by which
	cut      []int32     // a list of regions
}

// regionRun is the places from..to of a list of regions, which are grouped by a region.
type regionRun struct {
	region   int32
	from, to int
}

// dealStretches deals stretches out to groups and, unless the request does without them, to the totals of their subjects.
func (p *aggregatePlan) dealStretches(w *watch, s *Session) (*dealing, error) {
	d := &dealing{plan: p}
	if !p.request.WithoutTotals {
		d.totals = make([][]share, len(p.subjects))
	}
	grain, about := p.grain(), subjectsOf{}
	for i := range p.stretches {
		t := &p.stretches[i]
		if err := w.steps(1 + t.Len()/16); err != nil {
			return nil, err
		}
		if err := d.divide(s, t.Region); err != nil {
			return nil, err
		}
		about.find(p.subjects, t.Indicator)
		for _, x := range about.places {
			if d.totals != nil && t.Slice == p.total {
				d.totals[x] = append(d.totals[x], share{p.ungrouped(x), t, 0, t.Len()})
			}
			if key, ok := p.keyOf(x, t.Slice, t.Period, t.Len(), grain); ok {
				d.add(key, t)
			}
		}
	}
	if len(p.request.GroupBy) == 0 { // an indicator without figures is a group all the same
		met := make([]bool, len(p.subjects))
		for i := range d.shares {
			met[d.shares[i].key.subject] = true
		}
		for x := range p.subjects {
			if !met[x] {
				d.shares = append(d.shares, share{key: p.ungrouped(int32(x))})
			}
		}
	}
	return d, d.sort(w, s)
}

// subjectsOf are the places of the subjects whose figures are those of an indicator. Stretches of one come one after the other.
type subjectsOf struct {
	indicator int32
	places    []int32
}

func (o *subjectsOf) find(subjects []subject, indicator int32) {
	if o.places != nil && o.indicator == indicator {
		return
	}
	o.indicator, o.places = indicator, o.places[:0]
	for i := range subjects {
		if subjects[i].base.ID == indicator {
			o.places = append(o.places, int32(i)) //nolint:gosec // a request has few
		}
	}
}

// divide finds out by what the regions of a stretch are grouped. Those of the stretch before mostly are the same list.
func (d *dealing) divide(s *Session, regions []int32) error {
	by := d.plan.groupRegion
	if by == nil || len(regions) == 0 || len(regions) == len(d.cut) && &regions[0] == &d.cut[0] {
		return nil
	}
	d.cut, d.byRegion = regions, d.byRegion[:0]
	for from := 0; from < len(regions); {
		of := by[regions[from]]
		if of < 0 {
			return d.plan.ungroupable(&s.catalog.Regions()[regions[from]])
		}
		to := from + 1
		for to < len(regions) && by[regions[to]] == of {
			to++
		}
		d.byRegion = append(runMemory.Grow(d.plan.scratch, d.byRegion, 1), regionRun{of, from, to})
		from = to
	}
	return nil
}

// add deals a stretch out to the groups of a key that its regions are in.
func (d *dealing) add(key groupKey, t *store.Stretch) {
	if d.plan.groupRegion == nil {
		d.shares = append(shareMemory.Grow(d.plan.scratch, d.shares, 1), share{key, t, 0, t.Len()})
		return
	}
	d.shares = shareMemory.Grow(d.plan.scratch, d.shares, len(d.byRegion))
	for _, in := range d.byRegion {
		key.region = in.region
		d.shares = append(d.shares, share{key, t, in.from, in.to})
	}
}

// sort puts the shares into the order of their keys, those of one group as they were dealt.
func (d *dealing) sort(w *watch, s *Session) error {
	compare := func(a, b share) int { return compareGroupKeys(a.key, b.key) }
	if d.plan.groupRegion != nil && !slices.IsSortedFunc(d.shares, compare) {
		if err := d.sortByRegion(w, len(s.catalog.Regions())); err != nil {
			return err
		}
	}
	if !slices.IsSortedFunc(d.shares, compare) {
		if err := sortRowsStable(w, d.shares, compare); err != nil {
			return err
		}
	}
	for i := range d.shares {
		if i == 0 || d.shares[i].key != d.shares[i-1].key {
			d.groups++
		}
	}
	return nil
}

// sortByRegion puts the shares into the order of what they are grouped by, which mostly puts them into that of their keys.
func (d *dealing) sortByRegion(w *watch, regions int) error {
	if err := w.steps(len(d.shares) + regions/8); err != nil {
		return err
	}
	next := rowMemory.Make(d.plan.scratch, regions+1) // by region: where its next share goes
	for i := range d.shares {
		next[d.shares[i].key.region+1]++
	}
	for region := 1; region < len(next); region++ {
		next[region] += next[region-1]
	}
	sorted := shareMemory.Make(d.plan.scratch, len(d.shares))
	for _, one := range d.shares {
		sorted[next[one.key.region]] = one
		next[one.key.region]++
	}
	d.shares = sorted
	return nil
}

// groupStretches is group of figures in stretches. It returns false where a region of a group has figures of several periods, which have to
// be rolled up one by one.
func (p *aggregatePlan) groupStretches(w *watch, s *Session) (groups, totals []*Group, ok bool, err error) {
	d, err := p.dealStretches(w, s)
	if err != nil {
		return nil, nil, false, err
	}
	all := groupMemory.Make(p.lasting, d.groups+len(d.totals))
	groups = groupListMemory.Room(p.lasting, d.groups)
	for from := 0; from < len(d.shares); {
		to := from + 1
		for to < len(d.shares) && d.shares[to].key == d.shares[from].key {
			to++
		}
		g := &all[len(groups)]
		var like *Group // mostly of the same region
		if len(groups) > 0 {
			like = groups[len(groups)-1]
		}
		if ok, err := p.fillGroup(w, s, g, like, d.shares[from:to]); !ok || err != nil {
			return nil, nil, false, err
		}
		groups = append(groups, g)
		from = to
	}
	for x := range d.totals {
		total, ok, err := d.total(w, s, int32(x), &all[d.groups+x]) //nolint:gosec // a request has few
		if !ok || err != nil {
			return nil, nil, false, err
		}
		totals = append(totals, total)
	}
	p.dealt = d
	ahead := p.request.Ahead
	if len(groups) > p.request.Page.First {
		ahead = 0
	}
	combineAll(w, groups, ahead)
	return groups, totals, true, w.look()
}

// total makes the total of a subject in a place for it; another group stands for one that cannot be formed, and no figures are its then. It returns
// false where fillGroup does.
func (d *dealing) total(w *watch, s *Session, x int32, place *Group) (total *Group, ok bool, err error) {
	p, shares := d.plan, d.totals[x]
	if len(shares) == 0 {
		shares = []share{{key: p.ungrouped(x)}}
	}
	if ok, err = p.fillGroup(w, s, place, nil, shares); err == nil {
		return place, ok, nil
	}
	refused := asNotAggregatable(err)
	if refused == nil {
		return nil, false, err
	}
	reasons := make(map[int32]indicator.Missing)
	for i := range shares {
		one := shares[i].of.Cut(shares[i].from, shares[i].to)
		for k, region := range one.Region {
			reasons[region] = indicator.NotMissing
			if one.Missing != nil {
				reasons[region] = one.Missing[k]
			}
		}
	}
	d.totals[x] = nil
	return p.refusedGroup(s, x, reasons, refused), true, nil
}

// fillGroup makes a group of shares of one key. It returns false where regions are in several of them.
func (p *aggregatePlan) fillGroup(w *watch, s *Session, g, like *Group, shares []share) (bool, error) {
	p.describe(s, g, like, shares[0].key)
	g.lists = p.request.Ahead != 0
	switch one := shares[0]; {
	case one.of == nil:
		g.part = part{of: &store.Stretch{}}
	case len(shares) == 1:
		g.part = part{one.of, int32(one.from), int32(one.to)} //nolint:gosec // a stretch has at most a figure of each region
	default:
		if err := w.steps(len(g.expected)); err != nil {
			return false, err
		}
		merged, ok := merge(shares)
		if !ok {
			return false, nil
		}
		g.part = part{&merged, 0, int32(merged.Len())} //nolint:gosec // likewise
	}
	if of := g.part.of; of.Used != nil && g.subject.base.Rollup.Time == indicator.RuleNone {
		for i := g.part.from; i < g.part.to; i++ {
			if of.Used[i] > 1 {
				return false, p.severalPeriods(g.subject, &cell{region: of.Region[i]})
			}
		}
	}
	return true, nil
}

// place is a figure of one of some shares.
type place struct {
	region int32
	share  int32
	at     int32
}

// merge puts the figures of shares into the order of their regions; false where several are of one region.
func merge(shares []share) (merged store.Stretch, apart bool) {
	n := 0
	for i := range shares {
		n += shares[i].to - shares[i].from
		if i == 0 {
			continue
		}
		a, b := &shares[i-1], &shares[i]
		if len(a.of.Region) > 0 && len(b.of.Region) > 0 && &a.of.Region[0] == &b.of.Region[0] && a.from < b.to && b.from < a.to {
			return merged, false // parts of one list
		}
	}
	places := make([]place, 0, n)
	for i := range shares {
		for at := shares[i].from; at < shares[i].to; at++ {
			places = append(places, place{shares[i].of.Region[at], int32(i), int32(at)})
		}
	}
	byRegion := func(a, b place) int { return cmp.Compare(a.region, b.region) }
	if !slices.IsSortedFunc(places, byRegion) {
		slices.SortFunc(places, byRegion)
	}
	for i := 1; i < n; i++ {
		if places[i].region == places[i-1].region {
			return merged, false
		}
	}
	merged.Region, merged.Until = make([]int32, n), make([]indicator.Day, n)
	for i, from := range places {
		merged.Region[i], merged.Until[i] = from.region, shares[from.share].of.LastDay(int(from.at))
	}
	merged.Value = mergeColumn(shares, places, func(t *store.Stretch) []float64 { return t.Value }, 0)
	merged.Missing = mergeColumn(shares, places, func(t *store.Stretch) []indicator.Missing { return t.Missing }, indicator.NotMissing)
	merged.Precision = mergeColumn(shares, places, func(t *store.Stretch) []indicator.Precision { return t.Precision }, indicator.Exact)
	merged.Numerator = mergeColumn(shares, places, func(t *store.Stretch) []float64 { return t.Numerator }, math.NaN())
	merged.Denominator = mergeColumn(shares, places, func(t *store.Stretch) []float64 { return t.Denominator }, math.NaN())
	merged.CountsPrecision = mergeColumn(shares, places, func(t *store.Stretch) []indicator.Precision { return t.CountsPrecision }, indicator.Exact)
	merged.Used = mergeColumn(shares, places, func(t *store.Stretch) []int32 { return t.Used }, 1)
	return merged, true
}

// mergeColumn merges a column, which is nil where that of every share is. None is the cell of a column that is nil.
func mergeColumn[T any](shares []share, places []place, column func(*store.Stretch) []T, none T) []T {
	columns := make([][]T, len(shares))
	said := false
	for i := range shares {
		columns[i] = column(shares[i].of)
		said = said || columns[i] != nil
	}
	if !said {
		return nil
	}
	merged := make([]T, len(places))
	for i, from := range places {
		merged[i] = none
		if of := columns[from.share]; of != nil {
			merged[i] = of[from.at]
		}
	}
	return merged
}

package loader

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Impact is what publishing a batch would change in the current figures: reported ones, and those that the store derives
// from them. A report that is older than the current one changes nothing here.
type Impact struct {
	// Figures are those that would move most, at most MaxMoves of Moved. A rate moves by points, any other figure by
	// its share of the larger value.
	Figures []FigureMove
	Moved   int64
	// Ranks are those that would move by most places, at most MaxMoves of RanksMoved.
	Ranks      []RankMove
	RanksMoved int64
	// Indicators are those of which any figure would change, in the order of their codes.
	Indicators []IndicatorImpact
}

// MaxMoves bounds each list of an Impact.
const MaxMoves = 10

// FigureMove is a figure with another value than before.
type FigureMove struct {
	Key      indicator.ObservationKey
	Unit     string
	Old, New float64
	// Change is New against Old: in the indicator's own points where Points is set, else in percent of Old, NaN where
	// Old is 0.
	Change  float64
	Points  bool
	Derived bool
}

// RankMove is a region at another place among the regions of its level that have a figure of the same indicator, slice,
// period and status. Equal figures share a place, and 1 is the best: the highest, or the lowest where lower is better.
type RankMove struct {
	Key       indicator.ObservationKey
	Level     indicator.Level
	Old, New  int
	OldOf, Of int // how many regions had a place, and have one
}

// IndicatorImpact counts what would change of one indicator.
type IndicatorImpact struct {
	Indicator string
	// Added counts the figures that have a value and had none, Moved those with another value, Gone those that lose it.
	Added, Moved, Gone int64
	// RegionsBefore and RegionsAfter count the regions with figures, of any period.
	RegionsBefore, RegionsAfter int64
}

// view is a snapshot as the comparison reads it.
type view struct {
	reader  store.Reader
	catalog *catalog.Catalog
}

// touched is an indicator with the span of periods in which its figures may have changed.
type touched struct {
	indicator *catalog.Indicator // of the staged catalogue
	span      indicator.Period
}

// impact compares the staged snapshot with the one it was built from, of which before is nil if there is none. Only the
// periods of indicators are read of which the load, the newest, brought a report.
type impact struct {
	before, after *view
	page          int     // how many rows of a side are read at once
	regions       []int32 // ordinals of before's regions after; -1 where there is none
	slices        []int32
	indicators    map[string]int32 // ordinals of before's indicators by code
	figures       top[FigureMove]
	ranks         top[RankMove]
}

// measure compares two snapshots; from is the position of the load that made the later one. The indicators replaced may
// have lost figures at any time.
func measure(ctx context.Context, before, after *view, from int32, replaced []*catalog.Indicator) (*Impact, error) {
	m := impact{before: before, after: after, page: pageRows, figures: top[FigureMove]{less: lessFigure}, ranks: top[RankMove]{less: lessRank}}
	return m.measure(ctx, from, replaced)
}

func (m *impact) measure(ctx context.Context, from int32, replaced []*catalog.Indicator) (*Impact, error) {
	m.match()
	list, err := m.touched(ctx, from, replaced)
	if err != nil {
		return nil, err
	}
	result := &Impact{}
	for _, t := range list {
		counts, err := m.compare(ctx, t)
		if err != nil {
			return nil, err
		}
		if counts.Added+counts.Moved+counts.Gone == 0 {
			continue
		}
		if err := m.countRegions(ctx, t.indicator, counts); err != nil {
			return nil, err
		}
		result.Indicators = append(result.Indicators, *counts)
	}
	slices.SortFunc(result.Indicators, func(a, b IndicatorImpact) int { return cmp.Compare(a.Indicator, b.Indicator) })
	result.Figures, result.Moved = m.figures.list, m.figures.seen
	result.Ranks, result.RanksMoved = m.ranks.list, m.ranks.seen
	return result, nil
}

// match finds the ordinals of before's catalogue in after's.
func (m *impact) match() {
	if m.before == nil {
		return
	}
	known := make(map[string]int32, len(m.after.catalog.Regions()))
	for i := range m.after.catalog.Regions() {
		known[regionKey(&m.after.catalog.Regions()[i].Region)] = int32(i)
	}
	for i := range m.before.catalog.Regions() {
		id, ok := known[regionKey(&m.before.catalog.Regions()[i].Region)]
		if !ok {
			id = -1
		}
		m.regions = append(m.regions, id)
	}
	for _, s := range m.before.catalog.Slices() {
		id, ok := m.after.catalog.SliceID(s)
		if !ok {
			id = -1
		}
		m.slices = append(m.slices, id)
	}
	m.indicators = make(map[string]int32)
	for i := range m.before.catalog.Indicators() {
		m.indicators[m.before.catalog.Indicators()[i].Code] = int32(i)
	}
}

// touched lists the indicators that the load reported, and the rates that take their counts from them.
func (m *impact) touched(ctx context.Context, from int32, replaced []*catalog.Indicator) ([]touched, error) {
	s := store.NewSelect()
	s.LoadsFrom = from
	tallies, err := m.after.reader.Count(ctx, s, store.KeyIndicator)
	if err != nil {
		return nil, err
	}
	spans := make(map[int32]indicator.Period)
	extend := func(id int32, span indicator.Period) {
		if old, ok := spans[id]; ok {
			span.Start, span.End = min(span.Start, old.Start), max(span.End, old.End)
		}
		spans[id] = span
	}
	for _, t := range tallies {
		if t.Rows > 0 {
			extend(t.Keys[0], indicator.Period{Start: t.First, End: t.Last})
		}
	}
	for _, ind := range replaced {
		extend(ind.ID, indicator.Period{Start: indicator.NoDay, End: indicator.Forever})
	}
	all := m.after.catalog.Indicators()
	for i := range all {
		if all[i].Derived() {
			continue
		}
		for _, part := range []*catalog.Indicator{all[i].Numerator, all[i].Denominator} {
			if part == nil {
				continue
			}
			if span, ok := spans[part.ID]; ok {
				extend(all[i].ID, span)
			}
		}
	}
	var list []touched
	for i := range all {
		if span, ok := spans[all[i].ID]; ok {
			list = append(list, touched{&all[i], span})
		}
	}
	return list, nil
}

// compare goes through the figures of an indicator on both sides, period by period.
func (m *impact) compare(ctx context.Context, t touched) (*IndicatorImpact, error) {
	counts := &IndicatorImpact{Indicator: t.indicator.Code}
	after := newGroups(m.after.reader, t, t.indicator.ID, m.page)
	before := &groups{rows: &store.Rows{}, ended: true}
	if m.before != nil {
		if id, ok := m.indicators[t.indicator.Code]; ok {
			before = newGroups(m.before.reader, t, id, m.page)
			before.regions, before.slices = m.regions, m.slices
		}
	}
	old, err := before.next(ctx)
	fresh, afterErr := after.next(ctx)
	for err = errors.Join(err, afterErr); err == nil && (old != nil || fresh != nil); {
		order := old.compare(fresh)
		left, right := old, fresh
		if order <= 0 {
			old, err = before.next(ctx)
		} else {
			left = nil
		}
		if order < 0 {
			right = nil
		} else if err == nil {
			fresh, err = after.next(ctx)
		}
		m.group(t.indicator, left, right, counts)
	}
	return counts, err
}

// countRegions counts the regions with figures of an indicator on both sides.
func (m *impact) countRegions(ctx context.Context, ind *catalog.Indicator, counts *IndicatorImpact) error {
	count := func(v *view, id int32) (int64, error) {
		s := store.NewSelect()
		s.Indicators = []int32{id}
		tallies, err := v.reader.Count(ctx, s, store.KeyIndicator)
		if err != nil || len(tallies) == 0 {
			return 0, err
		}
		return tallies[0].Regions, nil
	}
	var err error
	if counts.RegionsAfter, err = count(m.after, ind.ID); err != nil || m.before == nil {
		return err
	}
	if id, ok := m.indicators[ind.Code]; ok {
		counts.RegionsBefore, err = count(m.before, id)
	}
	return err
}

// top keeps the first MaxMoves of what it is given, by an order, and counts all.
type top[M any] struct {
	less func(a, b M) int
	list []M
	seen int64
}

func (t *top[M]) add(move M) {
	t.seen++
	at, _ := slices.BinarySearchFunc(t.list, move, t.less)
	if at >= MaxMoves {
		return
	}
	t.list = slices.Insert(t.list, at, move)
	t.list = t.list[:min(len(t.list), MaxMoves)]
}

// extent says how much a figure moves, so that figures of any indicator can be ordered: points for rates, and for others
// the change in percent of the larger value, which has a meaning for zero too and is at most 200.
func (f *FigureMove) extent() float64 {
	if f.Points {
		return math.Abs(f.Change)
	}
	return 100 * math.Abs(f.New-f.Old) / max(math.Abs(f.New), math.Abs(f.Old))
}

func lessFigure(a, b FigureMove) int {
	return cmp.Or(cmp.Compare(b.extent(), a.extent()), compareKeys(a.Key, b.Key))
}

func lessRank(a, b RankMove) int {
	return cmp.Or(cmp.Compare(abs(b.New-b.Old), abs(a.New-a.Old)), compareKeys(a.Key, b.Key))
}

func abs(n int) int { return max(n, -n) }

func compareKeys(a, b indicator.ObservationKey) int {
	return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Slice, b.Slice), cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.Period, b.Period), cmp.Compare(a.Region, b.Region))
}

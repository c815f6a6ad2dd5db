package loader

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// groupKey is what the figures of a group share, with the ordinals of the staged catalogue.
type groupKey struct {
	slice  int32
	status indicator.Status
	period indicator.Period
}

// compare orders keys as a Reader's natural order does.
func (k groupKey) compare(other groupKey) int {
	return cmp.Or(cmp.Compare(k.slice, other.slice), cmp.Compare(k.status, other.status),
		cmp.Compare(k.period.End, other.period.End), cmp.Compare(k.period.Start, other.period.Start))
}

// cell is the figure of a region; value and rate are NaN where there is none.
type cell struct {
	region  int32
	value   float64 // as reported
	rate    float64 // by the counts of a rate where both are known, which is what regions are compared by
	derived bool
}

// group is the figures of one indicator, slice, status and period, by region.
type group struct {
	key   groupKey
	cells []cell
}

// compare orders groups by their keys; the absent one comes last.
func (g *group) compare(other *group) int {
	switch {
	case g == nil:
		return 1
	case other == nil:
		return -1
	}
	return g.key.compare(other.key)
}

// pageRows bounds the rows that a side of the comparison holds besides one group.
const pageRows = 1 << 16

// groups reads an indicator's figures group by group.
//
// The order of groups is that of the staged catalogue on both sides: a load adds slices behind those that there are.
type groups struct {
	reader          store.Reader
	selection       store.Select
	regions, slices []int32 // ordinals in the staged catalogue; nil where they are those
	scale           float64 // of a rate's counts; 0 where the indicator is none
	rows            *store.Rows
	at              int
	ended           bool
}

// newGroups reads the figures of an indicator, which has the ordinal id in the reader's catalogue, by so many rows at once.
func newGroups(reader store.Reader, t touched, id int32, page int) *groups {
	s := store.NewSelect()
	s.Indicators, s.Within, s.Limit = []int32{id}, &t.span, page
	g := &groups{reader: reader, selection: s, rows: &store.Rows{}}
	if t.indicator.Kind == indicator.Ratio {
		g.scale = t.indicator.Scale
	}
	return g
}

// next returns the next group; nil at the end.
func (g *groups) next(ctx context.Context) (*group, error) {
	var found *group
	for {
		if g.at == g.rows.Len() {
			if err := g.page(ctx); err != nil {
				return nil, err
			}
			if g.ended {
				break
			}
		}
		key := g.key()
		if found == nil {
			found = &group{key: key}
		} else if found.key != key {
			break
		}
		if region := moved(g.regions, g.rows.Region[g.at]); region >= 0 {
			found.cells = append(found.cells, g.cell(region))
		}
		g.at++
	}
	if found != nil {
		// Regions may be numbered anew.
		slices.SortFunc(found.cells, func(a, b cell) int { return cmp.Compare(a.region, b.region) })
	}
	return found, nil
}

// page reads the rows behind those that have been read.
func (g *groups) page(ctx context.Context) error {
	if g.ended {
		return nil
	}
	if n := g.rows.Len(); n > 0 {
		last := n - 1
		g.selection.After = &store.Position{
			Indicator: g.rows.Indicator[last], Slice: g.rows.Slice[last], Status: g.rows.Status[last],
			Period: indicator.Period{Start: g.rows.Start[last], End: g.rows.End[last]}, Region: g.rows.Region[last],
		}
	}
	rows, err := g.reader.Select(ctx, g.selection)
	if err != nil {
		return err
	}
	g.rows, g.at, g.ended = rows, 0, rows.Len() == 0
	return nil
}

func (g *groups) key() groupKey {
	return groupKey{
		slice: moved(g.slices, g.rows.Slice[g.at]), status: g.rows.Status[g.at],
		period: indicator.Period{Start: g.rows.Start[g.at], End: g.rows.End[g.at]},
	}
}

func (g *groups) cell(region int32) cell {
	c := cell{region: region, value: g.rows.Value[g.at], derived: g.rows.Derived[g.at]}
	if g.rows.Missing[g.at] != indicator.NotMissing {
		c.value = math.NaN()
	}
	c.rate = c.value
	if n, d := g.rows.Numerator[g.at], g.rows.Denominator[g.at]; g.scale > 0 && !math.IsNaN(n) && d > 0 {
		c.rate = g.scale * n / d
	}
	return c
}

func moved(ordinals []int32, id int32) int32 {
	if ordinals == nil {
		return id
	}
	return ordinals[id]
}

// group compares the figures of one period on both sides; either may be nil.
func (m *impact) group(ind *catalog.Indicator, old, fresh *group, counts *IndicatorImpact) {
	key := groupKey{}
	var before, after []cell
	if old != nil {
		key, before = old.key, old.cells
	}
	if fresh != nil {
		key, after = fresh.key, fresh.cells
	}
	changed := false
	for i, j := 0, 0; i < len(before) || j < len(after); {
		was, is := cell{value: math.NaN(), rate: math.NaN()}, cell{value: math.NaN(), rate: math.NaN()}
		switch {
		case j == len(after) || i < len(before) && before[i].region < after[j].region:
			was = before[i]
			i++
		case i == len(before) || after[j].region < before[i].region:
			is = after[j]
			j++
		default:
			was, is = before[i], after[j]
			i++
			j++
		}
		if m.figure(ind, key, was, is, counts) || was.rate != is.rate && !math.IsNaN(was.rate) && !math.IsNaN(is.rate) {
			changed = true
		}
	}
	if changed {
		m.rank(ind, key, before, after)
	}
}

// figure counts how one figure changes, and reports whether it does.
func (m *impact) figure(ind *catalog.Indicator, key groupKey, was, is cell, counts *IndicatorImpact) bool {
	switch {
	case math.IsNaN(was.value) && math.IsNaN(is.value), was.value == is.value:
		return false
	case math.IsNaN(was.value):
		counts.Added++
		return true
	case math.IsNaN(is.value):
		counts.Gone++
		return true
	}
	counts.Moved++
	move := FigureMove{
		Key: m.key(ind, key, is.region), Unit: ind.Unit, Old: was.value, New: is.value, Derived: is.derived,
		Points: ind.Unit == unitPercent || ind.Unit == unitPerMille,
	}
	switch {
	case move.Points:
		move.Change = significant(is.value - was.value)
	case was.value == 0:
		move.Change = math.NaN()
	default:
		move.Change = significant(100 * (is.value - was.value) / math.Abs(was.value))
	}
	m.figures.add(move)
	return true
}

// significant rounds to the twelve digits that a difference of doubles can be trusted for.
func significant(value float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 12, 64), 64)
	if err != nil {
		return value
	}
	return rounded
}

func (m *impact) key(ind *catalog.Indicator, key groupKey, region int32) indicator.ObservationKey {
	return indicator.ObservationKey{
		Region: m.after.catalog.Regions()[region].Code, Indicator: ind.Code, Slice: m.after.catalog.Slices()[key.slice].String(),
		Period: key.period.String(), Status: key.status,
	}
}

// placed is a region's place among those of its level.
type placed struct{ place, of int }

// rank compares the places of regions that have one on both sides.
func (m *impact) rank(ind *catalog.Indicator, key groupKey, before, after []cell) {
	if len(before) == 0 || len(after) == 0 {
		return
	}
	was, is := m.places(ind, before), m.places(ind, after)
	for _, c := range after {
		old, had := was[c.region]
		now, has := is[c.region]
		if !had || !has || old.place == now.place {
			continue
		}
		m.ranks.add(RankMove{
			Key: m.key(ind, key, c.region), Level: m.after.catalog.Regions()[c.region].Level,
			Old: old.place, OldOf: old.of, New: now.place, Of: now.of,
		})
	}
}

// places ranks the regions of each level by their figures; equal figures share the better place.
func (m *impact) places(ind *catalog.Indicator, cells []cell) map[int32]placed {
	levels := make(map[indicator.Level][]cell)
	for _, c := range cells {
		if !math.IsNaN(c.rate) {
			level := m.after.catalog.Regions()[c.region].Level
			levels[level] = append(levels[level], c)
		}
	}
	found := make(map[int32]placed, len(cells))
	for _, list := range levels {
		slices.SortFunc(list, func(a, b cell) int {
			if ind.Polarity == indicator.LowerIsBetter {
				return cmp.Compare(a.rate, b.rate)
			}
			return cmp.Compare(b.rate, a.rate)
		})
		place := 1
		for i, c := range list {
			if i > 0 && c.rate != list[i-1].rate {
				place = i + 1
			}
			found[c.region] = placed{place, len(list)}
		}
	}
	return found
}

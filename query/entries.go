package query

import (
	"cmp"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// sortEntries sorts entries in tree order by the orders, by rank where there are none; equal ones stay in tree order.
func sortEntries(s *scratch.Scratch, entries []*Entry, orders []EntryOrder) {
	switch len(orders) {
	case 0:
		orders = []EntryOrder{{By: EntryByRank}}
		fallthrough
	case 1:
		sortByKey(s, entries, orders[0])
	default:
		slices.SortStableFunc(entries, func(a, b *Entry) int {
			for _, order := range orders {
				if c := cmp.Compare(order.key(a), order.key(b)); c != 0 {
					return c
				}
			}
			return 0
		})
	}
}

// key orders entries as the order does. Entries without a difference come after the others, or before them in descending order.
func (o EntryOrder) key(e *Entry) (key int64) {
	switch o.By {
	case EntryByRegion:
		key = int64(e.Region.ID)
	case EntryByRank:
		key = int64(e.Rank)
	case EntryByValue:
		key = ordered(e.Quantity.Value + 0) // both zeros are equal
	case EntryByDifference:
		if key = ordered(e.Difference.Value + 0); math.IsNaN(e.Difference.Value) {
			key = math.MaxInt64
		}
	}
	if o.Descending {
		key = ^key
	}
	return key
}

// sortByKey sorts entries by the keys of an order.
func sortByKey(s *scratch.Scratch, entries []*Entry, order EntryOrder) {
	list := rankedMemory.Make(s, len(entries))
	for i, e := range entries {
		list[i] = ranked{order.key(e), int32(i)} //nolint:gosec // there are fewer regions
	}
	before := entryListMemory.Clone(s, entries)
	for i, one := range sortRanked(list, rankedMemory.Make(s, len(list))) {
		entries[i] = before[one.at]
	}
}

// Columns are entries as parallel arrays of equal length, for charts and large groups.
type Columns struct {
	Regions     []string // codes
	Values      []float64
	Precisions  []indicator.Precision
	Ranks       []int
	Percentiles []float64
	ZScores     []*float64
	Differences []*float64
}

// Columns returns the page's entries as parallel arrays, in their order.
func (c *IndicatorComparison) Columns() *Columns {
	n := len(c.Page.Nodes)
	var s *scratch.Scratch
	if n > 0 {
		s = c.Page.Nodes[0].group.scratch
	}
	columns := &Columns{
		Regions: textMemory.Make(s, n), Values: numberMemory.Make(s, n), Precisions: precisionMemory.Make(s, n), Ranks: wholeNumberMemory.Make(s, n),
		Percentiles: numberMemory.Make(s, n), ZScores: optionalMemory.Make(s, n), Differences: optionalMemory.Make(s, n),
	}
	differences := numberMemory.Make(s, n)
	for i, e := range c.Page.Nodes {
		columns.Regions[i], columns.Values[i], columns.Precisions[i] = e.Region.Code, e.Quantity.Value, e.Quantity.Precision
		columns.Ranks[i], columns.Percentiles[i], columns.ZScores[i] = e.Rank, e.Percentile, e.ZScore
		if number(e.Difference.Value) != nil {
			differences[i] = e.Difference.Value
			columns.Differences[i] = &differences[i]
		}
	}
	return columns
}

package query

import (
	"cmp"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// sortEntries sorts by the orders, by rank where there are none, then by region in tree order.
func sortEntries(s *scratch.Scratch, entries []*Entry, orders []EntryOrder) {
	if len(orders) == 0 {
		orders = []EntryOrder{{By: EntryByRank}}
	}
	if len(orders) == 1 && orders[0].By == EntryByRank && !orders[0].Descending && sortByRank(s, entries) {
		return
	}
	slices.SortFunc(entries, func(a, b *Entry) int {
		for _, order := range orders {
			var c int
			switch order.By {
			case EntryByRegion:
				c = cmp.Compare(a.Region.ID, b.Region.ID)
			case EntryByRank:
				c = cmp.Compare(a.Rank, b.Rank)
			case EntryByValue:
				c = cmp.Compare(a.Quantity.Value, b.Quantity.Value)
			case EntryByDifference:
				c = compareNumbers(a.Difference.Value, b.Difference.Value, false)
			}
			if order.Descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a.Region.ID, b.Region.ID)
	})
}

// sortByRank sorts entries that are in tree order by rank, if their ranks are dense enough to be counted.
func sortByRank(s *scratch.Scratch, entries []*Entry) bool {
	most := 0
	for _, e := range entries {
		most = max(most, e.Rank)
	}
	if most > 2*len(entries)+1 {
		return false
	}
	next := rowMemory.Make(s, most+2) // by rank: where the next entry of that rank goes
	for _, e := range entries {
		next[e.Rank+1]++
	}
	for rank := 1; rank < len(next); rank++ {
		next[rank] += next[rank-1]
	}
	for _, e := range entryListMemory.Clone(s, entries) {
		entries[next[e.Rank]] = e
		next[e.Rank]++
	}
	return true
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

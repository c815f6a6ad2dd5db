package query

import (
	"cmp"
	"slices"

	"github.com/countyql/countyql/indicator"
)

// sortEntries sorts by the orders, by rank where there are none, then by region in tree order.
func sortEntries(entries []*Entry, orders []EntryOrder) {
	if len(orders) == 0 {
		orders = []EntryOrder{{By: EntryByRank}}
	}
	if len(orders) == 1 && orders[0].By == EntryByRank && !orders[0].Descending && sortByRank(entries) {
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
func sortByRank(entries []*Entry) bool {
	most := 0
	for _, e := range entries {
		most = max(most, e.Rank)
	}
	if most > 2*len(entries)+1 {
		return false
	}
	next := make([]int32, most+2) // by rank: where the next entry of that rank goes
	for _, e := range entries {
		next[e.Rank+1]++
	}
	for rank := 1; rank < len(next); rank++ {
		next[rank] += next[rank-1]
	}
	for _, e := range slices.Clone(entries) {
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
	columns := &Columns{
		Regions: make([]string, n), Values: make([]float64, n), Precisions: make([]indicator.Precision, n), Ranks: make([]int, n),
		Percentiles: make([]float64, n), ZScores: make([]*float64, n), Differences: make([]*float64, n),
	}
	differences := make([]float64, n)
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

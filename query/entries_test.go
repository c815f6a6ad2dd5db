package query

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// Entries sorted by one order, digit by digit or not, are as by that order and the tree, one comparison after the other.
func TestSortEntries(t *testing.T) {
	t.Parallel()
	numbers := rapid.SampledFrom([]float64{math.Inf(-1), -7.5, -1, math.Copysign(0, -1), 0, 1e-300, 3, 3.5, 1e9})
	rapid.Check(t, func(t *rapid.T) {
		entries := make([]*Entry, rapid.SampledFrom([]int{0, 1, 5, fewRanked - 1, fewRanked, 300}).Draw(t, "entries"))
		for i := range entries {
			difference := numbers.Draw(t, "difference")
			if rapid.Bool().Draw(t, "none") {
				difference = math.NaN()
			}
			entries[i] = &Entry{
				Region: &catalog.Region{ID: int32(2 * i)}, Rank: rapid.IntRange(1, 400).Draw(t, "rank"), //nolint:gosec // small
				Quantity: indicator.Quantity{Value: numbers.Draw(t, "value")}, Difference: indicator.Quantity{Value: difference},
			}
		}
		order := EntryOrder{By: rapid.SampledFrom([]EntryKey{EntryByRegion, EntryByRank, EntryByValue, EntryByDifference}).Draw(t, "by"), Descending: rapid.Bool().Draw(t, "descending")}
		want := slices.Clone(entries)
		slices.SortStableFunc(want, func(a, b *Entry) int {
			c := 0
			switch order.By {
			case EntryByRegion:
				c = int(a.Region.ID - b.Region.ID)
			case EntryByRank:
				c = a.Rank - b.Rank
			case EntryByValue:
				c = compareNumbers(a.Quantity.Value, b.Quantity.Value, false)
			case EntryByDifference:
				c = compareNumbers(a.Difference.Value, b.Difference.Value, false)
			}
			if order.Descending {
				return -c
			}
			return c
		})
		var s scratch.Scratch
		defer s.Free()
		one, two := slices.Clone(entries), slices.Clone(entries)
		sortEntries(&s, one, []EntryOrder{order})
		sortEntries(&s, two, []EntryOrder{order, {By: EntryByRegion}})
		if !slices.Equal(one, want) || !slices.Equal(two, want) {
			t.Fatalf("%d entries by %v are out of order", len(entries), order)
		}
	})
}

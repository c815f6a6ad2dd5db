package duckdb

import (
	"cmp"
	"slices"

	"github.com/countyql/countyql/indicator"
)

// periodNumbers numbers the periods of a batch, of which there are few different ones, in the order in which they are met.
type periodNumbers struct {
	numbers map[indicator.Period]uint32
	last    indicator.Period // the period met last, and its number
	number  uint32
}

func newPeriodNumbers() periodNumbers {
	return periodNumbers{numbers: make(map[indicator.Period]uint32)}
}

func (n *periodNumbers) of(p indicator.Period) uint32 {
	if n.last == p && len(n.numbers) > 0 {
		return n.number
	}
	number, ok := n.numbers[p]
	if !ok {
		number = uint32(len(n.numbers))
		n.numbers[p] = number
	}
	n.last, n.number = p, number
	return number
}

// rank orders the periods by their last days, then by their first ones: rank is by number, ordered by rank.
func (n *periodNumbers) rank() (rank []uint32, ordered []indicator.Period) {
	rank, ordered = make([]uint32, len(n.numbers)), make([]indicator.Period, 0, len(n.numbers))
	for p := range n.numbers {
		ordered = append(ordered, p)
	}
	slices.SortFunc(ordered, func(a, b indicator.Period) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Start, b.Start))
	})
	for place, p := range ordered {
		rank[n.numbers[p]] = uint32(place)
	}
	return rank, ordered
}

package query

import (
	"cmp"
	"slices"
)

// placing is how many values of a group are smaller than one of them, and how many equal to it, itself among them.
type placing struct{ smaller, equal int32 }

// ranked is one of a list by what the list is put in order by.
type ranked struct {
	key int64
	at  int32 // in the list as it was
}

// rank orders the group's values and tells where each cell stands among them.
func (g *comparisonGroup) rank() {
	list := rankedMemory.Room(g.scratch, len(g.cells))
	for i := range g.cells {
		if q := g.cells[i].quantity; q.Known() {
			list = append(list, ranked{ordered(q.Value + 0), int32(i)}) // both zeros are equal
		}
	}
	list = sortRanked(list, rankedMemory.Make(g.scratch, len(list)))
	g.sorted, g.placings = numberMemory.Make(g.scratch, len(list)), placingMemory.Make(g.scratch, len(g.cells))
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && list[to].key == list[from].key {
			g.sorted[to] = g.cells[list[to].at].quantity.Value
			to++
		}
		for _, one := range list[from:to] {
			g.placings[one.at] = placing{int32(from), int32(to - from)} //nolint:gosec // a group has fewer cells
		}
		from = to
	}
}

// placing is where the value of a cell stands in the group, of which the cell is one if at is its place, and not with -1.
func (g *comparisonGroup) placing(at int, value float64) (smaller, equal int) {
	if at >= 0 {
		return int(g.placings[at].smaller), int(g.placings[at].equal)
	}
	return counts(g.sorted, value)
}

const (
	digitBits = 8
	digits    = 64 / digitBits
	fewRanked = 64 // are compared rather than counted
)

// sortRanked sorts a list that is as it was by key, digit by digit: thousands take a fraction of what comparing takes. What is equal stays
// as it was. It uses the list for its own, and another of as many.
func sortRanked(list, to []ranked) []ranked {
	if len(list) < fewRanked {
		slices.SortFunc(list, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) })
		return list
	}
	var counts [digits][1 << digitBits]int32
	for i := range list {
		key := list[i].unsigned()
		for d := range digits {
			counts[d][uint8(key>>(d*digitBits))]++
		}
	}
	for d := range digits {
		shift := d * digitBits
		if int(counts[d][uint8(list[0].unsigned()>>shift)]) == len(list) {
			continue // it is the same in all
		}
		next := &counts[d]
		sum := int32(0)
		for digit, n := range next {
			next[digit], sum = sum, sum+n
		}
		for _, one := range list {
			digit := uint8(one.unsigned() >> shift)
			to[next[digit]] = one
			next[digit]++
		}
		list, to = to, list
	}
	return list
}

// unsigned is the key as a number without a sign, which orders alike.
func (r ranked) unsigned() uint64 { return uint64(r.key) ^ 1<<63 } //nolint:gosec // the bits count

package resident

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/countyql/countyql/store"
)

// sorted is a picked row with what it is sorted by.
type sorted struct {
	key   uint64 // of the order; ascending whatever the direction
	place int    // in natural order
}

// arrange puts the picked rows into the selection's order, drops those up to its position, and ends after its limit.
func (p *picker) arrange() {
	s := p.selection
	if s.Order == (store.Order{}) {
		if s.After != nil {
			p.skip(s.After)
		}
		p.limit()
		return
	}
	p.split()
	if s.After != nil {
		p.segments = slices.DeleteFunc(p.segments, func(one segment) bool { return one.compare(s.After, s.Order) <= 0 })
		p.count = len(p.segments)
	}
	switch {
	case s.Order.By != store.Natural:
		p.sort()
	case s.Order.Descending:
		slices.Reverse(p.segments)
	}
	p.limit()
}

// skip drops the rows up to a position of the natural order, in which they are.
func (p *picker) skip(after *store.Position) {
	behind := func(s *segment, i int32) bool {
		row := segment{s.block, s.run, s.row + i, 1}
		return row.compare(after, store.Order{}) > 0
	}
	first := sort.Search(len(p.segments), func(i int) bool { return behind(&p.segments[i], p.segments[i].len-1) })
	for i := range p.segments[:first] {
		p.count -= int(p.segments[i].len)
	}
	p.segments = slices.Delete(p.segments, 0, first)
	if len(p.segments) > 0 {
		one := &p.segments[0]
		dropped := int32(sort.Search(int(one.len), func(i int) bool { return behind(one, int32(i)) })) //nolint:gosec // no larger than a length
		one.row, one.len, p.count = one.row+dropped, one.len-dropped, p.count-int(dropped)
	}
}

// split makes a segment of each row.
func (p *picker) split() {
	rows := make([]segment, 0, p.count)
	for _, many := range p.segments {
		for i := range many.len {
			rows = append(rows, segment{many.block, many.run, many.row + i, 1})
		}
	}
	p.segments = rows
}

// limit leaves the rows of the selection's limit; of a selection that has more than its cap one more than that.
func (p *picker) limit() {
	most := p.selection.Limit
	if limit := p.selection.Cap; limit > 0 && (most == 0 || most > limit) {
		most = limit + 1
	}
	if most == 0 || p.count <= most {
		return
	}
	left := int32(min(most, math.MaxInt32))
	for i := range p.segments {
		one := &p.segments[i]
		if one.len >= left {
			one.len = left
			p.segments = p.segments[:i+1]
			break
		}
		left -= one.len
	}
	p.count = most
}

// sort sorts rows, each a segment of its own.
func (p *picker) sort() {
	order := p.selection.Order
	keys := make([]sorted, len(p.segments))
	for i := range p.segments {
		keys[i] = sorted{p.segments[i].key(order), i}
	}
	slices.SortFunc(keys, func(a, b sorted) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.place, b.place)) })
	rows := make([]segment, len(keys))
	for i, key := range keys {
		rows[i] = p.segments[key.place]
	}
	p.segments = rows
}

// key is what a row is sorted by before the natural order.
func (s *segment) key(order store.Order) uint64 {
	switch order.By {
	case store.ByRegion:
		return directed(orderedInt(s.block.region(s.run, s.row)), order.Descending)
	case store.ByPeriod:
		period := s.block.runs[s.run].period
		return directed(orderedInt(int32(period.End))<<32|orderedInt(int32(period.Start)), order.Descending)
	}
	return valueKey(floatAt(&s.block.value, s.row), order.Descending)
}

// valueKey orders values, missing ones last in either direction.
func valueKey(value float64, descending bool) uint64 {
	if math.IsNaN(value) {
		return math.MaxUint64
	}
	return directed(orderedFloat(value), descending)
}

func directed(key uint64, descending bool) uint64 {
	if descending {
		return ^key
	}
	return key
}

// orderedInt maps integers to 32 bits that compare as they do.
func orderedInt(x int32) uint64 { return uint64(uint32(x) ^ 1<<31) }

// orderedFloat maps floats but NaN to integers that compare as they do, none of them the largest or the smallest.
func orderedFloat(x float64) uint64 {
	if x == 0 {
		x = 0 // of both zeros
	}
	b := math.Float64bits(x)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// compare compares a row with a position in an order.
func (s *segment) compare(p *store.Position, order store.Order) int {
	period := s.block.runs[s.run].period
	region := s.block.region(s.run, s.row)
	natural := cmp.Or(
		cmp.Compare(s.block.indicator, p.Indicator), cmp.Compare(s.block.slice, p.Slice), cmp.Compare(s.block.status, p.Status),
		cmp.Compare(period.End, p.Period.End), cmp.Compare(period.Start, p.Period.Start), cmp.Compare(region, p.Region),
	)
	sign := 1
	if order.Descending {
		sign = -1
	}
	switch order.By {
	case store.ByRegion:
		return cmp.Or(sign*cmp.Compare(region, p.Region), natural)
	case store.ByPeriod:
		return cmp.Or(sign*cmp.Compare(period.End, p.Period.End), sign*cmp.Compare(period.Start, p.Period.Start), natural)
	case store.ByValue:
		value := floatAt(&s.block.value, s.row)
		return cmp.Or(cmp.Compare(valueKey(value, order.Descending), valueKey(p.Value, order.Descending)), natural)
	}
	return sign * natural
}

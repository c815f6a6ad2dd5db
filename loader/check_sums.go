package loader

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// maxTerms bounds the terms that a sum is written out with, and the figures named as its evidence.
const maxTerms = 40

// sum adds up the figures of some rows.
func (f *figures) sum(rows []int) (value float64, precision indicator.Precision) {
	for _, row := range rows {
		value += f.Value[row]
		precision = precision.Plus(f.Precision[row])
	}
	return value, precision
}

// addition writes 334 + 687 + 26 = 1,047.
func (f *figures) addition(rows []int) string {
	terms := make([]string, 0, min(len(rows), maxTerms)+1)
	for _, row := range rows[:min(len(rows), maxTerms)] {
		terms = append(terms, f.words(row))
	}
	if more := len(rows) - maxTerms; more > 0 {
		terms = append(terms, plural(int64(more), "more figure"))
	}
	total, precision := f.sum(rows)
	return strings.Join(terms, " + ") + " = " + inWords(total, precision)
}

// keys names a total and its parts.
func (f *figures) keys(total int, parts []int) []indicator.ObservationKey {
	keys := []indicator.ObservationKey{f.key(total)}
	for _, row := range parts[:min(len(parts), maxTerms)] {
		keys = append(keys, f.key(row))
	}
	return keys
}

// partKey is what a total and its parts have in common.
type partKey struct {
	region int32
	slice  int32 // of the total
	status indicator.Status
	period indicator.Period
}

// partsSum compares reported totals with the sum of their parts, where every value of the dimension is reported. The
// tolerance is relative to the total.
func partsSum(out *findings, check *indicator.Check, f *figures) error {
	dimension, err := f.catalog.Dimension(check.Dimension)
	if err != nil {
		return err
	}
	place, rest := partSlices(f.catalog, dimension)
	groups := make(map[partKey][]int) // the row of each value, -1 where there is none
	f.each(func(row int) {
		slice := f.Slice[row]
		if place[slice] < 0 || rest[slice] < 0 {
			return
		}
		key := partKey{f.Region[row], rest[slice], f.Status[row], f.period(row)}
		if groups[key] == nil {
			groups[key] = slices.Repeat([]int{-1}, len(dimension.Values))
		}
		groups[key][place[slice]] = row
	})
	f.each(func(row int) {
		parts := groups[partKey{f.Region[row], f.Slice[row], f.Status[row], f.period(row)}]
		if parts == nil || f.Derived[row] || slices.Contains(parts, -1) {
			return
		}
		sum, precision := f.sum(parts)
		how := agree(sum, precision, f.Value[row], f.Precision[row], check.Tolerance*math.Abs(f.Value[row]))
		out.add(finding{how, f.Region[row], f.Slice[row], f.End[row], func() description {
			return description{
				choose(how, "the parts add up to the total", "the parts add up to the total, within tolerance and precision",
					"the parts do not add up to the total"),
				f.addition(parts) + ", and the total is " + f.words(row),
				f.keys(row, parts),
			}
		}})
	})
	return nil
}

// partSlices says for every slice which value of the dimension it fixes, -1 for none, and which slice it is a part of,
// -1 where no figure has that one.
func partSlices(c *catalog.Catalog, dimension *indicator.Dimension) (place []int, rest []int32) {
	place = make([]int, len(c.Slices()))
	rest = make([]int32, len(c.Slices()))
	for id, s := range c.Slices() {
		place[id], rest[id] = -1, -1
		value, fixed := s.Value(dimension.Code)
		if !fixed {
			continue
		}
		place[id] = slices.IndexFunc(dimension.Values, func(v indicator.DimensionValue) bool { return v.Value == value })
		if total, ok := c.SliceID(s.Without(dimension.Code)); ok {
			rest[id] = total
		}
	}
	return place, rest
}

// childrenSum compares the reported value of a region with the sum of its children's, where every child in force at the
// period's end is reported. Registers list every county, but below the counties only what has figures: there the
// children may fall short of the region and must only not exceed it. The tolerance is relative to the region's value.
func childrenSum(out *findings, check *indicator.Check, f *figures) {
	rowOf := make(map[int32]int)
	// In natural order the figures of one slice, status and period stand together.
	for first := 0; first < f.Len(); {
		end := first
		clear(rowOf)
		for end < f.Len() && f.Slice[end] == f.Slice[first] && f.Status[end] == f.Status[first] && f.period(end) == f.period(first) {
			if f.known(end) {
				rowOf[f.Region[end]] = end
			}
			end++
		}
		for row := first; row < end; row++ {
			if f.known(row) && !f.Derived[row] {
				compareChildren(out, check, f, row, rowOf)
			}
		}
		first = end
	}
}

func compareChildren(out *findings, check *indicator.Check, f *figures, row int, rowOf map[int32]int) {
	region := &f.catalog.Regions()[f.Region[row]]
	var parts []int
	complete := true
	for _, child := range region.Children {
		if child.ValidFrom != indicator.NoDay && child.ValidFrom > f.End[row] || child.Retired() && child.ValidTo < f.End[row] {
			continue
		}
		part, ok := rowOf[child.ID]
		if !ok {
			return
		}
		parts = append(parts, part)
		complete = complete && child.Level <= indicator.County
	}
	if len(parts) == 0 {
		return
	}
	sum, precision := f.sum(parts)
	how := agrees
	if complete || sum > f.Value[row] {
		how = agree(sum, precision, f.Value[row], f.Precision[row], check.Tolerance*math.Abs(f.Value[row]))
	}
	out.add(finding{how, f.Region[row], f.Slice[row], f.End[row], func() description {
		message := choose(how, "the children add up to the region", "the children add up to the region, within tolerance and precision",
			"the children do not add up to the region")
		if !complete {
			message = choose(how, "the children do not exceed the region", "the children do not exceed the region, within tolerance and precision",
				"the children exceed the region")
		}
		return description{
			message, fmt.Sprintf("%s, and %s is reported for %s", f.addition(parts), f.words(row), region.Name), f.keys(row, parts),
		}
	}})
}

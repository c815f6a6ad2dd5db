package loader

import (
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// partsRule compares reported totals with the sum of their parts, where every value of the dimension is reported. The
// tolerance is relative to the total. Parts come after or before their totals, so that the figures of both are kept.
type partsRule struct {
	*findings
	part   []bool            // by slice: whether figures of it are parts of others
	parts  map[int32][]int32 // of each slice that is a total, those of its parts, in the order of the dimension
	totals []*kept
	kept   map[seriesPeriod]*kept // of parts
	places []int                  // of each part: the figure that has been come to
}

// kept are the figures with a value of one series and period.
type kept struct {
	seriesPeriod
	region    []int32
	value     []float64
	precision []indicator.Precision // nil: all are exact
}

func newPartsRule(out *findings) (*partsRule, error) {
	dimension, err := out.catalog.Dimension(out.check.Dimension)
	if err != nil {
		return nil, err
	}
	r := &partsRule{findings: out, kept: make(map[seriesPeriod]*kept), places: make([]int, len(dimension.Values))}
	r.part, r.parts = partSlices(out.catalog, dimension)
	return r, nil
}

// partSlices finds the slices that have a slice for every value of a dimension.
func partSlices(c *catalog.Catalog, dimension *indicator.Dimension) (part []bool, parts map[int32][]int32) {
	part, parts = make([]bool, len(c.Slices())), make(map[int32][]int32)
	if len(dimension.Values) == 0 {
		return part, parts
	}
	for id, s := range c.Slices() {
		value, fixed := s.Value(dimension.Code)
		if !fixed {
			continue
		}
		place := slices.IndexFunc(dimension.Values, func(v indicator.DimensionValue) bool { return v.Value == value })
		total, ok := c.SliceID(s.Without(dimension.Code))
		if place < 0 || !ok {
			continue
		}
		if parts[total] == nil {
			parts[total] = slices.Repeat([]int32{-1}, len(dimension.Values))
		}
		parts[total][place] = int32(id)
	}
	for total, list := range parts {
		if slices.Contains(list, -1) {
			delete(parts, total)
			continue
		}
		for _, id := range list {
			part[id] = true
		}
	}
	return part, parts
}

func (r *partsRule) look(t *store.Stretch) {
	switch {
	case r.parts[t.Slice] != nil:
		if k := keep(t, true); len(k.region) > 0 {
			r.totals = append(r.totals, k)
		}
	case r.part[t.Slice]:
		r.kept[periodOf(t)] = keep(t, false)
	}
}

// keep copies the figures with a value, those that are derived only if they are not left out.
func keep(t *store.Stretch, leaveOut bool) *kept {
	k := &kept{seriesPeriod: periodOf(t), region: make([]int32, 0, t.Len()), value: make([]float64, 0, t.Len())}
	exact := !slices.ContainsFunc(t.Precision, func(p indicator.Precision) bool { return p != indicator.Exact })
	for i, region := range t.Region {
		if !hasValue(t, i) || leaveOut && derived(t, i) {
			continue
		}
		k.region, k.value = append(k.region, region), append(k.value, t.Value[i])
		if !exact {
			k.precision = append(k.precision, t.Precision[i])
		}
	}
	return k
}

func (r *partsRule) end() {
	list := make([]*kept, len(r.places))
	for _, total := range r.totals {
		at := total.seriesPeriod
		complete := true
		for n, slice := range r.parts[total.slice] {
			at.slice = slice
			list[n] = r.kept[at]
			complete = complete && list[n] != nil
		}
		if complete {
			r.enter(total.seriesPeriod)
			r.compare(total, list)
		}
	}
	r.totals = nil
	clear(r.kept)
}

// compare compares the totals of a period with their parts, region by region.
func (r *partsRule) compare(total *kept, parts []*kept) {
	clear(r.places)
	for i, region := range total.region {
		s, complete := sum{complete: true}, true
		for n, part := range parts {
			at := r.places[n]
			for at < len(part.region) && part.region[at] < region {
				at++
			}
			r.places[n] = at
			if at == len(part.region) || part.region[at] != region {
				complete = false
				break
			}
			s.plus(part.value[at], precisionAt(part.precision, at))
		}
		if !complete {
			continue
		}
		value := total.value[i]
		how := agree(s.value, s.precision, value, precisionAt(total.precision, i), r.check.Tolerance*math.Abs(value))
		if !r.takes(how, region) {
			continue
		}
		for n, part := range parts {
			s.name(r.quote(part, r.places[n]))
		}
		r.add(finding{agreement: how, figure: r.quote(total, i), parts: s})
	}
}

// quote takes a figure out of those that are kept.
func (r *partsRule) quote(k *kept, i int) cited {
	return cited{indicator: r.indicator, seriesPeriod: k.seriesPeriod, region: k.region[i], value: k.value[i], precision: precisionAt(k.precision, i)}
}

func (r *partsRule) describe(found *finding) description {
	return description{
		choose(found.agreement, "the parts add up to the total", "the parts add up to the total, within tolerance and precision",
			"the parts do not add up to the total"),
		found.parts.addition() + ", and the total is " + found.figure.words(),
		found.parts.named(&found.figure),
	}
}

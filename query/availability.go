package query

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Availability is what figures of an indicator exist, over all slices and statuses.
type Availability struct {
	Indicator    *catalog.Indicator
	Observations int64 // missing ones with a reason included
	Regions      int64 // with at least one
	First, Last  indicator.Day
	Gaps         []Gap
}

// Gap counts the figures that are missing for one reason.
type Gap struct {
	Reason       indicator.Missing
	Observations int64
}

// SliceAvailability is what figures of an indicator exist of one slice, over all periods and statuses.
type SliceAvailability struct {
	id           int32
	Slice        indicator.Slice
	Observations int64 // missing ones with a reason included
	Regions      int64 // with at least one
}

// Availability tells what figures exist for the indicators, for all that have figures where codes is nil, in catalogue
// order. Regions narrow the figures; nil does not.
func (s *Session) Availability(ctx context.Context, codes []string, regions *RegionSelector) ([]*Availability, error) {
	selection := store.NewSelect()
	var asked []*catalog.Indicator
	for i, code := range codes {
		ind, err := s.catalog.Indicator(code)
		if err != nil {
			return nil, at(err, "indicators", strconv.Itoa(i))
		}
		asked = append(asked, ind)
	}
	if regions != nil {
		set, err := s.selectRegions(ctx, regions, indicator.NoDay, "regions")
		if err != nil {
			return nil, err
		}
		set.narrow(&selection, s.catalog.Regions())
	}
	if codes == nil {
		for i := range s.catalog.Indicators() {
			asked = append(asked, &s.catalog.Indicators()[i])
		}
	}
	list, err := s.availabilities(ctx, selection, asked)
	if err != nil {
		return nil, err
	}
	if codes == nil { // all were asked about
		list = slices.DeleteFunc(list, func(a *Availability) bool { return a.Observations == 0 })
	}
	return list, nil
}

// IndicatorAvailability tells what figures exist for each of the indicators.
func (s *Session) IndicatorAvailability(ctx context.Context, indicators []*catalog.Indicator) ([]*Availability, error) {
	return s.availabilities(ctx, store.NewSelect(), indicators)
}

// availabilities counts the selection's figures of the indicators.
func (s *Session) availabilities(ctx context.Context, selection store.Select, indicators []*catalog.Indicator) ([]*Availability, error) {
	if len(indicators) == 0 {
		return nil, nil // no filter would mean every indicator
	}
	for _, ind := range indicators {
		selection.Indicators = appendDistinct(selection.Indicators, ind.ID)
	}
	tallies, err := s.count(ctx, selection, store.KeyIndicator)
	if err != nil {
		return nil, err
	}
	found := make(map[int32]*Availability, len(tallies))
	for _, t := range tallies {
		found[t.Keys[0]] = &Availability{Observations: t.Rows, Regions: t.Regions, First: t.First, Last: t.Last}
	}
	gaps, err := s.count(ctx, selection, store.KeyIndicator, store.KeyMissing)
	if err != nil {
		return nil, err
	}
	for _, t := range gaps {
		if reason := indicator.Missing(t.Keys[1]); reason != indicator.NotMissing {
			found[t.Keys[0]].Gaps = append(found[t.Keys[0]].Gaps, Gap{reason, t.Rows})
		}
	}
	list := make([]*Availability, len(indicators))
	for i, ind := range indicators {
		list[i] = &Availability{First: indicator.NoDay, Last: indicator.NoDay}
		if a := found[ind.ID]; a != nil {
			copied := *a
			list[i] = &copied
		}
		list[i].Indicator = ind
	}
	return list, nil
}

// IndicatorSlices tells, for each of the indicators, which slices figures exist of: the total first, then in catalogue order.
// A derived indicator has the slices that both of its parts have, with what exists of its numerator.
func (s *Session) IndicatorSlices(ctx context.Context, indicators []*catalog.Indicator) ([][]*SliceAvailability, error) {
	selection := store.NewSelect()
	for _, ind := range indicators {
		selection.Indicators = appendDistinct(selection.Indicators, ind.ID)
		if ind.Formula != "" {
			selection.Indicators = appendDistinct(selection.Indicators, ind.Numerator.ID)
			selection.Indicators = appendDistinct(selection.Indicators, ind.Denominator.ID)
		}
	}
	tallies, err := s.count(ctx, selection, store.KeyIndicator, store.KeySlice)
	if err != nil {
		return nil, err
	}
	places := s.slicePlaces()
	slices.SortFunc(tallies, func(a, b store.Tally) int { return cmp.Compare(places[a.Keys[1]], places[b.Keys[1]]) })
	found := make(map[int32][]*SliceAvailability, len(indicators))
	has := make(map[[2]int32]bool, len(tallies)) // by indicator and slice
	for _, t := range tallies {
		id := t.Keys[0]
		found[id] = append(found[id], &SliceAvailability{id: t.Keys[1], Slice: s.catalog.Slices()[t.Keys[1]], Observations: t.Rows, Regions: t.Regions})
		has[[2]int32{id, t.Keys[1]}] = true
	}
	lists := make([][]*SliceAvailability, len(indicators))
	for i, ind := range indicators {
		if ind.Formula == "" {
			lists[i] = found[ind.ID]
			continue
		}
		for _, part := range found[ind.Numerator.ID] {
			if has[[2]int32{ind.Denominator.ID, part.id}] {
				lists[i] = append(lists[i], part)
			}
		}
	}
	return lists, nil
}

// slicePlaces tells where each slice, by its ordinal, stands in catalogue order: by dimension, then by the dimension's values, and
// before those that fix more.
func (s *Session) slicePlaces() []int {
	all := s.catalog.Slices()
	values := make(map[indicator.Coordinate]int)
	for _, slice := range all {
		for _, c := range slice {
			if dimension, err := s.catalog.Dimension(c.Dimension); err == nil {
				values[c] = slices.IndexFunc(dimension.Values, func(v indicator.DimensionValue) bool { return v.Value == c.Value })
			}
		}
	}
	order := make([]int, len(all))
	for id := range order {
		order[id] = id
	}
	slices.SortFunc(order, func(a, b int) int {
		return slices.CompareFunc(all[a], all[b], func(x, y indicator.Coordinate) int {
			return cmp.Or(cmp.Compare(x.Dimension, y.Dimension), cmp.Compare(values[x], values[y]))
		})
	})
	places := make([]int, len(all))
	for place, id := range order {
		places[id] = place
	}
	return places
}

package query

import (
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
		set, err := s.selectRegions(regions, "regions")
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

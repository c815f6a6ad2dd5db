package query

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// LatestRequest asks for the newest figure of one series.
type LatestRequest struct {
	Region    *catalog.Region
	Indicator string
	Slice     string // as indicator.Slice.String writes it
	Status    indicator.Status
	AsOf      indicator.Day
	Details   Details
}

// seriesQuestion is what is asked of a series besides its indicator and region.
type seriesQuestion struct {
	slice  int32
	status indicator.Status
	asOf   indicator.Day
}

// askers are the requests that ask one thing of one indicator, each of another region.
type askers struct {
	indicator int32
	requests  []int
}

// Latest returns the newest figure of each request, nil where there is none. A request that names something unknown has an
// error in its place. Figures of a derived indicator are computed. Indicators that are asked for of the same regions in the same way
// take one engine query.
func (s *Session) Latest(ctx context.Context, requests []LatestRequest) ([]*Observation, []error) {
	found, errs := make([]*Observation, len(requests)), make([]error, len(requests))
	asked := make(map[seriesQuestion][]*askers)
	derived := make(map[quotientQuestion][]int)
	for i, r := range requests {
		ind, err := s.catalog.Indicator(r.Indicator)
		if err != nil {
			errs[i] = at(err, "indicator")
			continue
		}
		slice, err := indicator.ParseSlice(r.Slice)
		if err == nil {
			err = s.catalog.CheckSlice(slice)
		}
		if err != nil {
			errs[i] = at(err, "slice")
			continue
		}
		if ind.Derived() {
			q := quotientQuestion{ind, r.Slice, r.Status, r.AsOf, ""}
			derived[q] = append(derived[q], i)
		} else if id, ok := s.catalog.SliceID(slice); ok {
			q := seriesQuestion{id, r.Status, r.AsOf}
			asked[q] = addAsker(asked[q], ind.ID, i)
		}
	}
	for q, indexes := range derived {
		var regions []*catalog.Region
		for _, i := range indexes {
			regions = append(regions, requests[i].Region)
		}
		byRegion, err := s.quotients(ctx, q, regions)
		for _, i := range indexes {
			found[i], errs[i] = byRegion[requests[i].Region.ID], err
		}
	}
	for q, list := range asked {
		for _, together := range ofSameRegions(requests, list) {
			s.latestOf(ctx, q, requests, together, found, errs)
		}
	}
	return found, errs
}

// addAsker adds a request to those that ask for its indicator.
func addAsker(list []*askers, id int32, request int) []*askers {
	for _, a := range list {
		if a.indicator == id {
			a.requests = append(a.requests, request)
			return list
		}
	}
	return append(list, &askers{id, []int{request}})
}

// ofSameRegions puts the indicators together that are asked for of the same regions: those of others are not read for them.
func ofSameRegions(requests []LatestRequest, list []*askers) [][]*askers {
	var groups [][]*askers
	group := make(map[string]int)
	for _, a := range list {
		slices.SortFunc(a.requests, func(i, k int) int { return cmp.Compare(requests[i].Region.ID, requests[k].Region.ID) }) // whoever came first
		var regions []byte
		for _, i := range a.requests {
			regions = binary.LittleEndian.AppendUint32(regions, uint32(requests[i].Region.ID)) //nolint:gosec // not negative
		}
		at, known := group[string(regions)]
		if !known {
			at = len(groups)
			group[string(regions)] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], a)
	}
	return groups
}

// latestOf answers requests that differ in their indicators and regions alone, the same regions for each indicator.
func (s *Session) latestOf(ctx context.Context, q seriesQuestion, requests []LatestRequest, together []*askers, found []*Observation, errs []error) {
	selection := store.NewSelect()
	selection.Evidence, selection.AsOf = true, q.asOf
	selection.Slices, selection.Statuses = []int32{q.slice}, []indicator.Status{q.status}
	selection.Latest = &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
	for _, i := range together[0].requests {
		selection.Regions = append(selection.Regions, regionAlone(requests[i].Region))
	}
	var details Details
	for _, a := range together {
		selection.Indicators = append(selection.Indicators, a.indicator)
		for _, i := range a.requests {
			details |= requests[i].Details
		}
	}
	details.ask(&selection)
	rows, err := s.rows(ctx, selection)
	type series struct{ indicator, region int32 }
	newest := make(map[series]*Observation)
	if err == nil {
		w := newWatch(ctx)
		for i := range rows.Len() {
			if w.step() != nil {
				break
			}
			newest[series{rows.Indicator[i], rows.Region[i]}] = s.observation(rows, i)
		}
		err = w.err
	}
	for _, a := range together {
		for _, i := range a.requests {
			found[i], errs[i] = newest[series{a.indicator, requests[i].Region.ID}], err
		}
	}
}

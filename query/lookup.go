package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The functions of this file answer the same question for many objects at once, with one engine query for each distinct
// way of asking: a list of a thousand regions costs as much as one.

func regionAlone(r *catalog.Region) store.Span { return store.Span{From: r.ID, To: r.ID + 1} }

// Revisions returns every report of each figure, newest first. A figure of a derived indicator stands alone: its parts have
// the reports.
func (s *Session) Revisions(ctx context.Context, figures []*Observation) ([][]*Observation, error) {
	keys := make([]indicator.ObservationKey, len(figures))
	for i, o := range figures {
		keys[i] = o.Key()
	}
	reports, err := s.reports(ctx, keys, true)
	if err != nil {
		return nil, err
	}
	revisions := make([][]*Observation, len(figures))
	for i, key := range keys {
		revisions[i] = reports[key]
		if figures[i].Indicator.Derived() {
			revisions[i] = figures[i : i+1]
		}
	}
	return revisions, nil
}

// ByKey returns the current figure of each key, nil where there is none any more.
func (s *Session) ByKey(ctx context.Context, keys []indicator.ObservationKey) ([]*Observation, error) {
	reports, err := s.reports(ctx, keys, false)
	if err != nil {
		return nil, err
	}
	derived, err := s.derivedByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := make([]*Observation, len(keys))
	for i, key := range keys {
		key = s.canonical(key)
		found[i] = derived[key]
		if list := reports[key]; len(list) > 0 {
			found[i] = list[0]
		}
	}
	return found, nil
}

// canonical writes the key's region with its scheme, as Observation.Key does.
func (s *Session) canonical(key indicator.ObservationKey) indicator.ObservationKey {
	if r, err := s.catalog.Region(key.Region); err == nil {
		key.Region = r.QualifiedCode()
	}
	return key
}

// reports reads the reports of the keys, newest first: all of them with vintages, else the current ones. Keys that name
// something unknown have none. The selection covers all keys at once and may cover more; what was not asked for is dropped.
func (s *Session) reports(ctx context.Context, keys []indicator.ObservationKey, vintages bool) (map[indicator.ObservationKey][]*Observation, error) {
	selection := store.NewSelect()
	selection.Evidence, selection.Vintages = true, vintages
	wanted := make(map[indicator.ObservationKey]bool, len(keys))
	span := indicator.Period{Start: indicator.Forever, End: indicator.NoDay}
	for _, key := range keys {
		r, regionErr := s.catalog.Region(key.Region)
		ind, indicatorErr := s.catalog.Indicator(key.Indicator)
		slice, sliceErr := indicator.ParseSlice(key.Slice)
		period, periodErr := indicator.ParsePeriod(key.Period)
		if cmp.Or(regionErr, indicatorErr, sliceErr, periodErr) != nil {
			continue
		}
		sliceID, ok := s.catalog.SliceID(slice)
		if !ok {
			continue
		}
		key.Region = r.QualifiedCode()
		wanted[key] = true
		if alone := regionAlone(r); !slices.Contains(selection.Regions, alone) {
			selection.Regions = append(selection.Regions, alone)
		}
		selection.Indicators = appendDistinct(selection.Indicators, ind.ID)
		selection.Slices = appendDistinct(selection.Slices, sliceID)
		if !slices.Contains(selection.Statuses, key.Status) {
			selection.Statuses = append(selection.Statuses, key.Status)
		}
		span.Start, span.End = min(span.Start, period.Start), max(span.End, period.End)
	}
	reports := make(map[indicator.ObservationKey][]*Observation, len(wanted))
	if len(wanted) == 0 {
		return reports, nil
	}
	selection.Within = &span
	rows, err := s.rows(ctx, selection)
	if err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	for i := range rows.Len() {
		if err := w.step(); err != nil {
			return nil, err
		}
		o := s.observation(rows, i)
		if key := o.Key(); wanted[key] {
			reports[key] = append(reports[key], o)
		}
	}
	for _, list := range reports {
		slices.Reverse(list) // the natural order of one figure's vintages is oldest first
	}
	return reports, nil
}

// RegionObservations returns, for each region, a page of the figures of exactly that region which meet the condition, whose own regions are
// ignored.
func (s *Session) RegionObservations(
	ctx context.Context, regions []*catalog.Region, where *ObservationWhere, request PageRequest, details Details,
) ([]*ObservationPage, error) {
	narrowed := *where
	narrowed.Regions = nil
	selection, err := s.observationSelect(ctx, &narrowed, indicator.NoDay)
	if err != nil {
		return nil, at(err, "where")
	}
	ids, nothing := make([]int32, len(regions)), selection.Regions
	for i, r := range regions {
		ids[i] = r.ID
	}
	narrow := func(selection *store.Select, ids []int32) {
		if selection.Regions = nothing; nothing == nil {
			for _, id := range ids {
				selection.Regions = append(selection.Regions, store.Span{From: id, To: id + 1})
			}
		}
	}
	return s.readPages(ctx, selection, pages{ids, narrow, store.KeyRegion, func(rows *store.Rows) []int32 { return rows.Region }}, request, details)
}

// SourceObservations returns, for each source, a page of the current figures from it.
func (s *Session) SourceObservations(ctx context.Context, sources []*catalog.Source, request PageRequest, details Details) ([]*ObservationPage, error) {
	selection := store.NewSelect()
	selection.Evidence = true
	ids := make([]int32, len(sources))
	for i, source := range sources {
		ids[i] = source.ID
	}
	narrow := func(selection *store.Select, ids []int32) { selection.Sources = ids }
	return s.readPages(ctx, selection, pages{ids, narrow, store.KeySource, func(rows *store.Rows) []int32 { return rows.Source }}, request, details|SourceDetail)
}

// pages are the lists that the rows of a selection are dealt out to by a key.
type pages struct {
	ids    []int32
	narrow func(selection *store.Select, ids []int32)
	key    store.Key
	column func(*store.Rows) []int32 // of the key
}

// readTogether is how many figures are read to show a page of each of several lists. Where there are more, each page is read by itself.
const readTogether = 20_000

// readPages reads one page of each of the lists that a selection falls into.
func (s *Session) readPages(ctx context.Context, selection store.Select, of pages, request PageRequest, details Details) ([]*ObservationPage, error) {
	of.narrow(&selection, of.ids)
	if len(of.ids) == 1 {
		page, err := s.readPage(ctx, selection, request, details)
		return []*ObservationPage{page}, err
	}
	if err := checkFirst(request.First, s.limits.Page); err != nil {
		return nil, err
	}
	tallies, err := s.count(ctx, selection, of.key)
	if err != nil {
		return nil, err
	}
	totals, all := make(map[int32]int, len(tallies)), 0
	for _, t := range tallies {
		totals[t.Keys[0]] = int(t.Rows)
		all += int(t.Rows)
	}
	list := make([]*ObservationPage, len(of.ids))
	if all <= s.together {
		if err := s.dealPages(ctx, list, selection, of, request, details); err != nil {
			return nil, err
		}
	} else {
		for i, id := range of.ids {
			one := selection
			of.narrow(&one, []int32{id})
			if list[i], err = s.readPage(ctx, one, request, details); err != nil {
				return nil, err
			}
		}
	}
	for i, id := range of.ids {
		list[i].TotalCount, list[i].session = totals[id], nil
	}
	return list, nil
}

// dealPages reads the figures of all lists with one query and deals them out.
func (s *Session) dealPages(ctx context.Context, list []*ObservationPage, selection store.Select, of pages, request PageRequest, details Details) error {
	if err := s.ask(&selection, request, details); err != nil {
		return err
	}
	rows, err := s.rows(ctx, selection)
	if err != nil {
		return err
	}
	places := make(map[int32]int, len(of.ids))
	for i, id := range of.ids {
		places[id] = i
	}
	nodes, found := make([][]*Observation, len(of.ids)), make([]int, len(of.ids))
	w := newWatch(ctx)
	for row, id := range of.column(rows) {
		if err := w.step(); err != nil {
			return err
		}
		i := places[id]
		if found[i]++; found[i] <= request.First {
			nodes[i] = append(nodes[i], s.observation(rows, row))
		}
	}
	for i := range list {
		list[i] = CompletePage(s.pageOf(nodes[i], &selection, 0, found[i] > request.First))
	}
	return nil
}

// RegionIndicators returns, for each region, the indicators that have figures for exactly that region, in catalogue
// order.
func (s *Session) RegionIndicators(ctx context.Context, regions []*catalog.Region) ([][]*catalog.Indicator, error) {
	selection := store.NewSelect()
	for _, r := range regions {
		selection.Regions = append(selection.Regions, regionAlone(r))
	}
	tallies, err := s.count(ctx, selection, store.KeyRegion, store.KeyIndicator)
	if err != nil {
		return nil, err
	}
	byRegion := make(map[int32][]*catalog.Indicator)
	for _, t := range tallies {
		byRegion[t.Keys[0]] = append(byRegion[t.Keys[0]], &s.catalog.Indicators()[t.Keys[1]])
	}
	lists := make([][]*catalog.Indicator, len(regions))
	for i, r := range regions {
		lists[i] = byRegion[r.ID]
	}
	return lists, nil
}

package query

import (
	"context"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// ChangeKind is what a report does to what was known of its figure.
type ChangeKind int8

// The kinds.
const (
	Added     ChangeKind = iota // the first report of a figure
	Revised                     // a newer or older report of a figure already known
	Withdrawn                   // the figure is taken back: by a report that says why there is no value, or by a load that replaced it
)

// Change is a report that a snapshot has and an earlier one had not.
type Change struct {
	Kind        ChangeKind
	Observation *Observation
	// Previous is the report that this one followed by the day of publication; nil if it is the first.
	Previous *Observation
}

// ChangePage is a page of changes whose total count is asked for only when needed.
type ChangePage struct {
	Page[*Change]
	reports *ObservationPage
}

// Count is the number of changes on all pages.
func (p *ChangePage) Count(ctx context.Context) (int, error) { return p.reports.Count(ctx) }

// Changes pages through the reports that the loads after a snapshot have brought, in the order indicator, slice, status,
// period, region, day of publication. Each is a change of its own: a figure that was revised twice has two. Loads never
// remove anything, so the reports tell all; what is derived from them changes along and is listed too, but for a derived
// figure that can no longer be derived. Session answers from the later snapshot, which must have been built on the earlier
// one.
func (v *Service) Changes(ctx context.Context, session *Session, since string, request PageRequest) (*ChangePage, error) {
	if err := checkFirst(request.First, v.Limits.Page); err != nil {
		return nil, err
	}
	manifests, err := v.Engine.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	from, err := session.loadsAfter(since, manifests)
	if err != nil {
		return nil, err
	}
	selection := store.NewSelect()
	selection.Vintages, selection.Evidence, selection.LoadsFrom = true, true, from
	reports, err := session.readPage(ctx, selection, request, AllDetails)
	if err != nil {
		return nil, err
	}
	changes, err := session.classify(ctx, reports.Nodes)
	if err != nil {
		return nil, err
	}
	page := Page[*Change]{Nodes: changes, PageInfo: reports.PageInfo, cursor: func(c *Change) string { return reports.Cursor(c.Observation) }}
	return &ChangePage{page, reports}, nil
}

// loadsAfter is the position of the first load after the one that built a snapshot: the session's own, the one it was built
// from, or a kept one that it goes back to.
func (s *Session) loadsAfter(since string, manifests []store.Manifest) (int32, error) {
	loads := s.contents.Loads
	after := make(map[string]int32, len(manifests)+2)
	var known []string // newest first
	learn := func(id string, loaded int) {
		if _, ok := after[id]; !ok && id != "" {
			after[id] = int32(loaded) + 1
			known = append(known, id)
		}
	}
	learn(s.contents.Manifest.ID, len(loads)-1)
	learn(s.contents.Manifest.Parent, len(loads)-2)
	for i := range manifests {
		// A snapshot of another line of descent has a load that this one lacks.
		if at := slices.IndexFunc(loads, func(l indicator.Load) bool { return l.ID == manifests[i].Load }); at >= 0 {
			learn(manifests[i].ID, at)
		}
	}
	if from, ok := after[since]; ok {
		return from, nil
	}
	const most = 5
	err := indicator.Errorf(indicator.InvalidInput, "the snapshot answered from was not built on a snapshot %q that is kept", since)
	err.Suggestions = known[:min(most, len(known))]
	err.Hint = "snapshots lists those that are kept"
	return 0, err.At("since")
}

// classify finds what each report does, with one query for all.
func (s *Session) classify(ctx context.Context, reports []*Observation) ([]*Change, error) {
	keys := make([]indicator.ObservationKey, len(reports))
	for i, o := range reports {
		keys[i] = o.Key()
	}
	all, err := s.reports(ctx, keys, true)
	if err != nil {
		return nil, err
	}
	changes := make([]*Change, len(reports))
	for i, o := range reports {
		c := &Change{Kind: Revised, Observation: o}
		history := all[keys[i]] // newest first
		at := slices.IndexFunc(history, func(h *Observation) bool { return h.identity() == o.identity() })
		if at >= 0 && at+1 < len(history) {
			c.Previous = history[at+1]
		}
		known := slices.ContainsFunc(history, func(h *Observation) bool { return h.load < o.load }) ||
			c.Previous != nil && c.Previous.load == o.load
		switch {
		case !known:
			c.Kind = Added
		case o.Missing == indicator.Withdrawn, o.Value == nil && c.Previous != nil && c.Previous.Value != nil:
			c.Kind = Withdrawn
		}
		changes[i] = c
	}
	return changes, nil
}

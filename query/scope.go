package query

import (
	"context"
	"fmt"
	"slices"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// view is the part of a snapshot that a scope shows: contents with a catalogue of its own, which has nothing else in it, and
// how the ordinals of that catalogue and of the snapshot's translate. Everything a session knows comes from there, so that
// what is hidden cannot be found, counted, suggested or inferred. It is immutable.
type view struct {
	contents *store.Contents

	regions    renumbering
	indicators renumbering
	sources    renumbering
	// figured says, by region of the view, whether its figures are shown; of an enclosing region only the name is.
	figured []bool
}

// renumbering translates ordinals of a snapshot and of a view. What is shown keeps its order.
type renumbering struct {
	toFull []int32 // by ordinal of the view
	toView []int32 // by ordinal of the snapshot; -1 where hidden
}

// renumber numbers what is shown, by ordinal of the snapshot.
func renumber(shown []bool) renumbering {
	n := renumbering{toView: make([]int32, len(shown))}
	for id, is := range shown {
		n.toView[id] = -1
		if is {
			n.toView[id] = int32(len(n.toFull))
			n.toFull = append(n.toFull, int32(id))
		}
	}
	return n
}

// newView works out what a scope shows of a snapshot. It asks the engine once: which sources have reports within the scope.
func newView(ctx context.Context, snapshot store.Snapshot, scope access.Scope) (*view, error) {
	full := snapshot.Contents()
	figured, shown := scopedRegions(full.Catalog, scope.Regions)
	indicators := scopedIndicators(full.Catalog, scope.Indicators)
	v := &view{regions: renumber(shown), indicators: renumber(indicators)}
	for _, id := range v.regions.toFull {
		v.figured = append(v.figured, figured[id])
	}
	sources := make([]bool, len(full.Catalog.Sources()))
	everything := store.NewSelect()
	everything.Vintages = true
	selection, any := v.intersect(everything)
	if any {
		tallies, err := snapshot.Count(ctx, selection, store.KeySource)
		if err != nil {
			return nil, fmt.Errorf("find the sources of a scope: %w", err)
		}
		for _, tally := range tallies {
			sources[tally.Keys[0]] = tally.Rows > 0
		}
	}
	v.sources = renumber(sources)
	var err error
	v.contents, err = v.reduce(full, indicators, sources, figured)
	return v, err
}

// scopedRegions says which regions have their figures shown, and which are shown at all: those that enclose them, too. A
// region comes with everything inside it and with the retired regions whose figures count as its own. A code that is
// unknown, or that two schemes share, shows nothing.
func scopedRegions(c *catalog.Catalog, codes []string) (figured, shown []bool) {
	all := c.Regions()
	figured, shown = make([]bool, len(all)), make([]bool, len(all))
	if len(codes) == 0 {
		for id := range all {
			figured[id], shown[id] = true, true
		}
		return figured, shown
	}
	for _, code := range codes {
		if r, err := c.Region(code); err == nil {
			for id := r.ID; id < r.End; id++ {
				figured[id] = true
			}
		}
	}
	var admit func(r *catalog.Region)
	admit = func(r *catalog.Region) {
		for _, p := range r.Predecessors {
			if !figured[p.ID] {
				figured[p.ID] = true
				admit(p)
			}
		}
	}
	for id := range all {
		if figured[id] {
			admit(&all[id])
		}
	}
	for id := range all {
		if figured[id] {
			for r := &all[id]; r != nil && !shown[r.ID]; r = r.Parent {
				shown[r.ID] = true
			}
		}
	}
	return figured, shown
}

// scopedIndicators says which indicators are shown: those named whose numerator, denominator and weight are shown, too. The
// figures of a rate carry its counts.
func scopedIndicators(c *catalog.Catalog, codes []string) []bool {
	all := c.Indicators()
	shown := make([]bool, len(all))
	for id := range all {
		shown[id] = len(codes) == 0 || slices.Contains(codes, all[id].Code)
	}
	for again := true; again; { // until no indicator loses a part
		again = false
		for id := range all {
			for _, part := range []*catalog.Indicator{all[id].Numerator, all[id].Denominator, all[id].Weight} {
				if shown[id] && part != nil && !shown[part.ID] {
					shown[id], again = false, true
				}
			}
		}
	}
	return shown
}

// reduce leaves out of a snapshot's contents what the scope hides, and every count of it.
func (v *view) reduce(full *store.Contents, indicators, sources, figured []bool) (*store.Contents, error) {
	tables := full.Catalog.Tables()
	reduced := catalog.Tables{Units: tables.Units, Slices: tables.Slices, Definitions: tables.Definitions}
	for i := range tables.Regions {
		row := tables.Regions[i]
		r, err := full.Catalog.Region(row.QualifiedCode())
		if err != nil {
			return nil, err
		}
		if v.regions.toView[r.ID] < 0 {
			continue
		}
		if r.Successor != nil && v.regions.toView[r.Successor.ID] < 0 {
			row.Successor = ""
		}
		reduced.Regions = append(reduced.Regions, row)
	}
	dimensions := make(map[string]bool)
	for i, row := range tables.Indicators {
		if !indicators[i] {
			continue
		}
		reduced.Indicators = append(reduced.Indicators, row)
		for _, b := range row.Breakdowns {
			dimensions[b.Dimension] = true
		}
	}
	for _, row := range tables.Dimensions {
		if dimensions[row.Code] {
			reduced.Dimensions = append(reduced.Dimensions, row)
		}
	}
	for i, row := range tables.Sources {
		if sources[i] {
			reduced.Sources = append(reduced.Sources, row)
		}
	}
	sees := func(code string) bool {
		ind, err := full.Catalog.Indicator(code)
		return err == nil && indicators[ind.ID]
	}
	checks := make(map[string]bool)
	for _, row := range tables.Checks {
		if (row.Indicator == "" || sees(row.Indicator)) && (row.Other == "" || sees(row.Other)) &&
			(row.Dimension == "" || dimensions[row.Dimension]) {
			reduced.Checks = append(reduced.Checks, row)
			checks[row.Code] = true
		}
	}
	c, err := catalog.New(reduced)
	if err != nil {
		return nil, fmt.Errorf("the catalogue of a scope: %w", err)
	}
	figures := func(code string) bool {
		r, err := full.Catalog.Region(code)
		return err == nil && figured[r.ID]
	}
	contents := &store.Contents{Catalog: c, Manifest: store.Manifest{
		ID: full.Manifest.ID, Parent: full.Manifest.Parent, PublishedAt: full.Manifest.PublishedAt, Load: full.Manifest.Load,
		Engine: full.Manifest.Engine,
	}}
	for _, load := range full.Loads { // their positions are those of the figures' loads
		contents.Loads = append(contents.Loads, indicator.Load{ID: load.ID, StartedAt: load.StartedAt, FinishedAt: load.FinishedAt})
	}
	for _, result := range full.Checks {
		hidden := func(key indicator.ObservationKey) bool { return !figures(key.Region) || !sees(key.Indicator) }
		if checks[result.Check] && figures(result.Region) && sees(result.Indicator) && !slices.ContainsFunc(result.Observations, hidden) {
			contents.Checks = append(contents.Checks, result)
		}
	}
	return contents, nil
}

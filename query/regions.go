package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// RegionSelector selects the regions named by Codes, plus everything inside Within at Level, plus a region with its peers. Where all
// three are nil it selects every region in force at Level; an empty list is not nil and names nothing. Where narrows all but Codes
// and the region with the peers.
type RegionSelector struct {
	Codes   []string
	Within  []string
	Level   indicator.Level
	Where   *RegionWhere
	PeersOf *PeersRequest
}

// RegionWhere narrows regions; empty conditions do not.
type RegionWhere struct {
	Levels       []indicator.Level
	Scheme       string
	NameContains string
	InForce      *bool
}

func (w *RegionWhere) matches(r *catalog.Region) bool {
	if w == nil {
		return true
	}
	if w.Levels != nil && !slices.Contains(w.Levels, r.Level) {
		return false
	}
	if w.Scheme != "" && w.Scheme != r.Scheme {
		return false
	}
	if w.InForce != nil && *w.InForce == r.Retired() {
		return false
	}
	return w.NameContains == "" || containsFold(w.NameContains, append([]string{r.Name, r.NameEn}, r.Aliases...)...)
}

func containsFold(needle string, names ...string) bool {
	needle = strings.ToLower(needle)
	return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(strings.ToLower(name), needle) })
}

// regionSet is a resolved selector: distinct regions in tree order.
type regionSet struct {
	list     []*catalog.Region // not to be changed where it is a whole
	whole    *catalog.Whole    // that the list is; nil unless it is all of a level
	warnings []Warning
	spent    Cost // on finding peers
}

// selectRegions resolves a selector. Path is where errors point. A retired code stands for its successor. Peers are found by
// the figures published by asOf.
func (s *Session) selectRegions(ctx context.Context, selector *RegionSelector, asOf indicator.Day, path ...string) (*regionSet, error) {
	if selector == nil {
		selector = &RegionSelector{Level: indicator.County}
	}
	set := &regionSet{}
	for i, code := range selector.Codes {
		r, err := s.currentRegion(code, set)
		if err != nil {
			return nil, at(err, append(path, "codes", strconv.Itoa(i))...)
		}
		if !s.figured(r) {
			return nil, onlyName(r).At(append(path, "codes", strconv.Itoa(i))...)
		}
		set.list = append(set.list, r)
	}
	var roots []*catalog.Region
	for i, code := range selector.Within {
		r, err := s.currentRegion(code, set)
		if err != nil {
			return nil, at(err, append(path, "within", strconv.Itoa(i))...)
		}
		roots = append(roots, r)
	}
	all := s.catalog.Regions()
	take := func(from, to int32) {
		set.list = slices.Grow(set.list, int(to-from))
		for id := from; id < to; id++ {
			r := &all[id]
			if r.Level == selector.Level && s.figured(r) && selector.Where.matches(r) && !(r.Retired() && selector.Where.inForceOnly()) {
				set.list = append(set.list, r)
			}
		}
	}
	for _, root := range roots {
		take(root.ID, root.End)
	}
	switch {
	case selector.PeersOf != nil:
		if err := s.addPeers(ctx, selector, asOf, set); err != nil {
			return nil, at(err, append(path, "peersOf")...)
		}
	case selector.Codes == nil && selector.Within == nil && selector.Where == nil && s.view == nil:
		if whole := s.catalog.Whole(selector.Level); whole != nil {
			set.list, set.whole = slices.Clip(whole.Regions), whole
		}
		return set, nil
	case selector.Codes == nil && selector.Within == nil:
		take(0, int32(len(all)))
	}
	set.sort()
	return set, nil
}

// sort puts the regions into tree order and drops repeated ones.
func (set *regionSet) sort() {
	ordered := true
	if set.whole != nil {
		return
	}
	for i := 1; ordered && i < len(set.list); i++ {
		ordered = set.list[i-1].ID < set.list[i].ID
	}
	if ordered { // as they are taken from the catalogue
		return
	}
	slices.SortFunc(set.list, func(a, b *catalog.Region) int { return cmp.Compare(a.ID, b.ID) })
	set.list = slices.Compact(set.list)
}

// selectEquals resolves a selector of regions that are compared with each other: none may lie inside another.
func (s *Session) selectEquals(ctx context.Context, selector *RegionSelector, asOf indicator.Day, path string) (*regionSet, error) {
	set, err := s.selectRegions(ctx, selector, asOf, path)
	if err != nil {
		return nil, err
	}
	return set, set.checkEquals(path)
}

// checkEquals refuses a set in which a region lies inside another.
func (set *regionSet) checkEquals(path string) error {
	outer, inner := set.nested()
	if outer == nil {
		return nil
	}
	err := indicator.Errorf(indicator.NotAggregatable, "%s %s lies inside %s %s: they are not a group of equals",
		inner.Code, inner.Name, outer.Code, outer.Name)
	err.Reason = "nested regions"
	err.Hint = "give regions of one level as " + path
	return err.At(path)
}

// currentRegion finds a region by its code. For a retired code it is the successor, and the set gets a warning.
func (s *Session) currentRegion(code string, set *regionSet) (*catalog.Region, error) {
	r, err := s.catalog.Region(code)
	if err != nil {
		return nil, err
	}
	current := r.Current()
	if current != r {
		set.warnings = append(set.warnings, Warning{RetiredRegion, fmt.Sprintf(
			"%s %s was replaced by %s %s, which is answered for", r.Code, r.Name, current.Code, current.Name)})
	}
	return current, nil
}

// onlyName refuses a question for the figures of a region that merely encloses what the session is shown.
func onlyName(r *catalog.Region) *indicator.Error {
	err := indicator.Errorf(indicator.Forbidden, "the figures of %s %s are outside your scope", r.Code, r.Name)
	err.Hint = "ask for regions within it: {within: [\"" + r.Code + "\"]}"
	return err
}

// inForceOnly reports whether retired regions are left out: always, unless the selector speaks of it.
func (w *RegionWhere) inForceOnly() bool { return w == nil || w.InForce == nil }

// nested returns a pair of which the second lies inside the first; nil where all regions are disjoint.
func (set *regionSet) nested() (outer, inner *catalog.Region) {
	if set.whole != nil { // levels descend
		return nil, nil
	}
	var open *catalog.Region // in tree order an enclosing region comes before everything inside it
	for _, r := range set.list {
		if open != nil && open.Contains(r) {
			return open, r
		}
		open = r
	}
	return nil, nil
}

// narrow restricts a selection to the regions of the set. Gaps between selected regions are bridged where nothing in
// them has a level that is selected, so that all counties of a country are one span.
func (set *regionSet) narrow(selection *store.Select, all []catalog.Region) {
	if set.whole != nil && len(set.list) > 0 {
		selection.Levels = []indicator.Level{set.list[0].Level}
		for _, in := range set.whole.Ranges {
			selection.Regions = append(selection.Regions, store.Span(in))
		}
		return
	}
	var levels []indicator.Level
	for _, r := range set.list {
		if !slices.Contains(levels, r.Level) {
			levels = append(levels, r.Level)
		}
	}
	slices.Sort(levels)
	var spans []store.Span
	bridged := false // otherwise the spans have no other levels
	for _, r := range set.list {
		if n := len(spans); n > 0 && bridgeable(all[spans[n-1].To:r.ID], levels) {
			bridged = bridged || spans[n-1].To < r.ID
			spans[n-1].To = r.ID + 1
			continue
		}
		spans = append(spans, store.Span{From: r.ID, To: r.ID + 1})
	}
	if len(spans) == 0 {
		spans = []store.Span{{From: 0, To: 0}} // no region: no filter would mean every region
	}
	selection.Regions = spans
	if bridged {
		selection.Levels = levels
	}
}

func bridgeable(gap []catalog.Region, levels []indicator.Level) bool {
	for i := range gap {
		if slices.Contains(levels, gap[i].Level) {
			return false
		}
	}
	return true
}

// only replaces the argument path of a typed error, where the request it concerns was made here.
func only(err error, path ...string) error {
	if typed, ok := err.(*indicator.Error); ok { //nolint:errorlint // likewise
		located := *typed
		located.Path = path
		return &located
	}
	return err
}

// at prefixes the argument path of a typed error.
func at(err error, path ...string) error {
	if typed, ok := err.(*indicator.Error); ok { //nolint:errorlint // only errors made here, never wrapped ones
		return typed.At(path...)
	}
	return err
}

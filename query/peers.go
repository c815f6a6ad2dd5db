package query

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// PeersBy is what makes regions peers.
type PeersBy int8

// The kinds of peer groups.
const (
	PeersBySameParent PeersBy = iota
	PeersBySizeBand
	PeersByNearest
)

// PeersRequest asks for a region and the regions in force that are like it: of its level, and with the same parent, of a size
// within a band around its own, or nearest to it by several indicators.
type PeersRequest struct {
	Region string
	By     PeersBy
	// Indicator is the size, and Band its largest ratio: 2 is from half to double. For PeersBySizeBand.
	Indicator string
	Band      float64
	// Indicators are what distances are taken over, and K is the number of peers. For PeersByNearest.
	Indicators []string
	K          int
	// Within bounds the peers to regions inside these codes; empty does not.
	Within []string
}

// addPeers adds the region and its peers to the set. Where narrows the peers.
func (s *Session) addPeers(ctx context.Context, selector *RegionSelector, asOf indicator.Day, set *regionSet) error {
	request := selector.PeersOf
	region, err := s.currentRegion(request.Region, set)
	if err != nil {
		return at(err, "region")
	}
	candidates, err := s.selectRegions(ctx, &RegionSelector{Within: request.Within, Level: region.Level, Where: selector.Where}, asOf)
	if err != nil {
		return err
	}
	candidates.list, candidates.whole = append(candidates.list, region), nil
	candidates.sort()
	set.warnings = append(set.warnings, candidates.warnings...)
	peers := []*catalog.Region{region}
	switch request.By {
	case PeersBySizeBand:
		peers, err = s.sizeBand(ctx, request, region, candidates, asOf, set)
	case PeersByNearest:
		peers, err = s.nearestPeers(ctx, request, region, candidates, asOf, set)
	default:
		for _, r := range candidates.list {
			if r.Parent == region.Parent {
				peers = append(peers, r)
			}
		}
	}
	set.list = append(set.list, peers...)
	return err
}

// sizeBand lists the candidates whose newest size s has size/band <= s <= size*band of the region's own size.
func (s *Session) sizeBand(ctx context.Context, request *PeersRequest, region *catalog.Region, candidates *regionSet, asOf indicator.Day, set *regionSet) ([]*catalog.Region, error) {
	if request.Indicator == "" {
		err := indicator.Errorf(indicator.InvalidInput, "a size band needs an indicator")
		err.Hint = "name the size, such as resident_population"
		return nil, err.At("indicator")
	}
	if !(request.Band >= 1) || math.IsInf(request.Band, 0) {
		err := indicator.Errorf(indicator.InvalidInput, "band is not 1 or more")
		err.Hint = "2 is from half to double the region's size"
		return nil, err.At("band")
	}
	f, err := s.resolve(&figureRequest{indicators: []string{request.Indicator}, statuses: []indicator.Status{indicator.Actual}, asOf: asOf, unwarned: true}, candidates)
	if err != nil {
		return nil, atOnlyIndicator(err, "indicator")
	}
	if err := set.spend(ctx, s, f); err != nil {
		return nil, err
	}
	cells, err := f.cellsOf(newWatch(ctx), &f.subjects[0])
	if err != nil {
		return nil, err
	}
	own, reason := valueOf(cells, region)
	if reason == indicator.NotMissing && !(own.quantity.Value > 0) {
		reason = indicator.NotApplicable
	}
	if reason != indicator.NotMissing {
		err := indicator.Errorf(indicator.InvalidInput, "%s has no positive %s to compare sizes by (%s)", nameOf(region), request.Indicator, reason)
		err.Hint = "choose an indicator that it has figures of"
		return nil, err.At("indicator")
	}
	var peers []*catalog.Region
	without := 0
	for _, r := range candidates.list {
		c, reason := valueOf(cells, r)
		switch {
		case reason != indicator.NotMissing:
			without++
		case c.quantity.Value >= own.quantity.Value/request.Band && c.quantity.Value <= own.quantity.Value*request.Band:
			peers = append(peers, r)
		}
	}
	set.warnLeftOut(without, len(candidates.list), []string{request.Indicator})
	return peers, nil
}

// nearestPeers lists the region and the k candidates nearest to it.
func (s *Session) nearestPeers(ctx context.Context, request *PeersRequest, region *catalog.Region, candidates *regionSet, asOf indicator.Day, set *regionSet) ([]*catalog.Region, error) {
	if err := s.checkNeighbours(request.K); err != nil {
		return nil, err
	}
	f, err := s.resolve(&figureRequest{indicators: request.Indicators, statuses: []indicator.Status{indicator.Actual}, asOf: asOf, unwarned: true}, candidates)
	if err != nil {
		return nil, err
	}
	if err := set.spend(ctx, s, f); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	p, err := newProfiles(w, f)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(p.regions, region) {
		err := indicator.Errorf(indicator.InvalidInput, "%s lacks a figure of one of the indicators, so nothing is near to it", nameOf(region))
		err.Hint = "choose indicators that it has figures of"
		return nil, err.At("indicators")
	}
	set.warnLeftOut(len(candidates.list)-len(p.regions), len(candidates.list), request.Indicators)
	peers := []*catalog.Region{region}
	for _, n := range p.nearest(w, region, request.K) {
		peers = append(peers, n.Region)
	}
	return peers, w.err
}

// spend reads figures to find peers by, on the account of the set.
func (set *regionSet) spend(ctx context.Context, s *Session, f *figures) error {
	cost, err := s.fetch(ctx, f)
	set.spent.add(cost)
	return err
}

// warnLeftOut tells how many regions cannot be peers for want of figures.
func (set *regionSet) warnLeftOut(without, of int, indicators []string) {
	if without > 0 {
		set.warnings = append(set.warnings, Warning{PartialCoverage, fmt.Sprintf(
			"%d of %d regions cannot be peers: they lack a figure of %s", without, of, listSome(textSet(indicators)))})
	}
}

func textSet(texts []string) map[string]bool {
	set := make(map[string]bool, len(texts))
	for _, text := range texts {
		set[text] = true
	}
	return set
}

// atOnlyIndicator replaces the path indicators.0 of an error by the argument that named the only indicator.
func atOnlyIndicator(err error, argument string) error {
	typed, ok := err.(*indicator.Error) //nolint:errorlint // only errors made here, never wrapped ones
	if !ok || len(typed.Path) < 2 || typed.Path[0] != "indicators" || typed.Path[1] != strconv.Itoa(0) {
		return err
	}
	located := *typed
	located.Path = append([]string{argument}, typed.Path[2:]...)
	return &located
}

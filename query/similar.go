package query

import (
	"context"
	"fmt"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// SimilarRequest asks which regions are most like one.
type SimilarRequest struct {
	Region     string
	Indicators []string
	Regions    *RegionSelector // the candidates; nil: every region in force of the region's level
	K          int
	When       *When // nil: the newest of each region
	Slice      []indicator.Coordinate
	Status     indicator.Status
	AsOf       indicator.Day
	Per        *Per
}

// SimilarResult is the answer to a SimilarRequest.
type SimilarResult struct {
	Region     *catalog.Region
	Compared   int // regions with every indicator, the region itself included
	Indicators []SimilarIndicator
	Neighbours []*Neighbour
	Missing    []MissingFigure
	Warnings   []Warning
	Cost       Cost
}

// SimilarIndicator is how one indicator was standardised.
type SimilarIndicator struct {
	Indicator    *catalog.Indicator
	Unit         string
	Mean, StdDev *float64           // over the regions compared; nil for too few
	Value        indicator.Quantity // of the region; missing if it has none
	Missing      indicator.Missing  // why, if so
	ZScore       *float64           // of the value
}

// Similar finds the regions nearest to one over standardised indicators.
func (s *Session) Similar(ctx context.Context, request *SimilarRequest) (*SimilarResult, error) {
	if err := s.checkNeighbours(request.K); err != nil {
		return nil, err
	}
	named := &regionSet{}
	region, err := s.currentRegion(request.Region, named)
	if err != nil {
		return nil, at(err, "region")
	}
	selector := request.Regions
	if selector == nil {
		selector = &RegionSelector{Level: region.Level}
	}
	candidates, err := s.selectRegions(ctx, selector, request.AsOf, "regions")
	if err != nil {
		return nil, err
	}
	all := &regionSet{list: append(slices.Clone(candidates.list), region), warnings: slices.Concat(named.warnings, candidates.warnings), spent: candidates.spent}
	all.sort()
	if err := all.checkEquals("regions"); err != nil {
		return nil, err
	}
	f, err := s.resolve(&figureRequest{
		indicators: request.Indicators, when: request.When, slice: request.Slice, statuses: []indicator.Status{request.Status},
		asOf: request.AsOf, per: request.Per,
	}, all)
	if err != nil {
		return nil, err
	}
	answer := &SimilarResult{Region: region}
	if answer.Cost, err = s.fetch(ctx, f); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	p, err := newProfiles(w, f)
	if err != nil {
		return nil, err
	}
	answer.Compared, answer.Missing, answer.Neighbours = len(p.regions), p.missing, p.nearest(w, region, request.K)
	answer.Warnings = slices.Clone(all.warnings)
	for i := range f.subjects {
		x := p.standardised(i, region)
		answer.Indicators = append(answer.Indicators, x)
		answer.Warnings = append(answer.Warnings, f.mixtures(w, &f.subjects[i], valuesOf(p.cells[i]), true)...)
		if p.scales[i].stddev == 0 && len(p.regions) > 1 {
			answer.Warnings = append(answer.Warnings, Warning{NoVariance, fmt.Sprintf(
				"%s: the value is the same in all regions compared and tells none apart", x.Indicator.Code)})
		}
	}
	return answer, w.err
}

// standardised describes indicator i and the region's place in it.
func (p *profiles) standardised(i int, region *catalog.Region) SimilarIndicator {
	subject := &p.figures.subjects[i]
	x := SimilarIndicator{Indicator: subject.indicator, Unit: subject.unit(), Mean: number(p.scales[i].mean), Value: indicator.NoQuantity()}
	if len(p.regions) > 1 {
		x.StdDev = number(p.scales[i].stddev)
	}
	var own *cell
	if own, x.Missing = valueOf(p.all[i], region); x.Missing == indicator.NotMissing {
		x.Value = own.quantity
		if len(p.regions) > 1 {
			x.ZScore = number(p.scales[i].standard(own.quantity.Value))
		}
	}
	return x
}

// valuesOf copies the cells.
func valuesOf(cells []*cell) []cell {
	list := make([]cell, len(cells))
	for i, c := range cells {
		list[i] = *c
	}
	return list
}

// checkNeighbours refuses numbers of neighbours below 1 and beyond the page limit.
func (s *Session) checkNeighbours(k int) error {
	switch {
	case k < 1:
		err := indicator.Errorf(indicator.InvalidInput, "k is %d", k)
		err.Hint = "ask for at least one neighbour"
		return err.At("k")
	case k > s.limits.Page:
		return &indicator.Error{
			Code: indicator.TooLarge, Message: "k is too large", Hint: "ask for fewer neighbours",
			LimitName: "page", Limit: int64(s.limits.Page), Estimate: int64(k), Path: []string{"k"},
		}
	}
	return nil
}

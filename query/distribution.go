package query

import (
	"context"
	"slices"
	"strconv"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// DistributionRequest asks how the values of an indicator are distributed over regions.
type DistributionRequest struct {
	Indicator string
	Regions   *RegionSelector // nil: every county in force
	When      *When           // nil: the newest of each region
	Slice     []indicator.Coordinate
	Status    indicator.Status
	AsOf      indicator.Day
	Per       *Per
	Bins      *int // nil: as many as suit the values
}

// Distribution is the answer to a DistributionRequest.
type Distribution struct {
	Indicator  *catalog.Indicator
	Unit       string
	Histogram  []Bin
	BinRule    BinRule
	Statistics *Statistics
	Precision  indicator.Precision // of the statistics that grow with the values
	Missing    []MissingRegion
	Warnings   []Warning
	Cost       Cost

	sorted []float64
}

// Distribution tells how the values of an indicator are distributed over regions.
func (s *Session) Distribution(ctx context.Context, request *DistributionRequest) (*Distribution, error) {
	bins := 0
	if request.Bins != nil {
		if bins = *request.Bins; bins < 1 || bins > maxBins {
			err := indicator.Errorf(indicator.InvalidInput, "bins is %d", bins)
			err.Hint = "ask for 1 to " + strconv.Itoa(maxBins) + " bins, or for none to have a suitable number chosen"
			return nil, err.At("bins")
		}
	}
	regions, err := s.selectEquals(ctx, request.Regions, request.AsOf, "regions")
	if err != nil {
		return nil, err
	}
	f, err := s.resolve(&figureRequest{
		indicators: []string{request.Indicator}, when: request.When, slice: request.Slice, statuses: []indicator.Status{request.Status},
		asOf: request.AsOf, per: request.Per,
	}, regions)
	if err != nil {
		return nil, atOnlyIndicator(err, "indicator")
	}
	x := &f.subjects[0]
	answer := &Distribution{Indicator: x.indicator, Unit: x.unit()}
	if answer.Cost, err = s.fetch(ctx, f); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	cells, err := f.cellsOf(w, x)
	if err != nil {
		return nil, err
	}
	for _, r := range regions.list {
		if _, reason := valueOf(cells, r); reason != indicator.NotMissing {
			answer.Missing = append(answer.Missing, MissingRegion{r, reason})
		}
	}
	group := newComparisonGroup(w, f, x, regions, cells)
	answer.Statistics, answer.Precision, answer.sorted = group.statistics(), group.precision(), group.sorted
	answer.Histogram, answer.BinRule = histogram(group.sorted, bins)
	answer.Warnings = slices.Concat(regions.warnings, f.mixtures(w, x, group.cells, true), laterWeights(w, x, &group.rollup))
	return answer, w.err
}

// Quantiles are quantiles of the values, nil for none. P outside [0, 1] is an INVALID_INPUT error.
func (d *Distribution) Quantiles(p []float64) ([]*float64, error) {
	list := make([]*float64, len(p))
	for i, share := range p {
		if !(share >= 0 && share <= 1) {
			return nil, indicator.Errorf(indicator.InvalidInput, "p is not between 0 and 1").At("p", strconv.Itoa(i))
		}
		list[i] = number(quantile(d.sorted, share))
	}
	return list, nil
}

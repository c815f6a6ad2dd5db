package query

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// byIndicator keeps what is worked out once for an indicator while several entries ask for it.
type byIndicator[T any] struct {
	mu    sync.Mutex
	known map[int32]T
}

func (b *byIndicator[T]) put(id int32, value T) {
	if b.known == nil {
		b.known = make(map[int32]T)
	}
	b.known[id] = value
}

// weightsBy returns the newest totals of an additive indicator by region, read once for all regions of the request.
func (f *figures) weightsBy(ctx context.Context, s *Session, by *catalog.Indicator) (*weightFigures, error) {
	f.weighing.mu.Lock()
	defer f.weighing.mu.Unlock()
	if weights, ok := f.weighing.known[by.ID]; ok {
		return weights, nil
	}
	like := store.NewSelect()
	like.AsOf = f.request.asOf
	f.regions.withPredecessors(f.catalog).narrow(&like, f.catalog.Regions())
	weights, err := f.fetchWeights(ctx, s, like, []int32{by.ID}, false)
	if err != nil {
		return nil, err
	}
	f.weighing.put(by.ID, weights)
	return weights, nil
}

// WeightedPercentile is the share, in percent, of the group's weight that regions with smaller values hold, those with the same
// value counting half: the percentile of the value among persons, say, where Percentile is that among regions. Weights are
// the newest totals of an additive indicator; regions whose weight is unknown or not positive hold none. A region outside
// the group is placed as if it joined. Nil where nobody holds any weight.
func (e *Entry) WeightedPercentile(ctx context.Context, s *Session, by string) (*float64, error) {
	ind, err := s.catalog.Indicator(by)
	if err != nil {
		return nil, at(err, "by")
	}
	if ind.Rollup.Regions != indicator.RuleSum || ind.Derived() {
		err := indicator.Errorf(indicator.NotAdditive, "%s cannot be a weight: its values do not add up over regions", ind.Code)
		err.Reason = ind.Rollup.Regions.String()
		err.Hint = "weigh by a count, such as a population"
		return nil, err.At("by")
	}
	weights, err := e.group.weightsBelow(ctx, s, ind)
	if err != nil {
		return nil, err
	}
	smaller, equal, all := weights.split(e.Quantity.Value)
	if _, member := slices.BinarySearchFunc(e.group.expected, e.Region.ID, compareRegionID); !member {
		w, err := e.group.figures.weightsBy(ctx, s, ind)
		if err != nil {
			return nil, err
		}
		own := positiveWeight(w, ind, e.Region.ID)
		equal, all = equal+own, all+own
	}
	if all == 0 {
		return nil, nil //nolint:nilnil // a missing value is an answer
	}
	return number(100 * (smaller + equal/2) / all), nil
}

func positiveWeight(weights *weightFigures, by *catalog.Indicator, region int32) float64 {
	w, _ := weights.on(seriesKey{by.ID, 0, region}, indicator.Forever)
	return max(0, w.Value)
}

// cumulativeWeights are a group's values in ascending order with the weight held below each.
type cumulativeWeights struct {
	values []float64
	below  []float64 // one more than values: the last is the weight of all
}

// split returns the weights that smaller and equal values hold, and that of all.
func (c *cumulativeWeights) split(value float64) (smaller, equal, all float64) {
	first, _ := slices.BinarySearch(c.values, value)
	count := 0
	for first+count < len(c.values) && c.values[first+count] == value {
		count++
	}
	return c.below[first], c.below[first+count] - c.below[first], c.below[len(c.values)]
}

// weightsBelow adds the group's weights up in the order of its values, once for each weight.
func (g *comparisonGroup) weightsBelow(ctx context.Context, s *Session, by *catalog.Indicator) (*cumulativeWeights, error) {
	weights, err := g.figures.weightsBy(ctx, s, by)
	if err != nil {
		return nil, err
	}
	g.weighted.mu.Lock()
	defer g.weighted.mu.Unlock()
	if known := g.weighted.known[by.ID]; known != nil {
		return known, nil
	}
	var ordered []*cell
	for i := range g.cells {
		if g.cells[i].quantity.Known() {
			ordered = append(ordered, &g.cells[i])
		}
	}
	slices.SortStableFunc(ordered, func(a, b *cell) int { return cmp.Compare(a.quantity.Value, b.quantity.Value) })
	c := &cumulativeWeights{values: make([]float64, len(ordered)), below: make([]float64, len(ordered)+1)}
	for i, member := range ordered {
		c.values[i] = member.quantity.Value
		c.below[i+1] = c.below[i] + positiveWeight(weights, by, member.region)
	}
	g.weighted.put(by.ID, c)
	return c, nil
}

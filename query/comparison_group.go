package query

import (
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// comparisonGroup is the group that ranks, percentiles and z-scores are taken in.
type comparisonGroup struct {
	rollup
	figures      *figures
	polarity     indicator.Polarity
	mean, stddev float64
	median, mad  float64
	quantities   []indicator.Quantity // of all cells with a value
	inexact      []cell               // those of the cells that are not exact
	baseline     indicator.Quantity
	weighted     byIndicator[*cumulativeWeights]
}

func newComparisonGroup(w *watch, f *figures, x *subject, against *regionSet, cells map[int32]*cell) *comparisonGroup {
	g := &comparisonGroup{figures: f, polarity: x.indicator.Polarity}
	g.subject, g.weights, g.expected = x, f.weights, against.list
	for _, region := range against.list {
		if w.step() != nil {
			return g
		}
		if c, ok := cells[region.ID]; ok {
			g.cells = append(g.cells, *c)
			if c.quantity.Known() {
				g.quantities = append(g.quantities, c.quantity)
				if c.quantity.Precision != indicator.Exact {
					g.inexact = append(g.inexact, *c)
				}
			}
		}
	}
	g.compute()
	g.mean, g.stddev = mean(g.sorted), stddev(g.sorted)
	g.median, g.mad = quantile(g.sorted, 0.5), medianAbsoluteDeviation(g.sorted)
	return g
}

func (g *comparisonGroup) statistics() *Statistics {
	st := &Statistics{
		N: len(g.sorted), Mean: number(g.mean), GroupValue: number(g.quantity.Value), Median: number(g.median),
		StdDev: number(g.stddev), MAD: number(g.mad), Min: number(quantile(g.sorted, 0)), Max: number(quantile(g.sorted, 1)),
		Gini: number(gini(g.sorted)), CoefficientOfVariation: number(coefficientOfVariation(g.sorted)), Quartiles: []float64{},
	}
	if st.N > 0 {
		st.Quartiles = []float64{quantile(g.sorted, 0.25), g.median, quantile(g.sorted, 0.75)}
	}
	return st
}

// precision is that of a statistic which grows with each of the group's values.
func (g *comparisonGroup) precision() indicator.Precision {
	var all indicator.Precision
	for _, q := range g.quantities {
		all = all.Plus(q.Precision)
	}
	return all
}

// baseline is what the group's regions are compared with.
func (s *Session) baseline(asked *Baseline, g *comparisonGroup, cells map[int32]*cell) (indicator.Quantity, error) {
	all := g.precision()
	median := indicator.Quantity{Value: g.median, Precision: all}
	switch {
	case asked == nil:
		return g.usual(median, all), nil
	case asked.Value != nil:
		return indicator.Quantity{Value: *asked.Value}, nil
	case asked.isRegion():
		r, err := s.catalog.Region(asked.Region)
		if err != nil {
			return indicator.NoQuantity(), at(err, "baseline", "region")
		}
		if c, ok := cells[r.Current().ID]; ok {
			return c.quantity, nil
		}
		return indicator.NoQuantity(), nil
	}
	switch *asked.Statistic {
	case BaselineMean:
		return indicator.Quantity{Value: g.mean, Precision: all}, nil
	case BaselineMedian:
		return median, nil
	case BaselineBest:
		return g.best(), nil
	default:
		if g.refused != nil {
			return indicator.NoQuantity(), at(g.refused, "baseline", "statistic")
		}
		return g.quantity, nil
	}
}

// usual is the baseline of a group where none is asked for: what a member can be compared with. A total cannot, so values that
// add up are compared with their mean, the total's share of one region; values that do not combine, with their median.
func (g *comparisonGroup) usual(median indicator.Quantity, all indicator.Precision) indicator.Quantity {
	switch g.subject.rule() {
	case indicator.RuleRatio, indicator.RuleWeightedMean:
		return g.quantity
	case indicator.RuleSum:
		return indicator.Quantity{Value: g.mean, Precision: all}
	default:
		return median
	}
}

// best is the best quantity of the group by polarity.
func (g *comparisonGroup) best() indicator.Quantity {
	best := indicator.NoQuantity()
	for _, q := range g.quantities {
		if !best.Known() || g.better(q.Value, best.Value) {
			best = q
		}
	}
	return best
}

// better reports whether a outranks b: the larger one, unless lower is better.
func (g *comparisonGroup) better(a, b float64) bool {
	if g.polarity == indicator.LowerIsBetter {
		return a < b
	}
	return a > b
}

// entry places a region's value in the group.
func (g *comparisonGroup) entry(w *watch, region *catalog.Region, c *cell) *Entry {
	q := c.quantity
	smaller, equal := counts(g.sorted, q.Value)
	e := &Entry{Region: region, Quantity: q, group: g, Difference: indicator.NoQuantity()}
	e.Rank = 1 + len(g.sorted) - smaller - equal
	if g.polarity == indicator.LowerIsBetter {
		e.Rank = 1 + smaller
	}
	e.RankUncertain = g.rankUncertain(w, c)
	n := len(g.sorted)
	if _, member := slices.BinarySearchFunc(g.expected, region.ID, compareRegionID); !member { // as if it joined
		n, equal = n+1, equal+1
	}
	e.Percentile = 100 * (float64(smaller) + float64(equal)/2) / float64(n)
	if g.stddev > 0 {
		e.ZScore = number((q.Value - g.mean) / g.stddev)
	}
	if g.mad > 0 {
		e.RobustZScore = number(0.6745 * (q.Value - g.median) / g.mad)
	}
	if g.baseline.Known() {
		e.Difference = q.Minus(g.baseline)
		if g.baseline.Value != 0 {
			e.Ratio = number(q.Value / g.baseline.Value)
		}
		e.Standing = g.standing(q)
	}
	return e
}

// rankUncertain reports whether the bounds of the cell's value or of another in the group could change its rank. Exact
// values that are equal share their rank for certain.
func (g *comparisonGroup) rankUncertain(w *watch, c *cell) bool {
	others := g.cells
	if c.quantity.Precision == indicator.Exact {
		others = g.inexact
	}
	return slices.ContainsFunc(others, func(other cell) bool {
		return w.step() != nil || other.region != c.region && other.quantity.Known() && c.quantity.Compare(other.quantity) == 0
	})
}

func (g *comparisonGroup) standing(q indicator.Quantity) Standing {
	if g.polarity == indicator.Neutral {
		return NoStanding
	}
	order := q.Compare(g.baseline)
	switch {
	case order == 0:
		return Similar
	case (order > 0) == (g.polarity == indicator.HigherIsBetter):
		return Better
	}
	return Worse
}

package query

import (
	"math"
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
	placings     []placing            // by cell
	whole        bool                 // the cells are all that there are, of regions outside the group too
	baseline     indicator.Quantity
	weighted     byIndicator[*cumulativeWeights]
}

func newComparisonGroup(w *watch, f *figures, x *subject, against *regionSet, cells regionCells) *comparisonGroup {
	g := &comparisonGroup{figures: f, polarity: x.indicator.Polarity}
	g.subject, g.weights, g.expected, g.scratch = x, f.weights, against.list, f.scratch
	if g.cells = cells.among(w, f.scratch, against.list); w.err != nil {
		return g
	}
	g.whole = len(g.cells) == len(cells)
	g.quantities = quantityMemory.Room(f.scratch, len(g.cells))
	for i := range g.cells {
		c := &g.cells[i]
		if !c.quantity.Known() {
			continue
		}
		g.quantities = append(g.quantities, c.quantity)
		if c.quantity.Precision != indicator.Exact {
			g.inexact = append(g.inexact, *c)
		}
	}
	g.compute()
	g.rank()
	g.mean = mean(g.sorted)
	g.stddev = stddevOf(g.sorted, g.mean)
	g.median, g.mad = quantile(g.sorted, 0.5), medianAbsoluteDeviation(g.sorted, numberMemory.Room(f.scratch, len(g.sorted)))
	return g
}

func (g *comparisonGroup) statistics() *Statistics {
	st := &Statistics{
		N: len(g.sorted), Mean: number(g.mean), GroupValue: number(g.quantity.Value), Median: number(g.median),
		StdDev: number(g.stddev), MAD: number(g.mad), Min: number(quantile(g.sorted, 0)), Max: number(quantile(g.sorted, 1)),
		Gini: number(gini(g.sorted)), CoefficientOfVariation: number(coefficientOfVariation(g.mean, g.stddev)), Quartiles: []float64{},
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
func (s *Session) baseline(asked *Baseline, g *comparisonGroup, cells regionCells) (indicator.Quantity, error) {
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
		if c := cells.of(r.Current().ID); c != nil {
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

// entryMaker makes the entries of a comparison. Entries and the numbers they point to are in one piece each: there are thousands.
type entryMaker struct {
	*comparisonGroup
	entries []Entry
	numbers []float64
	members bool // every region shown is in the group
}

func newEntryMaker(g *comparisonGroup, most int, members bool) *entryMaker {
	const pointers = 3 // numbers of an entry that may be missing
	return &entryMaker{g, entryMemory.Room(g.scratch, most), numberMemory.Room(g.scratch, pointers*most), members}
}

// number is a pointer to a number; nil for one that is missing.
func (m *entryMaker) number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	m.numbers = append(m.numbers, x)
	return &m.numbers[len(m.numbers)-1]
}

// member reports whether a region is in the group.
func (m *entryMaker) member(region *catalog.Region) bool {
	if m.members {
		return true
	}
	_, found := slices.BinarySearchFunc(m.expected, region.ID, compareRegionID)
	return found
}

// entry places a region's value in the group. At is the place of the cell among all.
func (m *entryMaker) entry(w *watch, region *catalog.Region, c *cell, at int) *Entry {
	g, q := m.comparisonGroup, c.quantity
	if !g.whole {
		at = -1
	}
	smaller, equal := g.placing(at, q.Value)
	m.entries = append(m.entries, Entry{Region: region, Quantity: q, group: g, Difference: indicator.NoQuantity()})
	e := &m.entries[len(m.entries)-1]
	e.Rank = 1 + len(g.sorted) - smaller - equal
	if g.polarity == indicator.LowerIsBetter {
		e.Rank = 1 + smaller
	}
	e.RankUncertain = g.rankUncertain(w, c)
	n := len(g.sorted)
	if !m.member(region) { // as if it joined
		n, equal = n+1, equal+1
	}
	e.Percentile = 100 * (float64(smaller) + float64(equal)/2) / float64(n)
	if g.stddev > 0 {
		e.ZScore = m.number((q.Value - g.mean) / g.stddev)
	}
	if g.mad > 0 {
		e.RobustZScore = m.number(0.6745 * (q.Value - g.median) / g.mad)
	}
	if g.baseline.Known() {
		e.Difference = q.Minus(g.baseline)
		if g.baseline.Value != 0 {
			e.Ratio = m.number(q.Value / g.baseline.Value)
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
	if len(others) == 0 {
		return false
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

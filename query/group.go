package query

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// Indicator is the indicator asked for.
func (g *Group) Indicator() *catalog.Indicator { return g.subject.indicator }

// Unit is the unit of the group's statistics.
func (g *Group) Unit() string { return g.subject.unit() }

// Value is the group's figure by the indicator's contract; nil where Missing says why, or with an error of code
// NOT_AGGREGATABLE where the contract has no rule.
func (g *Group) Value() (*float64, error) {
	g.compute()
	if g.refused != nil {
		return nil, g.refused
	}
	if g.belowCoverage() {
		return nil, nil //nolint:nilnil // a missing value is an answer
	}
	return number(g.quantity.Value), nil
}

func (g *Group) belowCoverage() bool {
	return g.quantity.Known() && g.Share() < g.minCoverage
}

// Missing is why Value is nil; NotMissing if it is not.
func (g *Group) Missing() indicator.Missing {
	g.compute()
	switch {
	case g.refused != nil:
		return indicator.NotMissing
	case g.belowCoverage():
		return indicator.BelowCoverage
	}
	return g.missing
}

// Precision is the precision of Value.
func (g *Group) Precision() indicator.Precision {
	g.compute()
	return g.quantity.Precision
}

// Sum adds up the regions' values; nil for none, and an error of code NOT_ADDITIVE where they do not add up.
func (g *Group) Sum() (*float64, error) {
	sum, err := g.sum()
	return number(sum), err
}

// Mean is the unweighted mean of the regions' values; nil for none.
func (g *Group) Mean() *float64 { return number(g.mean()) }

// Median is the median of the regions' values; nil for none.
func (g *Group) Median() *float64 { return number(g.median()) }

// Quantile is a quantile of the regions' values; nil for none. P outside [0, 1] is an INVALID_INPUT error.
func (g *Group) Quantile(p float64) (*float64, error) {
	if !(p >= 0 && p <= 1) {
		return nil, indicator.Errorf(indicator.InvalidInput, "p is not between 0 and 1").At("p")
	}
	return number(quantile(g.order(), p)), nil
}

// Min is the smallest of the regions' values; nil for none.
func (g *Group) Min() *float64 {
	return number(g.over().least)
}

// Max is the largest of the regions' values; nil for none.
func (g *Group) Max() *float64 {
	return number(g.over().greatest)
}

// StdDev is the sample standard deviation of the regions' values; nil for fewer than two.
func (g *Group) StdDev() *float64 { return number(g.stddev()) }

// Count is the number of figures with a value in the group.
func (g *Group) Count() int {
	g.compute()
	return g.count
}

// Coverage is which of the regions asked for a group's value rests on.
type Coverage struct {
	Expected    int
	Used        int
	Share       float64  // 0 where none is expected
	WeightShare *float64 // nil without a weight indicator
	Regions     []*catalog.Region
	Missing     []MissingRegion
	// Predecessors are the retired regions whose figures stand for those of their successor.
	Predecessors []*catalog.Region
}

// Expected is the number of regions asked for.
func (g *Group) Expected() int { return len(g.expected) }

// Used is the number of regions that Value rests on.
func (g *Group) Used() int {
	g.compute()
	return g.using
}

// Share is the share of the regions asked for that Value rests on; 0 where none is.
func (g *Group) Share() float64 {
	if len(g.expected) == 0 {
		return 0
	}
	return float64(g.Used()) / float64(len(g.expected))
}

// WeightShare is the share of the weight of all regions asked for that those of Value hold; nil without a weight indicator.
func (g *Group) WeightShare() *float64 { return number(g.weightShare()) }

// Coverage tells which regions Value rests on.
func (g *Group) Coverage() *Coverage {
	g.list()
	return &Coverage{
		Expected: g.Expected(), Used: len(g.used), Share: g.Share(), WeightShare: g.WeightShare(),
		Regions: g.used, Missing: g.lacking, Predecessors: g.predecessors(),
	}
}

// predecessors are the retired regions whose figures the group rests on.
func (g *Group) predecessors() []*catalog.Region {
	if !g.figures.inherits() {
		return nil
	}
	return g.figures.predecessorsIn(g.all())
}

// Observations pages through the figures the group rests on, those that divide a quotient included, in tree order of
// their regions. The request must have asked for evidence.
func (g *Group) Observations(ctx context.Context, request PageRequest) (*Page[*Observation], error) {
	w := newWatch(ctx)
	var list []*Observation
	cells := g.all()
	for i := range cells {
		list = append(list, g.figures.evidence(w, g.session, &cells[i])...)
	}
	return paginateRows(w, list, (*Observation).identity, request, g.session.limits.Page)
}

// Measure is a number of a group that can be compared and sorted by.
type Measure int8

// The measures. MeasureKey is not a number but the group's own order.
const (
	MeasureKey Measure = iota
	MeasureValue
	MeasureSum
	MeasureMean
	MeasureMedian
	MeasureMin
	MeasureMax
	MeasureStdDev
	MeasureCount
	MeasureRegionCount
)

// Number is the group's value of a measure; NaN where it has none.
func (g *Group) Number(m Measure) float64 {
	if x := g.measure(m); !math.IsInf(x, 0) {
		return x
	}
	return math.NaN()
}

func (g *Group) measure(m Measure) float64 {
	switch m {
	case MeasureValue:
		g.compute()
		if g.refused != nil || g.belowCoverage() { // no number to compare
			return math.NaN()
		}
		return g.quantity.Value
	case MeasureSum:
		sum, _ := g.sum() // refused is no number either
		return sum
	case MeasureMean:
		return g.mean()
	case MeasureMedian:
		return g.median()
	case MeasureMin:
		return g.over().least
	case MeasureMax:
		return g.over().greatest
	case MeasureStdDev:
		return g.stddev()
	case MeasureCount:
		return float64(g.Count())
	case MeasureRegionCount:
		g.compute()
		return float64(g.using)
	default:
		return math.NaN()
	}
}

// Condition bounds one measure; nil bounds do not.
type Condition struct {
	Measure          Measure
	GT, GTE, LT, LTE *float64
}

func meets(g *Group, conditions []Condition) bool {
	for _, c := range conditions {
		x := g.Number(c.Measure)
		if math.IsNaN(x) || c.GT != nil && !(x > *c.GT) || c.GTE != nil && !(x >= *c.GTE) ||
			c.LT != nil && !(x < *c.LT) || c.LTE != nil && !(x <= *c.LTE) {
			return false
		}
	}
	return true
}

// GroupOrder sorts groups by a measure, or by their keys.
type GroupOrder struct {
	By         Measure
	Descending bool
}

// sortGroups sorts by the orders, then by key. Groups without the measure come last in either direction.
func sortGroups(w *watch, groups []*Group, orders []GroupOrder, keys []GroupBy) error {
	return sortRows(w, groups, func(a, b *Group) int {
		for _, order := range orders {
			var c int
			if order.By == MeasureKey {
				c = compareKeys(a, b, keys)
				if order.Descending {
					c = -c
				}
			} else {
				c = compareNumbers(a.Number(order.By), b.Number(order.By), order.Descending)
			}
			if c != 0 {
				return c
			}
		}
		return compareKeys(a, b, keys)
	})
}

// compareKeys orders groups by indicator and then by what they are grouped by, in that order: regions as in the tree, periods
// by time, dimension values and sources as in the catalogue.
func compareKeys(a, b *Group, keys []GroupBy) int {
	c := cmp.Compare(a.key.subject, b.key.subject)
	for i := 0; c == 0 && i < len(keys); i++ {
		switch by := keys[i]; {
		case by.Region != nil:
			c = cmp.Compare(a.key.region, b.key.region)
		case by.Period != indicator.Irregular:
			c = cmp.Compare(a.key.start, b.key.start)
		case by.Dimension != "":
			c = cmp.Compare(a.valuePosition(by.Dimension), b.valuePosition(by.Dimension))
		case by.Source:
			c = cmp.Compare(a.key.source, b.key.source)
		}
	}
	return c
}

// valuePosition is the place of the group's value among those of a dimension.
func (g *Group) valuePosition(dimension string) int {
	d, err := g.session.catalog.Dimension(dimension)
	if err != nil {
		return -1 // was resolved before
	}
	value, _ := g.Slice.Value(dimension)
	return slices.IndexFunc(d.Values, func(v indicator.DimensionValue) bool { return v.Value == value })
}

// compareNumbers orders numbers, NaN last in either direction.
func compareNumbers(a, b float64, descending bool) int {
	switch {
	case math.IsNaN(a) || math.IsNaN(b):
		return cmp.Compare(boolInt(math.IsNaN(a)), boolInt(math.IsNaN(b)))
	case descending:
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

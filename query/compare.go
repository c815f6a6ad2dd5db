package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// CompareRequest asks how regions stand against each other.
type CompareRequest struct {
	Indicators []string
	Display    *RegionSelector
	Against    *RegionSelector // nil: the regions shown
	When       *When           // nil: the newest of each region
	Slice      []indicator.Coordinate
	Status     indicator.Status
	AsOf       indicator.Day
	Per        *Per
	Baseline   *Baseline // nil: the group's rate or weighted mean, the mean of what adds up, the median of the rest
	OrderBy    []EntryOrder
	Page       PageRequest
	Evidence   bool
}

// BaselineStatistic is a statistic of the group that serves as a baseline.
type BaselineStatistic int8

// The statistics.
const (
	BaselineGroupValue BaselineStatistic = iota
	BaselineMean
	BaselineMedian
	BaselineBest
)

// Baseline is what regions are compared with; exactly one field is set.
type Baseline struct {
	Region    string
	Statistic *BaselineStatistic
	Value     *float64
}

// EntryKey is what entries are sorted by.
type EntryKey int8

// The keys.
const (
	EntryByRegion EntryKey = iota
	EntryByRank
	EntryByValue
	EntryByDifference
)

// EntryOrder sorts entries.
type EntryOrder struct {
	By         EntryKey
	Descending bool
}

// Comparison is the answer to a CompareRequest.
type Comparison struct {
	Indicators []*IndicatorComparison
	Cost       Cost
}

// IndicatorComparison compares regions by one indicator.
type IndicatorComparison struct {
	Indicator  *catalog.Indicator
	Unit       string
	Baseline   indicator.Quantity // missing if there is none
	Statistics *Statistics
	Page       *Page[*Entry] // of entries
	Missing    []MissingRegion
	Warnings   []Warning
}

// Statistics describe the values of a comparison group; nil where a statistic does not exist.
type Statistics struct {
	N                            int
	Mean, GroupValue, Median     *float64
	StdDev, MAD, Min, Max        *float64
	Quartiles                    []float64 // three, or none for an empty group
	Gini, CoefficientOfVariation *float64
}

// Entry is one region in a comparison.
type Entry struct {
	Region        *catalog.Region
	Quantity      indicator.Quantity
	Rank          int
	RankUncertain bool
	Percentile    float64
	ZScore        *float64
	RobustZScore  *float64
	Difference    indicator.Quantity // missing without a baseline
	Ratio         *float64
	Standing      Standing
	// Observation is the newest figure the value rests on; nil unless the request asked for evidence.
	Observation *Observation
	// Observations are all figures the value rests on, under the same condition.
	Observations []*Observation

	group *comparisonGroup
}

// Standing is better or worse than the baseline.
type Standing int8

// The standings. NoStanding is that of a neutral indicator or without a baseline.
const (
	NoStanding Standing = iota
	Better
	Similar
	Worse
)

// Share is the value over the group's sum; an error of code NOT_ADDITIVE where values do not add up.
func (e *Entry) Share() (*float64, error) {
	sum, err := e.group.sum()
	if err != nil || sum == 0 {
		return nil, err
	}
	return number(e.Quantity.Value / sum), nil
}

// Compare tells how regions stand against each other.
func (s *Session) Compare(ctx context.Context, request *CompareRequest) (*Comparison, error) {
	if err := checkFirst(request.Page.First, s.limits.Page); err != nil {
		return nil, err
	}
	display, against, all, err := s.comparedRegions(request)
	if err != nil {
		return nil, err
	}
	f, err := s.resolve(&figureRequest{
		indicators: request.Indicators, when: request.When, slice: request.Slice, status: request.Status,
		asOf: request.AsOf, per: request.Per, evidence: request.Evidence,
	}, all)
	if err != nil {
		return nil, err
	}
	if err := s.checkCells(f.cells()); err != nil {
		return nil, err
	}
	before := s.EngineQueries()
	if err := f.fetch(ctx, s); err != nil {
		return nil, err
	}
	answer := &Comparison{Cost: Cost{Cells: f.cells(), Limit: s.limits.Cells}}
	for i := range f.subjects {
		c, err := s.compareSubject(request, f, &f.subjects[i], display, against)
		if err != nil {
			return nil, err
		}
		answer.Indicators = append(answer.Indicators, c)
	}
	answer.Cost.Rows, answer.Cost.EngineQueries = int64(f.rows.Len()), s.EngineQueries()-before
	return answer, nil
}

// comparedRegions resolves the regions shown, the group, and everything to be read, the baseline's region included.
func (s *Session) comparedRegions(request *CompareRequest) (display, against, all *regionSet, err error) {
	if display, err = s.selectRegions(request.Display, "display"); err != nil {
		return nil, nil, nil, err
	}
	against = display
	if request.Against != nil {
		if against, err = s.selectRegions(request.Against, "against"); err != nil {
			return nil, nil, nil, err
		}
	}
	if outer, inner := against.nested(); outer != nil {
		err := indicator.Errorf(indicator.NotAggregatable, "%s %s lies inside %s %s: they are not a group of equals",
			inner.Code, inner.Name, outer.Code, outer.Name)
		err.Reason = "nested regions"
		err.Hint = "give regions of one level as against"
		return nil, nil, nil, err.At("against")
	}
	all = &regionSet{list: slices.Concat(display.list, against.list), warnings: display.warnings}
	if request.Against != nil {
		all.warnings = slices.Concat(display.warnings, against.warnings)
	}
	if request.Baseline != nil && request.Baseline.Region != "" {
		r, err := s.catalog.Region(request.Baseline.Region)
		if err != nil {
			return nil, nil, nil, at(err, "baseline", "region")
		}
		all.list = append(all.list, r)
	}
	slices.SortFunc(all.list, func(a, b *catalog.Region) int { return cmp.Compare(a.ID, b.ID) })
	all.list = slices.Compact(all.list)
	return display, against, all, nil
}

// comparisonGroup is the group that ranks, percentiles and z-scores are taken in.
type comparisonGroup struct {
	rollup
	polarity     indicator.Polarity
	mean, stddev float64
	median, mad  float64
	quantities   []indicator.Quantity // of all cells with a value
	inexact      []cell               // those of the cells that are not exact
	baseline     indicator.Quantity
}

func (s *Session) compareSubject(request *CompareRequest, f *figures, x *subject, display, against *regionSet) (*IndicatorComparison, error) {
	cells, err := f.cellsOf(x)
	if err != nil {
		return nil, err
	}
	group := newComparisonGroup(f, x, against, cells)
	c := &IndicatorComparison{Indicator: x.indicator, Unit: x.unit(), Statistics: group.statistics(), Warnings: f.regions.warnings}
	if group.baseline, err = s.baseline(request.Baseline, group, cells); err != nil {
		return nil, err
	}
	c.Baseline = group.baseline
	var entries []*Entry
	var shown []cell
	for _, region := range display.list {
		found, ok := cells[region.ID]
		if !ok {
			c.Missing = append(c.Missing, MissingRegion{region, indicator.NoObservation})
			continue
		}
		if !found.quantity.Known() {
			c.Missing = append(c.Missing, MissingRegion{region, cmp.Or(found.missing, indicator.UnknownReason)})
			continue
		}
		shown = append(shown, *found)
		entry := group.entry(region, found)
		if request.Evidence {
			entry.Observations = f.evidence(s, found)
			entry.Observation = entry.Observations[len(found.used)-1]
		}
		entries = append(entries, entry)
	}
	c.Warnings = append(c.Warnings, f.mixtures(x, shown, true)...)
	sortEntries(entries, request.OrderBy)
	c.Page, err = paginate(entries, func(e *Entry) string { return e.Region.QualifiedCode() }, request.Page, s.limits.Page)
	return c, err
}

// cellsOf rolls the rows of a subject up over time, region by region.
func (f *figures) cellsOf(x *subject) (map[int32]*cell, error) {
	rows := make(map[int32][]int32)
	for i := range int32(f.rows.Len()) {
		if f.rows.Indicator[i] == x.base.ID && f.rows.Slice[i] == f.total {
			rows[f.rows.Region[i]] = append(rows[f.rows.Region[i]], i)
		}
	}
	cells := make(map[int32]*cell, len(rows))
	for region, list := range rows {
		c, err := f.newCell(x, list)
		if err != nil {
			return nil, err
		}
		cells[region] = &c
	}
	return cells, nil
}

func newComparisonGroup(f *figures, x *subject, against *regionSet, cells map[int32]*cell) *comparisonGroup {
	g := &comparisonGroup{polarity: x.indicator.Polarity}
	g.subject, g.weights, g.expected = x, f.weights, against.list
	for _, region := range against.list {
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

// baseline is what the group's regions are compared with.
func (s *Session) baseline(asked *Baseline, g *comparisonGroup, cells map[int32]*cell) (indicator.Quantity, error) {
	var all indicator.Precision
	for _, q := range g.quantities {
		all = all.Plus(q.Precision)
	}
	median := indicator.Quantity{Value: g.median, Precision: all}
	switch {
	case asked == nil:
		return g.usual(median, all), nil
	case asked.Value != nil:
		return indicator.Quantity{Value: *asked.Value}, nil
	case asked.Region != "":
		r, err := s.catalog.Region(asked.Region)
		if err != nil {
			return indicator.NoQuantity(), at(err, "baseline", "region")
		}
		if c, ok := cells[r.ID]; ok {
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
func (g *comparisonGroup) entry(region *catalog.Region, c *cell) *Entry {
	q := c.quantity
	smaller, equal := counts(g.sorted, q.Value)
	e := &Entry{Region: region, Quantity: q, group: g, Difference: indicator.NoQuantity()}
	e.Rank = 1 + len(g.sorted) - smaller - equal
	if g.polarity == indicator.LowerIsBetter {
		e.Rank = 1 + smaller
	}
	e.RankUncertain = g.rankUncertain(c)
	e.Percentile = 50 // in an empty group: as much below as above
	if n := float64(len(g.sorted)); n > 0 {
		e.Percentile = 100 * (float64(smaller) + float64(equal)/2) / n
	}
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
func (g *comparisonGroup) rankUncertain(c *cell) bool {
	others := g.cells
	if c.quantity.Precision == indicator.Exact {
		others = g.inexact
	}
	return slices.ContainsFunc(others, func(other cell) bool {
		return other.region != c.region && other.quantity.Known() && c.quantity.Compare(other.quantity) == 0
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

// sortEntries sorts by the orders, by rank where there are none, then by region in tree order.
func sortEntries(entries []*Entry, orders []EntryOrder) {
	if len(orders) == 0 {
		orders = []EntryOrder{{By: EntryByRank}}
	}
	slices.SortFunc(entries, func(a, b *Entry) int {
		for _, order := range orders {
			var c int
			switch order.By {
			case EntryByRegion:
				c = cmp.Compare(a.Region.ID, b.Region.ID)
			case EntryByRank:
				c = cmp.Compare(a.Rank, b.Rank)
			case EntryByValue:
				c = cmp.Compare(a.Quantity.Value, b.Quantity.Value)
			case EntryByDifference:
				c = compareNumbers(a.Difference.Value, b.Difference.Value, false)
			}
			if order.Descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a.Region.ID, b.Region.ID)
	})
}

// Columns are entries as parallel arrays of equal length, for charts and large groups.
type Columns struct {
	Regions     []string // codes
	Values      []float64
	Precisions  []indicator.Precision
	Ranks       []int
	Percentiles []float64
	ZScores     []*float64
	Differences []*float64
}

// Columns returns the page's entries as parallel arrays, in their order.
func (c *IndicatorComparison) Columns() *Columns {
	n := len(c.Page.Nodes)
	columns := &Columns{
		Regions: make([]string, n), Values: make([]float64, n), Precisions: make([]indicator.Precision, n), Ranks: make([]int, n),
		Percentiles: make([]float64, n), ZScores: make([]*float64, n), Differences: make([]*float64, n),
	}
	for i, e := range c.Page.Nodes {
		columns.Regions[i], columns.Values[i], columns.Precisions[i] = e.Region.Code, e.Quantity.Value, e.Quantity.Precision
		columns.Ranks[i], columns.Percentiles[i], columns.ZScores[i] = e.Rank, e.Percentile, e.ZScore
		columns.Differences[i] = number(e.Difference.Value)
	}
	return columns
}

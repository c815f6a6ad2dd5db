package query

import (
	"cmp"

	"github.com/countyql/countyql/indicator"
)

// The statistics of this file take filled values as they take reported ones. Changes on the previous period and on the same
// period of the previous year, and index numbers with a base period, are as in OECD, "Data and Metadata Reporting and
// Presentation Handbook" (2007), chapter 4; the moving average is as in OECD, "Glossary of Statistical Terms" (2008), but trails.

// previous is the value of the point before; missing at the first.
func (p *Point) previous() indicator.Quantity {
	if p.position == 0 {
		return indicator.NoQuantity()
	}
	return p.series.points[p.position-1].quantity
}

// yearBefore is the value of the same period one year earlier or, where days are counted from an event, of as many days after
// the event compared with.
func (p *Point) yearBefore() indicator.Quantity {
	period, ok := p.series.plan.counterpart(p.Period)
	if !ok {
		return indicator.NoQuantity()
	}
	if other := p.series.at(period); other != nil {
		return other.quantity
	}
	if b := p.series.compared[period]; b != nil {
		return b.quantity
	}
	return indicator.NoQuantity()
}

// ratio is 100 x q / base with the precision of a quotient; missing unless the base is positive, since nothing is a share of
// less than nothing.
func ratio(q, base indicator.Quantity) indicator.Quantity {
	if !(q.Known() && base.Value > 0) {
		return indicator.NoQuantity()
	}
	precision := q.Precision.Over(base.Precision)
	if q.Value < 0 { // a larger base brings it nearer to 0, that is up
		precision = q.Precision.Plus(base.Precision)
	}
	return indicator.Quantity{Value: 100 * q.Value / base.Value, Precision: precision}
}

// growth is 100 x (q - base) / base.
func growth(q, base indicator.Quantity) indicator.Quantity {
	g := ratio(q, base)
	if g.Known() {
		g.Value = 100 * (q.Value - base.Value) / base.Value
	}
	return g
}

// Change is x(t) - x(t-1), in percentage points where values are percentages; nil at the first point and where either value
// is.
func (p *Point) Change() *float64 { return number(p.quantity.Minus(p.previous()).Value) }

// ChangePrecision is the precision of Change, and of PercentChange; nil where there is no change.
func (p *Point) ChangePrecision() *indicator.Precision {
	return precisionOf(p.quantity.Minus(p.previous()))
}

// PercentChange is 100 (x(t) - x(t-1)) / x(t-1); nil also where the previous value is not positive, and where values are
// percentages.
func (p *Point) PercentChange() *float64 {
	if p.series.percentage() {
		return nil
	}
	return number(growth(p.quantity, p.previous()).Value)
}

// yearOnYear is 100 (x(t) - x(t')) / x(t') or, where values are percentages, x(t) - x(t').
func (p *Point) yearOnYear() indicator.Quantity {
	if p.series.percentage() {
		return p.quantity.Minus(p.yearBefore())
	}
	return growth(p.quantity, p.yearBefore())
}

// YearOnYear is the change on the same period one year earlier in percent, of percentages in percentage points; nil where
// either value is and, of what is no percentage, where the earlier one is not positive.
func (p *Point) YearOnYear() *float64 { return number(p.yearOnYear().Value) }

// YearOnYearPrecision is the precision of YearOnYear; nil where that is.
func (p *Point) YearOnYearPrecision() *indicator.Precision { return precisionOf(p.yearOnYear()) }

// YearOnYearChange is the difference from the same period one year earlier, in the unit of the values.
func (p *Point) YearOnYearChange() *float64 { return number(p.quantity.Minus(p.yearBefore()).Value) }

// index is 100 x(t) / x(base).
func (p *Point) index(base indicator.Period) indicator.Quantity {
	other := p.series.at(base)
	if other == nil {
		return indicator.NoQuantity()
	}
	q := ratio(p.quantity, other.quantity)
	if other == p && q.Known() {
		q.Precision = indicator.Exact // whatever the value, it is 100
	}
	return q
}

// Index is the value relative to that of the base period, which is 100; nil where either value is, and where that of the base
// is not positive. A base that is no period of the grain asked for is an INVALID_INPUT error, at the first point.
func (p *Point) Index(base indicator.Period) (*float64, error) {
	if g := p.series.plan.request.Grain; g != indicator.Irregular && base.Grain() != g {
		if p.position > 0 {
			return nil, nil //nolint:nilnil // the first point says why
		}
		err := indicator.Errorf(indicator.InvalidInput, "%s is not a %s", base, grainWord(g))
		err.Hint = "give one of the series' periods as base"
		return nil, err.At("base")
	}
	return number(p.index(base).Value), nil
}

// IndexPrecision is the precision of Index; nil where that is.
func (p *Point) IndexPrecision(base indicator.Period) *indicator.Precision {
	return precisionOf(p.index(base))
}

// longestAverage bounds the points of a moving average.
const longestAverage = 1000

// average is (x(t) + x(t-1) + … + x(t-n+1)) / n.
func (p *Point) average(n int) indicator.Quantity {
	if n < 1 || n > longestAverage || p.position+1 < n {
		return indicator.NoQuantity()
	}
	var q indicator.Quantity
	for _, other := range p.series.points[p.position+1-n : p.position+1] {
		q.Value += other.quantity.Value // of a missing one NaN, like the sum then
		q.Precision = q.Precision.Plus(other.quantity.Precision)
	}
	q.Value /= float64(n)
	return q
}

// MovingAverage is the mean of the point and those before it; nil until there are as many, and where one of them is missing.
func (p *Point) MovingAverage(points int) (*float64, error) {
	if points < 1 || points > longestAverage {
		if p.position > 0 {
			return nil, nil //nolint:nilnil // the first point says why
		}
		return nil, indicator.Errorf(indicator.InvalidInput, "points is not between 1 and %d", longestAverage).At("points")
	}
	return number(p.average(points).Value), nil
}

// MovingAveragePrecision is the precision of MovingAverage; nil where that is.
func (p *Point) MovingAveragePrecision(points int) *indicator.Precision {
	return precisionOf(p.average(points))
}

// additive refuses to add up what does not add up over time.
func (s *Series) additive() error {
	rule := s.subject.base.Rollup.Time
	reason := rule.String()
	switch {
	case s.subject.quotient():
		reason = indicator.RuleRatio.String()
	case rule == indicator.RuleSum && s.Frequency != indicator.Irregular:
		return nil
	case rule == indicator.RuleSum:
		reason = "irregular periods"
	}
	err := indicator.Errorf(indicator.NotAdditive, "values of %s do not add up over time", s.Indicator.Code)
	err.Reason = reason
	err.Hint = "only flows add up: a stock's newest value is its total already, and quotients have none"
	if rule == indicator.RuleSum {
		err.Message = "values of " + s.Indicator.Code + " do not add up over these periods, which may overlap"
		err.Hint = "ask for a grain"
	}
	return err
}

// runningTotals are x(0) + … + x(t), missing from the first missing value on.
func (s *Series) runningTotals() []indicator.Quantity {
	s.once.Do(func() {
		var sum indicator.Quantity
		for _, p := range s.points {
			sum.Value += p.quantity.Value
			sum.Precision = sum.Precision.Plus(p.quantity.Precision)
			s.sums = append(s.sums, sum)
		}
	})
	return s.sums
}

// Cumulative is the sum of the values from the first point to this one; nil from the first missing one on. Of what does not
// add up over time it is a NOT_ADDITIVE error, at the first point.
func (p *Point) Cumulative() (*float64, error) {
	if err := p.series.additive(); err != nil {
		if p.position > 0 {
			return nil, nil //nolint:nilnil // the first point says why
		}
		return nil, err
	}
	return number(p.series.runningTotals()[p.position].Value), nil
}

// CumulativePrecision is the precision of Cumulative; nil where that is.
func (p *Point) CumulativePrecision() *indicator.Precision {
	if p.series.additive() != nil {
		return nil
	}
	return precisionOf(p.series.runningTotals()[p.position])
}

// precisionOf returns nil for a missing quantity.
func precisionOf(q indicator.Quantity) *indicator.Precision {
	if !q.Known() {
		return nil
	}
	return &q.Precision
}

// compareByTime orders periods by their end, then by their start.
func compareByTime(a, b indicator.Period) int {
	return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Start, b.Start))
}

package query

import (
	"cmp"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// cell is one region's value of one subject in one group: its figures rolled up over time by the contract. Answers have thousands of
// them, so it holds no pointers, which the collector would follow.
type cell struct {
	quantity indicator.Quantity // missing if there is none
	// numerator and denominator of a rate or quotient; NaN where unknown. counts is the precision of their ratio.
	numerator, denominator float64
	region                 int32
	until                  indicator.Day     // the last day that the rows are about; only where the indicator has a weight
	used                   rowList           // rows that the value rests on
	divisorUsed            rowList           // rows of the divisor, if the value is a quotient
	missing                indicator.Missing // why there is no quantity, if so
	counts                 indicator.Precision
	divisorDiffers         bool // the divisor is about another period than the figure
	scopesDiffer           bool // the divisor is defined otherwise than the figure
	gaps                   bool // figures added up over time leave days uncovered that figures are about
}

// rate sets the cell's quantity from its counts. Over a denominator of zero there is no rate, but the counts take part in those
// of larger groups: a county without clinics has residents all the same.
func (c *cell) rate(scale float64) {
	if c.denominator == 0 {
		c.quantity, c.missing = indicator.NoQuantity(), indicator.NoDenominator
		return
	}
	c.quantity = indicator.Quantity{Value: scale * c.numerator / c.denominator, Precision: c.counts}
}

// rateOfSums is rate from counts that have been added up over time: one that is unknown makes the sums unknown.
func (c *cell) rateOfSums(scale float64) {
	if !c.countsKnown() || c.denominator == 0 {
		c.numerator, c.denominator, c.missing = math.NaN(), math.NaN(), indicator.NoDenominator
		return
	}
	c.rate(scale)
}

func (c *cell) countsKnown() bool { return !math.IsNaN(c.numerator) && !math.IsNaN(c.denominator) }

// newCell rolls the rows of one region up over time. Rows are positions in f.rows, at least one.
func (f *figures) newCell(w *watch, x *subject, rows []int32) (c cell, err error) {
	err = f.fillCell(w, x, rows, &c)
	return c, err
}

// fillCell is newCell into an empty cell.
func (f *figures) fillCell(w *watch, x *subject, rows []int32, c *cell) error {
	if err := w.steps(len(rows)); err != nil {
		return err
	}
	if len(rows) == 1 && !x.quotient() { // as most are
		f.fillRow(x, rows[0], c)
		return nil
	}
	r := f.rows
	c.empty(r.Region[rows[0]])
	known := rows
	if slices.ContainsFunc(rows, func(i int32) bool { return r.Missing[i] != indicator.NotMissing }) {
		known = slices.DeleteFunc(slices.Clone(rows), func(i int32) bool { return r.Missing[i] != indicator.NotMissing })
	}
	if len(known) == 0 {
		newest := rows[0]
		for _, i := range rows[1:] {
			if r.End[i] >= r.End[newest] {
				newest = i
			}
		}
		c.missing, c.used, c.until = r.Missing[newest], oneRow(newest), r.End[newest]
		return nil
	}
	used, err := f.rollUpTime(w, x, c, known, spanOf(r, rows))
	if err != nil {
		return err
	}
	return f.finish(w, x, c, used)
}

// fillRow makes a row a cell by itself. The subject must be no quotient.
func (f *figures) fillRow(x *subject, i int32, c *cell) {
	r := f.rows
	c.empty(r.Region[i])
	if r.Missing[i] != indicator.NotMissing {
		c.missing, c.used, c.until = r.Missing[i], oneRow(i), r.End[i]
		return
	}
	c.take(r, x, i)
	if x.indicator.Weight != nil {
		c.until = r.End[i]
	}
}

// empty makes a zero cell one of a region that knows nothing.
func (c *cell) empty(region int32) {
	c.region, c.numerator, c.denominator, c.quantity.Value = region, math.NaN(), math.NaN(), math.NaN()
}

// finish completes a cell that rests on rows.
func (f *figures) finish(w *watch, x *subject, c *cell, used []int32) error {
	if x.indicator.Weight != nil {
		c.until = spanOf(f.rows, used).End
	}
	if x.quotient() {
		return f.divide(w, x, c, used)
	}
	return nil
}

// over divides the cell's value and reports whether it can be divided.
func (c *cell) over(divisor indicator.Quantity, scale float64) bool {
	if !divisor.Known() {
		c.quantity, c.missing = indicator.NoQuantity(), indicator.NoDenominator
		return false
	}
	c.numerator, c.denominator = c.quantity.Value, divisor.Value
	c.counts = c.quantity.Precision.Over(divisor.Precision)
	c.rate(scale)
	return true
}

// spanOf is the period from the first to the last day that rows are about.
func spanOf(r *store.Rows, rows []int32) indicator.Period {
	span := indicator.Period{Start: indicator.Forever, End: indicator.NoDay}
	for _, i := range rows {
		span.Start, span.End = min(span.Start, r.Start[i]), max(span.End, r.End[i])
	}
	return span
}

// rollUpTime combines the rows, all with values, by the time rule of the subject's base, and returns those that the value rests on.
// Span is what rows with and without values are about.
func (f *figures) rollUpTime(w *watch, x *subject, c *cell, rows []int32, span indicator.Period) (used []int32, err error) {
	r := f.rows
	rule := x.base.Rollup.Time
	if rule == indicator.RuleSum || rule == indicator.RuleMean || rule == indicator.RuleRatio {
		if rows, err = disjoint(w, r, rows); err != nil {
			return nil, err
		}
		c.gaps = rule == indicator.RuleSum && daysOf(r, rows) < span.Days()
	}
	if len(rows) == 1 { // such as a year that stands for its months
		c.take(r, x, rows[0])
		return rows, nil
	}
	if rule == indicator.RuleLast {
		newest := slices.Index(rows, slices.MaxFunc(rows, func(a, b int32) int {
			return cmp.Or(cmp.Compare(r.End[a], r.End[b]), cmp.Compare(r.Start[a], r.Start[b]))
		}))
		c.take(r, x, rows[newest])
		return rows[newest : newest+1], nil
	}
	c.used = f.keep(rows)
	switch rule {
	case indicator.RuleMin, indicator.RuleMax:
		best := rows[0]
		for _, i := range rows {
			if rule == indicator.RuleMin && r.Value[i] < r.Value[best] || rule == indicator.RuleMax && r.Value[i] > r.Value[best] {
				best = i
			}
			c.quantity.Precision = c.quantity.Precision.Plus(r.Precision[i])
		}
		c.quantity.Value = r.Value[best]
	case indicator.RuleSum, indicator.RuleMean:
		c.quantity.Value = 0
		for _, i := range rows {
			c.quantity.Value += r.Value[i]
			c.quantity.Precision = c.quantity.Precision.Plus(r.Precision[i])
		}
		if rule == indicator.RuleMean {
			c.quantity.Value /= float64(len(rows))
		}
	case indicator.RuleRatio:
		c.numerator, c.denominator = 0, 0
		for _, i := range rows {
			c.numerator += r.Numerator[i]
			c.denominator += r.Denominator[i]
			c.counts = c.counts.Plus(r.CountsPrecision[i])
		}
		c.rateOfSums(x.base.Scale)
	default:
		return nil, f.severalPeriods(x, c)
	}
	return rows, nil
}

// severalPeriods is the error of a cell whose figures have no rule to be combined over time.
func (f *figures) severalPeriods(x *subject, c *cell) error {
	err := indicator.Errorf(indicator.NotAggregatable, "%s does not combine over time, and %s has several periods here",
		x.base.Code, f.catalog.Regions()[c.region].Code)
	err.Reason = x.base.Rollup.Time.String()
	err.Hint = "ask for one period, or group by period"
	return err
}

// take makes row i the cell's value. A rate whose counts are known is computed from them, so that a region's own rate and that of a
// group agree.
func (c *cell) take(r *store.Rows, x *subject, i int32) {
	c.used = oneRow(i)
	c.quantity = indicator.Quantity{Value: r.Value[i], Precision: r.Precision[i], Reported: !r.Derived[i]}
	if x.base.Kind != indicator.Ratio {
		return
	}
	if r.Denominator[i] == 0 {
		return // a rate of nothing has no counts to speak of
	}
	c.numerator, c.denominator, c.counts = r.Numerator[i], r.Denominator[i], r.CountsPrecision[i]
	if c.countsKnown() {
		c.rate(x.base.Scale)
	}
}

// disjoint picks rows whose periods do not overlap, so that no day is counted twice: the longest periods first, a year
// before its months. The rows are returned by time.
func disjoint(w *watch, r *store.Rows, rows []int32) ([]int32, error) {
	if len(rows) == 1 {
		return rows, nil
	}
	var picked []int32
	period := func(i int32) indicator.Period { return indicator.Period{Start: r.Start[i], End: r.End[i]} }
	byLength := slices.Clone(rows)
	if err := sortRows(w, byLength, func(a, b int32) int {
		return cmp.Or(cmp.Compare(period(b).Days(), period(a).Days()), cmp.Compare(r.End[b], r.End[a]), cmp.Compare(a, b))
	}); err != nil {
		return nil, err
	}
	for _, i := range byLength {
		at, _ := slices.BinarySearchFunc(picked, r.Start[i], func(j int32, start indicator.Day) int {
			return cmp.Compare(r.Start[j], start)
		})
		if at > 0 && r.End[picked[at-1]] >= r.Start[i] || at < len(picked) && r.Start[picked[at]] <= r.End[i] {
			continue
		}
		if err := w.steps(1 + (len(picked)-at)/64); err != nil { // moving those behind takes time, too
			return nil, err
		}
		picked = slices.Insert(picked, at, i)
	}
	return picked, nil
}

// daysOf is the number of days that rows with disjoint periods are about.
func daysOf(r *store.Rows, rows []int32) int {
	days := 0
	for _, i := range rows {
		days += indicator.Period{Start: r.Start[i], End: r.End[i]}.Days()
	}
	return days
}

// evidence lists the figures that the cell's value rests on, by time, and behind them the one that divides a quotient. The
// request must have asked for evidence. The list ends early where the request does.
func (f *figures) evidence(w *watch, s *Session, c *cell) []*Observation {
	list := make([]*Observation, 0, c.used.n+1)
	for _, row := range f.listed(&c.used) {
		if w.step() != nil {
			break
		}
		list = append(list, f.evidenceOf(s, row)...)
	}
	for _, row := range f.divisorListed(c) {
		for _, divisor := range f.divisor.evidenceOf(s, row) {
			if w.steps(1+len(list)) != nil {
				break
			}
			if !slices.ContainsFunc(list, func(o *Observation) bool { return o.identity() == divisor.identity() }) {
				list = append(list, divisor)
			}
		}
	}
	return list
}

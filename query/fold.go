package query

import (
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// fillFrom makes a figure of a stretch an empty cell, as rollUpTime would have made it but for gaps, of which only warnings speak, and for the
// rows that it rests on, of which it has the number only.
func (x *subject) fillFrom(t *store.Stretch, i int, c *cell) {
	c.empty(t.Region[i])
	c.until, c.used.n = t.LastDay(i), 1
	if t.Missing != nil && t.Missing[i] != indicator.NotMissing {
		c.missing = t.Missing[i]
		return
	}
	if t.Used != nil {
		c.used.n = t.Used[i]
	}
	if c.used.n > 1 && x.base.Rollup.Time == indicator.RuleRatio {
		c.counted(t, i)
		c.rateOfSums(x.base.Scale)
		return
	}
	c.quantity.Value = t.Value[i]
	if t.Precision != nil {
		c.quantity.Precision = t.Precision[i]
	}
	if x.base.Kind != indicator.Ratio || t.Numerator == nil || t.Denominator[i] == 0 {
		return // see cell.take
	}
	if c.counted(t, i); c.countsKnown() {
		c.rate(x.base.Scale)
	}
}

// counted takes the counts of a figure.
func (c *cell) counted(t *store.Stretch, i int) {
	if t.Numerator == nil {
		return
	}
	c.numerator, c.denominator = t.Numerator[i], t.Denominator[i]
	if t.CountsPrecision != nil {
		c.counts = t.CountsPrecision[i]
	}
}

// plain reports whether the rollup is of a stretch whose values are combined as they are: neither by their counts nor by weights.
func (u *rollup) plain() bool {
	if u.stretch == nil || u.subject.base.Kind == indicator.Ratio {
		return false
	}
	switch u.subject.rule() {
	case indicator.RuleSum, indicator.RuleMin, indicator.RuleMax, indicator.RuleNone:
		return true
	}
	return false
}

// knownOf are the values of a stretch that are not missing, in tree order: its own column where none is.
func (u *rollup) knownOf(t *store.Stretch) []float64 {
	missing := 0
	for _, reason := range t.Missing {
		if reason != indicator.NotMissing {
			missing++
		}
	}
	if missing == 0 {
		return t.Value
	}
	known := make([]float64, 0, len(t.Value)-missing)
	for i, reason := range t.Missing {
		if reason == indicator.NotMissing {
			known = append(known, t.Value[i])
		}
	}
	return known
}

// combinePlain is combine of a rollup that is plain, without making cells.
func (u *rollup) combinePlain() {
	t, known := u.stretch, u.values()
	sum, reason, only := combination{n: len(known)}, indicator.NoObservation, indicator.NoQuantity()
	u.count = len(known)
	for _, value := range known {
		u.total += value
	}
	if len(known) == 0 {
		u.total = math.NaN()
	}
	for i, why := range t.Missing {
		if why != indicator.NotMissing {
			reason = commonReason(reason, why)
		} else if t.Used != nil {
			u.count += int(t.Used[i]) - 1
		}
	}
	if t.Missing == nil {
		for _, used := range t.Used {
			u.count += int(used) - 1
		}
	}
	for i, precision := range t.Precision {
		if t.Missing == nil || t.Missing[i] == indicator.NotMissing {
			sum.precision = sum.precision.Plus(precision)
		}
	}
	if len(known) > 0 {
		switch u.subject.rule() {
		case indicator.RuleMin:
			sum.value = least(known)
		case indicator.RuleMax:
			sum.value = greatest(known)
		default:
			sum.value = u.total
		}
		only = indicator.Quantity{Value: known[len(known)-1], Precision: sum.precision}
	}
	u.conclude(&sum, reason, only)
}

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
	if u.part.of == nil || u.subject.base.Kind == indicator.Ratio {
		return false
	}
	switch u.subject.rule() {
	case indicator.RuleSum, indicator.RuleMin, indicator.RuleMax, indicator.RuleNone:
		return true
	}
	return false
}

// sumPlain finds the extent of the values of a stretch that are not missing, the precision of their sum, and why the others are missing.
func (u *rollup) sumPlain() {
	t := u.part.stretch()
	if t.Missing == nil || u.lists {
		var known []float64
		known, u.precision, u.reason = u.notMissing(&t)
		if u.extent = extentOf(known); len(known) > 0 {
			u.last = known[len(known)-1]
		}
		u.gathering.Do(func() { u.known = known })
		return
	}
	over, reason := noExtent, indicator.NoObservation
	for i, why := range t.Missing {
		if why != indicator.NotMissing {
			reason = commonReason(reason, why)
			continue
		}
		over, u.last = over.with(t.Value[i]), t.Value[i]
		if t.Precision != nil {
			u.precision = u.precision.Plus(t.Precision[i])
		}
	}
	u.extent, u.reason = over, reason
}

// notMissing are the values of a stretch that are not missing, its own column where none is, with the precision of their sum and why the others are
// missing.
func (u *rollup) notMissing(t *store.Stretch) (known []float64, precision indicator.Precision, reason indicator.Missing) {
	reason = indicator.NoObservation
	first := 0
	for first < len(t.Missing) && t.Missing[first] == indicator.NotMissing {
		first++
	}
	if first == len(t.Missing) { // nothing is
		return t.Value, allOf(t.Precision), reason
	}
	known = append(numberMemory.Room(u.scratch, len(t.Value)-1), t.Value[:first]...)
	if t.Precision != nil {
		precision = allOf(t.Precision[:first])
	}
	for i := first; i < len(t.Missing); i++ {
		if why := t.Missing[i]; why != indicator.NotMissing {
			reason = commonReason(reason, why)
			continue
		}
		known = append(known, t.Value[i])
		if t.Precision != nil {
			precision = precision.Plus(t.Precision[i])
		}
	}
	return known, precision, reason
}

// allOf is the precision of a sum.
func allOf(parts []indicator.Precision) (sum indicator.Precision) {
	for _, precision := range parts {
		sum = sum.Plus(precision)
	}
	return sum
}

// combinePlain is combine of a rollup that is plain, without making cells.
func (u *rollup) combinePlain() {
	t, over := u.part.stretch(), u.over()
	sum, only := combination{n: over.n, value: over.sum, precision: u.precision}, indicator.NoQuantity()
	u.total, u.count = over.sum, over.n
	for i, used := range t.Used {
		if t.Missing == nil || t.Missing[i] == indicator.NotMissing {
			u.count += int(used) - 1
		}
	}
	switch u.subject.rule() {
	case indicator.RuleMin:
		sum.value = over.least
	case indicator.RuleMax:
		sum.value = over.greatest
	}
	if over.n > 0 {
		only = indicator.Quantity{Value: u.last, Precision: u.precision}
	}
	u.conclude(&sum, u.reason, only)
}

// countable reports whether the rollup is of a stretch of rates that are combined by their counts.
func (u *rollup) countable() bool {
	return u.part.of != nil && u.subject.base.Kind == indicator.Ratio && u.subject.rule() == indicator.RuleRatio && len(u.expected) != 1
}

// combineCounts is combine of a rollup that is countable, without making cells.
func (u *rollup) combineCounts() {
	t, scale := u.part.stretch(), u.subject.base.Scale
	summed := u.subject.base.Rollup.Time == indicator.RuleRatio // rates of several periods are those of their sums
	sum, over, reason := combination{}, noExtent, indicator.NoObservation
	for i, value := range t.Value {
		if t.Missing != nil && t.Missing[i] != indicator.NotMissing {
			reason = commonReason(reason, t.Missing[i])
			continue
		}
		used, numerator, denominator := 1, math.NaN(), math.NaN()
		if t.Used != nil {
			used = int(t.Used[i])
		}
		if t.Numerator != nil && t.Denominator[i] != 0 {
			numerator, denominator = t.Numerator[i], t.Denominator[i]
		}
		counted := !math.IsNaN(numerator) && !math.IsNaN(denominator)
		switch {
		case counted:
			value = scale * numerator / denominator
		case used > 1 && summed:
			value = math.NaN()
		}
		if !math.IsNaN(value) {
			over = over.with(value)
			u.count += used
		}
		if !counted {
			reason = commonReason(reason, indicator.NoDenominator)
			continue
		}
		sum.n++
		sum.numerator += numerator
		sum.denominator += denominator
		if t.CountsPrecision != nil {
			sum.counts = sum.counts.Plus(t.CountsPrecision[i])
		}
	}
	u.summing.Do(func() { u.extent = over })
	u.total = over.sum
	u.conclude(&sum, reason, indicator.NoQuantity())
}

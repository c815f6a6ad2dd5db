package query

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// rollup is cells combined over regions by the subject's rule.
type rollup struct {
	subject  *subject
	expected []*catalog.Region // in tree order
	cells    []cell            // at most one per expected region, in tree order
	weights  *weightFigures    // nil where nothing is weighed

	once     sync.Once
	quantity indicator.Quantity
	missing  indicator.Missing
	used     []*catalog.Region
	lacking  []MissingRegion
	refused  error

	ordering sync.Once
	sorted   []float64 // the values of all cells that have one, ascending, once they have been ordered
}

// compute combines the cells, once.
func (u *rollup) compute() { u.once.Do(u.combine) }

// order sorts the values, once.
func (u *rollup) order() []float64 {
	u.ordering.Do(func() {
		u.sorted = make([]float64, 0, len(u.cells))
		for i := range u.cells {
			if u.cells[i].quantity.Known() {
				u.sorted = append(u.sorted, u.cells[i].quantity.Value)
			}
		}
		slices.Sort(u.sorted)
	})
	return u.sorted
}

// usable tells why a cell cannot take part in the group's value; NotMissing if it can.
func (u *rollup) usable(c *cell) indicator.Missing {
	combined := len(u.expected) != 1
	if combined && u.subject.rule() == indicator.RuleRatio && c.countsKnown() {
		return indicator.NotMissing
	}
	if !c.quantity.Known() {
		return cmp.Or(c.missing, indicator.UnknownReason)
	}
	if !combined {
		return indicator.NotMissing
	}
	switch u.subject.rule() {
	case indicator.RuleRatio:
		return indicator.NoDenominator
	case indicator.RuleWeightedMean:
		if _, ok := u.weight(c.region, c.until); !ok {
			return indicator.NoWeight
		}
	}
	return indicator.NotMissing
}

// weight is a region's weight at the time of its figures, which end with the day until.
func (u *rollup) weight(region int32, until indicator.Day) (datedQuantity, bool) {
	if u.subject.indicator.Weight == nil {
		return datedQuantity{}, false
	}
	return u.weights.on(seriesKey{u.subject.indicator.Weight.ID, 0, region}, until)
}

// combine applies the rule to the usable cells and lists the regions that lack one.
func (u *rollup) combine() {
	usable := make([]*cell, 0, len(u.cells))
	u.used = make([]*catalog.Region, 0, len(u.cells))
	next := 0
	for _, region := range u.expected {
		for next < len(u.cells) && u.cells[next].region < region.ID {
			next++
		}
		if next == len(u.cells) || u.cells[next].region != region.ID {
			u.lacking = append(u.lacking, MissingRegion{region, indicator.NoObservation})
			continue
		}
		c := &u.cells[next]
		if reason := u.usable(c); reason != indicator.NotMissing {
			u.lacking = append(u.lacking, MissingRegion{region, reason})
			continue
		}
		usable = append(usable, c)
		u.used = append(u.used, region)
	}
	u.quantity = indicator.NoQuantity()
	switch {
	case len(u.expected) > 1 && u.subject.rule() == indicator.RuleNone:
		err := indicator.Errorf(indicator.NotAggregatable, "%s does not combine over regions", u.subject.indicator.Code)
		err.Reason = indicator.RuleNone.String()
		err.Hint = "ask for single regions, group by their level, or use mean, median, min or max, which say what they are"
		u.refused = err
	case len(usable) == 0:
		u.missing = u.commonReason()
	case len(u.expected) == 1:
		u.quantity = usable[0].quantity
	default:
		u.quantity = u.combined(usable)
		if !u.quantity.Known() { // there is nothing to divide by
			u.missing = indicator.NoDenominator
			if u.subject.rule() == indicator.RuleWeightedMean {
				u.missing = indicator.NoWeight
			}
		}
	}
}

// commonReason is why a group has no value: the one reason all its regions share, apart from those with no figure at
// all, or UnknownReason.
func (u *rollup) commonReason() indicator.Missing {
	reason := indicator.NoObservation
	for _, m := range u.lacking {
		switch {
		case m.Reason == indicator.NoObservation || m.Reason == reason:
		case reason == indicator.NoObservation:
			reason = m.Reason
		default:
			return indicator.UnknownReason
		}
	}
	return reason
}

// combined computes the value of at least one usable cell under a rule other than RuleNone.
func (u *rollup) combined(cells []*cell) indicator.Quantity {
	var precision indicator.Precision
	for _, c := range cells {
		precision = precision.Plus(c.quantity.Precision)
	}
	switch u.subject.rule() {
	case indicator.RuleRatio:
		var numerator, denominator float64
		precision = indicator.Exact
		for _, c := range cells {
			numerator += c.numerator
			denominator += c.denominator
			precision = precision.Plus(c.counts)
		}
		if denominator == 0 {
			return indicator.NoQuantity()
		}
		return indicator.Quantity{Value: u.scale() * numerator / denominator, Precision: precision}
	case indicator.RuleWeightedMean:
		var sum, weights float64
		for _, c := range cells {
			w, _ := u.weight(c.region, c.until)
			sum += w.Value * c.quantity.Value
			weights += w.Value
			precision = precision.Plus(w.Precision.Unordered())
		}
		if weights == 0 {
			return indicator.NoQuantity()
		}
		return indicator.Quantity{Value: sum / weights, Precision: precision}
	case indicator.RuleMin, indicator.RuleMax:
		value := cells[0].quantity.Value
		for _, c := range cells {
			if u.subject.rule() == indicator.RuleMin {
				value = min(value, c.quantity.Value)
			} else {
				value = max(value, c.quantity.Value)
			}
		}
		return indicator.Quantity{Value: value, Precision: precision}
	default: // RuleSum
		var sum float64
		for _, c := range cells {
			sum += c.quantity.Value
		}
		return indicator.Quantity{Value: sum, Precision: precision}
	}
}

// scale is the factor of a rate's numerator over its denominator.
func (u *rollup) scale() float64 {
	if u.subject.quotient() {
		return u.subject.scale
	}
	return u.subject.indicator.Scale
}

// sum adds the regions' values up, or refuses to.
func (u *rollup) sum() (float64, error) {
	if u.subject.rule() != indicator.RuleSum {
		err := indicator.Errorf(indicator.NotAdditive, "values of %s do not add up over regions", u.subject.indicator.Code)
		err.Reason = u.subject.rule().String()
		err.Hint = "value combines them by the indicator's own rule; mean is the unweighted mean"
		return math.NaN(), err
	}
	total, any := 0.0, false
	for i := range u.cells { // in tree order, like the value
		if u.cells[i].quantity.Known() {
			total, any = total+u.cells[i].quantity.Value, true
		}
	}
	if !any {
		return math.NaN(), nil
	}
	return total, nil
}

// weightShare is the share of the weight indicator's sum that the used regions hold; NaN without weights. A region without figures
// counts with its weight at the time of the newest figures of the others.
func (u *rollup) weightShare() float64 {
	u.compute()
	var used, all float64
	newest := indicator.NoDay
	for i := range u.cells {
		newest = max(newest, u.cells[i].until)
	}
	if len(u.cells) == 0 {
		newest = indicator.Forever
	}
	next, at := 0, 0
	for _, region := range u.expected {
		for at < len(u.cells) && u.cells[at].region < region.ID {
			at++
		}
		until := newest
		if at < len(u.cells) && u.cells[at].region == region.ID {
			until = u.cells[at].until
		}
		w, ok := u.weight(region.ID, until)
		if !ok {
			continue
		}
		all += w.Value
		for next < len(u.used) && u.used[next].ID < region.ID {
			next++
		}
		if next < len(u.used) && u.used[next] == region {
			used += w.Value
		}
	}
	if all == 0 {
		return math.NaN()
	}
	return used / all
}

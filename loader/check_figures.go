package loader

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// choose returns the text that goes with an outcome.
func choose(how agreement, agreeing, withinLimits, differing string) string {
	switch how {
	case agrees:
		return agreeing
	case within:
		return withinLimits
	default:
		return differing
	}
}

// one describes a finding about one figure.
func (f *finding) one(message, arithmetic string) description {
	return description{message, arithmetic, []cited{f.figure}}
}

// rateRule compares printed rates with their counts. The tolerance is in the rate's unit; where none is declared it is
// half a unit of the rate's last decimal, the rounding of a printed rate.
type rateRule struct{ *findings }

func (r *rateRule) look(t *store.Stretch) {
	if len(t.Numerator) == 0 {
		return
	}
	r.enter(periodOf(t))
	factor := scale(r.indicator)
	for i, value := range t.Value {
		n, d := t.Numerator[i], t.Denominator[i]
		if !hasValue(t, i) || derived(t, i) || math.IsNaN(n) || math.IsNaN(d) || d == 0 {
			continue
		}
		computed, counts := factor*n/d, precisionAt(t.CountsPrecision, i)
		tolerance := r.check.Tolerance
		if tolerance == 0 {
			tolerance = math.Pow10(-decimals(value)) / 2
		}
		how := agree(value, precisionAt(t.Precision, i), computed, counts, tolerance)
		if r.takes(how, t.Region[i]) {
			r.add(finding{agreement: how, figure: r.cite(t, i)})
		}
	}
}

func (r *rateRule) describe(found *finding) description {
	factor, figure, times := scale(r.indicator), &found.figure, ""
	if factor != 1 {
		times = " × " + formatNumber(factor)
	}
	return found.one(
		choose(found.agreement, "the rate is that of its counts", "the rate agrees with its counts within rounding and precision",
			"the rate is not that of its counts"),
		fmt.Sprintf("%s / %s%s = %s, and %s is reported", formatNumber(figure.numerator), formatNumber(figure.denominator), times,
			inWords(factor*figure.numerator/figure.denominator, figure.countsPrecision), figure.words()))
}

// mostDecimals bounds the decimals that are found by arithmetic, and mostDigits the numbers: up to them a power of ten is exact, and so is a number of
// its units.
const mostDecimals, mostDigits = 15, 1 << 50

// decimals counts the decimals a value is written with.
func decimals(value float64) int {
	power := 1.0
	for n := range mostDecimals {
		units := math.Round(value * power)
		if math.Abs(units) > mostDigits {
			break
		}
		if units/power == value {
			return n
		}
		power *= 10
	}
	_, fraction, _ := strings.Cut(strconv.FormatFloat(value, 'f', -1, 64), ".")
	return len(fraction)
}

// shareRule checks that a share does not exceed the whole. The tolerance is relative to the denominator.
type shareRule struct{ *findings }

func (r *shareRule) look(t *store.Stretch) {
	r.enter(periodOf(t))
	for i, n := range t.Numerator {
		d := t.Denominator[i]
		if math.IsNaN(n) || math.IsNaN(d) {
			continue
		}
		how := agrees
		if n > d {
			how = agree(n, precisionAt(t.CountsPrecision, i), d, indicator.Exact, r.check.Tolerance*d)
		}
		if r.takes(how, t.Region[i]) {
			r.add(finding{agreement: how, figure: r.cite(t, i)})
		}
	}
}

func (r *shareRule) describe(found *finding) description {
	n, d, relation := found.figure.numerator, found.figure.denominator, "is not more than"
	if n > d {
		relation = "is more than"
	}
	return found.one(
		choose(found.agreement, "the numerator does not exceed the denominator",
			"the numerator exceeds the denominator, within tolerance and precision", "the numerator exceeds the denominator"),
		fmt.Sprintf("%s %s %s", formatNumber(n), relation, formatNumber(d)))
}

// rangeRule checks values against the indicator's range. An imprecise value is taken as it stands.
type rangeRule struct {
	*findings
	low, high float64 // infinite for no bound
}

func newRangeRule(out *findings) *rangeRule {
	r := &rangeRule{out, math.Inf(-1), math.Inf(1)}
	if bound := out.indicator.Min; bound != nil {
		r.low = *bound
	}
	if bound := out.indicator.Max; bound != nil {
		r.high = *bound
	}
	return r
}

func (r *rangeRule) look(t *store.Stretch) {
	r.enter(periodOf(t))
	for i, value := range t.Value {
		if !hasValue(t, i) {
			continue
		}
		how := agrees
		if value < r.low || value > r.high {
			how = differs
		}
		if r.takes(how, t.Region[i]) {
			r.add(finding{agreement: how, figure: r.cite(t, i)})
		}
	}
}

func (r *rangeRule) describe(found *finding) description {
	bounds, low, high := "unbounded", r.indicator.Min, r.indicator.Max
	switch {
	case low != nil && high != nil:
		bounds = "from " + formatNumber(*low) + " to " + formatNumber(*high)
	case low != nil:
		bounds = "from " + formatNumber(*low)
	case high != nil:
		bounds = "up to " + formatNumber(*high)
	}
	return found.one(choose(found.agreement, "the value lies within the range", "", "the value lies outside the range"),
		fmt.Sprintf("%s, and the range is %s", found.figure.words(), bounds))
}

// scaleRule suspects percentages that look like fractions.
type scaleRule struct{ *findings }

func (r *scaleRule) look(t *store.Stretch) {
	r.enter(periodOf(t))
	for i, value := range t.Value {
		if !hasValue(t, i) {
			continue
		}
		how := agrees
		if value > 0 && value <= 1 {
			how = differs
		}
		if r.takes(how, t.Region[i]) {
			r.add(finding{agreement: how, figure: r.cite(t, i)})
		}
	}
}

func (r *scaleRule) describe(found *finding) description {
	value := found.figure.value
	if found.agreement == agrees {
		return found.one("the value does not look like a fraction", formatNumber(value)+" % does not lie between 0 and 1")
	}
	return found.one("the value looks like a fraction",
		formatNumber(value)+" %, and as a fraction it would be "+formatNumber(100*value)+" %")
}

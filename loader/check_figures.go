package loader

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// each calls visit for every figure that has a value.
func (f *figures) each(visit func(row int)) {
	for row := range f.Len() {
		if f.known(row) {
			visit(row)
		}
	}
}

// find adds a finding about one row.
func (f *figures) find(out *findings, row int, how agreement, describe func() (message, arithmetic string)) {
	out.add(finding{how, f.Region[row], f.Slice[row], f.End[row], func() description {
		message, arithmetic := describe()
		return description{message, arithmetic, []indicator.ObservationKey{f.key(row)}}
	}})
}

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

// rateCounts compares printed rates with their counts. The tolerance is in the rate's unit; where none is declared it is
// half a unit of the rate's last decimal, the rounding of a printed rate.
func rateCounts(out *findings, check *indicator.Check, f *figures) {
	factor := scale(f.indicator)
	f.each(func(row int) {
		n, d, value := f.Numerator[row], f.Denominator[row], f.Value[row]
		if f.Derived[row] || math.IsNaN(n) || math.IsNaN(d) || d == 0 {
			return
		}
		computed := factor * n / d
		tolerance := check.Tolerance
		if tolerance == 0 {
			tolerance = math.Pow10(-decimals(value)) / 2
		}
		how := agree(value, f.Precision[row], computed, f.CountsPrecision[row], tolerance)
		f.find(out, row, how, func() (string, string) {
			times := ""
			if factor != 1 {
				times = " × " + formatNumber(factor)
			}
			return choose(how, "the rate is that of its counts", "the rate agrees with its counts within rounding and precision",
					"the rate is not that of its counts"),
				fmt.Sprintf("%s / %s%s = %s, and %s is reported", formatNumber(n), formatNumber(d), times,
					inWords(computed, f.CountsPrecision[row]), f.words(row))
		})
	})
}

// decimals counts the decimals a value is written with.
func decimals(value float64) int {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(value, 'f', -1, 64), ".")
	return len(fraction)
}

// numeratorLEDenominator checks that a share does not exceed the whole. The tolerance is relative to the denominator.
func numeratorLEDenominator(out *findings, check *indicator.Check, f *figures) {
	for row := range f.Len() {
		n, d := f.Numerator[row], f.Denominator[row]
		if math.IsNaN(n) || math.IsNaN(d) {
			continue
		}
		how := agrees
		relation := "is not more than"
		if n > d {
			relation = "is more than"
			how = agree(n, f.CountsPrecision[row], d, indicator.Exact, check.Tolerance*d)
		}
		f.find(out, row, how, func() (string, string) {
			return choose(how, "the numerator does not exceed the denominator",
					"the numerator exceeds the denominator, within tolerance and precision", "the numerator exceeds the denominator"),
				fmt.Sprintf("%s %s %s", formatNumber(n), relation, formatNumber(d))
		})
	}
}

// inRange checks values against the indicator's range. An imprecise value is taken as it stands.
func inRange(out *findings, f *figures) {
	low, high := f.indicator.Min, f.indicator.Max
	f.each(func(row int) {
		value := f.Value[row]
		how := agrees
		if low != nil && value < *low || high != nil && value > *high {
			how = differs
		}
		f.find(out, row, how, func() (string, string) {
			bounds := "unbounded"
			switch {
			case low != nil && high != nil:
				bounds = "from " + formatNumber(*low) + " to " + formatNumber(*high)
			case low != nil:
				bounds = "from " + formatNumber(*low)
			case high != nil:
				bounds = "up to " + formatNumber(*high)
			}
			return choose(how, "the value lies within the range", "", "the value lies outside the range"),
				fmt.Sprintf("%s, and the range is %s", f.words(row), bounds)
		})
	})
}

// unitScale suspects percentages that look like fractions.
func unitScale(out *findings, f *figures) {
	f.each(func(row int) {
		value := f.Value[row]
		how := agrees
		if value > 0 && value <= 1 {
			how = differs
		}
		f.find(out, row, how, func() (string, string) {
			if how == agrees {
				return "the value does not look like a fraction", formatNumber(value) + " % does not lie between 0 and 1"
			}
			return "the value looks like a fraction", formatNumber(value) + " %, and as a fraction it would be " + formatNumber(100*value) + " %"
		})
	})
}

// seriesKey tells the series apart whose figures follow each other: months after months, and of cumulative figures
// those with one start.
type seriesKey struct {
	region int32
	grain  indicator.Grain
	start  indicator.Day // of irregular periods
}

// jump compares each figure with the previous one of its series. Figures that are not positive have no factor between
// them and are passed over.
func jump(out *findings, check *indicator.Check, f *figures) {
	previous := make(map[seriesKey]int)
	for row := range f.Len() {
		if row > 0 && (f.Slice[row] != f.Slice[row-1] || f.Status[row] != f.Status[row-1]) {
			clear(previous)
		}
		if !f.known(row) {
			continue
		}
		key := seriesKey{region: f.Region[row], grain: f.period(row).Grain()}
		if key.grain == indicator.Irregular {
			key.start = f.Start[row]
		}
		before, ok := previous[key]
		previous[key] = row
		if !ok || f.Value[before] <= 0 || f.Value[row] <= 0 {
			continue
		}
		change := f.Value[row] / f.Value[before]
		how := agrees
		if change > check.Factor*(1+rounding) || change < (1-rounding)/check.Factor {
			how = differs
		}
		out.add(finding{how, f.Region[row], f.Slice[row], f.End[row], func() description {
			return description{
				choose(how, "the value keeps to the order of the previous one", "", "the value is far from the previous one"),
				fmt.Sprintf("%s in %s after %s in %s is a factor of %s; up to %s is expected", f.words(row), f.period(row),
					f.words(before), f.period(before), formatNumber(change), formatNumber(check.Factor)),
				[]indicator.ObservationKey{f.key(before), f.key(row)},
			}
		}})
	}
}

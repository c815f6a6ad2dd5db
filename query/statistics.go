package query

import (
	"math"
	"slices"
	"sort"
)

// The functions of this file return NaN where the statistic does not exist. Those with a parameter sorted take values in ascending order.

// extent is how many values there are, their sum and the smallest and the largest of them; NaN all three without any.
type extent struct {
	n                    int
	sum, least, greatest float64
}

var noExtent = extent{0, math.NaN(), math.NaN(), math.NaN()}

// with is the extent of one value more.
func (e extent) with(x float64) extent {
	if e.n == 0 {
		return extent{1, 0 + x, x, x} // zero has no sign in a sum
	}
	e.n++
	e.sum += x
	if x < e.least {
		e.least = x
	}
	if x > e.greatest {
		e.greatest = x
	}
	return e
}

func extentOf(values []float64) extent {
	if len(values) == 0 {
		return noExtent
	}
	sum, least, greatest := 0.0, values[0], values[0]
	for _, x := range values { // min and max take longer: they look for NaN and for the sign of zero
		sum += x
		if x < least {
			least = x
		}
		if x > greatest {
			greatest = x
		}
	}
	return extent{len(values), sum, least, greatest}
}

// mean is the unweighted arithmetic mean. The second pass takes out the rounding of the first: the mean of equal values must be
// that value, or they would have a deviation.
func mean(values []float64) float64 {
	var sum float64
	for _, x := range values {
		sum += x
	}
	return meanOf(values, sum)
}

// meanOf is the mean of values whose sum is known.
func meanOf(values []float64, sum float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	n := float64(len(values))
	first, rest := sum/n, 0.0
	for _, x := range values {
		rest += x - first
	}
	return first + rest/n
}

// quantile interpolates linearly between order statistics: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical
// Packages", The American Statistician 50 (1996).
func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	position := p * float64(len(sorted)-1)
	below := int(math.Floor(position))
	if below == len(sorted)-1 {
		return sorted[below]
	}
	return sorted[below] + (position-float64(below))*(sorted[below+1]-sorted[below])
}

// stddev is the sample standard deviation with divisor n - 1, in two passes.
func stddev(values []float64) float64 { return stddevOf(values, mean(values)) }

// stddevOf is the deviation of values whose mean is known.
func stddevOf(values []float64, m float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	var squares float64
	for _, x := range values {
		squares += (x - m) * (x - m)
	}
	return math.Sqrt(squares / float64(len(values)-1))
}

// medianAbsoluteDeviation is the median distance from the median, unscaled. The distances are appended to a list, whose room they take.
func medianAbsoluteDeviation(sorted, distances []float64) float64 {
	median := quantile(sorted, 0.5)
	above, _ := slices.BinarySearch(sorted, median)
	below := above - 1
	for below >= 0 || above < len(sorted) { // distances grow to either side
		if above == len(sorted) || below >= 0 && median-sorted[below] < sorted[above]-median {
			distances = append(distances, median-sorted[below])
			below--
		} else {
			distances = append(distances, sorted[above]-median)
			above++
		}
	}
	return quantile(distances, 0.5)
}

// gini is the Gini coefficient of non-negative values, 2 sum(i x_i) / (n sum(x)) - (n + 1) / n with i from 1: 0 where all
// are equal. It does not exist if a value is negative or all are zero.
func gini(sorted []float64) float64 {
	if len(sorted) == 0 || sorted[0] < 0 {
		return math.NaN()
	}
	var sum, ranked float64
	for i, x := range sorted {
		sum += x
		ranked += float64(i+1) * x
	}
	switch {
	case sum == 0:
		return math.NaN()
	case sorted[0] == sorted[len(sorted)-1]:
		return 0 // whatever the formula rounds to
	}
	n := float64(len(sorted))
	return 2*ranked/(n*sum) - (n+1)/n
}

// coefficientOfVariation is the standard deviation over the mean, where that is positive.
func coefficientOfVariation(mean, stddev float64) float64 {
	if !(mean > 0) {
		return math.NaN()
	}
	return stddev / mean
}

// counts returns how many values are smaller than, and how many equal to, x.
func counts(sorted []float64, x float64) (smaller, equal int) {
	smaller, found := slices.BinarySearch(sorted, x)
	if !found {
		return smaller, 0
	}
	rest := sorted[smaller:]
	if len(rest) == 1 || rest[1] != x { // as most are
		return smaller, 1
	}
	equal = sort.Search(len(rest), func(i int) bool { return rest[i] > x })
	return smaller, equal
}

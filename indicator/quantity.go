package indicator

import (
	"math"
	"strconv"
	"strings"
)

// Quantity is a value with its precision; a NaN value is missing.
type Quantity struct {
	Value     float64
	Precision Precision
	// Reported says that the value is a figure as a source states it, whose digits tell how far an approximate one reaches.
	// The digits of a computed value tell nothing.
	Reported bool
}

// NoQuantity is the missing quantity.
func NoQuantity() Quantity { return Quantity{Value: math.NaN()} }

// Known reports whether there is a value.
func (q Quantity) Known() bool { return !math.IsNaN(q.Value) }

// Minus is the difference, with the precision of a difference.
func (q Quantity) Minus(other Quantity) Quantity {
	return Quantity{Value: q.Value - other.Value, Precision: q.Precision.Minus(other.Precision)}
}

// Bounds returns the interval that the true value lies in. AtLeast and AtMost are open on one side. A reported Approximate
// value is taken as within one unit of its last significant digit on either side: 近2000 lies between 1000 and 3000, 约97
// between 96 and 98. Of a computed one nothing is known.
func (q Quantity) Bounds() (low, high float64) {
	switch q.Precision {
	case AtLeast:
		return q.Value, math.Inf(1)
	case AtMost:
		return math.Inf(-1), q.Value
	case Approximate:
		if !q.Reported {
			return math.Inf(-1), math.Inf(1)
		}
		unit := lastDigit(q.Value)
		return q.Value - unit, q.Value + unit
	default:
		return q.Value, q.Value
	}
}

// Compare tells -1, 0 or +1 if q is surely smaller than, not surely different from, or surely larger than other. Equal
// exact values are 0 too.
func (q Quantity) Compare(other Quantity) int {
	low, high := q.Bounds()
	otherLow, otherHigh := other.Bounds()
	switch {
	case high < otherLow:
		return -1
	case low > otherHigh:
		return 1
	}
	return 0
}

// lastDigit is the place value of the last significant decimal digit.
func lastDigit(x float64) float64 {
	if x == 0 {
		return 1
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'e', -1, 64), "e")
	power, _ := strconv.Atoi(exponent) // FormatFloat writes a valid exponent
	if _, decimals, ok := strings.Cut(mantissa, "."); ok {
		power -= len(decimals)
	}
	return math.Pow(10, float64(power))
}

package statement

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Number is what may be rendered into SQL: ordinals, enumerations, days and values.
type Number interface {
	~int | ~int8 | ~int32 | ~int64 | ~float64
}

// Literal renders a number. It is the only way by which a value of a selection enters SQL: bound parameters hide values
// from DuckDB's zone maps and make look-ups fifty times slower. Floats get an exponent, so that they are read as doubles
// and not as decimals; a float that is not finite has no literal and is rendered as NULL, which compares to nothing.
func Literal[N Number](n N) string {
	if isInteger := N(1)/2 == 0; isInteger {
		return strconv.FormatInt(int64(n), 10)
	}
	f := float64(n)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "NULL"
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}

// Literals renders numbers as a list, sorted and without repetitions.
func Literals[N Number](numbers []N) string {
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	texts := make([]string, len(sorted))
	for i, n := range sorted {
		texts[i] = Literal(n)
	}
	return strings.Join(texts, ", ")
}

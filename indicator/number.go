package indicator

import (
	"math"
	"strconv"
)

// significantDigits of numbers: what every engine agrees on, whatever the order it adds in.
const significantDigits = 12

// exactIntegers bounds the whole numbers that a double tells apart from their neighbours: 2^53.
const exactIntegers = 1 << 53

// Shown is a number as answers show it: with at most 12 significant digits. Whole numbers up to 2^53 are counts and stay exact,
// however many digits they have. Zero has no sign; NaN and the infinities stay.
func Shown(x float64) float64 {
	if x == math.Trunc(x) && math.Abs(x) <= exactIntegers {
		return x + 0 // -0 becomes 0
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', significantDigits, 64), 64) // FormatFloat's own output
	return rounded + 0
}

// AppendShown writes a finite number as answers show it, the shortest way that reads back as the same.
func AppendShown(to []byte, x float64) []byte {
	shown := Shown(x)
	format := byte('f')
	if abs := math.Abs(shown); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e' // as JavaScript does
	}
	return strconv.AppendFloat(to, shown, format, -1, 64)
}

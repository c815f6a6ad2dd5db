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
	if x == math.Trunc(x) && math.Abs(x) <= exactIntegers {
		return strconv.AppendInt(to, int64(x), 10)
	}
	// Of the numbers that doubles hold to 15 digits, the 12 digits without their zeros are the shortest that reads back as the same.
	var scratch [32]byte
	text := strconv.AppendFloat(scratch[:0], x, 'e', significantDigits-1, 64) // -d.ddddddddddde-dd
	if text[0] == '-' {
		to, text = append(to, '-'), text[1:]
	}
	digits, exponent := text[:significantDigits+1], exponentOf(text[significantDigits+2:])
	if exponent < smallestPlain || exponent > largestPlain {
		return appendScientific(to, math.Abs(x))
	}
	digits[1] = digits[0] // in the place of the point
	digits = digits[1:]
	for digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	switch {
	case exponent < 0:
		to = append(append(to, "0.00000"[:1-exponent]...), digits...)
	case exponent+1 >= len(digits):
		to = append(to, digits...)
		for range exponent + 1 - len(digits) {
			to = append(to, '0')
		}
	default:
		to = append(append(append(to, digits[:exponent+1]...), '.'), digits[exponent+1:]...)
	}
	return to
}

// Numbers whose first digit stands for a power of ten between these are written without an exponent, as JavaScript does.
const smallestPlain, largestPlain = -6, 20

// exponentOf reads -dd or +dd.
func exponentOf(text []byte) int {
	n := 0
	for _, digit := range text[1:] {
		n = 10*n + int(digit-'0')
	}
	if text[0] == '-' {
		return -n
	}
	return n
}

func appendScientific(to []byte, x float64) []byte {
	return strconv.AppendFloat(to, Shown(x), 'e', -1, 64)
}

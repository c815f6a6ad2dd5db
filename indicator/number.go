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
	// Both numbers are exact, so that their quotient or product is rounded once, as reading the digits is.
	if digits, exponent, sure := significant(math.Abs(x)); sure {
		if places := significantDigits - 1 - exponent; places >= 0 {
			digits /= powers[places]
		} else {
			digits *= powers[-places]
		}
		return math.Copysign(digits, x)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', significantDigits, 64), 64) // FormatFloat's own output
	return rounded + 0
}

// AppendShown writes a finite number as answers show it, the shortest way that reads back as the same.
func AppendShown(to []byte, x float64) []byte {
	if x == math.Trunc(x) && math.Abs(x) <= exactIntegers {
		return strconv.AppendInt(to, int64(x), 10)
	}
	if x < 0 {
		to, x = append(to, '-'), -x
	}
	// Of the numbers that doubles hold to 15 digits, the 12 digits without their zeros are the shortest that reads back as the same.
	var scratch [32]byte
	var digits []byte
	whole, exponent, sure := significant(x)
	if sure {
		digits = strconv.AppendUint(scratch[:0], uint64(whole), 10)
	} else {
		text := strconv.AppendFloat(scratch[:0], x, 'e', significantDigits-1, 64) // d.ddddddddddde-dd
		digits, exponent = text[1:significantDigits+1], exponentOf(text[significantDigits+2:])
		digits[0] = text[0] // in the place of the point
	}
	if exponent < smallestPlain || exponent > largestPlain {
		return appendScientific(to, x)
	}
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

// smallestQuick and largestQuick bound the numbers whose digits significant finds, and powers are the tens to scale them with, all of them exact.
const smallestQuick, largestQuick = 1e-6, 1e15

var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// significant are the significant digits of a positive number, rounded, as a whole number, with the power of ten of the first. It is quicker than
// strconv, and not sure where the scaled number, which is off by less than doubt, lies that near to the middle of two.
func significant(x float64) (digits float64, exponent int, sure bool) {
	const first, behind, doubt = 1e11, 1e12, 1e-3 // numbers of that many digits
	if !(x >= smallestQuick && x < largestQuick) {
		return 0, 0, false
	}
	_, binary := math.Frexp(x)
	exponent = (binary*1233 - 1233) >> 12 // the logarithm, or one less
	scaled := scale(x, exponent)
	if scaled >= behind {
		exponent++
		scaled = scale(x, exponent)
	}
	digits = math.Floor(scaled)
	rest := scaled - digits
	if !(scaled >= first) || rest > 0.5-doubt && rest < 0.5+doubt {
		return 0, 0, false
	}
	if rest > 0.5 {
		digits++
	}
	if digits >= behind {
		digits, exponent = first, exponent+1
	}
	return digits, exponent, true
}

// scale moves the digits of a number so that those that count are before the point.
func scale(x float64, exponent int) float64 {
	if places := significantDigits - 1 - exponent; places >= 0 {
		return x * powers[places]
	}
	return x / powers[exponent-significantDigits+1]
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

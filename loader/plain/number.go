package plain

// Decimal is a decimal number: Digits divided by ten to the power of Decimals. Digits is at most 10^15 in magnitude, so that
// it is exact as a double and every double says it again.
type Decimal struct {
	Digits   int64
	Decimals int
}

// most is the number of digits that a Decimal may have.
const most = 15

// ParseDecimal reads 12, -0.50 or 007, and nothing else.
func ParseDecimal(text []byte) (Decimal, bool) {
	var d Decimal
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) == 0 || len(text) > most+1 {
		return d, false
	}
	point := -1
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			d.Digits = d.Digits*10 + int64(c-'0')
		case c == '.' && point < 0 && i > 0 && i < len(text)-1:
			point = i
		default:
			return d, false
		}
	}
	if point >= 0 {
		d.Decimals = len(text) - point - 1
	} else if len(text) > most {
		return d, false
	}
	if negative {
		d.Digits = -d.Digits
	}
	return d, true
}

// powers are exact as doubles.
var powers = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// Float is the double nearest to the number: both sides of the division are exact, and it rounds once.
func (d Decimal) Float() float64 {
	if d.Decimals == 0 {
		return float64(d.Digits)
	}
	return float64(d.Digits) / float64(powers[d.Decimals])
}

// Times is the double nearest to the number times a factor, and false if that takes more than one rounding.
func (d Decimal) Times(factor int64) (float64, bool) {
	const exact = 1 << 53
	if factor <= 0 || d.Digits > exact/factor || d.Digits < -exact/factor {
		return 0, false
	}
	d.Digits *= factor
	return d.Float(), true
}

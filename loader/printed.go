package loader

import (
	"errors"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
)

// Printed is a figure as a text prints it, read.
type Printed struct {
	// Value is the number with 万, 亿 and million multiplied out. Shares are in percent, whatever words they are
	// written in: 一半 is 50, 两成 is 20.
	Value     float64
	Precision indicator.Precision
	// Unit is the unit word, in simplified characters and lower case: 元, 公里, km. It is empty for bare numbers and
	// behind counted words such as 个 and 户. The 万 of 万元 is a part of Value.
	Unit string
	// Percent and PerMille say that Value is a rate in percent or per mille.
	Percent, PerMille bool
}

// maxPrinted bounds the characters of a printed figure; a longer text is a sentence, not a figure.
const maxPrinted = 64

// ParsePrinted reads a figure as newspapers and tables print it, in Chinese or English: 2万余名, 近2000个, 约97%, 一半,
// 两成, 百分之九十五, 1.5亿, 1,047, more than 300 households. Full-width and traditional characters are the same as the
// plain ones. The error is an *indicator.Error of code INVALID_INPUT with a hint; ranges and vague words are refused.
func ParsePrinted(text string) (Printed, error) {
	folded := fold(text)
	for _, written := range []string{text, folded} {
		value, err := parseNumber(written)
		switch {
		case err == nil:
			return Printed{Value: value}, nil
		case errors.Is(err, errBounds):
			return Printed{}, printedError(text, err)
		}
	}
	if folded == "" || utf8.RuneCountInString(text) > maxPrinted {
		return Printed{}, printedError(text, errNoNumber)
	}
	p := printedParser{rest: folded}
	if err := p.parse(); err != nil {
		return Printed{}, printedError(text, err)
	}
	value, _ := p.value.Float64()
	if p.negative {
		value = -value
	}
	if err := withinBounds(value, p.value.Sign() == 0); err != nil {
		return Printed{}, printedError(text, err)
	}
	p.printed.Value = value
	return p.printed, nil
}

func printedError(text string, err error) error {
	hint := "write a number, with its rounding words and counted word if printed so: 2万余名, 近2000个, 97%"
	switch {
	case errors.Is(err, errRange):
		hint = "a range is two figures: give one bound and the precision AT_LEAST or AT_MOST"
	case errors.Is(err, errVague):
		hint = "leave the value empty and give a reason in missing, or a bound with its precision"
	case errors.Is(err, errAmbiguous):
		hint = "write it as a plain number"
	case errors.Is(err, errNoNumber) && !strings.ContainsFunc(text, unicode.IsDigit):
		hint = "write a number, or leave the cell empty; missing says why there is no value"
	case errors.Is(err, errBounds):
		hint = "magnitudes are 0 or from 2.3e-308 to 1.7e308"
	}
	refused := &indicator.Error{Code: indicator.InvalidInput, Message: quote(text) + " " + err.Error(), Hint: hint}
	if errors.Is(err, errBounds) {
		return &boundsError{refused}
	}
	return refused
}

// boundsError says that a number is beyond the bounds of numbers.
type boundsError struct{ told *indicator.Error }

func (e *boundsError) Error() string { return e.told.Error() }

// Unwrap returns the error as it is told.
func (e *boundsError) Unwrap() error { return e.told }

// printedParser reads a folded text from left to right.
type printedParser struct {
	rest     string
	value    *big.Rat
	negative bool
	printed  Printed
}

func (p *printedParser) parse() error {
	p.prefixes()
	switch {
	case p.half():
	default:
		if err := p.number(); err != nil {
			return err
		}
	}
	p.suffixes()
	if p.rest == "" {
		return nil
	}
	if isRange(p.rest) {
		return errRange
	}
	return errNoNumber
}

func (p *printedParser) round(by indicator.Precision) {
	p.printed.Precision = p.printed.Precision.Plus(by)
}

// prefixes takes rounding words, currency signs and signs off the start.
func (p *printedParser) prefixes() {
	for {
		p.rest = strings.TrimLeft(p.rest, " ")
		if rest, word, precision, ok := cutWord(p.rest, roundingPrefixes); ok {
			if word == "过" && !strings.HasPrefix(rest, "半") && !startsMagnitude(rest) {
				return // 过 bounds only round numbers, as in 过半 and 过百
			}
			p.rest = rest
			p.round(precision)
			continue
		}
		if rest, ok := strings.CutPrefix(p.rest, "上"); ok && startsMagnitude(rest) { // 上百, 上千
			p.rest = rest
			p.round(indicator.AtLeast)
			continue
		}
		if rest, ok := strings.CutPrefix(p.rest, "¥"); ok {
			p.rest = rest
			p.printed.Unit = "元"
			continue
		}
		break
	}
	if rest, ok := strings.CutPrefix(p.rest, "+"); ok && digits(rest) > 0 {
		p.rest = rest
		return
	}
	for _, sign := range []string{"-", "负", "minus "} {
		if rest, ok := strings.CutPrefix(p.rest, sign); ok {
			p.rest, p.negative = rest, true
			// What bounds the absolute value bounds the value from the other side.
			p.printed.Precision = p.printed.Precision.Negated()
			return
		}
	}
}

func startsMagnitude(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return magnitudes[r] > 0
}

// half reads the shares that are words of their own, 半 before a unit, and half a million.
func (p *printedParser) half() bool {
	if rest, ok := strings.CutPrefix(p.rest, "half a "); ok {
		if rest, _, magnitude, ok := cutWord(rest, englishMagnitudes); ok {
			p.rest, p.value = rest, big.NewRat(magnitude, 2)
			return true
		}
	}
	for _, word := range []string{"一半", "半数", "half"} {
		if rest, ok := strings.CutPrefix(p.rest, word); ok {
			p.rest, p.value, p.printed.Percent = rest, big.NewRat(50, 1), true
			return true
		}
	}
	rest, ok := strings.CutPrefix(p.rest, "半")
	if !ok {
		return false
	}
	if _, _, _, unit := cutWord(strings.TrimPrefix(rest, "个"), unitWords); unit { // 半年, 半个月
		p.rest, p.value = rest, big.NewRat(1, 2)
		return true
	}
	if rest == "" { // 过半
		p.rest, p.value, p.printed.Percent = rest, big.NewRat(50, 1), true
		return true
	}
	return false
}

// number reads a number or a fraction.
func (p *printedParser) number() error {
	for _, share := range []struct {
		prefix  string
		percent *big.Rat
	}{{"百分之", big.NewRat(1, 1)}, {"千分之", nil}, {"万分之", big.NewRat(1, 100)}} {
		if rest, ok := strings.CutPrefix(p.rest, share.prefix); ok {
			return p.fraction(rest, share.percent)
		}
	}
	if rest, ok := strings.CutPrefix(p.rest, "a "); ok { // a dozen, a million
		if rest, _, magnitude, ok := cutWord(rest, englishMagnitudes); ok {
			p.rest, p.value = rest, big.NewRat(magnitude, 1)
			return nil
		}
	}
	if _, _, _, vague := cutWord(p.rest, vagueWords); vague {
		return errVague
	}
	value, rounded, rest, err := scanNumber(p.rest)
	if err != nil {
		return err
	}
	p.value, p.rest = value, rest
	p.round(rounded)
	divisor := value
	if rest, ok := strings.CutPrefix(rest, "分之"); ok && divisor.Sign() > 0 { // 三分之二
		if p.value, _, p.rest, err = scanNumber(rest); err != nil {
			return err
		}
		p.value = new(big.Rat).Quo(p.value.Mul(p.value, big.NewRat(100, 1)), divisor)
		p.printed.Percent = true
	}
	if rest, ok := strings.CutPrefix(p.rest, "成"); ok { // 两成, 八成半, 七成五
		p.rest = rest
		p.printed.Percent = true
		p.value.Mul(p.value, big.NewRat(10, 1))
		r, size := utf8.DecodeRuneInString(rest)
		if r == '半' {
			r = '五'
		}
		if digit, ok := chineseDigit(r); ok {
			p.value.Add(p.value, new(big.Rat).SetInt64(digit))
			p.rest = rest[size:]
		}
	}
	return nil
}

// fraction reads what follows 百分之; percent is the factor to percent, nil for per mille.
func (p *printedParser) fraction(text string, percent *big.Rat) error {
	value, rounded, rest, err := scanNumber(text)
	if err != nil {
		return err
	}
	p.rest = rest
	p.round(rounded)
	if percent == nil {
		p.value, p.printed.PerMille = value, true
		return nil
	}
	p.value, p.printed.Percent = value.Mul(value, percent), true
	return nil
}

// suffixes takes percent signs, rounding words, counted words and at most one unit off the rest. Rounding words stand
// before or behind the counted word: 2万余名, 20000人左右.
func (p *printedParser) suffixes() {
	rated := p.printed.Percent || p.printed.PerMille
	measured := p.printed.Unit != ""
	counted := false
	for {
		p.rest = strings.TrimLeft(p.rest, " ")
		if !rated {
			if rest, _, _, ok := cutWord(p.rest, percentWords); ok {
				p.rest, p.printed.Percent, rated = rest, true, true
				continue
			}
			if rest, _, _, ok := cutWord(p.rest, perMilleWords); ok {
				p.rest, p.printed.PerMille, rated = rest, true, true
				continue
			}
		}
		if rest, ok := strings.CutPrefix(p.rest, "半"); ok && (counted || measured) { // 一个半小时, 两年半
			p.value.Add(p.value, big.NewRat(1, 2))
			p.rest = rest
			continue
		}
		if rest, _, precision, ok := cutWord(p.rest, roundingSuffixes); ok {
			p.rest = rest
			if p.negative {
				precision = precision.Negated()
			}
			p.round(precision)
			continue
		}
		// A unit is looked for before a counted word: 个月 begins like 个.
		if rest, word, _, ok := cutWord(p.rest, unitWords); ok && !rated && (!measured || word == p.printed.Unit) {
			p.rest, p.printed.Unit, measured = rest, word, true
			continue
		}
		if rest, _, _, ok := cutWord(p.rest, countedWords); ok {
			p.rest, counted = rest, true
			continue
		}
		return
	}
}

// isRange reports whether the rest of a figure says that it is a range: -300, ~300, 至300, to 300.
func isRange(rest string) bool {
	for _, word := range []string{"-", "~", "至", "到", "to "} {
		if after, ok := strings.CutPrefix(rest, word); ok {
			_, _, _, err := scanNumber(strings.TrimLeft(after, " "))
			return err == nil
		}
	}
	return false
}

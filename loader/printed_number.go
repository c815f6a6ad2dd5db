package loader

import (
	"errors"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
)

var (
	errNoNumber  = errors.New("is not a number")
	errVague     = errors.New("is too vague for a figure")
	errRange     = errors.New("is a range")
	errAmbiguous = errors.New("can be read in more than one way")
)

const chineseDigits = "〇一二三四五六七八九"

// magnitudes are the powers of ten that words stand for. Those of 10,000 and more multiply all that stands before.
var magnitudes = map[rune]int64{'十': 10, '百': 100, '千': 1000, '万': 1e4, '亿': 1e8}

// englishMagnitudes stand behind a number.
var englishMagnitudes = wordTable(map[string]int64{
	"dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "mn": 1e6, "bn": 1e9,
})

// chineseDigit returns the value of a Chinese digit; 零 and 两 are 0 and 2.
func chineseDigit(r rune) (int64, bool) {
	switch r {
	case '零':
		return 0, true
	case '两':
		return 2, true
	}
	if i := strings.IndexRune(chineseDigits, r); i >= 0 {
		return int64(i / len("〇")), true
	}
	return 0, false
}

// numeral accumulates a number written in digits, Chinese numerals or both.
type numeral struct {
	total   *big.Rat // what stands before the last 万 or 亿, multiplied
	section *big.Rat // what has been multiplied by 十, 百 or 千 since
	current *big.Rat // a number not yet multiplied; nil if there is none
	last    int64    // the last magnitude
	arabic  int      // the digits of current if it is written in Arabic whole digits
	leading bool     // current began with a zero, as the five of 一百零五
	precise bool     // current has decimals
	any     bool
	rounded indicator.Precision // of 余, 多, 来 or 几 inside the number
}

// scanNumber reads the number at the start of a folded text.
func scanNumber(text string) (value *big.Rat, rounded indicator.Precision, rest string, err error) {
	n := numeral{total: new(big.Rat), section: new(big.Rat)}
	for text != "" {
		next, err := n.scan(text)
		if err != nil {
			return nil, 0, text, err
		}
		if next == text {
			break
		}
		text = next
	}
	if !n.any {
		return nil, 0, text, errNoNumber
	}
	value, err = n.value()
	return value, n.rounded, text, err
}

// scan takes one element off the text; it returns the same text where the number ends.
func (n *numeral) scan(text string) (string, error) {
	r, size := utf8.DecodeRuneInString(text)
	if r >= '0' && r <= '9' {
		return n.scanArabic(text)
	}
	if _, ok := chineseDigit(r); ok {
		return n.scanChinese(text)
	}
	if magnitude, ok := magnitudes[r]; ok {
		return text[size:], n.multiply(magnitude)
	}
	if !n.any {
		if r == '几' || r == '数' {
			return text, errVague
		}
		return text, nil
	}
	trimmed := strings.TrimLeft(text, " ")
	if r, size := utf8.DecodeRuneInString(trimmed); magnitudes[r] >= 1e4 && n.current != nil { // 2 万
		return trimmed[size:], n.multiply(magnitudes[r])
	}
	if rest, _, magnitude, ok := cutWord(trimmed, englishMagnitudes); ok && n.current != nil {
		return rest, n.multiplyEnglish(magnitude)
	}
	if n.rounded != indicator.Exact {
		return text, nil
	}
	if decimals, rest := chineseRun(strings.TrimPrefix(text, "点")); r == '点' && n.current == nil && decimals != "" { // 十点五
		n.current, _ = new(big.Rat).SetString("0." + decimals)
		n.precise, n.arabic = true, 0
		return rest, nil
	}
	switch r {
	case '余', '多':
		n.rounded = indicator.AtLeast
	case '来':
		n.rounded = indicator.Approximate
	case '几': // 十几: eleven to nineteen
		if n.current != nil || n.last != 10 {
			return text, errVague
		}
		n.rounded = indicator.AtLeast
	default:
		return text, nil
	}
	return text[size:], nil
}

// scanArabic reads 1047, 1,047, 1 047 or 1.5.
func (n *numeral) scanArabic(text string) (string, error) {
	end := digits(text)
	whole := text[:end]
	if end <= 3 && whole[0] != '0' {
		for len(text) > end+3 && (text[end] == ',' || text[end] == ' ') && digits(text[end+1:]) == 3 {
			whole += text[end+1 : end+4]
			end += 4
		}
	}
	if len(text) > end+1 && text[end] == ',' && digits(text[end+1:]) > 0 {
		return text, errAmbiguous
	}
	number := whole
	if len(text) > end && text[end] == '.' {
		if count := digits(text[end+1:]); count > 0 {
			number += text[end : end+1+count]
			end += 1 + count
		}
	}
	if len(text) > end+1 && (text[end] == ',' || text[end] == '.') && digits(text[end+1:]) > 0 {
		return text, errAmbiguous // 1.234,5 and 1.234.567
	}
	if n.current != nil || n.rounded != indicator.Exact {
		return text, errAmbiguous
	}
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return text, errNoNumber
	}
	n.current, n.any = value, true
	n.precise = number != whole
	n.arabic = len(whole)
	n.leading = len(whole) > 1 && whole[0] == '0'
	return text[end:], nil
}

// digits counts the Arabic digits a text starts with.
func digits(text string) int {
	i := 0
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	return i
}

// scanChinese reads a run of Chinese digits, with decimals behind 点.
func (n *numeral) scanChinese(text string) (string, error) {
	run, rest := chineseRun(text)
	if n.current != nil || n.rounded != indicator.Exact {
		return text, errAmbiguous
	}
	significant := strings.TrimLeft(run, "0")
	switch {
	case len(significant) <= 1:
	case strings.ContainsRune(significant, '0') || len(significant) >= 4:
		// A number written digit by digit, as 二〇二〇.
	default:
		return text, errRange // 三五, 三四十: three to five, thirty to forty
	}
	number := run
	if fraction, ok := strings.CutPrefix(rest, "点"); ok {
		if decimals, after := chineseRun(fraction); decimals != "" {
			number += "." + decimals
			rest = after
			n.precise = true
		}
	}
	n.current, _ = new(big.Rat).SetString(number)
	n.leading = len(significant) < len(run)
	n.arabic = 0
	n.any = true
	return rest, nil
}

func chineseRun(text string) (digits, rest string) {
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		digit, ok := chineseDigit(r)
		if !ok {
			break
		}
		digits += string(rune('0' + digit))
		text = text[size:]
	}
	return digits, text
}

// multiply takes a magnitude into account.
func (n *numeral) multiply(magnitude int64) error {
	factor := new(big.Rat).SetInt64(magnitude)
	current := n.current
	n.current = nil
	if magnitude < 1e4 {
		if n.rounded != indicator.Exact || n.last > 0 && n.last < 1e4 && magnitude >= n.last {
			return errAmbiguous
		}
		if current == nil {
			current = big.NewRat(1, 1) // 十三, 百余
		}
		n.section.Add(n.section, current.Mul(current, factor))
		n.last, n.any = magnitude, true
		return nil
	}
	if current != nil {
		n.section.Add(n.section, current)
	}
	if n.section.Sign() == 0 && current == nil {
		n.section.SetInt64(1) // 万余
		if n.total.Sign() != 0 {
			n.section.SetInt64(0) // 万亿
		}
	}
	switch before := n.lastBig(); {
	case n.total.Sign() == 0 || magnitude < before:
		n.total.Add(n.total, n.section.Mul(n.section, factor))
	case magnitude > before: // 1万2000亿
		n.total.Mul(n.total.Add(n.total, n.section), factor)
	default:
		return errAmbiguous
	}
	n.section = new(big.Rat)
	n.last, n.any = magnitude, true
	return nil
}

// lastBig is the power of ten that the total is a multiple of: 亿 or 万.
func (n *numeral) lastBig() int64 {
	if n.total.Cmp(new(big.Rat).SetInt64(1e8)) >= 0 {
		return 1e8
	}
	return 1e4
}

func (n *numeral) multiplyEnglish(magnitude int64) error {
	if n.last != 0 {
		return errAmbiguous
	}
	n.total.Mul(n.current, new(big.Rat).SetInt64(magnitude))
	n.current = nil
	n.last = magnitude
	return nil
}

// value adds up what was read.
func (n *numeral) value() (*big.Rat, error) {
	sum := n.total.Add(n.total, n.section)
	if n.current == nil {
		return sum, nil
	}
	short := n.last >= 100 && !n.leading && !n.precise && n.current.Cmp(big.NewRat(10, 1)) < 0
	switch {
	case n.last == 0 || n.arabic == 0 && !short:
		return sum.Add(sum, n.current), nil
	case n.arabic == 0: // 一万二 is 12,000, 一百五 is 150
		return sum.Add(sum, n.current.Mul(n.current, new(big.Rat).SetInt64(n.last/10))), nil
	case !n.precise && len(new(big.Int).SetInt64(n.last).String()) == n.arabic+1: // 1万2000
		return sum.Add(sum, n.current), nil
	}
	return nil, errAmbiguous
}

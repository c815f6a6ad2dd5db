package mapping

import (
	"math/big"
	"regexp"
	"strings"
	"unicode/utf8"
)

// numbers says how a table writes numbers, where it is not as 1,047.5 or 1047.5.
type numbers struct {
	decimal   string // "." or ","
	thousands string // what stands between thousands; empty if nothing does
}

func readNumbers(n node) *numbers {
	f := &numbers{decimal: "."}
	n.fields([]field{
		{"decimal", func(n node) { f.decimal = n.one(".", ",") }},
		{"thousands", func(n node) {
			written, ok := n.text()
			if ok && (utf8.RuneCountInString(written) > 1 || strings.ContainsAny(written, "0123456789+-")) {
				n.fail("", "%q is not one character that can separate thousands", shorten(written))
			}
			f.thousands = written
		}},
	})
	if f.thousands == f.decimal {
		n.fail("", "one character cannot separate both thousands and decimals")
	}
	return f
}

// plain writes the number in a text as 1047.5; what stands around the number stays. It is false if the number is not
// written as the table is said to write numbers.
func (f *numbers) plain(value string) (string, bool) {
	first := strings.IndexAny(value, "0123456789")
	if first < 0 {
		return value, true
	}
	last := strings.LastIndexAny(value, "0123456789")
	number := value[first : last+1]
	whole, fraction, hasFraction := strings.Cut(number, f.decimal)
	if f.thousands != "" && strings.Contains(whole, f.thousands) {
		groups := strings.Split(whole, f.thousands)
		for i, group := range groups {
			if len(group) != 3 && (i > 0 || len(group) > 3 || group == "") {
				return "", false
			}
		}
		whole = strings.Join(groups, "")
	}
	if !isDigits(whole) || hasFraction && !startsWithDigits(fraction) {
		return "", false
	}
	if hasFraction {
		whole += "." + fraction
	}
	return value[:first] + whole + value[last+1:], true
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" && s != "" }

// startsWithDigits accepts decimals, with an exponent or not.
var decimals = regexp.MustCompile(`^\d+([eE][+-]?\d{1,3})?$`)

func startsWithDigits(s string) bool { return decimals.MatchString(s) }

// plainNumber is a number without anything around it; commas between thousands are taken off.
var plainNumber = regexp.MustCompile(`^[+-]?(\d{1,40}|\d{1,3}(,\d{3}){1,12})(\.\d{1,40})?([eE][+-]?\d{1,2})?$`)

// decimal reads a plain number.
func decimal(written string) (*big.Rat, bool) {
	if !plainNumber.MatchString(written) {
		return nil, false
	}
	return new(big.Rat).SetString(strings.ReplaceAll(written, ",", ""))
}

// multiply returns a plain number multiplied by a factor; the arithmetic is decimal and exact.
func multiply(value string, factor *big.Rat) (string, bool) {
	number, ok := decimal(value)
	if !ok {
		return "", false
	}
	number.Mul(number, factor)
	places, _ := number.FloatPrec() // decimal numbers multiplied are decimal: no digit is lost
	return number.FloatString(places), true
}

package indicator

import (
	"math"
	"strconv"
	"strings"
)

// ParseFormula reads the formula of a derived indicator, "a / b" or "a / b * 10000", and returns the codes of its
// numerator and denominator and the scale, 1 where none is written.
func ParseFormula(text string) (numerator, denominator string, scale float64, err error) {
	fail := func() (string, string, float64, error) {
		return "", "", 0, &Error{
			Code:    InvalidInput,
			Message: quote(text) + " is not a formula",
			Hint:    "write numerator / denominator or numerator / denominator * scale, with indicator codes",
		}
	}
	fields := strings.Fields(text)
	if len(fields) != 3 && len(fields) != 5 || fields[1] != "/" {
		return fail()
	}
	scale = 1
	if len(fields) == 5 {
		scale, err = strconv.ParseFloat(fields[4], 64)
		if fields[3] != "*" || err != nil || !(scale > 0) || math.IsInf(scale, 0) {
			return fail()
		}
	}
	return fields[0], fields[2], scale, nil
}

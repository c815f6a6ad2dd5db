package loader

import (
	"math"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// formatNumber writes a number for people: thousands separators and at most four decimals.
func formatNumber(value float64) string {
	if math.Abs(value) >= 1e15 {
		return strconv.FormatFloat(value, 'g', -1, 64)
	}
	text := strconv.FormatFloat(value, 'f', 4, 64)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	if text == "-0" || text == "0" && value != 0 {
		// Too small for four decimals: its leading digits say more than a zero.
		if value != 0 {
			return strconv.FormatFloat(value, 'g', 4, 64)
		}
		return "0"
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if fraction != "" {
		fraction = "." + fraction
	}
	return indicator.Grouped(whole) + fraction
}

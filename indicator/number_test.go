package indicator

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// rounded is what Shown returns, by way of the text.
func rounded(x float64) float64 {
	if x == math.Trunc(x) && math.Abs(x) <= exactIntegers {
		return x
	}
	shown, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', significantDigits, 64), 64)
	return shown
}

// plainly writes a number as AppendShown does.
func plainly(x float64) string {
	shown := rounded(x) + 0
	format := byte('f')
	if abs := math.Abs(shown); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(shown, format, -1, 64)
}

func TestAppendShown(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, -0.1, 1.0 / 3, 2.0 / 3, 1e-6, 9.999999999999e-7, 9.9999999999999e-7, 0.00000123, 1e-7, 1e20, 1e21, 9.99999999999999e20,
		1 << 53, 1<<53 + 2, -(1<<53 + 2), 123456789012.5, 12345678901234.5, 999999999999.99, 99999999999.995, 0.9999999999999, 98.7755102041, 5e-324, math.MaxFloat64,
		-12345.678, 1e15 + 0.5, 100.5, 4503599627370495.5,
	} {
		if got, want := string(AppendShown(nil, x)), plainly(x); got != want {
			t.Errorf("%g is written %s, want %s", x, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		if rapid.Bool().Draw(t, "near") {
			x = rapid.Float64Range(-1e7, 1e7).Draw(t, "x near 0") * math.Pow10(rapid.IntRange(-14, 16).Draw(t, "power"))
		}
		if rapid.Bool().Draw(t, "few digits") {
			x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', rapid.IntRange(1, 13).Draw(t, "digits"), 64), 64)
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return
		}
		if got, want := string(AppendShown([]byte("a"), x)), "a"+plainly(x); got != want {
			t.Fatalf("%g is written %s, want %s", x, got, want)
		}
		if got, want := Shown(x), rounded(x); got != want {
			t.Fatalf("%g is shown as %g, want %g", x, got, want)
		}
	})
}

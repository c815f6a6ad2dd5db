package query

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// CorrelationMethod is how a correlation is measured.
type CorrelationMethod int8

// The methods. Pearson measures how close the points are to a line, Spearman how close they are to any rising or falling curve.
const (
	Pearson CorrelationMethod = iota
	Spearman
)

// Undefined says why a statistic does not exist; the zero value is that it does.
type Undefined int8

// The reasons.
const (
	NotUndefined Undefined = iota
	TooFewPoints
	ZeroVariance
)

// moments of paired values: the means and the sums of squares and products of the distances from them. Distances are in units
// of the largest one, scaleX and scaleY, so that their squares neither vanish nor overflow.
type moments struct {
	n              int
	meanX, meanY   float64
	scaleX, scaleY float64 // 0 where all values are equal
	xx, yy, xy     float64
}

func momentsOf(x, y []float64) moments {
	m := moments{n: len(x), meanX: mean(x), meanY: mean(y)}
	m.scaleX, m.scaleY = spread(x, m.meanX), spread(y, m.meanY)
	if m.scaleX == 0 || m.scaleY == 0 {
		return m
	}
	for i := range x {
		dx, dy := (x[i]-m.meanX)/m.scaleX, (y[i]-m.meanY)/m.scaleY
		m.xx, m.yy, m.xy = m.xx+dx*dx, m.yy+dy*dy, m.xy+dx*dy
	}
	return m
}

// spread is the largest distance from the mean; exactly 0 where all values are equal, whatever their mean rounds to.
func spread(values []float64, mean float64) float64 {
	var largest float64
	for _, v := range values {
		if v != values[0] {
			largest = -1
			break
		}
	}
	if largest == 0 {
		return 0
	}
	for _, v := range values {
		largest = max(largest, math.Abs(v-mean))
	}
	return largest
}

// undefined tells why there is no coefficient. Two points lie on a line whatever they mean.
func (m moments) undefined() Undefined {
	switch {
	case m.n < 3:
		return TooFewPoints
	case m.scaleX == 0 || m.scaleY == 0:
		return ZeroVariance
	}
	return NotUndefined
}

// coefficient is the product-moment correlation, r = sum(dx dy) / sqrt(sum(dx^2) sum(dy^2)), in two passes. (K. Pearson, "Notes
// on Regression and Inheritance in the Case of Two Parents", Proceedings of the Royal Society 58, 1895.)
func (m moments) coefficient() float64 {
	return max(-1, min(1, m.xy/math.Sqrt(m.xx*m.yy)))
}

// line is the least-squares line y = slope x + intercept; NaN for fewer than three points or where x does not vary.
func (m moments) line() (slope, intercept float64) {
	switch {
	case m.n < 3 || m.scaleX == 0:
		return math.NaN(), math.NaN()
	case m.scaleY == 0:
		return 0, m.meanY
	}
	slope = m.xy / m.xx * m.scaleY / m.scaleX
	return slope, m.meanY - slope*m.meanX
}

// ranks are the values' places in ascending order from 1, equal values sharing the mean of theirs. Spearman's coefficient is
// Pearson's of the ranks. (C. Spearman, "The Proof and Measurement of Association between Two Things", American Journal of
// Psychology 15, 1904; ties as in M. Kendall, "Rank Correlation Methods", 1948.)
func ranks(values []float64) []float64 {
	sorted := slices.Sorted(slices.Values(values))
	places := make([]float64, len(values))
	for i, x := range values {
		smaller, equal := counts(sorted, x)
		places[i] = float64(smaller) + float64(equal+1)/2
	}
	return places
}

// confidenceInterval bounds a coefficient by Fisher's transformation: tanh(atanh(r) -+ z s), z the standard normal quantile and
// s = 1 / sqrt(n - 3) (R. A. Fisher, "On the 'Probable Error' of a Coefficient of Correlation Deduced from a Small Sample",
// Metron 1, 1921). For ranks s = sqrt((1 + r^2 / 2) / (n - 3)) (D. Bonett and T. Wright, "Sample Size Requirements for Estimating
// Pearson, Kendall and Spearman Correlations", Psychometrika 65, 2000). NaN for fewer than four points.
func confidenceInterval(r float64, n int, method CorrelationMethod, confidence float64) (lower, upper float64) {
	if n < 4 {
		return math.NaN(), math.NaN()
	}
	variance := 1 / float64(n-3)
	if method == Spearman {
		variance *= 1 + r*r/2
	}
	z := math.Sqrt2 * math.Erfinv(confidence) // of probability (1 + confidence) / 2
	margin := z * math.Sqrt(variance)
	return math.Tanh(math.Atanh(r) - margin), math.Tanh(math.Atanh(r) + margin)
}

// twoSidedP is the probability of a coefficient at least as far from 0 where the true one is 0: that of |T| >= |t| for Student's
// t with n - 2 degrees of freedom, t = r sqrt((n - 2) / (1 - r^2)). (Student, "Probable Error of a Correlation Coefficient",
// Biometrika 6, 1908; for ranks an approximation, Kendall 1948.) By the distribution's relation to the incomplete beta function
// it is I(1 - r^2; (n - 2) / 2, 1 / 2).
func twoSidedP(r float64, n int) float64 {
	return mathext.RegIncBeta(float64(n-2)/2, 0.5, (1-r)*(1+r))
}

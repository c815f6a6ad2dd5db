package query

import "math"

// BinRule is how the bins of a histogram were chosen.
type BinRule int8

// The rules.
const (
	BinsAsked BinRule = iota // as many as were asked for
	FreedmanDiaconis
	Sturges
	OneBin // all values are equal, or there is none
)

// maxBins is the most bins of a histogram.
const maxBins = 1000

// Bin is one bin of a histogram. It holds the values from Lower up to, not including, Upper; the last one includes Upper.
type Bin struct {
	Lower, Upper float64
	Count        int
	Share        float64 // of all values
}

// histogram sorts values, given in ascending order, into bins of equal width from the smallest to the largest. Asked is their
// number, 0 for as many as suit the values.
func histogram(sorted []float64, asked int) ([]Bin, BinRule) {
	if len(sorted) == 0 {
		return nil, OneBin
	}
	first, last := sorted[0], sorted[len(sorted)-1]
	if first == last {
		return []Bin{{Lower: first, Upper: last, Count: len(sorted), Share: 1}}, OneBin
	}
	number, rule := asked, BinsAsked
	if asked == 0 {
		number, rule = suitableBins(sorted)
	}
	bins := make([]Bin, number)
	for i := range bins {
		bins[i].Lower, bins[i].Upper = edge(first, last, i, number), edge(first, last, i+1, number)
	}
	below := 0
	for i := range bins {
		upTo := len(sorted)
		if i < len(bins)-1 {
			upTo, _ = counts(sorted, bins[i].Upper)
		}
		bins[i].Count = upTo - below
		bins[i].Share = float64(bins[i].Count) / float64(len(sorted))
		below = upTo
	}
	return bins, rule
}

// edge is the lower edge of bin i; the two outermost edges are exactly the smallest and the largest value.
func edge(first, last float64, i, bins int) float64 {
	switch i {
	case 0:
		return first
	case bins:
		return last
	}
	share := float64(i) / float64(bins)
	return first*(1-share) + last*share
}

// suitableBins chooses a number of bins: those of width 2 IQR / n^(1/3) that cover the values (D. Freedman and P. Diaconis, "On
// the Histogram as a Density Estimator: L2 Theory", Zeitschrift für Wahrscheinlichkeitstheorie 57, 1981) or, where the quartiles
// coincide, ceil(log2 n) + 1 (H. Sturges, "The Choice of a Class Interval", Journal of the American Statistical Association 21,
// 1926). There are at most maxBins.
func suitableBins(sorted []float64) (int, BinRule) {
	n := float64(len(sorted))
	width := 2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / math.Cbrt(n)
	if !(width > 0) {
		return int(math.Ceil(math.Log2(n))) + 1, Sturges
	}
	bins := math.Ceil((sorted[len(sorted)-1] - sorted[0]) / width)
	return int(max(1, min(bins, maxBins))), FreedmanDiaconis
}

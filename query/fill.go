package query

import "github.com/countyql/countyql/indicator"

// Fill is what stands in the gaps of a series: in periods for which nothing is reported, not in those that are reported as
// missing.
type Fill int8

// The fills.
const (
	FillNone     Fill = iota // nothing
	FillZero                 // 0
	FillPrevious             // the last known value before, with its precision
	FillLinear               // on the straight line between the known values on either side, a point each step; approximate
)

// apply fills the gaps of a series and marks them. Where a value that it needs is not known, a gap stays one.
func (f Fill) apply(w *watch, points []*Point) error {
	if f == FillNone {
		return nil
	}
	before, after := -1, 0 // the nearest known points that are not filled; -1 and len(points) for none
	for i, p := range points {
		if err := w.step(); err != nil {
			return err
		}
		if p.quantity.Known() {
			before = i
		}
		for after <= i || after < len(points) && !points[after].quantity.Known() {
			after++
		}
		if p.missing != indicator.NoObservation {
			continue
		}
		if q := f.between(points, before, after, i); q.Known() {
			p.quantity, p.missing, p.Filled = q, indicator.NotMissing, true
		}
	}
	return nil
}

// between is what fills the gap at i between two known points.
func (f Fill) between(points []*Point, before, after, i int) indicator.Quantity {
	switch {
	case f == FillZero:
		return indicator.Quantity{}
	case before < 0 || f == FillLinear && after == len(points):
		return indicator.NoQuantity()
	case f == FillPrevious:
		return points[before].quantity
	}
	// x(i) = x(a) + (x(b) - x(a)) (i - a) / (b - a)
	from, to := points[before].quantity.Value, points[after].quantity.Value
	return indicator.Quantity{Value: from + (to-from)*float64(i-before)/float64(after-before), Precision: indicator.Approximate}
}

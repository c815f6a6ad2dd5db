package query

import (
	"context"
	"slices"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// Series is how one indicator develops in one region.
type Series struct {
	Indicator *catalog.Indicator
	Region    *catalog.Region
	Status    indicator.Status
	// Frequency is the length of the periods; Irregular for spans that are no calendar periods.
	Frequency indicator.Grain

	key     seriesID
	subject *subject
	plan    *seriesPlan
	session *Session
	cells   []*bucket // what is reported and shown, by time
	// compared are all buckets of the indicator, region and status, shown or not.
	compared map[indicator.Period]*bucket
	points   []*Point

	once sync.Once
	sums []indicator.Quantity // running totals, parallel to points
}

// Point is one period of a series.
type Point struct {
	Period indicator.Period
	// Filled says that nothing is reported for the period and the value was made up as the request asks.
	Filled bool

	quantity indicator.Quantity
	missing  indicator.Missing // why there is no quantity
	bucket   *bucket           // nil if nothing is reported
	series   *Series
	position int
}

func (p *seriesPlan) newSeries(s *Session, key bucketKey, compared map[indicator.Period]*bucket) *Series {
	x := &p.subjects[key.subject]
	return &Series{
		Indicator: x.indicator, Region: &s.catalog.Regions()[key.region], Status: key.status, Frequency: key.frequency,
		key: key.seriesID, subject: x, plan: p, session: s, compared: compared,
	}
}

// Unit is the unit of the values.
func (s *Series) Unit() string { return s.subject.unit() }

// ChangeUnit is the unit of the differences between values.
func (s *Series) ChangeUnit() string {
	switch unit := s.Unit(); {
	case !s.percentage():
		return unit
	case unit == "%":
		return "percentage points"
	default:
		return unit + " points"
	}
}

// percentage reports whether values are percentages, of which a change in percent would be mistaken for one in percentage
// points.
func (s *Series) percentage() bool {
	if s.subject.quotient() && !s.Indicator.Derived() {
		return false
	}
	unit, ok := s.plan.catalog.Unit(s.Indicator.Unit)
	return s.Indicator.Unit == "%" || ok && unit.Quantity == "ratio" && unit.Factor != 1 // per mille
}

// everyPeriod reports whether the series has a point for every period from the first to the last. Without a grain, single
// days are the dates of counts rather than a rhythm, unless figures of days add up, and spans have no rhythm.
func (s *Series) everyPeriod() bool {
	switch {
	case s.plan.request.Grain != indicator.Irregular:
		return true
	case s.Frequency == indicator.Daily:
		return s.subject.base.Rollup.Time == indicator.RuleSum
	}
	return s.Frequency != indicator.Irregular
}

// Length is the number of points.
func (s *Series) Length() int {
	if !s.everyPeriod() {
		return len(s.cells)
	}
	return s.Frequency.Count(indicator.Period{Start: s.cells[0].period.Start, End: s.cells[len(s.cells)-1].period.End})
}

// lay builds the points: one for each bucket and, where every period has one, for the gaps between them.
func (s *Series) lay(w *watch, fill Fill) error {
	length := s.Length()
	s.points = make([]*Point, 0, length)
	all := make([]Point, 0, length)
	add := func(p Point) {
		p.series, p.position = s, len(s.points)
		all = append(all, p)
		s.points = append(s.points, &all[len(all)-1])
	}
	for _, b := range s.cells {
		if err := w.step(); err != nil {
			return err
		}
		for n := len(s.points); s.everyPeriod() && n > 0; n++ {
			if err := w.step(); err != nil {
				return err
			}
			next := s.Frequency.Containing(s.points[n-1].Period.End + 1)
			if next == b.period {
				break
			}
			add(Point{Period: next, quantity: indicator.NoQuantity(), missing: indicator.NoObservation})
		}
		p := Point{Period: b.period, quantity: b.quantity, bucket: b}
		if !p.quantity.Known() {
			p.missing = b.missing
		}
		add(p)
	}
	return fill.apply(w, s.points)
}

// Walk hands the points of a series to visit, by time, until it fails or the context ends. They are made for the call where the request deferred
// them, and not kept.
func (s *Series) Walk(ctx context.Context, visit func(*Point) error) error {
	w := newWatch(ctx)
	if s.plan.request.Deferred {
		if err := s.lay(w, s.plan.request.Fill); err != nil {
			return err
		}
		defer func() { s.points = nil }()
	}
	for _, p := range s.points {
		if err := w.step(); err != nil {
			return err
		}
		if err := visit(p); err != nil {
			return err
		}
	}
	return nil
}

// Points are the series' points by time; none where the request deferred them.
func (s *Series) Points() []*Point { return s.points }

// at is the point of a period; nil if there is none.
func (s *Series) at(period indicator.Period) *Point {
	i, _ := slices.BinarySearchFunc(s.points, period, func(p *Point, wanted indicator.Period) int {
		return compareByTime(p.Period, wanted)
	})
	if i < len(s.points) && s.points[i].Period == period {
		return s.points[i]
	}
	return nil
}

// Value is nil where Missing says why.
func (p *Point) Value() *float64 { return number(p.quantity.Value) }

// Quantity is Value with its precision; its value is NaN where Missing says why.
func (p *Point) Quantity() indicator.Quantity { return p.quantity }

// Missing is why Value is nil; NotMissing if it is not.
func (p *Point) Missing() indicator.Missing { return p.missing }

// Precision is the precision of Value.
func (p *Point) Precision() indicator.Precision { return p.quantity.Precision }

// Partial says that the value adds up figures that leave days of the period uncovered.
func (p *Point) Partial() bool { return p.bucket != nil && p.bucket.partial }

// EventDay is the number of days from the event to the last day of the period, negative before it; nil where the request
// names no event.
func (p *Point) EventDay() *int {
	align := p.series.plan.request.Align
	if align == nil {
		return nil
	}
	days := int(p.Period.End) - int(align.Event)
	return &days
}

// Inferred says that the source does not date a figure of the point. The request must have asked for evidence.
func (p *Point) Inferred() bool {
	if p.bucket == nil || p.series.plan.rows.Inferred == nil {
		return false
	}
	return slices.ContainsFunc(p.Observations(), func(o *Observation) bool { return o.Inferred })
}

// Observations are the figures that the value rests on, by time, and of a quotient then those that divide it. The request
// must have asked for evidence.
func (p *Point) Observations() []*Observation {
	if p.bucket == nil {
		return nil
	}
	s := p.series
	var list []*Observation
	for _, i := range s.plan.listed(&p.bucket.used) {
		list = append(list, s.plan.evidenceOf(s.session, i)...)
	}
	for _, i := range s.plan.divisorListed(&p.bucket.cell) {
		list = append(list, s.plan.divisor.evidenceOf(s.session, i)...)
	}
	return list
}

// SeriesColumns are points as parallel arrays of equal length, for charts.
type SeriesColumns struct {
	Periods        []indicator.Period
	Values         []*float64
	Missing        []indicator.Missing
	Filled         []bool
	Precisions     []indicator.Precision
	Changes        []*float64
	PercentChanges []*float64
	YearOnYear     []*float64
}

// Columns returns the points as parallel arrays.
func (s *Series) Columns() *SeriesColumns {
	n := len(s.points)
	columns := &SeriesColumns{
		Periods: make([]indicator.Period, n), Values: make([]*float64, n), Missing: make([]indicator.Missing, n), Filled: make([]bool, n),
		Precisions: make([]indicator.Precision, n), Changes: make([]*float64, n), PercentChanges: make([]*float64, n), YearOnYear: make([]*float64, n),
	}
	for i, p := range s.points {
		columns.Periods[i], columns.Values[i], columns.Missing[i], columns.Filled[i] = p.Period, p.Value(), p.Missing(), p.Filled
		columns.Precisions[i], columns.Changes[i], columns.PercentChanges[i] = p.Precision(), p.Change(), p.PercentChange()
		columns.YearOnYear[i] = p.YearOnYear()
	}
	return columns
}

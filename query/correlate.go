package query

import (
	"context"
	"fmt"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// Variable is one of the two indicators that are correlated.
type Variable struct {
	Indicator string
	Slice     []indicator.Coordinate
	Per       *Per
}

// CorrelateRequest asks how two indicators vary together over regions.
type CorrelateRequest struct {
	X, Y       Variable
	Regions    *RegionSelector // nil: every county in force
	When       *When           // nil: the newest of each region
	Status     indicator.Status
	AsOf       indicator.Day
	Method     CorrelationMethod
	Confidence float64 // of the interval, between 0 and 1
	Page       PageRequest
	Evidence   bool
	// WithoutWarnings leaves warnings out, for which all figures are looked at once more.
	WithoutWarnings bool
}

// Correlation is the answer to a CorrelateRequest.
type Correlation struct {
	X, Y         *catalog.Indicator
	XUnit, YUnit string
	Method       CorrelationMethod
	N            int
	Coefficient  *float64
	Undefined    Undefined // why Coefficient and PValue are nil, if so
	Interval     *Interval // nil also for three points
	PValue       *float64
	// Slope and Intercept are nil for ranks, for fewer than three points and where X does not vary.
	Slope, Intercept *float64
	Precision        indicator.Precision      // of all of them
	Page             *Page[*CorrelationPoint] // of points
	Missing          []MissingFigure
	Warnings         []Warning
	Cost             Cost
}

// Interval is a confidence interval.
type Interval struct{ Lower, Upper, Confidence float64 }

// CorrelationPoint is one region's pair of values.
type CorrelationPoint struct {
	Region *catalog.Region
	X, Y   indicator.Quantity
	// Residual is Y minus the line's value at X; nil without a line.
	Residual *float64
	// XObservation and YObservation are the evidence; nil unless the request asked for it.
	XObservation, YObservation *Observation
}

// Correlate tells how two indicators vary together over regions that have both.
func (s *Session) Correlate(ctx context.Context, request *CorrelateRequest) (*Correlation, error) {
	if err := checkFirst(request.Page.First, s.limits.Page); err != nil {
		return nil, err
	}
	if !(request.Confidence > 0 && request.Confidence < 1) {
		return nil, indicator.Errorf(indicator.InvalidInput, "confidence is not between 0 and 1").At("confidence")
	}
	regions, err := s.selectEquals(ctx, request.Regions, request.AsOf, "regions")
	if err != nil {
		return nil, err
	}
	x, err := s.resolveVariable(request, &request.X, regions, "x")
	if err != nil {
		return nil, err
	}
	y, err := s.resolveVariable(request, &request.Y, regions, "y")
	if err != nil {
		return nil, err
	}
	answer := &Correlation{
		X: x.subjects[0].indicator, XUnit: x.subjects[0].unit(), Y: y.subjects[0].indicator, YUnit: y.subjects[0].unit(),
		Method: request.Method, Warnings: slices.Clone(regions.warnings),
	}
	if answer.Cost, err = s.fetch(ctx, x, y); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	pairs, err := pairFigures(w, x, y)
	if err != nil {
		return nil, err
	}
	answer.Missing = pairs.missing
	if !request.WithoutWarnings {
		answer.Warnings = append(answer.Warnings, pairs.warnings(w)...)
	}
	answer.measure(pairs, request.Confidence)
	points := pairs.points(w, s, answer, request.Evidence)
	answer.Page, err = paginateRows(w, points, func(p *CorrelationPoint) string { return p.Region.QualifiedCode() }, request.Page, s.limits.Page)
	return answer, err
}

// resolveVariable resolves one variable; errors point at the arguments x, xSlice and xPer, or those of y.
func (s *Session) resolveVariable(request *CorrelateRequest, v *Variable, regions *regionSet, name string) (*figures, error) {
	f, err := s.resolve(&figureRequest{
		indicators: []string{v.Indicator}, when: request.When, slice: v.Slice, statuses: []indicator.Status{request.Status}, asOf: request.AsOf,
		per: v.Per, evidence: request.Evidence, unwarned: request.WithoutWarnings,
	}, regions)
	if err == nil {
		return f, nil
	}
	err = atOnlyIndicator(err, name)
	if typed, ok := err.(*indicator.Error); ok && len(typed.Path) > 0 { //nolint:errorlint // only errors made here, never wrapped ones
		if argument, ok := map[string]string{"slice": name + "Slice", "per": name + "Per"}[typed.Path[0]]; ok {
			located := *typed
			located.Path = append([]string{argument}, typed.Path[1:]...)
			return nil, &located
		}
	}
	return nil, err
}

// pairing is the cells of the regions that have both variables, in tree order.
type pairing struct {
	x, y           *figures
	xCells, yCells []cell
	regions        []*catalog.Region
	missing        []MissingFigure
}

func pairFigures(w *watch, x, y *figures) (*pairing, error) {
	xs, err := x.cellsOf(w, &x.subjects[0])
	if err != nil {
		return nil, err
	}
	ys, err := y.cellsOf(w, &y.subjects[0])
	if err != nil {
		return nil, err
	}
	n := min(len(xs), len(ys))
	p := &pairing{
		x: x, y: y, xCells: cellMemory.Room(x.scratch, n), yCells: cellMemory.Room(x.scratch, n), regions: regionListMemory.Room(x.scratch, n),
	}
	for _, r := range x.regions.list {
		if err := w.step(); err != nil {
			return nil, err
		}
		xc, noX := valueOf(xs, r)
		yc, noY := valueOf(ys, r)
		if noX != indicator.NotMissing {
			p.missing = append(p.missing, MissingFigure{r, x.subjects[0].indicator, noX})
		}
		if noY != indicator.NotMissing {
			p.missing = append(p.missing, MissingFigure{r, y.subjects[0].indicator, noY})
		}
		if xc != nil && yc != nil {
			p.regions, p.xCells, p.yCells = append(p.regions, r), append(p.xCells, *xc), append(p.yCells, *yc)
		}
	}
	return p, nil
}

// warnings tells what should be known about the figures of each variable, and where the two are about different times.
func (p *pairing) warnings(w *watch) []Warning {
	list := append(p.x.mixtures(w, &p.x.subjects[0], p.xCells, true), p.y.mixtures(w, &p.y.subjects[0], p.yCells, true)...)
	apart := 0
	for i := range p.regions {
		if p.x.when.Within == nil && p.x.newestEnd(&p.xCells[i]) != p.y.newestEnd(&p.yCells[i]) {
			apart++
		}
	}
	if apart > 0 {
		list = append(list, Warning{MixedPeriods, fmt.Sprintf("%s and %s are about periods with different ends in %s",
			p.x.subjects[0].indicator.Code, p.y.subjects[0].indicator.Code, indicator.Counted(apart, "region"))})
	}
	return list
}

// newestEnd is the last day that a cell's newest figure is about.
func (f *figures) newestEnd(c *cell) indicator.Day { return f.rows.End[f.newest(c)] }

// measure fills in the statistics of the pairs.
func (c *Correlation) measure(p *pairing, confidence float64) {
	x, y := numberMemory.Make(p.x.scratch, len(p.regions)), numberMemory.Make(p.x.scratch, len(p.regions))
	for i := range p.regions {
		x[i], y[i] = p.xCells[i].quantity.Value, p.yCells[i].quantity.Value
		c.Precision = c.Precision.Plus(p.xCells[i].quantity.Precision).Plus(p.yCells[i].quantity.Precision)
	}
	c.N, c.Precision = len(x), c.Precision.Unordered()
	if c.Method == Spearman {
		x, y = ranks(x), ranks(y)
	}
	m := momentsOf(x, y)
	if c.Method == Pearson {
		slope, intercept := m.line()
		c.Slope, c.Intercept = number(slope), number(intercept)
	}
	if c.Undefined = m.undefined(); c.Undefined != NotUndefined {
		return
	}
	r := m.coefficient()
	c.Coefficient, c.PValue = number(r), number(twoSidedP(r, c.N))
	if lower, upper := confidenceInterval(r, c.N, c.Method, confidence); c.N > 3 {
		c.Interval = &Interval{Lower: lower, Upper: upper, Confidence: confidence}
	}
}

// points lists the pairs, in tree order of their regions.
func (p *pairing) points(w *watch, s *Session, c *Correlation, evidence bool) []*CorrelationPoint {
	n, memory := len(p.regions), p.x.scratch
	points, all, residuals := pointListMemory.Make(memory, n), pointMemory.Make(memory, n), numberMemory.Make(memory, n)
	for i, r := range p.regions {
		if w.step() != nil {
			break
		}
		point := &all[i]
		point.Region, point.X, point.Y = r, p.xCells[i].quantity, p.yCells[i].quantity
		if c.Slope != nil {
			residuals[i] = point.Y.Value - (*c.Slope*point.X.Value + *c.Intercept)
			point.Residual = finite(&residuals[i])
		}
		if evidence {
			point.XObservation, point.YObservation = p.x.figureOf(s, &p.xCells[i]), p.y.figureOf(s, &p.yCells[i])
		}
		points[i] = point
	}
	return points
}

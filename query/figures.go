package query

import (
	"slices"
	"strconv"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// When selects figures by time: the newest of each region, those of exactly one period, or all inside a period. At most
// one field is set; none means the newest.
type When struct {
	Latest *LatestWhen
	Period *indicator.Period
	Within *indicator.Period
}

// LatestWhen bounds the newest period. OnOrBefore is NoDay for no bound, MaxAge in days, negative for no bound.
type LatestWhen struct {
	OnOrBefore indicator.Day
	MaxAge     int
}

// The bounds of Per.Scale keep quotients finite.
const smallestScale, largestScale = 1e-12, 1e12

// Per divides figures by another indicator's.
type Per struct {
	Indicator string
	Scale     float64
}

// figureRequest is what the queries that combine figures have in common: which figures of which indicators.
type figureRequest struct {
	indicators []string
	when       *When
	slice      []indicator.Coordinate
	statuses   []indicator.Status
	asOf       indicator.Day
	per        *Per
	// dimensions that figures are broken down by, on top of the slice.
	dimensions []string
	// everyPeriod asks for all periods where the request does not say when, and says that periods are told apart.
	everyPeriod bool
	evidence    bool
	// inStretches says that figures may come in stretches, and rolledUp that they are needed rolled up over time only.
	// onlyRolledUp that they are not to be read otherwise.
	inStretches, rolledUp, onlyRolledUp bool
	// unwarned says that nobody is warned of figures from different sources or of different definitions; bySource that figures of
	// different sources are told apart all the same.
	unwarned, bySource bool
	// vintages asks for every report published by asOf, with those of the statuses also the measured ones.
	vintages bool
}

// subject is one indicator asked for: its own figures, or those of a quotient's two parts.
type subject struct {
	indicator *catalog.Indicator // as asked for
	base      *catalog.Indicator // whose figures are read: the indicator itself, or the numerator of a derived one
	divisor   *catalog.Indicator // nil unless derived or normalised
	scale     float64
	// divisorSliced says that the divisor is read in the slice of the base; otherwise its total is.
	divisorSliced bool
}

// quotient reports whether the subject's values are quotients of two indicators' figures.
func (x *subject) quotient() bool { return x.divisor != nil }

// rule is how the subject's values combine over regions.
func (x *subject) rule() indicator.Rule {
	if x.quotient() && !x.indicator.Derived() {
		return indicator.RuleRatio // of two indicators that add up
	}
	return x.indicator.Rollup.Regions
}

// unit of the subject's values.
func (x *subject) unit() string {
	if x.quotient() && !x.indicator.Derived() {
		scale := ""
		if x.scale != 1 {
			scale = strconv.FormatFloat(x.scale, 'f', -1, 64) + " "
		}
		return x.indicator.Unit + " per " + scale + x.divisor.Unit
	}
	return x.indicator.Unit
}

// figures are the rows of a request, resolved.
type figures struct {
	request  *figureRequest
	catalog  *catalog.Catalog
	scratch  *scratch.Scratch // of the session
	subjects []subject
	regions  *regionSet
	slice    indicator.Slice
	total    int32   // ordinal of the slice without the dimensions; -1 if no figure has it
	parts    []int32 // ordinals of the slices with every dimension, in catalogue order
	when     When
	rows     *store.Rows
	lists    []int32    // what the row lists of cells name, one behind the other
	read     int64      // rows that the engine returned for them
	queries  int64      // asked of the engine
	shared   sharedRows // with other parts; nil where these are no part
	// stretches are the figures where they are stretched; the rows may be nil then.
	stretches []store.Stretch
	stretched bool
	// inherited says which of the rows stand for figures of predecessors.
	inherited inheritance
	divisor   *divisorFigures // nil unless a subject is a quotient
	weights   *weightFigures
	weighing  byIndicator[*weightFigures] // further weights, the newest, read when they are asked for
}

// seriesKey names a series of one status.
type seriesKey struct {
	indicator, slice, region int32
}

// datedQuantity is a quantity with the period it is about.
type datedQuantity struct {
	indicator.Quantity
	period indicator.Period
}

// resolve checks the request against the catalogue, without touching the engine.
func (s *Session) resolve(request *figureRequest, regions *regionSet) (*figures, error) {
	f := &figures{request: request, catalog: s.catalog, scratch: &s.scratch, regions: regions}
	if len(request.indicators) == 0 {
		err := indicator.Errorf(indicator.InvalidInput, "no indicator is asked for")
		err.Hint = "name at least one code"
		return nil, err.At("indicators")
	}
	slice, err := indicator.NewSlice(request.slice...)
	if err != nil {
		return nil, at(err, "slice")
	}
	if err := s.catalog.CheckSlice(slice); err != nil {
		return nil, at(err, "slice")
	}
	f.slice = slice
	divisor, err := s.resolvePer(request.per)
	if err != nil {
		return nil, at(err, "per")
	}
	dimensions := slices.Clone(request.dimensions)
	for _, c := range slice {
		dimensions = append(dimensions, c.Dimension)
	}
	f.subjects = make([]subject, 0, len(request.indicators))
	for i, code := range request.indicators {
		x, err := s.resolveSubject(code, request.per, divisor, dimensions)
		if err == nil {
			err = checkBreakdowns(x.base, slice)
		}
		if err != nil {
			return nil, at(err, "indicators", strconv.Itoa(i))
		}
		f.subjects = append(f.subjects, x)
	}
	if err := f.resolveSlices(); err != nil {
		return nil, err
	}
	if request.when != nil {
		f.when = *request.when
	} else if request.everyPeriod {
		f.when = When{Within: &indicator.Period{Start: indicator.NoDay, End: indicator.Forever}}
	}
	return f, nil
}

// resolvePer finds the indicator to divide by; nil for none.
func (s *Session) resolvePer(per *Per) (*catalog.Indicator, error) {
	if per == nil {
		return nil, nil //nolint:nilnil // no divisor
	}
	divisor, err := s.catalog.Indicator(per.Indicator)
	if err == nil {
		err = checkPart(divisor)
	}
	if err != nil {
		return nil, at(err, "indicator")
	}
	if !(per.Scale >= smallestScale && per.Scale <= largestScale) {
		return nil, indicator.Errorf(indicator.InvalidInput, "the scale of per is not between %g and %g", smallestScale, largestScale).At("scale")
	}
	return divisor, nil
}

// checkPart refuses what cannot be part of a quotient of sums.
func checkPart(part *catalog.Indicator) error {
	if part.Rollup.Regions == indicator.RuleSum {
		return nil
	}
	err := indicator.Errorf(indicator.NotAdditive, "%s cannot be part of a quotient: its values do not add up over regions", part.Code)
	err.Reason = part.Rollup.Regions.String()
	err.Hint = "per divides additive indicators by additive indicators"
	return err
}

// resolveSubject finds an indicator and what its figures are divided by. Dimensions are those that figures are sliced or broken
// down by.
func (s *Session) resolveSubject(code string, per *Per, divisor *catalog.Indicator, dimensions []string) (subject, error) {
	ind, err := s.catalog.Indicator(code)
	if err != nil {
		return subject{}, err
	}
	x := subject{indicator: ind, base: ind, scale: 1}
	switch {
	case ind.Derived():
		if per != nil {
			err := indicator.Errorf(indicator.NotAggregatable, "%s is a quotient already and cannot be divided again", code)
			err.Reason = "derived indicator"
			return subject{}, err
		}
		x.base, x.divisor, x.scale = ind.Numerator, ind.Denominator, ind.Scale
		x.divisorSliced = !slices.ContainsFunc(dimensions, func(d string) bool {
			_, ok := ind.Denominator.Breakdown(d)
			return !ok
		})
	case per != nil:
		if err := checkPart(ind); err != nil {
			return subject{}, err
		}
		x.divisor, x.scale = divisor, per.Scale
	}
	return x, nil
}

func checkBreakdowns(ind *catalog.Indicator, slice indicator.Slice) error {
	for _, c := range slice {
		if _, ok := ind.Breakdown(c.Dimension); !ok {
			return notBrokenDown(ind, c.Dimension)
		}
	}
	return nil
}

func notBrokenDown(ind *catalog.Indicator, dimension string) error {
	err := indicator.Errorf(indicator.UnknownDimension, "%s is not broken down by %s", ind.Code, dimension)
	for _, b := range ind.Breakdowns {
		err.Suggestions = append(err.Suggestions, b.Dimension)
	}
	if len(err.Suggestions) == 0 {
		err.Hint = "it has totals only"
	}
	return err
}

// resolveSlices finds the ordinals of the total and, where figures are broken down, of its parts.
func (f *figures) resolveSlices() error {
	f.total = -1
	if id, ok := f.catalog.SliceID(f.slice); ok {
		f.total = id
	}
	if len(f.request.dimensions) == 0 {
		return nil
	}
	for _, d := range f.request.dimensions {
		if _, err := f.catalog.Dimension(d); err != nil {
			return at(err, "groupBy")
		}
		if _, fixed := f.slice.Value(d); fixed {
			err := indicator.Errorf(indicator.InvalidInput, "dimension %s is fixed by the slice and cannot be grouped by", d)
			return err.At("groupBy")
		}
		for i := range f.subjects {
			if _, ok := f.subjects[i].base.Breakdown(d); !ok {
				return at(notBrokenDown(f.subjects[i].base, d), "groupBy")
			}
		}
	}
	for id, candidate := range f.catalog.Slices() {
		rest := candidate
		for _, d := range f.request.dimensions {
			if _, ok := candidate.Value(d); !ok {
				rest = nil
				break
			}
			rest = rest.Without(d)
		}
		if rest != nil && slices.Equal(rest, f.slice) {
			f.parts = append(f.parts, int32(id))
		}
	}
	return nil
}

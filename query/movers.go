package query

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// MoversRequest asks which regions changed most: between two periods, From and To, or between two states of knowledge, AsOfFrom
// and AsOfTo.
type MoversRequest struct {
	Indicator string
	Regions   *RegionSelector // nil: every county in force, or every one inside Within
	Within    string          // keeps the regions inside this one; empty for all
	From, To  *indicator.Period
	// AsOfFrom and AsOfTo are days of publication; NoDay as AsOfTo is what is current. When selects the figures then.
	AsOfFrom, AsOfTo indicator.Day
	When             *When
	Slice            []indicator.Coordinate
	Status           indicator.Status
	AsOf             indicator.Day // between periods
	Per              *Per
	OrderBy          MoverOrder
	Page             PageRequest
	Evidence         bool
}

// MoverKey is what movers are sorted by.
type MoverKey int8

// The keys.
const (
	MoverByAbsoluteChange MoverKey = iota
	MoverByChange
	MoverByPercentChange
	MoverByRegion
)

// MoverOrder sorts movers, those without the number last and ties by region.
type MoverOrder struct {
	By         MoverKey
	Descending bool
}

// Mover is one region's change.
type Mover struct {
	Region                *catalog.Region
	Before, After, Change indicator.Quantity
	// PercentChange is 100 x change / before; nil of percentages, whose change is in percentage points, and where before is
	// not positive.
	PercentChange *float64
	// BeforeObservations and AfterObservations are the figures the values rest on; nil unless the request asked for evidence.
	BeforeObservations, AfterObservations []*Observation

	beforeNewest, afterNewest int // positions of the newest figures of the base
}

// BeforeObservation is the newest figure that Before rests on, of a quotient the numerator's.
func (m *Mover) BeforeObservation() *Observation { return m.BeforeObservations[m.beforeNewest] }

// AfterObservation is the newest figure that After rests on, of a quotient the numerator's.
func (m *Mover) AfterObservation() *Observation { return m.AfterObservations[m.afterNewest] }

// Observations are the figures that both values rest on, those before first.
func (m *Mover) Observations() []*Observation {
	return slices.Concat(m.BeforeObservations, m.AfterObservations)
}

// MoversResult is the answer to a MoversRequest.
type MoversResult struct {
	Indicator *catalog.Indicator
	Unit      string
	Page      *Page[*Mover]
	// MissingBefore and MissingAfter are the regions that lack a value, in tree order.
	MissingBefore, MissingAfter []MissingRegion
	Warnings                    []Warning
	Cost                        Cost

	before, after *side
	regions       *regionSet
	within        *catalog.Region
}

// side is the state before or after.
type side struct {
	*figures
	cells regionCells
}

func (x *side) subject() *subject { return &x.subjects[0] }

// Movers tells which regions changed most.
func (s *Session) Movers(ctx context.Context, request *MoversRequest) (*MoversResult, error) {
	if err := checkFirst(request.Page.First, s.limits.Page); err != nil {
		return nil, err
	}
	requests, err := request.sides()
	if err != nil {
		return nil, err
	}
	answer := &MoversResult{}
	if answer.regions, answer.within, err = s.moverRegions(ctx, request); err != nil {
		return nil, err
	}
	sides := make([]*side, len(requests))
	for i := range requests {
		f, err := s.resolve(&requests[i], answer.regions)
		if err != nil {
			return nil, moverPath(err)
		}
		sides[i] = &side{figures: f}
	}
	if answer.Cost, err = s.fetch(ctx, sides[0].figures, sides[1].figures); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	for _, x := range sides {
		if x.cells, err = x.cellsOf(w, x.subject()); err != nil {
			return nil, err
		}
	}
	answer.before, answer.after = sides[0], sides[1]
	answer.Indicator, answer.Unit = answer.before.subject().indicator, answer.before.subject().unit()
	movers := answer.movers(w, s, request.Evidence)
	sortMovers(movers, request.OrderBy)
	answer.Page, err = paginateRows(w, movers, func(m *Mover) string { return m.Region.QualifiedCode() }, request.Page, s.limits.Page)
	return answer, err
}

// sides are the requests for the state before and after.
func (request *MoversRequest) sides() ([]figureRequest, error) {
	between, vintages := request.From != nil && request.To != nil, request.AsOfFrom != indicator.NoDay
	partly := (request.From != nil) != (request.To != nil) || request.AsOfTo != indicator.NoDay && !vintages
	mixed := between && (request.When != nil || vintages) || vintages && request.AsOf != indicator.NoDay
	if between == vintages || partly || mixed {
		err := indicator.Errorf(indicator.InvalidInput, "movers compares two periods or two states of knowledge")
		err.Hint = "give from and to, with asOf if need be, or asOfFrom, with asOfTo and when if need be"
		return nil, err
	}
	common := figureRequest{
		indicators: []string{request.Indicator}, when: request.When, slice: request.Slice, statuses: []indicator.Status{request.Status},
		asOf: request.AsOf, per: request.Per, evidence: request.Evidence,
	}
	requests := []figureRequest{common, common}
	if between {
		requests[0].when, requests[1].when = &When{Period: request.From}, &When{Period: request.To}
		return requests, nil
	}
	requests[0].asOf, requests[1].asOf = request.AsOfFrom, request.AsOfTo
	requests[0].evidence, requests[1].evidence = true, true // to tell an unrevised report
	return requests, nil
}

// moverPath says indicator where the common mechanism says the first of indicators.
func moverPath(err error) error {
	if typed, ok := err.(*indicator.Error); ok && len(typed.Path) > 0 && typed.Path[0] == "indicators" { //nolint:errorlint // only errors made here
		return only(err, "indicator")
	}
	return err
}

// moverRegions resolves the regions: those selected, inside the one named.
func (s *Session) moverRegions(ctx context.Context, request *MoversRequest) (*regionSet, *catalog.Region, error) {
	if request.Within == "" {
		set, err := s.selectRegions(ctx, request.Regions, request.AsOf, "regions")
		return set, nil, err
	}
	named, err := s.selectRegions(ctx, &RegionSelector{Codes: []string{request.Within}}, request.AsOf)
	if err != nil {
		return nil, nil, only(err, "within")
	}
	within := named.list[0]
	selector := request.Regions
	if selector == nil {
		selector = &RegionSelector{Within: []string{within.QualifiedCode()}, Level: indicator.County}
	}
	set, err := s.selectRegions(ctx, selector, request.AsOf, "regions")
	if err != nil {
		return nil, nil, err
	}
	set.list = slices.DeleteFunc(set.list, func(r *catalog.Region) bool { return r != within && !within.Contains(r) })
	set.warnings = append(set.warnings, named.warnings...)
	return set, within, nil
}

// movers are the changes of the regions that have a value before and after.
func (r *MoversResult) movers(w *watch, s *Session, evidence bool) []*Mover {
	var movers []*Mover
	var before, after []cell
	for _, region := range r.regions.list {
		if w.step() != nil {
			return nil
		}
		b, missingBefore := r.before.known(region)
		a, missingAfter := r.after.known(region)
		if missingBefore != indicator.NotMissing {
			r.MissingBefore = append(r.MissingBefore, MissingRegion{region, missingBefore})
		}
		if missingAfter != indicator.NotMissing {
			r.MissingAfter = append(r.MissingAfter, MissingRegion{region, missingAfter})
		}
		if a == nil || b == nil {
			continue
		}
		before, after = append(before, *b), append(after, *a)
		m := &Mover{
			Region: region, Before: b.quantity, After: a.quantity, Change: a.quantity.Minus(b.quantity),
			beforeNewest: int(b.used.n) - 1, afterNewest: int(a.used.n) - 1,
		}
		if r.Unit != percent && b.quantity.Value > 0 {
			m.PercentChange = number(100 * m.Change.Value / b.quantity.Value)
		}
		if r.unrevised(w, s, b, a) {
			m.Change.Precision = indicator.Exact
		}
		if evidence {
			m.BeforeObservations, m.AfterObservations = r.before.evidence(w, s, b), r.after.evidence(w, s, a)
		}
		movers = append(movers, m)
	}
	r.warn(w, before, after)
	return movers
}

// percent is the unit of percentages: a change of one is in percentage points.
const percent = "%"

// known is the region's cell if it has a value, or why it has none.
func (x *side) known(region *catalog.Region) (*cell, indicator.Missing) {
	return valueOf(x.cells, region)
}

// warn describes what should be known about the figures compared: what is mixed among the regions, and what differs between
// the two sides of one.
func (r *MoversResult) warn(w *watch, before, after []cell) {
	r.Warnings = slices.Clone(r.regions.warnings)
	for _, warning := range slices.Concat(r.before.mixtures(w, r.before.subject(), before, true), r.after.mixtures(w, r.after.subject(), after, true)) {
		if !slices.Contains(r.Warnings, warning) {
			r.Warnings = append(r.Warnings, warning)
		}
	}
	periods, definitions := 0, 0
	for i := range before {
		if w.steps(int(before[i].used.n+after[i].used.n)) != nil {
			return
		}
		b, a := r.before.newest(&before[i]), r.after.newest(&after[i])
		if r.before.when.Period == nil && (r.before.rows.End[b] != r.after.rows.End[a] || r.before.rows.Start[b] != r.after.rows.Start[a]) {
			periods++
		}
		if !maps.Equal(r.before.definitionsOf(&before[i]), r.after.definitionsOf(&after[i])) {
			definitions++
		}
	}
	if periods > 0 {
		r.Warnings = append(r.Warnings, Warning{MixedPeriods, fmt.Sprintf(
			"%s: the figures before and after are about different periods in %s", r.Indicator.Code, indicator.Counted(periods, "region"))})
	}
	if definitions > 0 {
		r.Warnings = append(r.Warnings, Warning{MixedDefinitions, fmt.Sprintf(
			"%s: the figures before and after are defined differently in %s", r.Indicator.Code, indicator.Counted(definitions, "region"))})
	}
}

// unrevised reports whether a region's values before and after rest on the same reports: whatever the true value is, it is the
// same one.
func (r *MoversResult) unrevised(w *watch, s *Session, before, after *cell) bool {
	if !r.before.request.evidence || !r.after.request.evidence {
		return false
	}
	return slices.EqualFunc(r.before.evidence(w, s, before), r.after.evidence(w, s, after), func(b, a *Observation) bool {
		return b.Key() == a.Key() && b.KnownFrom == a.KnownFrom && b.load == a.load && b.tie == a.tie
	})
}

// definitionsOf are the departures from the indicator's definition that a cell's figures state.
func (x *side) definitionsOf(c *cell) map[string]bool {
	found := make(map[string]bool, 1)
	for _, row := range x.listed(&c.used) {
		found[x.catalog.Definition(x.rows.Definition[row])] = true
	}
	return found
}

func sortMovers(movers []*Mover, order MoverOrder) {
	measure := func(m *Mover) float64 {
		switch order.By {
		case MoverByChange:
			return m.Change.Value
		case MoverByPercentChange:
			if m.PercentChange == nil {
				return math.NaN()
			}
			return *m.PercentChange
		case MoverByRegion:
			return float64(m.Region.ID)
		default:
			return math.Abs(m.Change.Value)
		}
	}
	slices.SortFunc(movers, func(a, b *Mover) int {
		return cmp.Or(compareNumbers(measure(a), measure(b), order.Descending), cmp.Compare(a.Region.ID, b.Region.ID))
	})
}

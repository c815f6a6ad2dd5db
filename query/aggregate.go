package query

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// GroupBy is one key of groups; exactly one field is set.
type GroupBy struct {
	Region    *indicator.Level
	Period    indicator.Grain // Irregular for none
	Dimension string
	Source    bool
}

// AggregateRequest asks for figures rolled up by each indicator's contract.
type AggregateRequest struct {
	Indicators []string
	Regions    *RegionSelector // nil: every county in force
	When       *When           // nil: the newest of each region or, grouped by period, every period
	Slice      []indicator.Coordinate
	Status     indicator.Status
	AsOf       indicator.Day // NoDay for what is current
	GroupBy    []GroupBy
	Per        *Per
	// MinCoverage is the share of a group's regions that its value must cover; 0 for none.
	MinCoverage float64
	Having      []Condition
	OrderBy     []GroupOrder
	Page        PageRequest
	DryRun      bool
	// Evidence makes the figures behind each group available.
	Evidence bool
	// WithoutTotals and WithoutWarnings leave these out, which are worked out from all figures once more. Without totals, warnings are
	// about what the groups rest on.
	WithoutTotals, WithoutWarnings bool
	// Ahead are the statistics that the groups of the page will be asked for. They are worked out together where all groups are on the page;
	// others are when they are asked for.
	Ahead Ahead
	// Part, unless 0, has the groups of a few indicators made at a time, of about so many cells, where figures are not rolled up where they are.
	// Then groups tell their numbers only, and of those that take a pass of their own those that are Ahead. It is for requests without evidence and totals.
	Part int64
}

// Ahead is a set of statistics that are worked out with the groups.
type Ahead uint8

// The statistics that take a pass of their own over a group's values.
const (
	MeanAhead Ahead = 1 << iota
	MedianAhead
	StdDevAhead
	WeightShareAhead // only where groups are made in parts
)

// Aggregation is the answer to an AggregateRequest.
type Aggregation struct {
	Page     *Page[*Group] // of groups
	Totals   []*Group
	Warnings []Warning
	Cost     Cost
}

// groupKey identifies a group: ordinals of what it is grouped by, -1 and NoDay for what it is not.
type groupKey struct {
	subject, region, slice, source int32
	start, end                     indicator.Day
}

// Group is one group of figures.
type Group struct {
	rollup
	figures *figures
	session *Session
	key     groupKey

	Region *catalog.Region   // nil unless grouped by region
	Period *indicator.Period // nil unless grouped by period
	Slice  indicator.Slice
	Source *catalog.Source // nil unless grouped by source

	minCoverage float64
	period      indicator.Period // what Period points to
}

// Aggregate rolls figures up by each indicator's contract.
func (s *Session) Aggregate(ctx context.Context, request *AggregateRequest) (*Aggregation, error) {
	plan, err := s.planAggregate(ctx, request)
	if err != nil {
		return nil, err
	}
	answer := &Aggregation{Warnings: plan.regions.warnings, Cost: plan.regions.spent}
	answer.Cost.Cells, answer.Cost.Limit = answer.Cost.Cells+plan.cells(), s.limits.Cells
	if request.DryRun {
		answer.Page = newPage[*Group](nil, nil, 0, false, false)
		return answer, nil
	}
	if err := s.charge(ctx, plan.cells()); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	made, err := plan.make(ctx, w, s)
	if err != nil {
		return nil, err
	}
	answer.Totals = made.totals
	if !request.WithoutWarnings {
		answer.Warnings = slices.Concat(answer.Warnings, made.warnings, plan.leftOut())
	}
	groups := slices.DeleteFunc(made.groups, func(g *Group) bool { return w.steps(1+g.size()) != nil || !meets(g, request.Having) })
	if err := sortGroups(w, groups, request.OrderBy, request.GroupBy); err != nil {
		return nil, err
	}
	answer.Page, err = paginateRows(w, groups, (*Group).identity, request.Page, s.limits.Page)
	if err != nil {
		return nil, err
	}
	answer.Cost.Rows, answer.Cost.EngineQueries = answer.Cost.Rows+plan.read, answer.Cost.EngineQueries+plan.queries
	return answer, nil
}

// aggregatePlan is a resolved AggregateRequest.
type aggregatePlan struct {
	*figures
	request *AggregateRequest
	// groupRegion is the region that each region is grouped by, both by number, -1 for those that are in none; nil unless grouped by
	// region.
	groupRegion []int32
	longer      int // figures left out because their periods are longer than the group's
	// dealt is the stretches that groups are made of; nil where they are made of rows.
	dealt *dealing
	// lasting is where groups lie, which may outlast what they are made of.
	lasting *scratch.Scratch
}

func (s *Session) planAggregate(ctx context.Context, request *AggregateRequest) (*aggregatePlan, error) {
	if err := checkFirst(request.Page.First, s.limits.Page); err != nil {
		return nil, err
	}
	if !(request.MinCoverage >= 0 && request.MinCoverage <= 1) {
		err := indicator.Errorf(indicator.InvalidInput, "minCoverage is not between 0 and 1")
		return nil, err.At("minCoverage")
	}
	regions, err := s.selectRegions(ctx, request.Regions, request.AsOf, "regions")
	if err != nil {
		return nil, err
	}
	if outer, inner := regions.nested(); outer != nil {
		err := indicator.Errorf(indicator.NotAggregatable, "%s %s lies inside %s %s: its figures would count twice",
			inner.Code, inner.Name, outer.Code, outer.Name)
		err.Reason = "nested regions"
		err.Hint = "ask for one of them"
		return nil, err.At("regions")
	}
	plan := &aggregatePlan{request: request}
	asked := &figureRequest{
		indicators: request.Indicators, when: request.When, slice: request.Slice, statuses: []indicator.Status{request.Status},
		asOf: request.AsOf, per: request.Per, evidence: request.Evidence, unwarned: request.WithoutWarnings, bySource: plan.bySource(),
	}
	if err := plan.resolveGroupBy(s, asked, regions); err != nil {
		return nil, err
	}
	asked.inStretches = !request.Evidence && !plan.bySource()
	asked.rolledUp = asked.inStretches && plan.grain() == indicator.Irregular
	plan.figures, err = s.resolve(asked, regions)
	plan.lasting = &s.scratch
	return plan, err
}

func (p *aggregatePlan) resolveGroupBy(s *Session, asked *figureRequest, regions *regionSet) error {
	seen := make(map[string]bool)
	for i, by := range p.request.GroupBy {
		var kind string
		switch {
		case by.Region != nil:
			kind = "region"
			if p.groupRegion = s.catalog.Enclosing(*by.Region); p.groupRegion == nil {
				p.groupRegion = slices.Repeat([]int32{-1}, len(s.catalog.Regions()))
			}
			// Nobody named all of them. Another country has other levels, and its regions are in the way only with figures.
			if p.request.Regions != nil {
				for _, r := range regions.list {
					if p.groupRegion[r.ID] < 0 {
						return p.ungroupable(r)
					}
				}
			}
		case by.Period != indicator.Irregular:
			kind, asked.everyPeriod = "period", true
		case by.Dimension != "":
			kind = "dimension " + by.Dimension
			asked.dimensions = append(asked.dimensions, by.Dimension)
		case by.Source:
			kind = "source"
		default:
			err := indicator.Errorf(indicator.InvalidInput, "a key of groups names nothing to group by")
			err.Hint = "leave it out"
			return err.At("groupBy", strconv.Itoa(i))
		}
		if seen[kind] {
			return indicator.Errorf(indicator.InvalidInput, "grouped by %s twice", kind).At("groupBy", strconv.Itoa(i))
		}
		seen[kind] = true
	}
	return nil
}

// ungroupable is the error of a region that is in none of the regions grouped by.
func (p *aggregatePlan) ungroupable(r *catalog.Region) error {
	i := slices.IndexFunc(p.request.GroupBy, func(by GroupBy) bool { return by.Region != nil })
	err := indicator.Errorf(indicator.InvalidInput, "%s %s lies in no %s", r.Code, r.Name, *p.request.GroupBy[i].Region)
	err.Hint = "group by its own level or a higher one, or name the regions"
	return err.At("groupBy", strconv.Itoa(i), "region")
}

// grain is the period length grouped by; Irregular for none.
func (p *aggregatePlan) grain() indicator.Grain {
	for _, by := range p.request.GroupBy {
		if by.Period != indicator.Irregular {
			return by.Period
		}
	}
	return indicator.Irregular
}

func (p *aggregatePlan) bySource() bool {
	return slices.ContainsFunc(p.request.GroupBy, func(by GroupBy) bool { return by.Source })
}

// group sorts the rows into groups and totals and rolls each region's rows up over time. Totals are left out where the request does
// without them.
func (p *aggregatePlan) group(w *watch, s *Session) (groups, totals []*Group, err error) {
	if p.stretched {
		groups, totals, ok, err := p.groupStretches(w, s)
		if ok || err != nil {
			return groups, totals, err
		}
		p.longer = 0 // they are counted again
		if p.rows == nil {
			p.rows = laidOut(p.stretches)
		}
	}
	d, err := p.deal(w, s)
	if err != nil {
		return nil, nil, err
	}
	if len(p.request.GroupBy) == 0 { // an indicator without figures is a group all the same
		for x := range p.subjects {
			d.group(p.ungrouped(int32(x)))
		}
	}
	rows := d.rowsByGroup()
	if err := d.sort(w); err != nil { // so that the first error is always the same
		return nil, nil, err
	}
	groups = make([]*Group, 0, len(d.order))
	for _, at := range d.order {
		g, err := p.newGroup(w, s, d.keys[at], rows[at])
		if err != nil {
			return nil, nil, err
		}
		groups = append(groups, g)
	}
	for x := range d.totals {
		total, err := p.newGroup(w, s, p.ungrouped(int32(x)), d.totals[x])
		if err != nil {
			var refused *indicator.Error
			if refused = asNotAggregatable(err); refused == nil {
				return nil, nil, err
			}
			total = p.refusedGroup(s, int32(x), p.reasonsOf(w, d.totals[x]), refused)
		}
		totals = append(totals, total)
	}
	return groups, totals, nil
}

func compareGroupKeys(a, b groupKey) int {
	return cmp.Or(
		cmp.Compare(a.subject, b.subject), cmp.Compare(a.region, b.region), cmp.Compare(a.start, b.start),
		cmp.Compare(a.end, b.end), cmp.Compare(a.slice, b.slice), cmp.Compare(a.source, b.source),
	)
}

// ungrouped is the key of the group of everything selected.
func (p *aggregatePlan) ungrouped(x int32) groupKey {
	return groupKey{subject: x, region: -1, slice: p.total, source: -1, start: indicator.NoDay, end: indicator.NoDay}
}

func asNotAggregatable(err error) *indicator.Error {
	if typed, ok := err.(*indicator.Error); ok && typed.Code == indicator.NotAggregatable { //nolint:errorlint // only errors made here
		return typed
	}
	return nil
}

// newGroup rolls the rows of a group up over time, region by region. Without a group by region, all regions selected
// are expected; with one, those inside the group's region.
func (p *aggregatePlan) newGroup(w *watch, s *Session, key groupKey, rows []int32) (*Group, error) {
	g := &Group{}
	p.describe(s, g, nil, key)
	cells, err := p.cellsByRegion(w, g.subject, rows)
	g.cells = cells
	return g, err
}

// describe makes an empty group one of a key. The other group, if there is one, may be of the same region.
func (p *aggregatePlan) describe(s *Session, g, other *Group, key groupKey) {
	g.figures, g.session, g.key, g.minCoverage, g.Slice = p.figures, s, key, p.request.MinCoverage, p.figures.slice
	g.subject, g.weights, g.rollup.scratch = &p.subjects[key.subject], p.weights, p.scratch
	g.expected = p.regions.list
	switch {
	case key.region < 0:
	case other != nil && other.key.region == key.region:
		g.Region, g.expected = other.Region, other.expected
	default:
		g.Region = &s.catalog.Regions()[key.region]
		from, _ := slices.BinarySearchFunc(g.expected, g.Region.ID, compareRegionID)
		to, _ := slices.BinarySearchFunc(g.expected, g.Region.End, compareRegionID)
		g.expected = g.expected[from:to]
	}
	if key.slice >= 0 {
		g.Slice = s.catalog.Slices()[key.slice]
	}
	if key.start != indicator.NoDay {
		g.period = indicator.Period{Start: key.start, End: key.end}
		g.Period = &g.period
	}
	if key.source >= 0 {
		g.Source = &s.catalog.Sources()[key.source]
	}
}

func compareRegionID(r *catalog.Region, id int32) int { return cmp.Compare(r.ID, id) }

// reasonsOf says of each region that rows are about why its newest figure has no value; NotMissing if one of them has.
func (p *aggregatePlan) reasonsOf(w *watch, rows []int32) map[int32]indicator.Missing {
	reasons := make(map[int32]indicator.Missing)
	for _, i := range rows {
		if w.step() != nil {
			break
		}
		if known, ok := reasons[p.rows.Region[i]]; !ok || known != indicator.NotMissing {
			reasons[p.rows.Region[i]] = p.rows.Missing[i]
		}
	}
	return reasons
}

// refusedGroup stands for a total that the time rule forbids: its groups may well exist. Its regions count as used where no reason says why
// they have no value.
func (p *aggregatePlan) refusedGroup(s *Session, x int32, reasons map[int32]indicator.Missing, refused *indicator.Error) *Group {
	g := &Group{figures: p.figures, session: s, key: p.ungrouped(x), Slice: p.figures.slice}
	g.subject, g.expected, g.weights = &p.subjects[x], p.regions.list, p.weights
	g.once.Do(func() { g.quantity, g.total, g.refused = indicator.NoQuantity(), math.NaN(), refused })
	g.listing.Do(func() {
		for _, region := range g.expected {
			switch reason, ok := reasons[region.ID]; {
			case !ok:
				g.lacking = append(g.lacking, MissingRegion{region, indicator.NoObservation})
			case reason != indicator.NotMissing:
				g.lacking = append(g.lacking, MissingRegion{region, reason})
			default:
				g.used = append(g.used, region)
			}
		}
	})
	g.using = len(g.used)
	return g
}

// identity names the group by codes, for cursors.
func (g *Group) identity() string {
	fields := []string{strconv.Itoa(int(g.key.subject)), g.subject.indicator.Code, g.Slice.String()}
	if g.Region != nil {
		fields = append(fields, "r", g.Region.QualifiedCode())
	}
	if g.Period != nil {
		fields = append(fields, "p", g.Period.String())
	}
	if g.Source != nil {
		fields = append(fields, "s", g.Source.Code)
	}
	return strings.Join(fields, "\x1f")
}

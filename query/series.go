package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// SeriesRequest asks how figures develop over time.
type SeriesRequest struct {
	Indicators []string
	Regions    *RegionSelector
	// From and To bound the figures: those whose periods lie wholly between them; NoDay for no bound.
	From, To indicator.Day
	// Grain is the length of the periods shown; Irregular for the periods as they are reported.
	Grain    indicator.Grain
	Slice    []indicator.Coordinate
	Statuses []indicator.Status // none: Actual
	AsOf     indicator.Day
	Per      *Per
	Fill     Fill
	Align    *Align // nil: by the calendar
	Page     PageRequest
	// YearOnYear reads what Point.YearOnYear compares with also where From and To leave it out.
	YearOnYear bool
	// Evidence makes the figures behind each point available.
	Evidence bool
	// Deferred leaves the points out of the answer; Series.Walk makes them, series by series.
	Deferred bool
	// WithoutWarnings leaves warnings out, for which all figures are looked at once more.
	WithoutWarnings bool
}

// Align counts days from an event, such as a festival that moves through the calendar.
type Align struct {
	Event indicator.Day
	// With is the day that the event is compared with, an earlier festival; NoDay to compare by the calendar.
	With indicator.Day
}

// SeriesResult is the answer to a SeriesRequest.
type SeriesResult struct {
	Page     *Page[*Series]
	Warnings []Warning
	Cost     Cost

	plan *seriesPlan
	all  []*Series // of all pages
}

// presence is a subject's region that has a series.
type presence struct{ subject, region int32 }

// MissingSeries is a region without a series of an indicator.
type MissingSeries struct {
	Indicator *catalog.Indicator
	Region    *catalog.Region
	Reason    indicator.Missing
}

// Missing lists the regions asked for that have no series of an indicator.
func (r *SeriesResult) Missing(ctx context.Context) ([]MissingSeries, error) {
	w := newWatch(ctx)
	present := make(map[presence]bool, len(r.all))
	for _, series := range r.all {
		present[presence{series.key.subject, series.key.region}] = true
	}
	var list []MissingSeries
	for x := range r.plan.subjects {
		for _, region := range r.plan.regions.list {
			if err := w.step(); err != nil {
				return nil, err
			}
			if !present[presence{int32(x), region.ID}] {
				list = append(list, MissingSeries{r.plan.subjects[x].indicator, region, indicator.NoObservation})
			}
		}
	}
	return list, nil
}

// Series tells how figures develop over time: one for each indicator, region and status. Without a grain, periods of
// different lengths are never in one series.
func (s *Session) Series(ctx context.Context, request *SeriesRequest) (*SeriesResult, error) {
	plan, err := s.planSeries(ctx, request)
	if err != nil {
		return nil, err
	}
	if err := s.charge(ctx, plan.cells()); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	answer, err := plan.answer(ctx, w, s)
	if err != nil {
		return nil, err
	}
	if !request.WithoutWarnings {
		answer.Warnings = slices.Concat(answer.Warnings, plan.warnings(w, answer.all), plan.leftOut(plan.left))
	}
	if answer.Page, err = paginateRows(w, answer.all, (*Series).identity, request.Page, s.limits.Page); err != nil {
		return nil, err
	}
	if request.Deferred {
		return answer, nil
	}
	return answer, plan.lay(w, s, answer.Page.Nodes)
}

// answer reads the figures and makes series of them, without points.
func (p *seriesPlan) answer(ctx context.Context, w *watch, s *Session) (*SeriesResult, error) {
	if err := p.fetch(ctx, s); err != nil {
		return nil, err
	}
	list, err := p.series(w, s)
	return &SeriesResult{
		Warnings: p.regions.warnings, plan: p, all: list,
		Cost: Cost{
			Cells: p.regions.spent.Cells + p.cells(), Limit: s.limits.Cells, Rows: p.regions.spent.Rows + p.figures.read,
			EngineQueries: p.regions.spent.EngineQueries + p.queries,
		},
	}, err
}

// seriesPlan is a resolved SeriesRequest.
type seriesPlan struct {
	*figures
	request *SeriesRequest
	shown   indicator.Period // what From and To leave
	left    int              // figures left out because their periods do not lie inside one of the grain
}

func (s *Session) planSeries(ctx context.Context, request *SeriesRequest) (*seriesPlan, error) {
	if err := checkFirst(request.Page.First, s.limits.Page); err != nil {
		return nil, err
	}
	plan := &seriesPlan{request: request, shown: indicator.Period{Start: request.From, End: request.To}}
	if request.To == indicator.NoDay {
		plan.shown.End = indicator.Forever
	}
	if plan.shown.End < plan.shown.Start {
		err := indicator.Errorf(indicator.InvalidInput, "from %s is after to %s", request.From, request.To)
		err.Hint = "give the earlier day as from"
		return nil, err.At("from")
	}
	if request.Align != nil && request.Grain > indicator.Daily {
		err := indicator.Errorf(indicator.InvalidInput, "days since an event cannot be counted in periods of a %s", grainWord(request.Grain))
		err.Hint = "use the grain DAY with align, or no grain"
		return nil, err.At("grain")
	}
	regions, err := s.selectRegions(ctx, request.Regions, request.AsOf, "regions")
	if err != nil {
		return nil, err
	}
	statuses := slices.Clone(request.Statuses)
	if len(statuses) == 0 {
		statuses = []indicator.Status{indicator.Actual}
	}
	slices.Sort(statuses)
	within := plan.read()
	plan.figures, err = s.resolve(&figureRequest{
		indicators: request.Indicators, when: &When{Within: &within}, slice: request.Slice, statuses: slices.Compact(statuses),
		asOf: request.AsOf, per: request.Per, evidence: request.Evidence,
		unwarned: request.WithoutWarnings,
	}, regions)
	return plan, err
}

func grainWord(g indicator.Grain) string { return strings.ToLower(g.String()) }

// read is what must be read to show and compare what is shown. It may reach too far.
func (p *seriesPlan) read() indicator.Period {
	span := p.shown
	if !p.request.YearOnYear {
		return span
	}
	if shift, aligned := p.shift(); aligned {
		if span.Start != indicator.NoDay {
			span.Start = min(span.Start, span.Start-indicator.Day(shift))
		}
		if span.End != indicator.Forever {
			span.End = max(span.End, span.End-indicator.Day(shift))
		}
		return span
	}
	if span.Start != indicator.NoDay {
		const longestYear = 53 * 7 // of ISO weeks
		span.Start = p.request.Grain.Containing(span.Start).Start - longestYear
	}
	return span
}

// shift is the number of days from a day to the one it is compared with, earlier if positive; false to go by the calendar.
func (p *seriesPlan) shift() (days int, aligned bool) {
	align := p.request.Align
	if align == nil || align.With == indicator.NoDay {
		return 0, false
	}
	return int(align.Event) - int(align.With), true
}

// counterpart is the period that one is compared with a year on; false if there is none.
func (p *seriesPlan) counterpart(period indicator.Period) (indicator.Period, bool) {
	if days, aligned := p.shift(); aligned {
		return period.Shifted(-days), true
	}
	return period.YearBefore()
}

// fetch reads the figures with one Select, and those of the divisors, where there are any, with another.
func (p *seriesPlan) fetch(ctx context.Context, s *Session) error {
	selection, err := p.fetchRows(ctx, s)
	if err != nil {
		return err
	}
	return p.fetchDivisors(ctx, s, selection)
}

// lay builds the points of the series on a page, unless they are too many.
func (p *seriesPlan) lay(w *watch, s *Session, page []*Series) error {
	points := 0
	for _, series := range page {
		points += series.Length()
	}
	if points > s.limits.Rows {
		return &indicator.Error{
			Code:      indicator.TooLarge,
			Message:   fmt.Sprintf("the page has %d points", points),
			Hint:      "ask for fewer series a page, a coarser grain or a shorter time",
			LimitName: "rows", Limit: int64(s.limits.Rows), Estimate: int64(points),
		}
	}
	for _, series := range page {
		if err := series.lay(w, p.request.Fill); err != nil {
			return err
		}
	}
	return nil
}

// warnings describes what should be known about the figures shown.
func (p *seriesPlan) warnings(w *watch, list []*Series) []Warning {
	cells := make([][]cell, len(p.subjects))
	partial, lengths := make([]int, len(p.subjects)), make([]map[string]bool, len(p.subjects))
	for _, s := range list {
		x := s.key.subject
		if lengths[x] == nil {
			lengths[x] = make(map[string]bool)
		}
		lengths[x][s.Frequency.String()] = true
		for _, c := range s.cells {
			if w.step() != nil {
				return nil
			}
			cells[x] = append(cells[x], c.cell)
			partial[x] += boolInt(c.partial)
		}
	}
	var warnings []Warning
	for x := range p.subjects {
		warnings = append(warnings, p.mixtures(w, &p.subjects[x], cells[x], true)...)
		code := p.subjects[x].indicator.Code
		if len(lengths[x]) > 1 {
			warnings = append(warnings, Warning{MixedPeriods, fmt.Sprintf(
				"%s: periods of different lengths are reported, each length is a series: %s", code, listSome(lengths[x]))})
		}
		if partial[x] > 0 {
			warnings = append(warnings, Warning{TimeGaps, fmt.Sprintf(
				"%s: the figures added up leave days of their period uncovered in %s, marked partial", code, indicator.Counted(partial[x], "point"))})
		}
	}
	return warnings
}

// leftOut warns of so many figures that were left out, if there are any.
func (p *seriesPlan) leftOut(figures int) []Warning {
	if figures == 0 {
		return nil
	}
	return []Warning{{LongerPeriods, fmt.Sprintf(
		"figures about periods that do not lie inside one %s are left out: %d", grainWord(p.request.Grain), figures)}}
}

// identity names the series by codes, for cursors.
func (s *Series) identity() string {
	return strings.Join([]string{
		strconv.Itoa(int(s.key.subject)), s.Indicator.Code, s.Region.QualifiedCode(), s.Status.String(), s.Frequency.String(),
	}, "\x1f")
}

// compareSeries orders series by indicator as asked for, region in tree order, status and length of the periods, irregular ones last.
func compareSeries(a, b *Series) int {
	return cmp.Or(
		cmp.Compare(a.key.subject, b.key.subject), cmp.Compare(a.key.region, b.key.region), cmp.Compare(a.key.status, b.key.status),
		cmp.Compare(boolInt(a.Frequency == indicator.Irregular), boolInt(b.Frequency == indicator.Irregular)),
		cmp.Compare(a.Frequency, b.Frequency),
	)
}

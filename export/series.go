package export

import (
	"context"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Series asks how figures develop over time, a row for each point.
type Series struct {
	Request *query.SeriesRequest // Page.First is Whole for all series
}

var _ Question = (*Series)(nil)

// What some columns of series need beside the figures shown.
const (
	inferredNeeded   needs = 1 << iota // whether sources date their figures
	yearBeforeNeeded                   // the figures of the year before
)

// Columns are those of a row of a point.
func (q *Series) Columns() []Column { return columnsOf(pointColumns()) }

// Ask reads the series: a part at a time where there are many, and once more when the rows are written. Their points are made then. Behind the last come the regions that have no series
// of an indicator, with the reason.
func (q *Series) Ask(ctx context.Context, session *query.Session, bounds Bounds) (*Table, error) {
	columns, err := chosen(pointColumns(), bounds.Columns)
	if err != nil {
		return nil, err
	}
	request, needed := *q.Request, needsOf(columns)
	request.Page, request.Deferred, request.WithoutWarnings = page(request.Page, bounds.Rows), true, bounds.Unwarned
	request.YearOnYear, request.Evidence = needed&yearBeforeNeeded != 0, needed&inferredNeeded != 0
	if q.Request.Page.First != Whole || q.Request.Page.After != "" {
		return pageOfSeries(ctx, session, &request, columns, bounds)
	}
	series, err := session.SeriesInParts(ctx, &request, bounds.Part)
	if err != nil {
		return nil, err
	}
	var kept []*query.Series
	var missing []query.MissingSeries
	rows, whole := 0, series.Whole()
	count := func(list []*query.Series) error {
		rows += lengthOf(list)
		if whole {
			kept = list
		}
		return nil
	}
	lacking := func(list []query.MissingSeries) error {
		missing = append(missing, list...)
		return nil
	}
	if bounds.Present {
		lacking = nil
	}
	if err = series.Each(ctx, whole, count, lacking); err == nil {
		err = checkRows(rows+len(missing), bounds.Rows)
	}
	if err != nil {
		return nil, err
	}
	return tableOf(columns, series.Warnings, func(ctx context.Context, yield func(pointRow) error) error {
		if whole {
			return eachPoint(ctx, kept, missing, yield)
		}
		if err := series.Each(ctx, true, func(list []*query.Series) error { return eachPoint(ctx, list, nil, yield) }, nil); err != nil {
			return err
		}
		return eachPoint(ctx, nil, missing, yield)
	}), nil
}

func lengthOf(list []*query.Series) (points int) {
	for _, s := range list {
		points += s.Length()
	}
	return points
}

// pageOfSeries reads a page of the series.
func pageOfSeries(ctx context.Context, session *query.Session, request *query.SeriesRequest, columns []column[pointRow], bounds Bounds) (*Table, error) {
	answer, err := session.Series(ctx, request)
	if err != nil {
		return nil, err
	}
	var missing []query.MissingSeries
	if !bounds.Present && !answer.Page.PageInfo.HasNextPage {
		if missing, err = answer.Missing(ctx); err != nil {
			return nil, err
		}
	}
	if err := checkRows(lengthOf(answer.Page.Nodes)+len(missing), bounds.Rows); err != nil {
		return nil, err
	}
	return tableOf(columns, answer.Warnings, func(ctx context.Context, yield func(pointRow) error) error {
		return eachPoint(ctx, answer.Page.Nodes, missing, yield)
	}), nil
}

func eachPoint(ctx context.Context, list []*query.Series, missing []query.MissingSeries, yield func(pointRow) error) error {
	for _, s := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.Walk(ctx, func(p *query.Point) error {
			return yield(pointRow{region: s.Region, indicator: s.Indicator, series: s, point: p})
		}); err != nil {
			return err
		}
	}
	for _, m := range missing {
		if err := yield(pointRow{region: m.Region, indicator: m.Indicator, missing: m.Reason}); err != nil {
			return err
		}
	}
	return nil
}

// pointRow is a point of a series or, without one, a region that has no series.
type pointRow struct {
	region    *catalog.Region
	indicator *catalog.Indicator
	series    *query.Series
	point     *query.Point
	missing   indicator.Missing
}

// ofPoint is a column's value of a point; none where there is no series.
func ofPoint[V any](get func(*query.Point) V) func(pointRow) V {
	return func(r pointRow) V {
		if r.point == nil {
			var none V
			return none
		}
		return get(r.point)
	}
}

func ofSeries(get func(*query.Series) string) func(pointRow) string {
	return func(r pointRow) string {
		if r.series == nil {
			return ""
		}
		return get(r.series)
	}
}

func pointColumns() []column[pointRow] {
	type item = pointRow
	columns := indicatorColumns(func(r item) *catalog.Indicator { return r.indicator })
	columns = append(columns, regionColumns(func(r item) *catalog.Region { return r.region })...)
	columns = append(columns,
		text("status", ofSeries(func(s *query.Series) string { return s.Status.String() })),
		text("frequency", ofSeries(func(s *query.Series) string {
			if s.Frequency == indicator.Irregular {
				return ""
			}
			return s.Frequency.String()
		})),
		text("unit", ofSeries((*query.Series).Unit)),
	)
	columns = append(columns, periodColumns(ofPoint(func(p *query.Point) *indicator.Period { return &p.Period }))...)
	columns = append(columns, needing(inferredNeeded,
		boolean("period_inferred", ofPoint(func(p *query.Point) *bool { inferred := p.Inferred(); return &inferred })),
	)...)
	columns = append(columns,
		integer("event_day", ofPoint((*query.Point).EventDay)),
		number("value", ofPoint((*query.Point).Value)),
		text("missing", func(r item) string {
			if r.point == nil {
				return r.missing.String()
			}
			return r.point.Missing().String()
		}),
		boolean("filled", ofPoint(func(p *query.Point) *bool { return &p.Filled })),
		boolean("partial", ofPoint(func(p *query.Point) *bool { partial := p.Partial(); return &partial })),
		text("precision", ofPoint(func(p *query.Point) string { return p.Precision().String() })),
		text("change_unit", ofSeries((*query.Series).ChangeUnit)),
		number("change", ofPoint((*query.Point).Change)),
		text("change_precision", ofPoint(func(p *query.Point) string { return nameOf(p.ChangePrecision()) })),
		number("percent_change", ofPoint((*query.Point).PercentChange)),
	)
	return append(columns, needing(yearBeforeNeeded,
		number("year_on_year", ofPoint((*query.Point).YearOnYear)),
		text("year_on_year_precision", ofPoint(func(p *query.Point) string { return nameOf(p.YearOnYearPrecision()) })),
		number("year_on_year_change", ofPoint((*query.Point).YearOnYearChange)),
	)...)
}

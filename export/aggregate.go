package export

import (
	"context"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Aggregate asks for figures rolled up, a row for each group.
type Aggregate struct {
	Request *query.AggregateRequest // Page.First is Whole for all groups
}

var _ Question = (*Aggregate)(nil)

// Columns are those of a row of a group.
func (q *Aggregate) Columns() []Column { return columnsOf(groupColumns()) }

// Ask rolls the figures up.
func (q *Aggregate) Ask(ctx context.Context, session *query.Session, bounds Bounds) (*Table, error) {
	if q.Request.DryRun {
		err := indicator.Errorf(indicator.InvalidInput, "a dry run has no rows")
		err.Hint = "ask for the cost over GraphQL, or leave dryRun out"
		return nil, err.At("dryRun")
	}
	columns, err := chosen(groupColumns(), bounds.Columns)
	if err != nil {
		return nil, err
	}
	request := *q.Request
	request.WithoutTotals, request.WithoutWarnings, request.Ahead = true, bounds.Unwarned, query.Ahead(needsOf(columns))
	request.Page, request.Part = page(request.Page, bounds.Rows), bounds.Part
	answer, err := session.Aggregate(ctx, &request)
	if err != nil {
		return nil, err
	}
	if err := checkRows(rowsOf(answer.Page, q.Request.Page.First == Whole), bounds.Rows); err != nil {
		return nil, err
	}
	table := tableOf(columns, answer.Warnings, eachOf(answer.Page.Nodes))
	table.Rows = len(answer.Page.Nodes)
	return table, nil
}

func groupColumns() []column[*query.Group] {
	type item = *query.Group
	columns := indicatorColumns(func(g item) *catalog.Indicator { return g.Indicator() })
	columns = append(columns, regionColumns(func(g item) *catalog.Region { return g.Region })...)
	columns = append(columns, periodColumns(func(g item) *indicator.Period { return g.Period })...)
	columns = append(columns, text("slice", func(g item) string { return g.Slice.String() }))
	columns = append(columns, sourceColumns(func(g item) *catalog.Source { return g.Source })...)
	return append(columns,
		text("unit", func(g item) string { return g.Unit() }),
		measure("value", query.MeasureValue, 0),
		text("missing", func(g item) string { return g.Missing().String() }),
		text("value_refused", func(g item) string { _, err := g.Value(); return refusal(err) }),
		text("precision", func(g item) string { return g.Precision().String() }),
		measure("sum", query.MeasureSum, 0),
		text("sum_refused", func(g item) string { _, err := g.Sum(); return refusal(err) }),
		measure("mean", query.MeasureMean, query.MeanAhead),
		measure("median", query.MeasureMedian, query.MedianAhead),
		measure("min", query.MeasureMin, 0),
		measure("max", query.MeasureMax, 0),
		measure("stddev", query.MeasureStdDev, query.StdDevAhead),
		count("count", func(g item) int { return g.Count() }),
		count("coverage_expected", func(g item) int { return g.Expected() }),
		count("coverage_used", func(g item) int { return g.Used() }),
		plainNumber("coverage_share", func(g item) float64 { return g.Share() }),
		needing(needs(query.WeightShareAhead), number("coverage_weight_share", func(g item) *float64 { return g.WeightShare() }))[0],
	)
}

// measure is a column of a statistic of groups, which is worked out ahead.
func measure(name string, m query.Measure, ahead query.Ahead) column[*query.Group] {
	c := plainNumber(name, func(g *query.Group) float64 { return g.Number(m) })
	c.needs = needs(ahead)
	return c
}

// eachOf walks a list.
func eachOf[T any](list []T) func(context.Context, func(T) error) error {
	return func(ctx context.Context, yield func(T) error) error {
		for _, item := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := yield(item); err != nil {
				return err
			}
		}
		return nil
	}
}

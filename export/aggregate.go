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

// Ask rolls the figures up.
func (q *Aggregate) Ask(ctx context.Context, session *query.Session, bounds Bounds) (*Table, error) {
	if q.Request.DryRun {
		err := indicator.Errorf(indicator.InvalidInput, "a dry run has no rows")
		err.Hint = "ask for the cost over GraphQL, or leave dryRun out"
		return nil, err.At("dryRun")
	}
	request := *q.Request
	request.WithoutTotals, request.Whole = true, true
	request.Page = page(request.Page, bounds.Rows)
	answer, err := session.Aggregate(ctx, &request)
	if err != nil {
		return nil, err
	}
	if err := checkRows(len(answer.Page.Nodes), bounds.Rows); err != nil {
		return nil, err
	}
	table := tableOf(groupColumns(), answer.Warnings, eachOf(answer.Page.Nodes, newGroupRow()))
	table.Rows = len(answer.Page.Nodes)
	return table, nil
}

// groupRow is a group with what takes computing.
type groupRow struct {
	*query.Group
	value    *float64
	refused  error
	sum      *float64
	unsummed error
}

// newGroupRow returns what makes the row of a group, which is valid until the next one is made.
func newGroupRow() func(*query.Group) *groupRow {
	row := new(groupRow)
	return func(g *query.Group) *groupRow {
		row.Group = g
		row.value, row.refused = g.Value()
		row.sum, row.unsummed = g.Sum()
		return row
	}
}

func groupColumns() []column[*groupRow] {
	type item = *groupRow
	columns := indicatorColumns(func(g item) *catalog.Indicator { return g.Indicator() })
	columns = append(columns, regionColumns(func(g item) *catalog.Region { return g.Region })...)
	columns = append(columns, periodColumns(func(g item) *indicator.Period { return g.Period })...)
	columns = append(columns, text("slice", func(g item) string { return g.Slice.String() }))
	columns = append(columns, sourceColumns(func(g item) *catalog.Source { return g.Source })...)
	return append(columns,
		text("unit", func(g item) string { return g.Unit() }),
		number("value", func(g item) *float64 { return g.value }),
		text("missing", func(g item) string { return g.Missing().String() }),
		text("value_refused", func(g item) string { return refusal(g.refused) }),
		text("precision", func(g item) string { return g.Precision().String() }),
		number("sum", func(g item) *float64 { return g.sum }),
		text("sum_refused", func(g item) string { return refusal(g.unsummed) }),
		number("mean", func(g item) *float64 { return g.Mean() }),
		number("median", func(g item) *float64 { return g.Median() }),
		number("min", func(g item) *float64 { return g.Min() }),
		number("max", func(g item) *float64 { return g.Max() }),
		number("stddev", func(g item) *float64 { return g.StdDev() }),
		count("count", func(g item) int { return g.Count() }),
		count("coverage_expected", func(g item) int { return g.Expected() }),
		count("coverage_used", func(g item) int { return g.Used() }),
		number("coverage_share", func(g item) *float64 { share := g.Share(); return &share }),
		number("coverage_weight_share", func(g item) *float64 { return g.WeightShare() }),
	)
}

// eachOf walks a list, preparing each item when its turn comes.
func eachOf[T, R any](list []T, prepare func(T) R) func(context.Context, func(R) error) error {
	return func(ctx context.Context, yield func(R) error) error {
		for _, item := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := yield(prepare(item)); err != nil {
				return err
			}
		}
		return nil
	}
}

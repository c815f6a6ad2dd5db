package export

import (
	"context"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Observations asks for figures with their evidence, a row each.
type Observations struct {
	Where *query.ObservationWhere
	AsOf  indicator.Day
	Order query.ObservationOrder
	Page  query.PageRequest // First is Whole for all of them
}

var _ Question = (*Observations)(nil)

// Columns are those of a row of a figure.
func (q *Observations) Columns() []Column { return columnsOf(observationColumns()) }

// Ask counts the figures; they are read as they are written, some thousands at a time.
func (q *Observations) Ask(ctx context.Context, session *query.Session, bounds Bounds) (*Table, error) {
	columns, err := chosen(observationColumns(), bounds.Columns)
	if err != nil {
		return nil, err
	}
	walk, err := session.WalkObservations(ctx, q.Where, q.AsOf, q.Order, page(q.Page, bounds.Rows), query.Details(needsOf(columns)))
	if err != nil {
		return nil, err
	}
	if q.Page.First == Whole {
		rows, err := walk.Count(ctx)
		if err != nil {
			return nil, err
		}
		if err := checkRows(rows, bounds.Rows); err != nil {
			return nil, err
		}
	} else if err := checkRows(q.Page.First, bounds.Rows); err != nil {
		return nil, err
	}
	return tableOf(columns, nil, walk.Each), nil
}

// observationColumns need details of figures.
func observationColumns() []column[*query.Observation] {
	type item = *query.Observation
	columns := regionColumns(func(o item) *catalog.Region { return o.Region })
	columns = append(columns, indicatorColumns(func(o item) *catalog.Indicator { return o.Indicator })...)
	columns = append(columns, text("slice", func(o item) string { return o.Slice.String() }))
	columns = append(columns, periodColumns(func(o item) *indicator.Period { return &o.Period })...)
	add := func(details query.Details, more ...column[item]) {
		columns = append(columns, needing(needs(details), more...)...)
	}
	add(query.InferredDetail, boolean("period_inferred", func(o item) *bool { return &o.Inferred }))
	add(0,
		text("status", func(o item) string { return o.Status.String() }),
		number("value", func(o item) *float64 { return o.Value }),
		text("missing", func(o item) string { return o.Missing.String() }),
		text("unit", func(o item) string { return o.Indicator.Unit }),
	)
	add(query.PrecisionDetail, text("precision", func(o item) string { return o.Precision.String() }))
	add(query.CountsDetail,
		number("numerator", func(o item) *float64 { return o.Numerator }),
		number("denominator", func(o item) *float64 { return o.Denominator }),
	)
	add(query.DerivedDetail, boolean("derived", func(o item) *bool { return &o.Derived }))
	add(query.PrintedDetail, text("printed", func(o item) string { return o.Printed }))
	add(query.OffsetDetail, integer("printed_offset", func(o item) *int {
		if o.Offset < 0 {
			return nil
		}
		offset := int(o.Offset)
		return &offset
	}))
	add(query.DefinitionDetail, text("definition", func(o item) string { return o.Definition }))
	add(query.NoteDetail, text("note", func(o item) string { return o.Note }))
	add(query.SourceDetail, sourceColumns(func(o item) *catalog.Source { return o.Source })...)
	add(query.PublishedDetail, date("published_on", func(o item) indicator.Day { return o.PublishedOn }))
	add(query.LoadDetail, text("load_id", func(o item) string { return o.Load.ID }))
	return columns
}

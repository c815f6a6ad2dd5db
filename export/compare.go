package export

import (
	"context"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Compare asks how regions stand against each other, a row for each indicator and region.
type Compare struct {
	Request *query.CompareRequest // Page.First is Whole for all regions
}

var _ Question = (*Compare)(nil)

// evidenceNeeded is the need of columns about the figure that a value comes from.
const evidenceNeeded needs = 1

// Columns are those of a row of a region.
func (q *Compare) Columns() []Column { return columnsOf(entryColumns()) }

// Ask compares the regions: a part at a time where there are many, and once more when the rows are written. Behind the last entry of an indicator come the regions that have no value, with the reason.
func (q *Compare) Ask(ctx context.Context, session *query.Session, bounds Bounds) (*Table, error) {
	columns, err := chosen(entryColumns(), bounds.Columns)
	if err != nil {
		return nil, err
	}
	request := *q.Request
	request.Page, request.Evidence = page(request.Page, bounds.Rows), needsOf(columns)&evidenceNeeded != 0
	request.WithoutWarnings = bounds.Unwarned
	comparison, err := session.CompareInParts(ctx, &request, bounds.Part)
	if err != nil {
		return nil, err
	}
	var kept []*query.IndicatorComparison
	var warnings []query.Warning
	rows, whole, everything := 0, comparison.Whole(), q.Request.Page.First == Whole
	err = comparison.Each(ctx, whole, func(c *query.IndicatorComparison) error {
		rows += rowsOf(c.Page, everything)
		if lists(bounds, c) || everything && !bounds.Present {
			rows += len(c.Missing)
		}
		warnings = append(warnings, c.Warnings...)
		if whole {
			kept = append(kept, c)
		}
		return nil
	})
	if err == nil {
		err = checkRows(rows, bounds.Rows)
	}
	if err != nil {
		return nil, err
	}
	table := tableOf(columns, warnings, func(ctx context.Context, yield func(entryRow) error) error {
		if whole {
			return eachOf(kept)(ctx, func(c *query.IndicatorComparison) error { return eachEntry(ctx, bounds, c, yield) })
		}
		return comparison.Each(ctx, true, func(c *query.IndicatorComparison) error { return eachEntry(ctx, bounds, c, yield) })
	})
	table.Rows = rows
	return table, nil
}

// lists reports whether the regions without a value follow the others.
func lists(bounds Bounds, c *query.IndicatorComparison) bool {
	return !bounds.Present && !c.Page.PageInfo.HasNextPage
}

// eachEntry hands out the rows of an indicator.
func eachEntry(ctx context.Context, bounds Bounds, c *query.IndicatorComparison, yield func(entryRow) error) error {
	err := eachOf(c.Page.Nodes)(ctx, func(e *query.Entry) error {
		return yield(entryRow{comparison: c, region: e.Region, entry: e})
	})
	if err != nil || !lists(bounds, c) {
		return err
	}
	return eachOf(c.Missing)(ctx, func(m query.MissingRegion) error {
		return yield(entryRow{comparison: c, region: m.Region, missing: m.Reason})
	})
}

// entryRow is a region compared or, without an entry, one that has no value.
type entryRow struct {
	comparison *query.IndicatorComparison
	region     *catalog.Region
	entry      *query.Entry
	missing    indicator.Missing
}

// evidence is the figure that the value comes from; nil if there is none.
func (r entryRow) evidence() *query.Observation {
	if r.entry == nil {
		return nil
	}
	return r.entry.Observation
}

// ofEntry is a column's value of an entry; none where there is no entry.
func ofEntry[V any](get func(*query.Entry) V) func(entryRow) V {
	return func(r entryRow) V {
		if r.entry == nil {
			var none V
			return none
		}
		return get(r.entry)
	}
}

func precisionOf(q indicator.Quantity) string {
	if !q.Known() {
		return ""
	}
	return q.Precision.String()
}

func entryColumns() []column[entryRow] {
	type item = entryRow
	columns := indicatorColumns(func(r item) *catalog.Indicator { return r.comparison.Indicator })
	columns = append(columns, regionColumns(func(r item) *catalog.Region { return r.region })...)
	columns = append(columns,
		text("unit", func(r item) string { return r.comparison.Unit }),
		number("value", ofEntry(func(e *query.Entry) *float64 { return &e.Quantity.Value })),
		text("missing", func(r item) string { return r.missing.String() }),
		text("precision", ofEntry(func(e *query.Entry) string { return e.Quantity.Precision.String() })),
		integer("rank", ofEntry(func(e *query.Entry) *int { return &e.Rank })),
		boolean("rank_uncertain", ofEntry(func(e *query.Entry) *bool { return &e.RankUncertain })),
		number("percentile", ofEntry(func(e *query.Entry) *float64 { return &e.Percentile })),
		number("z_score", ofEntry(func(e *query.Entry) *float64 { return e.ZScore })),
		number("robust_z_score", ofEntry(func(e *query.Entry) *float64 { return e.RobustZScore })),
		number("baseline", func(r item) *float64 { return &r.comparison.Baseline.Value }),
		text("baseline_precision", func(r item) string { return precisionOf(r.comparison.Baseline) }),
		number("difference", ofEntry(func(e *query.Entry) *float64 { return &e.Difference.Value })),
		text("difference_precision", ofEntry(func(e *query.Entry) string { return precisionOf(e.Difference) })),
		number("ratio", ofEntry(func(e *query.Entry) *float64 { return e.Ratio })),
		number("share", ofEntry(func(e *query.Entry) *float64 { share, _ := e.Share(); return share })), // share_refused has the error
		text("share_refused", ofEntry(func(e *query.Entry) string { _, err := e.Share(); return refusal(err) })),
		text("standing", ofEntry(func(e *query.Entry) string { return e.Standing.String() })),
	)
	return append(columns, needing(evidenceNeeded, evidenceColumns()...)...)
}

// evidenceColumns describe the figure that a value comes from.
func evidenceColumns() []column[entryRow] {
	columns := periodColumns(func(r entryRow) *indicator.Period {
		if o := r.evidence(); o != nil {
			return &o.Period
		}
		return nil
	})
	columns = append(columns, text("printed", func(r entryRow) string {
		if o := r.evidence(); o != nil {
			return o.Printed
		}
		return ""
	}))
	columns = append(columns, sourceColumns(func(r entryRow) *catalog.Source {
		if o := r.evidence(); o != nil {
			return o.Source
		}
		return nil
	})...)
	return append(columns, date("published_on", func(r entryRow) indicator.Day {
		if o := r.evidence(); o != nil {
			return o.PublishedOn
		}
		return indicator.NoDay
	}))
}

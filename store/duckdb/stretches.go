package duckdb

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

var _ store.Stretcher = (*pinned)(nil)

// Stretches hands many current figures out as they come out of DuckDB, without rows in between. It declines what is little, what is not stored in
// order, and definitions.
func (h *handle) Stretches(ctx context.Context, s store.Select) ([]store.Stretch, bool, error) {
	if !foldable(&s) || h.tail > 0 || s.Columns().Has(store.ColumnDefinition) || !h.many(&s) {
		return nil, false, nil
	}
	s.Omit |= store.ColumnSource | store.ColumnDerived
	sql, unsorted, err := h.dialect().Unsorted(h.withoutCap(s))
	if err != nil || !unsorted {
		return nil, false, err
	}
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	g := &gathering{columns: statement.ColumnsOf(&s)}
	widths, checked := figureWidths(g.columns), false
	var failed error
	rows, err := h.stream(ctx, h.lane != nil, sql, func(chunk mapping.DataChunk) bool {
		if !checked {
			checked, failed = true, checkWidths(chunk, widths)
		}
		return failed == nil && g.show(figuresOf(chunk, g.columns))
	})
	switch {
	case ctx.Err() != nil:
		return nil, false, ctx.Err()
	case failed != nil:
		return nil, false, failed
	case s.Cap > 0 && rows > s.Cap:
		return nil, false, &store.RowCapError{Cap: s.Cap}
	case err != nil || g.disordered:
		return nil, false, nil // they may be had in another way
	}
	g.end()
	return g.list, true, nil
}

// gathering makes stretches of figures that are shown in natural order.
type gathering struct {
	columns statement.Columns
	list    []store.Stretch

	seriesName
	period        indicator.Period
	figureColumns // of the period so far

	disordered bool // figures came in another order
}

// show takes the figures of a chunk; false where they do not come in order.
func (g *gathering) show(c *figureChunk) bool {
	for from := 0; from < c.rows && !g.disordered; {
		of, period := c.at(g.columns, from)
		to := c.periodEnd(from)
		if of != g.seriesName || period != g.period {
			g.disordered = len(g.region) > 0 && cmp.Or(g.compare(of), cmp.Compare(g.period.End, period.End), cmp.Compare(g.period.Start, period.Start)) > 0
			g.end()
			g.seriesName, g.period = of, period
		}
		g.disordered = g.disordered || !g.add(c, from, to)
		from = to
	}
	return !g.disordered
}

// end makes a stretch of the figures so far.
func (g *gathering) end() {
	if len(g.region) == 0 {
		return
	}
	t := store.Stretch{
		Indicator: g.indicator, Slice: g.slice, Status: g.status, Period: g.period, Value: slices.Clone(g.value),
		Missing: unlessZero(g.missing), Precision: unlessZero(g.precision),
	}
	if n := len(g.list); n > 0 && slices.Equal(g.list[n-1].Region, g.region) {
		t.Region = g.list[n-1].Region
	} else {
		t.Region = slices.Clone(g.region)
	}
	known := func(x float64) bool { return !math.IsNaN(x) }
	if slices.ContainsFunc(g.numerator, known) || slices.ContainsFunc(g.denominator, known) {
		t.Numerator, t.Denominator, t.CountsPrecision = slices.Clone(g.numerator), slices.Clone(g.denominator), unlessZero(g.countsPrecision)
	}
	g.list = append(g.list, t)
	g.clear()
}

// unlessZero is a copy of a column, nil where all cells are zero.
func unlessZero[T ~int8](column []T) []T {
	if !slices.ContainsFunc(column, func(x T) bool { return x != 0 }) {
		return nil
	}
	return slices.Clone(column)
}

package duckdb

import (
	"context"
	"math"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// manyRows is how many rows are copied as they come. A copy of all of them that DuckDB makes first would take as long as reading them; fewer are sooner
// there in one piece.
const manyRows = 1 << 17

// mostRoom is for how many rows room is made before they come.
const mostRoom = 1 << 21

// many reports whether a selection is likely to have many rows.
func (r *reader) many(s *store.Select) bool {
	if r.manyRows == 0 || s.Limit > 0 || s.Latest != nil || s.Period != nil || s.Columns()&store.EvidenceColumns != 0 {
		return false
	}
	return r.expected(s) >= r.manyRows
}

// regionsOf is how many regions a selection lists, at most.
func regionsOf(s *store.Select) (n int64) {
	for _, span := range s.Regions {
		n += max(0, int64(span.To)-int64(span.From))
	}
	return n
}

// selectMany runs a rendered selection of many rows. Its error need not be of the kind that Select tells.
func (r *reader) selectMany(ctx context.Context, sql string, s *store.Select) (*store.Rows, error) {
	columns := statement.ColumnsOf(s)
	rows, widths, checked := roomFor(int(min(r.expected(s), mostRoom)), columns), figureWidths(columns), false
	var failed error
	n, err := r.stream(ctx, r.short(s), sql, func(chunk mapping.DataChunk) bool {
		if !checked {
			checked, failed = true, checkWidths(chunk, widths)
		}
		if failed == nil {
			addChunk(rows, chunk, columns)
		}
		return failed == nil && (s.Cap == 0 || rows.Len() <= s.Cap)
	})
	switch {
	case failed != nil:
		return nil, failed
	case err != nil:
		return nil, err
	case s.Cap > 0 && n > s.Cap:
		return nil, &store.RowCapError{Cap: s.Cap}
	}
	if columns.Indicator != nil {
		rows.Indicator = repeated(*columns.Indicator, n)
	}
	if columns.Slice != nil {
		rows.Slice = repeated(*columns.Slice, n)
	}
	if columns.Status != nil {
		rows.Status = repeated(*columns.Status, n)
	}
	return rows, nil
}

// withoutCap is a selection without its cap, if it is known not to be reached: rows that are limited come from one thread.
func (r *reader) withoutCap(s store.Select) store.Select {
	if known := r.places.Load(); known != nil && !s.Vintages && s.AsOf == indicator.NoDay && known.rows(&s) <= int64(s.Cap) {
		s.Cap = 0
	}
	return s
}

// rows is how many current figures the series that a selection is about have.
func (p *places) rows(s *store.Select) (n int64) {
	for _, one := range p.counted {
		if among(s.Indicators, one.Indicator) && among(s.Slices, one.Slice) && among(s.Statuses, one.Status) {
			n += one.Rows
		}
	}
	return n
}

// expected is about how many rows a selection has, as far as one knows.
func (r *reader) expected(s *store.Select) int64 {
	n := r.perIndicator * int64(len(s.Indicators))
	if known := r.places.Load(); known != nil {
		n = known.rows(s)
	}
	if len(s.Regions) > 0 && r.regions > 0 {
		n = n * min(regionsOf(s), r.regions) / r.regions
	}
	if s.Cap > 0 {
		n = min(n, int64(s.Cap))
	}
	return n
}

// roomFor has room for so many rows in the columns that are read.
func roomFor(n int, c statement.Columns) *store.Rows {
	rows := &store.Rows{
		Indicator: room[int32](c.Indicator == nil, n), Slice: room[int32](c.Slice == nil, n), Region: room[int32](true, n),
		Source: room[int32](c.Read.Has(store.ColumnSource), n), Definition: room[int32](c.Read.Has(store.ColumnDefinition), n),
		Status: room[indicator.Status](c.Status == nil, n), Start: room[indicator.Day](true, n), End: room[indicator.Day](true, n),
		Value: room[float64](true, n), Missing: room[indicator.Missing](true, n), Precision: room[indicator.Precision](c.Read.Has(store.ColumnPrecision), n),
		Derived: room[bool](c.Read.Has(store.ColumnDerived), n),
	}
	counts := c.Read.Has(store.ColumnCounts)
	rows.Numerator, rows.Denominator, rows.CountsPrecision = room[float64](counts, n), room[float64](counts, n), room[indicator.Precision](counts, n)
	return rows
}

// room is a column that is read, else nil.
func room[T any](read bool, n int) []T {
	if !read {
		return nil
	}
	return make([]T, 0, n)
}

// addChunk appends a chunk whose columns have been checked, but for what all rows have in common.
func addChunk(rows *store.Rows, chunk mapping.DataChunk, c statement.Columns) {
	v := &vectors{chunk: chunk, rows: int(mapping.DataChunkGetSize(chunk))}
	if c.Indicator == nil {
		rows.Indicator = append(rows.Indicator, column[int32](v)...)
	}
	if c.Slice == nil {
		rows.Slice = append(rows.Slice, column[int32](v)...)
	}
	rows.Region = append(rows.Region, column[int32](v)...)
	if c.Read.Has(store.ColumnSource) {
		rows.Source = append(rows.Source, column[int32](v)...)
	}
	if c.Read.Has(store.ColumnDefinition) {
		rows.Definition = append(rows.Definition, column[int32](v)...)
	}
	if c.Status == nil {
		rows.Status = append(rows.Status, column[indicator.Status](v)...)
	}
	rows.Start, rows.End = append(rows.Start, column[indicator.Day](v)...), append(rows.End, column[indicator.Day](v)...)
	rows.Value = appendDoubles(rows.Value, v)
	rows.Missing = append(rows.Missing, column[indicator.Missing](v)...)
	if c.Read.Has(store.ColumnPrecision) {
		rows.Precision = append(rows.Precision, column[indicator.Precision](v)...)
	}
	if c.Read.Has(store.ColumnCounts) {
		rows.Numerator, rows.Denominator = appendDoubles(rows.Numerator, v), appendDoubles(rows.Denominator, v)
		rows.CountsPrecision = append(rows.CountsPrecision, column[indicator.Precision](v)...)
	}
	if c.Read.Has(store.ColumnDerived) {
		rows.Derived = append(rows.Derived, column[bool](v)...)
	}
}

// appendDoubles appends a column of doubles with NaN for NULL.
func appendDoubles(to []float64, v *vectors) []float64 {
	values, has := doubles(v)
	from := len(to)
	to = append(to, values...)
	if has == nil {
		return to
	}
	for i := range values {
		if !has.at(i) {
			to[from+i] = math.NaN()
		}
	}
	return to
}

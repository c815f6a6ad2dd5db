package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// run asks a rendered question and tells the hook of it, whatever came of it. begin is called before each try, each for every row.
func (h *handle) run(ctx context.Context, sql string, begin func(), each func(scan func(...any) error) error) error {
	start := time.Now()
	rows := 0
	err := h.engine.ask(ctx, func(s *server) error {
		rows = 0
		begin()
		return s.query(ctx, h.engine.config.limits(ctx), sql, func(scan func(...any) error) error {
			rows++
			return each(scan)
		})
	})
	if lacks(err) {
		err = &store.DamagedError{ID: h.contents.Manifest.ID, Err: err}
	}
	if unavailable(err) {
		h.engine.options.Logger.ErrorContext(ctx, "a question has no answer", "error", err)
	}
	if h.engine.options.OnQuery != nil {
		executed := store.Executed{SQL: sql, Took: time.Since(start), Err: err}
		if err == nil {
			executed.Rows = rows
		}
		executed.Explain = func(ctx context.Context) (string, error) { return h.explain(ctx, sql) }
		h.engine.options.OnQuery(ctx, executed)
	}
	return err
}

// explain returns the server's plan of a question. Servers before 20.6 have none to tell.
func (h *handle) explain(ctx context.Context, sql string) (string, error) {
	var lines []string
	err := h.engine.ask(ctx, func(s *server) error {
		lines = nil
		return s.query(ctx, h.engine.config.limits(ctx), "EXPLAIN "+sql, func(scan func(...any) error) error {
			var line string
			err := scan(&line)
			lines = append(lines, line)
			return err
		})
	})
	return strings.Join(lines, "\n"), err
}

// Select returns the rows of a selection in its order.
func (h *handle) Select(ctx context.Context, s store.Select) (*store.Rows, error) {
	sql, err := h.dialect.Select(s)
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	r := newRowReader(statement.ColumnsOf(&s))
	err = h.run(ctx, sql, func() { r.rows = &store.Rows{} }, func(scan func(...any) error) error {
		if s.Cap > 0 && r.rows.Len() == s.Cap {
			return &store.RowCapError{Cap: s.Cap}
		}
		return r.read(scan)
	})
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	return r.rows, nil
}

// rowReader reads rows cell by cell into columns.
type rowReader struct {
	columns statement.Columns
	rows    *store.Rows

	indicator, slice, region, source, definition, start, end int32
	status, missing, precision, countsPrecision              int8
	derived, inferred                                        uint8
	value, numerator, denominator                            float64
	published, knownFrom, knownTo, tie, load, offset         int32
	printed, note                                            string
	cells                                                    []any
}

// newRowReader returns a reader of a rendered selection's columns, with what all rows share filled in.
func newRowReader(columns statement.Columns) *rowReader {
	r := &rowReader{columns: columns}
	if columns.Indicator != nil {
		r.indicator = *columns.Indicator
	}
	if columns.Slice != nil {
		r.slice = *columns.Slice
	}
	if columns.Status != nil {
		r.status = int8(*columns.Status)
	}
	if columns.Period != nil {
		r.start, r.end = int32(columns.Period.Start), int32(columns.Period.End)
	}
	return r
}

// read reads one row.
func (r *rowReader) read(scan func(...any) error) error {
	if err := scan(r.targets()...); err != nil {
		return err
	}
	r.keep()
	return nil
}

// targets are where a row's cells go, in the order in which a rendered selection has them.
func (r *rowReader) targets() []any {
	if r.cells != nil {
		return r.cells
	}
	add := func(read bool, cells ...any) {
		if read {
			r.cells = append(r.cells, cells...)
		}
	}
	read := r.columns.Read
	add(r.columns.Indicator == nil, &r.indicator)
	add(r.columns.Slice == nil, &r.slice)
	add(true, &r.region)
	add(read.Has(store.ColumnSource), &r.source)
	add(read.Has(store.ColumnDefinition), &r.definition)
	add(r.columns.Status == nil, &r.status)
	add(r.columns.Period == nil, &r.start, &r.end)
	add(true, &r.value, &r.missing)
	add(read.Has(store.ColumnPrecision), &r.precision)
	add(read.Has(store.ColumnCounts), &r.numerator, &r.denominator, &r.countsPrecision)
	add(read.Has(store.ColumnDerived), &r.derived)
	add(read.Has(store.ColumnPublished), &r.published)
	add(read.Has(store.ColumnKnown), &r.knownFrom, &r.knownTo)
	add(read.Has(store.ColumnTie), &r.tie)
	add(read.Has(store.ColumnLoad), &r.load)
	add(read.Has(store.ColumnInferred), &r.inferred)
	add(read.Has(store.ColumnOffset), &r.offset)
	add(read.Has(store.ColumnPrinted), &r.printed)
	add(read.Has(store.ColumnNote), &r.note)
	return r.cells
}

// keep appends the row that was read.
func (r *rowReader) keep() {
	rows, read := r.rows, r.columns.Read
	rows.Indicator = append(rows.Indicator, r.indicator)
	rows.Slice = append(rows.Slice, r.slice)
	rows.Region = append(rows.Region, r.region)
	rows.Status = append(rows.Status, indicator.Status(r.status))
	rows.Start = append(rows.Start, indicator.Day(r.start))
	rows.End = append(rows.End, indicator.Day(r.end))
	rows.Value = append(rows.Value, r.value)
	rows.Missing = append(rows.Missing, indicator.Missing(r.missing))
	if read.Has(store.ColumnSource) {
		rows.Source = append(rows.Source, r.source)
	}
	if read.Has(store.ColumnDefinition) {
		rows.Definition = append(rows.Definition, r.definition)
	}
	if read.Has(store.ColumnPrecision) {
		rows.Precision = append(rows.Precision, indicator.Precision(r.precision))
	}
	if read.Has(store.ColumnCounts) {
		rows.Numerator = append(rows.Numerator, r.numerator)
		rows.Denominator = append(rows.Denominator, r.denominator)
		rows.CountsPrecision = append(rows.CountsPrecision, indicator.Precision(r.countsPrecision))
	}
	if read.Has(store.ColumnDerived) {
		rows.Derived = append(rows.Derived, r.derived != 0)
	}
	if read&store.EvidenceColumns != 0 {
		r.keepEvidence(rows, read)
	}
}

// keepEvidence appends the cells of the columns of evidence.
func (r *rowReader) keepEvidence(rows *store.Rows, read store.Columns) {
	if read.Has(store.ColumnPublished) {
		rows.Published = append(rows.Published, indicator.Day(r.published))
	}
	if read.Has(store.ColumnKnown) {
		rows.KnownFrom = append(rows.KnownFrom, indicator.Day(r.knownFrom))
		rows.KnownTo = append(rows.KnownTo, indicator.Day(r.knownTo))
	}
	if read.Has(store.ColumnTie) {
		rows.Tie = append(rows.Tie, r.tie)
	}
	if read.Has(store.ColumnLoad) {
		rows.Load = append(rows.Load, r.load)
	}
	if read.Has(store.ColumnInferred) {
		rows.Inferred = append(rows.Inferred, r.inferred != 0)
	}
	if read.Has(store.ColumnOffset) {
		rows.Offset = append(rows.Offset, r.offset)
	}
	if read.Has(store.ColumnPrinted) {
		rows.Printed = append(rows.Printed, r.printed)
	}
	if read.Has(store.ColumnNote) {
		rows.Note = append(rows.Note, r.note)
	}
}

// Count counts a selection's rows by keys.
func (h *handle) Count(ctx context.Context, s store.Select, by ...store.Key) ([]store.Tally, error) {
	sql, err := h.dialect.Count(s, by)
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	var tallies []store.Tally
	err = h.run(ctx, sql, func() { tallies = nil }, func(scan func(...any) error) error {
		t := store.Tally{Keys: make([]int32, len(by))}
		var first, last int32
		targets := make([]any, 0, len(by)+4)
		for i := range t.Keys {
			targets = append(targets, &t.Keys[i])
		}
		if err := scan(append(targets, &t.Rows, &t.Regions, &first, &last)...); err != nil {
			return err
		}
		t.First, t.Last = indicator.Day(first), indicator.Day(last)
		if t.Rows == 0 { // the least of no numbers is zero here
			t.First, t.Last = indicator.NoDay, indicator.NoDay
		}
		tallies = append(tallies, t)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	return tallies, nil
}

package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
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
	r := &rowReader{evidence: s.Evidence || s.Vintages}
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
	evidence bool
	rows     *store.Rows

	indicator, slice, region, source, definition, start, end int32
	status, missing, precision, countsPrecision              int8
	derived, inferred                                        uint8
	value, numerator, denominator                            float64
	published, knownFrom, knownTo, tie, load, offset         int32
	printed, note                                            string
	cells                                                    []any
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
	if r.cells == nil {
		r.cells = []any{
			&r.indicator, &r.slice, &r.region, &r.source, &r.definition, &r.status, &r.start, &r.end, &r.value, &r.missing, &r.precision,
			&r.numerator, &r.denominator, &r.countsPrecision, &r.derived,
		}
		if r.evidence {
			r.cells = append(r.cells, &r.published, &r.knownFrom, &r.knownTo, &r.tie, &r.load, &r.inferred, &r.offset, &r.printed, &r.note)
		}
	}
	return r.cells
}

// keep appends the row that was read.
func (r *rowReader) keep() {
	rows := r.rows
	rows.Indicator = append(rows.Indicator, r.indicator)
	rows.Slice = append(rows.Slice, r.slice)
	rows.Region = append(rows.Region, r.region)
	rows.Source = append(rows.Source, r.source)
	rows.Definition = append(rows.Definition, r.definition)
	rows.Status = append(rows.Status, indicator.Status(r.status))
	rows.Start = append(rows.Start, indicator.Day(r.start))
	rows.End = append(rows.End, indicator.Day(r.end))
	rows.Value = append(rows.Value, r.value)
	rows.Missing = append(rows.Missing, indicator.Missing(r.missing))
	rows.Precision = append(rows.Precision, indicator.Precision(r.precision))
	rows.Numerator = append(rows.Numerator, r.numerator)
	rows.Denominator = append(rows.Denominator, r.denominator)
	rows.CountsPrecision = append(rows.CountsPrecision, indicator.Precision(r.countsPrecision))
	rows.Derived = append(rows.Derived, r.derived != 0)
	if !r.evidence {
		return
	}
	rows.Published = append(rows.Published, indicator.Day(r.published))
	rows.KnownFrom = append(rows.KnownFrom, indicator.Day(r.knownFrom))
	rows.KnownTo = append(rows.KnownTo, indicator.Day(r.knownTo))
	rows.Tie = append(rows.Tie, r.tie)
	rows.Load = append(rows.Load, r.load)
	rows.Inferred = append(rows.Inferred, r.inferred != 0)
	rows.Offset = append(rows.Offset, r.offset)
	rows.Printed = append(rows.Printed, r.printed)
	rows.Note = append(rows.Note, r.note)
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

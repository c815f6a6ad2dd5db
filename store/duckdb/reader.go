package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// reader answers selections from an attached snapshot file.
type reader struct {
	db   *database
	lane *lane // for short questions; nil where there is none
	// ranges is for figures by their place; nil where there is no lane either.
	ranges *lane
	// perIndicator is how many current figures an indicator has, on average; 0 where nobody has counted.
	perIndicator int64
	regions      int64                          // of the catalogue; 0 where nobody has counted
	manyRows     int64                          // that are copied as they come; 0 for none
	places       atomic.Pointer[places]         // nil until the series have been counted
	running      atomic.Int64                   // questions at present
	tail         int64                          // how many current figures are stored behind those in order
	current      int64                          // how many current figures there are; 0 where nobody has counted
	inexact      atomic.Pointer[map[int32]bool] // nil until they have been looked for
	knowing      *statement.Dialect             // that knows the regions of the catalogue; nil where none does
	onQuery      func(ctx context.Context, query store.Executed)
}

var _ store.Reader = (*reader)(nil)

// dialect is how selections are rendered.
func (r *reader) dialect() *statement.Dialect {
	switch {
	case r.knowing != nil:
		return r.knowing
	case r.tail > 0:
		return tailed
	}
	return inOrder
}

// query runs one rendered question and reports it to the hook, whatever came of it.
func (r *reader) query(ctx context.Context, short bool, sql string) (*result, error) {
	if short {
		return r.ask(ctx, r.lane, sql)
	}
	return r.ask(ctx, nil, sql)
}

// ask is query of a lane, of the instance of all threads where it is nil.
func (r *reader) ask(ctx context.Context, on *lane, sql string) (*result, error) {
	r.running.Add(1)
	defer r.running.Add(-1)
	start := time.Now()
	res, err := r.run(ctx, on, sql)
	if r.onQuery != nil {
		executed := store.Executed{SQL: sql, Took: time.Since(start), Err: err}
		if err == nil {
			executed.Rows = res.rows
		}
		executed.Explain = func(ctx context.Context) (string, error) { return r.explain(ctx, sql) }
		r.onQuery(ctx, executed)
	}
	return res, err
}

// explain returns DuckDB's plan of a rendered question.
func (r *reader) explain(ctx context.Context, sql string) (string, error) {
	res, err := r.db.query(ctx, "EXPLAIN "+sql)
	if err != nil {
		return "", err
	}
	defer res.close()
	s := &scanner{result: res}
	nextTexts(s) // which plan it is: the physical one
	plan := nextTexts(s)
	return strings.Join(plan, "\n"), s.err
}

// Select returns the rows of a selection in its order.
func (r *reader) Select(ctx context.Context, s store.Select) (*store.Rows, error) {
	if rows, ok, err := r.restOfSeries(ctx, &s); ok || err != nil {
		return rows, err
	}
	return r.selectOne(ctx, &s)
}

// selectOne answers a selection by one query.
func (r *reader) selectOne(ctx context.Context, s *store.Select) (*store.Rows, error) {
	asked := r.withoutCap(*s)
	sql, unsorted, err := r.dialect().Unsorted(asked)
	if err == nil && !unsorted {
		sql, err = r.dialect().Select(asked)
	}
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	if unsorted && r.many(s) {
		rows, err := r.selectMany(ctx, sql, s)
		var capped *store.RowCapError
		if err == nil {
			rows.SortNaturally()
		}
		if err == nil || errors.As(err, &capped) || ctx.Err() != nil {
			return rows, err
		}
	}
	rows, err := r.selectRows(ctx, sql, s)
	if err == nil && unsorted {
		rows.SortNaturally()
	}
	return rows, err
}

// selectRows runs a rendered selection.
func (r *reader) selectRows(ctx context.Context, sql string, s *store.Select) (*store.Rows, error) {
	res, err := r.query(ctx, r.short(s), sql)
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	defer res.close()
	if s.Cap > 0 && res.rows > s.Cap {
		return nil, &store.RowCapError{Cap: s.Cap}
	}
	rows, err := scanColumns(&scanner{result: res}, statement.ColumnsOf(s))
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	return rows, nil
}

// scanColumns reads the columns of a rendered selection, in the order of their list, and fills those in that it fixes.
func scanColumns(s *scanner, columns statement.Columns) (*store.Rows, error) {
	rows := &store.Rows{}
	read := columns.Read
	rows.Indicator = nextOr(s, columns.Indicator)
	rows.Slice = nextOr(s, columns.Slice)
	rows.Region = next[int32](s)
	rows.Source = nextIf[int32](s, read.Has(store.ColumnSource))
	rows.Definition = nextIf[int32](s, read.Has(store.ColumnDefinition))
	rows.Status = nextOr(s, columns.Status)
	if period := columns.Period; period != nil {
		rows.Start, rows.End = repeated(period.Start, s.rows), repeated(period.End, s.rows)
	} else {
		rows.Start, rows.End = next[indicator.Day](s), next[indicator.Day](s)
	}
	rows.Value, rows.Missing = nextFloats(s), next[indicator.Missing](s)
	rows.Precision = nextIf[indicator.Precision](s, read.Has(store.ColumnPrecision))
	if read.Has(store.ColumnCounts) {
		rows.Numerator, rows.Denominator, rows.CountsPrecision = nextFloats(s), nextFloats(s), next[indicator.Precision](s)
	}
	rows.Derived = nextIf[bool](s, read.Has(store.ColumnDerived))
	scanEvidence(s, rows, read)
	return rows, s.err
}

// scanEvidence reads the columns of evidence.
func scanEvidence(s *scanner, rows *store.Rows, read store.Columns) {
	rows.Published = nextIf[indicator.Day](s, read.Has(store.ColumnPublished))
	if read.Has(store.ColumnKnown) {
		rows.KnownFrom, rows.KnownTo = next[indicator.Day](s), next[indicator.Day](s)
	}
	rows.Tie = nextIf[int32](s, read.Has(store.ColumnTie))
	rows.Load = nextIf[int32](s, read.Has(store.ColumnLoad))
	rows.Inferred = nextIf[bool](s, read.Has(store.ColumnInferred))
	rows.Offset = nextIf[int32](s, read.Has(store.ColumnOffset))
	if read.Has(store.ColumnPrinted) {
		rows.Printed = nextTexts(s)
	}
	if read.Has(store.ColumnNote) {
		rows.Note = nextTexts(s)
	}
}

// nextOr reads the next column, unless it has one value in all rows.
func nextOr[T any](s *scanner, value *T) []T {
	if value == nil {
		return next[T](s)
	}
	return repeated(*value, s.rows)
}

// nextIf reads the next column if the selection has it.
func nextIf[T any](s *scanner, there bool) []T {
	if !there {
		return nil
	}
	return next[T](s)
}

func repeated[T any](value T, rows int) []T {
	column := make([]T, rows)
	for i := range column {
		column[i] = value
	}
	return column
}

// Count counts a selection's rows by keys.
func (r *reader) Count(ctx context.Context, s store.Select, by ...store.Key) ([]store.Tally, error) {
	sql, err := r.dialect().Count(s, by)
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	res, err := r.query(ctx, r.short(&s), sql)
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	defer res.close()
	scan := &scanner{result: res}
	keys := make([][]int32, len(by))
	for i := range by {
		keys[i] = next[int32](scan)
	}
	counts, regions := next[int64](scan), next[int64](scan)
	first, last := next[indicator.Day](scan), next[indicator.Day](scan)
	if scan.err != nil {
		return nil, fmt.Errorf("count: %w", scan.err)
	}
	tallies := make([]store.Tally, res.rows)
	for i := range tallies {
		tallies[i] = store.Tally{Keys: make([]int32, len(by)), Rows: counts[i], Regions: regions[i], First: first[i], Last: last[i]}
		for k := range by {
			tallies[i].Keys[k] = keys[k][i]
		}
	}
	return tallies, nil
}

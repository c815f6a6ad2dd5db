package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// reader answers selections from an attached snapshot file.
type reader struct {
	db      *database
	onQuery func(ctx context.Context, query store.Executed)
}

var _ store.Reader = (*reader)(nil)

// query runs one rendered question and reports it to the hook, whatever came of it.
func (r *reader) query(ctx context.Context, sql string) (*result, error) {
	start := time.Now()
	res, err := r.db.query(ctx, sql)
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
	sql, ok, err := dialect.Unsorted(s)
	if ok && err == nil {
		rows, err := r.selectRows(ctx, sql, s)
		if err != nil || inNaturalOrder(rows) {
			return rows, err
		}
	}
	if sql, err = dialect.Select(s); err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	return r.selectRows(ctx, sql, s)
}

// selectRows runs a rendered selection.
func (r *reader) selectRows(ctx context.Context, sql string, s store.Select) (*store.Rows, error) {
	res, err := r.query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	defer res.close()
	if s.Cap > 0 && res.rows > s.Cap {
		return nil, &store.RowCapError{Cap: s.Cap}
	}
	rows, err := scanRows(res, s.Evidence || s.Vintages)
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	return rows, nil
}

// inNaturalOrder reports whether current figures are in their natural order. That they are without being sorted is DuckDB's habit
// where it reads one table, not a promise.
func inNaturalOrder(r *store.Rows) bool {
	for i := 1; i < r.Len(); i++ {
		if cmp.Or(
			cmp.Compare(r.Indicator[i-1], r.Indicator[i]), cmp.Compare(r.Slice[i-1], r.Slice[i]), cmp.Compare(r.Status[i-1], r.Status[i]),
			cmp.Compare(r.End[i-1], r.End[i]), cmp.Compare(r.Start[i-1], r.Start[i]), cmp.Compare(r.Region[i-1], r.Region[i]),
		) >= 0 {
			return false
		}
	}
	return true
}

// scanRows reads the columns that a rendered selection asks for.
func scanRows(res *result, evidence bool) (*store.Rows, error) {
	return scanColumns(&scanner{result: res}, evidence)
}

func scanColumns(s *scanner, evidence bool) (*store.Rows, error) {
	rows := &store.Rows{
		Indicator:       next[int32](s),
		Slice:           next[int32](s),
		Region:          next[int32](s),
		Source:          next[int32](s),
		Definition:      next[int32](s),
		Status:          next[indicator.Status](s),
		Start:           next[indicator.Day](s),
		End:             next[indicator.Day](s),
		Value:           nextFloats(s),
		Missing:         next[indicator.Missing](s),
		Precision:       next[indicator.Precision](s),
		Numerator:       nextFloats(s),
		Denominator:     nextFloats(s),
		CountsPrecision: next[indicator.Precision](s),
		Derived:         next[bool](s),
	}
	if evidence {
		rows.Published = next[indicator.Day](s)
		rows.KnownFrom = next[indicator.Day](s)
		rows.KnownTo = next[indicator.Day](s)
		rows.Tie = next[int32](s)
		rows.Load = next[int32](s)
		rows.Inferred = next[bool](s)
		rows.Offset = next[int32](s)
		rows.Printed = nextTexts(s)
		rows.Note = nextTexts(s)
	}
	return rows, s.err
}

// Count counts a selection's rows by keys.
func (r *reader) Count(ctx context.Context, s store.Select, by ...store.Key) ([]store.Tally, error) {
	sql, err := dialect.Count(s, by)
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	res, err := r.query(ctx, sql)
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

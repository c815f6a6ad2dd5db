package duckdb

import (
	"context"
	"fmt"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

var _ store.Placed = (*reader)(nil)

// Series counts the current figures of each series.
func (r *reader) Series(ctx context.Context) ([]store.Series, error) {
	res, err := r.query(ctx, false, dialect.CountSeries())
	if err != nil {
		return nil, fmt.Errorf("count series: %w", err)
	}
	defer res.close()
	s := &scanner{result: res}
	indicators, slices, statuses, rows := next[int32](s), next[int32](s), next[indicator.Status](s), next[int64](s)
	if s.err != nil {
		return nil, fmt.Errorf("count series: %w", s.err)
	}
	series := make([]store.Series, len(rows))
	for i := range series {
		series[i] = store.Series{Indicator: indicators[i], Slice: slices[i], Status: statuses[i], Rows: rows[i]}
	}
	return series, nil
}

// Range returns current figures by place: a place is a rowid, since a snapshot's current figures are written in natural order
// and never deleted.
func (r *reader) Range(ctx context.Context, from, to int64) (*store.Rows, error) {
	res, err := r.query(ctx, false, dialect.Range(from, to))
	if err != nil {
		return nil, fmt.Errorf("read figures %d to %d: %w", from, to, err)
	}
	defer res.close()
	rows, err := scanColumns(&scanner{result: res}, statement.Columns{Read: store.FigureColumns})
	if err != nil {
		return nil, fmt.Errorf("read figures %d to %d: %w", from, to, err)
	}
	return rows, nil
}

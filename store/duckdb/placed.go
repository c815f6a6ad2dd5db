package duckdb

import (
	"context"
	"fmt"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

var _ store.Placed = (*reader)(nil)

// Series counts the current figures of each series.
func (r *reader) Series(ctx context.Context) ([]store.Series, error) {
	if r.tail > 0 {
		return r.seriesAndTail(ctx)
	}
	res, err := r.query(ctx, r.lane != nil, inOrder.CountSeries())
	if err != nil {
		return nil, fmt.Errorf("count series: %w", err)
	}
	defer res.close()
	s := &scanner{result: res}
	indicators, sliced, statuses, rows := next[int32](s), next[int32](s), next[indicator.Status](s), next[int64](s)
	if s.err != nil {
		return nil, fmt.Errorf("count series: %w", s.err)
	}
	series, behind := make([]store.Series, len(rows)), make([]int64, len(rows))
	for i := range series {
		series[i] = store.Series{Indicator: indicators[i], Slice: sliced[i], Status: statuses[i], Rows: rows[i]}
		if behind[i] = rows[i]; i > 0 {
			behind[i] += behind[i-1]
		}
	}
	r.places.Store(&places{behind: behind, indicators: indicators, counted: series})
	return series, nil
}

// places are where the series of a snapshot are: the place behind each, and what it is about.
type places struct {
	behind     []int64
	indicators []int32
	counted    []store.Series
	tail       *tailPlaces // nil where all figures are in order
}

// indicator is that of the figure at a place, or of the last one.
func (p *places) indicator(at int64) int32 {
	i, _ := slices.BinarySearch(p.behind, at+1)
	return p.indicators[min(i, len(p.indicators)-1)]
}

// known are the places of the series, which are counted the first time.
func (r *reader) known(ctx context.Context) (*places, error) {
	if known := r.places.Load(); known != nil {
		return known, nil
	}
	if _, err := r.Series(ctx); err != nil {
		return nil, err
	}
	return r.places.Load(), nil
}

// Range returns current figures by place. Where there is no tail a place is a rowid, since current figures are written in natural order
// and none was deleted. They are read by a lane of their own, so that what is read once and kept elsewhere is not in the memory of the other instances.
func (r *reader) Range(ctx context.Context, from, to int64) (*store.Rows, error) {
	known, err := r.known(ctx)
	if err != nil {
		return nil, err
	}
	if len(known.behind) == 0 {
		known = &places{behind: []int64{0}, indicators: []int32{0}}
	}
	if known.tail != nil {
		return r.rangeAndTail(ctx, known, from, to)
	}
	res, err := r.ask(ctx, r.ranges, inOrder.Range(from, to, known.indicator(from), known.indicator(to-1)))
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

package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// A table of figures may have a tail: rows that a small load put at its end, in their order, because in the middle there was no room. Rows that
// were replaced are gone from where they were, so that rowids have holes. The tail is found by counting, since DuckDB closes holes as it likes.

// seam is the rowid of the first row of a table's tail; larger than all rowids where there is none.
func (r *reader) seam(ctx context.Context, table string, tail int64) (int64, error) {
	if tail == 0 {
		return math.MaxInt64, nil
	}
	return findSeam(ctx, r.db, table, tail)
}

// findSeam is the rowid of the first of the last rows of a table.
func findSeam(ctx context.Context, db *database, table string, tail int64) (int64, error) {
	rows, err := oneNumber(ctx, db, "SELECT count(*) FROM "+table)
	if err != nil {
		return 0, err
	}
	if tail > rows {
		return 0, fmt.Errorf("%s has %d rows, and its manifest says that %d of them are behind others", table, rows, tail)
	}
	return oneNumber(ctx, db, "SELECT rowid FROM "+table+" LIMIT 1 OFFSET "+literal(rows-tail))
}

// oneNumber reads the only number that a query returns.
func oneNumber(ctx context.Context, db *database, sql string) (int64, error) {
	res, err := db.query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer res.close()
	s := &scanner{result: res}
	numbers := next[int64](s)
	if s.err != nil {
		return 0, s.err
	}
	if len(numbers) != 1 {
		return 0, fmt.Errorf("%d rows, not one, of %s", len(numbers), sql)
	}
	return numbers[0], nil
}

// tailPlaces are where the figures of series are stored that are in order.
type tailPlaces struct {
	seam        int64
	names       []seriesName
	first, last []int64 // rowids; -1 where all figures of a series are in the tail
}

// seriesAndTail counts the current figures of each series, and finds where they are stored.
func (r *reader) seriesAndTail(ctx context.Context) ([]store.Series, error) {
	seam, err := r.seam(ctx, observationTable, r.tail)
	if err != nil {
		return nil, fmt.Errorf("count series: %w", err)
	}
	res, err := r.query(ctx, r.lane != nil, tailed.StoredSeries(seam))
	if err != nil {
		return nil, fmt.Errorf("count series: %w", err)
	}
	defer res.close()
	s := &scanner{result: res}
	indicators, sliced, statuses, rows := next[int32](s), next[int32](s), next[indicator.Status](s), next[int64](s)
	first, last := next[int64](s), next[int64](s)
	if s.err != nil {
		return nil, fmt.Errorf("count series: %w", s.err)
	}
	p := &places{behind: make([]int64, len(rows)), indicators: indicators}
	p.tail = &tailPlaces{seam: seam, names: make([]seriesName, len(rows)), first: first, last: last}
	series, behind := make([]store.Series, len(rows)), int64(0)
	for i := range series {
		series[i] = store.Series{Indicator: indicators[i], Slice: sliced[i], Status: statuses[i], Rows: rows[i]}
		p.tail.names[i] = seriesName{indicators[i], sliced[i], statuses[i]}
		behind += rows[i]
		p.behind[i] = behind
	}
	r.places.Store(p)
	return series, nil
}

// rangeAndTail returns the current figures at places. The series that they are of are read as wholes, with what the tail has of their
// indicators, and merged.
func (r *reader) rangeAndTail(ctx context.Context, known *places, from, to int64) (*store.Rows, error) {
	count := int64(0)
	if n := len(known.behind); n > 0 {
		count = known.behind[n-1]
	}
	from, to = max(from, 0), min(to, count)
	if from >= to {
		return &store.Rows{}, nil
	}
	i, j := known.series(from), known.series(to-1)
	low, high := known.tail.stored(i, j)
	sql := tailed.RangeAndTail(low, high+1, known.tail.seam, known.indicators[i], known.indicators[j])
	res, err := r.query(ctx, r.lane != nil, sql)
	if err != nil {
		return nil, fmt.Errorf("read figures %d to %d: %w", from, to, err)
	}
	defer res.close()
	rows, err := scanColumns(&scanner{result: res}, statement.Columns{Read: store.FigureColumns})
	if err != nil {
		return nil, fmt.Errorf("read figures %d to %d: %w", from, to, err)
	}
	rows.SortNaturally()
	// The tail may have figures of the indicator's series before these.
	begin := sort.Search(rows.Len(), func(at int) bool {
		return seriesName{rows.Indicator[at], rows.Slice[at], rows.Status[at]}.compare(known.tail.names[i]) >= 0
	}) + int(from-known.start(i))
	end := begin + int(to-from)
	if end > rows.Len() {
		return nil, fmt.Errorf("read figures %d to %d: %d rows were found, of %d", from, to, rows.Len(), end)
	}
	rows.Cut(begin, end)
	return rows, nil
}

// series is the number of the series of the figure at a place.
func (p *places) series(at int64) int {
	return sort.Search(len(p.behind), func(i int) bool { return p.behind[i] > at })
}

// start is the place of the first figure of a series.
func (p *places) start(i int) int64 {
	if i == 0 {
		return 0
	}
	return p.behind[i-1]
}

// stored are the first and the last rowid of the figures in order of series from one to another; the last is the smaller one where
// there are none.
func (t *tailPlaces) stored(i, j int) (low, high int64) {
	low, high = 0, -1
	for k := i; k <= j; k++ {
		if t.first[k] < 0 {
			continue
		}
		if high < 0 {
			low = t.first[k]
		}
		high = t.last[k]
	}
	return low, high
}

// compare orders series naturally.
func (n seriesName) compare(other seriesName) int {
	return cmp.Or(cmp.Compare(n.indicator, other.indicator), cmp.Compare(n.slice, other.slice), cmp.Compare(n.status, other.status))
}

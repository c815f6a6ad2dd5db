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

// seam is the rowid of the first row of a table's tail; larger than all rowids where there is none. It is looked for where what follows is
// asked, since an instance keeps what it has learnt of a file's row groups.
func (r *reader) seam(ctx context.Context, table string, tail int64) (int64, error) {
	if tail == 0 {
		return math.MaxInt64, nil
	}
	rows := int64(0)
	if table == observationTable {
		rows = r.current
	}
	return findSeam(ctx, func(ctx context.Context, sql string) (*result, error) { return r.run(ctx, r.lane, sql) }, table, rows, tail)
}

// findSeam is the rowid of the first of the last rows of a table, which has a number of rows; 0 where nobody has counted them.
func findSeam(ctx context.Context, ask func(ctx context.Context, sql string) (*result, error), table string, rows, tail int64) (seam int64, err error) {
	if rows == 0 {
		if rows, err = oneNumber(ctx, ask, "SELECT count(*) FROM "+table); err != nil {
			return 0, err
		}
	}
	if tail > rows {
		return 0, fmt.Errorf("%s has %d rows, and its manifest says that %d of them are behind others", table, rows, tail)
	}
	return oneNumber(ctx, ask, "SELECT rowid FROM "+table+" LIMIT 1 OFFSET "+literal(rows-tail))
}

// oneNumber reads the only number that a query returns.
func oneNumber(ctx context.Context, ask func(ctx context.Context, sql string) (*result, error), sql string) (int64, error) {
	res, err := ask(ctx, sql)
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
	rows        []int64 // of each series, in the tail
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
	first, last, behindSeam := next[int64](s), next[int64](s), next[int64](s)
	if s.err != nil {
		return nil, fmt.Errorf("count series: %w", s.err)
	}
	p := &places{behind: make([]int64, len(rows)), indicators: indicators}
	p.tail = &tailPlaces{seam: seam, names: make([]seriesName, len(rows)), first: first, last: last, rows: behindSeam}
	series, behind := make([]store.Series, len(rows)), int64(0)
	for i := range series {
		series[i] = store.Series{Indicator: indicators[i], Slice: sliced[i], Status: statuses[i], Rows: rows[i]}
		p.tail.names[i] = seriesName{indicators[i], sliced[i], statuses[i]}
		behind += rows[i]
		p.behind[i] = behind
	}
	p.counted = series
	r.places.Store(p)
	return series, nil
}

// rangeAndTail returns the current figures at places: those in order that may be among them, merged with what the tail has of their
// indicators.
func (r *reader) rangeAndTail(ctx context.Context, known *places, from, to int64) (*store.Rows, error) {
	count := int64(0)
	if n := len(known.behind); n > 0 {
		count = known.behind[n-1]
	}
	from, to = max(from, 0), min(to, count)
	if from >= to {
		return &store.Rows{}, nil
	}
	part := known.part(from, to)
	sql := tailed.RangeAndTail(part.low, part.high, known.tail.seam, known.indicators[part.first], known.indicators[part.last])
	res, err := r.ask(ctx, r.ranges, sql)
	if err != nil {
		return nil, fmt.Errorf("read figures %d to %d: %w", from, to, err)
	}
	defer res.close()
	rows, err := scanColumns(&scanner{result: res}, statement.Columns{Read: store.FigureColumns})
	if err != nil {
		return nil, fmt.Errorf("read figures %d to %d: %w", from, to, err)
	}
	rows.SortNaturally()
	// The tail may have figures of the indicators' other series, before these and behind them.
	sure := sort.Search(rows.Len(), func(at int) bool {
		return seriesName{rows.Indicator[at], rows.Slice[at], rows.Status[at]}.compare(known.tail.names[part.sure]) >= 0
	})
	begin := sure + int(from-known.start(part.sure))
	end := begin + int(to-from)
	if begin < 0 || end > rows.Len() {
		return nil, fmt.Errorf("read figures %d to %d: %d rows were found", from, to, rows.Len())
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

// storedPart is what holds the figures at some places: rowids, from low up to and without high, beside the tail. The figures are of the series
// from first to last, and no figure of the series sure is left out before one that is wanted.
type storedPart struct {
	low, high         int64
	first, last, sure int
}

// part finds what holds the figures at places. Figures of the tail stand between those in order, so that one of these is no later among them
// than in its series; rows that are gone have left holes, so that its rowid is no smaller than that.
func (p *places) part(from, to int64) storedPart {
	part := storedPart{first: p.series(from), last: p.series(to - 1)}
	part.sure = part.first
	low, high := int64(-1), int64(-1)
	for i := part.first; i <= part.last; i++ {
		first, last := p.tail.first[i], p.tail.last[i]
		if first < 0 {
			continue
		}
		if i == part.last {
			last = min(last, first+(to-1-p.start(i))+p.holes(i))
		}
		if i == part.first && i < part.last {
			first = min(last, first+max(0, from-p.start(i)-p.tail.rows[i]))
			part.sure = i + 1
		}
		if low < 0 {
			low = first
		}
		high = last
	}
	return storedPart{low: max(low, 0), high: high + 1, first: part.first, last: part.last, sure: part.sure}
}

// holes is how many rows are gone from among the figures in order of a series.
func (p *places) holes(i int) int64 {
	return p.tail.last[i] - p.tail.first[i] + 1 - (p.behind[i] - p.start(i) - p.tail.rows[i])
}

// compare orders series naturally.
func (n seriesName) compare(other seriesName) int {
	return cmp.Or(cmp.Compare(n.indicator, other.indicator), cmp.Compare(n.slice, other.slice), cmp.Compare(n.status, other.status))
}

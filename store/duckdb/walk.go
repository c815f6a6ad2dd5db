package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

var _ store.Walker = (*reader)(nil)

// Walk shows figures as they come out of DuckDB. Those of a tail are read first and shown where they belong among the others. What DuckDB would join
// with comes in any order, and is selected.
func (r *reader) Walk(ctx context.Context, s store.Select, see func(*store.Stretch) error) error {
	if !foldable(&s) || s.Cap != 0 {
		return errors.New("walk: the selection asks for more than current figures in natural order")
	}
	s.Omit |= store.ColumnSource | store.ColumnDefinition
	lists := []int{len(s.Slices), len(s.Statuses), len(s.Sources), len(s.Precisions), len(s.Levels)}
	if slices.Max(lists) > mostWalked || len(s.Regions) > 1 {
		return store.Walk(ctx, selecting{r}, s, see)
	}
	seam, err := r.knownSeam(ctx)
	if err != nil {
		return fmt.Errorf("walk: %w", err)
	}
	for _, indicators := range runsOf(s.Indicators) {
		s.Indicators = indicators
		w := &walk{reader: r, selection: s, columns: statement.ColumnsOf(&s), see: see}
		if err := w.run(ctx, seam); err != nil {
			return fmt.Errorf("walk: %w", err)
		}
	}
	return nil
}

// knownSeam is the rowid of the first figure of the tail, which need not be looked for again where series have been counted.
func (r *reader) knownSeam(ctx context.Context) (int64, error) {
	if known := r.places.Load(); known != nil && known.tail != nil {
		return known.tail.seam, nil
	}
	return r.seam(ctx, observationTable, r.tail)
}

// mostWalked is the longest list that figures in their order are looked through for.
const mostWalked = 4

// selecting is a reader that selects, and no more.
type selecting struct{ store.Reader }

// runsOf divides a list of indicators into those with nothing between them, which figures come of in their order. No list is all of them.
func runsOf(indicators []int32) [][]int32 {
	if len(indicators) == 0 {
		return [][]int32{nil}
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(indicators)))
	var runs [][]int32
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to] == sorted[to-1]+1 {
			to++
		}
		runs = append(runs, sorted[from:to])
		from = to
	}
	return runs
}

// walk shows the figures of one run of indicators.
type walk struct {
	*reader
	selection store.Select
	columns   statement.Columns
	see       func(*store.Stretch) error

	seriesName
	period indicator.Period
	of     figureColumns // the figures of the period that have come so far
	merged figureColumns
}

var errDisorder = errors.New("duckdb: figures have not come in the order in which they are stored")

// run shows all figures.
func (w *walk) run(ctx context.Context, seam int64) error {
	var behind []store.Stretch
	show := w.see
	if w.reader.tail > 0 {
		w.see = func(t *store.Stretch) error {
			behind = append(behind, *t)
			w.of = figureColumns{} // its room is the stretch's now
			return nil
		}
		if err := w.read(ctx, seam, math.MaxInt64); err != nil {
			return err
		}
		w.see = func(t *store.Stretch) error {
			for ; len(behind) > 0; behind = behind[1:] {
				switch order := compareStretches(&behind[0], t); {
				case order > 0:
					return show(t)
				case order == 0:
					both := w.merge(&behind[0], t)
					behind = behind[1:]
					return show(both)
				}
				if err := show(&behind[0]); err != nil {
					return err
				}
			}
			return show(t)
		}
	}
	if err := w.read(ctx, 0, seam); err != nil {
		return err
	}
	for i := range behind {
		if err := show(&behind[i]); err != nil {
			return err
		}
	}
	return nil
}

// read shows the figures that are stored at places, which are in order.
func (w *walk) read(ctx context.Context, from, to int64) error {
	sql, err := w.sql(from, to)
	if err != nil {
		return err
	}
	w.seriesName, w.period = seriesName{}, indicator.Period{}
	widths, checked := figureWidths(w.columns), false
	var failed error
	_, err = w.stream(ctx, false, sql, func(chunk mapping.DataChunk) bool {
		if !checked {
			checked, failed = true, checkWidths(chunk, widths)
		}
		if failed == nil {
			failed = w.show(figuresOf(chunk, w.columns))
		}
		return failed == nil
	})
	if err := cmp.Or(failed, err); err != nil {
		return err
	}
	return w.end()
}

func (w *walk) sql(from, to int64) (string, error) {
	if from == 0 && to == math.MaxInt64 {
		sql, _, err := w.dialect().Unsorted(w.selection)
		return sql, err
	}
	return w.dialect().Between(w.selection, from, to)
}

// show takes the figures of a chunk.
func (w *walk) show(c *figureChunk) error {
	for from := 0; from < c.rows; {
		of, period := c.at(w.columns, from)
		to := c.periodEnd(from)
		if of != w.seriesName || period != w.period {
			if len(w.of.region) > 0 && cmp.Or(w.compare(of), cmp.Compare(w.period.End, period.End), cmp.Compare(w.period.Start, period.Start)) > 0 {
				return errDisorder
			}
			if err := w.end(); err != nil {
				return err
			}
			w.seriesName, w.period = of, period
		}
		if !w.of.add(c, from, to) {
			return errDisorder
		}
		from = to
	}
	return nil
}

// end shows the figures of a period.
func (w *walk) end() error {
	if len(w.of.region) == 0 {
		return nil
	}
	t := w.of.stretch(w.seriesName, w.period)
	err := w.see(&t)
	w.of.clear()
	return err
}

// merge is figures of one period that are in order and others that are not stored among them.
func (w *walk) merge(a, b *store.Stretch) *store.Stretch {
	w.merged.clear()
	for i, j := 0, 0; i < a.Len() || j < b.Len(); {
		if j == b.Len() || i < a.Len() && a.Region[i] < b.Region[j] {
			w.merged.addOne(a, i)
			i++
		} else {
			w.merged.addOne(b, j)
			j++
		}
	}
	t := w.merged.stretch(seriesName{a.Indicator, a.Slice, a.Status}, a.Period)
	return &t
}

// compareStretches orders stretches naturally.
func compareStretches(a, b *store.Stretch) int {
	return cmp.Or(seriesName{a.Indicator, a.Slice, a.Status}.compare(seriesName{b.Indicator, b.Slice, b.Status}),
		cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Period.Start, b.Period.Start))
}

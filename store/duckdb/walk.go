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
	of     columnsOfWalk // the figures of the period that have come so far
	merged columnsOfWalk
}

// columnsOfWalk are the columns of a stretch whose room is used again.
type columnsOfWalk struct {
	region                     []int32
	value                      []float64
	missing                    []indicator.Missing
	precision, countsPrecision []indicator.Precision
	numerator, denominator     []float64
	derived                    []bool
}

var errDisorder = errors.New("duckdb: figures have not come in the order in which they are stored")

// run shows all figures.
func (w *walk) run(ctx context.Context, seam int64) error {
	var behind []store.Stretch
	show := w.see
	if w.reader.tail > 0 {
		w.see = func(t *store.Stretch) error {
			behind = append(behind, *t)
			w.of = columnsOfWalk{} // its room is the stretch's now
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

func (c *columnsOfWalk) stretch(of seriesName, period indicator.Period) store.Stretch {
	return store.Stretch{
		Indicator: of.indicator, Slice: of.slice, Status: of.status, Period: period, Region: c.region, Value: c.value, Missing: c.missing,
		Precision: c.precision, Numerator: c.numerator, Denominator: c.denominator, CountsPrecision: c.countsPrecision, Derived: c.derived,
	}
}

func (c *columnsOfWalk) clear() {
	c.region, c.value, c.missing, c.precision = c.region[:0], c.value[:0], c.missing[:0], c.precision[:0]
	c.numerator, c.denominator, c.countsPrecision = c.numerator[:0], c.denominator[:0], c.countsPrecision[:0]
	c.derived = c.derived[:0]
}

// add adds figures of one period; false where their regions do not ascend.
func (c *columnsOfWalk) add(from *figureChunk, first, end int) bool {
	before := int32(math.MinInt32)
	if n := len(c.region); n > 0 {
		before = c.region[n-1]
	}
	for _, region := range from.region[first:end] {
		if region <= before {
			return false
		}
		before = region
	}
	c.region, c.missing = append(c.region, from.region[first:end]...), append(c.missing, from.missing[first:end]...)
	c.value = appendNumbers(c.value, from.value, from.hasValue, first, end)
	if from.precision != nil {
		c.precision = append(c.precision, from.precision[first:end]...)
	}
	if from.numerator != nil {
		c.numerator = appendNumbers(c.numerator, from.numerator, from.hasNumerator, first, end)
		c.denominator = appendNumbers(c.denominator, from.denominator, from.hasDenominator, first, end)
		c.countsPrecision = append(c.countsPrecision, from.countsPrecision[first:end]...)
	}
	if from.derived != nil {
		c.derived = append(c.derived, from.derived[first:end]...)
	}
	return true
}

// addOne adds a figure of a stretch that has the same columns.
func (c *columnsOfWalk) addOne(t *store.Stretch, i int) {
	c.region, c.value, c.missing = append(c.region, t.Region[i]), append(c.value, t.Value[i]), append(c.missing, t.Missing[i])
	c.precision, c.countsPrecision = appendCell(c.precision, t.Precision, i), appendCell(c.countsPrecision, t.CountsPrecision, i)
	c.numerator, c.denominator = appendCell(c.numerator, t.Numerator, i), appendCell(c.denominator, t.Denominator, i)
	c.derived = appendCell(c.derived, t.Derived, i)
}

// appendCell appends a cell of a column that is read.
func appendCell[T any](to, column []T, i int) []T {
	if len(column) == 0 {
		return to
	}
	return append(to, column[i])
}

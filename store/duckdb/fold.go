package duckdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"
	"golang.org/x/sync/errgroup"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

var _ store.Folder = (*pinned)(nil)

// partFigures is how many figures are rolled up at a time, so that however many are asked about, they take the memory of a few parts.
const partFigures = 1 << 19

// foldOmitted are the columns that nothing is said of once figures have been rolled up.
const foldOmitted = store.ColumnSource | store.ColumnDerived

// folding is figures that are being rolled up.
type folding struct {
	*handle
	selection store.Select
	inexact   map[int32]bool // the indicators whose precision is read
	careful   bool           // of a part that is rolled up for the second time
	// lastFollowed is the last day of the newest figures that are followed by another inside of the time asked about; NoDay where there are none.
	lastFollowed func() (indicator.Day, error)

	mu        sync.Mutex
	stretches []store.Stretch
	figures   int64
}

// foldPart is what is rolled up by one query, or by a few.
type foldPart struct {
	selection store.Select
	last      bool // only the newest figures count
	figures   int64
}

// What ends a part: figures that cannot be added up, which ends all parts; and rows that come in another order than they are stored in, or stop coming, such
// as for want of memory, after which it is done again by an instance with more of it.
var (
	errOverlap = errors.New("periods overlap")
	errUnusual = errors.New("rows have not come as usual")
)

// Fold rolls figures up over time as they come out of DuckDB. Where the newest figure of a region is all that counts, it reads the newest ones
// and, of regions where these have no value, those before.
func (h *handle) Fold(ctx context.Context, s store.Select) (*store.Folded, bool, error) {
	if !foldable(&s) {
		return nil, false, nil
	}
	known, err := h.known(ctx)
	if err != nil {
		return nil, false, err
	}
	inexact, err := h.inexactIndicators(ctx)
	if err != nil {
		return nil, false, err
	}
	most := s.Cap
	s.Cap, s.Omit = 0, (s.Omit|foldOmitted)&^store.ColumnPrecision
	f := &folding{handle: h, selection: s, inexact: inexact}
	parts, newest, all := f.parts(known.counted)
	if most > 0 && all > int64(most) {
		if all, err = f.count(ctx, &s); err != nil {
			return nil, false, err
		}
		if all > int64(most) {
			return nil, false, &store.RowCapError{Cap: most}
		}
	}
	err = f.run(ctx, parts, newest)
	if errors.Is(err, errOverlap) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	slices.SortFunc(f.stretches, func(a, b store.Stretch) int {
		return seriesName{a.Indicator, a.Slice, a.Status}.compare(seriesName{b.Indicator, b.Slice, b.Status})
	})
	return &store.Folded{Stretches: f.stretches, Figures: int(f.figures)}, true, nil
}

// foldable reports whether a selection is one of current figures, all of them, in natural order.
func foldable(s *store.Select) bool {
	return !s.Vintages && s.AsOf == indicator.NoDay && s.Latest == nil && s.LoadsFrom <= 0 && s.Columns()&store.EvidenceColumns == 0 &&
		s.Order == (store.Order{}) && s.After == nil && s.Limit == 0 && s.Cap >= 0
}

// run rolls the parts up, as many at a time as there are threads, and counts the figures of which only the newest are read.
func (f *folding) run(ctx context.Context, parts []foldPart, newest []int32) error {
	group, ctx := errgroup.WithContext(ctx)
	f.lastFollowed = sync.OnceValues(func() (indicator.Day, error) { return f.findLastFollowed(ctx, newest) })
	group.SetLimit(cap(f.turns))
	do := func(one func() error) {
		group.Go(func() error {
			select {
			case f.turns <- struct{}{}:
				defer func() { <-f.turns }()
				return one()
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}
	if len(newest) > 0 {
		do(func() error {
			s := f.selection
			s.Indicators = newest
			n, err := f.count(ctx, &s)
			f.add(nil, n)
			return err
		})
	}
	for i := range parts {
		do(func() error { return f.part(ctx, &parts[i]) })
	}
	return group.Wait()
}

// add adds what a part has rolled up.
func (f *folding) add(stretches []store.Stretch, figures int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stretches = append(f.stretches, stretches...)
	f.figures += figures
}

// part rolls a part up, and does so again where its rows have not come as usual.
func (f *folding) part(ctx context.Context, part *foldPart) error {
	stretches, figures, err := f.once(ctx, part)
	if errors.Is(err, errUnusual) && !f.careful {
		again := &folding{handle: f.handle, selection: f.selection, careful: true, lastFollowed: f.lastFollowed}
		stretches, figures, err = again.once(ctx, part)
	}
	if err != nil {
		return err
	}
	f.add(stretches, figures)
	return nil
}

// once rolls a part up, and counts its figures unless only the newest are read.
func (f *folding) once(ctx context.Context, part *foldPart) (stretches []store.Stretch, figures int64, err error) {
	if part.last {
		stretches, err = f.newest(ctx, &part.selection)
		return stretches, 0, err
	}
	sql, err := f.rendered(&part.selection)
	if err != nil {
		return nil, 0, fmt.Errorf("roll up: %w", err)
	}
	rows, err := f.roll(ctx, &part.selection, sql, indicator.NoDay, func(r *rolling) {
		stretches = append(stretches, r.stretch(false))
	})
	return stretches, int64(rows), err
}

// roll rolls rows up, series by series: those of a selection, or of another rendered one with its columns.
func (f *folding) roll(ctx context.Context, s *store.Select, sql string, notBefore indicator.Day, done func(*rolling)) (rows int, err error) {
	r := newRolling(f.contents.Catalog, statement.ColumnsOf(s), notBefore, done)
	if f.careful || f.tail > 0 {
		r.scattered = make(map[seriesName]*scattered)
	}
	widths, checked := figureWidths(r.columns), false
	see := func(chunk mapping.DataChunk) bool {
		if !checked {
			err = checkWidths(chunk, widths)
		}
		checked = true
		return err == nil && r.show(figuresOf(chunk, r.columns))
	}
	var failed error
	if f.careful {
		rows, failed = f.whole(ctx, sql, see)
	} else {
		rows, failed = f.stream(ctx, f.lane != nil, sql, see)
		if failed != nil && ctx.Err() == nil {
			failed = errors.Join(errUnusual, failed)
		}
	}
	switch {
	case failed != nil:
		return 0, fmt.Errorf("roll up: %w", failed)
	case err != nil:
		return 0, fmt.Errorf("roll up: %w", err)
	case r.disordered:
		return 0, errUnusual
	case !r.overlap:
		r.end()
	}
	if r.overlap {
		return 0, errOverlap
	}
	return rows, nil
}

// whole runs a rendered question by all threads and shows its rows once they are all there.
func (f *folding) whole(ctx context.Context, sql string, see func(chunk mapping.DataChunk) bool) (int, error) {
	res, err := f.query(ctx, false, sql)
	if err != nil {
		return 0, err
	}
	defer res.close()
	for _, chunk := range res.chunks {
		if !see(chunk) {
			break
		}
	}
	return res.rows, nil
}

// rendered renders a selection without sorting.
func (f *folding) rendered(s *store.Select) (string, error) {
	if sql, ok, err := f.dialect().Unsorted(*s); ok || err != nil {
		return sql, err
	}
	return f.dialect().Select(*s)
}

// count counts the rows of a selection.
func (f *folding) count(ctx context.Context, s *store.Select) (int64, error) {
	sql, err := f.dialect().CountRows(*s)
	if err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	n, err := f.number(ctx, sql)
	if err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

// number reads the only number of a rendered question.
func (f *folding) number(ctx context.Context, sql string) (int64, error) {
	return oneNumber(ctx, func(ctx context.Context, sql string) (*result, error) { return f.query(ctx, f.lane != nil, sql) }, sql)
}

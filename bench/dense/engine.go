package dense

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Engine has one snapshot. It is safe for concurrent use.
type Engine struct {
	contents *store.Contents
	months   [Months]indicator.Period
	queries  atomic.Int64
}

var _ store.Engine = (*Engine)(nil)

// New returns an engine with so many indicators.
func New(indicators int) *Engine {
	c, err := catalog.New(tables(indicators))
	if err != nil {
		panic(err) // the tables are this package's
	}
	e := &Engine{contents: &store.Contents{
		Manifest: store.Manifest{
			ID: "dense", Load: "l1", PublishedAt: time.Date(2020, 6, 2, 0, 0, 0, 0, time.UTC),
			Observations: int64(indicators) * Months * Counties, Regions: Counties, Indicators: int64(indicators),
		},
		Catalog: c,
		Loads:   []indicator.Load{{ID: "l1"}},
	}}
	day := indicator.DayOf(2019, 1, 1)
	for i := range e.months {
		e.months[i] = indicator.Monthly.Containing(day)
		day = e.months[i].End + 1
	}
	return e
}

// Queries is how many Selects and Counts were asked.
func (e *Engine) Queries() int64 { return e.queries.Load() }

// Pin returns the snapshot.
func (e *Engine) Pin(context.Context) (store.Snapshot, error) { return snapshot{e}, nil }

// Begin refuses to load.
func (e *Engine) Begin(context.Context) (store.Writer, error) {
	return nil, errors.New("figures that are worked out cannot be loaded")
}

// Manifests returns that of the snapshot.
func (e *Engine) Manifests(context.Context) ([]store.Manifest, error) {
	return []store.Manifest{e.contents.Manifest}, nil
}

// Close does nothing.
func (e *Engine) Close() error { return nil }

// snapshot is the engine's, pinned.
type snapshot struct{ engine *Engine }

// Contents returns the catalogue and the rest.
func (s snapshot) Contents() *store.Contents { return s.engine.contents }

// Release does nothing.
func (s snapshot) Release() {}

// Select works out the rows, in natural order or by region; other orders are refused.
func (s snapshot) Select(ctx context.Context, asked store.Select) (*store.Rows, error) {
	s.engine.queries.Add(1)
	rows, err := s.engine.rows(ctx, asked)
	if err == nil && asked.Omit != 0 {
		rows.Drop(asked.Omit)
	}
	return rows, err
}

// Count counts all rows, or those of each region, indicator or both.
func (s snapshot) Count(ctx context.Context, asked store.Select, by ...store.Key) ([]store.Tally, error) {
	s.engine.queries.Add(1)
	asked.Order, asked.After, asked.Limit, asked.Evidence, asked.Cap = store.Order{}, nil, 0, false, 0
	rows, err := s.engine.rows(ctx, asked)
	if err != nil {
		return nil, err
	}
	if len(by) == 0 {
		t := store.Tally{Rows: int64(rows.Len()), First: indicator.NoDay, Last: indicator.NoDay}
		if rows.Len() > 0 {
			t.First, t.Last = slices.Min(rows.Start), slices.Max(rows.End)
		}
		return []store.Tally{t}, nil
	}
	return tallied(rows, by)
}

func tallied(rows *store.Rows, by []store.Key) ([]store.Tally, error) {
	index := make(map[[2]int32]int)
	var tallies []store.Tally
	for i := range rows.Len() {
		var key [2]int32
		for k, column := range by {
			switch {
			case k > 1:
				return nil, errors.New("more than two keys")
			case column == store.KeyRegion:
				key[k] = rows.Region[i]
			case column == store.KeyIndicator:
				key[k] = rows.Indicator[i]
			case column == store.KeySource:
			default:
				return nil, errors.New("a key that is not worked out")
			}
		}
		at, found := index[key]
		if !found {
			at = len(tallies)
			index[key] = at
			tallies = append(tallies, store.Tally{Keys: slices.Clone(key[:len(by)]), First: rows.Start[i], Last: rows.End[i]})
		}
		t := &tallies[at]
		t.Rows++
		t.First, t.Last = min(t.First, rows.Start[i]), max(t.Last, rows.End[i])
	}
	slices.SortFunc(tallies, func(a, b store.Tally) int { return slices.Compare(a.Keys, b.Keys) })
	return tallies, nil
}

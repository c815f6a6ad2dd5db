package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Memory is an engine that keeps loads as they come and looks at every figure for every answer: what engines that wrap another
// one are tested over without a database. The catalogues of its loads must number alike. It keeps the published snapshot only
// and does not compare snapshots. It is safe for concurrent use.
type Memory struct {
	// BeforeRead, unless nil, is called before every Select and Count; an error of it is theirs.
	BeforeRead func(ctx context.Context) error

	mu        sync.Mutex
	published *memorySnapshot
	loads     []batch
	pinned    int
}

var (
	_ store.Engine = (*Memory)(nil)
	_ store.Keeper = (*Memory)(nil)
)

// Load loads reports under a catalogue and publishes them as the next snapshot.
func (m *Memory) Load(ctx context.Context, tables catalog.Tables, reports []store.Report) error {
	w, err := m.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := stage(ctx, w, load{tables, reports}); err != nil {
		return err
	}
	_, err = w.Commit(ctx, indicator.Load{}, nil)
	return err
}

// Published reads the published snapshot without pinning it.
func (m *Memory) Published() store.Reader {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.published
}

// Pinned is how many snapshots have not been released.
func (m *Memory) Pinned() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pinned
}

// Pin returns the published snapshot.
func (m *Memory) Pin(context.Context) (store.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.published == nil {
		return nil, store.ErrNoSnapshot
	}
	m.pinned++
	return m.published, nil
}

// Begin begins a load, which excludes no other.
func (m *Memory) Begin(context.Context) (store.Writer, error) { return &memoryWriter{memory: m}, nil }

// Manifests returns that of the published snapshot.
func (m *Memory) Manifests(context.Context) ([]store.Manifest, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.published == nil {
		return nil, nil
	}
	return []store.Manifest{m.published.contents.Manifest}, nil
}

// Close reports snapshots that were not released.
func (m *Memory) Close() error {
	if n := m.Pinned(); n > 0 {
		return fmt.Errorf("%d snapshots are still pinned", n)
	}
	return nil
}

// Kept returns the published snapshot.
func (m *Memory) Kept(context.Context) (ids []string, published string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.published != nil {
		published = m.published.contents.Manifest.ID
		ids = []string{published}
	}
	return ids, published, nil
}

// Open returns the published snapshot.
func (m *Memory) Open(ctx context.Context, id string) (store.Snapshot, error) {
	if _, published, _ := m.Kept(ctx); published == "" || published != id {
		return nil, &store.UnknownSnapshotError{ID: id}
	}
	return m.Pin(ctx)
}

var errKeepsOne = errors.New("this engine keeps one snapshot")

// Publish is not supported.
func (m *Memory) Publish(context.Context, string) error { return errKeepsOne }

// Prune is not supported.
func (m *Memory) Prune(context.Context, int) ([]string, error) { return nil, errKeepsOne }

// Verify is not supported.
func (m *Memory) Verify(context.Context, string) error { return errKeepsOne }

// memorySnapshot is what Memory publishes.
type memorySnapshot struct {
	memory   *Memory
	contents *store.Contents
	figures  []figure // in natural order
}

// Contents returns what the last load said.
func (s *memorySnapshot) Contents() *store.Contents { return s.contents }

// Release gives a pin back.
func (s *memorySnapshot) Release() {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	s.memory.pinned--
}

func (s *memorySnapshot) beforeRead(ctx context.Context) error {
	if s.memory.BeforeRead != nil {
		if err := s.memory.BeforeRead(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Select looks at every figure.
func (s *memorySnapshot) Select(ctx context.Context, selection store.Select) (*store.Rows, error) {
	if err := s.beforeRead(ctx); err != nil {
		return nil, err
	}
	switch {
	case selection.Vintages && (selection.AsOf != indicator.NoDay || selection.Latest != nil):
		return nil, errors.New("vintages have neither an as-of day nor a latest figure")
	case selection.Order.By < store.Natural || selection.Order.By > store.ByPublished || selection.Limit < 0 || selection.Cap < 0:
		return nil, errors.New("there is no such order, limit or cap")
	}
	figures := selectFigures(s.figures, selection)
	if p := selection.After; p != nil {
		figures = slices.DeleteFunc(figures, func(f figure) bool {
			at := figureAt(p)
			if !selection.Vintages { // one report of each key is selected
				at.KnownFrom, at.Tie = f.KnownFrom, f.Tie
			}
			return compareIn(selection.Order, f, at) <= 0
		})
	}
	if selection.Limit > 0 && len(figures) > selection.Limit {
		figures = figures[:selection.Limit]
	}
	if selection.Cap > 0 && len(figures) > selection.Cap {
		return nil, &store.RowCapError{Cap: selection.Cap}
	}
	return rowsOf(figures, selection), nil
}

// figureAt is a figure at a position.
func figureAt(p *store.Position) figure {
	return figure{KnownFrom: p.KnownFrom, Tie: p.Tie, Report: store.Report{
		Indicator: p.Indicator, Slice: p.Slice, Status: p.Status, Period: p.Period, Region: p.Region, PublishedOn: p.Published, Value: p.Value,
	}}
}

// Count looks at every figure.
func (s *memorySnapshot) Count(ctx context.Context, selection store.Select, by ...store.Key) ([]store.Tally, error) {
	if err := s.beforeRead(ctx); err != nil {
		return nil, err
	}
	return countFigures(selectFigures(s.figures, selection), by), nil
}

// memoryWriter collects a batch.
type memoryWriter struct {
	memory *Memory
	batch  batch
	loads  []batch
	staged *memorySnapshot
}

// Parent returns the contents of the published snapshot.
func (w *memoryWriter) Parent() *store.Contents {
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	if w.memory.published == nil {
		return nil
	}
	return w.memory.published.contents
}

// Append adds reports.
func (w *memoryWriter) Append(_ context.Context, reports []store.Report) error {
	w.batch.reports = append(w.batch.reports, reports...)
	return nil
}

// Clear drops the reports.
func (w *memoryWriter) Clear(context.Context) error {
	w.batch.reports = nil
	return nil
}

// Discard is not supported.
func (w *memoryWriter) Discard(context.Context, []store.ReportKey) error {
	return errors.New("this engine discards nothing")
}

// Withdraw adds a scope.
func (w *memoryWriter) Withdraw(_ context.Context, s store.Scope) error {
	w.batch.scopes = append(w.batch.scopes, s)
	return nil
}

// Stage evaluates all loads under a catalogue.
func (w *memoryWriter) Stage(_ context.Context, c *catalog.Catalog) (*store.Staged, error) {
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	w.loads = append(slices.Clone(w.memory.loads), w.batch)
	w.staged = &memorySnapshot{memory: w.memory, contents: &store.Contents{Catalog: c}, figures: evaluate(c, w.loads)}
	return &store.Staged{Reader: w.staged, Changes: changesOf(w.loads)}, nil
}

// Commit publishes.
func (w *memoryWriter) Commit(_ context.Context, l indicator.Load, checks []indicator.CheckResult) (store.Manifest, error) {
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	contents := w.staged.contents
	contents.Manifest = store.Manifest{ID: fmt.Sprint("memory-", len(w.loads)), Load: l.ID}
	if parent := w.memory.published; parent != nil {
		contents.Manifest.Parent = parent.contents.Manifest.ID
		contents.Loads = slices.Clone(parent.contents.Loads)
	}
	contents.Loads, contents.Checks = append(contents.Loads, l), checks
	w.memory.published, w.memory.loads = w.staged, w.loads
	return contents.Manifest, nil
}

// Abort has nothing to undo.
func (w *memoryWriter) Abort() error { return nil }

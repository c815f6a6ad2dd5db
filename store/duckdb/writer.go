package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// writer builds the next snapshot in a directory of its own under staging/.
type writer struct {
	engine *Engine
	lock   *lock
	parent *handle // nil in an empty store; pinned
	dir    string
	db     *database // the batch and the merge's tables in memory, the staged file attached as staged, the parent as parent
	batch  *appender
	// held is the batch for as long as it is not DuckDB's; nil once it is.
	held *heldBatch
	// appended counts the reports of the batch, and batched those that were not taken back.
	appended, batched int64
	keys              *figureKeys // of the batch; nil once it was compared
	follows           bool        // there is a table of the period behind each report of the batch
	// discards says that there is a table of keys whose reports are to be dropped.
	discards bool
	scopes   []store.Scope
	// sameOrdinals says that everything in the parent's catalogue has the same ordinal in the new one.
	sameOrdinals bool
	// amends says that the batch is merged with what it may change alone, and that the staged file is a copy of the parent's.
	amends bool
	tail   tail // of the staged file
	group  int  // rows in each row group that is written

	catalog   *catalog.Catalog // set by Stage, as are the following
	documents []content.Document
	figures   content.Digest
	periods   []indicator.Period // of the held batch, by rank
	counts    *figureCounts      // of the staged file, where they are known
	reading   *database          // the staged file, opened for the checks
	built     bool               // the staged file is complete
	ended     bool
}

var _ store.Writer = (*writer)(nil)

// loadMemory bounds the memory of a load unless the options do. What does not fit is spilled, and that costs a large load
// nothing that could be measured.
const loadMemory = "1200MB"

// Begin locks the store, removes what an interrupted load left, and starts a load from the published snapshot.
func (e *Engine) Begin(ctx context.Context) (store.Writer, error) {
	l, err := e.lockStore("")
	if err != nil {
		return nil, err
	}
	w := &writer{engine: e, lock: l, keys: newFigureKeys()}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("begin: %w", err), w.Abort())
	}
	return w, nil
}

// lockStore locks the store for a change, creates its directories and removes what an interrupted load left, but for the
// wanted snapshot.
func (e *Engine) lockStore(wanted string) (*lock, error) {
	e.mu.Lock()
	closed := e.closed
	e.mu.Unlock()
	if closed {
		return nil, errClosed
	}
	if err := e.layout.create(); err != nil {
		return nil, err
	}
	l, err := takeLock(e.layout.lock(), e.options.Now())
	if err != nil {
		return nil, err
	}
	if err := e.layout.removeLeftovers(wanted); err != nil {
		return nil, errors.Join(err, l.release())
	}
	return l, nil
}

func (w *writer) open(ctx context.Context) error {
	e := w.engine
	err := e.layout.checkPointer()
	if err != nil {
		return err
	}
	if err := e.Refresh(ctx); err != nil && !errors.Is(err, store.ErrNoSnapshot) {
		return err
	}
	if w.parent, err = e.hold(); err != nil && !errors.Is(err, store.ErrNoSnapshot) {
		return err
	}
	if w.dir, err = os.MkdirTemp(e.layout.staging(), "load-"); err != nil {
		return err
	}
	settings := maps.Clone(e.settings())
	if e.options.MemoryLimit == "" {
		settings["memory_limit"] = loadMemory
	}
	settings["temp_directory"] = filepath.Join(w.dir, "spill")
	if w.db, err = openDatabase(settings); err != nil {
		return err
	}
	if err := w.db.exec(ctx, batchTable); err != nil {
		return err
	}
	if w.parent != nil {
		path := e.layout.snapshot(w.parent.contents.Manifest.ID)
		if err := w.db.exec(ctx, "ATTACH "+quoted(path)+" AS parent (READ_ONLY, TYPE duckdb)"); err != nil {
			return err
		}
	}
	w.hold()
	w.batch, err = w.db.newAppender("memory", "batch")
	return err
}

// hold begins a batch, which is held where there is nothing to be merged with. It may take as much memory as DuckDB, which has
// little to keep meanwhile.
func (w *writer) hold() {
	if w.parent == nil {
		w.held = newHeldBatch(cmp.Or(sizeOf(w.engine.options.MemoryLimit), sizeOf(loadMemory)))
	}
}

// Parent returns the contents of the snapshot the load starts from; nil in an empty store.
func (w *writer) Parent() *store.Contents {
	if w.parent == nil {
		return nil
	}
	return w.parent.contents
}

// load is the position that the load will have among the loads.
func (w *writer) load() int32 {
	if w.parent == nil {
		return 0
	}
	return int32(len(w.parent.contents.Loads))
}

// stagedFile is the path of the file being built.
func (w *writer) stagedFile() string { return filepath.Join(w.dir, "staged"+snapshotSuffix) }

// Stage merges the batch into the parent's reports. Where nothing changes, the staged snapshot is the parent itself and
// no file is built unless it is committed all the same.
func (w *writer) Stage(ctx context.Context, c *catalog.Catalog) (*store.Staged, error) {
	if w.ended || w.catalog != nil {
		return nil, errors.New("stage: the load is staged or ended")
	}
	w.catalog = c
	staged, err := w.stage(ctx)
	if err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	}
	return staged, nil
}

func (w *writer) stage(ctx context.Context) (*store.Staged, error) {
	if w.held != nil && (w.discards || len(w.scopes) > 0) { // keys are compared with all reports
		if err := w.unload(ctx); err != nil {
			return nil, err
		}
	}
	err := w.batch.close()
	if err != nil {
		return nil, err
	}
	if err := w.dropDiscarded(ctx); err != nil {
		return nil, err
	}
	if w.documents, err = content.EncodeCatalog(w.catalog.Tables()); err != nil {
		return nil, err
	}
	if err := w.db.exec(ctx, codeTable, placeTable); err != nil {
		return nil, err
	}
	if err := fillCodes(w.db, w.catalog); err != nil {
		return nil, err
	}
	if err := fillPlaces(w.db, w.catalog); err != nil {
		return nil, err
	}
	var changes store.Changes
	if w.held != nil {
		w.yieldMemory(int64(w.held.rows))
		w.periods, changes, err = w.held.settle(w.catalog)
	} else {
		changes, err = w.compare(ctx)
	}
	if err != nil {
		return nil, err
	}
	changes.Catalog = w.parent == nil || !content.SameCatalog(w.parent.documents, w.documents)
	if !changes.Any() {
		return &store.Staged{Reader: &w.parent.reader, Parent: w.parentReader(), Changes: changes, Touched: []int32{}}, nil
	}
	if err := w.build(ctx); err != nil {
		return nil, err
	}
	if w.reading, err = w.engine.openFile(ctx, w.stagedFile(), w.engine.snapshotSettings()); err != nil {
		return nil, err
	}
	staged := &reader{db: w.reading, onQuery: w.engine.options.OnQuery, tail: w.tail.Current}
	touched, err := w.touchedIndicators(ctx)
	if err != nil {
		return nil, err
	}
	return &store.Staged{Reader: staged, Parent: w.parentReader(), Changes: changes, Touched: touched}, nil
}

// parentReader reads the parent; nil, and not a nil *reader, if there is none.
func (w *writer) parentReader() store.Reader {
	if w.parent == nil {
		return nil
	}
	return &w.parent.reader
}

// build merges, derives and writes the staged file, complete but for what Commit is given.
func (w *writer) build(ctx context.Context) error {
	steps := []func(context.Context) error{w.narrowFresh, w.digest, w.sequence, w.derive, w.write}
	if w.held != nil {
		steps = []func(context.Context) error{w.buildHeld}
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	w.built = true
	return nil
}

// buildHeld does so with a batch that is held. Reports are hashed while DuckDB is at work.
func (w *writer) buildHeld(ctx context.Context) error {
	hashed := make(chan error, 1)
	go func() { hashed <- w.digestHeld(ctx) }()
	err := w.writeHeld(ctx)
	err = errors.Join(err, <-hashed)
	w.held = nil
	return err
}

// Commit publishes the staged snapshot.
func (w *writer) Commit(ctx context.Context, load indicator.Load, checks []indicator.CheckResult) (store.Manifest, error) {
	if w.ended || w.catalog == nil {
		return store.Manifest{}, errors.New("commit: the load is not staged, or ended")
	}
	m, err := w.commit(ctx, load, checks)
	if err != nil {
		return m, errors.Join(fmt.Errorf("commit: %w", err), w.Abort())
	}
	return m, w.end()
}

func (w *writer) commit(ctx context.Context, load indicator.Load, checks []indicator.CheckResult) (store.Manifest, error) {
	e := w.engine
	if !w.built {
		if err := w.build(ctx); err != nil {
			return store.Manifest{}, err
		}
	}
	if w.reading != nil {
		w.reading.close()
		w.reading = nil
	}
	m, err := w.describe(ctx, load, checks)
	if err != nil {
		return store.Manifest{}, err
	}
	// Nothing else may open this snapshot before it is served from here, so that Pin returns it as soon as Commit does.
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	if err := ctx.Err(); err != nil {
		return store.Manifest{}, err
	}
	if err := e.layout.publish(w.dir, w.stagedFile(), m.ID, e.atStep); err != nil {
		return store.Manifest{}, err
	}
	// The snapshot is published whatever the caller's context says by now.
	h, err := e.openSnapshot(context.WithoutCancel(ctx), m.ID)
	if err != nil {
		return m.Manifest, fmt.Errorf("snapshot %s is published: %w", m.ID, err)
	}
	if err := e.serve(h); err != nil {
		return m.Manifest, err
	}
	if e.options.Keep > 0 {
		if removed, err := e.prune(e.options.Keep); err != nil {
			e.options.Logger.Warn("cannot remove old snapshots", "removed", removed, "error", err)
		}
	}
	return m.Manifest, nil
}

// Abort drops what was staged and unlocks the store.
func (w *writer) Abort() error { return w.end() }

// end releases everything the load holds, once.
func (w *writer) end() error {
	if w.ended {
		return nil
	}
	w.ended = true
	if w.batch != nil {
		_ = w.batch.close() // whatever it could not write is dropped anyway
	}
	if w.reading != nil {
		w.reading.close()
	}
	if w.db != nil {
		w.db.close()
	}
	var removed error
	if w.dir != "" {
		removed = w.engine.layout.discard(w.dir)
	}
	if w.parent != nil {
		w.engine.release(w.parent)
	}
	return errors.Join(removed, w.lock.release())
}

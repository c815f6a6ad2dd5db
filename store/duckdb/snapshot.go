package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// handle is an open snapshot file. It stays open while anything refers to it: the engine, while it is the newest, and
// every pin.
type handle struct {
	reader
	contents  *store.Contents
	figures   content.Digest
	behind    tail
	documents []content.Document // the encoded catalogue

	partFigures int64         // that are rolled up at a time
	turns       chan struct{} // has an element for each part that is being rolled up, and each question that is answered in stretches
	refs        int           // guarded by Engine.mu
}

// pinned is one pin of a handle.
type pinned struct {
	*handle
	engine *Engine
	once   sync.Once
}

var _ store.Snapshot = (*pinned)(nil)

// Contents returns the catalogue, loads and check results.
func (p *pinned) Contents() *store.Contents { return p.contents }

// Release gives the pin back. Releasing twice would close a snapshot that others still read, so only the first counts.
func (p *pinned) Release() { p.once.Do(func() { p.engine.release(p.handle) }) }

// openFile attaches a snapshot file read-only and then denies the instance all other files and settings. The type is
// named, so that a foreign file is an error and never a reason to look for an extension that reads it.
func (e *Engine) openFile(ctx context.Context, path string, settings map[string]string) (*database, error) {
	if err := checkReadable(path); err != nil {
		return nil, err
	}
	db, err := openDatabase(settings)
	if err != nil {
		return nil, err
	}
	if err := db.readLimits(ctx, e.options); err != nil {
		db.close()
		return nil, err
	}
	err = db.exec(ctx,
		"ATTACH "+quoted(path)+" AS snapshot (READ_ONLY, TYPE duckdb)",
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	)
	if err != nil {
		db.close()
		return nil, fmt.Errorf("open snapshot file %s: %w", path, err)
	}
	return db, nil
}

// checkReadable tells a file that is not there or may not be read from one that holds something else.
func checkReadable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open snapshot file: %w", err)
	}
	return f.Close()
}

// openSnapshot opens a snapshot and builds its catalogue. It returns a *store.DamagedError for a file that is not what the
// id says.
func (e *Engine) openSnapshot(ctx context.Context, id string) (*handle, error) {
	path := e.layout.snapshot(id)
	db, err := e.openFile(ctx, path, e.snapshotSettings())
	if err != nil {
		return nil, damaged(ctx, id, err)
	}
	h := &handle{reader: reader{db: db, onQuery: e.options.OnQuery}, partFigures: partFigures, turns: make(chan struct{}, e.threads())}
	err = h.load(ctx, path)
	if err == nil && h.contents.Manifest.ID != id {
		err = fmt.Errorf("snapshot file %s describes itself as %s", path, h.contents.Manifest.ID)
	}
	if err != nil {
		db.close()
		return nil, damaged(ctx, id, err)
	}
	h.knowing = extentsOf(h.contents.Catalog).knowing(h.dialect())
	h.regions, h.manyRows = int64(len(h.contents.Catalog.Regions())), manyRows
	h.perIndicator = h.contents.Manifest.Observations / max(h.contents.Manifest.Indicators, 1)
	if e.threads() > 1 {
		h.lane, h.ranges = e.newLane(path, laneMemory, 0), e.newLane(path, rangeMemory, rangeRest)
	}
	return h, nil
}

// close closes the file. Nobody may be reading it.
func (h *handle) close() {
	h.lane.close()
	h.ranges.close()
	h.db.close()
}

// damaged wraps an error of reading a snapshot file, unless it says nothing about the file: the context ended, the machine
// or the program is at fault.
func damaged(ctx context.Context, id string, err error) error {
	var (
		outside *fs.PathError
		format  *FormatError
		already *store.DamagedError
		memory  *store.MemoryError
	)
	switch {
	case err == nil, ctx.Err() != nil, errors.As(err, &outside), errors.As(err, &format), errors.As(err, &already),
		errors.As(err, &memory):
		return err
	}
	return &store.DamagedError{ID: id, Err: err}
}

func (h *handle) load(ctx context.Context, path string) error {
	m, err := readManifest(ctx, h.db, path)
	if err != nil {
		return err
	}
	h.figures, h.behind, h.tail, h.current = m.Figures, m.Tail, m.Tail.Current, m.Observations
	h.contents = &store.Contents{Manifest: m.Manifest}
	if h.documents, err = readDocuments(ctx, h.db, "SELECT kind, ordinal, body FROM snapshot.catalogue"); err != nil {
		return fmt.Errorf("snapshot file %s: %w", path, err)
	}
	tables, err := content.DecodeCatalog(h.documents)
	if err != nil {
		return fmt.Errorf("snapshot file %s: %w", path, err)
	}
	if h.contents.Catalog, err = catalog.New(tables); err != nil {
		return fmt.Errorf("snapshot file %s: catalogue: %w", path, err)
	}
	if err := readResults(ctx, h.db, "load", &h.contents.Loads); err != nil {
		return fmt.Errorf("snapshot file %s: %w", path, err)
	}
	if err := readResults(ctx, h.db, "check_result", &h.contents.Checks); err != nil {
		return fmt.Errorf("snapshot file %s: %w", path, err)
	}
	return nil
}

func readManifest(ctx context.Context, db *database, path string) (manifest, error) {
	r, err := db.query(ctx, "SELECT body FROM snapshot.manifest")
	if err != nil {
		return manifest{}, fmt.Errorf("snapshot file %s: %w", path, err)
	}
	defer r.close()
	s := &scanner{result: r}
	bodies := nextTexts(s)
	if s.err != nil {
		return manifest{}, fmt.Errorf("snapshot file %s: %w", path, s.err)
	}
	if len(bodies) != 1 {
		return manifest{}, fmt.Errorf("snapshot file %s has %d manifests", path, len(bodies))
	}
	return decodeManifest(path, bodies[0])
}

func readDocuments(ctx context.Context, db *database, sql string) ([]content.Document, error) {
	r, err := db.query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer r.close()
	s := &scanner{result: r}
	kinds, ordinals, bodies := nextTexts(s), next[int32](s), nextTexts(s)
	if s.err != nil {
		return nil, s.err
	}
	documents := make([]content.Document, r.rows)
	for i := range documents {
		documents[i] = content.Document{Kind: kinds[i], Ordinal: ordinals[i], Body: bodies[i]}
	}
	return documents, nil
}

func readResults[T indicator.Load | indicator.CheckResult](ctx context.Context, db *database, table string, rows *[]T) error {
	documents, err := readDocuments(ctx, db, "SELECT '', ordinal, body FROM snapshot."+table)
	if err != nil {
		return err
	}
	if *rows, err = content.DecodeResults[T](documents); err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}

func encodeManifest(m manifest) (content.Document, error) {
	m.Format = m.Tail.version()
	body, err := json.Marshal(m)
	if err != nil {
		return content.Document{}, fmt.Errorf("encode the manifest: %w", err)
	}
	return content.Document{Body: string(body)}, nil
}

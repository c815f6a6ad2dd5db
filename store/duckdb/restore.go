package duckdb

import (
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

// Restore makes a snapshot that another engine keeps the published one here, under its own id. It returns a *store.LockedError
// while a load runs.
func (e *Engine) Restore(ctx context.Context, whole content.Whole) (err error) {
	lock, err := e.lockStore("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	id := whole.Contents().Manifest.ID
	if !idPattern.MatchString(id) {
		return fmt.Errorf("restore: %q is not the id of a snapshot", id)
	}
	dir, err := os.MkdirTemp(e.layout.staging(), "restore-")
	if err != nil {
		return fmt.Errorf("restore %s: %w", id, err)
	}
	defer func() { err = errors.Join(err, e.layout.discard(dir)) }()
	r := &restoration{engine: e, whole: whole, dir: dir}
	if err := r.write(ctx); err != nil {
		return fmt.Errorf("restore %s: %w", id, err)
	}
	if err := e.layout.publish(dir, r.file(), id, e.atStep); err != nil {
		return err
	}
	return e.Refresh(ctx)
}

// restoration writes the file of a snapshot that comes from elsewhere.
type restoration struct {
	engine *Engine
	whole  content.Whole
	dir    string
	db     *database
}

func (r *restoration) file() string { return filepath.Join(r.dir, "staged"+snapshotSuffix) }

func (r *restoration) write(ctx context.Context) (err error) {
	settings := maps.Clone(r.engine.settings())
	if r.engine.options.MemoryLimit == "" {
		settings["memory_limit"] = loadMemory
	}
	settings["temp_directory"] = filepath.Join(r.dir, "spill")
	if r.db, err = openDatabase(settings); err != nil {
		return err
	}
	defer r.db.close()
	c := r.whole.Contents()
	documents, err := content.EncodeCatalog(c.Catalog.Tables())
	if err != nil {
		return err
	}
	if err := r.db.exec(ctx, codeTable); err != nil {
		return err
	}
	if err := fillCodes(r.db, c.Catalog); err != nil {
		return err
	}
	if err := r.db.exec(ctx, append([]string{
		"CREATE TABLE memory.arrived (" + storedTypes + ", next_end INTEGER NOT NULL)",
		"ATTACH " + quoted(r.file()) + " AS staged (ROW_GROUP_SIZE " + literal(rowGroup) + ")",
	}, snapshotTables...)...); err != nil {
		return err
	}
	if err := fillDocuments(r.db, "catalogue", documents, true); err != nil {
		return err
	}
	if err := r.receive(ctx); err != nil {
		return err
	}
	if err := r.store(ctx); err != nil {
		return err
	}
	if err := fillContents(r.db, manifest{Manifest: c.Manifest, Figures: r.whole.Digest()}, c.Loads, c.Checks); err != nil {
		return err
	}
	return closeStaged(ctx, r.db, r.file())
}

// receive reads all parts into one table.
func (r *restoration) receive(ctx context.Context) (err error) {
	parts, err := r.whole.Parts(ctx)
	if err != nil {
		return err
	}
	a, err := r.db.newAppender("memory", "arrived")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	c := r.whole.Contents().Catalog
	for _, part := range parts {
		if err := r.whole.Read(ctx, part, func(f *content.Figures) error { return appendFigures(a, f, c) }); err != nil {
			return err
		}
	}
	return nil
}

// store writes what was received, sorted, and looks whether it is what the manifest counts.
func (r *restoration) store(ctx context.Context) error {
	forever := literal(indicator.Forever)
	err := r.db.exec(ctx,
		"INSERT INTO staged.observation SELECT "+storedColumns+", next_end FROM memory.arrived WHERE known_to = "+forever+" ORDER BY "+figureKey,
		"INSERT INTO staged.past SELECT "+storedColumns+" FROM memory.arrived WHERE known_to <> "+forever+" ORDER BY "+figureKey+", known_from, tie",
	)
	if err != nil {
		return err
	}
	observations, _, _, err := countFigures(ctx, r.db, "staged.observation")
	if err != nil {
		return err
	}
	if m := r.whole.Contents().Manifest; observations != m.Observations {
		return &store.DamagedError{ID: m.ID, Err: fmt.Errorf("it has %d current figures, and its manifest says %d", observations, m.Observations)}
	}
	return nil
}

// figureIndex is one row of figures.
type figureIndex struct {
	*content.Figures
	row   int
	level indicator.Level
}

// appendFigures writes rows in the order of the stored columns.
func appendFigures(a *appender, f *content.Figures, c *catalog.Catalog) error {
	regions := c.Regions()
	rows := make([]figureIndex, 0, a.room())
	for next := 0; next < f.Len(); {
		rows = rows[:0]
		for ; next < f.Len() && len(rows) < a.room(); next++ {
			region := f.Region[next]
			if region < 0 || int(region) >= len(regions) {
				return fmt.Errorf("a report is of region %d, and the catalogue has %d", region, len(regions))
			}
			rows = append(rows, figureIndex{f, next, regions[region].Level})
		}
		if err := appendFigureRows(a, rows); err != nil {
			return err
		}
	}
	return nil
}

func appendFigureRows(a *appender, rows []figureIndex) error {
	fill(a, rows, func(r *figureIndex) int32 { return r.Indicator[r.row] })
	fill(a, rows, func(r *figureIndex) int32 { return r.Slice[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Status { return r.Status[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Day { return r.Start[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Day { return r.End[r.row] })
	fill(a, rows, func(r *figureIndex) int32 { return r.Region[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Level { return r.level })
	fillFloats(a, rows, func(r *figureIndex) float64 { return r.Value[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Missing { return r.Missing[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Precision { return r.Precision[r.row] })
	fillFloats(a, rows, func(r *figureIndex) float64 { return r.Numerator[r.row] })
	fillFloats(a, rows, func(r *figureIndex) float64 { return r.Denominator[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Precision { return r.CountsPrecision[r.row] })
	fill(a, rows, func(r *figureIndex) int32 { return r.Source[r.row] })
	fill(a, rows, func(r *figureIndex) int32 { return r.Definition[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Day { return r.Published[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Day { return r.KnownFrom[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Day { return r.KnownTo[r.row] })
	fill(a, rows, func(r *figureIndex) int32 { return r.Tie[r.row] })
	fill(a, rows, func(r *figureIndex) int32 { return r.Load[r.row] })
	fill(a, rows, func(r *figureIndex) bool { return r.Derived[r.row] })
	fill(a, rows, func(r *figureIndex) bool { return r.Filled[r.row] })
	fill(a, rows, func(r *figureIndex) bool { return r.Inferred[r.row] })
	fillTexts(a, rows, func(r *figureIndex) string { return r.Printed[r.row] })
	fill(a, rows, func(r *figureIndex) int32 { return r.Offset[r.row] })
	fillTexts(a, rows, func(r *figureIndex) string { return r.Note[r.row] })
	fillDays(a, rows, func(r *figureIndex) indicator.Day { return r.Withdraws[r.row] })
	fill(a, rows, func(r *figureIndex) indicator.Day { return r.NextEnd[r.row] })
	return a.endRows(len(rows))
}

// Clear removes every snapshot, so that the store is empty. Snapshots that are pinned stay readable. It returns a
// *store.LockedError while a load runs.
func (e *Engine) Clear(context.Context) (err error) {
	lock, err := e.lockStore("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	ids, err := e.layout.files()
	if err != nil {
		return err
	}
	// The files go first: a store with a pointer to nothing is one that was being cleared, one without a pointer is damaged.
	for _, id := range ids {
		if err := os.Remove(e.layout.snapshot(id)); err != nil {
			return fmt.Errorf("clear the store: %w", err)
		}
	}
	if err := os.Remove(e.layout.current()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("clear the store: %w", err)
	}
	e.mu.Lock()
	previous := e.current
	e.current = nil
	clear(e.manifests)
	e.mu.Unlock()
	if previous != nil {
		e.release(previous)
	}
	return nil
}

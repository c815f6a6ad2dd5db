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
	counts, err := countFigures(ctx, r.db, "staged.observation")
	if err != nil {
		return err
	}
	if m := r.whole.Contents().Manifest; counts.observations != m.Observations {
		return &store.DamagedError{ID: m.ID, Err: fmt.Errorf("it has %d current figures, and its manifest says %d", counts.observations, m.Observations)}
	}
	return nil
}

// appendFigures writes rows in the order of the stored columns.
func appendFigures(a *appender, f *content.Figures, c *catalog.Catalog) error {
	regions := c.Regions()
	rows := make([]storedFigure, 0, a.room())
	for next := 0; next < f.Len(); {
		rows = rows[:0]
		for ; next < f.Len() && len(rows) < a.room(); next++ {
			region := f.Region[next]
			if region < 0 || int(region) >= len(regions) {
				return fmt.Errorf("a report is of region %d, and the catalogue has %d", region, len(regions))
			}
			rows = append(rows, figureAt(f, next, regions[region].Level))
		}
		fillFigures(a, rows)
		fill(a, rows, func(r *storedFigure) indicator.Day { return r.nextEnd })
		if err := a.endRows(len(rows)); err != nil {
			return err
		}
	}
	return nil
}

func figureAt(f *content.Figures, row int, level indicator.Level) storedFigure {
	return storedFigure{
		series: seriesName{f.Indicator[row], f.Slice[row], f.Status[row]}, period: indicator.Period{Start: f.Start[row], End: f.End[row]},
		region: f.Region[row], level: level, value: f.Value[row], missing: f.Missing[row], precision: f.Precision[row],
		numerator: f.Numerator[row], denominator: f.Denominator[row], countsPrecision: f.CountsPrecision[row],
		source: f.Source[row], definition: f.Definition[row], published: f.Published[row],
		knownFrom: f.KnownFrom[row], knownTo: f.KnownTo[row], tie: f.Tie[row], load: f.Load[row],
		derived: f.Derived[row], filled: f.Filled[row], inferred: f.Inferred[row],
		text: heldText{f.Printed[row], f.Note[row]}, offset: f.Offset[row], withdraws: f.Withdraws[row], nextEnd: f.NextEnd[row],
	}
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

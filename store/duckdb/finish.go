package duckdb

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// rowGroup is the number of rows in a row group of a snapshot file: small enough for zone maps to skip most of a
// look-up, large enough to compress.
const rowGroup = 30720

// assembled is everything the merge has made, in the columns of the stored tables. A row that is not known from its own publication on, but from the day of a
// withdrawal, comes behind what became known on that day. No two rows that are current have the same id.
var assembled = `CREATE VIEW memory.figure AS
SELECT h.indicator, h.slice, h.status, h.period_start, h.period_end, h.region, h.value, h.missing, h.precision,
	h.numerator, h.denominator, h.counts_precision, h.source, h.definition, h.published, h.known_from, h.known_to, h.tie, h.load,
	false AS derived, false AS filled, h.inferred, h.printed, h.printed_offset, h.note, h.withdraws, h.rowid AS id, h.seq
FROM memory.history h ANTI JOIN memory.counted c ON h.rowid = c.report
UNION ALL
SELECT h.indicator, h.slice, h.status, h.period_start, h.period_end, h.region, h.value, h.missing, h.precision,
	c.numerator, c.denominator, CAST(c.counts_precision AS TINYINT), h.source, h.definition, h.published, c.known_from, c.known_to,
	CASE WHEN c.known_from > h.known_from THEN coalesce(w.reports, h.tie) ELSE h.tie END, h.load,
	false, c.numerator IS NOT NULL, h.inferred, h.printed, h.printed_offset, h.note, h.withdraws, h.rowid, h.seq
FROM memory.history h JOIN memory.counted c ON h.rowid = c.report LEFT JOIN memory.withdrawal w ON ` +
	same("h", "w", figureKey) + ` AND w.known_from = c.known_from
UNION ALL
SELECT ` + of("d", "indicator, slice, status, period_start, period_end, region, value") + `, 0, d.precision,
	d.numerator, d.denominator, d.counts_precision, d.source, 0, d.published, d.known_from, d.known_to, coalesce(w.reports, 0), d.load,
	true, false, d.inferred, '', -1, '', NULL, -1 - d.rowid, NULL
FROM memory.computed d LEFT JOIN memory.withdrawal w ON ` +
	same("d", "w", figureKey) + ` AND w.known_from = d.known_from`

// createStaged begins the staged file: its tables and the catalogue.
func (w *writer) createStaged(ctx context.Context) error {
	w.group = rowGroup
	if err := w.attachStaged(ctx); err != nil {
		return err
	}
	if err := w.db.exec(ctx, snapshotTables...); err != nil {
		return err
	}
	return fillDocuments(w.db, "catalogue", w.documents, true)
}

// attachStaged opens the staged file for writing. The size of row groups is the same each time: a checkpoint would join smaller ones.
func (w *writer) attachStaged(ctx context.Context) error {
	return w.db.exec(ctx, "ATTACH "+quoted(w.stagedFile())+" AS staged (ROW_GROUP_SIZE "+literal(w.group)+")")
}

// derive derives totals and rates from table history, and joins derived rows that one rule ends and another goes on with unchanged (table
// computed).
func (w *writer) derive(ctx context.Context) error {
	for _, step := range []func(context.Context) error{w.deriveTotals, w.deriveRates, w.deriveRateTotals} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return w.db.exec(ctx, "CREATE TABLE memory.computed AS "+joinIntervals("memory.derived", figureKey,
		"value, precision, numerator, denominator, counts_precision, source, published, inferred, load"))
}

// write writes the staged file, but for what Commit is given.
func (w *writer) write(ctx context.Context) error {
	if w.amends {
		return w.amend(ctx)
	}
	if err := w.createStaged(ctx); err != nil {
		return err
	}
	forever := literal(indicator.Forever)
	columns := strings.Replace(of("f", storedColumns), "f.level", "p.level", 1)
	const placed = " FROM memory.figure f JOIN memory.place p ON p.region = f.region"
	order := " ORDER BY " + of("f", figureKey)
	unfollowed, nextEnd, following := "", "n.next_end", " JOIN memory.following n ON n.id = f.id"
	if w.follows {
		// What is derived may stand between two periods of the batch.
		unfollowed = " SEMI JOIN memory.computed c ON f.indicator = c.indicator AND f.slice = c.slice"
		nextEnd, following = "coalesce(n.next_end, b.next_end)", " LEFT"+following+" LEFT JOIN memory.follows b ON b.seq = f.seq"
	}
	current := "SELECT " + columns + ", " + nextEnd + " AS next_end" + placed + following + " WHERE f.known_to = " + forever + order
	texts, err := w.count(ctx, "(SELECT 1 FROM memory.history WHERE printed <> '' OR note <> '' LIMIT 1)")
	if err != nil {
		return err
	}
	if texts == 0 { // even empty ones would take a sixth of the time of sorting and writing
		current = "SELECT " + withoutTexts(storedColumns, " ''") + ", next_end FROM (" + withoutTexts(current, "") + ")"
	}
	return w.db.exec(ctx,
		assembled,
		// The keys go through the window alone: it is narrow, and sorting all columns for it would cost as much as all the rest.
		"CREATE TABLE memory.following AS SELECT id, coalesce(lead(period_end) OVER (PARTITION BY indicator, slice, status, region "+
			"ORDER BY period_end, period_start), "+forever+") AS next_end FROM (SELECT id, indicator, slice, status, region, period_end, "+
			"period_start FROM memory.figure f"+unfollowed+" WHERE known_to = "+forever+")",
		"INSERT INTO staged.observation "+current,
		"INSERT INTO staged.past SELECT "+columns+placed+" WHERE f.known_to <> "+forever+order+", f.known_from, f.tie",
		"CHECKPOINT staged",
		"DETACH staged",
	)
}

// withoutTexts replaces the columns of texts in a list, each with its comma.
func withoutTexts(columns, by string) string {
	if by != "" {
		by += ","
	}
	return strings.NewReplacer(" printed,", by, " note,", by, " f.printed,", by, " f.note,", by).Replace(columns)
}

// describe adds the manifest, the loads and the check results to the staged file and closes it.
func (w *writer) describe(ctx context.Context, load indicator.Load, checks []indicator.CheckResult) (manifest, error) {
	if err := w.attachStaged(ctx); err != nil {
		return manifest{}, err
	}
	m, err := w.newManifest(ctx, load)
	if err != nil {
		return manifest{}, err
	}
	var loads []indicator.Load
	if w.parent != nil {
		loads = append(loads, w.parent.contents.Loads...)
	}
	if err := fillContents(w.db, m, append(loads, load), checks); err != nil {
		return manifest{}, err
	}
	return m, closeStaged(ctx, w.db, w.stagedFile())
}

// fillContents writes the manifest, the loads and the check results into a staged file.
func fillContents(db *database, m manifest, loads []indicator.Load, checks []indicator.CheckResult) error {
	row, err := encodeManifest(m)
	if err != nil {
		return err
	}
	loadRows, err := content.EncodeResults(loads)
	if err != nil {
		return err
	}
	checkRows, err := content.EncodeResults(checks)
	if err != nil {
		return err
	}
	for _, table := range []struct {
		name string
		rows []content.Document
	}{{"manifest", []content.Document{row}}, {"load", loadRows}, {"check_result", checkRows}} {
		if err := fillDocuments(db, table.name, table.rows, false); err != nil {
			return err
		}
	}
	return nil
}

// closeStaged completes a staged file, in which nothing is written any more.
func closeStaged(ctx context.Context, db *database, path string) error {
	if err := db.exec(ctx, "CHECKPOINT staged", "DETACH staged"); err != nil {
		return err
	}
	// A file that still has a write-ahead log beside it is not the whole snapshot.
	if _, err := os.Stat(path + ".wal"); err == nil {
		return fmt.Errorf("%s was not written completely", path)
	}
	return nil
}

func (w *writer) newManifest(ctx context.Context, load indicator.Load) (manifest, error) {
	if w.counts == nil {
		var err error
		if w.counts, err = countFigures(ctx, w.db, "staged.observation"); err != nil {
			return manifest{}, err
		}
	}
	now := w.engine.options.Now().UTC()
	m := manifest{Figures: w.figures, Tail: w.tail, Manifest: store.Manifest{
		PublishedAt:  now,
		Load:         load.ID,
		Observations: w.counts.observations,
		Regions:      w.counts.regions,
		Indicators:   w.counts.indicators,
		ContentHash:  content.Hash(w.documents, w.figures),
		Engine:       engineName(),
	}}
	if w.parent != nil {
		m.Parent = w.parent.contents.Manifest.ID
	}
	ids, err := w.engine.layout.files()
	if err != nil {
		return manifest{}, err
	}
	if w.engine.options.Behind != nil {
		ids = append(ids, w.engine.options.Behind()...)
	}
	m.ID = newID(now, m.ContentHash, ids)
	return m, nil
}

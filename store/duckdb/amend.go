package duckdb

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// reportRest are the stored columns but for the key.
const reportRest = "level, value, missing, precision, numerator, denominator, counts_precision, source, definition, published, known_from, " +
	"known_to, tie, load, derived, filled, inferred, printed, printed_offset, note, withdraws"

// amend writes the staged file of a batch that was merged with the cells it touches: the parent's file, in which what came out otherwise is
// replaced. Current figures that say something else now are changed where they are. Rows that go leave holes, which make reading slower where they
// are, and rows that come are put at the end, with those that small loads before have put there: that tail is written anew each time, so that it
// is in order. Where it would be too long, all rows are written in order again.
func (w *writer) amend(ctx context.Context) error {
	for _, step := range []func(context.Context) error{w.collectMade, w.followMade, w.findReplaced} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	renews, err := w.outgrown(ctx)
	if err != nil {
		return err
	}
	steps := []func(context.Context) error{w.collectTail, w.copyParent, w.writeAmended}
	if renews {
		steps = []func(context.Context) error{w.renew}
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return w.db.exec(ctx, "CHECKPOINT staged", "DETACH staged")
}

// collectMade lists what the cells come to: current figures (table made) and other reports (table made_past).
func (w *writer) collectMade(ctx context.Context) error {
	forever := literal(indicator.Forever)
	columns := "SELECT " + strings.Replace(of("f", storedColumns), "f.level", "p.level", 1) +
		" FROM memory.figure f JOIN memory.place p ON p.region = f.region WHERE f.known_to "
	return w.db.exec(ctx, assembled, "CREATE TABLE memory.made AS "+columns+"= "+forever, "CREATE TABLE memory.made_past AS "+columns+"<> "+forever)
}

// followMade finds the end of the next period of each figure made (table amended), and the figures of other cells behind which another period
// is next now (table moved_on, by their places). Only regions whose periods changed are looked at, series by series.
func (w *writer) followMade(ctx context.Context) error {
	const line = "indicator, slice, status, region"
	return w.db.exec(ctx,
		"CREATE TABLE memory.shifted AS SELECT DISTINCT "+line+" FROM ("+
			"(SELECT "+figureKey+" FROM memory.made EXCEPT SELECT "+figureKey+" FROM memory.near) UNION ALL "+
			"(SELECT "+figureKey+" FROM memory.near EXCEPT SELECT "+figureKey+" FROM memory.made))",
		"CREATE TABLE memory.followed AS SELECT *, coalesce(lead(period_end) OVER (PARTITION BY "+line+" ORDER BY period_end, period_start), "+
			literal(indicator.Forever)+") AS wanted FROM ("+
			"SELECT NULL::BIGINT AS place, "+figureKey+", NULL::INTEGER AS next_end FROM memory.made m SEMI JOIN memory.shifted s USING ("+line+
			") UNION ALL SELECT o.rowid, "+of("o", figureKey)+", o.next_end FROM parent.observation o SEMI JOIN memory.shifted s ON "+
			same("o", "s", line)+" ANTI JOIN memory.near n ON o.rowid = n.place)",
		"CREATE TABLE memory.moved_on AS SELECT place, wanted AS next_end FROM memory.followed WHERE place IS NOT NULL AND wanted <> next_end",
		"CREATE TABLE memory.amended AS SELECT m.*, coalesce(f.wanted, n.next_end) AS next_end FROM memory.made m "+
			"LEFT JOIN (SELECT * FROM memory.followed WHERE place IS NULL) f ON "+same("m", "f", figureKey)+
			" LEFT JOIN memory.near n ON "+same("m", "n", figureKey),
	)
}

// amendable are the columns in which a current figure may come to say something else.
var amendable = strings.Split(reportRest+", next_end", ", ")

// findReplaced lists the places of the rows that are there no longer (tables gone and gone_past), the rows that are new (tables come and
// come_past), and current figures that say something else, with their places and what of them differs (table turned). Most rows of the cells come
// out as they were.
func (w *writer) findReplaced(ctx context.Context) error {
	alike := func(a, b string) string { return same(a, b, figureKey) + " AND " + identical(a, b, reportRest) }
	var differs strings.Builder
	for _, column := range amendable {
		differs.WriteString(", a." + column + " IS DISTINCT FROM n." + column + " AS " + differing(column))
	}
	return w.db.exec(ctx,
		"CREATE TABLE memory.gone AS SELECT place FROM memory.near n ANTI JOIN memory.amended a ON "+same("n", "a", figureKey),
		"CREATE TABLE memory.come AS SELECT "+storedColumns+", next_end FROM memory.amended a ANTI JOIN memory.near n ON "+same("a", "n", figureKey),
		"CREATE TABLE memory.turned AS SELECT n.place, "+of("a", storedColumns)+", a.next_end"+differs.String()+" FROM memory.amended a JOIN memory.near n ON "+
			same("a", "n", figureKey)+" WHERE NOT ("+identical("a", "n", reportRest+", next_end")+")",
		"CREATE TABLE memory.gone_past AS SELECT place FROM memory.near_past n ANTI JOIN memory.made_past m ON "+alike("n", "m"),
		"CREATE TABLE memory.come_past AS SELECT "+storedColumns+" FROM memory.made_past m ANTI JOIN memory.near_past n ON "+alike("m", "n"),
	)
}

// differing is the column of table turned that says whether another differs.
func differing(column string) string { return "differs_" + column }

// moveTurned makes current figures from a place on that say something else into rows that go and rows that come.
func (w *writer) moveTurned(ctx context.Context, from int64) error {
	behind := " WHERE place >= " + literal(from)
	return w.db.exec(ctx,
		"INSERT INTO memory.come SELECT "+storedColumns+", next_end FROM memory.turned"+behind+
			" UNION ALL SELECT "+of("o", storedColumns)+", m.next_end FROM parent.observation o JOIN memory.moved_on m ON o.rowid = m.place"+behind,
		"INSERT INTO memory.gone SELECT place FROM memory.turned"+behind+" UNION ALL SELECT place FROM memory.moved_on"+behind,
		"DELETE FROM memory.turned"+behind, "DELETE FROM memory.moved_on"+behind,
	)
}

// amendedTable is a table of figures of the staged file: what goes and comes, and the columns and the order of its rows.
type amendedTable struct {
	name, gone, come, columns, order string
	behind                           int64  // rows in the parent's tail
	tail                             *int64 // and in the new one
}

func (w *writer) amendedTables() []*amendedTable {
	behind := w.parent.behind
	return []*amendedTable{
		{name: "observation", gone: "memory.gone", come: "memory.come", columns: storedColumns + ", next_end", order: figureKey, behind: behind.Current, tail: &w.tail.Current},
		{
			name: "past", gone: "memory.gone_past", come: "memory.come_past", columns: storedColumns, order: figureKey + ", known_from, tie",
			behind: behind.Past, tail: &w.tail.Past,
		},
	}
}

// collectTail adds what the parent's tail keeps to the rows that are new, and counts them. A tail to which nothing comes stays where it is.
func (w *writer) collectTail(ctx context.Context) error {
	for _, t := range w.amendedTables() {
		come, err := w.count(ctx, t.come)
		if err != nil {
			return err
		}
		if t.behind == 0 {
			*t.tail = come
			continue
		}
		seam, err := findSeam(ctx, w.db.query, "parent."+t.name, 0, t.behind)
		if err != nil {
			return err
		}
		if come == 0 {
			gone, err := w.count(ctx, t.gone+" WHERE place >= "+literal(seam))
			if err != nil {
				return err
			}
			*t.tail = t.behind - gone
			continue
		}
		if t.name == "observation" {
			if err := w.moveTurned(ctx, seam); err != nil {
				return err
			}
		}
		if err := w.db.exec(ctx, "INSERT INTO "+t.come+" SELECT "+of("o", t.columns)+" FROM parent."+t.name+" o ANTI JOIN "+t.gone+
			" g ON o.rowid = g.place WHERE o.rowid >= "+literal(seam),
			"INSERT INTO "+t.gone+" SELECT o.rowid FROM parent."+t.name+" o ANTI JOIN "+t.gone+" g ON o.rowid = g.place WHERE o.rowid >= "+literal(seam)); err != nil {
			return err
		}
		if *t.tail, err = w.count(ctx, t.come); err != nil {
			return err
		}
	}
	return nil
}

// copyParent makes the staged file a copy of the parent's.
func (w *writer) copyParent(ctx context.Context) (err error) {
	path := w.engine.layout.snapshot(w.parent.contents.Manifest.ID)
	from, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("copy the published snapshot: %w", err)
	}
	defer from.Close()
	to, err := os.Create(w.stagedFile())
	if err != nil {
		return fmt.Errorf("copy the published snapshot: %w", err)
	}
	_, err = io.Copy(to, from)
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("copy the published snapshot: %w", err)
	}
	return ctx.Err()
}

// writeAmended replaces rows in the copy, in one transaction, and everything that is not figures.
func (w *writer) writeAmended(ctx context.Context) error {
	w.group = tailGroup(max(w.tail.Current, w.tail.Past))
	if err := w.attachStaged(ctx); err != nil {
		return err
	}
	statements, err := w.updates(ctx)
	if err != nil {
		return err
	}
	statements = append([]string{"BEGIN TRANSACTION"}, statements...)
	for _, t := range w.amendedTables() {
		table := "staged." + t.name
		statements = append(statements, "DELETE FROM "+table+" WHERE rowid IN (SELECT place FROM "+t.gone+")",
			"INSERT INTO "+table+" SELECT "+t.columns+" FROM "+t.come+" ORDER BY "+t.order)
	}
	for _, table := range []string{"catalogue", "manifest", "load", "check_result", "code"} {
		statements = append(statements, "DROP TABLE staged."+table)
	}
	statements = append(append(statements, contentsTables...), "COMMIT")
	// What is written is mostly columns of row groups, one after the other; threads that wait for work are as busy as work.
	if err := w.db.exec(ctx, "SET threads = 1"); err != nil {
		return err
	}
	if err := w.db.inOne(ctx, statements); err != nil {
		return err
	}
	return fillDocuments(w.db, "catalogue", w.documents, true)
}

// updates change current figures where they are, column by column: only columns and row groups in which something differs are written.
func (w *writer) updates(ctx context.Context) ([]string, error) {
	var statements []string
	for _, column := range amendable {
		from := "SELECT place, " + column + " FROM memory.turned WHERE " + differing(column)
		if column == "next_end" {
			from += " UNION ALL SELECT place, next_end FROM memory.moved_on"
		}
		rows, err := w.count(ctx, "("+from+")")
		if err != nil {
			return nil, err
		}
		if rows > 0 {
			statements = append(statements, "UPDATE staged.observation SET "+column+" = t."+column+" FROM ("+from+") t WHERE observation.rowid = t.place")
		}
	}
	return statements, nil
}

// tailGroups is about how many row groups a small tail has.
const tailGroups = 16

// tailGroup is the number of rows in a row group of a tail: fewer than elsewhere while it is small, since a row group of figures of all indicators is
// one that every question reads.
func tailGroup(rows int64) int {
	const vector = 2048 // the smallest that DuckDB has
	return int(min(max((rows/tailGroups+vector-1)/vector, 1)*vector, rowGroup))
}

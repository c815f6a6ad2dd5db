package duckdb

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// references are the columns of the batch and the parent that hold ordinals of the catalogue, and their kind.
var references = []struct{ column, kind string }{
	{"region", content.KindRegion},
	{"indicator", content.KindIndicator},
	{"slice", content.KindSlice},
	{"source", content.KindSource},
	{"definition", content.KindDefinition},
}

// manyReports is the size of a batch whose keys took memory that is worth giving back at once.
const manyReports = 1 << 20

// compare finds which reports of the batch are new (table fresh) and which figures are withdrawn (table taken), and counts
// what they change.
func (w *writer) compare(ctx context.Context) (store.Changes, error) {
	if err := w.checkOrdinals(ctx); err != nil {
		return store.Changes{}, err
	}
	if err := w.carryParent(ctx); err != nil {
		return store.Changes{}, err
	}
	replaced, err := w.withdraw(ctx)
	if err != nil {
		return store.Changes{}, err
	}
	if err := w.narrowBatch(ctx); err != nil {
		return store.Changes{}, err
	}
	if err := w.fillKeys(ctx); err != nil {
		return store.Changes{}, err
	}
	w.yieldMemory(w.appended)
	err = w.db.exec(ctx,
		// Only reports of keys that the batch touches are compared in full: the parent may be large and the batch small.
		"CREATE TABLE memory.met AS SELECT o.* FROM memory.old o SEMI JOIN memory.batch b ON "+same("o", "b", figureKey),
		// What was withdrawn and is reported again is new.
		"CREATE VIEW memory.standing AS SELECT m.* FROM memory.met m ANTI JOIN (SELECT * FROM memory.met WHERE withdraws IS NOT NULL) t ON "+
			same("m", "t", figureKey)+" AND t.withdraws = m.published AND t.load > m.load WHERE m.withdraws IS NULL",
		// A report given twice in one batch counts once, at its last place.
		"CREATE TABLE memory.repeated AS SELECT "+figureKey+", published FROM memory.batch b SEMI JOIN memory.crowded c ON "+
			"b.seq = c.seq GROUP BY ALL HAVING count(*) > 1",
		"CREATE TABLE memory.duplicate AS SELECT seq FROM (SELECT b.seq, row_number() OVER (PARTITION BY "+of("b", reported)+
			" ORDER BY b.seq DESC) AS place FROM memory.batch b SEMI JOIN memory.repeated r ON "+
			same("b", "r", figureKey+", published")+") WHERE place > 1",
	)
	if err == nil {
		err = w.keepFresh(ctx)
	}
	if err == nil {
		err = w.db.exec(ctx, "CREATE TABLE memory.several AS SELECT "+figureKey+" FROM memory.fresh f SEMI JOIN memory.crowded c ON "+
			"f.seq = c.seq GROUP BY ALL HAVING count(*) > 1")
	}
	if err != nil {
		return store.Changes{}, err
	}
	changes, err := w.countChanges(ctx)
	if err != nil {
		return store.Changes{}, err
	}
	changes.Replaced = replaced
	// The batch may be large: each step drops what no later one reads.
	for _, dropped := range []string{"VIEW memory.standing", "TABLE memory.crowded", "TABLE memory.repeated", "TABLE memory.duplicate"} {
		if err := w.db.exec(ctx, "DROP "+dropped); err != nil {
			return store.Changes{}, err
		}
	}
	return changes, nil
}

// yieldMemory gives what was needed to read many reports back to the system: from here on it is DuckDB that needs memory.
func (w *writer) yieldMemory(reports int64) {
	if reports >= manyReports {
		debug.FreeOSMemory()
	}
}

// keepFresh turns the batch into table fresh. Only where some of it is known or given twice are the others copied.
func (w *writer) keepFresh(ctx context.Context) error {
	stale, err := w.count(ctx, "(SELECT 1 FROM memory.duplicate UNION ALL SELECT 1 FROM memory.standing)")
	if err != nil {
		return err
	}
	if stale == 0 {
		return w.db.exec(ctx, "ALTER TABLE memory.batch RENAME TO fresh")
	}
	return w.db.exec(ctx,
		"CREATE TABLE memory.fresh AS SELECT b.* FROM memory.batch b ANTI JOIN memory.duplicate d ON b.seq = d.seq"+
			" ANTI JOIN memory.standing m ON "+same("b", "m", figureKey+", published")+" AND "+identical("b", "m", reportedRest),
		"DROP TABLE memory.batch")
}

// countChanges counts what the fresh reports and the withdrawals do. The first fresh report of a figure that had none is
// added, the others revise.
func (w *writer) countChanges(ctx context.Context) (store.Changes, error) {
	counts := make([]int64, 5)
	for i, from := range []string{
		"memory.fresh",
		"memory.fresh f SEMI JOIN memory.met m ON " + same("f", "m", figureKey),
		"memory.fresh f SEMI JOIN memory.several s ON " + same("f", "s", figureKey) + " ANTI JOIN memory.met m ON " + same("f", "m", figureKey),
		"memory.several s ANTI JOIN memory.met m ON " + same("s", "m", figureKey),
		takenBack,
	} {
		var err error
		if counts[i], err = w.count(ctx, from); err != nil {
			return store.Changes{}, err
		}
	}
	taken, err := w.count(ctx, "memory.taken")
	if err != nil {
		return store.Changes{}, err
	}
	fresh, known, several, figures, withoutValue := counts[0], counts[1], counts[2], counts[3], counts[4]
	revised := known + several - figures
	return store.Changes{
		Added: fresh - revised, Revised: revised + taken, Withdrawn: withoutValue + taken, Unchanged: w.batched - fresh,
	}, nil
}

// takenBack are the fresh reports that take back the value of the report before them. Only figures with a fresh report that
// has no value are looked at.
var takenBack = `(
	WITH lost AS (
		SELECT f.* FROM memory.fresh f SEMI JOIN memory.met m ON ` + same("f", "m", figureKey) + ` WHERE f.value IS NULL
		UNION ALL
		SELECT f.* FROM memory.fresh f SEMI JOIN memory.several s ON ` + same("f", "s", figureKey) + ` WHERE f.value IS NULL
	)
	SELECT fresh, value, lag(value) OVER (PARTITION BY ` + figureKey + ` ORDER BY day, fresh, load, place) AS previous FROM (
		SELECT ` + of("m", figureKey) + `, coalesce(m.withdraws, m.published) AS day, m.value, false AS fresh, m.load, m.tie::BIGINT AS place
		FROM memory.met m SEMI JOIN lost l ON ` + same("m", "l", figureKey) + `
		UNION ALL
		SELECT ` + of("f", figureKey) + `, f.published, f.value, true, 0, f.seq
		FROM memory.fresh f SEMI JOIN lost l ON ` + same("f", "l", figureKey) + `
	)
) WHERE fresh AND value IS NULL AND previous IS NOT NULL`

func (w *writer) count(ctx context.Context, from string) (int64, error) {
	r, err := w.db.query(ctx, "SELECT count(*) FROM "+from)
	if err != nil {
		return 0, err
	}
	defer r.close()
	s := &scanner{result: r}
	counts := next[int64](s)
	if s.err != nil {
		return 0, s.err
	}
	return counts[0], nil
}

// checkOrdinals refuses a batch with an ordinal that the catalogue does not have.
func (w *writer) checkOrdinals(ctx context.Context) error {
	bounds := make([]string, len(references))
	for i, ref := range references {
		bounds[i] = fmt.Sprintf("count(*) FILTER (%[1]s < 0 OR %[1]s > (SELECT coalesce(max(ordinal), -1) FROM memory.code WHERE kind = '%[2]s'))",
			ref.column, ref.kind)
	}
	r, err := w.db.query(ctx, "SELECT "+strings.Join(bounds, ", ")+" FROM memory.batch")
	if err != nil {
		return err
	}
	defer r.close()
	s := &scanner{result: r}
	for _, ref := range references {
		if unknown := next[int64](s); s.err == nil && unknown[0] > 0 {
			return fmt.Errorf("%d reports have a %s that the catalogue does not have", unknown[0], ref.kind)
		}
	}
	return s.err
}

// carryParent makes the parent's reports available as old, under the ordinals of the new catalogue. What the parent
// derived stays behind.
func (w *writer) carryParent(ctx context.Context) error {
	const oldTypes = figureTypes + ", load INTEGER, tie INTEGER, withdraws INTEGER"
	if w.parent == nil {
		return w.db.exec(ctx, "CREATE TABLE memory.old ("+oldTypes+")")
	}
	kinds := "'" + content.KindRegion + "', '" + content.KindIndicator + "', '" + content.KindSlice + "', '" + content.KindSource + "', '" + content.KindDefinition + "'"
	err := w.db.exec(ctx, "CREATE TABLE memory.moved AS SELECT p.kind, p.ordinal AS from_ordinal, c.ordinal AS to_ordinal, p.code "+
		"FROM parent.code p LEFT JOIN memory.code c ON c.kind = p.kind AND c.scheme = p.scheme AND c.code = p.code "+
		"WHERE p.kind IN ("+kinds+")")
	if err != nil {
		return err
	}
	if err := w.checkMoved(ctx); err != nil {
		return err
	}
	if w.sameOrdinals = sameOrdinals(w.parent.contents.Catalog, w.catalog); w.sameOrdinals {
		return w.db.exec(ctx, "CREATE VIEW memory.old AS "+reportedRows("parent.report"))
	}
	return w.db.exec(ctx, "CREATE VIEW memory.old AS SELECT m_indicator.to_ordinal AS indicator, m_slice.to_ordinal AS slice, p.status, "+
		"p.period_end, p.period_start, m_region.to_ordinal AS region, p.value, p.missing, p.precision, p.numerator, p.denominator, "+
		"p.counts_precision, m_source.to_ordinal AS source, m_definition.to_ordinal AS definition, p.published, p.inferred, p.printed, "+
		"p.printed_offset, p.note, p.load, p.tie, p.withdraws FROM ("+reportedRows("parent.report")+") p"+
		joinMoved("region", "indicator", "slice", "source", "definition"))
}

// joinMoved renders the joins that turn columns of p from the parent's ordinals into those of the new catalogue.
func joinMoved(columns ...string) string {
	var joins strings.Builder
	for _, ref := range references {
		if slices.Contains(columns, ref.column) {
			fmt.Fprintf(&joins, " JOIN memory.moved m_%[1]s ON m_%[1]s.kind = '%[2]s' AND m_%[1]s.from_ordinal = p.%[1]s", ref.column, ref.kind)
		}
	}
	return joins.String()
}

// checkMoved refuses a catalogue that lacks something the parent's has.
func (w *writer) checkMoved(ctx context.Context) error {
	lost, err := readDocuments(ctx, w.db, "SELECT kind, from_ordinal, code FROM memory.moved WHERE to_ordinal IS NULL ORDER BY ALL LIMIT 1")
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		return fmt.Errorf("the catalogue lacks the %s %q of the published snapshot", lost[0].Kind, lost[0].Body)
	}
	return nil
}

// sequence turns table fresh into table history, which holds the reports of the parent too and gives each the interval in which it
// was the newest: from its publication to that of the first of those behind it. The newest publication wins, among equal days the
// later load, within a load the later row. A withdrawal ends the interval of what it takes back and has none of its own.
func (w *writer) sequence(ctx context.Context) error {
	forever := literal(indicator.Forever)
	withdrawals, err := w.count(ctx, "memory.taken")
	if err == nil && withdrawals == 0 && w.parent != nil {
		withdrawals, err = w.count(ctx, "parent.report WHERE withdraws IS NOT NULL")
	}
	if err != nil {
		return err
	}
	until := "coalesce(lead(published) OVER (PARTITION BY " + figureKey + " ORDER BY " + arrival + "), " + forever + ")"
	if withdrawals > 0 { // a report behind a withdrawal may be older than it
		until = "CASE WHEN withdraws IS NOT NULL THEN published ELSE greatest(published, coalesce(min(published) OVER (PARTITION BY " + figureKey +
			" ORDER BY " + arrival + " ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), " + forever + ")) END"
	}
	return w.db.exec(ctx,
		// Whatever may have more than one report: what had one that is not current, and what the batch adds to or has twice.
		"CREATE TABLE memory.contested AS "+w.pastFigures()+"SELECT "+figureKey+" FROM memory.several UNION SELECT "+figureKey+
			" FROM memory.met UNION SELECT "+figureKey+" FROM memory.taken",
		// Most reports stay as they are: to copy them all would take as much time and memory as to sort them.
		"ALTER TABLE memory.fresh RENAME TO history",
		"INSERT INTO memory.history BY NAME SELECT NULL::BIGINT AS seq, "+reported+", withdraws, load, published AS known_from, "+
			forever+" AS known_to, tie FROM memory.old",
		"INSERT INTO memory.history BY NAME SELECT NULL::BIGINT AS seq, "+reported+", withdraws, "+literal(w.load())+
			" AS load, published AS known_from, "+forever+" AS known_to, 0 AS tie FROM memory.taken",
		"CREATE TABLE memory.placed AS SELECT report, CAST("+until+" AS INTEGER) AS known_to, CAST(row_number() OVER (PARTITION BY "+figureKey+
			", published ORDER BY "+arrival+") - 1 AS INTEGER) AS tie FROM (SELECT h.rowid AS report, "+of("h", figureKey)+
			", h.published, h.withdraws, h.load, coalesce(h.seq, h.tie) AS place FROM memory.history h SEMI JOIN memory.contested s ON "+
			same("h", "s", figureKey)+")",
		"UPDATE memory.history h SET known_to = p.known_to, tie = p.tie FROM memory.placed p WHERE h.rowid = p.report",
		"DROP TABLE memory.placed", "DROP TABLE memory.contested", "DROP TABLE memory.several", "DROP TABLE memory.met", "DROP TABLE memory.taken",
		// The days on which something of a figure was withdrawn, and how many of its reports became known on each.
		"CREATE TABLE memory.withdrawal AS SELECT "+figureKey+", known_from, max(tie) + 1 AS reports FROM memory.history h SEMI JOIN ("+
			"SELECT "+figureKey+", known_from FROM memory.history WHERE withdraws IS NOT NULL) t USING ("+figureKey+", known_from) GROUP BY ALL",
		derivedTable,
	)
}

// pastFigures renders the keys of the parent's figures that have reports which are not current, for a union.
func (w *writer) pastFigures() string {
	switch {
	case w.parent == nil:
		return ""
	case w.amends:
		return "SELECT " + figureKey + " FROM memory.near_past WHERE NOT derived UNION "
	}
	return "SELECT m_indicator.to_ordinal AS indicator, m_slice.to_ordinal AS slice, p.status, p.period_end, p.period_start, " +
		"m_region.to_ordinal AS region FROM parent.past p" +
		joinMoved("indicator", "slice", "region") + " WHERE NOT p.derived UNION "
}

// derivedTable holds what the merge computes; its rows have no printed text. numerator and denominator are those of
// rates.
const derivedTable = `CREATE TABLE memory.derived (
	indicator INTEGER NOT NULL, slice INTEGER NOT NULL, status TINYINT NOT NULL,
	period_end INTEGER NOT NULL, period_start INTEGER NOT NULL, region INTEGER NOT NULL,
	value DOUBLE NOT NULL, precision TINYINT NOT NULL, numerator DOUBLE, denominator DOUBLE, counts_precision TINYINT NOT NULL,
	source INTEGER NOT NULL, published INTEGER NOT NULL, inferred BOOLEAN NOT NULL, load INTEGER NOT NULL,
	known_from INTEGER NOT NULL, known_to INTEGER NOT NULL)`

package duckdb

import (
	"context"
	"fmt"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// references are the columns of the batch and the parent that hold ordinals of the catalogue, and their kind.
var references = []struct{ column, kind string }{
	{"region", kindRegion},
	{"indicator", kindIndicator},
	{"slice", kindSlice},
	{"source", kindSource},
	{"definition", kindDefinition},
}

// compare finds which reports of the batch are new (table fresh) and counts what they change.
func (w *writer) compare(ctx context.Context) (store.Changes, error) {
	if err := w.checkOrdinals(ctx); err != nil {
		return store.Changes{}, err
	}
	if err := w.carryParent(ctx); err != nil {
		return store.Changes{}, err
	}
	err := w.db.exec(ctx,
		// Only reports of keys that the batch touches are compared in full: the parent may be large and the batch small.
		"CREATE TABLE memory.met AS SELECT o.* FROM memory.old o SEMI JOIN memory.batch b ON "+same("o", "b", figureKey),
		// A report given twice in one batch counts once, at its last place.
		"CREATE TABLE memory.repeated AS SELECT "+figureKey+", published FROM memory.batch GROUP BY ALL HAVING count(*) > 1",
		"CREATE TABLE memory.duplicate AS SELECT seq FROM (SELECT b.seq, row_number() OVER (PARTITION BY "+of("b", reported)+
			" ORDER BY b.seq DESC) AS place FROM memory.batch b SEMI JOIN memory.repeated r ON "+
			same("b", "r", figureKey+", published")+") WHERE place > 1",
		"CREATE TABLE memory.fresh AS SELECT b.* FROM memory.batch b ANTI JOIN memory.duplicate d ON b.seq = d.seq"+
			" ANTI JOIN memory.met m ON "+same("b", "m", figureKey+", published")+" AND "+identical("b", "m", reportedRest),
	)
	if err != nil {
		return store.Changes{}, err
	}
	fresh, err := w.count(ctx, "memory.fresh")
	if err != nil {
		return store.Changes{}, err
	}
	revised, err := w.count(ctx, "memory.fresh f SEMI JOIN memory.met m ON "+same("f", "m", figureKey))
	if err != nil {
		return store.Changes{}, err
	}
	withdrawn, err := w.count(ctx, withdrawals)
	if err != nil {
		return store.Changes{}, err
	}
	// The batch may be large: each step drops what no later one reads.
	if err := w.db.exec(ctx, "DROP TABLE memory.batch", "DROP TABLE memory.met", "DROP TABLE memory.repeated", "DROP TABLE memory.duplicate"); err != nil {
		return store.Changes{}, err
	}
	return store.Changes{Added: fresh - revised, Revised: revised, Withdrawn: withdrawn, Unchanged: w.batched - fresh}, nil
}

// withdrawals are the fresh reports of known keys that take back the value of the report before them. Only keys with a fresh
// report that has no value are looked at.
var withdrawals = `(
	WITH lost AS (SELECT f.* FROM memory.fresh f SEMI JOIN memory.met m ON ` + same("f", "m", figureKey) + ` WHERE f.value IS NULL)
	SELECT fresh, value, lag(value) OVER (PARTITION BY ` + figureKey + ` ORDER BY published, fresh, place) AS previous FROM (
		SELECT ` + of("m", figureKey) + `, m.published, m.value, false AS fresh, m.tie::BIGINT AS place
		FROM memory.met m SEMI JOIN lost l ON ` + same("m", "l", figureKey) + `
		UNION ALL
		SELECT ` + of("f", figureKey) + `, f.published, f.value, true, f.seq
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
	for _, ref := range references {
		unknown, err := w.count(ctx, fmt.Sprintf("memory.batch b ANTI JOIN memory.code c ON c.kind = '%s' AND c.ordinal = b.%s",
			ref.kind, ref.column))
		if err != nil {
			return err
		}
		if unknown > 0 {
			return fmt.Errorf("%d reports have a %s that the catalogue does not have", unknown, ref.kind)
		}
	}
	return nil
}

// carryParent makes the parent's reports available as old, under the ordinals of the new catalogue. What the parent
// derived stays behind: derived rows, the counts it filled in, and all but the first of the rows into which a change of
// counts split a report. That first row is the one known from the day of its publication.
func (w *writer) carryParent(ctx context.Context) error {
	const oldTypes = figureTypes + ", load INTEGER, tie INTEGER"
	if w.parent == nil {
		return w.db.exec(ctx, "CREATE TABLE memory.old ("+oldTypes+")")
	}
	kinds := "'" + kindRegion + "', '" + kindIndicator + "', '" + kindSlice + "', '" + kindSource + "', '" + kindDefinition + "'"
	err := w.db.exec(ctx, "CREATE TABLE memory.moved AS SELECT p.kind, p.ordinal AS from_ordinal, c.ordinal AS to_ordinal, p.code "+
		"FROM parent.code p LEFT JOIN memory.code c ON c.kind = p.kind AND c.scheme = p.scheme AND c.code = p.code "+
		"WHERE p.kind IN ("+kinds+")")
	if err != nil {
		return err
	}
	if err := w.checkMoved(ctx); err != nil {
		return err
	}
	from := "parent.report p"
	for _, ref := range references {
		from += fmt.Sprintf(" JOIN memory.moved m_%[1]s ON m_%[1]s.kind = '%[2]s' AND m_%[1]s.from_ordinal = p.%[1]s", ref.column, ref.kind)
	}
	return w.db.exec(ctx, "CREATE VIEW memory.old AS SELECT m_indicator.to_ordinal AS indicator, m_slice.to_ordinal AS slice, p.status, "+
		"p.period_end, p.period_start, m_region.to_ordinal AS region, p.value, p.missing, p.precision, "+
		"CASE WHEN p.filled THEN NULL ELSE p.numerator END AS numerator, "+
		"CASE WHEN p.filled THEN NULL ELSE p.denominator END AS denominator, "+
		"CASE WHEN p.filled THEN 0::TINYINT ELSE p.counts_precision END AS counts_precision, "+
		"m_source.to_ordinal AS source, m_definition.to_ordinal AS definition, p.published, p.inferred, p.printed, p.printed_offset, p.note, "+
		"p.load, p.tie FROM "+from+" WHERE NOT p.derived AND p.known_from = p.published")
}

// checkMoved refuses a catalogue that lacks something the parent's has.
func (w *writer) checkMoved(ctx context.Context) error {
	lost, err := readDocuments(ctx, w.db, "SELECT kind, from_ordinal, code FROM memory.moved WHERE to_ordinal IS NULL ORDER BY ALL LIMIT 1")
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		return fmt.Errorf("the catalogue lacks the %s %q of the published snapshot", lost[0].kind, lost[0].body)
	}
	return nil
}

// sequence orders the reports of each key into table history, with the interval in which each was the newest: from its
// publication to the next one's. The newest publication wins, among equal days the later load, within a load the later row.
func (w *writer) sequence(ctx context.Context) error {
	load := 0
	if w.parent != nil {
		load = len(w.parent.contents.Loads)
	}
	const once = "published AS known_from, CAST(%s AS INTEGER) AS known_to, 0::INTEGER AS tie"
	const again = "published AS known_from, coalesce(lead(published) OVER (PARTITION BY %[1]s ORDER BY published, newer, place), %[2]s) AS known_to, " +
		"CAST(row_number() OVER (PARTITION BY %[1]s, published ORDER BY newer, place) - 1 AS INTEGER) AS tie"
	forever := literal(indicator.Forever)
	return w.db.exec(ctx,
		"CREATE VIEW memory.merged AS SELECT "+reported+", load, false AS newer, tie::BIGINT AS place FROM memory.old UNION ALL SELECT "+
			reported+", CAST("+literal(load)+" AS INTEGER), true, seq FROM memory.fresh",
		"CREATE TABLE memory.several AS SELECT "+figureKey+" FROM memory.merged GROUP BY ALL HAVING count(*) > 1",
		"CREATE TABLE memory.history AS SELECT "+reported+", load, "+fmt.Sprintf(once, forever)+
			" FROM memory.merged m ANTI JOIN memory.several s ON "+same("m", "s", figureKey)+
			" UNION ALL SELECT "+of("m", reported)+", m.load, "+fmt.Sprintf(again, of("m", figureKey), forever)+
			" FROM memory.merged m SEMI JOIN memory.several s ON "+same("m", "s", figureKey),
		"DROP VIEW memory.merged", "DROP TABLE memory.several", "DROP TABLE memory.fresh",
		derivedTable,
	)
}

// derivedTable holds what the merge computes; its rows have no printed text. numerator and denominator are those of
// rates.
const derivedTable = `CREATE TABLE memory.derived (
	indicator INTEGER NOT NULL, slice INTEGER NOT NULL, status TINYINT NOT NULL,
	period_end INTEGER NOT NULL, period_start INTEGER NOT NULL, region INTEGER NOT NULL,
	value DOUBLE NOT NULL, precision TINYINT NOT NULL, numerator DOUBLE, denominator DOUBLE, counts_precision TINYINT NOT NULL,
	source INTEGER NOT NULL, published INTEGER NOT NULL, inferred BOOLEAN NOT NULL, load INTEGER NOT NULL,
	known_from INTEGER NOT NULL, known_to INTEGER NOT NULL)`

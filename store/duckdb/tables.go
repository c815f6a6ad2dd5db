package duckdb

import (
	"slices"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/statement"
)

// The columns of figures, in groups that the merge passes along as they are. NULL stands for an absent value, numerator
// or denominator, and for nothing else.
const (
	// figureKey identifies a figure; in the order of its names it is the natural order.
	figureKey = statement.FigureKey
	// reportedRest is what a report says about its figure.
	reportedRest = "value, missing, precision, numerator, denominator, counts_precision, source, definition, published, inferred, " +
		"printed, printed_offset, note"
	reported = figureKey + ", " + reportedRest
	// arrival orders the reports of one figure: the last is the newest. A withdrawal comes right behind what it takes back,
	// so that a later report of the same day of publication comes behind it; place tells the reports of one load apart.
	arrival = "coalesce(withdraws, published), load, place"
)

// figureTypes declares the columns of a report but those that the merge finds.
const figureTypes = `
	indicator INTEGER NOT NULL, slice INTEGER NOT NULL, status TINYINT NOT NULL,
	period_end INTEGER NOT NULL, period_start INTEGER NOT NULL, region INTEGER NOT NULL,
	value DOUBLE, missing TINYINT NOT NULL, precision TINYINT NOT NULL,
	numerator DOUBLE, denominator DOUBLE, counts_precision TINYINT NOT NULL,
	source INTEGER NOT NULL, definition INTEGER NOT NULL, published INTEGER NOT NULL, inferred BOOLEAN NOT NULL,
	printed VARCHAR NOT NULL, printed_offset INTEGER NOT NULL, note VARCHAR NOT NULL`

// The columns of a stored figure. Days count from 1970-01-01. load is a position in the load table; tie numbers the
// reports of one key that became known on one day; derived figures are computed and filled ones have counts that are, from
// other figures, so that both are computed anew by every load. withdraws is NULL but for withdrawals, which take a figure
// back from their day of publication on: there it is the day of publication of the report taken back.
const (
	storedColumns = "indicator, slice, status, period_start, period_end, region, level, value, missing, precision, numerator, " +
		"denominator, counts_precision, source, definition, published, known_from, known_to, tie, load, derived, filled, inferred, " +
		"printed, printed_offset, note, withdraws"
	storedTypes = `
	indicator INTEGER NOT NULL, slice INTEGER NOT NULL, status TINYINT NOT NULL,
	period_start INTEGER NOT NULL, period_end INTEGER NOT NULL, region INTEGER NOT NULL, level TINYINT NOT NULL,
	value DOUBLE, missing TINYINT NOT NULL, precision TINYINT NOT NULL,
	numerator DOUBLE, denominator DOUBLE, counts_precision TINYINT NOT NULL,
	source INTEGER NOT NULL, definition INTEGER NOT NULL, published INTEGER NOT NULL,
	known_from INTEGER NOT NULL, known_to INTEGER NOT NULL, tie INTEGER NOT NULL, load INTEGER NOT NULL,
	derived BOOLEAN NOT NULL, filled BOOLEAN NOT NULL, inferred BOOLEAN NOT NULL,
	printed VARCHAR NOT NULL, printed_offset INTEGER NOT NULL, note VARCHAR NOT NULL, withdraws INTEGER`
)

// snapshotTables are the tables and views of a snapshot file.
var snapshotTables = slices.Concat([]string{
	"CREATE TABLE staged.observation (" + storedTypes + ", next_end INTEGER NOT NULL)",
	"CREATE TABLE staged.past (" + storedTypes + ")",
}, contentsTables, []string{"USE staged; " + reportView + "; " + figuresView + "; USE memory"})

// contentsTables are those of everything but the figures.
var contentsTables = []string{
	"CREATE TABLE staged.catalogue (kind VARCHAR NOT NULL, ordinal INTEGER NOT NULL, body VARCHAR NOT NULL)",
	"CREATE TABLE staged.manifest (ordinal INTEGER NOT NULL, body VARCHAR NOT NULL)",
	"CREATE TABLE staged.load (ordinal INTEGER NOT NULL, body VARCHAR NOT NULL)",
	"CREATE TABLE staged.check_result (ordinal INTEGER NOT NULL, body VARCHAR NOT NULL)",
	"CREATE TABLE staged.code AS FROM memory.code",
}

// reportView is every report ever published: the current ones and the others, each of which is stored once.
const reportView = "CREATE VIEW report AS SELECT " + storedColumns + " FROM observation UNION ALL SELECT " + storedColumns + " FROM past"

// figuresView shows the current figures to whoever opens the file with DuckDB. It names its tables without a database,
// because a file is attached under its own name there.
const figuresView = `CREATE VIEW figures AS
SELECT r.code AS region, r.label AS region_name, i.code AS indicator, i.label AS indicator_name, sl.code AS slice,
	st.code AS status, DATE '1970-01-01' + o.period_start AS period_start, DATE '1970-01-01' + o.period_end AS period_end,
	o.value, m.code AS missing, p.code AS precision, o.numerator, o.denominator, so.code AS source, d.code AS definition,
	CASE WHEN abs(o.published) < 100000000 THEN DATE '1970-01-01' + o.published END AS published, o.derived, o.printed, o.note
FROM observation o
JOIN code r ON r.kind = 'region' AND r.ordinal = o.region
JOIN code i ON i.kind = 'indicator' AND i.ordinal = o.indicator
JOIN code sl ON sl.kind = 'slice' AND sl.ordinal = o.slice
JOIN code so ON so.kind = 'source' AND so.ordinal = o.source
JOIN code d ON d.Kind = 'definition' AND d.Ordinal = o.definition
JOIN code st ON st.kind = 'status' AND st.ordinal = o.status
JOIN code m ON m.kind = 'missing' AND m.ordinal = o.missing
JOIN code p ON p.kind = 'precision' AND p.ordinal = o.precision`

const (
	codeTable  = "CREATE TABLE memory.code (kind VARCHAR NOT NULL, ordinal INTEGER NOT NULL, scheme VARCHAR NOT NULL, code VARCHAR NOT NULL, label VARCHAR NOT NULL)"
	placeTable = "CREATE TABLE memory.place (region INTEGER NOT NULL, level TINYINT NOT NULL)"
	// seq counts the reports of the batch; in history it is NULL for all others. The last columns are what the merge finds for all but a few reports, so that most of the batch becomes history as it is.
	batchTable = "CREATE TABLE memory.batch (seq BIGINT," + figureTypes + ", withdraws INTEGER, load INTEGER NOT NULL, " +
		"known_from INTEGER NOT NULL, known_to INTEGER NOT NULL, tie INTEGER NOT NULL)"
)

// reportedRows selects what was reported from the reports of a snapshot: without what was derived, the counts that
// were filled in, and all but the first of the rows into which a change of counts split a report. That first row is the
// one known from the day of its publication.
func reportedRows(reports string) string {
	return "SELECT " + figureKey + ", value, missing, precision, " +
		"CASE WHEN filled THEN NULL ELSE numerator END AS numerator, " +
		"CASE WHEN filled THEN NULL ELSE denominator END AS denominator, " +
		"CASE WHEN filled THEN 0::TINYINT ELSE counts_precision END AS counts_precision, " +
		"source, definition, published, inferred, printed, printed_offset, note, load, tie, withdraws " +
		"FROM " + reports + " WHERE NOT derived AND known_from = published"
}

// same renders the equality of the named columns of two tables.
func same(a, b, columns string) string { return equal(a, b, columns, " = ") }

// identical renders the equality of the named columns of two tables, where NULL equals NULL.
func identical(a, b, columns string) string { return equal(a, b, columns, " IS NOT DISTINCT FROM ") }

func equal(a, b, columns, operator string) string {
	names := strings.Split(columns, ", ")
	for i, name := range names {
		names[i] = a + "." + name + operator + b + "." + name
	}
	return strings.Join(names, " AND ")
}

// of prefixes the named columns with a table.
func of(table, columns string) string {
	return table + "." + strings.ReplaceAll(columns, ", ", ", "+table+".")
}

// fillCodes writes the codes behind the ordinals: the merge matches two catalogues by them, the content hash names
// figures by them, and the figures view shows them.
func fillCodes(db *database, c *catalog.Catalog) error {
	a, err := db.newAppender("memory", "code")
	if err != nil {
		return err
	}
	add := func(kind string, ordinal int32, scheme, code, label string) {
		a.putText(kind)
		put(a, ordinal)
		a.putText(scheme)
		a.putText(code)
		a.putText(label)
		_ = a.endRow() // close reports it
	}
	for _, r := range c.Regions() {
		add(content.KindRegion, r.ID, r.Scheme, r.Code, r.Name)
	}
	for _, i := range c.Indicators() {
		add(content.KindIndicator, i.ID, "", i.Code, i.NameEn)
	}
	for id, s := range c.Slices() {
		add(content.KindSlice, int32(id), "", s.String(), "")
	}
	for _, s := range c.Sources() {
		add(content.KindSource, s.ID, "", s.Code, s.Title)
	}
	for id, text := range c.Tables().Definitions {
		add(content.KindDefinition, int32(id), "", text, "")
	}
	for s := indicator.Actual; s <= indicator.Target; s++ {
		add("status", int32(s), "", s.String(), "")
	}
	for m := indicator.NotMissing; m <= indicator.UnknownReason; m++ {
		add("missing", int32(m), "", m.String(), "")
	}
	for p := indicator.Exact; p <= indicator.Approximate; p++ {
		add("precision", int32(p), "", p.String(), "")
	}
	return a.close()
}

// fillPlaces writes the level of each region.
func fillPlaces(db *database, c *catalog.Catalog) error {
	a, err := db.newAppender("memory", "place")
	if err != nil {
		return err
	}
	for _, r := range c.Regions() {
		put(a, r.ID)
		put(a, r.Level)
		_ = a.endRow() // close reports it
	}
	return a.close()
}

// fillDocuments writes documents into a table of a staged file; withKind says that it has a column for the kind.
func fillDocuments(db *database, table string, documents []content.Document, withKind bool) error {
	a, err := db.newAppender("staged", table)
	if err != nil {
		return err
	}
	for _, d := range documents {
		if withKind {
			a.putText(d.Kind)
		}
		put(a, d.Ordinal)
		a.putText(d.Body)
		_ = a.endRow() // close reports it
	}
	return a.close()
}

package duckdb

import (
	"context"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// deriveRates completes rates from the figures of their numerator and denominator, reported or derived totals, of the
// same region, slice, period and status. Table pair holds the intervals in which both are known. Where a rate was
// reported without counts it gets them (table counted), its row split where they change; while none of its
// reports is in force, a rate is derived.
func (w *writer) deriveRates(ctx context.Context) error {
	if err := w.fillRatios(ctx); err != nil {
		return err
	}
	const known = "(SELECT " + figureKey + ", value, precision, source, published, inferred, load, known_from, known_to FROM memory.history " +
		"WHERE known_from < known_to AND value IS NOT NULL UNION ALL SELECT " + figureKey +
		", value, precision, source, published, inferred, load, known_from, known_to FROM memory.derived)"
	const place = "slice, status, period_end, period_start, region"
	if err := w.db.exec(ctx,
		"CREATE TABLE memory.pair AS SELECT t.rate AS indicator, "+of("n", place)+", t.scale, n.value AS numerator, d.value AS denominator, "+
			"CAST(n.precision | ((d.precision & 1) * 2) | (d.precision // 2) AS TINYINT) AS counts_precision, n.source, "+
			"greatest(n.published, d.published) AS published, n.inferred OR d.inferred AS inferred, greatest(n.load, d.load) AS load, "+
			"greatest(n.known_from, d.known_from) AS known_from, least(n.known_to, d.known_to) AS known_to "+
			"FROM memory.ratio t JOIN "+known+" n ON n.indicator = t.numerator JOIN "+known+" d ON d.indicator = t.denominator AND "+
			same("n", "d", place)+" WHERE n.known_from < d.known_to AND d.known_from < n.known_to",
		"CREATE TABLE memory.printed_rate AS SELECT "+figureKey+", known_from, known_to FROM memory.history h "+
			"SEMI JOIN memory.ratio t ON h.indicator = t.rate WHERE h.known_from < h.known_to",
		unprintedTable,
	); err != nil {
		return err
	}
	const columns = figureKey + ", scale * numerator / denominator AS value, counts_precision AS precision, numerator, denominator, " +
		"counts_precision, source, published, inferred, load"
	derive := "INSERT INTO memory.derived BY NAME SELECT " + columns + ", known_from, known_to FROM (" +
		"SELECT p.* FROM memory.pair p ANTI JOIN memory.printed_rate r ON " + same("p", "r", figureKey) +
		" UNION ALL SELECT p.* REPLACE (greatest(p.known_from, u.known_from) AS known_from, least(p.known_to, u.known_to) AS known_to) " +
		"FROM memory.pair p JOIN memory.unprinted u ON " + same("p", "u", figureKey) + " AND p.known_from < u.known_to AND u.known_from < p.known_to" +
		") WHERE denominator <> 0 AND isfinite(scale * numerator / denominator)"
	return w.db.exec(ctx, derive, countedTable)
}

// unprintedTable lists the intervals in which no report of a rate that has some is the newest: before the first, and from a
// withdrawal to the next. In them the rate is derived.
var unprintedTable = "CREATE TABLE memory.unprinted AS SELECT " + figureKey + ", CAST(" + literal(indicator.NoDay) +
	" AS INTEGER) AS known_from, min(known_from) AS known_to FROM memory.printed_rate GROUP BY " + figureKey +
	" UNION ALL SELECT * FROM (SELECT " + figureKey + ", known_to AS known_from, lead(known_from, 1, " + literal(indicator.Forever) +
	") OVER (PARTITION BY " + figureKey + " ORDER BY known_from) AS known_to FROM memory.printed_rate r SEMI JOIN memory.withdrawal w USING (" +
	figureKey + ")) WHERE known_from < known_to"

// countedTable lists, for every report of a rate that gets counts, the intervals into which it is split, by the rowid of
// the report. Neighbouring intervals with the same counts are one; those without counts fill the gaps.
var countedTable = `CREATE TABLE memory.counted AS
WITH overlap AS (
	SELECT h.rowid AS report, h.known_from AS report_from, h.known_to AS report_to, p.numerator, p.denominator, p.counts_precision,
		greatest(h.known_from, p.known_from) AS known_from, least(h.known_to, p.known_to) AS known_to
	FROM memory.history h JOIN memory.pair p ON ` + same("h", "p", figureKey) + `
	WHERE h.numerator IS NULL AND h.denominator IS NULL AND h.known_from < p.known_to AND p.known_from < h.known_to
		AND h.known_from < h.known_to
), filled AS (` + joinIntervals("overlap", "report, report_from, report_to", "numerator, denominator, counts_precision") + `
), gap AS (
	SELECT report, known_to AS known_from, coalesce(lead(known_from) OVER (PARTITION BY report ORDER BY known_from), report_to) AS known_to
	FROM filled
	UNION ALL
	SELECT report, any_value(report_from), min(known_from) FROM filled GROUP BY report
)
SELECT report, numerator, denominator, counts_precision, known_from, known_to FROM filled
UNION ALL
SELECT report, NULL, NULL, 0, known_from, known_to FROM gap WHERE known_from < known_to`

// joinIntervals renders the rows of a table with touching intervals of one key joined where the other columns agree.
func joinIntervals(table, key, others string) string {
	differs := "lag(known_to) OVER key IS DISTINCT FROM known_from"
	for _, column := range strings.Split(others, ", ") {
		differs += " OR lag(" + column + ") OVER key IS DISTINCT FROM " + column
	}
	return "SELECT " + key + ", " + others + ", min(known_from) AS known_from, max(known_to) AS known_to FROM (" +
		"SELECT *, sum(differs) OVER (PARTITION BY " + key + " ORDER BY known_from) AS piece FROM (" +
		"SELECT *, CAST(" + differs + " AS INTEGER) AS differs FROM " + table +
		" WINDOW key AS (PARTITION BY " + key + " ORDER BY known_from))) GROUP BY " + key + ", " + others + ", piece"
}

// fillRatios writes the rates of the catalogue and what they are made of.
func (w *writer) fillRatios(ctx context.Context) error {
	err := w.db.exec(ctx, "CREATE TABLE memory.ratio (rate INTEGER NOT NULL, numerator INTEGER NOT NULL, denominator INTEGER NOT NULL, scale DOUBLE NOT NULL)")
	if err != nil {
		return err
	}
	a, err := w.db.newAppender("memory", "ratio")
	if err != nil {
		return err
	}
	for _, i := range ratios(w.catalog) {
		put(a, i.ID)
		put(a, i.Numerator.ID)
		put(a, i.Denominator.ID)
		put(a, i.Scale)
		_ = a.endRow() // close reports it
	}
	return a.close()
}

// ratios are the rates of a catalogue that are made of two other indicators.
func ratios(c *catalog.Catalog) []*catalog.Indicator {
	var rates []*catalog.Indicator
	for n := range c.Indicators() {
		i := &c.Indicators()[n]
		if i.Kind == indicator.Ratio && !i.Derived() && i.Numerator != nil && i.Denominator != nil {
			rates = append(rates, i)
		}
	}
	return rates
}

package duckdb

import (
	"context"
	"errors"
	"slices"
	"sort"

	"github.com/countyql/countyql/indicator"
)

// derivations are what DuckDB derives from the reports of a held batch.
type derivations struct {
	series  map[seriesName][]heldFigure // derived figures
	counted []countedReport             // by report
}

// heldFigure is a row of the stored tables: a report, or a part of its interval with counts of its own, or what is derived.
type heldFigure struct {
	row  *heldRow
	part *heldPart // nil for a report as it is
}

// heldPart is what a row has that is no report, or only a part of one.
type heldPart struct {
	numerator, denominator float64
	knownFrom, knownTo     indicator.Day
	countsPrecision        indicator.Precision
	derived                bool
}

// countedReport is a part of the interval of a report, by its place in table history.
type countedReport struct {
	report int64
	part   heldPart
}

// countedFrom are the parts of reports from a place in table history on.
func (d *derivations) countedFrom(report int64) []countedReport {
	return d.counted[sort.Search(len(d.counted), func(i int) bool { return d.counted[i].report >= report }):]
}

// deriveHeld has DuckDB derive totals and rates from the reports that take part in any: table history holds no others.
func (w *writer) deriveHeld(ctx context.Context) (*derivations, error) {
	d := &derivations{series: make(map[seriesName][]heldFigure)}
	takesPart := w.takePart()
	if !slices.Contains(takesPart, true) {
		return d, nil
	}
	if err := w.db.exec(ctx, "CREATE TABLE memory.history ("+knownTypes+")"); err != nil {
		return nil, err
	}
	if err := w.fillHistory(ctx, takesPart); err != nil {
		return nil, err
	}
	err := w.db.exec(ctx, "CREATE TABLE memory.withdrawal AS SELECT "+figureKey+", known_from, 0::INTEGER AS reports FROM memory.history LIMIT 0", derivedTable)
	if err == nil {
		err = w.derive(ctx)
	}
	if err == nil {
		err = w.readComputed(ctx, d)
	}
	if err == nil {
		err = w.readCounted(ctx, d)
	}
	if err != nil {
		return nil, err
	}
	for _, dropped := range []string{"VIEW memory.known_rate", "VIEW memory.known", "TABLE memory.history", "TABLE memory.derived", "TABLE memory.computed", "TABLE memory.counted"} {
		if err := w.db.exec(ctx, "DROP "+dropped); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// takePart tells, by indicator, whether its reports are parts of totals, or rates, or what rates are made of.
func (w *writer) takePart() []bool {
	takes := make([]bool, len(w.catalog.Indicators()))
	for _, rule := range []indicator.Rule{indicator.RuleSum, indicator.RuleRatio} {
		for _, p := range planTotals(w.catalog, rule) {
			for _, part := range p.parts {
				takes[part.indicator] = true
			}
		}
	}
	for _, i := range ratios(w.catalog) {
		takes[i.ID], takes[i.Numerator.ID], takes[i.Denominator.ID] = true, true, true
	}
	return takes
}

// fillHistory writes the reports that take part, and are the newest of their figures for some day, into table history.
func (w *writer) fillHistory(ctx context.Context, takesPart []bool) (err error) {
	a, err := w.db.newAppender("memory", "history")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	rows := make([]knownReport, 0, a.room())
	places := int64(0)
	flush := func() error {
		n := len(rows)
		fillKnown(a, rows, w.load())
		places += int64(n)
		rows = rows[:0]
		return a.endRows(n)
	}
	for _, s := range w.held.series {
		if !takesPart[s.name.indicator] {
			continue
		}
		s.history, s.inHistory = places+int64(len(rows)), true
		for row := range s.all() {
			if row.published >= row.knownTo {
				continue
			}
			rows = append(rows, knownReport{row, s.name, w.periods[row.period], w.held.extra(row)})
			if len(rows) < cap(rows) {
				continue
			}
			if err := flush(); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return flush()
}

// knownTypes declares the columns of the reports that take part, in the order of their names in knownColumns.
const knownTypes = `
	indicator INTEGER NOT NULL, slice INTEGER NOT NULL, status TINYINT NOT NULL,
	period_end INTEGER NOT NULL, period_start INTEGER NOT NULL, region INTEGER NOT NULL,
	value DOUBLE, precision TINYINT NOT NULL, numerator DOUBLE, denominator DOUBLE, counts_precision TINYINT NOT NULL,
	source INTEGER NOT NULL, published INTEGER NOT NULL, inferred BOOLEAN NOT NULL, load INTEGER NOT NULL,
	known_from INTEGER NOT NULL, known_to INTEGER NOT NULL`

// knownReport is a report that takes part.
type knownReport struct {
	*heldRow
	series seriesName
	period indicator.Period
	extra  *heldExtra
}

func fillKnown(a *appender, rows []knownReport, load int32) {
	fill(a, rows, func(r *knownReport) int32 { return r.series.indicator })
	fill(a, rows, func(r *knownReport) int32 { return r.series.slice })
	fill(a, rows, func(r *knownReport) indicator.Status { return r.series.status })
	fill(a, rows, func(r *knownReport) indicator.Day { return r.period.End })
	fill(a, rows, func(r *knownReport) indicator.Day { return r.period.Start })
	fill(a, rows, func(r *knownReport) int32 { return r.region })
	fillFloats(a, rows, func(r *knownReport) float64 { return r.value })
	fill(a, rows, func(r *knownReport) indicator.Precision { return r.precision })
	fillFloats(a, rows, func(r *knownReport) float64 { return r.extra.numerator })
	fillFloats(a, rows, func(r *knownReport) float64 { return r.extra.denominator })
	fill(a, rows, func(r *knownReport) indicator.Precision { return r.countsPrecision })
	fill(a, rows, func(r *knownReport) int32 { return r.source })
	fill(a, rows, func(r *knownReport) indicator.Day { return r.published })
	fill(a, rows, func(r *knownReport) bool { return r.flags&heldInferred != 0 })
	fill(a, rows, func(*knownReport) int32 { return load })
	fill(a, rows, func(r *knownReport) indicator.Day { return r.published })
	fill(a, rows, func(r *knownReport) indicator.Day { return r.knownTo })
}

// readComputed reads the figures that were derived.
func (w *writer) readComputed(ctx context.Context, d *derivations) error {
	r, err := w.db.query(ctx, "SELECT indicator, slice, status, period_start, period_end, region, value, precision, numerator, denominator, "+
		"counts_precision, source, published, inferred, known_from, known_to FROM memory.computed")
	if err != nil {
		return err
	}
	defer r.close()
	s := &scanner{result: r}
	indicators, slices, statuses := next[int32](s), next[int32](s), next[indicator.Status](s)
	starts, ends, regions := next[indicator.Day](s), next[indicator.Day](s), next[int32](s)
	values, precisions := nextFloats(s), next[indicator.Precision](s)
	numerators, denominators, countsPrecisions := nextFloats(s), nextFloats(s), next[indicator.Precision](s)
	sources, published, inferred := next[int32](s), next[indicator.Day](s), next[bool](s)
	from, to := next[indicator.Day](s), next[indicator.Day](s)
	if s.err != nil {
		return s.err
	}
	rank := make(map[indicator.Period]uint32, len(w.periods))
	for place, p := range w.periods {
		rank[p] = uint32(place)
	}
	rows, parts := make([]heldRow, r.rows), make([]heldPart, r.rows)
	for i := range rows {
		rows[i] = heldRow{
			value: stored(values[i]), period: rank[indicator.Period{Start: starts[i], End: ends[i]}], region: regions[i],
			published: published[i], source: sources[i], precision: precisions[i],
		}
		if inferred[i] {
			rows[i].flags = heldInferred
		}
		parts[i] = heldPart{numerators[i], denominators[i], from[i], to[i], countsPrecisions[i], true}
		name := seriesName{indicators[i], slices[i], statuses[i]}
		d.series[name] = append(d.series[name], heldFigure{&rows[i], &parts[i]})
	}
	return nil
}

// readCounted reads the intervals of reports that were given counts.
func (w *writer) readCounted(ctx context.Context, d *derivations) error {
	r, err := w.db.query(ctx, "SELECT report, numerator, denominator, CAST(counts_precision AS TINYINT), known_from, known_to "+
		"FROM memory.counted ORDER BY report, known_from")
	if err != nil {
		return err
	}
	defer r.close()
	s := &scanner{result: r}
	reports, numerators, denominators := next[int64](s), nextFloats(s), nextFloats(s)
	precisions, from, to := next[indicator.Precision](s), next[indicator.Day](s), next[indicator.Day](s)
	if s.err != nil {
		return s.err
	}
	d.counted = make([]countedReport, r.rows)
	for i := range d.counted {
		d.counted[i] = countedReport{reports[i], heldPart{numerators[i], denominators[i], from[i], to[i], precisions[i], false}}
	}
	return nil
}

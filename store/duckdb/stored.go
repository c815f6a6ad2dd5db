package duckdb

import "github.com/countyql/countyql/indicator"

// storedFigure is a row of the tables of figures.
type storedFigure struct {
	series                        seriesName
	period                        indicator.Period
	region                        int32
	level                         indicator.Level
	missing                       indicator.Missing
	precision, countsPrecision    indicator.Precision
	value, numerator, denominator float64 // NaN where there is none
	source, definition, offset    int32
	published, knownFrom, knownTo indicator.Day
	tie, load                     int32
	derived, filled, inferred     bool
	withdraws                     indicator.Day // NoDay but for withdrawals
	nextEnd                       indicator.Day // of current figures
	text                          heldText
}

// fillFigures writes rows in the order of the stored columns.
func fillFigures(a *appender, rows []storedFigure) {
	fill(a, rows, func(r *storedFigure) int32 { return r.series.indicator })
	fill(a, rows, func(r *storedFigure) int32 { return r.series.slice })
	fill(a, rows, func(r *storedFigure) indicator.Status { return r.series.status })
	fill(a, rows, func(r *storedFigure) indicator.Day { return r.period.Start })
	fill(a, rows, func(r *storedFigure) indicator.Day { return r.period.End })
	fill(a, rows, func(r *storedFigure) int32 { return r.region })
	fill(a, rows, func(r *storedFigure) indicator.Level { return r.level })
	fillFloats(a, rows, func(r *storedFigure) float64 { return r.value })
	fill(a, rows, func(r *storedFigure) indicator.Missing { return r.missing })
	fill(a, rows, func(r *storedFigure) indicator.Precision { return r.precision })
	fillFloats(a, rows, func(r *storedFigure) float64 { return r.numerator })
	fillFloats(a, rows, func(r *storedFigure) float64 { return r.denominator })
	fill(a, rows, func(r *storedFigure) indicator.Precision { return r.countsPrecision })
	fill(a, rows, func(r *storedFigure) int32 { return r.source })
	fill(a, rows, func(r *storedFigure) int32 { return r.definition })
	fill(a, rows, func(r *storedFigure) indicator.Day { return r.published })
	fill(a, rows, func(r *storedFigure) indicator.Day { return r.knownFrom })
	fill(a, rows, func(r *storedFigure) indicator.Day { return r.knownTo })
	fill(a, rows, func(r *storedFigure) int32 { return r.tie })
	fill(a, rows, func(r *storedFigure) int32 { return r.load })
	fill(a, rows, func(r *storedFigure) bool { return r.derived })
	fill(a, rows, func(r *storedFigure) bool { return r.filled })
	fill(a, rows, func(r *storedFigure) bool { return r.inferred })
	fillTexts(a, rows, func(r *storedFigure) string { return r.text.printed })
	fill(a, rows, func(r *storedFigure) int32 { return r.offset })
	fillTexts(a, rows, func(r *storedFigure) string { return r.text.note })
	fillDays(a, rows, func(r *storedFigure) indicator.Day { return r.withdraws })
}

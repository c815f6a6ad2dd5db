// Package loader brings data packages into a store: it reads the package's tables, maps and validates every row, stages
// the figures beside the published snapshot, runs the declared checks on what was staged, and publishes the result in
// one step or not at all.
//
// Each stage is a file or a group of files of its own: read, map, validate, stage, check, and load, which runs them in
// this order and publishes. Every row that is refused is reported with file, line, character column, the text and a
// hint; one refused row is enough to publish nothing.
//
// A plain CSV file takes a shorter way (files plain*.go): blocks of it are read on every processor, and at the first row that
// is refused, or that reports a figure again, the whole file is left to the row-by-row way. So there is one place that knows
// what is wrong with a row.
//
// The package reads files through fs.FS and writes through store.Engine. It knows no database, and of ours it imports
// packages indicator, catalog, store, and those below it only.
package loader

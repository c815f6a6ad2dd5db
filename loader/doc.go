// Package loader brings data packages into a store: it reads the package's tables, maps and validates every row, stages
// the figures beside the published snapshot, runs the declared checks on what was staged, and publishes the result in
// one step or not at all.
//
// Each stage is a file or a group of files of its own: read, map, validate, stage, check, and load, which runs them in
// this order and publishes. Every row that is refused is reported with file, line, character column, the text and a
// hint; one refused row is enough to publish nothing.
//
// The package reads files through fs.FS and writes through store.Engine. It knows no database, and of ours it imports
// packages indicator, catalog, store, and those below it only.
package loader

// Package store defines how figures are kept and read: an Engine holds immutable snapshots, one of them published; a
// Snapshot answers Selects; a Writer stages the next snapshot for the loader and publishes it in one step.
//
// A Select is a value made of catalogue ordinals, days and numbers, never SQL and never a user's text. Engines filter,
// count and pick the newest figure of each series; how figures combine is decided above, in package query. Engines are
// subpackages and the only places that import a database driver.
package store

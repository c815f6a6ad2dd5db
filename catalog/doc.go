// Package catalog is the in-memory index of one snapshot: regions as a tree, indicators, dimensions, slices, sources
// and units, with search and suggestions over their names.
//
// A Catalog is immutable and safe for concurrent use. It holds no figures: those are in the engine, keyed by the
// catalogue's ordinals. It imports package indicator and nothing else of ours, and reads no files.
package catalog

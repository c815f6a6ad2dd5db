// Package query answers questions about figures: it resolves a request against the catalogue, plans a few Selects, runs
// them on the pinned snapshot, and combines the rows by the indicators' contracts.
//
// The engine filters rows and picks the newest of each series; everything that decides what a number means happens
// here, once, in Go: rollup over time and regions, coverage, precision, ranks and other statistics. A Session belongs to
// one request and sees one snapshot. The package knows no GraphQL and no SQL.
package query

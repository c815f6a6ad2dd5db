// Package export writes the answers of package query as files: CSV, JSON lines, Parquet and Arrow streams of flat, typed columns.
// It says which columns an answer has and how they are encoded; it knows nothing of HTTP or GraphQL. Rows are written as they are
// made, so that a file may be larger than memory.
package export

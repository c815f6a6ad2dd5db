// Package duckdb keeps a store in DuckDB files, one immutable file per snapshot, and implements store.Engine.
//
// A load merges into a new file under staging/ by set-based SQL and publishes it by two renames: the file into
// snapshots/, then CURRENT. A published file is never written again, and no file name is used twice, so that any number
// of processes may read it. Readers open it read-only in a DuckDB instance of its own and swap to another one when
// CURRENT changes, be it newer or an earlier one that is published again.
//
// The merge knows the rules by which reports supersede each other, counts complete rates and parts make totals; what
// figures mean together is left to package query. No text of a user reaches SQL: selections are integers and finite
// floats rendered by one function, and the load's texts travel through appenders.
//
// It may import store, indicator, catalog and the DuckDB driver; nothing else of ours imports that driver.
package duckdb

// Package clickhouse keeps a store in a ClickHouse cluster and implements store.Engine.
//
// Figures are spread over the shards by region; every replica of a shard is written by the loader. A load is merged by
// another engine, the staging, which keeps a copy of the published snapshot; then the rows that changed are sent, the others are
// linked from the tables of the snapshot before. A snapshot is a set of tables named after it, complete under their names from
// the first moment on, and one row in a log of publications makes it the published one.
//
// No text of a user reaches SQL: selections are numbers, names of tables come from snapshot ids of a fixed form, and the load's
// texts travel as blocks of columns.
//
// It may import store, indicator, catalog and the ClickHouse client; nothing else of ours imports that client.
package clickhouse

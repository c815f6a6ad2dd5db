// Package telemetry is how a server says how it is doing: the log, metrics for Prometheus, traces by OTLP, and the log of slow
// engine queries. It knows nothing of HTTP routes, GraphQL or DuckDB: those tell it what happened.
package telemetry

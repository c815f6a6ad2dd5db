package duckdb

import "github.com/countyql/countyql/store/statement"

// literal renders a number, the only kind of value that enters SQL.
func literal[N statement.Number](n N) string { return statement.Literal(n) }

// literals renders numbers as a list, sorted and without repetitions.
func literals[N statement.Number](n []N) string { return statement.Literals(n) }

// The tables of an attached snapshot file.
const (
	observationTable = "snapshot.observation"
	pastTable        = "snapshot.past"
	reportTable      = "snapshot.report" // both
)

// dialect is how selections are rendered.
var dialect = statement.DuckDB()

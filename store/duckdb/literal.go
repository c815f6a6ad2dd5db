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

// inOrder is how selections are rendered from a file whose current figures are all in their order, and tailed from one that has some
// behind the others.
var inOrder, tailed = statement.DuckDB(), tailedDialect()

func tailedDialect() *statement.Dialect {
	d := statement.DuckDB()
	d.Tail = true
	return d
}

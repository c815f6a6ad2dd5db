// Package statement renders selections as SQL, one text for every engine but for a Dialect: the names of tables and types, and how
// absent values are sorted.
//
// The SQL is the subset that DuckDB and ClickHouse share: no CTE, window, QUALIFY or FILTER, and no alias that is a column's
// name. Values enter it through Literal alone, which takes numbers, so that no text of a user can.
package statement

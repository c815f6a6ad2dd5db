// Package question holds what the benchmark of queries asks: twelve questions over the star, each as GraphQL, as a file where
// there is one, and as SQL for DuckDB alone. Parameters are drawn anew for every request, so that no answer is given twice.
package question

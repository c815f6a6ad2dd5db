// Package content says what a snapshot holds in terms that every engine shares: its catalogue, loads and check results as JSON
// documents, and the hash of its catalogue and figures, which depends neither on an engine nor on the order of rows.
//
// It does no input or output.
package content

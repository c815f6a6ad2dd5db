package statement

import (
	"math"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Range renders the current figures at places of their natural order, which are of the indicators from first to last. It is for engines that
// store them so, and know better where indicators are than where places are.
func (d *Dialect) Range(from, to int64, first, last int32) string {
	// Without ORDER BY: what is stored in an order is read in it.
	return "SELECT " + Columns{Read: store.FigureColumns}.list() + "\nFROM " + d.Observation + d.where(
		"indicator >= "+Literal(first), "indicator <= "+Literal(last), d.Stored+" >= "+Literal(from), d.Stored+" < "+Literal(to))
}

// RangeAndTail renders the current figures stored at places from one up to and without another, and behind them those stored from the
// place tail on, of the indicators from first to last.
func (d *Dialect) RangeAndTail(from, to, tail int64, first, last int32) string {
	return d.Range(from, to, first, last) + "\nUNION ALL\n" + d.Range(tail, math.MaxInt64, first, last)
}

// Between renders the figures of a selection stored at places from one up to and without another, as they are stored. The selection has nothing of
// an order, of time and of a part of the rows.
func (d *Dialect) Between(s store.Select, from, to int64) (string, error) {
	table, err := d.from(s)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("SELECT " + ColumnsOf(&s).list() + "\n" + table)
	writeWhere(&b, append(d.filters(s), d.Stored+" >= "+Literal(from), d.Stored+" < "+Literal(to)))
	return b.String(), nil
}

// StoredSeries renders what CountSeries does, and for each series the first and the last place of the figures that are stored before
// the place tail, -1 where there are none, and how many others there are.
func (d *Dialect) StoredSeries(tail int64) string {
	bound := func(function string) string {
		return "CAST(coalesce(" + function + "(" + d.Stored + ") FILTER (" + d.Stored + " < " + Literal(tail) + "), -1) AS " + d.Int64 + ")"
	}
	behind := "CAST(count(*) FILTER (" + d.Stored + " >= " + Literal(tail) + ") AS " + d.Int64 + ")"
	return "SELECT indicator, slice, status, CAST(count(*) AS " + d.Int64 + "), " + bound("min") + ", " + bound("max") + ", " + behind +
		"\nFROM " + d.Observation + d.where() + "\nGROUP BY indicator, slice, status\nORDER BY indicator, slice, status"
}

// CountSeries renders the number of current figures of each series: indicator, slice, status and rows, in natural order.
func (d *Dialect) CountSeries() string {
	return "SELECT indicator, slice, status, CAST(count(*) AS " + d.Int64 + ")\nFROM " + d.Observation + d.where() +
		"\nGROUP BY indicator, slice, status\nORDER BY indicator, slice, status"
}

// Inexact renders the indicators that have current figures that are not exact.
func (d *Dialect) Inexact() string {
	return "SELECT indicator\nFROM " + d.Observation + d.where("precision <> "+Literal(indicator.Exact)) + "\nGROUP BY indicator"
}

// where renders conditions on current figures.
func (d *Dialect) where(conditions ...string) string {
	if d.Current != "" {
		conditions = append(conditions, d.Current)
	}
	var b strings.Builder
	writeWhere(&b, conditions)
	return b.String()
}

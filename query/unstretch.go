package query

import (
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// laidOut lays stretches out in rows, without sources.
func laidOut(stretches []store.Stretch) *store.Rows {
	n := 0
	for i := range stretches {
		n += stretches[i].Len()
	}
	rows := &store.Rows{
		Indicator: make([]int32, 0, n), Slice: make([]int32, 0, n), Region: make([]int32, 0, n), Definition: make([]int32, 0, n),
		Status: make([]indicator.Status, 0, n), Start: make([]indicator.Day, 0, n), End: make([]indicator.Day, 0, n),
		Value: make([]float64, 0, n), Missing: make([]indicator.Missing, 0, n), Precision: make([]indicator.Precision, 0, n),
		Numerator: make([]float64, 0, n), Denominator: make([]float64, 0, n), CountsPrecision: make([]indicator.Precision, 0, n),
		Derived: make([]bool, n),
	}
	for i := range stretches {
		t, n := &stretches[i], stretches[i].Len()
		rows.Indicator, rows.Slice = appendSame(rows.Indicator, t.Indicator, n), appendSame(rows.Slice, t.Slice, n)
		rows.Status, rows.Region = appendSame(rows.Status, t.Status, n), append(rows.Region, t.Region...)
		rows.Start, rows.End = appendSame(rows.Start, t.Period.Start, n), appendSame(rows.End, t.Period.End, n)
		rows.Value, rows.Missing = append(rows.Value, t.Value...), appendOr(rows.Missing, t.Missing, indicator.NotMissing, n)
		rows.Precision = appendOr(rows.Precision, t.Precision, indicator.Exact, n)
		rows.Numerator, rows.Denominator = appendOr(rows.Numerator, t.Numerator, math.NaN(), n), appendOr(rows.Denominator, t.Denominator, math.NaN(), n)
		rows.CountsPrecision = appendOr(rows.CountsPrecision, t.CountsPrecision, indicator.Exact, n)
		rows.Definition = appendOr(rows.Definition, t.Definition, t.Defined, n)
	}
	return rows
}

func appendSame[T any](to []T, value T, n int) []T {
	for range n {
		to = append(to, value)
	}
	return to
}

// appendOr appends a column or, where it is nil, n times the same.
func appendOr[T any](to, column []T, value T, n int) []T {
	if column == nil {
		return appendSame(to, value, n)
	}
	return append(to, column...)
}

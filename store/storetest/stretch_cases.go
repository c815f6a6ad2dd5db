package storetest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// testStretches holds figures in stretches against those of the naive evaluation, wherever an engine or what wraps it hands them out so.
func (r reads) testStretches(t *testing.T, e Engine, figures []figure) {
	for i, wrap := range r.wraps {
		snapshot := pin(t, wrap(t, e))
		stretcher, ok := snapshot.(store.Stretcher)
		if !ok {
			continue
		}
		past := store.NewSelect() // which nobody has in memory
		past.AsOf = day(2)
		selectRows(t, snapshot, past)
		check := func(t *rapid.T) {
			s := drawFoldedSelect(t)
			s.Omit = store.ColumnSource | store.ColumnDerived
			for _, column := range []store.Columns{store.ColumnDefinition, store.ColumnPrecision, store.ColumnCounts} {
				if rapid.Bool().Draw(t, "omit") {
					s.Omit |= column
				}
			}
			want := rowsOf(selectFigures(figures, s), s)
			list, ok, err := stretcher.Stretches(t.Context(), s)
			if s.Cap > 0 && want.Len() > s.Cap {
				var capped *store.RowCapError
				if ok || err != nil && (!errors.As(err, &capped) || capped.Cap != s.Cap) {
					t.Fatalf("stretches of %+v: %t, %v of %d figures", s, ok, err, want.Len())
				}
				return
			}
			if err != nil {
				t.Fatalf("stretches of %+v: %v", s, err)
			}
			if ok {
				diffRows(t, snapshot.Contents().Catalog, want, rowsOfStretches(list, s))
			}
		}
		t.Run(fmt.Sprint("stretches, wrapped ", i+1), rapid.MakeCheck(check))
	}
}

// rowsOfStretches has a row for each figure.
func rowsOfStretches(list []store.Stretch, s store.Select) *store.Rows {
	rows := &store.Rows{}
	for i := range list {
		t, n := &list[i], list[i].Len()
		rows.Indicator, rows.Slice = append(rows.Indicator, same(t.Indicator, n)...), append(rows.Slice, same(t.Slice, n)...)
		rows.Status, rows.Region = append(rows.Status, same(t.Status, n)...), append(rows.Region, t.Region...)
		rows.Start, rows.End = append(rows.Start, same(t.Period.Start, n)...), append(rows.End, same(t.Period.End, n)...)
		rows.Value, rows.Missing = append(rows.Value, t.Value...), append(rows.Missing, or(t.Missing, indicator.NotMissing, n)...)
		rows.Precision, rows.Definition = append(rows.Precision, or(t.Precision, indicator.Exact, n)...), append(rows.Definition, or(t.Definition, t.Defined, n)...)
		rows.Numerator, rows.Denominator = append(rows.Numerator, or(t.Numerator, math.NaN(), n)...), append(rows.Denominator, or(t.Denominator, math.NaN(), n)...)
		rows.CountsPrecision = append(rows.CountsPrecision, or(t.CountsPrecision, indicator.Exact, n)...)
	}
	rows.Drop(s.Omit)
	return rows
}

func same[T any](cell T, n int) []T { return slices.Repeat([]T{cell}, n) }

// or is a column or, where it is nil, n cells that are the same.
func or[T any](column []T, cell T, n int) []T {
	if column == nil {
		return same(cell, n)
	}
	return column
}

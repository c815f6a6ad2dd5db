package storetest

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/store"
)

// testWalks holds figures that are shown as they are read against those of the naive evaluation, if an engine shows them so.
func testWalks(t *testing.T, e Engine, figures []figure) {
	snapshot := pin(t, e)
	walker, ok := snapshot.(store.Walker)
	if !ok {
		return
	}
	t.Run("walk", rapid.MakeCheck(func(t *rapid.T) {
		s := drawFoldedSelect(t)
		s.Cap, s.Omit = 0, store.ColumnSource|store.ColumnDefinition
		for _, column := range []store.Columns{store.ColumnPrecision, store.ColumnCounts, store.ColumnDerived} {
			if rapid.Bool().Draw(t, "omit") {
				s.Omit |= column
			}
		}
		got := &store.Rows{}
		if err := walker.Walk(t.Context(), s, func(shown *store.Stretch) error {
			rows := rowsOfStretches([]store.Stretch{*shown}, s)
			appendWalked(got, rows)
			got.Derived = append(got.Derived, shown.Derived...)
			return nil
		}); err != nil {
			t.Fatalf("walk %+v: %v", s, err)
		}
		got.Drop(s.Omit)
		diffRows(t, snapshot.Contents().Catalog, rowsOf(selectFigures(figures, s), s), got)
	}))
	enough := errors.New("enough")
	seen := 0
	if err := walker.Walk(t.Context(), store.NewSelect(), func(*store.Stretch) error {
		seen++
		return enough
	}); !errors.Is(err, enough) || seen != 1 {
		t.Errorf("a walk that is ended goes on for %d stretches and returns %v", seen, err)
	}
	paged := store.NewSelect()
	paged.Limit = 1
	if err := walker.Walk(t.Context(), paged, func(*store.Stretch) error { return nil }); err == nil {
		t.Error("a part of the rows is shown")
	}
}

// appendWalked appends the columns that stretches have.
func appendWalked(to, rows *store.Rows) {
	to.Indicator, to.Slice, to.Status = append(to.Indicator, rows.Indicator...), append(to.Slice, rows.Slice...), append(to.Status, rows.Status...)
	to.Region, to.Start, to.End = append(to.Region, rows.Region...), append(to.Start, rows.Start...), append(to.End, rows.End...)
	to.Value, to.Missing, to.Precision = append(to.Value, rows.Value...), append(to.Missing, rows.Missing...), append(to.Precision, rows.Precision...)
	to.Numerator, to.Denominator = append(to.Numerator, rows.Numerator...), append(to.Denominator, rows.Denominator...)
	to.CountsPrecision = append(to.CountsPrecision, rows.CountsPrecision...)
}

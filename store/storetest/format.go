package storetest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// lines writes rows one a line, as one would note them down: 01 grids sector=primary 2020-02-03 = 12.
// What is usual is left out: the total, a measured and exact figure. With evidence the days of being known follow.
func lines(c *catalog.Catalog, r *store.Rows) []string {
	out := make([]string, r.Len())
	for i := range out {
		out[i] = line(c, r, i)
	}
	return out
}

func line(c *catalog.Catalog, r *store.Rows, i int) string {
	parts := []string{c.Regions()[r.Region[i]].Code, c.Indicators()[r.Indicator[i]].Code}
	add := func(shown bool, text string) {
		if shown {
			parts = append(parts, text)
		}
	}
	add(r.Slice[i] != 0, c.Slices()[r.Slice[i]].String())
	add(true, indicator.Period{Start: r.Start[i], End: r.End[i]}.String())
	add(r.Status[i] != indicator.Actual, r.Status[i].String())
	add(true, "=")
	add(!math.IsNaN(r.Value[i]), fmt.Sprint(r.Value[i]))
	add(r.Missing[i] != indicator.NotMissing, r.Missing[i].String())
	add(r.Precision[i] != indicator.Exact, r.Precision[i].String())
	add(!math.IsNaN(r.Numerator[i]) || !math.IsNaN(r.Denominator[i]), fmt.Sprint(r.Numerator[i], "/", r.Denominator[i]))
	add(r.CountsPrecision[i] != indicator.Exact, "counts "+r.CountsPrecision[i].String())
	add(r.Derived[i], "derived")
	add(r.Source[i] != 0, c.Sources()[r.Source[i]].Code)
	add(r.Definition[i] != 0, c.Definition(r.Definition[i]))
	if r.Published == nil {
		return strings.Join(parts, " ")
	}
	until := "…"
	if r.KnownTo[i] != indicator.Forever {
		until = r.KnownTo[i].String()
	}
	add(true, fmt.Sprintf("[%s %s)", r.KnownFrom[i], until))
	add(r.KnownFrom[i] != r.Published[i], "published "+r.Published[i].String())
	add(r.Tie[i] != 0, fmt.Sprint("tie ", r.Tie[i]))
	add(r.Load[i] != 0, fmt.Sprint("load ", r.Load[i]))
	add(r.Inferred[i], "inferred")
	add(r.Offset[i] != -1, fmt.Sprint("at ", r.Offset[i]))
	add(r.Printed[i] != "", r.Printed[i])
	add(r.Note[i] != "", r.Note[i])
	return strings.Join(parts, " ")
}

// diffRows fails unless the rows are equal, line by line and in every column.
func diffRows(t fatal, c *catalog.Catalog, want, got *store.Rows) {
	t.Helper()
	if SameRows(want, got) {
		return
	}
	if complete(want) && complete(got) {
		if diff := cmp.Diff(lines(c, want), lines(c, got)); diff != "" {
			t.Fatalf("rows (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("columns (-want +got):\n%s", diff)
	}
}

// complete reports whether rows have all columns of figures, and those of evidence all or none.
func complete(r *store.Rows) bool {
	for _, there := range []bool{r.Source != nil, r.Definition != nil, r.Precision != nil, r.Numerator != nil, r.Derived != nil} {
		if !there {
			return false
		}
	}
	for _, there := range []bool{
		r.KnownFrom != nil, r.Tie != nil, r.Load != nil, r.Inferred != nil, r.Offset != nil, r.Printed != nil, r.Note != nil,
	} {
		if there != (r.Published != nil) {
			return false
		}
	}
	return true
}

// SameRows reports whether all columns are equal, a NaN to another and no column to an empty one. It is much quicker than a difference.
func SameRows(a, b *store.Rows) bool {
	left, right := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range left.NumField() {
		if left.Field(i).Len() == 0 && right.Field(i).Len() == 0 {
			continue
		}
		x, y := left.Field(i).Interface(), right.Field(i).Interface()
		if numbers, ok := x.([]float64); ok {
			same := func(p, q float64) bool { return p == q || math.IsNaN(p) && math.IsNaN(q) }
			others, ok := y.([]float64)
			if !ok || !slices.EqualFunc(numbers, others, same) {
				return false
			}
		} else if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

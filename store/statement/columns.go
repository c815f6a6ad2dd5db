package statement

import (
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Columns are the columns of a rendered selection's rows. What the selection fixes to one value is not read: whoever reads the rows
// fills it in.
type Columns struct {
	Read store.Columns // of those that can be left out
	// The values that are the same in all rows; nil for columns that are read.
	Indicator, Slice *int32
	Status           *indicator.Status
	Period           *indicator.Period // both days
}

// ColumnsOf are the columns of a selection.
func ColumnsOf(s *store.Select) Columns {
	return Columns{
		Read: s.Columns(), Indicator: only(s.Indicators), Slice: only(s.Slices), Status: only(s.Statuses), Period: s.Period,
	}
}

func only[T any](list []T) *T {
	if len(list) != 1 {
		return nil
	}
	return &list[0]
}

// list renders the columns in the order in which engines read them.
func (c Columns) list() string {
	var names []string
	add := func(read bool, columns ...string) {
		if read {
			names = append(names, columns...)
		}
	}
	add(c.Indicator == nil, "indicator")
	add(c.Slice == nil, "slice")
	add(true, "region")
	add(c.Read.Has(store.ColumnSource), "source")
	add(c.Read.Has(store.ColumnDefinition), "definition")
	add(c.Status == nil, "status")
	add(c.Period == nil, "period_start", "period_end")
	add(true, "value", "missing")
	add(c.Read.Has(store.ColumnPrecision), "precision")
	add(c.Read.Has(store.ColumnCounts), "numerator", "denominator", "counts_precision")
	add(c.Read.Has(store.ColumnDerived), "derived")
	add(c.Read.Has(store.ColumnPublished), "published")
	add(c.Read.Has(store.ColumnKnown), "known_from", "known_to")
	add(c.Read.Has(store.ColumnTie), "tie")
	add(c.Read.Has(store.ColumnLoad), "load")
	add(c.Read.Has(store.ColumnInferred), "inferred")
	add(c.Read.Has(store.ColumnOffset), "printed_offset")
	add(c.Read.Has(store.ColumnPrinted), "printed")
	add(c.Read.Has(store.ColumnNote), "note")
	return strings.Join(names, ", ")
}

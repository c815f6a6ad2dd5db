package mapping

import (
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/tabular"
)

// Columns are the columns of observations, which a mapped table has.
var Columns = []string{
	"region", "indicator", "slice", "period", "status", "value", "unit", "precision", "numerator", "denominator", "missing",
	"printed", "offset", "source", "published_on", "period_inferred", "definition", "note",
}

// The places of columns in Columns.
const (
	colRegion = iota
	colIndicator
	colSlice
	colPeriod
	colStatus
	colValue
	colUnit
	colPrecision
	colNumerator
	colDenominator
	colMissing
	colPrinted
	colOffset
	colSource
	colPublishedOn
	colPeriodInferred
	colDefinition
	colNote
	columnCount
)

// Name asks for a region by its name.
type Name struct {
	Text   string
	Within string            // name or code of a region around it; empty for anywhere
	Scheme string            // empty for any
	Levels []indicator.Level // empty for any
}

// Resolver knows the regions, units and indicators that figures may be of.
type Resolver interface {
	// Region returns scheme:code of the regions that a name can mean: several if it is not enough to tell them apart. If
	// there is none the error is an *indicator.Error, with suggestions.
	Region(name Name) ([]string, error)
	// Known reports whether there is a region of a code; the empty scheme is any.
	Known(code, scheme string) bool
	// Unit returns the code of a unit by its code or name.
	Unit(name string) (string, bool)
	// Indicator returns the code of an indicator by its code or name.
	Indicator(name string) (string, bool)
}

// table lays a mapping over a foreign table.
type table struct {
	mapping  *Mapping
	foreign  tabular.Table
	resolver Resolver
	header   *header
	rows     boundRows
	values   []boundValue

	cells   []string // the foreign row, tidy, with the columns that splits made
	filled  []string // what stood last in the columns that are filled down
	pending int      // the value of the foreign row that is next
	ended   bool     // footnotes have begun
	regions map[nameKey]resolved
	periods map[*period]map[string]periodText

	out     []string
	origins [columnCount]origin
}

// origin is where a cell of a mapped row comes from: a cell of the foreign row, or a place that does not change with it.
type origin struct {
	cell  int // of the foreign row; -1 is the row; -2 is the place
	place tabular.Place
}

const fixedPlace = -2

// nameKey is a name as the cells of a row give it.
type nameKey struct {
	of           *region
	text, within string
}

// periodText is what a text was read as.
type periodText struct {
	period indicator.Period
	ok     bool
}

// resolved is what a name was found to mean.
type resolved struct {
	codes []string
	err   error
}

// New lays a mapping over a table, which it reads from and closes when it is closed itself. The error is an *Invalid where
// the mapping does not fit the table, and otherwise the table's own.
//
// The Table returned yields one row of Columns for each figure. A cell that cannot be read as the mapping says is a
// *tabular.Malformed at the cell's place, and reading goes on with the next figure, or with the next row where what is
// wrong holds for the whole row.
func New(m *Mapping, foreign tabular.Table, resolver Resolver) (tabular.Table, error) {
	h, err := m.File.readHeader(foreign)
	if err != nil {
		return nil, err
	}
	t := &table{
		mapping: m, foreign: foreign, resolver: resolver, header: h,
		regions: make(map[nameKey]resolved), periods: make(map[*period]map[string]periodText),
		out: make([]string, columnCount),
	}
	b := binder{table: t}
	b.splits()
	t.rows = b.bindRows(&m.rows)
	for i := range m.values {
		t.values = append(t.values, b.bindValue(&m.values[i])...)
	}
	if len(b.problems) > 0 {
		return nil, &Invalid{b.problems}
	}
	t.pending = len(t.values)
	return t, nil
}

// Columns returns the columns of observations.
func (t *table) Columns() []string { return Columns }

// Close closes the foreign table.
func (t *table) Close() error { return t.foreign.Close() }

// Place returns where a cell comes from.
func (t *table) Place(cell int) tabular.Place {
	if cell < 0 || cell >= columnCount {
		return t.foreign.Place(-1)
	}
	return t.placeOf(t.origins[cell])
}

func (t *table) placeOf(o origin) tabular.Place {
	if o.cell == fixedPlace {
		return o.place
	}
	return t.foreign.Place(o.cell)
}

// Next returns the next figure.
func (t *table) Next() ([]string, error) {
	for {
		if t.pending >= len(t.values) {
			if err := t.nextRow(); err != nil {
				return nil, err
			}
			continue
		}
		v := &t.values[t.pending]
		t.pending++
		result, err := t.figure(v)
		if err != nil {
			return nil, err
		}
		if result == taken {
			return t.out, nil
		}
	}
}

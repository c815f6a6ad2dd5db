package mapping

import (
	"io"
	"slices"
	"strings"

	"github.com/countyql/countyql/loader/tabular"
)

// Tables lists the columns of the tables that a mapping may declare rows of; those that a row cannot do without are
// marked by an exclamation mark.
var Tables = map[string][]string{
	"units":            {"code!", "name_zh", "name_en", "dimension", "factor!"},
	"regions":          {"code!", "scheme", "parent", "level!", "name!", "name_en", "aliases", "valid_from", "valid_to", "successor"},
	"dimensions":       {"code!", "name_zh", "name_en", "description"},
	"dimension_values": {"dimension!", "value!", "name_zh", "name_en"},
	"indicators": {
		"code!", "name_zh", "name_en", "description", "topic", "unit!", "kind!", "min", "max", "polarity",
		"rollup_regions", "rollup_time", "rollup_dimensions", "numerator", "denominator", "weight", "formula", "aliases",
	},
	"breakdowns": {"indicator!", "dimension!", "complete"},
	"sources":    {"code!", "title!", "publisher", "published_on", "published_inferred", "language", "licence", "note"},
	"checks":     {"code!", "kind!", "severity!", "indicator", "dimension", "other", "factor", "tolerance", "description"},
}

// tableOrder lists the tables so that each refers only to those before it.
var tableOrder = []string{"units", "regions", "dimensions", "dimension_values", "indicators", "breakdowns", "sources", "checks"}

// Declared is the rows that a mapping declares of one table.
type Declared struct {
	Name    string // of the table: regions, units, indicators …
	columns []string
	rows    []declaredRow
}

// declaredRow is one row, with the place of each cell.
type declaredRow struct {
	place  tabular.Place
	cells  []string
	places []tabular.Place
}

// Declared returns the tables that the mapping declares rows of, each after those it refers to.
func (m *Mapping) Declared() []Declared { return m.declared }

// Table returns the declared rows as a table of its own; the places are those of the mapping file.
func (d Declared) Table() tabular.Table { return &declaredTable{declared: d, at: -1} }

func readDeclared(n node) []Declared {
	var tables []Declared
	fields := make([]field, 0, len(tableOrder))
	for _, name := range tableOrder {
		fields = append(fields, field{name, func(n node) { tables = append(tables, readDeclaredTable(name, n)) }})
	}
	n.fields(fields)
	slices.SortFunc(tables, func(a, b Declared) int {
		return slices.Index(tableOrder, a.Name) - slices.Index(tableOrder, b.Name)
	})
	return tables
}

func readDeclaredTable(name string, n node) Declared {
	d := Declared{Name: name}
	for _, column := range Tables[name] {
		d.columns = append(d.columns, strings.TrimSuffix(column, "!"))
	}
	for _, item := range n.items() {
		row := declaredRow{place: item.place(), cells: make([]string, len(d.columns)), places: make([]tabular.Place, len(d.columns))}
		fields := make([]field, len(d.columns))
		for i, column := range d.columns {
			fields[i] = field{column, func(n node) {
				row.places[i] = n.place()
				row.cells[i] = readCell(column, n)
			}}
		}
		item.fields(fields)
		for i, column := range Tables[name] {
			if row.places[i].File == "" {
				row.places[i] = row.place
			}
			if required, ok := strings.CutSuffix(column, "!"); ok && row.cells[i] == "" && item.isMapping() {
				item.fail("", "%s is missing", required)
			}
		}
		d.rows = append(d.rows, row)
	}
	return d
}

// readCell is a declared cell: aliases may be a list.
func readCell(column string, n node) string {
	if column != "aliases" || !n.isList() {
		written, _ := n.text()
		return written
	}
	var aliases []string
	for _, item := range n.items() {
		written, _ := item.required()
		aliases = append(aliases, written)
	}
	return strings.Join(aliases, "|")
}

// declaredTable reads declared rows.
type declaredTable struct {
	declared Declared
	at       int
}

// Columns returns the table's columns.
func (t *declaredTable) Columns() []string { return t.declared.columns }

// Next returns the next row.
func (t *declaredTable) Next() ([]string, error) {
	if t.at+1 >= len(t.declared.rows) {
		return nil, io.EOF
	}
	t.at++
	return slices.Clone(t.declared.rows[t.at].cells), nil
}

// Place returns where a cell is declared.
func (t *declaredTable) Place(cell int) tabular.Place {
	switch {
	case t.at < 0:
		return tabular.Place{}
	case cell < 0 || cell >= len(t.declared.columns):
		return t.declared.rows[t.at].place
	}
	return t.declared.rows[t.at].places[cell]
}

// Close does nothing.
func (t *declaredTable) Close() error { return nil }

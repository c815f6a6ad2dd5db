package loader

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// place is where a catalogue row stands: in a file of the package, or, the zero value, in the store.
type place struct {
	file    string
	line    int
	columns map[string]int // character columns by field
}

// catalogueTables are the catalogue's tables being merged: the package's rows over those of the store.
type catalogueTables struct {
	catalog.Tables
	// places says for every row of a table where it comes from.
	places map[string][]place
	// index finds a row of a table by its key.
	index map[string]map[string]int
	// lines says on which line of the package a table's key was first read.
	lines map[string]map[string]spot
	// broken names the tables with rows that could not be read: that a code is not there says nothing then.
	broken map[string]bool

	problems *problems
	files    []indicator.LoadedFile
}

// catalogueOrder lists the tables so that each refers only to those before it.
var catalogueOrder = []string{
	tableUnits, tableRegions, tableDimensions, tableDimensionValues, tableIndicators, tableBreakdowns, tableSources, tableChecks,
}

// mapCatalogue reads the package's catalogue tables over the parent's: a row replaces the parent's row of the same
// code, in its place, and the parent's other rows stay. The parent's tables are not changed.
func mapCatalogue(d *descriptor, parent *catalog.Catalog, problems *problems, progress func(*table)) (*catalogueTables, error) {
	c := &catalogueTables{
		places:   make(map[string][]place),
		index:    make(map[string]map[string]int),
		lines:    make(map[string]map[string]spot),
		broken:   make(map[string]bool),
		problems: problems,
	}
	if parent != nil {
		c.copyFrom(parent.Tables())
	}
	c.indexRows()
	readers := map[string]func(row){
		tableUnits: c.unit, tableRegions: c.region, tableDimensions: c.dimension, tableDimensionValues: c.dimensionValue,
		tableIndicators: c.indicator, tableBreakdowns: c.breakdown, tableSources: c.source, tableChecks: c.check,
	}
	for _, name := range catalogueOrder {
		res, ok := d.find(name)
		if !ok {
			continue
		}
		t, err := openTable(res, problems)
		if err != nil {
			return nil, err
		}
		if t == nil {
			c.broken[name] = true
			continue
		}
		before := problems.total
		if err := c.readTable(t, readers[name]); err != nil {
			return nil, err
		}
		c.broken[name] = problems.total > before
		c.files = append(c.files, t.done...)
		progress(t)
	}
	c.completeIndicators()
	return c, nil
}

func (c *catalogueTables) readTable(t *table, read func(row)) error {
	defer t.close()
	for {
		r, ok, err := t.next()
		if err != nil || !ok {
			return err
		}
		for i := range r.cells {
			r.cells[i] = strings.Clone(r.cells[i]) // what is kept must not keep the rest of the line
		}
		read(r)
	}
}

// copyFrom takes the parent's rows over, so deep that no change reaches the parent.
func (c *catalogueTables) copyFrom(tables catalog.Tables) {
	c.Regions = slices.Clone(tables.Regions)
	c.Units = slices.Clone(tables.Units)
	c.Sources = slices.Clone(tables.Sources)
	c.Checks = slices.Clone(tables.Checks)
	c.Slices = slices.Clone(tables.Slices)
	c.Definitions = slices.Clone(tables.Definitions)
	c.Dimensions = slices.Clone(tables.Dimensions)
	for i := range c.Dimensions {
		c.Dimensions[i].Values = slices.Clone(c.Dimensions[i].Values)
	}
	c.Indicators = slices.Clone(tables.Indicators)
	for i := range c.Indicators {
		c.Indicators[i].Breakdowns = slices.Clone(c.Indicators[i].Breakdowns)
	}
}

func (c *catalogueTables) indexRows() {
	for _, name := range catalogueOrder {
		c.index[name] = make(map[string]int)
		c.lines[name] = make(map[string]spot)
	}
	for i := range c.Regions {
		c.index[tableRegions][regionKey(&c.Regions[i])] = i
	}
	for i := range c.Units {
		c.index[tableUnits][c.Units[i].Code] = i
	}
	for i := range c.Dimensions {
		c.index[tableDimensions][c.Dimensions[i].Code] = i
		for j, v := range c.Dimensions[i].Values {
			c.index[tableDimensionValues][c.Dimensions[i].Code+"="+v.Value] = j
		}
	}
	for i := range c.Indicators {
		c.index[tableIndicators][c.Indicators[i].Code] = i
		for j, b := range c.Indicators[i].Breakdowns {
			c.index[tableBreakdowns][c.Indicators[i].Code+"="+b.Dimension] = j
		}
	}
	for i := range c.Sources {
		c.index[tableSources][c.Sources[i].Code] = i
	}
	for i := range c.Checks {
		c.index[tableChecks][c.Checks[i].Code] = i
	}
	c.places[tableRegions] = make([]place, len(c.Regions))
	c.places[tableUnits] = make([]place, len(c.Units))
	c.places[tableDimensions] = make([]place, len(c.Dimensions))
	c.places[tableIndicators] = make([]place, len(c.Indicators))
	c.places[tableSources] = make([]place, len(c.Sources))
	c.places[tableChecks] = make([]place, len(c.Checks))
}

func regionKey(r *indicator.Region) string { return r.Scheme + ":" + r.Code }

// put adds a row to a table, or replaces the store's row of the same key.
func put[R any](c *catalogueTables, r row, table, key string, rows *[]R, value R) {
	if !c.first(r, table, "code", key) {
		return
	}
	at, replaces := c.index[table][key]
	if replaces {
		(*rows)[at] = value
		c.places[table][at] = r.place()
		return
	}
	c.index[table][key] = len(*rows)
	*rows = append(*rows, value)
	c.places[table] = append(c.places[table], r.place())
}

// first reports a problem if the package has a row of the same key already.
func (c *catalogueTables) first(r row, table, field, key string) bool {
	if first, repeated := c.lines[table][key]; repeated {
		r.reject(field, CodeDuplicate, fmt.Sprintf("%s is on %s already", quote(r.cell(field)), r.table.nameSpot(first)), "")
		return false
	}
	c.lines[table][key] = r.table.spot()
	return true
}

// place remembers where the row's cells are.
func (r row) place() place {
	at := r.table.file.rows.Place(-1)
	p := place{file: at.File, line: at.Line, columns: make(map[string]int, len(r.table.columns))}
	for name, i := range r.table.columns {
		p.columns[name] = r.table.file.rows.Place(i).Column
	}
	return p
}

// build makes the catalogue, and turns what it finds inconsistent into problems; the catalogue is nil then.
func (c *catalogueTables) build() *catalog.Catalog {
	built, err := catalog.New(c.Tables)
	if err == nil {
		return built
	}
	var inconsistent catalog.Problems
	if !errors.As(err, &inconsistent) {
		c.problems.add(Problem{Code: CodeCatalogue, Message: err.Error()})
		return nil
	}
	for _, p := range inconsistent {
		problem := Problem{Field: p.Field, Code: CodeCatalogue, Message: p.Message, Hint: p.Hint}
		if p.Row < len(c.places[p.Table]) {
			at := c.places[p.Table][p.Row]
			problem.File, problem.Line, problem.Column = at.file, at.line, max(at.columns[p.Field], 1)
		}
		if problem.File == "" {
			problem.Message = p.Table + " " + quote(c.code(p.Table, p.Row)) + ": " + p.Message
		}
		c.problems.add(problem)
		c.problems.rows++
	}
	return nil
}

// code is the code of a table's row.
func (c *catalogueTables) code(table string, row int) string {
	switch table {
	case tableRegions:
		return c.Regions[row].Code
	case tableUnits:
		return c.Units[row].Code
	case tableDimensions:
		return c.Dimensions[row].Code
	case tableIndicators:
		return c.Indicators[row].Code
	case tableSources:
		return c.Sources[row].Code
	default:
		return c.Checks[row].Code
	}
}

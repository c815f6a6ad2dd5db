package catalog

import (
	"fmt"
	"slices"

	"github.com/countyql/countyql/indicator"
)

// Tables is the content of a catalogue as plain rows: what is loaded, stored with a snapshot and given to New.
// Ordinals of indicators, slices, sources and definitions are positions in these slices. Regions are ordinals in
// pre-order of the tree, whatever order they are given in.
type Tables struct {
	Regions    []indicator.Region
	Indicators []indicator.Indicator
	Dimensions []indicator.Dimension
	Units      []indicator.Unit
	Sources    []indicator.Source
	Checks     []indicator.Check
	// Slices lists every slice that figures have; the total is always first.
	Slices []indicator.Slice
	// Definitions lists every text that says how a figure's definition departs from its indicator's; the empty text,
	// no departure, is always first.
	Definitions []string
}

// Catalog is the immutable index of one snapshot's tables.
type Catalog struct {
	tables      Tables
	regions     []Region // in pre-order
	indicators  []Indicator
	sources     []Source
	dimensions  map[string]*indicator.Dimension
	units       map[string]*indicator.Unit
	slices      map[string]int32
	definitions map[string]int32

	regionsByCode   map[string][]*Region // bare code, and scheme:code
	indicatorByCode map[string]*Indicator
	sourceByCode    map[string]*Source
	search          searchIndex
	enclosing       map[indicator.Level][]int32 // of each level that regions have
	whole           map[indicator.Level]*Whole
	dated           []int32
	succeeding      []*Region
}

// Region is a region placed in the tree.
type Region struct {
	indicator.Region
	// ID is the region's number in pre-order; everything inside it has the numbers ID+1 up to, not including, End.
	ID, End   int32
	Parent    *Region // nil for a root
	Children  []*Region
	Successor *Region // nil unless the code was replaced
	// Predecessors are the retired regions that this one replaced, in the order of the table.
	Predecessors []*Region
}

// Contains reports whether other is the region itself or lies inside it.
func (r *Region) Contains(other *Region) bool { return r.ID <= other.ID && other.ID < r.End }

// Ancestor returns the enclosing region of a level, the region itself if it has that level, nil if there is none.
func (r *Region) Ancestor(level indicator.Level) *Region {
	for a := r; a != nil; a = a.Parent {
		if a.Level == level {
			return a
		}
	}
	return nil
}

// indexLevels works out Enclosing and Whole for every level that regions have, Dated and Succeeding.
func (c *Catalog) indexLevels() {
	c.enclosing, c.whole = make(map[indicator.Level][]int32), make(map[indicator.Level]*Whole)
	for i := range c.regions {
		r := &c.regions[i]
		if c.enclosing[r.Level] == nil {
			c.enclosing[r.Level], c.whole[r.Level] = make([]int32, len(c.regions)), new(Whole)
		}
		if r.ValidFrom != indicator.NoDay || r.ValidTo != indicator.NoDay {
			c.dated = append(c.dated, r.ID)
		}
		if len(r.Predecessors) > 0 {
			c.succeeding = append(c.succeeding, r)
		}
		c.whole[r.Level].add(r)
	}
	for level, enclosing := range c.enclosing {
		for i := range c.regions { // parents come first
			switch r := &c.regions[i]; {
			case r.Level == level:
				enclosing[i] = r.ID
			case r.Parent != nil:
				enclosing[i] = enclosing[r.Parent.ID]
			default:
				enclosing[i] = -1
			}
		}
	}
}

// Whole is the regions of a level that have not been replaced. It must not be changed.
type Whole struct {
	Regions []*Region // in tree order
	// Ranges are the fewest ranges of numbers that have these regions and no other of the level.
	Ranges []Range

	broken bool // a region of the level that has been replaced follows the last range
}

// Range is the numbers of regions from From up to, not including, To.
type Range struct{ From, To int32 }

// add adds a region of the level, if it has not been replaced. They come in tree order.
func (w *Whole) add(r *Region) {
	switch n := len(w.Ranges); {
	case r.Retired():
		w.broken = true
		return
	case n == 0 || w.broken:
		w.Ranges = append(w.Ranges, Range{r.ID, r.ID + 1})
	default:
		w.Ranges[n-1].To = r.ID + 1
	}
	w.Regions, w.broken = append(w.Regions, r), false
}

// Whole is the regions of a level that have not been replaced; nil if no region has the level.
func (c *Catalog) Whole(level indicator.Level) *Whole { return c.whole[level] }

// Succeeding are the regions that replaced others, in tree order. The list must not be changed.
func (c *Catalog) Succeeding() []*Region { return c.succeeding }

// Dated are the numbers of the regions whose codes are known to have been in force from or to a day, ascending. The list must not be changed.
func (c *Catalog) Dated() []int32 { return c.dated }

// Enclosing is the number of each region's Ancestor of a level, by the number of the region: -1 where there is none, and nil where no region has the level.
// It must not be changed.
func (c *Catalog) Enclosing(level indicator.Level) []int32 { return c.enclosing[level] }

// Current returns the region that stands for this one today: the last of its successors, itself if it has none.
func (r *Region) Current() *Region {
	for r.Successor != nil {
		r = r.Successor
	}
	return r
}

// Indicator is an indicator with its ordinal and the indicators its contract refers to.
type Indicator struct {
	indicator.Indicator
	ID          int32
	Numerator   *Indicator // nil unless a RATIO names its counts
	Denominator *Indicator
	Weight      *Indicator // nil unless a WEIGHTED_MEAN
}

// Source is a source with its ordinal.
type Source struct {
	indicator.Source
	ID int32
}

// Problem is one inconsistency of catalogue tables: Table and Row locate it, Field names the column.
type Problem struct {
	Table   string // the resource: regions, indicators, breakdowns …
	Row     int    // index into that table
	Field   string
	Message string
	Hint    string
}

// Problems is the error of New: every inconsistency found, in table order.
type Problems []Problem

// Error describes the first problem and counts the rest.
func (p Problems) Error() string {
	first := p[0]
	text := fmt.Sprintf("%s row %d, %s: %s", first.Table, first.Row+1, first.Field, first.Message)
	if len(p) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(p)-1)
	}
	return text
}

// New indexes the tables. It returns Problems if codes are missing, repeated or refer to nothing, or if regions
// enclose or succeed themselves.
func New(tables Tables) (*Catalog, error) {
	c := &Catalog{tables: tables}
	if len(tables.Slices) == 0 || len(tables.Slices[0]) != 0 {
		c.tables.Slices = append([]indicator.Slice{{}}, tables.Slices...)
	}
	if len(tables.Definitions) == 0 || tables.Definitions[0] != "" {
		c.tables.Definitions = append([]string{""}, tables.Definitions...)
	}
	var problems Problems
	report := func(p Problem) { problems = append(problems, p) }
	c.indexUnits(report)
	c.indexDimensions(report)
	c.indexRegions(report)
	c.indexIndicators(report)
	c.indexSources(report)
	c.checkChecks(report)
	if len(problems) > 0 {
		return nil, problems
	}
	c.slices = make(map[string]int32, len(c.tables.Slices))
	for i, s := range c.tables.Slices {
		c.slices[s.String()] = int32(i)
	}
	c.definitions = make(map[string]int32, len(c.tables.Definitions))
	for i, d := range c.tables.Definitions {
		c.definitions[d] = int32(i)
	}
	c.search = newSearchIndex(c)
	c.indexLevels()
	return c, nil
}

func reportEmpty(report func(Problem), table string, row int, code string) {
	if code == "" {
		report(Problem{Table: table, Row: row, Field: "code", Message: "the code is empty"})
	}
}

func (c *Catalog) indexUnits(report func(Problem)) {
	c.units = make(map[string]*indicator.Unit, len(c.tables.Units))
	for i := range c.tables.Units {
		u := &c.tables.Units[i]
		if c.units[u.Code] != nil {
			report(Problem{Table: "units", Row: i, Field: "code", Message: fmt.Sprintf("unit %q is listed twice", u.Code)})
		}
		reportEmpty(report, "units", i, u.Code)
		if !(u.Factor > 0) {
			report(Problem{Table: "units", Row: i, Field: "factor", Message: "the factor is not positive"})
		}
		c.units[u.Code] = u
	}
}

func (c *Catalog) indexDimensions(report func(Problem)) {
	c.dimensions = make(map[string]*indicator.Dimension, len(c.tables.Dimensions))
	for i := range c.tables.Dimensions {
		d := &c.tables.Dimensions[i]
		if c.dimensions[d.Code] != nil {
			report(Problem{Table: "dimensions", Row: i, Field: "code", Message: fmt.Sprintf("dimension %q is listed twice", d.Code)})
		}
		reportEmpty(report, "dimensions", i, d.Code)
		c.dimensions[d.Code] = d
	}
}

func (c *Catalog) indexSources(report func(Problem)) {
	c.sources = make([]Source, len(c.tables.Sources))
	c.sourceByCode = make(map[string]*Source, len(c.sources))
	for i := range c.tables.Sources {
		s := &c.sources[i]
		*s = Source{Source: c.tables.Sources[i], ID: int32(i)}
		if c.sourceByCode[s.Code] != nil {
			report(Problem{Table: "sources", Row: i, Field: "code", Message: fmt.Sprintf("source %q is listed twice", s.Code)})
		}
		reportEmpty(report, "sources", i, s.Code)
		c.sourceByCode[s.Code] = s
	}
}

func (c *Catalog) checkChecks(report func(Problem)) {
	seen := make(map[string]bool, len(c.tables.Checks))
	for i, check := range c.tables.Checks {
		if seen[check.Code] {
			report(Problem{Table: "checks", Row: i, Field: "code", Message: fmt.Sprintf("check %q is listed twice", check.Code)})
		}
		reportEmpty(report, "checks", i, check.Code)
		seen[check.Code] = true
		for _, ref := range []struct{ field, code string }{{"indicator", check.Indicator}, {"other", check.Other}} {
			if ref.code != "" && c.indicatorByCode[ref.code] == nil {
				report(Problem{Table: "checks", Row: i, Field: ref.field, Message: fmt.Sprintf("indicator %q does not exist", ref.code)})
			}
		}
		if check.Dimension != "" && c.dimensions[check.Dimension] == nil {
			report(Problem{Table: "checks", Row: i, Field: "dimension", Message: fmt.Sprintf("dimension %q does not exist", check.Dimension)})
		}
	}
}

// Tables returns the catalogue's rows, to be stored or merged. They must not be changed.
func (c *Catalog) Tables() Tables { return c.tables }

// Regions returns all regions in pre-order; a region's position is its ID. The slice must not be changed.
func (c *Catalog) Regions() []Region { return c.regions }

// Indicators returns all indicators; an indicator's position is its ID. The slice must not be changed.
func (c *Catalog) Indicators() []Indicator { return c.indicators }

// Sources returns all sources; a source's position is its ID. The slice must not be changed.
func (c *Catalog) Sources() []Source { return c.sources }

// Slices returns all slices; a slice's position is its ID and the total has the ID 0. The slice must not be changed.
func (c *Catalog) Slices() []indicator.Slice { return c.tables.Slices }

// Definition returns the text of a definition's ordinal; empty for 0.
func (c *Catalog) Definition(id int32) string { return c.tables.Definitions[id] }

// DefinitionID returns the ordinal of a definition's text.
func (c *Catalog) DefinitionID(text string) (int32, bool) {
	id, ok := c.definitions[text]
	return id, ok
}

// Region finds a region by its code, or by scheme:code where two schemes share the code. A retired code is found too.
func (c *Catalog) Region(code string) (*Region, error) {
	found := c.regionsByCode[code]
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		err := indicator.Errorf(indicator.UnknownRegion, "there is no region %q", shown(code))
		err.Suggestions = c.search.suggest(code, HitRegion)
		err.Hint = "look codes up with search(text:) or regions(where:)"
		return nil, err
	}
	err := indicator.Errorf(indicator.UnknownRegion, "code %q belongs to %d schemes", code, len(found))
	for _, r := range found {
		err.Suggestions = append(err.Suggestions, r.Scheme+":"+r.Code)
	}
	err.Hint = "name the scheme"
	return nil, err
}

// CodeOf is what Region finds a region by: its code, with the scheme before it where two schemes share the code.
func (c *Catalog) CodeOf(r *Region) string {
	if len(c.regionsByCode[r.Code]) > 1 {
		return r.QualifiedCode()
	}
	return r.Code
}

// Indicator finds an indicator by its code.
func (c *Catalog) Indicator(code string) (*Indicator, error) {
	if found := c.indicatorByCode[code]; found != nil {
		return found, nil
	}
	err := indicator.Errorf(indicator.UnknownIndicator, "there is no indicator %q", shown(code))
	err.Suggestions = c.search.suggest(code, HitIndicator)
	err.Hint = "look codes up with search(text:) or indicators"
	return nil, err
}

// Source finds a source by its code.
func (c *Catalog) Source(code string) (*Source, error) {
	if found := c.sourceByCode[code]; found != nil {
		return found, nil
	}
	err := indicator.Errorf(indicator.UnknownSource, "there is no source %q", shown(code))
	err.Suggestions = c.search.suggest(code, HitSource)
	err.Hint = "look codes up with sources"
	return nil, err
}

// Dimension finds a dimension by its code.
func (c *Catalog) Dimension(code string) (*indicator.Dimension, error) {
	if found := c.dimensions[code]; found != nil {
		return found, nil
	}
	err := indicator.Errorf(indicator.UnknownDimension, "there is no dimension %q", shown(code))
	codes := make([]string, 0, len(c.dimensions))
	for known := range c.dimensions {
		codes = append(codes, known)
	}
	slices.Sort(codes)
	err.Suggestions = closest(code, codes)
	err.Hint = "an indicator lists its dimensions"
	return nil, err
}

// Unit finds a unit by its code.
func (c *Catalog) Unit(code string) (*indicator.Unit, bool) {
	u, ok := c.units[code]
	return u, ok
}

// SliceID returns the ordinal of a slice, and false if no figure has it.
func (c *Catalog) SliceID(s indicator.Slice) (int32, bool) {
	id, ok := c.slices[s.String()]
	return id, ok
}

// CheckSlice returns an UNKNOWN_DIMENSION error unless every coordinate's dimension exists and has the value.
func (c *Catalog) CheckSlice(s indicator.Slice) error {
	for _, coordinate := range s {
		d, err := c.Dimension(coordinate.Dimension)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(d.Values, func(v indicator.DimensionValue) bool { return v.Value == coordinate.Value }) {
			continue
		}
		unknown := indicator.Errorf(indicator.UnknownDimension, "dimension %q has no value %q", d.Code, shown(coordinate.Value))
		values := make([]string, len(d.Values))
		for i, v := range d.Values {
			values[i] = v.Value
		}
		unknown.Suggestions = closest(coordinate.Value, values)
		return unknown
	}
	return nil
}

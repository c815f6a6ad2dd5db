package loader

import (
	"math"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// cellValue reads a cell by a parser and reports what the parser refuses. The empty cell is the zero value.
func cellValue[V any](r row, name string, parse func(string) (V, error)) V {
	var zero V
	text := r.cell(name)
	if text == "" {
		return zero
	}
	value, err := parse(text)
	if err != nil {
		r.rejectError(name, err)
		return zero
	}
	return value
}

// day reads a date; the empty cell is NoDay.
func (r row) day(name string) indicator.Day {
	if r.cell(name) == "" {
		return indicator.NoDay
	}
	return cellValue(r, name, indicator.ParseDay)
}

func (r row) number(name string) float64 {
	return cellValue(r, name, func(text string) (float64, error) {
		value, err := parseNumber(text)
		if err != nil {
			return 0, &indicator.Error{Code: indicator.InvalidInput, Message: quote(text) + " is not a number"}
		}
		return value, nil
	})
}

// list reads a cell's texts, which are separated by vertical bars.
func (r row) list(name string) []string {
	text := r.cell(name)
	if text == "" {
		return nil
	}
	return strings.Split(text, "|")
}

// refers reports a problem unless a cell names a row of another table; the empty cell names none.
func (c *catalogueTables) refers(r row, name, table, what string) bool {
	code := r.cell(name)
	if _, ok := c.index[table][code]; ok || code == "" {
		return true
	}
	if c.broken[table] {
		return false
	}
	r.reject(name, CodeCatalogue, what+" "+quote(code)+" does not exist", "add it to "+table+", or correct the code")
	return false
}

func (c *catalogueTables) unit(r row) {
	put(c, r, tableUnits, r.cell("code"), &c.Units, indicator.Unit{
		Code: r.cell("code"), NameZh: r.cell("name_zh"), NameEn: r.cell("name_en"),
		Quantity: r.cell("dimension"), Factor: r.number("factor"),
	})
}

func (c *catalogueTables) region(r row) {
	region := indicator.Region{
		Code: r.cell("code"), Scheme: r.cell("scheme"), Parent: r.cell("parent"),
		Level: cellValue(r, "level", indicator.ParseLevel),
		Name:  r.cell("name"), NameEn: r.cell("name_en"), Aliases: r.list("aliases"),
		ValidFrom: r.day("valid_from"), ValidTo: r.day("valid_to"), Successor: r.cell("successor"),
	}
	if region.ValidTo != indicator.NoDay && region.ValidFrom != indicator.NoDay && region.ValidTo < region.ValidFrom {
		r.reject("valid_to", CodeCatalogue, "the code ends before it begins", "")
	}
	if region.Successor != "" && region.ValidTo == indicator.NoDay {
		r.reject("successor", CodeCatalogue, "a code in force has no successor", "say in valid_to when it ended")
	}
	put(c, r, tableRegions, regionKey(&region), &c.Regions, region)
}

func (c *catalogueTables) dimension(r row) {
	d := indicator.Dimension{
		Code: r.cell("code"), NameZh: r.cell("name_zh"), NameEn: r.cell("name_en"), Description: r.cell("description"),
	}
	if strings.ContainsAny(d.Code, "=;|") {
		r.reject("code", CodeValue, "a code holds none of = ; |", "")
	}
	if at, replaces := c.index[tableDimensions][d.Code]; replaces {
		d.Values = c.Dimensions[at].Values
	}
	put(c, r, tableDimensions, d.Code, &c.Dimensions, d)
}

func (c *catalogueTables) dimensionValue(r row) {
	if !c.refers(r, "dimension", tableDimensions, "dimension") {
		return
	}
	v := indicator.DimensionValue{Value: r.cell("value"), NameZh: r.cell("name_zh"), NameEn: r.cell("name_en")}
	if strings.ContainsAny(v.Value, "=;|") {
		r.reject("value", CodeValue, "a value holds none of = ; |", "")
		return
	}
	d := &c.Dimensions[c.index[tableDimensions][r.cell("dimension")]]
	key := d.Code + "=" + v.Value
	if !c.first(r, tableDimensionValues, "value", key) {
		return
	}
	if at, replaces := c.index[tableDimensionValues][key]; replaces {
		d.Values[at] = v
		return
	}
	c.index[tableDimensionValues][key] = len(d.Values)
	d.Values = append(d.Values, v)
}

func (c *catalogueTables) indicator(r row) {
	i := indicator.Indicator{
		Code: r.cell("code"), NameZh: r.cell("name_zh"), NameEn: r.cell("name_en"), Description: r.cell("description"),
		Topic: r.cell("topic"), Unit: r.cell("unit"),
		Kind:     cellValue(r, "kind", indicator.ParseKind),
		Polarity: cellValue(r, "polarity", indicator.ParsePolarity),
		Rollup: indicator.Rollup{
			Regions:    cellValue(r, "rollup_regions", indicator.ParseRule),
			Time:       cellValue(r, "rollup_time", indicator.ParseRule),
			Dimensions: cellValue(r, "rollup_dimensions", indicator.ParseRule),
		},
		Numerator: r.cell("numerator"), Denominator: r.cell("denominator"), Weight: r.cell("weight"),
		Formula: r.cell("formula"), Aliases: r.list("aliases"),
	}
	for _, bound := range []struct {
		name string
		set  **float64
	}{{"min", &i.Min}, {"max", &i.Max}} {
		if r.cell(bound.name) != "" {
			value := r.number(bound.name)
			*bound.set = &value
		}
	}
	if i.Min != nil && i.Max != nil && *i.Min > *i.Max {
		r.reject("max", CodeCatalogue, "the maximum is below the minimum", "")
	}
	scaleRatio(r, &i)
	if at, replaces := c.index[tableIndicators][i.Code]; replaces {
		i.Breakdowns = c.Indicators[at].Breakdowns
	}
	put(c, r, tableIndicators, i.Code, &c.Indicators, i)
}

// scaleRatio sets what numerator / denominator is multiplied by, also where a rate names no indicators and only its
// figures bring their counts, and the parts of a derived indicator.
func scaleRatio(r row, i *indicator.Indicator) {
	written := 1.0
	if i.Formula != "" {
		numerator, denominator, scale, err := indicator.ParseFormula(i.Formula)
		if err != nil {
			r.rejectError("formula", err)
			return
		}
		if i.Numerator != "" && i.Numerator != numerator || i.Denominator != "" && i.Denominator != denominator {
			r.reject("numerator", CodeCatalogue, "the formula has other parts", "leave numerator and denominator empty where there is a formula")
		}
		i.Numerator, i.Denominator, written = numerator, denominator, scale
	}
	switch {
	case i.Numerator == "" && i.Denominator == "" && i.Kind != indicator.Ratio:
	case written != 1:
		i.Scale = written
	case i.Unit == unitPercent:
		i.Scale = 100
	case i.Unit == unitPerMille:
		i.Scale = 1000
	default:
		i.Scale = 1
	}
}

func (c *catalogueTables) breakdown(r row) {
	if !c.refers(r, "indicator", tableIndicators, "indicator") || !c.refers(r, "dimension", tableDimensions, "dimension") {
		return
	}
	b := indicator.Breakdown{Dimension: r.cell("dimension"), Complete: cellValue(r, "complete", parseBoolean)}
	i := &c.Indicators[c.index[tableIndicators][r.cell("indicator")]]
	key := i.Code + "=" + b.Dimension
	if !c.first(r, tableBreakdowns, "dimension", key) {
		return
	}
	if at, replaces := c.index[tableBreakdowns][key]; replaces {
		i.Breakdowns[at] = b
		return
	}
	c.index[tableBreakdowns][key] = len(i.Breakdowns)
	i.Breakdowns = append(i.Breakdowns, b)
}

func (c *catalogueTables) source(r row) {
	put(c, r, tableSources, r.cell("code"), &c.Sources, indicator.Source{
		Code: r.cell("code"), Title: r.cell("title"), Publisher: r.cell("publisher"),
		PublishedOn: r.day("published_on"), PublishedInferred: cellValue(r, "published_inferred", parseBoolean),
		Language: r.cell("language"), Licence: r.cell("licence"), Note: r.cell("note"),
	})
}

func (c *catalogueTables) check(r row) {
	check := indicator.Check{
		Code: r.cell("code"), Kind: cellValue(r, "kind", indicator.ParseCheckKind),
		Severity:  cellValue(r, "severity", indicator.ParseSeverity),
		Indicator: r.cell("indicator"), Dimension: r.cell("dimension"), Other: r.cell("other"),
		Factor: r.number("factor"), Tolerance: r.number("tolerance"), Description: r.cell("description"),
	}
	if check.Tolerance < 0 {
		r.reject("tolerance", CodeCatalogue, "the tolerance is negative", "")
	}
	demand := func(name string, ok bool, message string) {
		if !ok {
			r.reject(name, CodeCatalogue, message, "")
		}
	}
	if r.table.rejected {
		return // what its kind demands is not known
	}
	kind := check.Kind.String()
	switch check.Kind {
	case indicator.PartsSum:
		demand("dimension", check.Dimension != "", kind+" needs the dimension of the parts")
	case indicator.Jump:
		demand("factor", check.Factor > 1, kind+" needs a factor above 1")
	case indicator.ShareOf:
		demand("factor", check.Factor > 0, kind+" needs a positive factor")
		fallthrough
	case indicator.SameAs:
		demand("indicator", check.Indicator != "", kind+" needs an indicator")
		demand("other", check.Other != "", kind+" needs another indicator to compare with")
	}
	put(c, r, tableChecks, check.Code, &c.Checks, check)
}

// completeIndicators fills what depends on other tables and refuses contracts that no row shows to be wrong by itself.
func (c *catalogueTables) completeIndicators() {
	for n := range c.Indicators {
		i := &c.Indicators[n]
		if at, ok := c.index[tableUnits][i.Unit]; ok {
			i.UnitFactor = c.Units[at].Factor
		}
		for _, part := range []struct{ field, code string }{{"numerator", i.Numerator}, {"denominator", i.Denominator}} {
			at, ok := c.index[tableIndicators][part.code]
			if !ok {
				continue // the catalogue reports what does not exist
			}
			field := part.field
			if i.Derived() {
				field = "formula"
			}
			if kind := c.Indicators[at].Kind; kind != indicator.Count && kind != indicator.Amount {
				c.reject(tableIndicators, n, field, "the parts of a ratio are of kind COUNT or AMOUNT, and "+part.code+" is of kind "+kind.String())
			}
		}
	}
	for n := range c.Units {
		if c.Units[n].Quantity == "" {
			c.Units[n].Quantity = c.Units[n].Code // converts to nothing else
		}
		if math.IsInf(c.Units[n].Factor, 0) {
			c.reject(tableUnits, n, "factor", "the factor is not finite")
		}
	}
}

// reject reports a problem with a merged row.
func (c *catalogueTables) reject(table string, row int, field, message string) {
	at := c.places[table][row]
	p := Problem{
		File: at.file, Line: at.line, Column: max(at.columns[field], 1), Field: field, Code: CodeCatalogue, Message: message,
	}
	if at.file == "" {
		p.Column = 0
		p.Message = table + " " + quote(c.code(table, row)) + ": " + message
	}
	c.problems.add(p)
	c.problems.rows++
}

package mapping

import (
	"slices"
	"strings"

	"github.com/countyql/countyql/loader/tabular"
)

// binder finds the columns that a mapping names in the header of a table, and collects what is not there.
type binder struct {
	table    *table
	problems []tabular.Malformed
}

func (b *binder) fail(place tabular.Place, name, message, hint string) {
	for _, p := range b.problems {
		if p.Place == place && p.Message == message {
			return // several values share the text
		}
	}
	b.problems = append(b.problems, tabular.Malformed{
		Place: place, Code: CodeMapping, Text: shorten(name), Message: message, Hint: hint,
	})
}

// column returns the column of a name; -1 if there is none, which is reported.
func (b *binder) column(place tabular.Place, name string) int {
	index, message, hint := b.table.header.find(name)
	if index < 0 {
		b.fail(place, name, message, hint)
	}
	return index
}

// splits adds the columns that splits make.
func (b *binder) splits() {
	h := b.table.header
	for _, s := range b.table.mapping.splits {
		at := b.column(s.at.place(), s.column)
		for _, name := range s.into {
			c := column{name: tidy(name), texts: []string{tidy(name)}, places: []tabular.Place{s.at.place()}}
			if at >= 0 {
				c.cell = h.columns[at].cell
			}
			h.columns = append(h.columns, c)
		}
		b.table.rows.splits = append(b.table.rows.splits, boundSplit{split: s, column: at})
		h.reindex()
	}
}

// boundRows says which rows hold figures, by the columns' places.
type boundRows struct {
	splits     []boundSplit
	keep, drop []boundCondition
	end        []boundCondition
	fill       []int
}

type boundSplit struct {
	split
	column int
}

type boundCondition struct {
	condition
	index int // -1 is the first cell that is not empty
}

func (b *binder) bindRows(r *rows) boundRows {
	bound := b.table.rows
	conditions := func(list []condition) []boundCondition {
		var all []boundCondition
		for _, c := range list {
			index := -1
			if c.column != "" {
				index = b.column(c.at.place(), c.column)
			}
			all = append(all, boundCondition{c, index})
		}
		return all
	}
	bound.keep, bound.drop = conditions(r.keep), conditions(r.drop)
	if r.end != nil {
		bound.end = conditions([]condition{*r.end})
	}
	for _, c := range r.fill {
		bound.fill = append(bound.fill, b.column(c.at.place(), c.name))
	}
	b.table.filled = make([]string, len(bound.fill))
	return bound
}

// boundText is a text with its column's place; what does not depend on the row is ready.
type boundText struct {
	*text
	index int // -1 if it does not depend on the row
	fixed string
	where tabular.Place // of the fixed text
	parts []boundText
}

// boundRegion is a region's texts; nil where there are none.
type boundRegion struct {
	*region
	code, name, within *boundText
}

// boundPeriod is a period's texts.
type boundPeriod struct {
	*period
	whole    *boundText
	parts    []boundText
	from, to *boundPeriod
}

// boundValue is one column of values.
type boundValue struct {
	figure
	column   int
	groups   map[string]string // what the pattern's groups matched in the column's name
	region   boundRegion
	period   *boundPeriod
	day      *boundPeriod
	slice    []boundText
	texts    [columnCount]*boundText
	flag     *boundText
	wholeRow bool // the region is the same for all figures of a row

	skipped bool // a fixed text leaves the column out
}

// bindValue returns the columns of values that a value stands for.
func (b *binder) bindValue(v *value) []boundValue {
	var bound []boundValue
	add := func(index int, groups map[string]string, own *text) {
		one := boundValue{figure: v.figure, column: index, groups: groups}
		b.bindFigure(&one, own)
		if !one.skipped {
			bound = append(bound, one)
		}
	}
	for _, c := range v.columns {
		if index := b.column(c.at.place(), c.name); index >= 0 {
			add(index, nil, c.indicator)
		}
	}
	if v.matching == nil {
		return bound
	}
	var except []int
	for _, c := range v.except {
		except = append(except, b.column(c.at.place(), c.name))
	}
	found := false
	for i, c := range b.table.header.columns {
		matched := v.matching.FindStringSubmatch(c.name)
		if matched == nil || c.name == "" || slices.Contains(except, i) {
			continue
		}
		found = true
		groups := make(map[string]string)
		for n, name := range v.matching.SubexpNames() {
			if name != "" {
				groups[name] = matched[n]
			}
		}
		add(i, groups, nil)
	}
	if !found {
		var names []string
		for _, c := range b.table.header.columns {
			names = append(names, c.name)
		}
		b.fail(v.at.place(), v.matching.String(), "no column of "+b.table.header.place.File+" matches "+v.matching.String(), suggestion("", names))
	}
	return bound
}

// bindFigure binds all texts of one column of values. An indicator of its own goes before the figure's.
func (b *binder) bindFigure(v *boundValue, own *text) {
	bind := func(t *text) *boundText {
		if t == nil {
			return nil
		}
		bound := b.bind(t, v)
		return &bound
	}
	v.region = boundRegion{v.figure.region, bind(v.figure.region.code), bind(v.figure.region.name), bind(v.figure.region.within)}
	v.wholeRow = true
	for _, t := range []*text{v.figure.region.code, v.figure.region.name, v.figure.region.within} {
		if t == nil {
			continue
		}
		t.walk(func(t *text) {
			if t.kind == fromHeader || t.kind == fromGroup {
				v.wholeRow = false
			}
		})
	}
	v.period = b.bindPeriod(v.figure.period, v)
	if v.figure.day != nil {
		v.day = b.bindPeriod(v.figure.day, v)
	}
	for _, c := range v.figure.slice {
		v.slice = append(v.slice, b.bind(c.text, v))
	}
	for i, name := range Columns {
		t := v.figure.texts[name]
		if i == colIndicator && own != nil {
			t = own
		}
		v.texts[i] = bind(t)
	}
	if v.flags != nil && v.flags.column != nil {
		v.flag = bind(v.flags.column)
	}
}

func (b *binder) bindPeriod(p *period, v *boundValue) *boundPeriod {
	bound := &boundPeriod{period: p}
	if p.whole != nil {
		whole := b.bind(p.whole, v)
		bound.whole = &whole
	}
	for _, part := range p.parts {
		bound.parts = append(bound.parts, b.bind(part.text, v))
	}
	if p.from != nil {
		bound.from, bound.to = b.bindPeriod(p.from, v), b.bindPeriod(p.to, v)
	}
	return bound
}

// bind finds where a text comes from for one column of values.
func (b *binder) bind(t *text, v *boundValue) boundText {
	bound := boundText{text: t, index: -1, where: t.place}
	header := &b.table.header.columns[v.column]
	raw := t.name
	switch t.kind {
	case fromColumn:
		bound.index = b.column(t.place, t.name)
		return bound
	case joined:
		for i := range t.parts {
			bound.parts = append(bound.parts, b.bind(&t.parts[i], v))
		}
		return bound
	case fromHeader:
		if t.row > len(header.texts) {
			b.fail(t.place, "", "the header has not so many rows", "say in file how many there are: header: 2")
			return bound
		}
		raw, bound.where = header.texts[t.row-1], header.places[t.row-1]
	case fromGroup:
		raw, bound.where = v.groups[t.name], header.places[len(header.places)-1]
	}
	shaped, result, message := t.shape(raw)
	switch result {
	case leftOut:
		v.skipped = true
	case bad:
		b.fail(bound.where, raw, message+": "+shorten(raw), listed(t))
	}
	bound.fixed = shaped
	return bound
}

// listed is a hint that names what a code table lists.
func listed(t *text) string {
	if t.codes == nil {
		return ""
	}
	known := make([]string, 0, len(t.codes))
	for code := range t.codes {
		known = append(known, code)
	}
	slices.Sort(known)
	return "add it to codes, or say unlisted: skip; codes has " + strings.Join(known[:min(12, len(known))], ", ")
}

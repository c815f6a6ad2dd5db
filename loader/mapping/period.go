package mapping

import (
	"regexp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/tabular"
)

// period says which period a figure is of, or on which day it was published.
type period struct {
	place  tabular.Place
	whole  *text           // a text that names the period; nil if it is put together
	layout *regexp.Regexp  // nil for notations that cannot be mistaken
	grain  indicator.Grain // the period is the one of this length around what is written; Irregular takes it as written
	parts  []datePart
	from   *period // first and last period of a span; nil if it is no span
	to     *period
}

// datePart is a part of a date in a text of its own.
type datePart struct {
	name string // year, quarter, month, week or day
	text *text
}

func readPeriod(n node) *period {
	p := &period{place: n.place()}
	if !n.isMapping() {
		p.whole = readText(n)
		if p.whole.kind == constant {
			if _, ok := readDate(p.whole.name); !ok {
				n.fail(periodHint, "%q is not a period", shorten(p.whole.name))
			}
		}
		return p
	}
	whole := &text{place: n.place()}
	fields := append(whole.fields(),
		field{"layout", func(n node) { p.layout = readLayout(n) }},
		field{"grain", func(n node) {
			written, _ := n.required()
			grain, err := indicator.ParseGrain(written)
			if err != nil {
				n.fail("use one of DAY, WEEK, MONTH, QUARTER, YEAR", "%q is no length of a period", shorten(written))
			}
			p.grain = grain
		}},
		field{"from", func(n node) { p.from = readPeriod(n) }},
		field{"to", func(n node) { p.to = readPeriod(n) }},
	)
	for _, name := range []string{"year", "quarter", "month", "week", "day"} {
		fields = append(fields, field{name, func(n node) { p.parts = append(p.parts, datePart{name, readText(n)}) }})
	}
	n.fields(fields)
	ways := 0
	for _, way := range []bool{whole.named(), len(p.parts) > 0, p.from != nil || p.to != nil} {
		if way {
			ways++
		}
	}
	switch {
	case ways != 1:
		n.fail("write one of {column: NAME}, {year: ..., month: ...} and {from: ..., to: ...}", "a period is taken from one text, from its parts, or from its two ends")
	case whole.named():
		whole.check(n)
		p.whole = whole
	case len(p.parts) > 0 && !p.hasYear():
		n.fail("add year", "the period has no year")
	case (p.from == nil) != (p.to == nil):
		n.fail("", "a span has both from and to")
	}
	if p.layout != nil && p.whole == nil {
		n.fail("", "layout goes with a text that names the whole period")
	}
	return p
}

func (p *period) hasYear() bool {
	for _, part := range p.parts {
		if part.name == "year" {
			return true
		}
	}
	return false
}

// walk calls a function for each text.
func (p *period) walk(visit func(*text)) {
	if p.whole != nil {
		p.whole.walk(visit)
	}
	for _, part := range p.parts {
		part.text.walk(visit)
	}
	if p.from != nil && p.to != nil {
		p.from.walk(visit)
		p.to.walk(visit)
	}
}

const periodHint = "write 2020, 2020-Q1, 2020-02, 2020-W08, 2020-02-18, 2020年2月18日 or the like; name other notations by layout: DD.MM.YYYY"

// read reads the text that names the whole period.
func (p *period) read(written string) (indicator.Period, bool) {
	if p.layout == nil {
		return readDate(written)
	}
	d, ok := match(p.layout, written)
	if !ok {
		return indicator.Period{}, false
	}
	return d.period()
}

// longer returns the period of the grain that a period lies in; false if it lies in none.
func (p *period) longer(read indicator.Period) (indicator.Period, bool) {
	if p.grain == indicator.Irregular {
		return read, true
	}
	around := p.grain.Containing(read.Start)
	return around, around.Contains(read)
}

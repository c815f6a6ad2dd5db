package mapping

import (
	"regexp"
	"slices"
	"strings"
)

// rows says which rows below the header hold figures.
type rows struct {
	keep, drop []condition
	end        *condition // footnotes begin here
	fill       []columnName
}

// condition is something a row's cell must be.
type condition struct {
	at      node
	column  string         // empty: the first cell that is not empty
	equals  []string       // one of these; nil if it is not asked
	matches *regexp.Regexp // nil if it is not asked
	empty   bool           // the cell is empty
}

func (r *rows) read(n node) {
	conditions := func(n node) []condition {
		var list []condition
		for _, item := range n.items() {
			list = append(list, readCondition(item))
		}
		return list
	}
	n.fields([]field{
		{"keep", func(n node) { r.keep = conditions(n) }},
		{"drop", func(n node) { r.drop = conditions(n) }},
		{"end", func(n node) {
			c := readCondition(n)
			r.end = &c
		}},
		{"fill", func(n node) { r.fill = readColumnNames(n) }},
	})
}

func readCondition(n node) condition {
	c := condition{at: n}
	ways := 0
	n.fields([]field{
		{"column", func(n node) { c.column, _ = n.required() }},
		{"equals", func(n node) {
			ways++
			c.equals = []string{}
			for _, item := range n.items() {
				written, _ := item.text()
				c.equals = append(c.equals, tidy(written))
			}
		}},
		{"matches", func(n node) {
			ways++
			c.matches = readPattern(n)
		}},
		{"empty", func(n node) {
			ways++
			c.empty = true
			if !n.boolean() {
				n.fail(`write matches: "."`, "empty can be true only")
			}
		}},
	})
	if ways != 1 {
		n.fail("", "a condition has one of equals, matches and empty")
	}
	return c
}

// holds reports whether a cell's text is as asked.
func (c *condition) holds(cell string) bool {
	switch {
	case c.equals != nil:
		return slices.Contains(c.equals, cell)
	case c.matches != nil:
		return c.matches.MatchString(cell)
	}
	return cell == ""
}

func readPattern(n node) *regexp.Regexp {
	written, ok := n.required()
	if !ok {
		return nil
	}
	pattern, err := regexp.Compile(written)
	if err != nil {
		n.fail("", "this is no pattern: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil
	}
	return pattern
}

func readColumnNames(n node) []columnName {
	var names []columnName
	for _, item := range n.items() {
		if name, ok := item.required(); ok {
			names = append(names, columnName{at: item, name: name})
		}
	}
	return names
}

// split takes one column apart into several.
type split struct {
	at     node
	column string
	by     string
	into   []string
}

func readSplits(n node) []split {
	var splits []split
	for _, item := range n.items() {
		s := split{at: item, by: ","}
		item.fields([]field{
			{"column", func(n node) { s.column, _ = n.required() }},
			{"by", func(n node) { s.by, _ = n.required() }},
			{"into", func(n node) {
				for _, name := range readColumnNames(n) {
					s.into = append(s.into, name.name)
				}
			}},
		})
		if s.column == "" || len(s.into) < 2 {
			item.fail("write {column: NAME, by: \",\", into: [NAME, NAME]}", "a column is split into at least two")
		}
		splits = append(splits, s)
	}
	return splits
}

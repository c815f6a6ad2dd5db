package mapping

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxHeader bounds the header rows, and the rows before them that are counted are bounded by maxSkip.
const (
	maxHeader = 16
	maxSkip   = 10_000
	maxCell   = 65_536
)

// formats are the names that file.format knows.
var formats = []string{"csv", "tsv", "json", "ndjson", "parquet", "xlsx", "px"}

// read reads the whole file.
func (m *Mapping) read(n node) {
	fields := []field{
		{"file", m.File.read},
		{"rows", m.rows.read},
		{"split", func(n node) { m.splits = readSplits(n) }},
		{"values", func(n node) {
			for _, item := range n.items() {
				m.values = append(m.values, readValue(item))
			}
		}},
		{"declare", func(n node) { m.declared = readDeclared(n) }},
	}
	n.fields(append(fields, m.figure.fields()...))
	if len(n.reader.problems) > 0 {
		return // what is missing may be misspelt
	}
	if len(m.values) == 0 {
		n.fail("write values: [{column: NAME, indicator: CODE}]", "no column of values is named")
	}
	for i := range m.values {
		v := &m.values[i]
		v.figure = v.over(&m.figure)
		v.complete()
	}
}

// complete reports what a value needs and does not have.
func (v *value) complete() {
	demand := func(key, hint string) {
		v.at.fail(hint, "it is not said what the %s of the values is", key)
	}
	if v.region == nil {
		demand("region", "write region: {code: {column: NAME}}")
	}
	if v.period == nil {
		demand("period", "write period: {column: NAME}")
	}
	if v.texts["source"] == nil {
		demand("source", "write source: CODE, and declare it if it is new")
	}
	if v.texts["indicator"] == nil && (len(v.columns) == 0 || slices.ContainsFunc(v.columns, func(c columnName) bool { return c.indicator == nil })) {
		demand("indicator", "write indicator: CODE, or indicator: {column: NAME}")
	}
	groups := []string{}
	if v.matching != nil {
		groups = v.matching.SubexpNames()
	}
	v.walk(func(t *text) {
		if t.kind == fromGroup && !slices.Contains(groups, t.name) {
			v.at.fail("name it in matching: ^(?P<"+t.name+">...)$", "no pattern of columns has a group %q", shorten(t.name))
		}
	})
}

// walk calls a function for each text that a figure is taken from.
func (f *figure) walk(visit func(*text)) {
	if f.region != nil {
		for _, t := range []*text{f.region.code, f.region.name, f.region.within} {
			if t != nil {
				t.walk(visit)
			}
		}
	}
	for _, p := range []*period{f.period, f.day} {
		if p != nil {
			p.walk(visit)
		}
	}
	for _, name := range textColumns {
		if t := f.texts[name]; t != nil {
			t.walk(visit)
		}
	}
	for _, c := range f.slice {
		c.text.walk(visit)
	}
	if f.flags != nil && f.flags.column != nil {
		f.flags.column.walk(visit)
	}
}

func (f *File) read(n node) {
	n.fields([]field{
		{"format", func(n node) { f.Format = n.one(formats...) }},
		{"encoding", func(n node) { f.Encoding, _ = n.required() }},
		{"delimiter", func(n node) {
			written, _ := n.required()
			if utf8.RuneCountInString(written) != 1 || written == "\n" || written == `"` {
				n.fail(`write one character: ";" or "\t"`, "%q does not separate cells", shorten(written))
			}
			f.Delimiter = written
		}},
		{"sheet", func(n node) { f.Sheet, _ = n.required() }},
		{"skip", func(n node) {
			if !n.isMapping() {
				f.skip = n.count(0, maxSkip)
				return
			}
			n.fields([]field{{"until", func(n node) { f.skipUntil, _ = n.required() }}})
		}},
		{"header", func(n node) {
			f.header = n.count(0, maxHeader)
			f.fill = f.header > 1
		}},
	})
}

func readValue(n node) value {
	v := value{at: n}
	ways := 0
	fields := []field{
		{"column", func(n node) {
			ways++
			v.columns = readColumnNames(n)
		}},
		{"columns", func(n node) {
			ways++
			if !n.isMapping() {
				v.columns = readColumnNames(n)
				return
			}
			for _, m := range n.members() {
				v.columns = append(v.columns, columnName{m.key, m.name, readText(m.value)})
			}
		}},
		{"matching", func(n node) {
			ways++
			v.matching = readPattern(n)
		}},
		{"except", func(n node) { v.except = readColumnNames(n) }},
	}
	n.fields(append(fields, v.figure.fields()...))
	if ways != 1 {
		n.fail("write one of column: NAME, columns: [NAME, NAME], columns: {NAME: indicator} and matching: PATTERN", "it is not said in one way which columns hold the values")
	}
	if v.except != nil && ways == 1 && v.matching == nil {
		n.fail("", "except goes with matching")
	}
	return v
}

// position is how a column is named by its place: #3.
func position(index int) string { return "#" + strconv.Itoa(index+1) }

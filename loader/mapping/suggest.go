package mapping

import (
	"bytes"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/countyql/countyql/loader/tabular"
)

// mostInspected bounds the rows that Suggest looks at.
const mostInspected = 3000

// Suggest writes a first mapping for a table by looking at its first rows: the columns of regions, periods and values,
// missing markers, how numbers are written. The mapping parses; lines marked "# edit:" say what a person must add, such as
// what the indicators are. The name is the file's. It reads the table to its end or to a bounded number of rows and does
// not close it. The error is one of reading, or a *tabular.Malformed where there is nothing to map.
func Suggest(foreign tabular.Table, name string, resolver Resolver) ([]byte, error) {
	s := &sample{resolver: resolver, name: name, named: foreign.Columns() != nil}
	if err := s.read(foreign); err != nil {
		return nil, err
	}
	if len(s.rows) == 0 {
		return nil, &tabular.Malformed{
			Place: tabular.Place{File: name, Line: 1, Column: 1}, Code: CodeColumn, Message: "the table has no rows to look at", Fatal: true,
		}
	}
	s.findHeader(foreign.Columns())
	s.splitKey()
	s.profile()
	s.assign()
	var out bytes.Buffer
	s.write(&out)
	return out.Bytes(), nil
}

// sample is the first rows of a table and what they look like.
type sample struct {
	resolver Resolver
	name     string
	named    bool // the format names the columns
	rows     [][]string

	skip   int // rows before the header
	header int // header rows
	data   [][]string
	ends   string // how the footnotes begin; empty if there are none
	split  *split

	columns []*profile
	guess   guess
}

// profile is what a column of the sample looks like. The counts are of cells that are not empty.
type profile struct {
	name   string
	texts  []string // of the header rows
	filled int
	empty  int
	counts map[shape]int
	// distinct holds the first texts, in their order.
	distinct []string
	flags    []string
	missing  []string
	used     bool
}

// shape is something that a cell can look like.
type shape int

const (
	numeric      shape = iota
	percent            // a number and a percent sign
	comma              // a decimal comma
	dotted             // dots between thousands
	periodic           // a period
	yearly             // a year
	knownCode          // the code of a known region
	prefixedCode       // two letters and the code of a known region
	knownName          // the name of a known region
	ambiguous          // the name of several known regions
	fips               // four or five digits
	flagged            // a number and letters
)

// share is the part of the filled cells, missing markers apart, that have a shape.
func (p *profile) share(s shape) float64 {
	if p.filled == 0 {
		return 0
	}
	return float64(p.counts[s]) / float64(p.filled)
}

func (s *sample) read(foreign tabular.Table) error {
	for len(s.rows) < mostInspected {
		cells, err := foreign.Next()
		var malformed *tabular.Malformed
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &malformed) && !malformed.Fatal:
			continue // the load will report it
		case err != nil:
			return err
		}
		row := make([]string, len(cells))
		for i := range cells {
			row[i] = strings.Clone(tidy(cells[i]))
		}
		if strings.Join(row, "") != "" || len(s.rows) == 0 {
			s.rows = append(s.rows, row)
		}
	}
	return nil
}

var (
	looksNumeric  = regexp.MustCompile(`^[-+−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][-+]?\d{1,2})?$`)
	looksPercent  = regexp.MustCompile(`^[-+−]?[\d.,]+ ?[%％‰]$`)
	looksComma    = regexp.MustCompile(`^[-+−]?(\d{1,3}([.\s]\d{3})+|\d+),\d+$`)
	looksDotted   = regexp.MustCompile(`^[-+−]?\d{1,3}(\.\d{3})+(,\d+)?$`)
	looksYear     = regexp.MustCompile(`^(1[89]|20|21)\d{2}(年度?|\.0)?$`)
	looksFIPS     = regexp.MustCompile(`^\d{4,5}$`)
	looksPrefixed = regexp.MustCompile(`^[A-Z]{2}\d{2,}$`)
	looksFlagged  = regexp.MustCompile(`^(-?\d[\d.]*|:) ?([A-Za-z]{1,4})$`)
	looksMarker   = regexp.MustCompile(`^(-{1,3}|—{1,2}|–|\.{1,3}|…{1,2}|:|\*|x|X|/|\\|n/?a|N/?A|NaN|nan|null|NULL|None|无|缺)$`)
	looksPeriod   = regexp.MustCompile(`^\d{4}(年|[-/.QMW]|\d{2}$|\d{4}$| )`)
	footnote      = regexp.MustCompile(`^(注|备注|说明|资料来源|数据来源|[Nn]otes?\b|[Ss]ources?\b|\*|†)`)
)

// isFigure reports whether a cell is a number that can be no heading.
func isFigure(cell string) bool {
	if looksYear.MatchString(cell) {
		return false
	}
	return looksNumeric.MatchString(cell) || looksPercent.MatchString(cell) || looksComma.MatchString(cell) || looksFlagged.MatchString(cell)
}

// findHeader finds where titles end, how many rows the header has and where footnotes begin.
func (s *sample) findHeader(names []string) {
	s.data = s.rows
	if s.named {
		for _, name := range names {
			s.columns = append(s.columns, &profile{name: tidy(name), texts: []string{tidy(name)}, counts: make(map[shape]int)})
		}
		s.findFootnotes()
		return
	}
	width := 0
	for _, row := range s.rows {
		width = max(width, filledCells(row))
	}
	for s.skip < len(s.rows)-1 && filledCells(s.rows[s.skip]) < max(2, width/2) && width > 1 {
		s.skip++
	}
	body := s.skip
	for body < len(s.rows) && !slices.ContainsFunc(s.rows[body], isFigure) {
		body++
	}
	s.header = body - s.skip
	if body == len(s.rows) || s.header > maxHeader {
		s.header = min(1, len(s.rows)) // a table of texts only
	}
	f := &File{header: s.header, fill: s.header > 1}
	rows := &rowTable{rows: s.rows[s.skip:]}
	h, err := f.readHeader(rows)
	if err != nil {
		return // a table of fewer rows than its header; nothing can be said
	}
	for _, c := range h.columns {
		s.columns = append(s.columns, &profile{name: c.name, texts: c.texts, counts: make(map[shape]int)})
	}
	s.data = s.rows[s.skip+s.header:]
	s.findFootnotes()
}

func filledCells(row []string) int {
	count := 0
	for _, cell := range row {
		if cell != "" {
			count++
		}
	}
	return count
}

func (s *sample) findFootnotes() {
	for i, row := range s.data {
		if found := footnote.FindString(firstText(row)); found != "" && i > 0 && filledCells(row) <= 2 {
			s.ends = found
			s.data = s.data[:i]
			return
		}
	}
}

// splitKey takes the combined key of Eurostat's tables apart.
func (s *sample) splitKey() {
	for i, c := range s.columns {
		names, _, combined := strings.Cut(c.name, `\`)
		parts := strings.Split(names, ",")
		if !combined || len(parts) < 2 {
			continue
		}
		s.split = &split{column: c.name, by: ",", into: parts}
		c.used = true
		for _, name := range parts {
			texts := slices.Repeat([]string{tidy(name)}, max(1, s.header))
			s.columns = append(s.columns, &profile{name: tidy(name), texts: texts, counts: make(map[shape]int)})
		}
		for n, row := range s.data {
			cells := make([]string, len(s.columns))
			copy(cells[:len(s.columns)-len(parts)], row)
			if i < len(row) {
				copy(cells[len(s.columns)-len(parts):], strings.Split(row[i], ","))
			}
			s.data[n] = cells
		}
		return
	}
}

// profile looks at every cell.
func (s *sample) profile() {
	names := make(map[string]shape)
	for i, c := range s.columns {
		seen := make(map[string]bool)
		for _, row := range s.data {
			cell := ""
			if i < len(row) {
				cell = tidy(row[i])
			}
			switch {
			case cell == "":
				c.empty++
				continue
			case looksMarker.MatchString(cell):
				if !slices.Contains(c.missing, cell) {
					c.missing = append(c.missing, cell)
				}
				continue
			}
			if !seen[cell] && len(seen) < 1000 {
				seen[cell] = true
				c.distinct = append(c.distinct, cell)
			}
			c.filled++
			s.look(c, cell, names)
		}
	}
}

// look counts what one cell looks like.
func (s *sample) look(c *profile, cell string, names map[string]shape) {
	for _, l := range []struct {
		pattern *regexp.Regexp
		shape   shape
	}{
		{looksNumeric, numeric},
		{looksPercent, percent},
		{looksComma, comma},
		{looksDotted, dotted},
		{looksYear, yearly},
		{looksFIPS, fips},
	} {
		// 1,234 is a number with a comma between thousands rather than one with three decimals.
		if l.pattern.MatchString(cell) && (l.shape != comma || !looksNumeric.MatchString(cell)) {
			c.counts[l.shape]++
		}
	}
	if flag := looksFlagged.FindStringSubmatch(cell); flag != nil {
		c.counts[flagged]++
		for _, letter := range strings.Split(flag[2], "") {
			if !slices.Contains(c.flags, letter) {
				c.flags = append(c.flags, letter)
			}
		}
		if flag[1] == ":" && !slices.Contains(c.missing, ":") {
			c.missing = append(c.missing, ":")
		}
	}
	if looksPeriod.MatchString(cell) || looksYear.MatchString(cell) {
		if _, ok := readDate(cell); ok {
			c.counts[periodic]++
		}
	}
	if s.resolver.Known(cell, "") {
		c.counts[knownCode]++
	}
	if looksNumeric.MatchString(cell) {
		return
	}
	if looksPrefixed.MatchString(cell) && s.resolver.Known(cell[2:], "") {
		c.counts[prefixedCode]++
	}
	found, ok := names[cell]
	if !ok {
		found = s.lookName(cell)
		names[cell] = found
	}
	if found != numeric {
		c.counts[found]++
	}
}

// lookName says whether a text is a region's name; numeric if it is none.
func (s *sample) lookName(cell string) shape {
	codes, err := s.resolver.Region(Name{Text: cell})
	switch {
	case err == nil && len(codes) == 1:
		return knownName
	case len(codes) > 1:
		return ambiguous
	}
	return numeric
}

// stem is a file's name without folders and extensions.
func stem(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	base, _, _ = strings.Cut(base, "#")
	before, _, _ := strings.Cut(strings.TrimLeft(base, "."), ".")
	return before
}

// rowTable reads rows in memory.
type rowTable struct {
	rows [][]string
	at   int
}

// Columns returns nil: the names stand in the rows.
func (t *rowTable) Columns() []string { return nil }

// Next returns the next row.
func (t *rowTable) Next() ([]string, error) {
	if t.at == len(t.rows) {
		return nil, io.EOF
	}
	t.at++
	return t.rows[t.at-1], nil
}

// Place counts rows and cells.
func (t *rowTable) Place(cell int) tabular.Place { return tabular.Place{Line: t.at, Column: cell + 1} }

// Close does nothing.
func (t *rowTable) Close() error { return nil }

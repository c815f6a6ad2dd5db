package tabular

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// sheetTable reads the rows of a workbook's sheet. Rows without any text are passed over; the others are as long as the longest
// before them, because a workbook leaves out the empty cells at a row's end.
type sheetTable struct {
	file   string // with the sheet's name
	book   *workbook
	part   io.ReadCloser
	xml    *xml.Decoder
	limits Limits
	merged []mergedRange // to be filled
	row    int
	widest int
	cells  []string
	err    *Malformed // of a cell of the row
	ended  bool
}

func newSheet(book *workbook, sheet sheetName, fill bool, limits Limits) (*sheetTable, error) {
	t := &sheetTable{file: book.file + "#" + sheet.Name, book: book, limits: limits}
	if fill {
		var err error
		if t.merged, err = book.mergedRanges(sheet); err != nil {
			return nil, err
		}
	}
	var err error
	if t.part, err = book.open(sheet.part); err != nil {
		return nil, err
	}
	t.xml = xml.NewDecoder(t.part)
	return t, nil
}

func (t *sheetTable) Columns() []string { return nil }

func (t *sheetTable) Close() error { return t.part.Close() }

func (t *sheetTable) Place(cell int) Place { return Place{t.file, max(t.row, 1), max(cell+1, 1)} }

func (t *sheetTable) Next() ([]string, error) {
	for !t.ended {
		found, err := t.readRow()
		var m *Malformed
		switch {
		case errors.As(err, &m):
			placed := *m
			if placed.Place.Line == 0 {
				placed.Place = t.Place(-1)
			}
			t.ended = placed.Fatal
			return nil, &placed
		case err != nil:
			t.ended = true
			return nil, err
		case !found:
			t.ended = true
		default:
			t.fill()
			if t.hasText() {
				return t.cells, nil
			}
		}
	}
	return nil, io.EOF
}

func (t *sheetTable) hasText() bool {
	for _, text := range t.cells {
		if text != "" {
			return true
		}
	}
	return false
}

// readRow reads the next row; it returns false behind the last one.
func (t *sheetTable) readRow() (bool, error) {
	for {
		token, err := t.book.token(t.xml)
		if err != nil {
			return false, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "row" {
				return true, t.readCells(e)
			}
		case xml.EndElement:
			if e.Name.Local == "sheetData" || e.Name.Local == "worksheet" {
				return false, nil
			}
		}
	}
}

// readCells reads the cells of a row. What is wrong with a cell is reported once the row is read.
func (t *sheetTable) readCells(start xml.StartElement) error {
	t.row++
	if r := attribute(start, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < t.row || n > 1<<20 {
			return broken(t.file, CodeSyntax, "", "the workbook is damaged: there is a row %q", cut(r))
		}
		t.row = n
	}
	t.cells = t.cells[:0]
	t.err = nil
	for {
		token, err := t.book.token(t.xml)
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			if err := t.readCell(e); err != nil {
				return err
			}
		case xml.EndElement:
			if e.Name.Local != "row" {
				continue
			}
			for len(t.cells) < t.widest {
				t.cells = append(t.cells, "")
			}
			for len(t.cells) > t.widest && t.cells[len(t.cells)-1] == "" {
				t.cells = t.cells[:len(t.cells)-1]
			}
			t.widest = len(t.cells)
			if t.err != nil {
				return t.err
			}
			return nil
		}
	}
}

// readCell reads a cell and puts it where it belongs.
func (t *sheetTable) readCell(start xml.StartElement) error {
	column := len(t.cells)
	if r := attribute(start, "r"); r != "" {
		n, _, ok := splitReference(r)
		if !ok || n < column {
			return broken(t.file, CodeSyntax, "", "the workbook is damaged: there is a cell %q", cut(r))
		}
		column = n
	}
	if int64(column) >= t.limits.Columns {
		return over(t.file, "the number of cells in the row", "columns", t.limits.Columns)
	}
	for len(t.cells) <= column {
		t.cells = append(t.cells, "")
	}
	kind := attribute(start, "t")
	value, hasValue, formula := "", false, false
	for {
		token, err := t.book.token(t.xml)
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				hasValue = true
				value, err = t.book.text(t.xml, "v", t.limits.CellBytes)
			case "is":
				hasValue = true
				value, err = t.book.richText(t.xml, "is", t.limits.CellBytes)
			case "f":
				formula = true
				_, err = t.book.text(t.xml, "f", t.limits.CellBytes)
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			if e.Name.Local != "c" {
				continue
			}
			if formula && !hasValue {
				t.reject(column, "", "the formula was never computed", "open the workbook, let it compute, and save it")
				return nil
			}
			t.cells[column] = t.cellText(column, kind, attribute(start, "s"), value)
			return nil
		}
	}
}

// reject remembers what is wrong with a cell; the first one counts.
func (t *sheetTable) reject(column int, text, message, hint string) {
	if t.err == nil {
		t.err = &Malformed{Place: t.Place(column), Code: CodeSyntax, Text: cut(text), Message: message, Hint: hint}
	}
}

// cellText is what a cell says: numbers as they are stored, not as they are shown, and dates in ISO notation.
func (t *sheetTable) cellText(column int, kind, style, value string) string {
	damaged := func() string {
		t.reject(column, value, fmt.Sprintf("the workbook is damaged: %q is not what the cell says it is", cut(value)), "")
		return ""
	}
	switch kind {
	case "s":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n >= len(t.book.texts) {
			return damaged()
		}
		return t.book.texts[n]
	case "str", "inlineStr":
		return value
	case "d":
		return strings.TrimSuffix(strings.TrimSuffix(value, "Z"), "T00:00:00")
	case "b":
		switch value {
		case "1":
			return "true"
		case "0":
			return "false"
		}
		return damaged()
	case "e":
		t.reject(column, value, "the cell holds the error "+cut(value), "correct the formula, or empty the cell")
		return ""
	case "", "n":
		if value == "" {
			return ""
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return damaged()
		}
		text, ok := numberText(number, 64)
		if n, err := strconv.Atoi(style); ok && err == nil && n >= 0 && n < len(t.book.dates) && t.book.dates[n] {
			text, ok = serialText(number, t.book.from1904)
		}
		if !ok {
			return damaged()
		}
		return text
	}
	return damaged()
}

// fill repeats the text of merged cells.
func (t *sheetTable) fill() {
	for i := range t.merged {
		m := &t.merged[i]
		if t.row < m.top || t.row > m.bottom {
			continue
		}
		if t.row == m.top && m.left < len(t.cells) {
			m.text = strings.Clone(t.cells[m.left])
		}
		if m.text == "" {
			continue
		}
		for len(t.cells) <= m.right {
			t.cells = append(t.cells, "")
		}
		for column := m.left; column <= m.right; column++ {
			t.cells[column] = m.text
		}
		t.widest = max(t.widest, len(t.cells))
	}
}

// mergedRange is a range of cells that is shown as one.
type mergedRange struct {
	top, bottom int // rows, from 1
	left, right int // columns, from 0
	text        string
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// splitReference reads a cell's name: B7 is column 1 and row 7.
func splitReference(name string) (column, row int, ok bool) {
	n := 0
	for n < len(name) && name[n] >= 'A' && name[n] <= 'Z' && n < 4 {
		column = column*26 + int(name[n]-'A') + 1
		n++
	}
	row, err := strconv.Atoi(name[n:])
	return column - 1, row, n > 0 && err == nil && row > 0
}

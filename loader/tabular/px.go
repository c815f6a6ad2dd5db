package tabular

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// pxTable reads the cells of a PC-Axis cube as rows: a column for each variable, with the value's code, or its text where there
// are no codes, and the column value. Symbols for missing figures, as "..", stay as they are: what they stand for is the file's to say.
type pxTable struct {
	text    *pxText
	columns []string
	values  [][]string // of each variable
	at      []int      // which value of each variable the next row has
	cells   []string
	record  int64
	total   int64
	err     error
}

// pxValue is the name of the column that holds the figures.
const pxValue = "value"

func newPX(file string, text io.Reader, limits Limits) (*pxTable, error) {
	t := &pxTable{text: newPXText(file, text, limits)}
	header, err := t.text.header()
	if err != nil {
		return nil, err
	}
	t.total = 1
	for _, name := range append(slices.Clone(header["STUB"]), header["HEADING"]...) {
		values := header["VALUES("+name+")"]
		codes := header["CODES("+name+")"]
		if codes != nil && values != nil && len(codes) != len(values) {
			return nil, t.text.broken("the variable %q has %d values and %d codes", cut(name), len(values), len(codes))
		}
		if codes != nil {
			values = codes
		}
		if len(values) == 0 {
			return nil, t.text.broken("the variable %q has no values", cut(name))
		}
		if t.total > math.MaxInt64/int64(len(values)) {
			return nil, t.text.broken("the variables have more combinations of values than can be counted")
		}
		t.total *= int64(len(values))
		t.columns = append(t.columns, name)
		t.values = append(t.values, values)
	}
	if len(t.columns) == 0 {
		return nil, t.text.broken("there are no variables: neither STUB nor HEADING names one")
	}
	if int64(len(t.columns)) >= limits.Columns {
		return nil, over(file, "the number of variables", "columns", limits.Columns)
	}
	for name := range header {
		if strings.HasPrefix(name, "KEYS(") {
			return nil, t.text.broken("the data are written with keys, which is not read")
		}
	}
	t.columns = append(t.columns, pxValue)
	t.at = make([]int, len(t.values))
	t.cells = make([]string, len(t.columns))
	return t, nil
}

func (t *pxTable) Columns() []string { return t.columns }

func (t *pxTable) Close() error { return nil }

func (t *pxTable) Place(cell int) Place {
	return Place{t.text.file, int(max(t.record, 1)), max(cell+1, 1)}
}

func (t *pxTable) Next() ([]string, error) {
	if t.err != nil {
		return nil, t.err
	}
	figure, ended, err := t.text.figure()
	switch {
	case err != nil:
		t.err = err
	case ended && t.record < t.total:
		t.err = t.text.broken("the data end after %d of %d figures", t.record, t.total)
	case ended:
		if t.err = t.text.end(); t.err == nil {
			t.err = io.EOF
		}
	case t.record == t.total:
		t.err = t.text.broken("there are more than the %d figures that the variables have room for", t.total)
	}
	if t.err != nil {
		return nil, t.err
	}
	t.record++
	for i, n := range t.at {
		t.cells[i] = t.values[i][n]
	}
	t.cells[len(t.cells)-1] = figure
	for i := len(t.at) - 1; i >= 0; i-- { // the last variable changes fastest
		if t.at[i]++; t.at[i] < len(t.values[i]) {
			break
		}
		t.at[i] = 0
	}
	return t.cells, nil
}

// header reads the keywords up to DATA: the lists of texts by keyword, and by keyword(variable) where it is about one. What is said
// in other languages, and about several variables together, is passed over.
func (t *pxText) header() (map[string][]string, error) {
	header := make(map[string][]string)
	for {
		name, subjects, language, err := t.keyword()
		if err != nil {
			return nil, err
		}
		if name == "DATA" {
			return header, nil
		}
		list, err := t.list()
		if err != nil {
			return nil, err
		}
		switch len(subjects) {
		case 0:
		case 1:
			name += "(" + subjects[0] + ")"
		default:
			continue
		}
		if language != "" {
			continue
		}
		if _, repeated := header[name]; repeated && pxUsed(name) {
			return nil, t.broken("%s is there twice", cut(name))
		}
		header[name] = list
	}
}

// pxUsed reports whether it matters what a keyword says.
func pxUsed(name string) bool {
	keyword, _, _ := strings.Cut(name, "(")
	return slices.Contains([]string{"STUB", "HEADING", "VALUES", "CODES"}, keyword)
}

// keyword reads KEYWORD[language]("variable","value")= up to the sign.
func (t *pxText) keyword() (name string, subjects []string, language string, err error) {
	if err := t.space(); err != nil {
		return "", nil, "", t.ended(err)
	}
	if name, err = t.word("-_"); err != nil {
		return "", nil, "", err
	}
	if name == "" {
		return "", nil, "", t.broken("there is no keyword here")
	}
	for {
		c, err := t.peek()
		if err != nil {
			return "", nil, "", t.ended(err)
		}
		switch c {
		case '[':
			t.skip()
			if language, err = t.word("-_"); err == nil {
				err = t.expect(']')
			}
		case '(':
			t.skip()
			subjects, err = t.texts(')')
		case '=':
			t.skip()
			return strings.ToUpper(name), subjects, language, nil
		case ' ', '\t', '\r', '\n':
			err = t.space()
		default:
			err = t.broken("there should be an = behind %s", cut(name))
		}
		if err != nil {
			return "", nil, "", t.ended(err)
		}
	}
}

// list reads the texts and words behind a keyword, up to the semicolon.
func (t *pxText) list() ([]string, error) { return t.texts(';') }

// texts reads texts and words separated by commas, up to a closing character. Texts with nothing but space between them are one:
// lines may be cut so.
func (t *pxText) texts(closing byte) ([]string, error) {
	list := []string{}
	var text strings.Builder
	some := false
	for {
		if err := t.space(); err != nil {
			return nil, t.ended(err)
		}
		c, err := t.peek()
		if err != nil {
			return nil, t.ended(err)
		}
		var part string
		switch {
		case c == closing || c == ',':
			t.skip()
			if some {
				list = append(list, text.String())
			}
			text.Reset()
			some = false
			if c == closing {
				return list, nil
			}
			continue
		case c == '"':
			part, err = t.quoted()
		case c == '(': // the range of TLIST
			t.skip()
			_, err = t.texts(')')
		default:
			if part, err = t.word("-_.+"); err == nil && part == "" {
				err = t.broken("the character %q cannot stand here", c)
			}
		}
		if err != nil {
			return nil, t.ended(err)
		}
		some = true
		text.WriteString(part)
	}
}

// figure reads a figure or a symbol of the data; the end is the semicolon.
func (t *pxText) figure() (text string, ended bool, err error) {
	t.data = true
	for {
		c, err := t.peek()
		if errors.Is(err, io.EOF) {
			return "", true, nil // some programs leave the semicolon out
		}
		if err != nil {
			return "", false, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', ',':
			t.skip()
		case ';':
			t.skip()
			return "", true, nil
		case '"':
			text, err = t.quoted()
			return text, false, t.ended(err)
		default:
			text, err = t.word("-_.+")
			if err == nil && text == "" {
				err = t.broken("the character %q is no part of a figure", c)
			}
			return text, false, err
		}
	}
}

// end makes sure that nothing but space stands behind the data.
func (t *pxText) end() error {
	err := t.space()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if _, err = t.peek(); errors.Is(err, io.EOF) {
			return nil
		}
	}
	if err == nil {
		err = t.broken("there is something else behind the data")
	}
	return err
}

// ended says that the text ends where it may not; other errors stay as they are.
func (t *pxText) ended(err error) error {
	if errors.Is(err, io.EOF) {
		return t.broken("the text ends too early")
	}
	return err
}

func (t *pxText) broken(format string, args ...any) error {
	return at(broken(t.file, CodeSyntax, "", "%s", fmt.Sprintf(format, args...)), t.line, t.column)
}

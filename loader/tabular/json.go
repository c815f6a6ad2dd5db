package tabular

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// columnsFrom is how many objects are looked at for the names of the columns.
const columnsFrom = 1000

// jsonTable reads objects as rows, from an array or one from each line.
type jsonTable struct {
	file    string
	objects objectReader
	columns []string
	index   map[string]int
	pending []object // read to learn the columns
	cells   []string
	places  []Place
	row     Place
}

// objectReader reads the next object; a *Malformed in the object stands for one that cannot be read.
type objectReader interface {
	next() (object, error)
}

// object is a row as it was read.
type object struct {
	place   Place
	members []member
	err     *Malformed
}

// member is a cell and its name.
type member struct {
	name, text string
	named      Place // where the name stands
	place      Place
}

func newJSON(file string, objects objectReader, columns []string) (*jsonTable, error) {
	t := &jsonTable{file: file, objects: objects, columns: columns, index: make(map[string]int), row: Place{file, 1, 1}}
	for i, name := range columns {
		t.index[name] = i
	}
	for columns == nil && len(t.pending) < columnsFrom {
		o, err := objects.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		t.pending = append(t.pending, o)
		for _, m := range o.members {
			if _, known := t.index[m.name]; !known {
				t.index[m.name] = len(t.columns)
				t.columns = append(t.columns, m.name)
			}
		}
		if o.err != nil && o.err.Fatal {
			break
		}
	}
	if t.columns == nil {
		t.columns = []string{}
	}
	t.cells = make([]string, len(t.columns))
	t.places = make([]Place, len(t.columns))
	return t, nil
}

func (t *jsonTable) Columns() []string { return t.columns }

func (t *jsonTable) Close() error { return nil }

func (t *jsonTable) Next() ([]string, error) {
	var o object
	var err error
	if len(t.pending) > 0 {
		o, t.pending = t.pending[0], t.pending[1:]
	} else if o, err = t.objects.next(); err != nil {
		return nil, err
	}
	t.row = o.place
	if o.err != nil {
		return nil, o.err
	}
	clear(t.cells)
	clear(t.places)
	for _, m := range o.members {
		i, known := t.index[m.name]
		if !known {
			return nil, &Malformed{
				Place: m.named, Code: CodeColumn, Text: cut(m.name), Message: fmt.Sprintf("%q is no column", cut(m.name)), Hint: t.columnHint(),
			}
		}
		if t.places[i].Line > 0 {
			return nil, &Malformed{Place: m.named, Code: CodeColumn, Text: cut(m.name), Message: fmt.Sprintf("%q is there twice", cut(m.name))}
		}
		t.cells[i], t.places[i] = m.text, m.place
	}
	return t.cells, nil
}

func (t *jsonTable) columnHint() string {
	const shown = 30
	names := t.columns[:min(shown, len(t.columns))]
	return "the columns are " + strings.Join(names, ", ")
}

func (t *jsonTable) Place(cell int) Place {
	if cell >= 0 && cell < len(t.places) && t.places[cell].Line > 0 {
		return t.places[cell]
	}
	return t.row
}

// tokens reads JSON by tokens and knows where each stands.
type tokens struct {
	file    string
	decoder *json.Decoder
	text    *recorder
	nesting int64
	// cursor is a place in the text: so many bytes of what is kept, in this line and column.
	cursor       int
	line, column int
}

func newTokens(file string, text *recorder, nesting int64) *tokens {
	t := &tokens{file: file, decoder: json.NewDecoder(text), text: text, nesting: nesting, line: text.line, column: 1}
	t.decoder.UseNumber()
	return t
}

// forget drops what was read before. The recorder counts lines only, so the column is the cursor's.
func (t *tokens) forget() {
	t.move(t.decoder.InputOffset())
	t.text.forget(t.decoder.InputOffset())
	t.cursor = 0
}

// move moves the cursor on to an offset of the decoder, and returns the place there.
func (t *tokens) move(offset int64) Place {
	to := min(int(offset-t.text.offset), len(t.text.kept))
	if to > t.cursor {
		passed := t.text.kept[t.cursor:to]
		if newline := bytes.LastIndexByte(passed, '\n'); newline >= 0 {
			t.line += bytes.Count(passed, []byte{'\n'})
			t.column = 1
			passed = passed[newline+1:]
		}
		t.column += utf8.RuneCount(passed)
		t.cursor = to
	}
	return Place{t.file, t.line, t.column}
}

// next reads a token and returns where it begins.
func (t *tokens) next() (json.Token, Place, error) {
	before := t.decoder.InputOffset()
	token, err := t.decoder.Token()
	start := before
	for n := before - t.text.offset; n < int64(len(t.text.kept)) && strings.IndexByte(" \t\r\n:,", t.text.kept[n]) >= 0; n++ {
		start++
	}
	place := t.move(start)
	if err == nil {
		return token, place, nil
	}
	var m *Malformed
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &m):
		return nil, place, at(err, place.Line, place.Column)
	case errors.As(err, &syntax):
		place = t.move(max(syntax.Offset-1, start))
		return nil, place, &Malformed{Place: place, Code: CodeSyntax, Message: syntax.Error(), Fatal: true}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, place, io.EOF
	}
	return nil, place, err
}

// must reads a token where the text may not end yet.
func (t *tokens) must() (json.Token, Place, error) {
	token, place, err := t.next()
	if errors.Is(err, io.EOF) {
		err = &Malformed{
			Place: place, Code: CodeSyntax, Message: "the JSON text ends too early", Hint: "the file was cut off: copy it again", Fatal: true,
		}
	}
	return token, place, err
}

// object reads the members of an object whose brace was read at a place. What cannot be a cell is a Malformed in it.
func (t *tokens) object(place Place) (object, error) {
	o := object{place: place}
	for {
		token, named, err := t.must()
		if err != nil {
			return o, err
		}
		name, ok := token.(string)
		if !ok {
			return o, nil // the closing brace
		}
		value, at, err := t.must()
		if err != nil {
			return o, err
		}
		m := member{name: name, named: named, place: at}
		switch value := value.(type) {
		case json.Delim:
			if err := t.skip(1); err != nil {
				return o, err
			}
			o.err = &Malformed{
				Place: at, Code: CodeSyntax, Text: cut(name),
				Message: fmt.Sprintf("%q holds a list or an object", cut(name)), Hint: "a cell is a text, a number, true, false or null",
			}
		case string:
			m.text = value
		case json.Number:
			m.text = value.String()
		case bool:
			m.text = fmt.Sprint(value)
		}
		o.members = append(o.members, m)
	}
}

// skip reads up to the end of a list or object whose opening was read.
func (t *tokens) skip(depth int64) error {
	for depth > 0 {
		token, place, err := t.must()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth > t.nesting {
			return at(over(t.file, "the nesting", "json_nesting", t.nesting), place.Line, place.Column)
		}
	}
	return nil
}

// row reads a value that should be a row.
func (t *tokens) row(token json.Token, place Place) (object, error) {
	if token == json.Delim('{') {
		return t.object(place)
	}
	o := object{place: place, err: &Malformed{Place: place, Code: CodeSyntax, Message: "a row is an object", Hint: `write {"column": "cell"}`}}
	if token == json.Delim('[') {
		return o, t.skip(1)
	}
	return o, nil
}

// arrayReader reads the objects of an array.
type arrayReader struct {
	*tokens
	wrapped bool // in an object
	ended   bool
}

func newArray(file string, text io.Reader, limits Limits) (*arrayReader, error) {
	r := &arrayReader{tokens: newTokens(file, &recorder{file: file, source: text, line: 1, limit: limits.RowBytes}, limits.JSONNesting)}
	token, place, err := r.must()
	if err == nil && token == json.Delim('{') {
		r.wrapped = true
		if token, place, err = r.must(); err == nil && token != json.Delim('}') {
			token, place, err = r.must()
		}
	}
	if err != nil {
		return nil, err
	}
	if token != json.Delim('[') {
		return nil, &Malformed{
			Place: place, Code: CodeSyntax, Fatal: true, Message: "there is no list of rows here",
			Hint: `write a list of objects, [{"column": "cell"}], or an object whose one member is such a list`,
		}
	}
	return r, nil
}

func (r *arrayReader) next() (object, error) {
	if r.ended {
		return object{}, io.EOF
	}
	r.forget()
	token, place, err := r.must()
	if err != nil {
		return object{}, err
	}
	if token != json.Delim(']') {
		return r.row(token, place)
	}
	r.ended = true
	if r.wrapped {
		if token, place, err = r.must(); err != nil {
			return object{}, err
		}
		if name, ok := token.(string); ok {
			return object{}, &Malformed{
				Place: place, Code: CodeSyntax, Text: cut(name), Fatal: true, Message: fmt.Sprintf("%q stands beside the list of rows", cut(name)),
				Hint: "the object around the rows has one member",
			}
		}
	}
	if _, place, err = r.tokens.next(); err == nil {
		err = &Malformed{Place: place, Code: CodeSyntax, Message: "there is something else behind the list of rows", Fatal: true}
	}
	return object{}, err
}

// lineReader reads an object from each line.
type lineReader struct {
	file   string
	text   *recorder
	limits Limits
	buffer []byte
	end    int64 // of the lines read
	err    error
}

func newLines(file string, text io.Reader, limits Limits) *lineReader {
	return &lineReader{file: file, text: &recorder{file: file, source: text, line: 1, limit: limits.RowBytes}, limits: limits, buffer: make([]byte, 16<<10)}
}

func (r *lineReader) next() (object, error) {
	for {
		r.text.forget(r.end)
		line, err := r.line()
		if err != nil {
			return object{}, err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return r.object(line)
		}
	}
}

// line reads up to a line's end.
func (r *lineReader) line() ([]byte, error) {
	searched := 0
	for {
		if n := bytes.IndexByte(r.text.kept[searched:], '\n'); n >= 0 {
			line := r.text.kept[:searched+n+1]
			r.end += int64(len(line))
			return line, nil
		}
		searched = len(r.text.kept)
		if r.err != nil {
			break
		}
		_, r.err = r.text.Read(r.buffer)
	}
	if errors.Is(r.err, io.EOF) && searched > 0 {
		r.end += int64(searched)
		return r.text.kept[:searched], nil
	}
	return nil, at(r.err, r.text.line, 1)
}

// object reads a line. A line that is wrong is passed over, and the next one is read all the same.
func (r *lineReader) object(line []byte) (object, error) {
	line = bytes.TrimRight(line, "\r\n")
	text := &recorder{file: r.file, source: bytes.NewReader(slices.Clone(line)), line: r.text.line, limit: r.limits.RowBytes + readAhead}
	t := newTokens(r.file, text, r.limits.JSONNesting)
	token, place, err := t.must()
	var o object
	if err == nil {
		o, err = t.row(token, place)
	}
	if err == nil {
		if _, behind, more := t.next(); !errors.Is(more, io.EOF) {
			err = &Malformed{Place: behind, Code: CodeSyntax, Message: "there is something else behind the row", Hint: "write one row on a line"}
		}
	}
	var m *Malformed
	if errors.As(err, &m) {
		m.Fatal = false
		return object{place: Place{r.file, r.text.line, 1}, err: m}, nil
	}
	return o, err
}

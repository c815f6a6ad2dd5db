package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"
)

// csvTable reads CSV as RFC 4180 has it, and TSV, which is the same with tabs.
type csvTable struct {
	file   string
	text   *recorder
	reader *csv.Reader
	err    error // nothing can be read behind it
	cells  int   // of the row
	row    Place // where the row stands if its cells cannot be asked
}

func newCSV(file string, text io.Reader, delimiter rune, limits Limits) *csvTable {
	t := &csvTable{file: file, row: Place{file, 1, 1}, text: &recorder{file: file, source: text, line: 1, limit: limits.RowBytes}}
	t.reader = csv.NewReader(t.text)
	t.reader.Comma = delimiter
	t.reader.FieldsPerRecord = -1
	t.reader.ReuseRecord = true
	return t
}

func (t *csvTable) Columns() []string { return nil }

func (t *csvTable) Close() error { return nil }

func (t *csvTable) Next() ([]string, error) {
	if t.err != nil {
		return nil, t.err
	}
	t.text.forget(t.reader.InputOffset())
	record, err := t.reader.Read()
	if err == nil {
		t.row, t.cells = Place{}, len(record)
		return record, nil
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		line, column := syntax.Line, t.text.characters(syntax.Line, syntax.Column)
		swallowed := syntax.StartLine != syntax.Line
		if swallowed {
			// The quote that was never closed is the place to look at. Which rows it has swallowed is not known.
			line, column = syntax.StartLine, 1
		}
		t.row = Place{t.file, line, column}
		return nil, &Malformed{
			Place: t.row, Code: CodeSyntax, Message: syntax.Err.Error(),
			Hint:  `a cell with a ` + DelimiterName(t.reader.Comma) + ` or a quote stands in quotes, and a quote inside is doubled: "say ""yes"""`,
			Fatal: swallowed,
		}
	}
	line, column := t.text.end()
	var m *Malformed
	if errors.As(err, &m) && m.Code == CodeLimit {
		line, column = t.text.line, 1
	}
	t.row = Place{t.file, line, column}
	t.err = at(err, line, column)
	return nil, t.err
}

func (t *csvTable) Place(cell int) Place {
	if t.row.Line > 0 {
		return t.row
	}
	if cell < 0 || cell >= t.cells {
		line, _ := t.reader.FieldPos(0)
		return Place{t.file, line, 1}
	}
	line, bytes := t.reader.FieldPos(cell)
	return Place{t.file, line, t.text.characters(line, bytes)}
}

// DelimiterName is how people call a delimiter.
func DelimiterName(delimiter rune) string {
	switch delimiter {
	case ',':
		return "comma"
	case ';':
		return "semicolon"
	case '\t':
		return "tab"
	case '|':
		return "vertical bar"
	}
	return string(delimiter)
}

// recorder passes text on to a reader. It keeps the text of the row being read, because readers give positions in bytes and people
// count characters, and bounds its length.
type recorder struct {
	file   string
	source io.Reader
	kept   []byte
	offset int64 // the reader's offset of kept[0]
	line   int   // the line kept[0] is in
	limit  int64
	err    error
}

// readAhead is how much readers read beyond the row they are at.
const readAhead = 64 << 10

// Read implements io.Reader.
func (r *recorder) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if int64(len(r.kept)) > r.limit+readAhead {
		r.err = over(r.file, "the row, from here to where it ends,", "row_bytes", r.limit)
		return 0, r.err
	}
	n, err := r.source.Read(p[:min(len(p), readAhead)])
	r.err = err
	r.kept = append(r.kept, p[:n]...)
	return n, err
}

// forget drops what stands before an offset of the reader.
func (r *recorder) forget(offset int64) {
	n := int(offset - r.offset)
	r.line += bytes.Count(r.kept[:n], []byte{'\n'})
	r.kept = r.kept[n:]
	r.offset = offset
}

// characters turns a byte column of a kept line, from 1, into a character column.
func (r *recorder) characters(line, column int) int {
	text := r.kept
	for n := r.line; n < line; n++ {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return column
		}
		text = text[end+1:]
	}
	return utf8.RuneCount(text[:min(max(column-1, 0), len(text))]) + 1
}

// end is the place behind all that was read.
func (r *recorder) end() (line, column int) {
	return r.place(len(r.kept))
}

// place is where a byte of the kept text stands.
func (r *recorder) place(n int) (line, column int) {
	text := r.kept[:min(n, len(r.kept))]
	start := bytes.LastIndexByte(text, '\n') + 1
	return r.line + bytes.Count(text, []byte{'\n'}), utf8.RuneCount(text[start:]) + 1
}

// sniffedDelimiter finds the character that separates the cells of the first lines: the one that is in each of them equally often.
// It is a comma if none is.
func sniffedDelimiter(start []byte) rune {
	lines := bytes.Split(start, []byte{'\n'})
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // the last one may be cut off
	}
	best, most := ',', 0
	for _, delimiter := range []rune{',', ';', '\t', '|'} {
		count, same := -1, true
		for _, line := range lines[:min(len(lines), 20)] {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			n := countOutsideQuotes(line, byte(delimiter))
			same = same && (count < 0 || n == count)
			count = n
		}
		if same && count > most {
			best, most = delimiter, count
		}
	}
	return best
}

func countOutsideQuotes(line []byte, delimiter byte) int {
	n, quoted := 0, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == delimiter && !quoted:
			n++
		}
	}
	return n
}

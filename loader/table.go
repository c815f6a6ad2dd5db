package loader

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
)

// table reads the rows of one CSV file and checks each against the file's schema. What is wrong goes to problems.
type table struct {
	resource *resource
	problems *problems
	file     fs.File
	raw      *recorder
	csv      *csv.Reader
	columns  map[string]int // position in a record by field name
	checks   []cellCheck    // by position in a record
	keys     *keySet        // nil where rows need not be unique
	rows     int64
	rejected bool // the current row has a problem
}

// row is one record. It is valid until the next one is read, its texts for as long as they are held.
type row struct {
	table *table
	cells []string
}

// openTable opens a resource's file and reads its header. It returns a nil table if the header is a problem.
func openTable(files fs.FS, res *resource, problems *problems) (*table, error) {
	file, err := files.Open(res.path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", res.path, err)
	}
	t := &table{resource: res, problems: problems, file: file, raw: newRecorder(file)}
	if err := t.raw.skipByteOrderMark(); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", res.path, err), file.Close())
	}
	t.csv = csv.NewReader(t.raw)
	t.csv.FieldsPerRecord = -1 // counted here, to name the line's own number of cells
	t.csv.ReuseRecord = true
	header, err := t.record()
	if errors.Is(err, io.EOF) {
		problems.add(Problem{
			File: res.path, Line: 1, Column: 1, Code: CodeColumn, Message: "the file is empty",
			Hint: "write the header " + columnNames(res),
		})
		return nil, file.Close()
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if header == nil || !t.readHeader(header) {
		return nil, file.Close()
	}
	// Repeated observations are told apart by what they report, not by a key of the schema.
	if res.name != tableObservations {
		t.keys = newKeySet(res)
	}
	return t, nil
}

func (t *table) close() error { return t.file.Close() }

func columnNames(res *resource) string {
	names := make([]string, len(res.fields))
	for i, f := range res.fields {
		names[i] = f.name
	}
	return strings.Join(names, ",")
}

// readHeader matches the header with the schema's fields, in any order.
func (t *table) readHeader(header []string) bool {
	ok := true
	fail := func(column int, name, message string) {
		ok = false
		line, col := t.position(column)
		t.problems.add(Problem{
			File: t.resource.path, Line: line, Column: col, Code: CodeColumn, Text: name, Message: message,
			Hint: "the schema's header is " + columnNames(t.resource),
		})
	}
	t.columns = make(map[string]int, len(header))
	t.checks = make([]cellCheck, len(header))
	for i, name := range header {
		if message, _ := badCharacter(name); message != "" {
			fail(i, "", message)
			return false
		}
		name = strings.Clone(name)
		found := slices.IndexFunc(t.resource.fields, func(f field) bool { return f.name == name })
		if _, repeated := t.columns[name]; repeated {
			fail(i, name, fmt.Sprintf("column %s is there twice", quote(name)))
		} else if found < 0 {
			fail(i, name, fmt.Sprintf("column %s is not in the schema", quote(name)))
		} else {
			t.columns[name] = i
			t.checks[i] = newCellCheck(t.resource, &t.resource.fields[found])
		}
	}
	for _, f := range t.resource.fields {
		if _, found := t.columns[f.name]; !found && ok {
			fail(-1, f.name, fmt.Sprintf("column %s of the schema is missing", quote(f.name)))
		}
	}
	return ok
}

// next returns the next row that is well-formed, and false at the end. Malformed rows are reported and skipped.
func (t *table) next() (row, bool, error) {
	for {
		t.endRow()
		record, err := t.record()
		if errors.Is(err, io.EOF) {
			return row{}, false, nil
		}
		if err != nil {
			return row{}, false, err
		}
		t.rows++
		if record == nil {
			t.rejected = true
			continue
		}
		r := row{t, record}
		if t.checkRow(r) {
			return r, true, nil
		}
	}
}

func (t *table) endRow() {
	if t.rejected {
		t.problems.rows++
	}
	t.rejected = false
}

// drain reads the remaining rows for what their schema says about them.
func (t *table) drain() error {
	for {
		if _, ok, err := t.next(); err != nil || !ok {
			return err
		}
	}
}

// record reads one record; it is nil where the text is no CSV, which is reported.
func (t *table) record() ([]string, error) {
	t.raw.forget(t.csv.InputOffset())
	record, err := t.csv.Read()
	var malformed *csv.ParseError
	switch {
	case err == nil:
		return record, nil
	case errors.As(err, &malformed):
		line, column := malformed.Line, t.raw.characters(malformed.Line, malformed.Column)
		if malformed.StartLine != malformed.Line {
			// The quote that was never closed is the place to look at.
			line, column = malformed.StartLine, 1
		}
		p := Problem{
			File: t.resource.path, Line: line, Column: column, Code: CodeSyntax, Message: malformed.Err.Error(),
			Hint: `a cell with a comma or a quote stands in quotes, and a quote inside is doubled: "say ""yes"""`,
		}
		if malformed.StartLine != malformed.Line {
			t.problems.add(p) // which rows the open quote has swallowed is not known
		} else {
			t.reject(p)
		}
		return nil, nil
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	}
	return nil, fmt.Errorf("read %s: %w", t.resource.path, err)
}

// checkRow checks encoding, types and constraints of a row's cells.
func (t *table) checkRow(r row) bool {
	if len(r.cells) != len(t.checks) {
		line, _ := t.position(0)
		t.reject(Problem{
			File: t.resource.path, Line: line, Column: 1, Code: CodeColumn,
			Message: fmt.Sprintf("the row has %d cells, the header %d", len(r.cells), len(t.checks)),
			Hint:    "a cell with a comma stands in quotes",
		})
		return false
	}
	ok := true
	for i := range r.cells {
		if bad, at := badCharacter(r.cells[i]); bad != "" {
			ok = false
			p := t.problemAt(i, CodeEncoding, bad, "save the file as UTF-8 and keep control characters out")
			p.Column += at
			t.reject(p)
			continue
		}
		if slices.Contains(t.resource.missing, r.cells[i]) {
			r.cells[i] = ""
		}
		if message, hint, code := t.checks[i].check(r.cells[i]); message != "" {
			ok = false
			t.reject(t.problemAt(i, code, message, hint))
		}
	}
	if ok && t.keys != nil {
		line, _ := t.position(0)
		if column, message := t.keys.add(t, r, line); message != "" {
			ok = false
			t.reject(t.problemAt(column, CodeConstraint, message, ""))
		}
	}
	return ok
}

// reject reports a problem of the current row.
func (t *table) reject(p Problem) {
	t.rejected = true
	if t.resource.name == tableObservations && t.columns != nil {
		t.problems.addRow(p)
	} else {
		t.problems.add(p)
	}
}

// problemAt describes a problem of the current row's cell in a column.
func (t *table) problemAt(column int, code, message, hint string) Problem {
	p := Problem{File: t.resource.path, Code: code, Message: message, Hint: hint}
	p.Line, p.Column = t.position(column)
	for name, i := range t.columns {
		if i == column {
			p.Field = name
		}
	}
	return p
}

// position returns line and character column of the current record's cell; of the row if column is -1.
func (t *table) position(column int) (line, characters int) {
	if column < 0 {
		line, _ = t.csv.FieldPos(0)
		return line, 1
	}
	line, bytes := t.csv.FieldPos(column)
	return line, t.raw.characters(line, bytes)
}

// cell returns the text of a column; empty if the table does not have the column.
func (r row) cell(name string) string {
	i, ok := r.table.columns[name]
	if !ok {
		return ""
	}
	return r.cells[i]
}

// reject reports a problem with the cell of a column.
func (r row) reject(name, code, message, hint string) {
	column, ok := r.table.columns[name]
	if !ok {
		column = -1
	}
	if r.table.problems.full() {
		r.table.reject(Problem{})
		return
	}
	p := r.table.problemAt(column, code, message, hint)
	p.Field = name
	p.Text = strings.Clone(r.cell(name))
	r.table.reject(p)
}

// rejectError reports an error as a problem; one of package indicator brings its code, hint and suggestions.
func (r row) rejectError(name string, err error) {
	code := CodeValue
	var typed *indicator.Error
	if !errors.As(err, &typed) {
		r.reject(name, code, err.Error(), "")
		return
	}
	if typed.Code != indicator.InvalidInput {
		code = string(typed.Code)
	}
	hint := typed.Hint
	if len(typed.Suggestions) > 0 {
		hint = "did you mean " + strings.Join(typed.Suggestions, ", ") + "?"
	} else if code != CodeValue {
		// The catalogue's own hints speak of queries; here the code comes from a file.
		hint = "add it to the package, or correct the code"
	}
	r.reject(name, code, typed.Message, hint)
}

// badCharacter says which character of a text is refused, and how many characters stand before it.
func badCharacter(text string) (message string, at int) {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == 0x7F {
			plain = false
			break
		}
	}
	if plain {
		return "", 0
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return fmt.Sprintf("byte 0x%02X is not UTF-8", text[i]), at
			}
		}
		if unicode.IsControl(r) {
			return fmt.Sprintf("control character %U", r), at
		}
		at++
	}
	return "", 0
}

// loaded describes the file once it has been read to its end.
func (t *table) loaded() indicator.LoadedFile {
	return indicator.LoadedFile{
		Name: t.resource.path, SHA256: hex.EncodeToString(t.raw.hash.Sum(nil)), Bytes: t.raw.bytes, Rows: t.rows,
	}
}

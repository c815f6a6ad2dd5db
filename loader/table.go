package loader

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/mapping"
	"github.com/countyql/countyql/loader/tabular"
)

// table reads the rows of one table, from one file or several, and checks each against the table's schema. What is wrong goes to
// problems.
type table struct {
	// pulse is called every pulseRows rows, whatever is in them; nil where nobody waits. Its error ends the reading.
	pulse    func() error
	resource *resource
	problems *problems
	file     *openFile
	index    int // of the file among the resource's
	done     []indicator.LoadedFile
	columns  map[string]int // position in a record by field name
	checks   []cellCheck    // by position in a record
	inHeader bool           // the current row is a header
	first    []string       // the first record of a file that has no header of its own; nil otherwise
	keys     *keySet        // nil where rows need not be unique
	rows     int64
	rejected bool // the current row has a problem
}

// pulseRows is how often somebody who waits hears of a table's rows.
const pulseRows = 4096

// row is one record. It is valid until the next one is read, its texts for as long as they are held.
type row struct {
	table *table
	cells []string
}

// openTable opens a resource's first file and reads its header. It returns a nil table if the header is a problem.
func openTable(res *resource, problems *problems) (*table, error) {
	t := &table{resource: res, problems: problems}
	ok, err := t.open()
	if err != nil || !ok {
		return nil, errors.Join(err, t.close())
	}
	// Repeated observations are told apart by what they report, not by a key of the schema.
	if res.name != tableObservations {
		t.keys = newKeySet(res)
	}
	return t, nil
}

// open opens the file at the index and reads its header; it returns false if that is a problem.
func (t *table) open() (bool, error) {
	t.inHeader = true
	defer func() { t.inHeader = false }()
	file, err := t.resource.files[t.index].open(t.resource.resolver)
	if t.unreadable(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.file = file
	header := file.rows.Columns()
	if header == nil {
		if header, err = t.record(); err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		if errors.Is(err, io.EOF) {
			t.problems.add(Problem{
				File: file.name, Line: 1, Column: 1, Code: CodeColumn, Message: "the file is empty",
				Hint: "write the header " + columnNames(t.resource),
			})
			return false, nil
		}
	}
	if t.index > 0 && !t.resource.bare && file.rows.Columns() == nil && header != nil && !t.repeatsHeader(header) {
		t.first = header
		return true, nil
	}
	if header == nil || !t.readHeader(header) {
		return false, nil
	}
	return true, nil
}

// unreadable reports what makes a file unreadable; it returns false if the error is of another sort.
func (t *table) unreadable(err error) bool {
	var malformed *tabular.Malformed
	var invalid *mapping.Invalid
	switch {
	case errors.As(err, &malformed):
		t.malformed(malformed)
	case errors.As(err, &invalid):
		for i := range invalid.Problems {
			t.problems.add(problemOf(&invalid.Problems[i]))
		}
	default:
		return false
	}
	return true
}

// repeatsHeader reports whether a file that goes on with a table begins with a header: without a name of a column it does not.
func (t *table) repeatsHeader(record []string) bool {
	return len(record) != len(t.checks) || slices.ContainsFunc(t.resource.fields, func(f field) bool { return slices.Contains(record, f.name) })
}

// nextFile goes on to the next file; it returns false if there is none. Files whose header is a problem are passed over.
func (t *table) nextFile() (bool, error) {
	for {
		if err := t.endFile(); err != nil {
			return false, err
		}
		if t.index++; t.index >= len(t.resource.files) {
			t.index--
			return false, nil
		}
		if ok, err := t.open(); ok || err != nil {
			return ok, err
		}
	}
}

// endFile closes the file and remembers what it was.
func (t *table) endFile() error {
	if t.file == nil {
		return nil
	}
	if t.file.file == nil {
		return t.close()
	}
	loaded, err := t.file.loaded()
	t.done = append(t.done, loaded)
	return errors.Join(err, t.close())
}

func (t *table) close() error {
	if t.file == nil {
		return nil
	}
	file := t.file
	t.file = nil
	t.problems.remark(file.note())
	return file.close()
}

// bytes counts what was read of all files.
func (t *table) bytes() int64 {
	var n int64
	for _, f := range t.done {
		n += f.Bytes
	}
	if t.file != nil && t.file.file != nil {
		n += t.file.file.Bytes()
	}
	return n
}

func columnNames(res *resource) string { return strings.Join(res.fieldNames(), ",") }

// readHeader matches the header with the schema's fields, in any order.
func (t *table) readHeader(header []string) bool {
	ok := true
	refuse := func(column int, name, message, hint string) {
		ok = false
		at := t.file.rows.Place(column)
		t.problems.add(Problem{
			File: at.File, Line: max(at.Line, 1), Column: max(at.Column, 1), Code: CodeColumn, Text: name, Message: message, Hint: hint,
		})
	}
	fail := func(column int, name, message string) { refuse(column, name, message, t.headerHint()) }
	if delimiter, found := t.otherDelimiter(header); found {
		refuse(0, "", fmt.Sprintf("%s is one column", quote(header[0])), "cells are separated by commas here, not by "+tabular.DelimiterName(delimiter)+"s")
		return false
	}
	t.columns = make(map[string]int, len(header))
	t.checks = make([]cellCheck, len(header))
	for i, name := range header {
		if message, _ := tabular.BadCharacter(name); message != "" {
			refuse(i, "", message, characterHint)
			return false
		}
		name = strings.Clone(name)
		found := t.field(name)
		if _, repeated := t.columns[name]; repeated {
			fail(i, name, fmt.Sprintf("column %s is there twice", quote(name)))
		} else if found < 0 {
			message, hint := fmt.Sprintf("column %s is not in the schema", quote(name)), t.headerHint()
			if meant := strings.ToLower(strings.TrimSpace(name)); t.field(meant) >= 0 {
				hint = "did you mean " + meant + "?"
			}
			refuse(i, name, message, hint)
		} else {
			t.columns[name] = i
			t.checks[i] = newCellCheck(t.resource, &t.resource.fields[found])
		}
	}
	for _, f := range t.resource.fields {
		if _, found := t.columns[f.name]; !found && ok && !f.optional {
			fail(-1, f.name, fmt.Sprintf("column %s of the schema is missing", quote(f.name)))
		}
	}
	return ok
}

// field is the place of a field of the schema; negative if there is none of the name.
func (t *table) field(name string) int {
	return slices.IndexFunc(t.resource.fields, func(f field) bool { return f.name == name })
}

// otherDelimiter finds out whether the header of a CSV file was taken for one cell because something else than a comma separates its columns.
func (t *table) otherDelimiter(header []string) (rune, bool) {
	if f := t.file; len(header) != 1 || f.file == nil || f.file.Format() != tabular.CSV || f.options.Delimiter != 0 {
		return 0, false
	}
	for _, delimiter := range []rune{';', '\t', '|'} {
		first, _, found := strings.Cut(header[0], string(delimiter))
		if found && t.field(first) >= 0 {
			return delimiter, true
		}
	}
	return 0, false
}

// headerHint says which columns the table has.
func (t *table) headerHint() string {
	switch {
	case !t.resource.bare:
		return "the schema's header is " + columnNames(t.resource)
	case t.resource.name == tableObservations:
		return "the columns of observations are " + columnList(t.resource.name) + "; a table with others needs a mapping file"
	}
	return "the columns of " + t.resource.name + " are " + columnList(t.resource.name)
}

// next returns the next row that is well-formed, and false at the end. Malformed rows are reported and skipped.
func (t *table) next() (row, bool, error) {
	for {
		t.endRow()
		record, err := t.record()
		if errors.Is(err, io.EOF) {
			if more, err := t.nextFile(); err != nil || !more {
				return row{}, false, err
			}
			continue
		}
		if err != nil {
			return row{}, false, err
		}
		t.rows++
		t.file.count++
		if t.pulse != nil && t.rows%pulseRows == 0 {
			if err := t.pulse(); err != nil {
				return row{}, false, err
			}
		}
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

// record reads one record; it is nil where there is none to be read, which is reported.
func (t *table) record() ([]string, error) {
	if t.file == nil {
		return nil, io.EOF
	}
	if t.first != nil {
		record := t.first
		t.first = nil
		return record, nil
	}
	record, err := t.file.rows.Next()
	var malformed *tabular.Malformed
	switch {
	case err == nil:
		return record, nil
	case errors.As(err, &malformed):
		t.malformed(malformed)
		return nil, nil
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	}
	return nil, fmt.Errorf("read %s: %w", t.file.name, err)
}

// malformed reports what a file holds where a row should be.
func (t *table) malformed(m *tabular.Malformed) {
	p := problemOf(m)
	if m.Fatal {
		t.problems.add(p) // which rows are lost is not known
	} else {
		t.reject(p)
	}
}

func problemOf(m *tabular.Malformed) Problem {
	return Problem{
		File: m.Place.File, Line: m.Place.Line, Column: m.Place.Column, Code: m.Code, Text: m.Text, Message: m.Message, Hint: m.Hint,
	}
}

// maxText bounds the characters of a cell, such as what was printed, or a note.
const maxText = 10_000

// characterHint is what to do about a character that no text may hold.
const characterHint = "save the file as UTF-8 and keep control characters out"

// checkText refuses characters that no text may hold, and texts that are too long.
func (t *table) checkText(column int, text string) (Problem, bool) {
	if bad, at := tabular.BadCharacter(text); bad != "" {
		p := t.problemAt(column, CodeEncoding, bad, characterHint)
		p.Column += at
		return p, false
	}
	if len(text) > maxText && utf8.RuneCountInString(text) > maxText {
		return t.problemAt(column, CodeLimit, fmt.Sprintf("the text has %s characters", formatNumber(float64(utf8.RuneCountInString(text)))),
			"a cell holds up to "+formatNumber(maxText)), false
	}
	return Problem{}, true
}

// checkRow checks encoding, types and constraints of a row's cells.
func (t *table) checkRow(r row) bool {
	if len(r.cells) != len(t.checks) {
		at := t.file.rows.Place(-1)
		t.reject(Problem{
			File: at.File, Line: at.Line, Column: at.Column, Code: CodeColumn,
			Message: fmt.Sprintf("the row has %d cells, the header %d", len(r.cells), len(t.checks)),
			Hint:    "a cell with a comma stands in quotes",
		})
		return false
	}
	ok := true
	for i := range r.cells {
		if p, good := t.checkText(i, r.cells[i]); !good {
			ok = false
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
		if column, message := t.keys.add(t, r); message != "" {
			ok = false
			t.reject(t.problemAt(column, CodeConstraint, message, ""))
		}
	}
	return ok
}

// reject reports a problem of the current row.
func (t *table) reject(p Problem) {
	t.rejected = true
	if t.resource.name == tableObservations && !t.inHeader {
		t.problems.addRow(p)
	} else {
		t.problems.add(p)
	}
}

// problemAt describes a problem of the current row's cell in a column; of the row if the column is -1.
func (t *table) problemAt(column int, code, message, hint string) Problem {
	at := t.file.rows.Place(column)
	p := Problem{File: at.File, Line: at.Line, Column: at.Column, Code: code, Message: message, Hint: hint}
	for name, i := range t.columns {
		if i == column {
			p.Field = name
		}
	}
	return p
}

// spot is where a row stands, in few bytes: one is kept for each row.
type spot struct {
	file, line int32
}

// spot is where the current row stands.
func (t *table) spot() spot {
	return spot{int32(t.index), int32(min(t.file.rows.Place(-1).Line, math.MaxInt32))}
}

// nameSpot says where another row stands, as seen from the current one.
func (t *table) nameSpot(s spot) string {
	if int(s.file) == t.index {
		return fmt.Sprintf("line %d", s.line)
	}
	return fmt.Sprintf("line %d of %s", s.line, t.resource.files[s.file].name)
}

// nameBoth says where another row and the current one stand.
func (t *table) nameBoth(s spot) string {
	if int(s.file) == t.index {
		return fmt.Sprintf("lines %d and %d", s.line, t.spot().line)
	}
	return fmt.Sprintf("%s and line %d of %s", t.nameSpot(s), t.spot().line, t.file.name)
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
	var bounds *boundsError
	switch {
	case errors.As(err, &bounds):
		r.reject(name, CodeRange, typed.Message, typed.Hint)
		return
	case typed.Code != indicator.InvalidInput:
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

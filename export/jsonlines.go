package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
)

// jsonWriter writes an object a line, with every column in order and null for nulls.
type jsonWriter struct {
	to      *bufio.Writer
	columns []Column
	names   [][]byte // what goes before each cell: {"name": or ,"name":
	text    bytes.Buffer
	texts   *json.Encoder // into text
	line    []byte
}

func newJSONLines(w io.Writer, columns []Column, _ Options) (Writer, error) {
	j := &jsonWriter{to: bufio.NewWriter(w), columns: columns, names: make([][]byte, len(columns))}
	j.texts = json.NewEncoder(&j.text)
	j.texts.SetEscapeHTML(false)
	for i := range columns {
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		j.names[i] = append(strconv.AppendQuote([]byte{before}, columns[i].Name), ':')
	}
	return j, nil
}

// Write writes a line.
func (j *jsonWriter) Write(row []Cell) error {
	j.line = j.line[:0]
	for i, cell := range row {
		j.line = append(j.line, j.names[i]...)
		var err error
		if j.line, err = j.append(j.line, j.columns[i].Kind, cell); err != nil {
			return err
		}
	}
	j.line = append(j.line, '}', '\n')
	_, err := j.to.Write(j.line)
	return err
}

func (j *jsonWriter) append(line []byte, kind Kind, cell Cell) ([]byte, error) {
	switch {
	case !cell.Known:
		return append(line, "null"...), nil
	case kind == Number:
		return indicator.AppendShown(line, cell.Number), nil
	case kind == Integer:
		return strconv.AppendInt(line, cell.Integer, 10), nil
	case kind == Boolean:
		return strconv.AppendBool(line, cell.Integer != 0), nil
	case kind == Date:
		return strconv.AppendQuote(line, indicator.Day(cell.Integer).String()), nil
	}
	if plainText(cell.Text) {
		return append(append(append(line, '"'), cell.Text...), '"'), nil
	}
	j.text.Reset()
	if err := j.texts.Encode(cell.Text); err != nil {
		return nil, err
	}
	return append(line, bytes.TrimSuffix(j.text.Bytes(), []byte("\n"))...), nil
}

// plainText reports whether a text is written in JSON as it is.
func plainText(text string) bool {
	ascii := true
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c == '"' || c == '\\':
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(text) && !strings.ContainsAny(text, "\u2028\u2029")
}

// Close writes the last lines.
func (j *jsonWriter) Close() error { return j.to.Flush() }

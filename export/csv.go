package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
)

const byteOrderMark = "\ufeff"

// csvWriter writes RFC 4180 in UTF-8 with a line of names, lines ending in LF. A null is an empty cell: no text is empty. In the only column
// it is quoted, since readers skip empty lines.
type csvWriter struct {
	out     io.Writer
	to      *csv.Writer // to out
	columns []Column
	fields  []string
	excel   bool
}

func newCSV(w io.Writer, columns []Column, options Options) (Writer, error) {
	if options.BOM {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return nil, err
		}
	}
	c := &csvWriter{out: w, to: csv.NewWriter(w), columns: columns, fields: make([]string, len(columns)), excel: options.Excel}
	for i := range columns {
		c.fields[i] = columns[i].Name
	}
	return c, c.to.Write(c.fields)
}

// Write writes a line.
func (c *csvWriter) Write(row []Cell) error {
	if len(row) == 1 && !row[0].Known {
		c.to.Flush()
		_, err := io.WriteString(c.out, "\"\"\n")
		return err
	}
	for i, cell := range row {
		c.fields[i] = c.field(c.columns[i].Kind, cell)
	}
	return c.to.Write(c.fields)
}

func (c *csvWriter) field(kind Kind, cell Cell) string {
	switch {
	case !cell.Known:
		return ""
	case kind == Number:
		return string(indicator.AppendShown(nil, cell.Number))
	case kind == Integer:
		return strconv.FormatInt(cell.Integer, 10)
	case kind == Boolean:
		return strconv.FormatBool(cell.Integer != 0)
	case kind == Date:
		return indicator.Day(cell.Integer).String()
	case c.excel && strings.ContainsRune("=+-@\t\r", rune(cell.Text[0])):
		return "'" + cell.Text
	}
	return cell.Text
}

// Close writes the last lines.
func (c *csvWriter) Close() error {
	c.to.Flush()
	return c.to.Error()
}

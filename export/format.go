package export

import (
	"encoding/json"
	"io"

	"github.com/countyql/countyql/query"
)

// Format is how a table is written.
type Format struct {
	// Extension is the file's, without the point.
	Extension string
	// MediaType is the Content-Type.
	MediaType string
	open      func(w io.Writer, columns []Column, options Options) (Writer, error)
}

// formats are the formats by the extensions they are asked for with.
var formats = map[string]Format{
	"csv":     {"csv", "text/csv; charset=utf-8; header=present", newCSV},
	"jsonl":   {"jsonl", "application/jsonl; charset=utf-8", newJSONLines},
	"json":    {"jsonl", "application/jsonl; charset=utf-8", newJSONLines}, // a row each in either
	"parquet": {"parquet", "application/vnd.apache.parquet", newParquet},
	"arrow":   {"arrows", "application/vnd.apache.arrow.stream", newArrow},
}

// FormatOf is the format of an extension; false if there is none.
func FormatOf(extension string) (Format, bool) {
	format, ok := formats[extension]
	return format, ok
}

// Options are the optional settings of a file.
type Options struct {
	// Snapshot is the snapshot answered from and Warnings what should be known; Parquet and Arrow files carry them.
	Snapshot string
	Warnings []query.Warning
	// Rows is how many rows there will be, where that is known: formats that keep rows make room for them.
	Rows int
	// BOM begins a CSV file with a byte order mark, which makes Excel read it as UTF-8.
	BOM bool
	// Excel puts an apostrophe before texts of a CSV file that Excel would take for formulas.
	Excel bool
}

// The names of what Parquet and Arrow files carry beside their rows.
const (
	snapshotKey = "countyql.snapshot"
	warningsKey = "countyql.warnings"
)

// warnings are the warnings as JSON: [{"code": …, "message": …}].
func (o Options) warnings() (string, error) {
	type warning struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	list := make([]warning, len(o.Warnings))
	for i, w := range o.Warnings {
		list[i] = warning{string(w.Code), w.Message}
	}
	encoded, err := json.Marshal(list)
	return string(encoded), err
}

// Writer writes rows in one format. It is used by one goroutine.
type Writer interface {
	// Write adds a row with a cell for each column. Rows may be kept and written together.
	Write(row []Cell) error
	// Close writes what is kept and what ends the file. A file that is not closed is visibly incomplete in every format but CSV
	// and JSON lines, where the transfer has to show it.
	Close() error
}

// Open begins a file with the columns.
func (f Format) Open(w io.Writer, columns []Column, options Options) (Writer, error) {
	return f.open(w, columns, options)
}

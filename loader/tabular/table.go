package tabular

import "fmt"

// Table reads the rows of one table. It is used by one goroutine and must be closed.
type Table interface {
	// Columns returns the names of the columns where the format names them (JSON, NDJSON, Parquet, PX); nil where the
	// names stand in the first rows themselves (CSV, TSV, XLSX). It does not change.
	Columns() []string
	// Next returns the next row's cells as text; an absent or null cell is empty. The slice and its texts are valid until
	// the next call. After the last row it returns io.EOF. A row that cannot be read is a *Malformed; the next call goes
	// on behind it unless it is Fatal. Any other error is one of reading.
	Next() ([]string, error)
	// Place returns where a cell of the row stands that Next returned last, counted from 0; the row itself for -1.
	Place(cell int) Place
	// Close releases the table.
	Close() error
}

// Place is a place in a file, as people count.
type Place struct {
	File   string // its path; with #sheet for a sheet of a workbook
	Line   int    // from 1: of a text file the line, of XLSX the row, of JSON the line, of Parquet and PX the record
	Column int    // from 1: of a text file the character in the line, elsewhere the column; 0 where there is none
}

// Malformed is what a file holds where a row should be.
type Malformed struct {
	Place   Place
	Code    string // SYNTAX, ENCODING, COLUMN or LIMIT
	Text    string // the offending text, cut; may be empty
	Message string
	Hint    string // what to do about it; may be empty
	Fatal   bool   // nothing behind it can be read
}

// Error says where and what.
func (m *Malformed) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.Place.File, m.Place.Line, m.Place.Column, m.Message)
}

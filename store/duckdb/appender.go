package duckdb

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/countyql/countyql/indicator"
)

// appender writes rows into a table by whole chunks. It uses its connection alone until it is closed.
type appender struct {
	db       *database
	conn     *connection
	appender mapping.Appender
	types    []mapping.LogicalType
	widths   []uintptr
	chunk    mapping.DataChunk
	vectors  []mapping.Vector
	data     []unsafe.Pointer
	rows     int // in the chunk
	column   int // to be written next
	err      error
	shared   bool // the connection is somebody else's, and so is its transaction
}

func (d *database) newAppender(catalog, table string) (*appender, error) {
	c, err := d.acquire()
	if err != nil {
		return nil, err
	}
	a, err := d.appenderOn(c, catalog, table)
	if err != nil {
		d.release(c)
		return nil, err
	}
	a.shared = false
	return a, nil
}

// appenderOn appends over a connection, in its transaction. Nothing else may use the connection meanwhile, but for other appenders
// of the same goroutine.
func (d *database) appenderOn(c *connection, catalog, table string) (*appender, error) {
	a := &appender{db: d, conn: c, shared: true}
	if mapping.AppenderCreateExt(c.conn, catalog, "main", table, &a.appender) == mapping.StateError {
		err := fmt.Errorf("duckdb: append to %s: %s", table, mapping.AppenderError(a.appender))
		mapping.AppenderDestroy(&a.appender)
		return nil, err
	}
	for i := range mapping.AppenderColumnCount(a.appender) {
		t := mapping.AppenderColumnType(a.appender, i)
		a.types = append(a.types, t)
		a.widths = append(a.widths, widths[mapping.GetTypeId(t)])
	}
	a.chunk = mapping.CreateDataChunk(a.types)
	a.vectors = make([]mapping.Vector, len(a.types))
	a.data = make([]unsafe.Pointer, len(a.types))
	a.point()
	return a, nil
}

func (a *appender) point() {
	for i := range a.vectors {
		a.vectors[i] = mapping.DataChunkGetVector(a.chunk, mapping.IdxT(i))
		a.data[i] = mapping.VectorGetData(a.vectors[i])
	}
}

// put writes the row's next cell; T must be as wide as the column.
func put[T any](a *appender, value T) {
	if out := cells[T](a, 1); out != nil {
		out[0] = value
	}
	a.column++
}

// room is the number of rows that can be written before the chunk is full.
func (a *appender) room() int { return int(mapping.VectorSize()) - a.rows }

// cells is the next column from the current row on; nil after an error. There must be room for the rows.
func cells[T any](a *appender, n int) []T {
	var zero T
	size := unsafe.Sizeof(zero)
	if a.err == nil && a.column >= len(a.widths) {
		a.err = fmt.Errorf("duckdb: more than %d cells in a row", len(a.widths))
	}
	if a.err == nil && a.widths[a.column] != size {
		a.err = fmt.Errorf("duckdb: column %d takes %d bytes, not %d", a.column, a.widths[a.column], size)
	}
	if a.err != nil {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Add(a.data[a.column], uintptr(a.rows)*size)), n)
}

// fill writes the next cell of several rows.
func fill[R, T any](a *appender, rows []R, cell func(*R) T) {
	for i, out := 0, cells[T](a, len(rows)); i < len(out); i++ {
		out[i] = cell(&rows[i])
	}
	a.column++
}

// fillFloats writes the next cell of several rows as doubles, NULL for NaN, and no negative zero: it equals zero but would
// be hashed as another number.
func fillFloats[R any](a *appender, rows []R, cell func(*R) float64) {
	var valid []uint64
	for i, out := 0, cells[float64](a, len(rows)); i < len(out); i++ {
		value := cell(&rows[i])
		if value == 0 {
			value = 0
		}
		out[i] = value
		if value != value {
			valid = a.setNull(valid, i)
		}
	}
	a.column++
}

// setNull makes a cell of the column to be written NULL. It returns the column's mask, which is nil before the first of them.
func (a *appender) setNull(valid []uint64, i int) []uint64 {
	if valid == nil {
		vector := a.vectors[a.column]
		mapping.VectorEnsureValidityWritable(vector)
		valid = unsafe.Slice((*uint64)(mapping.VectorGetValidity(vector)), (int(mapping.VectorSize())+63)/64)
	}
	row := a.rows + i
	valid[row/64] &^= 1 << (row % 64)
	return valid
}

// fillDays writes the next cell of several rows as days, NULL for NoDay.
func fillDays[R any](a *appender, rows []R, cell func(*R) indicator.Day) {
	var valid []uint64
	for i, out := 0, cells[indicator.Day](a, len(rows)); i < len(out); i++ {
		out[i] = cell(&rows[i])
		if out[i] == indicator.NoDay {
			valid = a.setNull(valid, i)
		}
	}
	a.column++
}

// inlined is the longest text that a cell holds itself: behind its length, in four bytes, and filled up with zeros.
const inlined = 12

// fillTexts writes the next cell of several rows as texts, which must be valid UTF-8.
func fillTexts[R any](a *appender, rows []R, cell func(*R) string) {
	for i, out := 0, cells[[4 + inlined]byte](a, len(rows)); i < len(out); i++ {
		text := cell(&rows[i])
		if len(text) > inlined {
			mapping.VectorAssignStringElementLen(a.vectors[a.column], mapping.IdxT(a.rows+i), []byte(text))
			continue
		}
		out[i] = [4 + inlined]byte{byte(len(text))} // DuckDB runs on little-endian machines only
		copy(out[i][4:], text)
	}
	a.column++
}

// endRows completes rows that were filled.
func (a *appender) endRows(n int) error {
	if a.err == nil && a.column != len(a.types) {
		a.err = fmt.Errorf("duckdb: rows of %d cells for %d columns", a.column, len(a.types))
	}
	if a.err != nil {
		return a.err
	}
	a.column = 0
	a.rows += n
	if a.room() == 0 {
		a.flushChunk()
	}
	return a.err
}

// putText writes a text, which must be valid UTF-8.
func (a *appender) putText(value string) {
	if a.err == nil {
		mapping.VectorAssignStringElementLen(a.vectors[a.column], mapping.IdxT(a.rows), []byte(value))
	}
	a.column++
}

// endRow completes a row.
func (a *appender) endRow() error { return a.endRows(1) }

func (a *appender) flushChunk() {
	if a.rows == 0 || a.err != nil {
		return
	}
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(a.rows))
	if mapping.AppendDataChunk(a.appender, a.chunk) == mapping.StateError {
		a.err = a.failed()
		return
	}
	mapping.DataChunkReset(a.chunk)
	a.rows = 0
	a.point()
}

// flush has the table take over what was appended.
func (a *appender) flush() error {
	a.flushChunk()
	if a.err == nil && mapping.AppenderFlush(a.appender) == mapping.StateError {
		a.err = a.failed()
	}
	return a.err
}

// failed is what DuckDB says of an appender that failed.
func (a *appender) failed() error {
	data := mapping.AppenderErrorData(a.appender)
	defer mapping.DestroyErrorData(&data)
	message := mapping.ErrorDataMessage(data)
	if mapping.ErrorDataErrorType(data) == mapping.ErrorTypeOutOfMemory {
		return a.db.exhausted(message)
	}
	return fmt.Errorf("duckdb: append: %s", message)
}

// close makes the appended rows visible.
func (a *appender) close() error {
	if a.conn == nil {
		return a.err
	}
	_ = a.flush() // keeps its error
	if a.err != nil {
		mapping.AppenderClear(a.appender)
	}
	if mapping.AppenderDestroy(&a.appender) == mapping.StateError && a.err == nil {
		a.err = errors.New("duckdb: append: rows were not written")
	}
	mapping.DestroyDataChunk(&a.chunk)
	for i := range a.types {
		mapping.DestroyLogicalType(&a.types[i])
	}
	if !a.shared {
		a.db.release(a.conn)
	}
	a.conn = nil
	return a.err
}

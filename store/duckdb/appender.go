package duckdb

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
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
}

func (d *database) newAppender(catalog, table string) (*appender, error) {
	c, err := d.acquire()
	if err != nil {
		return nil, err
	}
	a := &appender{db: d, conn: c}
	if mapping.AppenderCreateExt(c.conn, catalog, "main", table, &a.appender) == mapping.StateError {
		err := fmt.Errorf("duckdb: append to %s: %s", table, mapping.AppenderError(a.appender))
		mapping.AppenderDestroy(&a.appender)
		d.release(c)
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
	if size := unsafe.Sizeof(value); a.err == nil && a.widths[a.column] != size {
		a.err = fmt.Errorf("duckdb: column %d takes %d bytes, not %d", a.column, a.widths[a.column], size)
	}
	if a.err != nil {
		return
	}
	*(*T)(unsafe.Add(a.data[a.column], uintptr(a.rows)*unsafe.Sizeof(value))) = value
	a.column++
}

// putFloat writes a double, NULL for NaN, and no negative zero: it equals zero but would be hashed as another number.
func (a *appender) putFloat(value float64) {
	if value == 0 {
		value = 0
	}
	if math.IsNaN(value) && a.err == nil {
		mapping.VectorEnsureValidityWritable(a.vectors[a.column])
		mapping.ValiditySetRowInvalid(mapping.VectorGetValidity(a.vectors[a.column]), mapping.IdxT(a.rows))
	}
	put(a, value)
}

// putText writes a text, which must be valid UTF-8.
func (a *appender) putText(value string) {
	if a.err != nil {
		return
	}
	mapping.VectorAssignStringElementLen(a.vectors[a.column], mapping.IdxT(a.rows), []byte(value))
	a.column++
}

// endRow completes a row.
func (a *appender) endRow() error {
	if a.err == nil && a.column != len(a.types) {
		a.err = fmt.Errorf("duckdb: a row of %d cells for %d columns", a.column, len(a.types))
	}
	if a.err != nil {
		return a.err
	}
	a.column = 0
	a.rows++
	if a.rows == int(mapping.VectorSize()) {
		a.flushChunk()
	}
	return a.err
}

func (a *appender) flushChunk() {
	if a.rows == 0 || a.err != nil {
		return
	}
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(a.rows))
	if mapping.AppendDataChunk(a.appender, a.chunk) == mapping.StateError {
		a.err = fmt.Errorf("duckdb: append: %s", mapping.AppenderError(a.appender))
		return
	}
	mapping.DataChunkReset(a.chunk)
	a.rows = 0
	a.point()
}

// close makes the appended rows visible.
func (a *appender) close() error {
	if a.conn == nil {
		return a.err
	}
	a.flushChunk()
	if a.err == nil && mapping.AppenderFlush(a.appender) == mapping.StateError {
		a.err = fmt.Errorf("duckdb: append: %s", mapping.AppenderError(a.appender))
	}
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
	a.db.release(a.conn)
	a.conn = nil
	return a.err
}

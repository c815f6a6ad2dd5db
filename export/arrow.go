package export

import (
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

const (
	// arrowBatch is how many rows a record batch has.
	arrowBatch = 10_000
	// mostText is from how many bytes of a column on a batch has fewer rows.
	mostText = 64 << 20
)

// arrowWriter writes an Arrow IPC stream, not compressed, so that every reader can read it.
type arrowWriter struct {
	to      *ipc.Writer
	schema  *arrow.Schema
	kinds   []Column
	columns []arrowColumn
	n       int
	room    int
}

func arrowType(kind Kind) arrow.DataType {
	switch kind {
	case Number:
		return arrow.PrimitiveTypes.Float64
	case Integer:
		return arrow.PrimitiveTypes.Int64
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	case Date:
		return arrow.FixedWidthTypes.Date32
	default:
		return arrow.BinaryTypes.String
	}
}

func newArrow(w io.Writer, columns []Column, options Options) (Writer, error) {
	warnings, err := options.warnings()
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(columns))
	for i, column := range columns {
		fields[i] = arrow.Field{Name: column.Name, Type: arrowType(column.Kind), Nullable: true}
	}
	metadata := arrow.NewMetadata([]string{snapshotKey, warningsKey}, []string{options.Snapshot, warnings})
	schema := arrow.NewSchema(fields, &metadata)
	a := &arrowWriter{
		to: ipc.NewWriter(w, ipc.WithSchema(schema)), schema: schema, kinds: columns, columns: borrowColumns(len(columns)),
		room: min(options.Rows, arrowBatch),
	}
	a.reset()
	return a, nil
}

func (a *arrowWriter) reset() {
	a.n = 0
	for i := range a.columns {
		a.columns[i].reset(a.kinds[i].Kind, a.room)
	}
}

// Write keeps the row and writes a batch of them when there are enough.
func (a *arrowWriter) Write(row []Cell) error {
	full := false
	for i := range row {
		column := &a.columns[i]
		column.add(&row[i])
		full = full || len(column.text) >= mostText
	}
	a.n++
	if a.n < arrowBatch && !full {
		return nil
	}
	return a.flush()
}

func (a *arrowWriter) flush() error {
	arrays := make([]arrow.Array, len(a.columns))
	for i := range a.columns {
		arrays[i] = a.columns[i].array()
		defer arrays[i].Release()
	}
	batch := array.NewRecordBatch(a.schema, arrays, int64(a.n))
	defer batch.Release()
	if err := a.to.Write(batch); err != nil {
		return err
	}
	a.reset()
	return nil
}

// Close writes the last batch and the end of the stream.
func (a *arrowWriter) Close() error {
	if a.n > 0 {
		if err := a.flush(); err != nil {
			return err
		}
	}
	returnColumns(a.columns)
	a.columns = nil
	return a.to.Close()
}

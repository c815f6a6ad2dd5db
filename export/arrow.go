package export

import (
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// arrowBatch is how many rows a record batch has.
const arrowBatch = 10_000

// arrowWriter writes an Arrow IPC stream, not compressed, so that every reader can read it.
type arrowWriter struct {
	to      *ipc.Writer
	columns []Column
	builder *array.RecordBuilder
	n       int
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
		to: ipc.NewWriter(w, ipc.WithSchema(schema)), columns: columns, builder: array.NewRecordBuilder(memory.DefaultAllocator, schema),
	}
	a.builder.Reserve(min(options.Rows, arrowBatch))
	return a, nil
}

// Write keeps the row and writes a batch of them when there are enough.
func (a *arrowWriter) Write(row []Cell) error {
	for i := range row {
		cell := &row[i]
		if !cell.Known {
			a.builder.Field(i).AppendNull()
			continue
		}
		switch column := a.builder.Field(i).(type) {
		case *array.Float64Builder:
			column.Append(cell.Number)
		case *array.Int64Builder:
			column.Append(cell.Integer)
		case *array.BooleanBuilder:
			column.Append(cell.Integer != 0)
		case *array.Date32Builder:
			column.Append(arrow.Date32(cell.Integer))
		case *array.StringBuilder:
			column.Append(cell.Text)
		}
	}
	a.n++
	if a.n < arrowBatch {
		return nil
	}
	return a.flush()
}

func (a *arrowWriter) flush() error {
	batch := a.builder.NewRecordBatch()
	defer batch.Release()
	a.n = 0
	return a.to.Write(batch)
}

// Close writes the last batch and the end of the stream.
func (a *arrowWriter) Close() error {
	defer a.builder.Release()
	if a.n > 0 {
		if err := a.flush(); err != nil {
			return err
		}
	}
	return a.to.Close()
}

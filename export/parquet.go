package export

import (
	"io"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	// parquetGroup is how many rows a row group has: what is held in memory, compressed, until it is written.
	parquetGroup = 100_000
	// parquetBatch is how many rows are handed over together.
	parquetBatch = 256
)

// parquetWriter writes Parquet: every column optional, texts in dictionaries, compressed with zstd.
type parquetWriter struct {
	to      *parquet.GenericWriter[any]
	columns []Column
	rows    []parquet.Row
	n       int
}

// ordered is a group whose columns keep their order instead of that of their names.
type ordered struct {
	parquet.Group
	columns []Column
}

// Fields are the columns in order.
func (o ordered) Fields() []parquet.Field {
	fields := o.Group.Fields()
	position := make(map[string]int, len(o.columns))
	for i := range o.columns {
		position[o.columns[i].Name] = i
	}
	slices.SortFunc(fields, func(a, b parquet.Field) int { return position[a.Name()] - position[b.Name()] })
	return fields
}

func parquetNode(kind Kind) parquet.Node {
	switch kind {
	case Number:
		return parquet.Leaf(parquet.DoubleType)
	case Integer:
		return parquet.Leaf(parquet.Int64Type)
	case Boolean:
		return parquet.Leaf(parquet.BooleanType)
	case Date:
		return parquet.Date()
	default:
		return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	}
}

func newParquet(w io.Writer, columns []Column, options Options) (Writer, error) {
	warnings, err := options.warnings()
	if err != nil {
		return nil, err
	}
	group := ordered{make(parquet.Group, len(columns)), columns}
	for _, column := range columns {
		group.Group[column.Name] = parquet.Optional(parquetNode(column.Kind))
	}
	p := &parquetWriter{columns: columns, rows: make([]parquet.Row, parquetBatch)}
	p.to = parquet.NewGenericWriter[any](w, parquet.NewSchema("row", group), parquet.Compression(&zstd.Codec{}),
		parquet.MaxRowsPerRowGroup(parquetGroup), parquet.CreatedBy("countyql", "", ""),
		parquet.KeyValueMetadata(snapshotKey, options.Snapshot), parquet.KeyValueMetadata(warningsKey, warnings))
	return p, nil
}

// Write keeps the row and writes a batch of them when there are enough.
func (p *parquetWriter) Write(row []Cell) error {
	values := p.rows[p.n][:0]
	for i, cell := range row {
		values = append(values, parquetValue(p.columns[i].Kind, cell, i))
	}
	p.rows[p.n] = values
	p.n++
	if p.n < len(p.rows) {
		return nil
	}
	return p.flush()
}

func parquetValue(kind Kind, cell Cell, column int) parquet.Value {
	var value parquet.Value
	switch {
	case !cell.Known:
		return parquet.NullValue().Level(0, 0, column)
	case kind == Number:
		value = parquet.DoubleValue(cell.Number)
	case kind == Integer:
		value = parquet.Int64Value(cell.Integer)
	case kind == Boolean:
		value = parquet.BooleanValue(cell.Integer != 0)
	case kind == Date:
		value = parquet.Int32Value(int32(cell.Integer))
	default:
		value = parquet.ByteArrayValue([]byte(strings.ToValidUTF8(cell.Text, "\ufffd")))
	}
	return value.Level(0, 1, column)
}

func (p *parquetWriter) flush() error {
	_, err := p.to.WriteRows(p.rows[:p.n])
	p.n = 0
	return err
}

// Close writes the last rows and the footer.
func (p *parquetWriter) Close() error {
	if err := p.flush(); err != nil {
		return err
	}
	return p.to.Close()
}

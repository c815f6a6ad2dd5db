package tabular

import (
	"errors"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// ErrUnusual says that a block of a file is not what it should be. Next reads the same file row by row, and says what is wrong.
var ErrUnusual = errors.New("a block that cannot be read")

// Blocks reads the rows of a Parquet file by columns, which costs less than row by row. It is used by one goroutine.
type Blocks struct {
	groups  []parquet.RowGroup
	columns []columnPages
	quick   []quickText
	texts   []valueText
	left    int64 // rows of the row group
}

// Blocks begins to read the file from its start by blocks; nil if it is no Parquet file. It must be closed before the file.
func (f *File) Blocks() *Blocks {
	t, ok := f.table.(*parquetTable)
	if !ok {
		return nil
	}
	return &Blocks{groups: t.groups, columns: make([]columnPages, len(t.columns)), quick: t.quick, texts: t.texts}
}

// columnPages reads one column of a row group.
type columnPages struct {
	pages      parquet.Pages
	page       parquet.Page // nil before the first and behind the last
	rows       int          // of the page
	row, value int          // next in the page: its rows that are null have no value
	dictionary parquet.Dictionary
	texts      [][]byte // of the dictionary
}

// blockRows bounds the rows of a block. No block reaches beyond the end of a page, of whatever column.
const blockRows = 4096

// Block holds rows. They are read by one goroutine, while another one may fill the next block.
type Block struct {
	columns []blockColumn
	rows    int
	row     int // next
	cells   [][]byte
	numbers []byte // the texts of a row that are made anew
}

// blockColumn holds the values of a column that are not null, in one of the slices.
type blockColumn struct {
	quick  quickText
	text   valueText
	levels []byte // 0 where a row is null; empty if none is
	value  int    // next

	dictionary [][]byte // texts that indexes point to, if it is not nil
	indexes    []int32

	kind      encoding.Kind
	data      []byte
	offsets   []uint32
	ints      []int32
	longs     []int64
	floats    []float32
	doubles   []float64
	valueSize int
}

// Fill replaces the rows of a block by the next ones; behind the last ones it returns io.EOF. What is wrong with the file is
// ErrUnusual.
func (b *Blocks) Fill(block *Block) (err error) {
	defer unusual(&err)
	for b.ended() {
		if err := b.nextGroup(); err != nil {
			return err
		}
	}
	rows := blockRows
	for i := range b.columns {
		rows = min(rows, b.columns[i].rows-b.columns[i].row)
	}
	if rows <= 0 {
		return ErrUnusual // columns of different lengths
	}
	if block.columns == nil {
		block.columns, block.cells = make([]blockColumn, len(b.columns)), make([][]byte, len(b.columns))
	}
	block.rows, block.row = rows, 0
	b.left -= int64(rows)
	for i := range b.columns {
		out := &block.columns[i]
		out.quick, out.text = b.quick[i], b.texts[i]
		if err := b.columns[i].fill(out, rows); err != nil {
			return err
		}
	}
	return nil
}

// unusual turns whatever the Parquet library says or panics with into ErrUnusual.
func unusual(err *error) {
	if recover() != nil || *err != nil && !errors.Is(*err, io.EOF) {
		*err = ErrUnusual
	}
}

// ended reports whether every column of the row group was read.
func (b *Blocks) ended() bool {
	return !slices.ContainsFunc(b.columns, func(c columnPages) bool { return c.page != nil })
}

func (b *Blocks) nextGroup() error {
	if err := b.Close(); err != nil {
		return err
	}
	if b.left != 0 {
		return ErrUnusual
	}
	if len(b.groups) == 0 {
		return io.EOF
	}
	chunks := b.groups[0].ColumnChunks()
	b.left = b.groups[0].NumRows()
	b.groups = b.groups[1:]
	if len(chunks) != len(b.columns) {
		return ErrUnusual
	}
	for i := range chunks {
		b.columns[i] = columnPages{pages: chunks[i].Pages()}
		if err := b.columns[i].next(); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the reading.
func (b *Blocks) Close() (err error) {
	defer unusual(&err)
	for i := range b.columns {
		c := &b.columns[i]
		parquet.Release(c.page)
		if c.pages != nil {
			err = errors.Join(err, c.pages.Close())
		}
		*c = columnPages{}
	}
	return err
}

// next goes on to the next page that has rows.
func (c *columnPages) next() error {
	for {
		parquet.Release(c.page)
		c.page = nil
		page, err := c.pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		c.page, c.rows, c.row, c.value = page, int(page.NumRows()), 0, 0
		if c.rows > 0 {
			return nil
		}
	}
}

// fill copies the values of the next rows, which are in the page.
func (c *columnPages) fill(out *blockColumn, rows int) error {
	out.value = 0
	out.levels = out.levels[:0]
	values := rows
	if levels := c.page.DefinitionLevels(); len(levels) > 0 {
		out.levels = append(out.levels, levels[c.row:c.row+rows]...)
		values = 0
		for _, level := range out.levels {
			values += int(level) // columns that are not nested have the levels 0 and 1
		}
	}
	if err := c.copyValues(out, c.value, c.value+values); err != nil {
		return err
	}
	c.row += rows
	c.value += values
	if c.row == c.rows {
		return c.next()
	}
	return nil
}

func (c *columnPages) copyValues(out *blockColumn, from, to int) error {
	out.dictionary, out.indexes = nil, out.indexes[:0]
	if from == to {
		return nil
	}
	data := c.page.Data()
	if dictionary := c.page.Dictionary(); dictionary != nil {
		if dictionary != c.dictionary {
			if err := c.read(dictionary, out); err != nil {
				return err
			}
		}
		out.dictionary, out.indexes = c.texts, append(out.indexes, data.Int32()[from:to]...)
		return nil
	}
	out.kind = data.Kind()
	switch out.kind {
	case encoding.Boolean:
		out.data = out.data[:0]
		bits := data.Boolean()
		for i := from; i < to; i++ {
			out.data = append(out.data, bits[i/8]>>(i%8)&1)
		}
	case encoding.Int32:
		out.ints = append(out.ints[:0], data.Int32()[from:to]...)
	case encoding.Int64:
		out.longs = append(out.longs[:0], data.Int64()[from:to]...)
	case encoding.Float:
		out.floats = append(out.floats[:0], data.Float()[from:to]...)
	case encoding.Double:
		out.doubles = append(out.doubles[:0], data.Double()[from:to]...)
	case encoding.ByteArray:
		texts, offsets := data.ByteArray()
		start := offsets[from]
		out.data, out.offsets = append(out.data[:0], texts[start:offsets[to]]...), out.offsets[:0]
		for _, offset := range offsets[from : to+1] {
			out.offsets = append(out.offsets, offset-start)
		}
	case encoding.FixedLenByteArray:
		texts, size := data.FixedLenByteArray()
		out.data, out.valueSize = append(out.data[:0], texts[from*size:to*size]...), size
	default:
		return ErrUnusual
	}
	return nil
}

// read writes the values of a dictionary as texts.
func (c *columnPages) read(dictionary parquet.Dictionary, column *blockColumn) error {
	c.dictionary, c.texts = dictionary, make([][]byte, dictionary.Len())
	for i := range c.texts {
		value := dictionary.Index(int32(i))
		if column.quick == quickBytes {
			c.texts[i] = slices.Clone(value.ByteArray())
			continue
		}
		text, ok := column.text(value)
		if !ok {
			return ErrUnusual
		}
		c.texts[i] = []byte(text)
	}
	return nil
}

// Next returns the cells of the next row, which are valid until the next call, and io.EOF behind the last one. What Table.Next
// refuses is ErrUnusual.
func (b *Block) Next() (row [][]byte, err error) {
	defer unusual(&err)
	if b.row == b.rows {
		return nil, io.EOF
	}
	b.numbers = b.numbers[:0]
	for i := range b.columns {
		c := &b.columns[i]
		if len(c.levels) > 0 && c.levels[b.row] == 0 {
			b.cells[i] = nil
			continue
		}
		at := c.value
		c.value++
		if c.dictionary != nil {
			b.cells[i] = c.dictionary[c.indexes[at]]
			continue
		}
		if c.quick == quickBytes {
			b.cells[i] = c.data[c.offsets[at]:c.offsets[at+1]]
			continue
		}
		start := len(b.numbers)
		if b.numbers, err = c.appendText(b.numbers, at); err != nil {
			return nil, err
		}
		b.cells[i] = b.numbers[start:]
	}
	b.row++
	return b.cells, nil
}

// appendText writes a value as Table.Next does.
func (c *blockColumn) appendText(text []byte, at int) ([]byte, error) {
	switch {
	case c.quick == quickWhole && c.kind == encoding.Int32:
		return strconv.AppendInt(text, int64(c.ints[at]), 10), nil
	case c.quick == quickWhole && c.kind == encoding.Int64:
		return strconv.AppendInt(text, c.longs[at], 10), nil
	case c.quick == quickDouble && c.kind == encoding.Double:
		x := c.doubles[at]
		if whole := int64(x); float64(whole) == x && whole != 0 && math.Abs(x) < 1<<53 {
			return strconv.AppendInt(text, whole, 10), nil
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, ErrUnusual
		}
		return strconv.AppendFloat(text, x, 'f', -1, 64), nil
	}
	written, ok := c.text(c.parquetValue(at))
	if !ok {
		return nil, ErrUnusual
	}
	return append(text, written...), nil
}

func (c *blockColumn) parquetValue(at int) parquet.Value {
	switch c.kind {
	case encoding.Boolean:
		return parquet.BooleanValue(c.data[at] != 0)
	case encoding.Int32:
		return parquet.Int32Value(c.ints[at])
	case encoding.Int64:
		return parquet.Int64Value(c.longs[at])
	case encoding.Float:
		return parquet.FloatValue(c.floats[at])
	case encoding.Double:
		return parquet.DoubleValue(c.doubles[at])
	case encoding.FixedLenByteArray:
		return parquet.FixedLenByteArrayValue(c.data[at*c.valueSize : (at+1)*c.valueSize])
	}
	return parquet.ByteArrayValue(c.data[c.offsets[at]:c.offsets[at+1]])
}

package export

import (
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// arrowColumn collects the cells of a column as Arrow lays them out. Builders look up the type of every cell; this knows that of its column.
type arrowColumn struct {
	kind     Kind
	n, nulls int
	known    []byte // a bit a cell
	numbers  []float64
	integers []int64
	days     []int32
	flags    []byte // a bit a cell
	ends     []int32
	text     []byte
}

// reset empties the column for cells of a kind, and makes room for so many.
func (c *arrowColumn) reset(kind Kind, room int) {
	c.kind, c.n, c.nulls = kind, 0, 0
	const bits = 8
	c.known, c.flags, c.text = slices.Grow(c.known[:0], room/bits+1), c.flags[:0], c.text[:0]
	c.numbers, c.integers, c.days, c.ends = c.numbers[:0], c.integers[:0], c.days[:0], c.ends[:0]
	switch kind {
	case Number:
		c.numbers = slices.Grow(c.numbers, room)
	case Integer:
		c.integers = slices.Grow(c.integers, room)
	case Date:
		c.days = slices.Grow(c.days, room)
	case Boolean:
		c.flags = slices.Grow(c.flags, room/bits+1)
	default:
		c.ends = append(slices.Grow(c.ends, room+1), 0)
	}
}

// add adds a cell. One that is null has a value like any other, which nobody looks at.
func (c *arrowColumn) add(cell *Cell) {
	const bits = 8
	at, bit := c.n/bits, byte(1)<<(c.n%bits)
	if bit == 1 {
		c.known = append(c.known, 0)
	}
	if cell.Known {
		c.known[at] |= bit
	} else {
		c.nulls++
	}
	c.n++
	switch c.kind {
	case Number:
		c.numbers = append(c.numbers, cell.Number)
	case Integer:
		c.integers = append(c.integers, cell.Integer)
	case Date:
		c.days = append(c.days, int32(cell.Integer)) //nolint:gosec // days are no more
	case Boolean:
		if bit == 1 {
			c.flags = append(c.flags, 0)
		}
		if cell.Known && cell.Integer != 0 {
			c.flags[at] |= bit
		}
	default:
		if cell.Known {
			c.text = append(c.text, cell.Text...)
		}
		c.ends = append(c.ends, int32(len(c.text))) //nolint:gosec // see mostText
	}
}

// array is the column as it is until it is reset.
func (c *arrowColumn) array() arrow.Array {
	buffers := make([]*memory.Buffer, 1, 3)
	if c.nulls > 0 {
		buffers[0] = memory.NewBufferBytes(c.known)
	}
	switch c.kind {
	case Number:
		buffers = append(buffers, memory.NewBufferBytes(arrow.Float64Traits.CastToBytes(c.numbers)))
	case Integer:
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(c.integers)))
	case Date:
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(c.days)))
	case Boolean:
		buffers = append(buffers, memory.NewBufferBytes(c.flags))
	default:
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(c.ends)), memory.NewBufferBytes(c.text))
	}
	data := array.NewData(arrowType(c.kind), c.n, buffers, nil, c.nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// size is how many bytes the column may take before it grows.
func (c *arrowColumn) size() int {
	const number = 8
	return cap(c.known) + cap(c.flags) + cap(c.text) + number*(cap(c.numbers)+cap(c.integers)) + number/2*(cap(c.days)+cap(c.ends))
}

// arrowColumns are kept for the next file: most are small, and all that they take would be garbage.
var arrowColumns sync.Pool // of *[]arrowColumn

// mostKept is how many bytes columns that are kept may take together.
const mostKept = 1 << 20

// borrowColumns returns so many columns, in any state.
func borrowColumns(n int) []arrowColumn {
	kept, ok := arrowColumns.Get().(*[]arrowColumn)
	if !ok {
		return make([]arrowColumn, n)
	}
	return slices.Grow((*kept)[:0], n)[:n]
}

func returnColumns(columns []arrowColumn) {
	columns, size := columns[:cap(columns)], 0
	for i := range columns {
		size += columns[i].size()
	}
	if size <= mostKept {
		arrowColumns.Put(&columns)
	}
}

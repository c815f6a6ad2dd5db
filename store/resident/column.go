package resident

import (
	"math"
	"unsafe"
)

// column is one column of a block. It takes memory only if its cells are not all the same.
type column[T cell] struct {
	one T   // every cell, where all is nil
	all []T // cap is the block's rows
}

func (c *column[T]) at(row int32) T {
	if c.all == nil {
		return c.one
	}
	return c.all[row]
}

// copyTo copies cells from a row on.
func (c *column[T]) copyTo(to []T, row int32) {
	if c.all == nil {
		fill(to, c.one)
		return
	}
	copy(to, c.all[row:])
}

// alike is how many of n cells from a row on are the same as the first.
func (c *column[T]) alike(row, n int32) int32 {
	if c.all == nil {
		return n
	}
	cells := c.all[row:][:n]
	for i, cell := range cells {
		if cell != cells[0] {
			return int32(i) //nolint:gosec // fewer than n
		}
	}
	return n
}

func fill[T any](to []T, value T) {
	for i := range to {
		to[i] = value
	}
}

// add appends cells behind the rows that the column has; total is how many the block will have.
func (c *column[T]) add(m *memory, cells []T, rows, total int) {
	if rows == 0 && len(cells) > 0 {
		c.one = cells[0]
	}
	if c.all == nil {
		same := 0
		for same < len(cells) && cells[same] == c.one {
			same++
		}
		if same == len(cells) {
			return
		}
		c.all = allocate[T](m, total)
		fill(c.all[:rows], c.one)
	}
	copy(c.all[rows:], cells)
}

// bits shows floats as the integers that have their bits, in which NaN equals NaN.
func bits(floats []float64) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(floats))), len(floats))
}

// floatsOf shows such integers as floats.
func floatsOf(bits []uint64) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(bits))), len(bits))
}

// cellsOf shows the cells of a column as what they mean.
func cellsOf[T ~int8](column []int8) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(column))), len(column))
}

func floatAt(c *column[uint64], row int32) float64 { return math.Float64frombits(c.at(row)) }

// mostCodes is how many different cells one byte tells apart.
const mostCodes = 256

// coded is a column of ordinals of which a block has few: a byte each, until there are too many for that.
type coded struct {
	codes column[uint8]
	words []int32        // by code
	wide  *column[int32] // instead, where there are too many
}

func (c *coded) at(row int32) int32 {
	if c.wide != nil {
		return c.wide.at(row)
	}
	return c.words[c.codes.at(row)]
}

func (c *coded) copyTo(to []int32, row int32) {
	switch {
	case c.wide != nil:
		c.wide.copyTo(to, row)
	case c.codes.all == nil:
		fill(to, c.words[c.codes.one])
	default:
		for i, code := range c.codes.all[row : int(row)+len(to)] {
			to[i] = c.words[code]
		}
	}
}

// alike is how many of n ordinals from a row on are the same as the first.
func (c *coded) alike(row, n int32) int32 {
	if c.wide != nil {
		return c.wide.alike(row, n)
	}
	return c.codes.alike(row, n)
}

// none reports whether the column was not read.
func (c *coded) none() bool { return c.wide == nil && len(c.words) == 0 }

// several reports whether rows have different ordinals.
func (c *coded) several() bool { return c.wide != nil || c.codes.all != nil }

// only returns the ordinal that every row has, if there is such a one.
func (c *coded) only() (int32, bool) {
	if c.several() {
		return 0, false
	}
	return c.words[c.codes.one], true
}

// add appends ordinals behind the rows that the column has.
func (c *coded) add(m *memory, cells []int32, rows, total int) {
	if c.wide == nil {
		codes := make([]uint8, len(cells))
		if c.encode(cells, codes) {
			c.codes.add(m, codes, rows, total)
			return
		}
		c.wide = &column[int32]{all: allocate[int32](m, total)}
		for row := range rows {
			c.wide.all[row] = c.words[c.codes.at(int32(row))]
		}
	}
	copy(c.wide.all[rows:], cells)
}

// encode writes the codes of ordinals; false if there are too many for codes.
func (c *coded) encode(cells []int32, codes []uint8) bool {
	last := 0 // neighbours are mostly equal
	for i, word := range cells {
		if last >= len(c.words) || c.words[last] != word {
			for last = 0; last < len(c.words) && c.words[last] != word; last++ {
			}
			if last == mostCodes {
				return false
			}
			if last == len(c.words) {
				c.words = append(c.words, word)
			}
		}
		codes[i] = uint8(last)
	}
	return true
}

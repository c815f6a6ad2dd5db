package duckdb

import (
	"bytes"
	"unsafe"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store/statement"
)

// at is what a row of a chunk of such columns is about.
func (c *figureChunk) at(columns statement.Columns, row int) (seriesName, indicator.Period) {
	of, period := seriesName{pointed(columns.Indicator), pointed(columns.Slice), pointed(columns.Status)}, pointed(columns.Period)
	if c.indicator != nil {
		of.indicator = c.indicator[row]
	}
	if c.slice != nil {
		of.slice = c.slice[row]
	}
	if c.status != nil {
		of.status = c.status[row]
	}
	if c.start != nil {
		period = indicator.Period{Start: c.start[row], End: c.end[row]}
	}
	return of, period
}

func pointed[T any](value *T) (v T) {
	if value != nil {
		v = *value
	}
	return v
}

// periodEnd is where the rows of a chunk are no longer of the series and the period of one.
func (c *figureChunk) periodEnd(row int) int {
	to := runEnd(c.start, row, runEnd(c.end, row, c.rows))
	return runEnd(c.status, row, runEnd(c.slice, row, runEnd(c.indicator, row, to)))
}

// runEnd is where the cells of a column are no longer those of the row from, to at most; a column that is nil is the same in all rows.
func runEnd[T comparable](column []T, from, to int) int {
	if column == nil || alike(column[from:to]) {
		return to
	}
	same, other := from+1, to // up to which cells are alike, and are not
	for same < other {
		if middle := (same + other) / 2; alike(column[same-1 : middle+1]) {
			same = middle + 1
		} else {
			other = middle
		}
	}
	return same
}

// alike reports whether all cells of a piece of a column, which has some, are the same: whether it is what it is moved by one.
func alike[T comparable](cells []T) bool {
	width, last := int(unsafe.Sizeof(cells[0])), len(cells)-1
	bytesOf := func(part []T) []byte {
		return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(part))), last*width)
	}
	return bytes.Equal(bytesOf(cells[:last]), bytesOf(cells[1:]))
}

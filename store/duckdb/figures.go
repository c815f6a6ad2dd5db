package duckdb

import (
	"fmt"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// figureChunk is some rows of a result where DuckDB has them. Columns that all rows have in common are nil, and so are those that are not read.
type figureChunk struct {
	rows                   int
	indicator, slice       []int32
	status                 []indicator.Status
	start, end             []indicator.Day
	region, definition     []int32
	value                  []float64
	missing                []indicator.Missing
	precision              []indicator.Precision
	numerator, denominator []float64
	countsPrecision        []indicator.Precision
	derived                []bool
	// Which rows have one; nil where all do.
	hasValue, hasNumerator, hasDenominator validity
}

// validity has a bit for each row of a chunk.
type validity []uint64

func (v validity) at(row int) bool { return v == nil || v[row/64]&(1<<(row%64)) != 0 }

// figureWidths are the bytes of a cell of each column, in the order in which they are read, of a selection that has nothing of evidence.
func figureWidths(c statement.Columns) []uintptr {
	var widths []uintptr
	add := func(read bool, of ...uintptr) {
		if read {
			widths = append(widths, of...)
		}
	}
	add(c.Indicator == nil, 4)
	add(c.Slice == nil, 4)
	add(true, 4)
	add(c.Read.Has(store.ColumnSource), 4)
	add(c.Read.Has(store.ColumnDefinition), 4)
	add(c.Status == nil, 1)
	add(c.Period == nil, 4, 4)
	add(true, 8, 1)
	add(c.Read.Has(store.ColumnPrecision), 1)
	add(c.Read.Has(store.ColumnCounts), 8, 8, 1)
	add(c.Read.Has(store.ColumnDerived), 1)
	return widths
}

// figuresOf is a chunk of a selection without sources, which has nothing of evidence. Its columns have
// been checked to have figureWidths.
func figuresOf(chunk mapping.DataChunk, c statement.Columns) *figureChunk {
	v := &vectors{chunk: chunk, rows: int(mapping.DataChunkGetSize(chunk))}
	f := &figureChunk{rows: v.rows}
	if c.Indicator == nil {
		f.indicator = column[int32](v)
	}
	if c.Slice == nil {
		f.slice = column[int32](v)
	}
	f.region = column[int32](v)
	if c.Read.Has(store.ColumnDefinition) {
		f.definition = column[int32](v)
	}
	if c.Status == nil {
		f.status = column[indicator.Status](v)
	}
	if c.Period == nil {
		f.start, f.end = column[indicator.Day](v), column[indicator.Day](v)
	}
	f.value, f.hasValue = doubles(v)
	f.missing = column[indicator.Missing](v)
	if c.Read.Has(store.ColumnPrecision) {
		f.precision = column[indicator.Precision](v)
	}
	if c.Read.Has(store.ColumnCounts) {
		f.numerator, f.hasNumerator = doubles(v)
		f.denominator, f.hasDenominator = doubles(v)
		f.countsPrecision = column[indicator.Precision](v)
	}
	if c.Read.Has(store.ColumnDerived) {
		f.derived = column[bool](v)
	}
	return f
}

// checkWidths tells a chunk of other columns. Reading a cell as another width would read foreign memory.
func checkWidths(chunk mapping.DataChunk, want []uintptr) error {
	if n := int(mapping.DataChunkGetColumnCount(chunk)); n != len(want) {
		return fmt.Errorf("duckdb: %d columns, not %d", n, len(want))
	}
	for i, width := range want {
		kind := mapping.VectorGetColumnType(mapping.DataChunkGetVector(chunk, mapping.IdxT(i)))
		t := mapping.GetTypeId(kind)
		mapping.DestroyLogicalType(&kind)
		if widths[t] != width {
			return fmt.Errorf("duckdb: column %d has type %d, not one of %d bytes", i, t, width)
		}
	}
	return nil
}

// vectors are the columns of a chunk, one after the other.
type vectors struct {
	chunk mapping.DataChunk
	rows  int
	next  mapping.IdxT
}

// column is the next column; its width has been checked.
func column[T any](v *vectors) []T {
	data := mapping.VectorGetData(mapping.DataChunkGetVector(v.chunk, v.next))
	v.next++
	return unsafe.Slice((*T)(data), v.rows)
}

func doubles(v *vectors) ([]float64, validity) {
	mask := mapping.VectorGetValidity(mapping.DataChunkGetVector(v.chunk, v.next))
	values := column[float64](v)
	if mask == nil {
		return values, nil
	}
	return values, unsafe.Slice((*uint64)(mask), (v.rows+63)/64)
}

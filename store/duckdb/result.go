package duckdb

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// result is the whole answer of a query, in DuckDB's memory until it is closed.
type result struct {
	res    mapping.Result
	chunks []mapping.DataChunk
	sizes  []int
	rows   int
	after  func() // nil, or what is to be done when it is closed
}

func (r *result) fetch() {
	for {
		chunk := mapping.FetchChunk(r.res)
		if chunk.Ptr == nil {
			return
		}
		n := int(mapping.DataChunkGetSize(chunk))
		r.chunks = append(r.chunks, chunk)
		r.sizes = append(r.sizes, n)
		r.rows += n
	}
}

func (r *result) close() {
	for i := range r.chunks {
		mapping.DestroyDataChunk(&r.chunks[i])
	}
	r.chunks = nil
	mapping.DestroyResult(&r.res)
	if r.after != nil {
		r.after()
		r.after = nil
	}
}

// scanner copies the columns of a result out, one after the other.
type scanner struct {
	*result
	column mapping.IdxT
	err    error
}

// widths are the bytes of a cell of each column type in use. Reading a cell as another width would read foreign memory.
var widths = map[mapping.Type]uintptr{
	mapping.TypeBoolean: 1,
	mapping.TypeTinyInt: 1,
	mapping.TypeInteger: 4,
	mapping.TypeBigInt:  8,
	mapping.TypeDouble:  8,
	mapping.TypeVarchar: unsafe.Sizeof(mapping.StringT{}),
}

// advance checks the next column's width and returns its number.
func (s *scanner) advance(width uintptr) (mapping.IdxT, bool) {
	column := s.column
	s.column++
	if s.err != nil {
		return 0, false
	}
	if t := mapping.ColumnType(&s.res, column); widths[t] != width {
		s.err = fmt.Errorf("duckdb: column %d has type %d, not one of %d bytes", column, t, width)
		return 0, false
	}
	return column, true
}

// next copies the next column, which must hold no NULL, as cells of T.
func next[T any](s *scanner) []T {
	var zero T
	column, ok := s.advance(unsafe.Sizeof(zero))
	if !ok {
		return nil
	}
	out := make([]T, 0, s.rows)
	for i, chunk := range s.chunks {
		data := mapping.VectorGetData(mapping.DataChunkGetVector(chunk, column))
		out = append(out, unsafe.Slice((*T)(data), s.sizes[i])...)
	}
	return out
}

// nextFloats copies the next column of doubles with NaN for NULL.
func nextFloats(s *scanner) []float64 {
	column := s.column
	out := next[float64](s)
	if s.err != nil {
		return nil
	}
	offset := 0
	for i, chunk := range s.chunks {
		mask := mapping.VectorGetValidity(mapping.DataChunkGetVector(chunk, column))
		if mask != nil {
			valid := unsafe.Slice((*uint64)(mask), (s.sizes[i]+63)/64)
			for row := range s.sizes[i] {
				if valid[row/64]&(1<<(row%64)) == 0 {
					out[offset+row] = math.NaN()
				}
			}
		}
		offset += s.sizes[i]
	}
	return out
}

// nextTexts copies the next column of texts, which must hold no NULL.
func nextTexts(s *scanner) []string {
	column, ok := s.advance(unsafe.Sizeof(mapping.StringT{}))
	if !ok {
		return nil
	}
	out := make([]string, 0, s.rows)
	for i, chunk := range s.chunks {
		cells := unsafe.Slice((*mapping.StringT)(mapping.VectorGetData(mapping.DataChunkGetVector(chunk, column))), s.sizes[i])
		for row := range cells {
			// Most texts are empty, and the length leads the cell: this spares the call into C.
			if *(*uint32)(unsafe.Pointer(&cells[row])) == 0 {
				out = append(out, "")
				continue
			}
			out = append(out, mapping.StringTData(&cells[row]))
		}
	}
	return out
}

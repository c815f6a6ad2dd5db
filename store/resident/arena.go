package resident

import (
	"sync/atomic"
	"unsafe"
)

// Columns of a block lie outside the heap of Go: the collector lets a heap grow to twice what lives in it, which columns that
// never change and hold no pointers must not double, and what a block gives back goes to the system at once.
const (
	mappedFrom = 16 << 10 // bytes; smaller columns are not worth pages of their own
	mostMapped = 1 << 15  // mappings of the process; systems allow twice as many
)

var mappings atomic.Int64

// memory is what the columns of a block lie in.
type memory struct {
	mapped [][]byte
	bytes  int64
}

// cell is what columns are made of.
type cell interface {
	~int8 | ~int32 | ~uint8 | ~uint64 | ~bool
}

// allocate returns n cells of zero.
func allocate[T cell](m *memory, n int) []T {
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	if size >= mappedFrom && mappings.Load() < mostMapped {
		if pages, ok := mapPages(size); ok {
			mappings.Add(1)
			m.mapped = append(m.mapped, pages)
			m.bytes += int64(len(pages))
			return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(pages))), n)
		}
	}
	m.bytes += int64(size)
	return make([]T, n)
}

// free gives the memory back. No column in it may be used after that.
func (m *memory) free() {
	for _, pages := range m.mapped {
		unmapPages(pages)
		mappings.Add(-1)
	}
	m.mapped = nil
}

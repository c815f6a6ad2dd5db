package scratch

import (
	"math/bits"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Scratch is what has been lent to one owner. The zero value has lent nothing; a nil one lends what becomes garbage, and so does one that has been
// freed. It is safe for concurrent use but for Free, after which nothing that it has lent may be used.
type Scratch struct {
	mu    sync.Mutex
	lent  []lease
	open  []lease // of these, the pieces that small ones are cut from, one of each kind
	freed bool
}

// lease is a piece that is lent.
type lease interface{ end() }

// Free takes back all that was lent.
func (s *Scratch) Free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freed = true
	for _, one := range s.lent {
		one.end()
	}
	s.lent, s.open = nil, nil
}

// note takes note of a lease, under the lock. Where nothing is lent any more the piece will be garbage.
func (s *Scratch) note(one lease) {
	if s.freed {
		return
	}
	if s.lent == nil {
		s.lent = make([]lease, 0, usual)
	}
	s.lent = append(s.lent, one)
}

const (
	// usual is how many pieces a short question needs.
	usual = 8
	// least is the fewest bytes of a piece of its own. Fewer are cut from a piece of so many as shared.
	least, shared = 1 << 10, 8 << 10
	// most is the most bytes that are: larger pieces would stay for requests that need none.
	most = 4 << 20
	// sizes are the powers of two between them.
	sizes = 13
)

// Kind lends slices of one type. Each of its sizes has a pool, so that what is not used for a while is collected.
type Kind[T any] struct {
	pools    [sizes]sync.Pool // of *piece[T]
	pointers bool             // T has some
}

// piece is memory for some items. Those of types with pointers are all zero while nobody has it.
type piece[T any] struct {
	pool     *sync.Pool
	all      []T
	used     int  // items that somebody has
	pointers bool // T has some
}

// Of returns a kind, of which a program has one for each type.
func Of[T any]() *Kind[T] { return &Kind[T]{pointers: hasPointers(reflect.TypeFor[T]())} }

// Make returns n items of zero.
func (k *Kind[T]) Make(s *Scratch, n int) []T {
	all, fresh := k.take(s, n)
	all = all[:n:n]
	if !fresh {
		clear(all)
	}
	return all
}

// Room returns an empty slice with room for n items or more.
func (k *Kind[T]) Room(s *Scratch, n int) []T {
	all, _ := k.take(s, n)
	return all[:0]
}

// Clone returns a copy of a list.
func (k *Kind[T]) Clone(s *Scratch, list []T) []T { return append(k.Room(s, len(list)), list...) }

// Grow makes room for n items more behind those of a list, and for as many again as it has: the list itself where it has that.
func (k *Kind[T]) Grow(s *Scratch, list []T, n int) []T {
	if cap(list)-len(list) >= n {
		return list
	}
	return append(k.Room(s, max(2*cap(list), len(list)+n)), list...)
}

// take returns a slice of n items or more, and whether they are zero.
func (k *Kind[T]) take(s *Scratch, n int) (all []T, zero bool) {
	var item T
	size := n * int(unsafe.Sizeof(item))
	switch {
	case s == nil || size > most:
		return make([]T, n), true
	case size < least:
		return k.cut(s, n)
	}
	one, zero := k.piece(size)
	one.used = len(one.all)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(one)
	return one.all, zero
}

// cut returns n items of a piece of which others have the rest.
func (k *Kind[T]) cut(s *Scratch, n int) (few []T, zero bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.freed {
		return make([]T, n), true
	}
	at := slices.IndexFunc(s.open, func(one lease) bool {
		_, same := one.(*piece[T])
		return same
	})
	if at < 0 {
		at, s.open = len(s.open), append(s.open, nil)
	}
	from, _ := s.open[at].(*piece[T])
	if from == nil || len(from.all)-from.used < n {
		from, _ = k.piece(shared)
		from.used = 0
		s.note(from)
		s.open[at] = from
	}
	few = from.all[from.used : from.used+n : from.used+n]
	from.used += n
	return few, k.pointers
}

// piece is one of so many bytes or more, and whether all of it is zero.
func (k *Kind[T]) piece(size int) (one *piece[T], zero bool) {
	class := bits.Len(uint(size-1)) - bits.Len(uint(least-1))
	one, used := k.pools[class].Get().(*piece[T])
	if !used {
		var item T
		one = &piece[T]{pool: &k.pools[class], all: make([]T, (least<<class)/int(unsafe.Sizeof(item))), pointers: k.pointers}
	}
	return one, !used || k.pointers
}

// end gives the piece to whoever needs one next.
func (p *piece[T]) end() {
	switch {
	case p.pointers:
		clear(p.all[:p.used]) // nothing is kept alive
	case poisoning.Load():
		var item T
		raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(p.all))), len(p.all)*int(unsafe.Sizeof(item)))
		for i := range raw {
			raw[i] = poison
		}
	}
	p.pool.Put(p)
}

// poison makes numbers NaN, and places negative.
const poison = 0xff

var poisoning atomic.Bool

// Poison has whatever is given back overwritten from now on, so that a test fails where somebody reads it. What has pointers is zero then anyway.
func Poison() { poisoning.Store(true) }

// hasPointers reports whether values of a type hold pointers.
func hasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return hasPointers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if hasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	}
	return t.Kind() > reflect.Complex128
}

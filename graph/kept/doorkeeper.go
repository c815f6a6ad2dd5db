package kept

import (
	"encoding/binary"
	"sync/atomic"
)

// doorkeeper remembers what was asked for lately: one word for each key, in the place that the key says, until another takes it. It has
// no pointers, so that the collector of garbage need not go through it.
type doorkeeper [1 << 16]atomic.Uint64

// knows reports whether a key came before, as far as is remembered, and remembers it.
func (d *doorkeeper) knows(key Key) bool {
	place, word := binary.LittleEndian.Uint64(key[:])%uint64(len(d)), binary.LittleEndian.Uint64(key[8:])
	return d[place].Swap(word) == word
}

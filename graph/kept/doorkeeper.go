package kept

import (
	"hash/maphash"
	"sync/atomic"
)

// doorkeeper remembers what was asked for lately: one word for each key, in the place that the word says, until another takes it. It has
// no pointers to keys, so that the collector of garbage need not go through it.
type doorkeeper struct {
	seed  maphash.Seed
	words [1 << 16]atomic.Uint64
}

// knows reports whether a key came before, as far as is remembered, and remembers it.
func (d *doorkeeper) knows(key Key) bool {
	word := maphash.Comparable(d.seed, key)
	return d.words[word%uint64(len(d.words))].Swap(word) == word
}

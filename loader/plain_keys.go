package loader

// keyHashes collects the hashes of the figures that rows report, to find out whether any figure comes twice. Eight bytes a
// row are kept, apart by their first bits, so that each part fits into a cache.
type keyHashes struct {
	parts [keyParts]keyPart
}

// keyPart is a part of the hashes, in pieces: to make one longer would leave the shorter ones behind.
type keyPart struct {
	full [][]uint64
	last []uint64
	size int
}

const (
	keyParts = 1 << 8
	// The hashes in the first and in the largest pieces of a part.
	firstPiece, largestPiece = 64, 4096
)

func (k *keyHashes) add(hashes []uint64) {
	for _, h := range hashes {
		part := &k.parts[h>>56]
		if len(part.last) == cap(part.last) {
			if part.last != nil {
				part.full = append(part.full, part.last)
			}
			part.last = make([]uint64, 0, min(max(2*cap(part.last), firstPiece), largestPiece))
		}
		part.last = append(part.last, h)
		part.size++
	}
}

// repeated reports whether a hash was added twice.
func (k *keyHashes) repeated() bool {
	var table []uint64
	for i := range k.parts {
		part := &k.parts[i]
		size := 2
		for size < 2*part.size {
			size *= 2
		}
		if size > len(table) {
			table = make([]uint64, size)
		}
		set := hashSet{places: table[:size]}
		clear(set.places)
		for _, piece := range append(part.full, part.last) {
			if set.addAll(piece) {
				return true
			}
		}
	}
	return false
}

// hashSet is a table of hashes.
type hashSet struct {
	places []uint64 // 0 stands for an empty place
	zero   bool     // 0 was added
}

// addAll adds hashes, and stops with true at one that was added before.
func (s *hashSet) addAll(hashes []uint64) bool {
	mask := len(s.places) - 1
	for _, h := range hashes {
		if h == 0 {
			if s.zero {
				return true
			}
			s.zero = true
			continue
		}
		at := int(h) & mask
		for s.places[at] != 0 {
			if s.places[at] == h {
				return true
			}
			at = (at + 1) & mask
		}
		s.places[at] = h
	}
	return false
}

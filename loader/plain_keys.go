package loader

// keyHashes collects the hashes of the figures that rows report, to find out whether any figure comes twice. Eight bytes a
// row are kept, apart by their first bits, so that each part fits into a cache.
type keyHashes struct {
	parts [keyParts][]uint64
}

const keyParts = 1 << 8

func (k *keyHashes) add(hashes []uint64) {
	for _, h := range hashes {
		part := &k.parts[h>>56]
		*part = append(*part, h)
	}
}

// repeated reports whether a hash was added twice.
func (k *keyHashes) repeated() bool {
	var table []uint64
	for _, part := range k.parts {
		size := 2
		for size < 2*len(part) {
			size *= 2
		}
		if size > len(table) {
			table = make([]uint64, size)
		}
		set := table[:size]
		clear(set)
		zero := false
		for _, h := range part {
			if h == 0 { // stands for an empty place
				if zero {
					return true
				}
				zero = true
				continue
			}
			at := int(h) & (size - 1)
			for set[at] != 0 {
				if set[at] == h {
					return true
				}
				at = (at + 1) & (size - 1)
			}
			set[at] = h
		}
	}
	return false
}

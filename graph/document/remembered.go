package document

import (
	"cmp"

	"github.com/maypok86/otter/v2"
)

// Remembered keeps the texts of valid documents by their hashes, for clients that send a document once and its hash from then on.
// It is safe for concurrent use.
type Remembered struct {
	texts *otter.Cache[string, string]
}

// NewRemembered returns an empty cache of so many bytes. Default: 16 MiB.
func NewRemembered(bytes uint64) *Remembered {
	const perText = 200 // beside the text itself, roughly
	return &Remembered{otter.Must(&otter.Options[string, string]{
		MaximumWeight: cmp.Or(bytes, 16<<20),
		Weigher:       func(_, text string) uint32 { return uint32(len(text)) + perText }, //nolint:gosec // a body is far below 4 GiB
	})}
}

// Find is the text with a hash, if it is kept.
func (r *Remembered) Find(hash string) (text string, found bool) { return r.texts.GetIfPresent(hash) }

// Keep keeps a text that was found valid.
func (r *Remembered) Keep(hash, text string) { r.texts.Set(hash, text) }

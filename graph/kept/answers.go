package kept

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"

	"github.com/maypok86/otter/v2"
)

// Key names an answer: it has the snapshot, the day, who may see what, the operation and its variables in it.
type Key [sha256.Size]byte

// Tag is the key as an entity tag. It is a weak one: answers are compressed on their way.
func (k Key) Tag() string { return `W/"` + hex.EncodeToString(k[:16]) + `"` }

// Question is what an answer depends on.
type Question struct {
	// Snapshot is the one answered from, Day the day that ages are measured from.
	Snapshot, Day string
	// Scope stands for what the asker may see.
	Scope string
	// Document and Operation are the text and the operation's name, as they were sent, and Variables those sent.
	Document, Operation string
	Variables           map[string]any
}

// Answers keeps answers. It is safe for concurrent use.
type Answers struct {
	answers *otter.Cache[Key, []byte]
	normals *otter.Cache[spelling, string]
	flights flights

	mu       sync.Mutex
	snapshot string // what the answers kept are of
}

// spelling is an operation of a document as it was sent.
type spelling struct{ document, operation string }

// perAnswer is what an answer takes beside its bytes, roughly.
const perAnswer = 200

// NewAnswers returns an empty cache of answers of so many bytes. Default: 64 MiB. The function, if there is one, is called for every
// answer that makes room for others; it must not use the cache.
func NewAnswers(bytes uint64, evicted func()) *Answers {
	bytes = cmp.Or(bytes, 64<<20)
	return &Answers{
		answers: otter.Must(&otter.Options[Key, []byte]{
			OnAtomicDeletion: func(e otter.DeletionEvent[Key, []byte]) {
				if evicted != nil && e.Cause == otter.CauseOverflow {
					evicted()
				}
			},
			MaximumWeight: bytes, Weigher: func(_ Key, answer []byte) uint32 { return uint32(len(answer)) + perAnswer }, //nolint:gosec // answers are bounded far below
		}),
		normals: otter.Must(&otter.Options[spelling, string]{
			MaximumWeight: bytes / 4,
			Weigher: func(s spelling, normal string) uint32 {
				return uint32(len(s.document) + len(s.operation) + len(normal))
			}, //nolint:gosec // likewise
		}),
	}
}

// Key is the key of a question; false if its answer is not kept, or if the document has not been seen: see Learn.
func (a *Answers) Key(q Question) (Key, bool) {
	normal, seen := a.normals.GetIfPresent(spelling{q.Document, q.Operation})
	if !seen || normal == "" {
		return Key{}, false
	}
	variables, err := json.Marshal(q.Variables) // sorted by name
	if err != nil {
		return Key{}, false
	}
	sum := sha256.New()
	for _, part := range []string{q.Snapshot, q.Day, q.Scope, normal, string(variables)} {
		length := sha256.Sum256([]byte(part)) // so that no two lists of parts run together alike
		sum.Write(length[:])
	}
	return Key(sum.Sum(nil)), true
}

// Learn takes note of an operation of a document that is valid.
func (a *Answers) Learn(document, operation string) {
	s := spelling{document, operation}
	if _, seen := a.normals.GetIfPresent(s); !seen {
		a.normals.Set(s, Normal(document, operation))
	}
}

// Get returns the answer kept under a key.
func (a *Answers) Get(key Key) ([]byte, bool) { return a.answers.GetIfPresent(key) }

// Bytes is what the answers kept take, roughly.
func (a *Answers) Bytes() uint64 { return a.answers.WeightedSize() }

// Keep keeps an answer of the snapshot that is served. The first of another snapshot drops those before.
func (a *Answers) Keep(snapshot string, key Key, answer []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.snapshot != snapshot {
		a.answers.InvalidateAll()
		a.snapshot = snapshot
	}
	a.answers.Set(key, answer)
}

// Once works an answer out, once for all who ask for it at a time. The work has a context of its own, with the values of the
// first asker's: it ends when nobody waits any more, not when the first gives up.
func (a *Answers) Once(ctx context.Context, key Key, work func(ctx context.Context) any) (answer any, shared bool, err error) {
	return a.flights.join(ctx, key, work)
}

package kept

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// Key names an answer: to what is asked, by which snapshot and on which day, which ages are measured from, for those who may see a scope.
type Key struct {
	Asked           Asked
	Snapshot, Scope string
	Day             int32
}

// Tag is the key as an entity tag. It is a weak one: answers are compressed on their way.
func (k Key) Tag() string {
	parts := make([]byte, 0, 256)
	parts = append(parts, k.Asked[:]...)
	parts = binary.LittleEndian.AppendUint32(parts, uint32(k.Day)) //nolint:gosec // any number does
	parts = appendText(appendText(parts, k.Snapshot), k.Scope)
	sum := sha256.Sum256(parts)
	return `W/"` + hex.EncodeToString(sum[:16]) + `"`
}

// Asked stands for what is asked, an operation in its normal form with its variables: by whom and of what it is asked is not part of
// it.
type Asked [sha256.Size]byte

// Operation is what a request asks: the text of its document and the operation's name, as they were sent, and the variables sent.
type Operation struct {
	Document, Name string
	Variables      map[string]any
}

// Request stands for the bytes of a request.
type Request [sha256.Size]byte

// RequestOf is the request that consists of bytes. Kind keeps apart requests that have the same bytes and mean something else.
func RequestOf(kind byte, sent []byte) Request {
	if len(sent) < 1024 { // most are short enough to be hashed at once, without a copy on the heap
		var whole [1025]byte
		whole[0] = kind
		return sha256.Sum256(whole[:1+copy(whole[1:], sent)])
	}
	sum := sha256.New()
	sum.Write([]byte{kind})
	sum.Write(sent)
	return Request(sum.Sum(nil))
}

// long is what an answer takes to make that is kept at once: others take as long only where there is a crowd.
const long = 10 * time.Millisecond

// Answers keeps answers. It is safe for concurrent use.
type Answers struct {
	answers  *otter.Cache[Key, *Answer]
	normals  *otter.Cache[spelling, string]
	requests *otter.Cache[Request, Asked]
	flights  flights
	door     doorkeeper
	bytes    atomic.Int64 // of the answers kept: what the cache itself tells lags behind

	mu       sync.Mutex
	snapshot string // what the answers kept are of
}

// Answer is an answer that is kept. It is immutable.
type Answer struct {
	Body []byte
	Tag  string // its key's
	// Packed is the body compressed, by the name of the encoding; nil where nobody has asked for it twice. See Answers.Pack.
	Packed map[string][]byte
}

// weight is what the answer takes, roughly.
func (a *Answer) weight() uint32 {
	n := len(a.Body) + perAnswer
	for _, packed := range a.Packed {
		n += len(packed)
	}
	return uint32(n) //nolint:gosec // answers are bounded far below
}

// spelling is an operation of a document as it was sent.
type spelling struct{ document, operation string }

const (
	// perAnswer is what an answer takes beside its bytes, roughly.
	perAnswer = 300
	// perRequest is what a request that is recognised takes, roughly.
	perRequest = 160
)

// NewAnswers returns an empty cache of answers of so many bytes. Default: 32 MiB. The function, if there is one, is called for every
// answer that makes room for others; it must not use the cache.
func NewAnswers(bytes uint64, evicted func()) *Answers {
	bytes = cmp.Or(bytes, 32<<20)
	a := &Answers{
		door: doorkeeper{seed: maphash.MakeSeed()},
		normals: otter.Must(&otter.Options[spelling, string]{
			MaximumWeight: bytes / 4,
			Weigher: func(s spelling, normal string) uint32 {
				return uint32(len(s.document) + len(s.operation) + len(normal))
			}, //nolint:gosec // likewise
		}),
		requests: otter.Must(&otter.Options[Request, Asked]{MaximumSize: int(bytes/16/perRequest) + 1}), //nolint:gosec // likewise
	}
	a.answers = otter.Must(&otter.Options[Key, *Answer]{
		OnAtomicDeletion: func(e otter.DeletionEvent[Key, *Answer]) {
			a.bytes.Add(-int64(e.Value.weight())) // those that another takes the place of, too
			if evicted != nil && e.Cause == otter.CauseOverflow {
				evicted()
			}
		},
		MaximumWeight: bytes, Weigher: func(_ Key, answer *Answer) uint32 { return answer.weight() },
	})
	return a
}

// Asked is what an operation asks; false if its answer is not kept, or if the document has not been seen: see Learn.
func (a *Answers) Asked(o Operation) (Asked, bool) {
	normal, seen := a.normals.GetIfPresent(spelling{o.Document, o.Name})
	if !seen || normal == "" {
		return Asked{}, false
	}
	parts, ok := appendValue(appendText(make([]byte, 0, 1024), normal), o.Variables)
	return sha256.Sum256(parts), ok
}

// appendValue appends a value of JSON so that no two values look alike, the fields of an object in the order of their names. It is
// false for what no decoder makes that keeps numbers as they are written.
func appendValue(to []byte, value any) ([]byte, bool) {
	switch value := value.(type) {
	case nil:
		return append(to, '0'), true
	case bool:
		return strconv.AppendBool(to, value), true
	case string:
		return appendText(append(to, '"'), value), true
	case json.Number:
		return appendText(append(to, '#'), value.String()), true
	case []any:
		to = binary.AppendUvarint(append(to, '['), uint64(len(value)))
		for _, item := range value {
			var ok bool
			if to, ok = appendValue(to, item); !ok {
				return to, false
			}
		}
		return to, true
	case map[string]any:
		var few [16]string
		names := few[:0]
		for name := range value {
			names = append(names, name)
		}
		slices.Sort(names)
		to = binary.AppendUvarint(append(to, '{'), uint64(len(names)))
		for _, name := range names {
			var ok bool
			if to, ok = appendValue(appendText(to, name), value[name]); !ok {
				return to, false
			}
		}
		return to, true
	}
	return to, false
}

// appendText appends a text with its length.
func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

// Recognise is what a request asks that has been noted, so that it need not be read.
func (a *Answers) Recognise(r Request) (Asked, bool) { return a.requests.GetIfPresent(r) }

// Note takes note of what a request asks.
func (a *Answers) Note(r Request, asked Asked) { a.requests.Set(r, asked) }

// Learn takes note of an operation of a document that is valid.
func (a *Answers) Learn(document, operation string) {
	s := spelling{document, operation}
	if _, seen := a.normals.GetIfPresent(s); !seen {
		a.normals.Set(s, Normal(document, operation))
	}
}

// Get returns the answer kept under a key.
func (a *Answers) Get(key Key) (*Answer, bool) { return a.answers.GetIfPresent(key) }

// Pack keeps the body of an answer compressed beside it, if it is still kept, and returns both.
func (a *Answers) Pack(key Key, answer *Answer, encoding string, packed []byte) *Answer {
	both := &Answer{Body: answer.Body, Tag: answer.Tag, Packed: maps.Clone(answer.Packed)}
	if both.Packed == nil {
		both.Packed = make(map[string][]byte, 1)
	}
	both.Packed[encoding] = packed
	a.answers.ComputeIfPresent(key, func(*Answer) (*Answer, otter.ComputeOp) {
		a.bytes.Add(int64(both.weight()))
		return both, otter.WriteOp
	})
	return both
}

// Bytes is what the answers take that are kept now, roughly.
func (a *Answers) Bytes() uint64 { return uint64(max(0, a.bytes.Load())) } //nolint:gosec // not negative

// Wants reports whether an answer is worth keeping that took so long to make: if that was long, or if it has been made before. Most
// questions are asked only once, and keeping what is soon made takes a good part of making it.
func (a *Answers) Wants(key Key, took time.Duration) bool { return took >= long || a.door.knows(key) }

// Keep keeps an answer by the snapshot that is served. The first of another snapshot drops those before.
func (a *Answers) Keep(key Key, answer []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.snapshot != key.Snapshot {
		a.answers.InvalidateAll()
		a.snapshot = key.Snapshot
	}
	added := &Answer{Body: answer, Tag: key.Tag()}
	a.bytes.Add(int64(added.weight())) // before it can make room for another again
	a.answers.Set(key, added)
}

// Once works an answer out, once for all who ask for it at a time. The work has a context of its own, with the values of the
// first asker's: it ends after the time given, if that is not 0, when the work says so, or when nobody waits any more, not when the first
// gives up.
func (a *Answers) Once(ctx context.Context, key Key, longest time.Duration, work func(ctx context.Context, end context.CancelFunc) any) (answer any, shared bool, err error) {
	return a.flights.join(ctx, key, longest, work)
}

package e2e

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// ledger has what answers said of each snapshot, so that no two of them may contradict each other.
type ledger struct {
	mu        sync.Mutex
	revisions map[string]int                          // of the known figures, by snapshot, as first answered or loaded
	answers   map[[sha256.Size]byte][sha256.Size]byte // what was answered first, by snapshot, scope and question
	counts    map[string]int                          // of what happened, by name
}

func newLedger() *ledger {
	return &ledger{revisions: make(map[string]int), answers: make(map[[sha256.Size]byte][sha256.Size]byte), counts: make(map[string]int)}
}

func (l *ledger) count(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[what]++
}

func (l *ledger) counted(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[what]
}

// revision asks that a snapshot has one revision of the known figures.
func (l *ledger) revision(t *testing.T, snapshot string, revision int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, seen := l.revisions[snapshot]; seen && known != revision {
		t.Errorf("revision %d in the snapshot %q, which has revision %d", revision, snapshot, known)
	}
	l.revisions[snapshot] = revision
}

func (l *ledger) revisionOf(snapshot string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.revisions[snapshot]
}

// answer asks that a question has one answer in a snapshot, to those who may see the same.
func (l *ledger) answer(t *testing.T, snapshot, token, question string, answer []byte) {
	t.Helper()
	key, sum := sha256.Sum256([]byte(snapshot+"\x00"+token+"\x00"+question)), sha256.Sum256(answer)
	l.mu.Lock()
	defer l.mu.Unlock()
	known, seen := l.answers[key]
	if seen && known != sum {
		t.Errorf("%s as %q in the snapshot %q is answered otherwise than before: %.1000s", question, token, snapshot, answer)
	}
	if seen {
		l.counts["answers like one before"]++
	}
	l.answers[key] = sum
}

// String lists what happened how often.
func (l *ledger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(l.counts)) {
		fmt.Fprintf(&b, "%8d %s\n", l.counts[what], what)
	}
	fmt.Fprintf(&b, "%8d snapshots answered from\n", len(l.revisions))
	return b.String()
}

package telemetry

import "sync"

// The labels of operations that have none of their own.
const (
	anonymous = "anonymous" // without a name
	other     = "other"     // beyond the names that are kept
)

const (
	mostNames  = 100
	longestOwn = 64 // bytes of a name
)

// names bounds the names that clients give to their operations.
type names struct {
	fixed bool // no further name is learnt

	mu    sync.Mutex
	known map[string]bool
}

func newNames(allowed []string) *names {
	n := &names{fixed: len(allowed) > 0, known: make(map[string]bool)}
	for _, name := range allowed {
		n.known[name] = true
	}
	return n
}

// label is the label of a name. Only an operation that succeeded has its name learnt, so that guessing does not use them up.
func (n *names) label(name string, succeeded bool) string {
	if name == "" {
		return anonymous
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.known[name]:
		return name
	case n.fixed || !succeeded || len(name) > longestOwn || len(n.known) >= mostNames:
		return other
	}
	n.known[name] = true
	return name
}

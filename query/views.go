package query

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/store"
)

// maxViews bounds the scopes whose views are kept.
const maxViews = 64

// views keeps, by scope, the view of the snapshot last asked for. The zero value is empty. It is safe for concurrent use.
type views struct {
	kept, made atomic.Int64 // how often a view was there, and was not

	mu    sync.Mutex
	known map[string]*keptView
}

type keptView struct {
	mu       sync.Mutex // held while the view is made
	snapshot string
	view     *view
}

// of returns what a scope shows of a snapshot.
func (k *views) of(ctx context.Context, snapshot store.Snapshot, scope access.Scope) (*view, error) {
	kept := k.entry(scope.Key())
	kept.mu.Lock()
	defer kept.mu.Unlock()
	id := snapshot.Contents().Manifest.ID
	if kept.view != nil && kept.snapshot == id {
		k.kept.Add(1)
		return kept.view, nil
	}
	k.made.Add(1)
	made, err := newView(ctx, snapshot, scope)
	if err != nil {
		return nil, err
	}
	kept.snapshot, kept.view = id, made
	return made, nil
}

// size is the number of scopes whose views are kept.
func (k *views) size() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.known)
}

// entry finds or makes the place of a scope's view; any other gives way to it where there are too many.
func (k *views) entry(key string) *keptView {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kept := k.known[key]; kept != nil {
		return kept
	}
	if k.known == nil {
		k.known = make(map[string]*keptView)
	}
	for other := range k.known {
		if len(k.known) < maxViews {
			break
		}
		delete(k.known, other)
	}
	kept := &keptView{}
	k.known[key] = kept
	return kept
}

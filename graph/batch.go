package graph

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/countyql/countyql/query"
)

// batcher answers the same question about many keys with one call. The resolvers of siblings run at the same time, each in
// its own goroutine; a batch is closed once none of them has asked for a while, so that its size does not depend on how fast
// they are started. Answers are kept for the operation the batcher belongs to.
type batcher[K comparable, V any] struct {
	load    func(ctx context.Context, keys []K) ([]V, []error)
	running *sync.WaitGroup // batches that are being answered, also where nobody waits for them any more

	mu      sync.Mutex
	pending *batch[K, V] // the one that still takes keys; nil if there is none
	asked   map[K]position[K, V]
}

type position[K comparable, V any] struct {
	batch *batch[K, V]
	index int
}

type batch[K comparable, V any] struct {
	keys   []K
	done   chan struct{} // closed when values and errs are set
	values []V
	errs   []error
}

// newBatcher returns a batcher over load, which answers all keys at once: values and errors are parallel to the keys, or there
// is a single error for all. Running counts the batches that are being answered.
func newBatcher[K comparable, V any](running *sync.WaitGroup, load func(context.Context, []K) ([]V, []error)) *batcher[K, V] {
	return &batcher[K, V]{load: load, running: running}
}

// all adapts a function whose error concerns all keys.
func all[K comparable, V any](running *sync.WaitGroup, load func(context.Context, []K) ([]V, error)) *batcher[K, V] {
	return newBatcher(running, func(ctx context.Context, keys []K) ([]V, []error) {
		values, err := load(ctx, keys)
		if err != nil {
			return nil, []error{err}
		}
		return values, nil
	})
}

// get answers for one key, together with those asked for at the same time.
func (b *batcher[K, V]) get(ctx context.Context, key K) (V, error) {
	return b.ask(ctx, key).wait(ctx)
}

// getAll answers for several keys at once. The first error ends it.
func (b *batcher[K, V]) getAll(ctx context.Context, keys []K) ([]V, error) {
	positions := make([]position[K, V], len(keys))
	for i, key := range keys {
		positions[i] = b.ask(ctx, key)
	}
	values := make([]V, len(keys))
	for i, at := range positions {
		var err error
		if values[i], err = at.wait(ctx); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// ask puts the key into the batch that is open, unless it has been asked for before.
func (b *batcher[K, V]) ask(ctx context.Context, key K) position[K, V] {
	query.Planned(ctx) // the engine may be asked for another field, which waits for this one
	b.mu.Lock()
	defer b.mu.Unlock()
	if at, known := b.asked[key]; known {
		return at
	}
	if b.pending == nil {
		pending := &batch[K, V]{done: make(chan struct{})}
		b.pending = pending
		b.running.Go(func() { b.run(ctx, pending) })
	}
	at := position[K, V]{b.pending, len(b.pending.keys)}
	b.pending.keys = append(b.pending.keys, key)
	if b.asked == nil {
		b.asked = make(map[K]position[K, V])
	}
	b.asked[key] = at
	return at
}

func (p position[K, V]) wait(ctx context.Context) (V, error) {
	var none V
	select {
	case <-p.batch.done:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	errs := p.batch.errs
	switch {
	case len(errs) == 1 && len(p.batch.keys) != 1:
		return none, errs[0]
	case p.index < len(errs) && errs[p.index] != nil:
		return none, errs[p.index]
	}
	return p.batch.values[p.index], nil
}

const (
	// quiet is how long nobody may have asked before a batch is closed.
	quiet = time.Millisecond
	// turns is how often, after that, everybody else who can run is let go first: on a busy machine time passes without them.
	turns = 64
)

// run waits until the batch has stopped growing, closes it and answers it.
func (b *batcher[K, V]) run(ctx context.Context, pending *batch[K, V]) {
	size := func() int {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(pending.keys)
	}
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for before := size(); ; before = size() {
		<-timer.C
		for range turns {
			runtime.Gosched()
		}
		b.mu.Lock()
		if len(pending.keys) == before {
			b.pending = nil
			b.mu.Unlock()
			break
		}
		b.mu.Unlock()
		timer.Reset(quiet)
	}
	defer close(pending.done)
	defer func() {
		if panicked := recover(); panicked != nil { // it would end the process: no resolver stands above this goroutine
			pending.errs = []error{fmt.Errorf("panic: %v", panicked)}
		}
	}()
	pending.values, pending.errs = b.load(ctx, pending.keys)
}

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
// its own goroutine; a batch is closed once all that are foreseen have asked or none has for a while, so that its size does not depend on how
// fast they are started. Answers are kept for the operation the batcher belongs to.
type batcher[K comparable, V any] struct {
	load     func(ctx context.Context, keys []K) ([]V, []error)
	foreseen int             // how many will ask; 0 where that is not known
	running  *sync.WaitGroup // batches that are being answered, also where nobody waits for them any more

	mu      sync.Mutex
	pending *batch[K, V] // the one that still takes keys; nil if there is none
	asked   map[K]position[K, V]
	askers  int // so far
}

type position[K comparable, V any] struct {
	batch *batch[K, V]
	index int
}

type batch[K comparable, V any] struct {
	keys   []K
	whole  chan struct{} // closed when nobody else is to come
	done   chan struct{} // closed when values and errs are set
	values []V
	errs   []error
}

// newBatcher returns a batcher over load, which answers all keys at once: values and errors are parallel to the keys, or there
// is a single error for all. Foreseen is how many will ask, 0 where that is not known; should fewer come, or more, it takes longer. Running
// counts the batches that are being answered.
func newBatcher[K comparable, V any](running *sync.WaitGroup, foreseen int, load func(context.Context, []K) ([]V, []error)) *batcher[K, V] {
	return &batcher[K, V]{load: load, foreseen: foreseen, running: running}
}

// all adapts a function whose error concerns all keys.
func all[K comparable, V any](load func(context.Context, []K) ([]V, error)) func(context.Context, []K) ([]V, []error) {
	return func(ctx context.Context, keys []K) ([]V, []error) {
		values, err := load(ctx, keys)
		if err != nil {
			return nil, []error{err}
		}
		return values, nil
	}
}

// get answers for one key, together with those asked for at the same time.
func (b *batcher[K, V]) get(ctx context.Context, key K) (V, error) {
	values, err := b.getAll(ctx, []K{key})
	if err != nil {
		var none V
		return none, err
	}
	return values[0], nil
}

// getAll answers for several keys at once. The first error ends it.
func (b *batcher[K, V]) getAll(ctx context.Context, keys []K) ([]V, error) {
	positions, last := b.ask(ctx, keys)
	if last != nil {
		b.answer(ctx, last)
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

// ask puts keys into the batch that is open, unless they have been asked for before. Who asks as the last that is foreseen gets the batch
// to answer it.
func (b *batcher[K, V]) ask(ctx context.Context, keys []K) (positions []position[K, V], last *batch[K, V]) {
	query.Planned(ctx) // the engine may be asked for another field, which waits for this one
	b.mu.Lock()
	defer b.mu.Unlock()
	b.askers++
	whole := b.askers == b.foreseen
	positions = make([]position[K, V], len(keys))
	for i, key := range keys {
		at, known := b.asked[key]
		if !known {
			at = b.add(ctx, key, !whole)
		}
		positions[i] = at
	}
	if whole && b.pending != nil {
		last, b.pending = b.pending, nil
		close(last.whole)
	}
	return positions, last
}

// add puts a key into the batch that is open, for which others may be waited.
func (b *batcher[K, V]) add(ctx context.Context, key K, wait bool) position[K, V] {
	if b.pending == nil {
		pending := &batch[K, V]{whole: make(chan struct{}), done: make(chan struct{})}
		b.pending = pending
		if wait {
			b.running.Go(func() { b.run(ctx, pending) })
		}
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

// run answers a batch once it has stopped growing, if no last asker has.
func (b *batcher[K, V]) run(ctx context.Context, pending *batch[K, V]) {
	if b.gathered(pending) {
		b.answer(ctx, pending)
	}
}

// gathered waits until a batch has stopped growing, and closes it; false if it is closed by the last who was foreseen.
func (b *batcher[K, V]) gathered(pending *batch[K, V]) bool {
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for before := 1; ; timer.Reset(quiet) {
		select {
		case <-timer.C:
		case <-pending.whole:
			return false
		}
		for range turns {
			runtime.Gosched()
		}
		b.mu.Lock()
		open, size := b.pending == pending, len(pending.keys)
		if open && size == before {
			b.pending = nil
		}
		b.mu.Unlock()
		if !open || size == before {
			return open
		}
		before = size
	}
}

// answer answers a batch that is closed.
func (b *batcher[K, V]) answer(ctx context.Context, closed *batch[K, V]) {
	defer close(closed.done)
	defer func() {
		if panicked := recover(); panicked != nil { // it would end the process: no resolver need stand above this goroutine
			closed.errs = []error{fmt.Errorf("panic: %v", panicked)}
		}
	}()
	closed.values, closed.errs = b.load(ctx, closed.keys)
}

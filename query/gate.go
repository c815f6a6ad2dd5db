package query

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/countyql/countyql/indicator"
)

// Gate bounds how many engine queries run at a time, in all sessions together, and how many wait for their turn. It is safe
// for concurrent use; a nil Gate lets everybody through.
type Gate struct {
	running *semaphore.Weighted
	most    int64
	active  atomic.Int64
	waiting atomic.Int64
	queue   int64
}

// NewGate returns a gate for so many running and so many waiting queries.
func NewGate(running, queue int) *Gate {
	return &Gate{running: semaphore.NewWeighted(int64(running)), most: int64(running), queue: int64(queue)}
}

// Limits are how many queries may run and how many may wait; zero for no bound.
func (g *Gate) Limits() (running, queue int64) {
	if g == nil {
		return 0, 0
	}
	return g.most, g.queue
}

// enter waits for a turn, which the returned function ends. It returns OVERLOADED at once where too many wait already.
func (g *Gate) enter(ctx context.Context) (leave func(), err error) {
	if g == nil {
		return func() {}, nil
	}
	leave = func() {
		g.active.Add(-1)
		g.running.Release(1)
	}
	if g.running.TryAcquire(1) {
		g.active.Add(1)
		return leave, nil
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		err := indicator.Errorf(indicator.Overloaded, "too many requests wait for the engine")
		err.Hint = "try again a little later"
		return nil, err
	}
	if err := g.running.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	g.active.Add(1)
	return leave, nil
}

// Running is how many queries run at present.
func (g *Gate) Running() int64 { return g.active.Load() }

// Waiting is how many queries wait for their turn at present.
func (g *Gate) Waiting() int64 { return g.waiting.Load() }

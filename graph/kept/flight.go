package kept

import (
	"context"
	"sync"
	"time"
)

// flights are the answers being worked out.
type flights struct {
	mu  sync.Mutex
	now map[Key]*flight
}

type flight struct {
	done    chan struct{} // closed when answer is set
	answer  any
	waiting int
	end     context.CancelFunc
}

// join waits for the answer under a key, and works it out if nobody does. That may take so long as given; 0 is forever.
func (f *flights) join(ctx context.Context, key Key, longest time.Duration, work func(context.Context, context.CancelFunc) any) (answer any, shared bool, err error) {
	f.mu.Lock()
	current, shared := f.now[key]
	if shared {
		current.waiting++
		f.mu.Unlock()
		answer, err = f.follow(ctx, key, longest, current)
		return answer, true, err
	}
	running, end := bounded(context.WithoutCancel(ctx), longest)
	current = &flight{done: make(chan struct{}), waiting: 1, end: end}
	if f.now == nil {
		f.now = make(map[Key]*flight)
	}
	f.now[key] = current
	f.mu.Unlock()
	// The first to ask does the work itself, and for the others also when its own client has gone: another goroutine would have to
	// grow a stack first.
	stay := context.AfterFunc(ctx, func() { f.leave(key, current) })
	f.run(running, key, current, work)
	if !stay() {
		return nil, false, ctx.Err()
	}
	return current.answer, false, nil
}

// follow waits for what another works out.
func (f *flights) follow(ctx context.Context, key Key, longest time.Duration, current *flight) (any, error) {
	ctx, end := bounded(ctx, longest)
	defer end()
	select {
	case <-current.done:
		return current.answer, nil
	case <-ctx.Done():
		f.leave(key, current)
		return nil, ctx.Err()
	}
}

func bounded(ctx context.Context, longest time.Duration) (context.Context, context.CancelFunc) {
	if longest > 0 {
		return context.WithTimeout(ctx, longest)
	}
	return context.WithCancel(ctx)
}

func (f *flights) run(ctx context.Context, key Key, current *flight, work func(context.Context, context.CancelFunc) any) {
	defer current.end()
	defer close(current.done)
	defer f.land(key, current)
	current.answer = work(ctx, current.end)
}

// land takes a flight off the list, so that who comes now begins another.
func (f *flights) land(key Key, current *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now[key] == current {
		delete(f.now, key)
	}
}

// leave gives a flight up; the last to leave ends it.
func (f *flights) leave(key Key, current *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if current.waiting--; current.waiting == 0 {
		current.end()
		if f.now[key] == current {
			delete(f.now, key)
		}
	}
}

package kept

import (
	"context"
	"sync"
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

// join waits for the answer under a key, and begins to work it out if nobody has.
func (f *flights) join(ctx context.Context, key Key, work func(context.Context) any) (answer any, shared bool, err error) {
	f.mu.Lock()
	current, shared := f.now[key]
	if !shared {
		running, end := context.WithCancel(context.WithoutCancel(ctx))
		current = &flight{done: make(chan struct{}), end: end}
		if f.now == nil {
			f.now = make(map[Key]*flight)
		}
		f.now[key] = current
		go f.run(running, key, current, work)
	}
	current.waiting++
	f.mu.Unlock()
	select {
	case <-current.done:
		return current.answer, shared, nil
	case <-ctx.Done():
		f.leave(key, current)
		return nil, shared, ctx.Err()
	}
}

func (f *flights) run(ctx context.Context, key Key, current *flight, work func(context.Context) any) {
	defer current.end()
	defer close(current.done)
	defer f.land(key, current)
	current.answer = work(ctx)
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

package duckdb

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/countyql/countyql/store"
)

// lane is a second instance on a snapshot's file, of one thread, for short questions: handing a little work to another thread takes
// longer than doing it. It is opened by the first of them.
type lane struct {
	open func(ctx context.Context) (*database, error)
	// rest is for how long nobody asks before the instance is closed, until the next asks; 0 for ever.
	rest time.Duration

	mu      sync.Mutex
	db      *database // nil while it is not open
	refused bool      // it cannot be opened, or never again
	asking  int
	resting *time.Timer
}

// shortFigures is how many figures a short question looks at, at most. One about some times as many is short while others are answered:
// then there are no processors to spare.
const shortFigures, timesBusy = 1 << 19, 2

// laneMemory is what a lane takes of the memory of a snapshot, at most: enough for short questions and the blocks that they read.
const laneMemory = 256 << 20

// laneShare is the part of a small memory that a lane takes.
const laneShare = 4

// rangeMemory is what reading figures by their place takes at most. Who reads them so reads each once and keeps it, and the blocks that they were
// in would only be in memory a second time.
const rangeMemory = 48 << 20

// rangeRest is for how long no figures are read by their place before what that takes is given up.
const rangeRest = 2 * time.Second

// newLane is a lane of a snapshot file, which takes so much memory at most, and is closed when nobody has asked for a while.
func (e *Engine) newLane(path string, memory int64, rest time.Duration) *lane {
	open := func(ctx context.Context) (*database, error) { return e.openFile(ctx, path, e.laneSettings(memory)) }
	return &lane{open: open, rest: rest}
}

// short reports whether a question is for the lane.
func (r *reader) short(s *store.Select) bool {
	most, n := int64(shortFigures), int64(len(s.Indicators))
	if r.running.Load() > 0 {
		most *= timesBusy
	}
	if s.Latest == nil && s.Period == nil && s.Limit == 0 && !r.many(s) {
		n *= 2 // all times are looked at, for few of the figures: other threads can help
	}
	return r.lane != nil && n > 0 && r.perIndicator <= most/n
}

// enter returns the instance, which is there until the caller leaves; nil where there is none or it cannot be
// opened, as when the file has been removed since.
func (l *lane) enter(ctx context.Context) *database {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused {
		return nil
	}
	if l.db == nil {
		db, err := l.open(context.WithoutCancel(ctx))
		if err != nil {
			l.refused = true
			return nil
		}
		l.db = db
	}
	if l.asking++; l.resting != nil {
		l.resting.Stop()
	}
	return l.db
}

// leave ends what enter began.
func (l *lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asking--; l.asking > 0 || l.rest == 0 || l.refused {
		return
	}
	if l.resting == nil {
		l.resting = time.AfterFunc(l.rest, l.lieDown)
		return
	}
	l.resting.Reset(l.rest)
}

// lieDown closes the instance unless somebody asks.
func (l *lane) lieDown() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asking == 0 && l.db != nil {
		l.db.close()
		l.db = nil
	}
}

// close closes the instance for good. Nobody may be asking it.
func (l *lane) close() {
	if l == nil {
		return
	}
	l.lieDown()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused = true; l.resting != nil {
		l.resting.Stop()
	}
}

// run runs a rendered question on a lane, if there is one. What turns out to need more memory than it has is asked again.
func (r *reader) run(ctx context.Context, on *lane, sql string) (*result, error) {
	if db := on.enter(ctx); db != nil {
		res, err := db.query(ctx, sql)
		if err == nil {
			res.after = on.leave // it lies in the memory of the instance
			return res, nil
		}
		on.leave()
		var exhausted *store.MemoryError
		if !errors.As(err, &exhausted) {
			return nil, err
		}
	}
	return r.db.query(ctx, sql)
}

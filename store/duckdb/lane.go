package duckdb

import (
	"context"
	"errors"
	"sync"

	"github.com/countyql/countyql/store"
)

// lane is a second instance on a snapshot's file, of one thread, for short questions: handing a little work to another thread takes
// longer than doing it. It is opened by the first of them.
type lane struct {
	open func(ctx context.Context) (*database, error)
	once sync.Once
	db   *database // nil where it cannot be opened
}

// shortFigures is how many figures a short question looks at, at most. One about some times as many is short while others are answered:
// then there are no processors to spare.
const shortFigures, timesBusy = 1 << 19, 2

// laneMemory is what a lane takes of the memory of a snapshot, at most: enough for short questions and the blocks that they read.
const laneMemory = 256 << 20

// laneShare is the part of a small memory that a lane takes.
const laneShare = 4

// newLane is the lane of a snapshot file.
func (e *Engine) newLane(path string) *lane {
	return &lane{open: func(ctx context.Context) (*database, error) { return e.openFile(ctx, path, e.laneSettings()) }}
}

// short reports whether a question is for the lane.
func (r *reader) short(s *store.Select) bool {
	most, n := int64(shortFigures), int64(len(s.Indicators))
	if r.running.Load() > 0 {
		most *= timesBusy
	}
	return r.lane != nil && n > 0 && r.perIndicator <= most/n
}

// database is the instance of one thread; nil where it cannot be opened, as when the file has been removed since.
func (l *lane) database(ctx context.Context) *database {
	l.once.Do(func() {
		db, err := l.open(context.WithoutCancel(ctx))
		if err == nil {
			l.db = db
		}
	})
	return l.db
}

// close closes the instance if it was opened. Nobody may be asking it.
func (l *lane) close() {
	if l == nil {
		return
	}
	l.once.Do(func() {})
	if l.db != nil {
		l.db.close()
	}
}

// run runs a rendered question where it is answered soonest. What turns out to need more memory than a lane has is asked again.
func (r *reader) run(ctx context.Context, short bool, sql string) (*result, error) {
	if short {
		if db := r.lane.database(ctx); db != nil {
			res, err := db.query(ctx, sql)
			var exhausted *store.MemoryError
			if !errors.As(err, &exhausted) {
				return res, err
			}
		}
	}
	return r.db.query(ctx, sql)
}

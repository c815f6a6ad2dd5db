package query

import (
	"context"
	"sync/atomic"
	"time"
)

// Spent is what a session has used so far.
type Spent struct {
	Cells         int64 // asked for: indicators x regions x slices x statuses
	Rows          int64 // figures read
	EngineQueries int64
	EngineTime    time.Duration // of all queries together, which may run side by side
	Queued        time.Duration // that they waited for their turn
}

// spending adds up the times of a session's engine queries, in nanoseconds.
type spending struct {
	engine atomic.Int64
	queued atomic.Int64
}

// Spent is what the session has used so far.
func (s *Session) Spent() Spent {
	return Spent{
		Cells: s.budget.cells.Load(), Rows: s.budget.rows.Load(), EngineQueries: s.queries.Load(),
		EngineTime: time.Duration(s.spending.engine.Load()), Queued: time.Duration(s.spending.queued.Load()),
	}
}

// enter waits for the operation's other fields to have planned, and for the engine. The returned function ends the turn.
func (s *Session) enter(ctx context.Context) (leave func(), err error) {
	if err := s.admit(ctx); err != nil {
		return nil, err
	}
	asked := time.Now()
	end, err := s.gate.enter(ctx)
	begun := time.Now()
	s.spending.queued.Add(int64(begun.Sub(asked)))
	if err != nil {
		return nil, err
	}
	s.queries.Add(1)
	return func() {
		s.spending.engine.Add(int64(time.Since(begun)))
		end()
	}, nil
}

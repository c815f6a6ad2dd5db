package resident

import (
	"context"
	"sync"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// snapshot is a pinned snapshot some of whose blocks are in memory.
type snapshot struct {
	store.Snapshot
	engine  *Engine
	holding *holding // nil where nothing of it is

	pinning sync.Mutex
	pinned  []*block // until the snapshot is released: answers show their columns
}

// question is what answering takes; it is used again and again.
type question struct {
	picker
	entries []*entry
}

var questions sync.Pool

// Select returns the rows of a selection in its order.
func (s *snapshot) Select(ctx context.Context, selection store.Select) (*store.Rows, error) {
	q, ok := s.ask(&selection, fromBlocks(&selection) && inOrder(&selection))
	if !ok {
		return s.Snapshot.Select(ctx, selection)
	}
	defer s.done(q)
	if err := q.pickAll(ctx); err != nil {
		return nil, err
	}
	q.arrange()
	if selection.Cap > 0 && q.count > selection.Cap {
		return nil, &store.RowCapError{Cap: selection.Cap}
	}
	return q.gather(scratch.From(ctx)), nil
}

// Count counts a selection's rows by keys.
func (s *snapshot) Count(ctx context.Context, selection store.Select, by ...store.Key) ([]store.Tally, error) {
	q, ok := s.ask(&selection, fromBlocks(&selection) && knownKeys(by))
	if !ok {
		return s.Snapshot.Count(ctx, selection, by...)
	}
	defer s.done(q)
	if err := q.pickAll(ctx); err != nil {
		return nil, err
	}
	return q.tally(by), nil
}

// fromBlocks reports whether blocks have what decides which rows are selected. What contradicts itself goes to the backing engine
// too, which knows what to say.
func fromBlocks(s *store.Select) bool {
	return !s.Vintages && s.AsOf == indicator.NoDay && s.LoadsFrom <= 0 && s.Limit >= 0 && s.Cap >= 0 &&
		s.Order.By >= store.Natural && s.Order.By <= store.ByPublished
}

// inOrder reports whether blocks have the columns of the rows and of their order.
func inOrder(s *store.Select) bool {
	return s.Columns()&store.EvidenceColumns == 0 && s.Order.By != store.ByPublished
}

// ask pins the blocks of a selection. It returns false, and has the missing ones loaded later, unless all are there.
func (s *snapshot) ask(selection *store.Select, possible bool) (*question, bool) {
	if !possible || s.holding == nil {
		s.engine.fallbacks.Add(1)
		return nil, false
	}
	q, ok := s.askFor(selection, true)
	if !ok {
		s.engine.fallbacks.Add(1)
		return nil, false
	}
	s.engine.hits.Add(1)
	return q, true
}

// askFor pins the blocks of a selection if all are there. Otherwise those that are not may be wanted.
func (s *snapshot) askFor(selection *store.Select, want bool) (*question, bool) {
	q, ok := questions.Get().(*question)
	if !ok {
		q = new(question)
	}
	q.entries = s.holding.find(selection, q.entries[:0])
	if !s.engine.pin(s.holding, q, want) {
		q.forget()
		return nil, false
	}
	q.reset(selection, s.holding.levels)
	return q, true
}

// done gives the blocks back.
func (s *snapshot) done(q *question) {
	s.engine.unpin(q.blocks)
	q.forget()
}

// forget keeps the question's memory for another one, and nothing else of it.
func (q *question) forget() {
	clear(q.entries)
	clear(q.blocks)
	clear(q.segments)
	q.entries, q.blocks, q.segments = q.entries[:0], q.blocks[:0], q.segments[:0]
	q.selection, q.levels, q.boundsOf = nil, nil, nil
	if cap(q.segments) <= mostKept && cap(q.rows) <= mostKept {
		questions.Put(q)
	}
}

// mostKept is how many rows' worth of working memory is kept.
const mostKept = 1 << 16

// pickAll finds the selected rows in all blocks.
func (q *question) pickAll(ctx context.Context) error {
	for _, b := range q.blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		q.pick(b)
	}
	return nil
}

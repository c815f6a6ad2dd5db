package query

import (
	"context"

	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// manyPeriods is how many periods figures are taken to be about where they are of many.
const manyPeriods = 16

// partEnd is behind the last subject of a part that begins with one and is to have so many cells.
func (f *figures) partEnd(from int, cells int64) int {
	each := f.cells() / int64(len(f.subjects))
	if f.when.Within != nil {
		each *= manyPeriods
	}
	return min(len(f.subjects), from+int(max(1, cells/max(1, each))))
}

// inParts has the subjects of figures worked out a few at a time: of each part, which has a request of its own, nothing has been read. What a part
// has in its scratch, and so does whoever is asked for it, ends with it unless there is only one. Read is how many figures were read the last time, which then do
// not count again.
func (f *figures) inParts(ctx context.Context, s *Session, cells int64, read *int64, work func(ctx context.Context, part *figures) error) error {
	s.budget.rows.Add(-*read)
	before, shared := s.budget.rows.Load(), make(sharedRows)
	defer func() { *read = s.budget.rows.Load() - before }()
	for from := 0; from < len(f.subjects); {
		to := f.partEnd(from, cells)
		if err := f.part(ctx, from, to, shared, work); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// part works the subjects from..to out.
func (f *figures) part(ctx context.Context, from, to int, shared sharedRows, work func(ctx context.Context, part *figures) error) error {
	request, memory := *f.request, f.scratch
	if to-from < len(f.subjects) {
		memory = new(scratch.Scratch)
		defer memory.Free()
		ctx = scratch.With(ctx, memory)
	}
	return work(ctx, &figures{
		request: &request, catalog: f.catalog, scratch: memory, subjects: f.subjects[from:to],
		regions: f.regions, slice: f.slice, total: f.total, parts: f.parts, when: f.when, shared: shared,
	})
}

// sharedRows is how many rows were read last of indicators that divide and weigh figures of several parts, which count once.
type sharedRows map[sharing]int64

// sharing is what an indicator is read for.
type sharing struct {
	indicator int32
	weighs    bool
}

// runShared is run for figures that parts may have in common.
func (f *figures) runShared(ctx context.Context, s *Session, selection store.Select, weighs bool) (*store.Rows, error) {
	if f.shared == nil {
		return f.run(ctx, s, selection)
	}
	for _, id := range selection.Indicators {
		s.budget.rows.Add(-f.shared[sharing{id, weighs}])
		delete(f.shared, sharing{id, weighs})
	}
	rows, err := f.run(ctx, s, selection)
	if err == nil {
		for _, id := range rows.Indicator {
			f.shared[sharing{id, weighs}]++
		}
	}
	return rows, err
}

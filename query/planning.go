package query

import (
	"context"
	"sync"
	"sync/atomic"
)

// planning holds the engine queries of an operation back until all its fields have planned, so that an operation that asks for
// too much is refused before any of it is read. A field has planned when it has charged its cells, when it wants to ask the
// engine, or when it is done. What is asked inside its answer afterwards is charged as it comes.
type planning struct {
	left    atomic.Int64
	planned chan struct{} // closed when no field is left; nil where nobody has to wait
}

// fieldPlan is a field of an operation as far as planning goes.
type fieldPlan struct {
	planning *planning
	once     sync.Once
}

type fieldPlanKey struct{}

// ExpectFields says how many fields the operation has. It is called before any of them is resolved, if at all; they must be
// resolved side by side, each in a context from PlanField, and Planned be called for each in the end, since they wait for each
// other.
func (s *Session) ExpectFields(fields int) {
	if fields < 2 {
		return
	}
	s.planning.left.Store(int64(fields))
	s.planning.planned = make(chan struct{})
}

// PlanField returns the context that a field of the operation is resolved in.
func (s *Session) PlanField(ctx context.Context) context.Context {
	if s.planning.planned == nil {
		return ctx
	}
	return context.WithValue(ctx, fieldPlanKey{}, &fieldPlan{planning: &s.planning})
}

// Planned says that the field of a context charges nothing more before it asks the engine. Whoever lets somebody else ask the
// engine for a field, and waits for that, says so first. Once is enough, more do no harm.
func Planned(ctx context.Context) {
	field, ok := ctx.Value(fieldPlanKey{}).(*fieldPlan)
	if !ok {
		return
	}
	field.once.Do(func() {
		if field.planning.left.Add(-1) == 0 {
			close(field.planning.planned)
		}
	})
}

// admit waits until all fields of the operation have planned, and refuses all of them if together they ask for too many cells.
func (s *Session) admit(ctx context.Context) error {
	Planned(ctx)
	if s.planning.planned != nil {
		select {
		case <-s.planning.planned:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := s.Exceeded(); err != nil {
		return err
	}
	return nil
}

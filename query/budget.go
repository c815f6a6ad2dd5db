package query

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// budget is what one operation has asked for so far, all its fields together.
type budget struct {
	cells atomic.Int64
	rows  atomic.Int64
}

// charge charges cells to the operation, before they are read. It waits until all fields of the operation have done so, and
// refuses them if together they go beyond the limit.
func (s *Session) charge(ctx context.Context, cells int64) error {
	s.budget.cells.Add(cells)
	return s.admit(ctx)
}

// Exceeded says by how much the operation's fields together ask for too many cells; nil if they do not.
func (s *Session) Exceeded() *indicator.Error {
	asked := s.budget.cells.Load()
	if asked <= s.limits.Cells {
		return nil
	}
	return &indicator.Error{
		Code:      indicator.TooLarge,
		Message:   fmt.Sprintf("the request asks for %d cells", asked),
		Hint:      "ask for fewer indicators or regions, or in several requests",
		LimitName: "cells", Limit: s.limits.Cells, Estimate: asked,
	}
}

// rowsLeft is how many figures the operation may still read; at least one, so that a selection without any is no error.
func (s *Session) rowsLeft() int { return max(1, s.limits.Rows-int(s.budget.rows.Load())) }

// beyondEngine turns what an engine says of its limits, and of its servers, into the typed error of the contract. Other errors stay as they are.
func (s *Session) beyondEngine(err error) error {
	var rows *store.RowCapError
	var memory *store.MemoryError
	var away *store.UnavailableError
	switch {
	case errors.As(err, &rows):
		limit := int64(s.limits.Rows)
		return &indicator.Error{
			Code: indicator.TooLarge, Message: fmt.Sprintf("the request reads more than %d figures", limit),
			Hint: "select fewer regions, indicators or periods", LimitName: "rows", Limit: limit, Estimate: limit + 1,
		}
	case errors.As(err, &memory):
		return exhausted(memory)
	case errors.As(err, &away): // which server it is, is the operator's business
		typed := indicator.Errorf(indicator.Unavailable, "a part of the store cannot be reached")
		typed.Hint = "try again a little later"
		return typed
	}
	return err
}

// The names of the engine's limits.
const (
	LimitEngineMemory    = "engineMemory"
	LimitEngineTemporary = "engineTemporary"
)

// exhausted says which of the engine's limits was reached. Nobody knows before how much a query takes, nor afterwards how much it
// would have taken.
func exhausted(memory *store.MemoryError) *indicator.Error {
	err := &indicator.Error{
		Code: indicator.TooLarge, Hint: "select fewer regions, indicators or periods, or try again when there are fewer requests",
		LimitName: LimitEngineMemory, Limit: memory.Limit,
	}
	what := "memory"
	if memory.Temporary {
		what, err.LimitName = "temporary space", LimitEngineTemporary
	}
	most := ""
	if memory.Limit > 0 {
		most = fmt.Sprintf(" than the %d bytes that it has for all requests together", memory.Limit)
	}
	err.Message = fmt.Sprintf("the engine needs more %s for the request%s; how much more cannot be told", what, most)
	return err
}

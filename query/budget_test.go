package query

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The fields of an operation share its limit on cells: each is within it, both together are not.
func TestCells_OfAllFields(t *testing.T) {
	t.Parallel()
	request := AggregateRequest{Indicators: []string{"visits"}}
	s := newSession(t)
	cells := request.mustAsk(t, s).Cost.Cells
	for _, test := range []struct {
		limit, times int64
	}{{cells, 1}, {2 * cells, 2}, {2*cells + 1, 2}, {3*cells - 1, 2}} {
		s := newSession(t)
		s.limits.Cells = test.limit
		for range test.times {
			request.mustAsk(t, s)
		}
		dry := request
		dry.DryRun = true
		dry.mustAsk(t, s) // costs nothing
		_, err := request.ask(t, s)
		typed := wantCode(t, err, indicator.TooLarge)
		if typed.LimitName != "cells" || typed.Limit != test.limit || typed.Estimate != (test.times+1)*cells {
			t.Errorf("limit %d: %+v", test.limit, typed)
		}
	}
}

// The figures that an operation reads count together.
func TestRows_OfAllFields(t *testing.T) {
	t.Parallel()
	request := AggregateRequest{Indicators: []string{"visits"}, When: &When{Within: period("2020")}}
	s := newSession(t)
	rows := request.mustAsk(t, s).Cost.Rows
	s = newSession(t)
	s.limits.Rows = int(2*rows) - 1
	request.mustAsk(t, s)
	_, err := request.ask(t, s)
	if typed := wantCode(t, err, indicator.TooLarge); typed.LimitName != "rows" {
		t.Errorf("%+v", typed)
	}
}

// So many queries run at a time, so many wait, and the next is turned away at once; who waits gives up with its context.
func TestGate(t *testing.T) {
	t.Parallel()
	g := NewGate(1, 1)
	leave, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, giveUp := context.WithCancel(t.Context())
	waited := make(chan error, 1)
	go func() {
		_, err := g.enter(ctx)
		waited <- err
	}()
	for g.waiting.Load() == 0 { // until it waits
		runtime.Gosched()
	}
	if _, err := g.enter(t.Context()); !errors.Is(err, &indicator.Error{Code: indicator.Overloaded}) {
		t.Errorf("a third query: %v", err)
	}
	giveUp()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("the second query: %v", err)
	}
	leave()
	again, err := g.enter(t.Context())
	if err != nil || g.waiting.Load() != 0 {
		t.Fatalf("%v, %d wait", err, g.waiting.Load())
	}
	again()
}

// What the engine ran out of is told by name, with the limit where it is known, and no estimate, which nobody has.
func TestBeyondEngine(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	for _, test := range []struct {
		err     store.MemoryError
		name    string
		message string
	}{
		{store.MemoryError{Limit: 20e6}, LimitEngineMemory, "the engine needs more memory for the request than the 20000000 bytes that it has for all requests together; how much more cannot be told"},
		{store.MemoryError{Temporary: true}, LimitEngineTemporary, "the engine needs more temporary space for the request; how much more cannot be told"},
	} {
		typed := wantCode(t, s.beyondEngine(fmt.Errorf("select: %w", &test.err)), indicator.TooLarge)
		if typed.LimitName != test.name || typed.Limit != test.err.Limit || typed.Estimate != 0 || typed.Message != test.message {
			t.Errorf("%+v", typed)
		}
	}
}

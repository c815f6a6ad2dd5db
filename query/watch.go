package query

import (
	"context"
	"slices"
)

// watchedSteps is how many steps a loop takes at most before it looks whether its request has ended.
const watchedSteps = 4096

// watch ends loops over many rows with their request. An engine stops when the context does; what is done with its rows must
// stop, too. Counting a step costs next to nothing; the context is asked at the first one and then every watchedSteps. Once it
// has ended, every step says so, so that a loop may just break and leave the error to whoever called it. It is for one goroutine
// and lives no longer than one call.
type watch struct {
	ctx  context.Context
	left int   // steps until the context is asked again
	err  error // why the context has ended; nil if it has not
}

func newWatch(ctx context.Context) *watch { return &watch{ctx: ctx} }

// step counts a step and returns why the context has ended, if it has.
func (w *watch) step() error { return w.steps(1) }

// steps counts the steps of a loop that is not worth interrupting.
func (w *watch) steps(n int) error {
	if w.left -= n; w.left > 0 {
		return nil
	}
	return w.look()
}

func (w *watch) look() error {
	if w.err == nil {
		w.err = context.Cause(w.ctx)
	}
	if w.err == nil {
		w.left = watchedSteps
	}
	return w.err
}

// sortRows sorts a list, a comparison being a step. It leaves a list half sorted behind where the context ends.
func sortRows[E any](w *watch, list []E, compare func(a, b E) int) error {
	return sortUntil(w, list, compare, slices.SortFunc[[]E])
}

// sortRowsStable is sortRows that keeps the order of equal elements.
func sortRowsStable[E any](w *watch, list []E, compare func(a, b E) int) error {
	return sortUntil(w, list, compare, slices.SortStableFunc[[]E])
}

// endedSort is thrown through the sort of the standard library, which cannot be stopped in any other way.
type endedSort struct{}

func sortUntil[E any](w *watch, list []E, compare func(a, b E) int, sort func([]E, func(a, b E) int)) (err error) {
	if err := w.step(); err != nil {
		return err
	}
	defer func() {
		switch thrown := recover(); thrown.(type) {
		case nil:
		case endedSort:
			err = w.err
		default:
			panic(thrown)
		}
	}()
	sort(list, func(a, b E) int {
		if w.step() != nil {
			panic(endedSort{})
		}
		return compare(a, b)
	})
	return nil
}

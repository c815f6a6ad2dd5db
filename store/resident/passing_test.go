package resident

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// TestPassing holds what is passed, of figures none or some of which are in memory, against what is there as a whole.
func TestPassing(t *testing.T) {
	m := backing(t)
	whole := New(m, Options{Bytes: math.MaxInt64})
	warm(t, whole)
	want := pin(t, whole)
	for name, bytes := range map[string]int64{"nothing in memory": 0, "some in memory": whole.Stats().Bytes / 2} {
		t.Run(name, func(t *testing.T) {
			e := New(m, Options{Bytes: bytes})
			e.part = 1 // parts are as small as can be
			warm(t, e)
			if held := e.Stats().Blocks; (held == 0) != (bytes == 0) || held == whole.Stats().Blocks {
				t.Fatalf("%d blocks in %d bytes", held, bytes)
			}
			rapid.Check(t, comparePassing(want, pin(t, e)))
		})
	}
	t.Run("kept", func(t *testing.T) {
		e := withoutBlocks(t, m, math.MaxInt64)
		rapid.Check(t, comparePassing(want, pin(t, e)))
		if e.Stats().Hits == 0 {
			t.Error("nothing was kept")
		}
	})
}

func comparePassing(want, got store.Snapshot) func(t *rapid.T) {
	options := cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}
	return func(t *rapid.T) {
		s := drawSelect(t)
		s.Order, s.Limit = store.Order{}, 0
		if rapid.Bool().Draw(t, "without counts") {
			s.Omit = store.ColumnCounts
		}
		folded, ok, err := want.(store.Folder).Fold(t.Context(), s)
		_, _, _ = got.(store.Folder).Fold(t.Context(), s) // the first time, which may be kept
		passed, passes, passedErr := got.(store.Folder).Fold(t.Context(), s)
		var capped *store.RowCapError
		switch {
		case errors.As(err, &capped):
			if !errors.As(passedErr, &capped) || capped.Cap != s.Cap {
				t.Fatalf("fold %+v: %v, want %v", s, passedErr, err)
			}
		case err != nil || passedErr != nil || ok != passes:
			t.Fatalf("fold %+v: %t, %v, want %t, %v", s, passes, passedErr, ok, err)
		case ok:
			if folded.Figures != passed.Figures {
				t.Errorf("%d figures, want %d", passed.Figures, folded.Figures)
			}
			if s.Omit != 0 { // blocks have counts that nobody asked for
				dropCounts(folded.Stretches)
				dropCounts(passed.Stretches)
			}
			if diff := cmp.Diff(rolledOf(folded.Stretches), rolledOf(passed.Stretches), options); diff != "" {
				t.Fatalf("fold %+v (-in memory +passed):\n%s", s, diff)
			}
		}
		stretches, ok, err := want.(store.Stretcher).Stretches(t.Context(), s)
		passing, passes, passedErr := got.(store.Stretcher).Stretches(t.Context(), s)
		if errors.As(err, &capped) && passes || passedErr != nil && !errors.As(err, &capped) {
			t.Fatalf("%+v: %t, %v, want %t, %v", s, passes, passedErr, ok, err)
		}
		if passes {
			if diff := cmp.Diff(figuresOf(stretches), figuresOf(passing), options); diff != "" {
				t.Fatalf("%+v (-in memory +passed):\n%s", s, diff)
			}
		}
	}
}

func dropCounts(list []store.Stretch) {
	for i := range list {
		list[i].Numerator, list[i].Denominator, list[i].CountsPrecision = nil, nil, nil
	}
}

// rolledFigure is what is told of figures that have been rolled up. Their periods are those of all regions of a stretch.
type rolledFigure struct {
	Figure figure
	Used   int32
	Last   indicator.Day
}

func rolledOf(stretches []store.Stretch) []rolledFigure {
	list := figuresOf(stretches)
	rolled := make([]rolledFigure, len(list))
	n := 0
	for i := range stretches {
		t := &stretches[i]
		for k := range t.Region {
			used := int32(1)
			if t.Used != nil {
				used = t.Used[k]
			}
			rolled[n] = rolledFigure{list[n], used, t.LastDay(k)}
			one := &rolled[n].Figure
			one.Period, one.Definition = indicator.Period{}, 0
			if math.IsNaN(one.Numerator) && math.IsNaN(one.Denominator) {
				one.Counts = indicator.Exact // of none
			}
			n++
		}
	}
	return rolled
}

// TestPassing_turns has a question of several parts wait for its turn, and not one of a single part.
func TestPassing_turns(t *testing.T) {
	m := backing(t)
	e := New(m, Options{})
	warm(t, e)
	for range cap(e.passing) {
		e.passing <- struct{}{}
	}
	folder := pin(t, e).(store.Folder)
	if _, _, err := folder.Fold(t.Context(), store.NewSelect()); err != nil {
		t.Errorf("one part: %v", err)
	}
	e.part = 1
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the client has gone")
	cancel(gone)
	if _, _, err := folder.Fold(ctx, store.NewSelect()); !errors.Is(err, gone) {
		t.Errorf("nobody made room: %v", err)
	}
	<-e.passing
	if _, _, err := folder.Fold(t.Context(), store.NewSelect()); err != nil {
		t.Errorf("there is room: %v", err)
	}
	if len(e.passing) != cap(e.passing)-1 {
		t.Errorf("%d of %d turns are taken, by others all but one", len(e.passing), cap(e.passing))
	}
}

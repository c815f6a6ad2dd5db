package resident

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/storetest"
)

// withoutBlocks is an engine that has nothing of the newest snapshot in memory, and room for what it keeps.
func withoutBlocks(t *testing.T, m *storetest.Memory, room int64) *Engine {
	t.Helper()
	e := New(m, Options{Bytes: room})
	look(t, e)
	return e
}

// look has an engine answer about the newest snapshot, of which it loads nothing.
func look(t *testing.T, e *Engine) {
	t.Helper()
	h, err := newHolding(t.Context(), pin(t, e.Backing))
	if err != nil {
		t.Fatal(err)
	}
	e.adopt(h)
}

// folder rolls up, and says how many questions the backing engine was asked.
func folder(t *testing.T, m *storetest.Memory, r store.Reader) func(s store.Select) (*store.Folded, int, error) {
	t.Helper()
	asked := 0
	m.BeforeRead = func(context.Context) error { asked++; return nil }
	return func(s store.Select) (*store.Folded, int, error) {
		asked = 0
		folded, ok, err := r.(store.Folder).Fold(t.Context(), s)
		if err == nil && !ok {
			t.Fatalf("%+v was not rolled up", s)
		}
		return folded, asked, err
	}
}

// TestKeptFolds asks again for what was rolled up and is not in memory.
func TestKeptFolds(t *testing.T) {
	m := backing(t)
	e := withoutBlocks(t, m, math.MaxInt64)
	former := pin(t, e)
	fold := folder(t, m, former)
	first, asked, err := fold(of(dense))
	if err != nil || asked == 0 || len(first.Stretches) == 0 {
		t.Fatalf("%+v with %d questions, %v", first, asked, err)
	}
	same := func(what string, want, got *store.Folded) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if s := e.Stats(); s.Hits != 0 || s.Fallbacks != 1 {
		t.Errorf("%+v after the first time", s)
	}
	again, asked, err := fold(of(dense))
	if s := e.Stats(); err != nil || asked > 0 || s.Hits != 1 || s.Fallbacks != 1 {
		t.Errorf("again: %d questions, %+v, %v", asked, s, err)
	}
	same("again", first, again)
	again.Stretches[0] = store.Stretch{} // the answer's own
	again, _, _ = fold(of(dense))
	same("after an answer was changed", first, again)

	capped := of(dense)
	capped.Cap = first.Figures
	again, asked, err = fold(capped)
	if err != nil || asked > 0 {
		t.Errorf("as many as there are: %d questions, %v", asked, err)
	}
	same("as many as there are", first, again)
	capped.Cap--
	var tooMany *store.RowCapError
	if _, _, err := fold(capped); !errors.As(err, &tooMany) || tooMany.Cap != capped.Cap {
		t.Errorf("one more than there may be: %v", err)
	}

	other := of(dense)
	other.Within = &indicator.Period{Start: month(2).Start, End: indicator.Forever}
	later, asked, err := fold(other)
	if err != nil || asked == 0 || later.Figures >= first.Figures {
		t.Errorf("of fewer months: %d of %d figures with %d questions, %v", later.Figures, first.Figures, asked, err)
	}
	other.Within.Start = indicator.NoDay // what was kept does not change with it
	if all, asked, err := fold(other); err != nil || asked == 0 || all.Figures != first.Figures {
		t.Errorf("of all months: %d of %d figures with %d questions, %v", all.Figures, first.Figures, asked, err)
	}

	if err := m.Load(t.Context(), fixtureTables(), []store.Report{figureOf(dense, 3, month(200), 1)}); err != nil {
		t.Fatal(err)
	}
	look(t, e)
	if bytes := e.Stats().Bytes; bytes != 0 {
		t.Errorf("%d bytes are kept of a snapshot that is not served any more", bytes)
	}
	next := folder(t, m, pin(t, e))
	for range 2 { // what one snapshot keeps is not the other's
		if old, _, err := fold(of(dense)); err != nil || old.Figures != first.Figures {
			t.Errorf("the former snapshot has %d figures, %d before, %v", old.Figures, first.Figures, err)
		}
		if newer, _, err := next(of(dense)); err != nil || newer.Figures != first.Figures+1 {
			t.Errorf("the next snapshot has %d figures, %d before, %v", newer.Figures, first.Figures, err)
		}
	}
}

// TestKeptFolds_shared asks for figures of which some are in memory and the others rolled up by the backing engine.
func TestKeptFolds_shared(t *testing.T) {
	m := backing(t)
	inner := New(m, Options{Bytes: math.MaxInt64})
	warm(t, inner)
	e := New(inner, Options{Bytes: math.MaxInt64})
	look(t, e)
	h := e.current.Load()
	one := of(dense)
	if _, err := e.loadBatch(t.Context(), pin(t, inner), h, h.find(&one, nil)); err != nil {
		t.Fatal(err)
	}
	fold := folder(t, m, pin(t, e))
	both := of(dense, ragged)
	want, _, err := folder(t, m, pin(t, inner))(both)
	if err != nil {
		t.Fatal(err)
	}
	before := inner.Stats().Hits
	for range 2 {
		got, _, err := fold(both)
		if err != nil || got.Figures != want.Figures {
			t.Fatalf("%d figures, want %d, %v", got.Figures, want.Figures, err)
		}
		if diff := cmp.Diff(rolledOf(want.Stretches), rolledOf(got.Stretches), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	for _, left := range []int{0, 1} {
		both.Cap = want.Figures - left
		var tooMany *store.RowCapError
		if _, _, err := fold(both); (left == 0) != (err == nil) || err != nil && (!errors.As(err, &tooMany) || tooMany.Cap != both.Cap) {
			t.Errorf("at most %d of %d figures: %v", both.Cap, want.Figures, err)
		}
	}
	if asked := inner.Stats().Hits - before; asked != 1 {
		t.Errorf("the backing engine was asked %d times", asked)
	}
	if s := e.Stats(); s.Fallbacks != 1 || s.Hits != 3 {
		t.Errorf("%+v", s)
	}
	if _, _, err := fold(one); err != nil || e.Stats().Hits != 4 {
		t.Errorf("what is in memory: %+v, %v", e.Stats(), err)
	}
	if _, _, err := pin(t, e).(store.Stretcher).Stretches(t.Context(), both); err != nil || e.Stats().Fallbacks != 2 {
		t.Errorf("stretches: %+v, %v", e.Stats(), err)
	}
}

// TestKeptFolds_room keeps no more than there is room for, and what blocks roll up to before.
func TestKeptFolds_room(t *testing.T) {
	m := backing(t)
	measured := withoutBlocks(t, m, math.MaxInt64)
	fold := folder(t, m, pin(t, measured))
	sizes := make(map[int32]int64)
	for _, id := range []int32{dense, ragged, sparse} {
		before := measured.Stats().Bytes
		if _, _, err := fold(of(id)); err != nil {
			t.Fatal(err)
		}
		sizes[id] = measured.Stats().Bytes - before
	}
	part := max(sizes[dense]+sizes[ragged], sizes[sparse]+sizes[ragged])
	e := withoutBlocks(t, m, part*rolledPart)
	fold = folder(t, m, pin(t, e))
	kept := func(id int32) bool {
		t.Helper()
		_, asked, err := fold(of(id))
		if err != nil {
			t.Fatal(err)
		}
		if bytes := e.Stats().Bytes; bytes > part {
			t.Errorf("%d bytes are kept, at most %d may be", bytes, part)
		}
		return asked == 0
	}
	if kept(dense) || kept(ragged) || !kept(dense) || !kept(ragged) {
		t.Error("two are not kept that have room")
	}
	if kept(sparse) || !kept(ragged) || !kept(sparse) || kept(dense) {
		t.Error("the third is not kept in the place of the one that was not asked for the longest")
	}
	e.keepRolled(&block{}, 0, 1, &store.Stretch{Value: make([]float64, (part-sizes[dense])/8)})
	if bytes := e.Stats().Bytes; e.rolledBytes == 0 || bytes > part {
		t.Errorf("%d bytes are kept, of which blocks roll up to %d; at most %d may be", bytes, e.rolledBytes, part)
	}
	none := withoutBlocks(t, m, 0)
	fold = folder(t, m, pin(t, none))
	for range 2 {
		if _, asked, err := fold(of(dense)); err != nil || asked == 0 {
			t.Errorf("no room: %d questions, %v", asked, err)
		}
	}
}

package duckdb

import (
	"errors"
	"math"
	"os"
	"testing"

	"github.com/countyql/countyql/store"
)

// ofGrids is a short question about the only figure.
func ofGrids() store.Select {
	s := store.NewSelect()
	s.Indicators = []int32{0}
	return s
}

// pinnedLane pins a snapshot of two threads.
func pinnedLane(t *testing.T, memory string) *pinned {
	t.Helper()
	e := open(t, t.TempDir(), Options{MemoryLimit: memory, Threads: 2, TempDir: t.TempDir()})
	mustCommit(t, e, 7)
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Release)
	return s.(*pinned)
}

// TestLane asks a short question of the instance of one thread, which is opened for it, and others of the other one.
func TestLane(t *testing.T) {
	s := pinnedLane(t, "")
	if onlyValue(t, s); s.lane.db != nil {
		t.Error("a question about everything is taken for a short one")
	}
	rows, err := s.Select(t.Context(), ofGrids())
	if err != nil || rows.Len() != 1 || rows.Value[0] != 7 {
		t.Fatalf("%+v, %v", rows, err)
	}
	if s.lane.db == nil {
		t.Fatal("a short question is not asked of the lane")
	}
	r, err := s.lane.db.query(t.Context(), "SELECT CAST(current_setting('threads') AS INTEGER)")
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	if threads := next[int32](&scanner{result: r}); len(threads) != 1 || threads[0] != 1 {
		t.Errorf("the lane has %d threads", threads)
	}
	many := ofGrids()
	s.perIndicator = shortFigures + 1
	if s.short(&many) {
		t.Error("a question about too many figures is a short one")
	}
	s.running.Add(1)
	if !s.short(&many) {
		t.Error("a question about some more figures is none while another is answered")
	}
	s.perIndicator = timesBusy*shortFigures + 1
	if s.short(&many) {
		t.Error("a question about too many figures is a short one while another is answered")
	}
	s.running.Add(-1)
	s.perIndicator = math.MaxInt64 / 2
	many.Indicators = make([]int32, 3)
	if s.short(&many) {
		t.Error("a question about more figures than can be counted is a short one")
	}
}

// TestLaneWithoutFile answers short questions though the file has been removed since it was opened.
func TestLaneWithoutFile(t *testing.T) {
	s := pinnedLane(t, "")
	if err := os.Remove(s.engine.layout.snapshot(s.contents.Manifest.ID)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if rows, err := s.Select(t.Context(), ofGrids()); err != nil || rows.Len() != 1 {
			t.Fatalf("%+v, %v", rows, err)
		}
	}
	if s.lane.db != nil {
		t.Error("a file that is gone was opened")
	}
}

// TestLaneMemory asks again where there is more memory, and says what the whole limit is where that does not suffice.
func TestLaneMemory(t *testing.T) {
	s := pinnedLane(t, "240MB")
	r, err := s.run(t.Context(), s.lane, collectTexts)
	if err != nil {
		t.Fatal(err)
	}
	r.close()
	if s.lane.db == nil {
		t.Fatal("the lane was not asked")
	}
	var exhausted *store.MemoryError
	if _, err = s.lane.db.query(t.Context(), collectTexts); !errors.As(err, &exhausted) {
		t.Errorf("the lane has room for it: %v", err)
	}
	small := pinnedLane(t, "40MB")
	_, err = small.run(t.Context(), small.lane, collectTexts)
	if !errors.As(err, &exhausted) || exhausted.Limit != 40e6 {
		t.Errorf("the memory runs out: %#v", err)
	}
}

// TestLaneRest closes the instance that figures are read from by their place when nobody reads them, and opens it again for the next.
func TestLaneRest(t *testing.T) {
	s := pinnedLane(t, "")
	figures := func() int {
		t.Helper()
		rows, err := s.Range(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return rows.Len()
	}
	want := figures()
	if want == 0 || s.ranges.db == nil || s.ranges.asking != 0 || s.ranges.resting == nil {
		t.Fatalf("%d figures, %d ask", want, s.ranges.asking)
	}
	s.ranges.resting.Stop() // the test says when
	r, err := s.run(t.Context(), s.ranges, "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	s.ranges.lieDown()
	if s.ranges.db == nil {
		t.Fatal("it was closed though a result lies in its memory")
	}
	r.close()
	s.ranges.resting.Stop()
	s.ranges.lieDown()
	if s.ranges.db != nil {
		t.Error("it was not closed")
	}
	if got := figures(); got != want || s.ranges.db == nil {
		t.Errorf("%d figures, then %d", want, got)
	}
}

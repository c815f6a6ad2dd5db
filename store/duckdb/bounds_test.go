package duckdb

import (
	"errors"
	"testing"

	"github.com/countyql/countyql/store"
)

// Both take some 80 MB: the sort can spill them, a list cannot.
const (
	sortsTexts   = "SELECT x FROM (SELECT sha256(range::VARCHAR) || sha256((-range)::VARCHAR) AS x FROM range(500000)) ORDER BY x OFFSET 499999"
	collectTexts = "SELECT len(list(repeat(hash(range)::VARCHAR, 8))) FROM range(500000)"
)

// pinnedWith pins a snapshot under limits.
func pinnedWith(t *testing.T, memory, temporary string) (*Engine, *pinned) {
	t.Helper()
	e := open(t, t.TempDir(), Options{MemoryLimit: memory, TempLimit: temporary, Threads: 1, TempDir: t.TempDir()})
	mustCommit(t, e, 1)
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Release)
	return e, s.(*pinned)
}

// TestSpill sorts more than the memory limit in a served snapshot, which may write to its own temporary files: without room for
// them the same sort fails.
func TestSpill(t *testing.T) {
	_, s := pinnedWith(t, "40MB", "1GB")
	r, err := s.db.query(t.Context(), sortsTexts)
	if err != nil {
		t.Fatal(err)
	}
	if r.rows != 1 {
		t.Errorf("%d rows", r.rows)
	}
	r.close()
	_, s = pinnedWith(t, "40MB", "1MB")
	_, err = s.db.query(t.Context(), sortsTexts)
	var exhausted *store.MemoryError
	if !errors.As(err, &exhausted) || !exhausted.Temporary || exhausted.Limit != 1e6 {
		t.Errorf("the temporary space runs out: %#v", err)
	}
	onlyValue(t, s) // the snapshot is still read
}

// TestMemoryRunsOut asks for what has to be in memory as a whole, and is larger.
func TestMemoryRunsOut(t *testing.T) {
	_, s := pinnedWith(t, "40MB", "1GB")
	_, err := s.db.query(t.Context(), collectTexts)
	var exhausted *store.MemoryError
	if !errors.As(err, &exhausted) || exhausted.Temporary || exhausted.Limit != 40e6 {
		t.Errorf("the memory runs out: %#v", err)
	}
	onlyValue(t, s)
}

func TestBounds(t *testing.T) {
	e, _ := pinnedWith(t, "1.5GB", "10 MiB")
	if got := e.Bounds(t.Context()); got != (store.Bounds{Memory: 1.5e9, Temporary: 10 << 20}) {
		t.Errorf("as asked for: %+v", got)
	}
	e, _ = pinnedWith(t, "", "")
	if got := e.Bounds(t.Context()); got.Memory < 1e8 || got.Temporary < 1e6 {
		t.Errorf("by default: %+v", got)
	}
	if got := open(t, t.TempDir(), Options{}).Bounds(t.Context()); got != (store.Bounds{}) {
		t.Errorf("of no snapshot: %+v", got)
	}
	for text, want := range map[string]int64{
		"4GB": 4e9, "18.5 GiB": 37 << 29, "512 bytes": 512, "1.5 tb": 15e11, "80%": 0, "90% of available disk space": 0, "": 0, "12": 0,
	} {
		if got := sizeOf(text); got != want {
			t.Errorf("%q are %d bytes, want %d", text, got, want)
		}
	}
}

package resident

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/storetest"
)

func of(ids ...int32) store.Select {
	s := store.NewSelect()
	s.Indicators = ids
	return s
}

func rowsOf(t *testing.T, r store.Reader, s store.Select) *store.Rows {
	t.Helper()
	rows, err := r.Select(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestSwap publishes another snapshot: pins of the former go on without blocks, and those of the next have theirs once loaded.
func TestSwap(t *testing.T) {
	m := backing(t)
	e := New(m, Options{Bytes: math.MaxInt64})
	if s := e.Stats(); s.Blocks > 0 {
		t.Errorf("%+v: nothing was loaded yet", s)
	}
	warm(t, e)
	first := e.Stats()
	former := pin(t, e)
	if err := m.Load(t.Context(), fixtureTables(), []store.Report{figureOf(dense, 2, month(7), 99)}); err != nil {
		t.Fatal(err)
	}
	next := pin(t, e)
	if n := rowsOf(t, next, of(dense)).Len(); n != 121 {
		t.Errorf("%d rows, want those of the next snapshot", n)
	}
	if n := rowsOf(t, former, of(dense)).Len(); n != 120 {
		t.Errorf("%d rows, want those of the former snapshot", n)
	}
	if s := e.Stats(); s.Hits != 1 || s.Fallbacks != 1 {
		t.Errorf("%+v: only the former snapshot has blocks", s)
	}
	warm(t, e)
	next = pin(t, e)
	if n := rowsOf(t, next, of(dense)).Len(); n != 121 {
		t.Errorf("%d rows, want those of the next snapshot", n)
	}
	if n := rowsOf(t, former, of(dense)).Len(); n != 120 {
		t.Errorf("%d rows, want those of the former snapshot", n)
	}
	if s := e.Stats(); s.Hits != 2 || s.Fallbacks != 2 || s.Blocks != first.Blocks || s.Bytes > 2*first.Bytes {
		t.Errorf("%+v: only the next snapshot has blocks; before %+v", s, first)
	}
}

// TestBudget asks for more than fits.
func TestBudget(t *testing.T) {
	m := backing(t)
	whole := New(m, Options{Bytes: math.MaxInt64})
	warm(t, whole)
	size := func(ids ...int32) int64 {
		bytes := int64(0)
		for _, b := range whole.blocks {
			for _, id := range ids {
				if b.indicator == id {
					bytes += max(b.block.bytes, b.estimate())
				}
			}
		}
		return bytes
	}
	e := New(m, Options{Bytes: roomFor(size(dense, ragged))})
	warm(t, e)
	s := pin(t, e)
	ask := func(ids ...int32) (fromBlocks bool) {
		before := e.Stats().Hits
		compare(t, m.Published(), s, of(ids...))
		return e.Stats().Hits > before
	}
	if !ask(dense) || !ask(ragged) || ask(sparse) {
		t.Errorf("%+v: the first series fit and no others", e.Stats())
	}
	warm(t, e)
	if ask(sparse) {
		t.Error("a series took the place of others when it was asked for once")
	}
	warm(t, e)
	if !ask(sparse) {
		t.Errorf("%+v: a series that is asked for again has not taken the place of others", e.Stats())
	}
	if s := e.Stats(); s.Evictions == 0 || s.Bytes > s.Budget {
		t.Errorf("%+v", s)
	}
	if ask(dense, ragged, sparse, broken) {
		t.Error("everything was answered from blocks that are not there")
	}
	for _, one := range e.wanted {
		if one.indicator == broken {
			t.Error("what does not fit is wanted")
		}
	}
	ask(dense)
	ask(dense)
	loads := e.Stats().Loads
	e.rest = time.Now().Add(time.Hour) // as after a block that took long
	if again, err := e.load(t.Context()); again <= 0 || err != nil || e.Stats().Loads > loads {
		t.Errorf("another block replaces others at once: again in %v, %v", again, err)
	}
	e.rest = time.Time{}
	if again, err := e.load(t.Context()); again != 0 || err != nil || e.Stats().Loads != loads+1 {
		t.Errorf("no block replaces others after a rest: again in %v, %v", again, err)
	}
}

// TestConcurrent asks from many goroutines while snapshots are published and blocks come and go.
func TestConcurrent(t *testing.T) {
	m := backing(t)
	e := New(m, Options{Bytes: 1 << 13})
	ctx, cancel := context.WithCancel(t.Context())
	var following, asking sync.WaitGroup
	following.Go(func() { e.Follow(ctx) })
	for worker := range 4 {
		asking.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 60 {
				s, err := e.Pin(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				selection := of(random.Int32N(indicatorCount))
				selection.Latest = &store.Latest{OnOrBefore: month(1 + random.IntN(6)).End, NotBefore: indicator.NoDay}
				compare(t, s.(*snapshot).Snapshot, s, selection)
				s.Release()
			}
		})
	}
	for n := range 5 {
		if err := m.Load(ctx, fixtureTables(), []store.Report{figureOf(dense, 2, month(7+n), 1)}); err != nil {
			t.Error(err)
		}
		e.Announce()
	}
	asking.Wait()
	cancel()
	following.Wait()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if s := e.Stats(); s.Bytes != 0 || s.Blocks != 0 || s.Loads == 0 {
		t.Errorf("closed: %+v", s)
	}
}

// TestFollow starts with nothing published, fails, and loads once there is something.
func TestFollow(t *testing.T) {
	m := &storetest.Memory{}
	failing := errors.New("the disk is on fire")
	var mu sync.Mutex
	fail := failing
	m.BeforeRead = func(context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		return fail
	}
	var log strings.Builder
	e := New(m, Options{Bytes: math.MaxInt64, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { e.Follow(ctx) })
	if _, err := e.Pin(ctx); !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("an empty store: %v", err)
	}
	if err := m.Load(ctx, fixtureTables(), rapid.Custom(fixtureReports).Example(1)); err != nil {
		t.Fatal(err)
	}
	if err := e.Warm(ctx); !errors.Is(err, failing) {
		t.Errorf("reading fails: %v", err)
	}
	for range 2 {
		e.Announce()
		for len(e.wake) > 0 {
			runtime.Gosched()
		}
	}
	mu.Lock()
	fail = nil
	mu.Unlock()
	e.Announce()
	for e.Stats().Blocks == 0 {
		runtime.Gosched()
	}
	cancel()
	following.Wait()
	if n := strings.Count(log.String(), "on fire"); n != 1 {
		t.Errorf("the failure was logged %d times:\n%s", n, log.String())
	}
	if n := m.Pinned(); n != 0 {
		t.Errorf("%d snapshots are still pinned", n)
	}
}

// TestCancel ends contexts: of who loads, and of who asks.
func TestCancel(t *testing.T) {
	m := backing(t)
	e := New(m, Options{Bytes: math.MaxInt64})
	ctx, cancel := context.WithCancel(t.Context())
	reads := 0
	m.BeforeRead = func(ctx context.Context) error {
		if reads++; reads == 2 { // the directory was read, blocks are not
			cancel()
		}
		return ctx.Err()
	}
	if err := e.Warm(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("loading goes on: %v", err)
	}
	if s := e.Stats(); s.Blocks != 0 {
		t.Errorf("%+v", s)
	}
	m.BeforeRead = nil
	s := pin(t, e)
	rowsOf(t, s, of(dense)) // is wanted
	warm(t, e)
	if _, err := s.Select(ctx, of(dense)); !errors.Is(err, context.Canceled) {
		t.Errorf("a selection whose context has ended: %v", err)
	}
	if _, err := s.Count(ctx, of(dense)); !errors.Is(err, context.Canceled) {
		t.Errorf("a count whose context has ended: %v", err)
	}
	if e.Stats().Hits != 2 {
		t.Errorf("%+v: neither needed the backing engine", e.Stats())
	}
	for _, one := range e.blocks {
		if one.block.pins != 0 {
			t.Errorf("series %+v is pinned", one.series)
		}
	}
}

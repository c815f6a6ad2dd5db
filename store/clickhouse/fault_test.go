package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/store"
)

// leftovers are the tables on all servers that belong to no kept snapshot.
func leftovers(t *testing.T, e *Engine) []string {
	t.Helper()
	cluster, err := e.cluster(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h, err := e.history(t.Context(), cluster.servers())
	if err != nil {
		t.Fatal(err)
	}
	kept := fmt.Sprint(h.kept())
	var found []string
	for _, s := range cluster.servers() {
		names, err := e.tableNames(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if id, loading, ok := idOf(name); loading || ok && !strings.Contains(kept, id) {
				found = append(found, s.address+" "+name)
			}
		}
	}
	return found
}

// TestLoaderKilled kills loads before each of their steps: what was published stays, and the next load removes what they left.
func TestLoaderKilled(t *testing.T) {
	twoByOne.start(t)
	for _, step := range []string{"create", "send", "flush", "verify", "describe", "complete", "publish"} {
		t.Run(step, func(t *testing.T) {
			url, staging := twoByOne.url("loader", ""), t.TempDir()
			e := open(t, url, Options{Staging: stagedIn(staging)})
			mustCommit(t, e, 1)
			killedAt(t, url, staging, step)
			if err := e.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := served(t, e); got != 1 {
				t.Errorf("the served value is %v", got)
			}
			if left := leftovers(t, e); (len(left) > 0) != (step != "create") {
				t.Errorf("the killed load left %v", left)
			}
			mustCommit(t, e, 3)
			if got := served(t, e); got != 3 {
				t.Errorf("after the next load, the value is %v", got)
			}
			if left := leftovers(t, e); len(left) > 0 {
				t.Errorf("the next load left %v", left)
			}
		})
	}
}

// TestAborted leaves nothing of a load that is given up or fails.
func TestAborted(t *testing.T) {
	twoByOne.start(t)
	e := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, e, 1)
	for _, step := range []string{"send", "verify", "complete", "publish"} {
		ctx, cancel := context.WithCancel(t.Context())
		e.atStep = func(at string) {
			if at == step {
				cancel()
			}
		}
		if _, err := commit(ctx, e, 2); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled before %q: %v", step, err)
		}
		e.atStep = func(string) {}
		if left := leftovers(t, e); len(left) > 0 {
			t.Errorf("a load canceled before %q left %v", step, left)
		}
	}
	if got := served(t, e); got != 1 {
		t.Errorf("the served value is %v", got)
	}
}

// TestReplicaKilled goes on with the other replica, in answers and in loads, and gives the one that comes back what it missed.
func TestReplicaKilled(t *testing.T) {
	twoByTwo.start(t)
	c := twoByTwo
	e := c.openLoader(t, "", Options{})
	mustCommit(t, e, 1)
	if _, err := c.control("kill 2"); err != nil {
		t.Fatal(err)
	}
	defer c.control("start 2")
	for range 8 { // through every server
		if got := served(t, e); got != 1 {
			t.Errorf("the served value is %v", got)
		}
	}
	second := mustCommit(t, e, 2)
	if _, err := c.control("start 2"); err != nil {
		t.Fatal(err)
	}
	for _, s := range e.entries {
		s.avoid.Store(0)
	}
	reader := open(t, c.url("reader", e.config.Database), Options{})
	for range 8 {
		if got := served(t, reader); got != 2 {
			t.Errorf("with a replica that lacks it, the served value is %v", got)
		}
	}
	if err := e.Verify(t.Context(), second.ID); err != nil {
		t.Errorf("verify with a replica that lacks it: %v", err)
	}
	third := mustCommit(t, e, 3)
	rows := text(t, e, e.servers[c.addresses[1]], "SELECT toString(count()) FROM "+e.tables(third.ID).figure())
	if rows == "0" {
		t.Errorf("the replica that came back has %s rows", rows)
	}
	if err := e.Verify(t.Context(), third.ID); err != nil {
		t.Error(err)
	}
}

// TestShardKilled gives a typed error at once, never a part of an answer, and loads nothing.
func TestShardKilled(t *testing.T) {
	twoByOne.start(t)
	c := twoByOne
	e := c.openLoader(t, "", Options{})
	first := mustCommit(t, e, 1)
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	if _, err := c.control("kill 2"); err != nil {
		t.Fatal(err)
	}
	defer c.control("start 2")
	var away *store.UnavailableError
	for range 4 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if found, err := values(ctx, s); !errors.As(err, &away) {
			t.Errorf("with a dead shard: %v, %v", found, err)
		}
		if tallies, err := s.Count(ctx, store.NewSelect()); !errors.As(err, &away) {
			t.Errorf("with a dead shard: %v, %v", tallies, err)
		}
		cancel()
	}
	if _, err := commit(t.Context(), e, 2); !errors.As(err, &away) || !strings.Contains(err.Error(), "shard 2") {
		t.Errorf("a load with a dead shard: %v", err)
	}
	if _, err := c.control("start 2"); err != nil {
		t.Fatal(err)
	}
	if got := served(t, e); got != 1 {
		t.Errorf("the served value is %v", got)
	}
	if err := e.Verify(t.Context(), first.ID); err != nil {
		t.Error(err)
	}
}

// TestSwapUnderLoad reads while loads publish one value after the other: every answer has one value for all counties.
func TestSwapUnderLoad(t *testing.T) {
	twoByOne.start(t)
	loader := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, loader, 1)
	reader := open(t, twoByOne.url("reader", loader.config.Database), Options{Poll: 10 * time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := reader.Follow(ctx); err != nil {
			t.Error(err)
		}
	})
	const last = 5
	newest := make(chan struct{})
	var once sync.Once
	for range 3 {
		running.Go(func() {
			seen := 0.0
			for ctx.Err() == nil {
				s, err := reader.Pin(ctx)
				if err != nil {
					if ctx.Err() == nil {
						t.Error(err)
					}
					return
				}
				found, err := values(ctx, s)
				s.Release()
				if ctx.Err() != nil {
					return
				}
				if err != nil || len(found) != 1 {
					t.Errorf("values %v, %v", found, err)
					return
				}
				for value, n := range found {
					if value < seen || n != counties {
						t.Errorf("%d counties have %v after %v", n, value, seen)
						return
					}
					if seen = value; value == last {
						once.Do(func() { close(newest) })
					}
				}
			}
		})
	}
	for value := 2; value <= last; value++ {
		mustCommit(t, loader, float64(value))
	}
	select {
	case <-newest:
	case <-time.After(time.Minute):
		t.Error("the last value is never served")
	}
	stop()
	running.Wait()
}

// TestCancel leaves no query running on any server after its context has been canceled, or is late.
func TestCancel(t *testing.T) {
	twoByOne.start(t)
	e := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, e, 1)
	s := e.entries[0]
	const slow = "SELECT count() FROM (SELECT sleep(0.1), 'slow' FROM system.numbers)"
	running := func() string {
		return text(t, e, s, "SELECT toString(count()) FROM system.processes WHERE query LIKE '%slow%' AND query NOT LIKE '%processes%'")
	}
	await := func(want string) {
		t.Helper()
		deadline := time.After(30 * time.Second)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for running() != want {
			select {
			case <-deadline:
				t.Fatalf("%s queries run, not %s", running(), want)
			case <-tick.C:
			}
		}
	}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		ctx, cancel := context.WithCancel(t.Context())
		if errors.Is(end, context.DeadlineExceeded) {
			ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
		}
		done := make(chan error, 1)
		go func() {
			done <- s.query(ctx, client.Settings{"max_block_size": 1}, slow, func(func(...any) error) error { return nil })
		}()
		await("1")
		if errors.Is(end, context.Canceled) {
			cancel()
		}
		if err := <-done; !errors.Is(err, end) {
			t.Errorf("a query ended by %v: %v", end, err)
		}
		await("0")
		cancel()
	}
}

// TestLimits ends a query that takes longer than the URL allows, and one that needs more memory.
func TestLimits(t *testing.T) {
	twoByOne.start(t)
	e := open(t, twoByOne.url("reader", "")+"&query_timeout=1s&query_memory=20000000", Options{})
	s := e.entries[0]
	ignore := func(func(...any) error) error { return nil }
	limits := e.config.limits(t.Context())
	limits["max_block_size"] = 1
	if err := s.query(t.Context(), limits, "SELECT count() FROM (SELECT sleep(0.1) FROM system.numbers)", ignore); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a query that takes too long: %v", err)
	}
	var memory *store.MemoryError
	if err := s.query(t.Context(), e.config.limits(t.Context()), "SELECT groupArray(number) FROM numbers(100000000)", ignore); !errors.As(err, &memory) {
		t.Errorf("a query that takes too much memory: %v", err)
	}
}

// TestReaderAccount may read and may not write.
func TestReaderAccount(t *testing.T) {
	twoByOne.start(t)
	loader := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, loader, 1)
	reader := open(t, twoByOne.url("reader", loader.config.Database), Options{Staging: stagedIn(t.TempDir())})
	if got := served(t, reader); got != 1 {
		t.Errorf("the served value is %v", got)
	}
	if _, err := commit(t.Context(), reader, 2); err == nil || !strings.Contains(err.Error(), "164") {
		t.Errorf("the reader's load: %v", err)
	}
	s := reader.entries[0]
	id := reader.serving.contents.Manifest.ID
	for _, sql := range []string{
		"DROP TABLE " + reader.tables(id).figure(), "INSERT INTO " + reader.logName() + " VALUES (9, 1, '', 0)", "CREATE DATABASE other",
	} {
		if err := s.exec(t.Context(), sql); codeOf(err) != codeReadonly {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

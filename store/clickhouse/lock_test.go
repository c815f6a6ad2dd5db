package clickhouse

import (
	"errors"
	"strings"
	"testing"
	"time"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// TestLockOfLongLoad holds a lock for longer than the client lets the reading of an answer take.
func TestLockOfLongLoad(t *testing.T) {
	twoByOne.start(t)
	e := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, e, 1)
	config := *e.config
	config.readTimeout = 200 * time.Millisecond
	impatient, err := newServer(&config, twoByOne.addresses[0])
	if err != nil {
		t.Fatal(err)
	}
	defer impatient.conn.Close()
	l, err := e.takeLock(t.Context(), []*server{impatient})
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for elapsed := 0.0; elapsed < 5*config.readTimeout.Seconds(); {
		err := e.entries[0].query(t.Context(), client.Settings{}, "SELECT elapsed FROM system.processes WHERE query_id = "+quoted(l.id),
			func(scan func(...any) error) error { return scan(&elapsed) })
		if err == nil {
			err = l.held()
		}
		if err != nil {
			t.Fatalf("after %v s: %v", elapsed, err)
		}
		select {
		case <-deadline:
			t.Fatalf("the lock was held for %v s", elapsed)
		case <-tick.C:
		}
	}
	var locked *store.LockedError
	if _, err := e.Begin(t.Context()); !errors.As(err, &locked) {
		t.Errorf("a load beside one that holds the lock for long: %v", err)
	}
	l.release()
	mustCommit(t, e, 2)
}

// TestOvertaken has two loaders at once that no lock keeps apart, because they are different users of the cluster: one publishes,
// and the other is told that it did not and what to do.
func TestOvertaken(t *testing.T) {
	c := twoByOne
	c.start(t)
	one := c.openLoader(t, "", Options{})
	mustCommit(t, one, 1)
	two := open(t, c.url("loader2", one.config.Database), Options{Staging: stagedIn(t.TempDir())})
	var writers []store.Writer
	for i, e := range []*Engine{one, two} {
		w, err := e.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		if err := w.Append(t.Context(), reports(0, float64(i+2))); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Stage(t.Context(), tinyCatalog(t)); err != nil {
			t.Fatal(err)
		}
		writers = append(writers, w)
	}
	second, err := writers[1].Commit(t.Context(), indicator.Load{ID: "two"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = writers[0].Commit(t.Context(), indicator.Load{ID: "one"}, nil)
	var overtaken *store.OvertakenError
	if !errors.As(err, &overtaken) || overtaken.Published != second.ID || !strings.Contains(err.Error(), "run it again") {
		t.Errorf("the load that was overtaken: %v", err)
	}
	if err := one.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := served(t, one); got != 3 {
		t.Errorf("the served value is %v", got)
	}
	if left := leftovers(t, one); len(left) > 0 {
		t.Errorf("the load that was overtaken left %v", left)
	}
	if err := one.Verify(t.Context(), second.ID); err != nil {
		t.Error(err)
	}
	again := mustCommit(t, one, 2)
	if again.Parent != second.ID {
		t.Errorf("run again, it begins from %s", again.Parent)
	}
}

package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// load is one batch under a catalogue.
type load struct {
	tables  catalog.Tables
	reports []store.Report
}

// fatal is what loading needs of a test or a property.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// publish loads a batch, which may replace scopes, and commits it; the load's id is its number.
func publish(t fatal, e store.Engine, l load, scopes ...store.Scope) (store.Manifest, store.Changes) {
	t.Helper()
	ctx := context.Background()
	w, err := e.Begin(ctx)
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	changes, err := stage(ctx, w, l, scopes...)
	if err != nil {
		_ = w.Abort()
		t.Fatalf("%v", err)
	}
	number := 1
	if p := w.Parent(); p != nil {
		number = len(p.Loads) + 1
	}
	m, err := w.Commit(ctx, indicator.Load{
		ID: fmt.Sprintf("load-%d", number), StartedAt: time.Date(2020, 3, 2, 11, 9, 0, 0, time.UTC), Added: changes.Changes.Added,
	}, []indicator.CheckResult{{Check: "sums", Status: indicator.Passed, Message: fmt.Sprintf("load %d", number)}})
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	return m, changes.Changes
}

func stage(ctx context.Context, w store.Writer, l load, scopes ...store.Scope) (*store.Staged, error) {
	for _, s := range scopes {
		if err := w.Withdraw(ctx, s); err != nil {
			return nil, err
		}
	}
	if err := w.Append(ctx, l.reports); err != nil {
		return nil, err
	}
	c, err := catalog.New(l.tables)
	if err != nil {
		return nil, err
	}
	return w.Stage(ctx, c)
}

// pin pins the newest snapshot for the length of a test.
func pin(t *testing.T, e store.Engine) store.Snapshot {
	t.Helper()
	s, err := e.Pin(context.Background())
	if err != nil {
		t.Fatalf("pin: %v", err)
	}
	t.Cleanup(s.Release)
	return s
}

func selectRows(t fatal, r store.Reader, s store.Select) *store.Rows {
	t.Helper()
	rows, err := r.Select(context.Background(), s)
	if err != nil {
		t.Fatalf("select %+v: %v", s, err)
	}
	return rows
}

package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/fsnotify/fsnotify"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/resident"
	"github.com/countyql/countyql/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Engine { return open(t, t.TempDir(), Options{}) }, inMemory, partlyInMemory, ofMany)
}

// ofMany answers as where indicators have many figures: by more threads, by pages that look at one series first, copied as they come, and rolled up in parts.
func ofMany(t *testing.T, e storetest.Engine) store.Engine {
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.(*pinned).perIndicator, s.(*pinned).partFigures, s.(*pinned).manyRows = 1<<40, 1000, 1
	s.Release()
	return e
}

// partlyInMemory has room for some figures.
func partlyInMemory(t *testing.T, e storetest.Engine) store.Engine {
	columns := resident.New(e, resident.Options{Bytes: 60_000})
	if err := columns.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	return columns
}

// inMemory answers from memory what can be answered there.
func inMemory(t *testing.T, e storetest.Engine) store.Engine {
	columns := resident.New(e, resident.Options{Bytes: 1 << 30})
	if err := columns.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s := columns.Stats(); s.Hits == 0 || s.Fallbacks == 0 {
			t.Errorf("%+v: all answers came from one side", s)
		}
	})
	return columns
}

// TestFollow serves what another engine publishes while queries run on the snapshot before.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	published := make(chan string, 10)
	logged := make(chan string, 10)
	follower := open(t, dir, Options{
		Poll:      time.Hour, // file events alone
		OnPublish: func(m store.Manifest) { published <- m.ID },
		Logger:    slog.New(logTo(logged)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan error)
	go func() { followed <- follower.Follow(ctx) }()

	loader := open(t, dir, Options{})
	first := mustCommit(t, loader, 1)
	if got := <-published; got != first.ID {
		t.Errorf("following %s, want %s", got, first.ID)
	}
	old, err := follower.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// A pointer to nothing is logged, and what was served before stays.
	if err := os.WriteFile(layout(dir).current(), []byte("20200302T110900Z-00000000\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for text := range logged {
		if strings.Contains(text, "cannot serve") {
			break
		}
	}
	if got := current(t, follower); got != 1 {
		t.Errorf("the served figure is %v", got)
	}
	if err := os.WriteFile(layout(dir).current(), []byte(first.ID+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	second := mustCommit(t, loader, 2)
	if got := <-published; got != second.ID {
		t.Errorf("following %s, want %s", got, second.ID)
	}
	if got := onlyValue(t, old); got != 1 {
		t.Errorf("the pinned figure became %v", got)
	}
	old.Release()
	old.Release() // does nothing
	// Going back is followed like any publication, and so is going forward.
	if err := loader.Publish(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if got := <-published; got != first.ID {
		t.Errorf("gone back, following %s", got)
	}
	if err := loader.Publish(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	if got := <-published; got != second.ID {
		t.Errorf("gone forward, following %s", got)
	}
	cancel()
	if err := <-followed; err != nil {
		t.Error(err)
	}
	if got := current(t, follower); got != 2 {
		t.Errorf("the served figure is %v", got)
	}
}

// logTo is a log handler that sends messages.
type logTo chan<- string

func (l logTo) Enabled(context.Context, slog.Level) bool      { return true }
func (l logTo) Handle(_ context.Context, r slog.Record) error { l <- r.Message; return nil }
func (l logTo) WithAttrs([]slog.Attr) slog.Handler            { return l }
func (l logTo) WithGroup(string) slog.Handler                 { return l }

// TestTick looks for another snapshot at every tick, without any file event.
func TestTick(t *testing.T) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	tick := make(chan time.Time, 1)
	tick <- time.Now()
	if !awaitChange(t.Context(), watcher, tick, "CURRENT") {
		t.Error("a tick of the poll is no change")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if awaitChange(ended, watcher, tick, "CURRENT") {
		t.Error("the end of the context is a change")
	}
}

// TestHandles closes a snapshot with its last pin, and not before.
func TestHandles(t *testing.T) {
	e := open(t, t.TempDir(), Options{})
	mustCommit(t, e, 1)
	pins := make([]store.Snapshot, 2)
	for i := range pins {
		var err error
		if pins[i], err = e.Pin(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	mustCommit(t, e, 2)
	if len(e.open) != 2 {
		t.Errorf("%d snapshots are open", len(e.open))
	}
	if err := e.Close(); err == nil {
		t.Error("the engine was closed under a pin without a word")
	}
	pins[0].Release()
	if got := onlyValue(t, pins[1]); got != 1 {
		t.Errorf("the pinned figure is %v", got)
	}
	pins[1].Release()
	if len(e.open) != 0 {
		t.Errorf("%d snapshots are open", len(e.open))
	}
	if _, err := pins[1].Select(t.Context(), store.NewSelect()); err == nil {
		t.Error("a released snapshot was read")
	}
	if _, err := e.Pin(t.Context()); err == nil {
		t.Error("a closed engine was pinned")
	}
	if _, err := e.Begin(t.Context()); err == nil {
		t.Error("a closed engine began a load")
	}
}

// TestFormatVersion refuses a snapshot of a format that is not known.
func TestFormatVersion(t *testing.T) {
	dir := t.TempDir()
	m := mustCommit(t, open(t, dir, Options{}), 1)
	path := layout(dir).snapshot(m.ID)
	db, err := openDatabase(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	if err := db.exec(t.Context(), "ATTACH "+quoted(path)+" AS snapshot",
		`UPDATE snapshot.manifest SET body = '{"Format": 99}'`, "DETACH snapshot"); err != nil {
		t.Fatal(err)
	}
	var format *FormatError
	if _, err := open(t, dir, Options{}).Pin(t.Context()); !errors.As(err, &format) || format.Version != 99 || format.Path != path {
		t.Errorf("pin: %v", err)
	}
}

// TestInterrupt ends a query that would run for hours with its context.
func TestInterrupt(t *testing.T) {
	db, err := openDatabase(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := db.query(ctx, "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("query: %v", err)
	}
	r, err := db.query(t.Context(), "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	r.close()
}

// TestReadOnly finds a served snapshot without writing, foreign files or settings.
func TestReadOnly(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "what?"), Options{}); err == nil {
		t.Error("a directory that DuckDB cannot write to was opened")
	}
	e := open(t, filepath.Join(t.TempDir(), "it's a store; 100 %"), Options{})
	mustCommit(t, e, 1)
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	db := s.(*pinned).db
	for _, sql := range []string{
		"DELETE FROM snapshot.observation",
		"SELECT * FROM read_text('/etc/hostname')",
		"ATTACH '/tmp/other.duckdb' AS other",
		"SET threads = 1",
	} {
		if r, err := db.query(t.Context(), sql); err == nil {
			r.close()
			t.Errorf("%s was executed", sql)
		}
	}
	if got := onlyValue(t, s); got != 1 {
		t.Errorf("the figure became %v", got)
	}
}

// TestOnQuery counts one query for a selection and one for a count.
func TestOnQuery(t *testing.T) {
	var asked []string
	e := open(t, t.TempDir(), Options{OnQuery: func(ctx context.Context, query store.Executed) {
		if query.Took <= 0 || query.Rows != 1 || query.Err != nil {
			t.Errorf("a query took %v, has %d rows, failed by %v", query.Took, query.Rows, query.Err)
		}
		plan, err := query.Explain(ctx)
		if err != nil || !strings.Contains(plan, "SCAN") {
			t.Errorf("plan %q, %v", plan, err)
		}
		asked = append(asked, query.SQL)
	}})
	mustCommit(t, e, 1)
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	onlyValue(t, s)
	if _, err := s.Count(t.Context(), store.NewSelect(), store.KeyIndicator); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 {
		t.Errorf("asked %q", asked)
	}
}

// TestFiguresView reads a snapshot file as anybody with DuckDB would.
func TestFiguresView(t *testing.T) {
	dir := t.TempDir()
	m := mustCommit(t, open(t, dir, Options{}), 20000)
	db, err := sql.Open("duckdb", layout(dir).snapshot(m.ID)+"?access_mode=read_only")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var region, name, indicator, slice, status, start, precision, source, published, printed string
	var value float64
	err = db.QueryRow("SELECT region, region_name, indicator, slice, status, period_start::VARCHAR, value, precision, source, "+
		"published::VARCHAR, printed FROM figures").Scan(&region, &name, &indicator, &slice, &status, &start, &value, &precision, &source, &published, &printed)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join([]string{region, name, indicator, slice, status, start, precision, source, published, printed}, " ")
	if want := "140403 潞州区 grids  ACTUAL 2020-01-01 AT_LEAST daily 2020-03-02 2万余"; got != want || value != 20000 {
		t.Errorf("figure %s = %v", got, value)
	}
}

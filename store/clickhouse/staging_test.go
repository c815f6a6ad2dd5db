package clickhouse

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/duckdb"
)

// TestStagingLost loads from another machine, which has no copy of what is published: nothing of a report's history is lost.
func TestStagingLost(t *testing.T) {
	twoByOne.start(t)
	here := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, here, 1)
	mustCommit(t, here, 2)
	there := twoByOne.openLoader(t, here.config.Database, Options{})
	third := mustCommit(t, there, 3)
	here2, err := commit(t.Context(), here, 3) // again: the same content, from a copy that is not the newest
	if err != nil {
		t.Fatal(err)
	}
	if here2.ContentHash != third.ContentHash || here2.ID <= third.ID || here2.Parent != third.ID {
		t.Errorf("loaded again from the first machine: %+v after %+v", here2, third)
	}
	s, err := there.Open(t.Context(), here2.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	selection := store.NewSelect()
	selection.Vintages = true
	rows, err := s.Select(t.Context(), selection)
	if err != nil || rows.Len() != 3*counties {
		t.Errorf("%d reports, %v", rows.Len(), err)
	}
	if err := there.Verify(t.Context(), here2.ID); err != nil {
		t.Error(err)
	}
}

// TestStagingDamaged fills a damaged staging again.
func TestStagingDamaged(t *testing.T) {
	twoByOne.start(t)
	dir := t.TempDir()
	url := twoByOne.url("loader", "")
	mustCommit(t, open(t, url, Options{Staging: stagedIn(dir)}), 1)
	files, err := filepath.Glob(filepath.Join(dir, "snapshots", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("copies %v, %v", files, err)
	}
	if err := os.Truncate(files[0], 5000); err != nil {
		t.Fatal(err)
	}
	e := open(t, url, Options{Staging: stagedIn(dir)})
	mustCommit(t, e, 2)
	if got := served(t, e); got != 2 {
		t.Errorf("the served value is %v", got)
	}
}

// TestLinks sends only the part that a load changes: the files of the other are those of the snapshot before.
func TestLinks(t *testing.T) {
	twoByOne.start(t)
	e := twoByOne.openLoader(t, "", Options{})
	if _, err := commitReports(t.Context(), e, append(reports(0, 1), reports(1, 7)...)); err != nil {
		t.Fatal(err)
	}
	second := mustCommit(t, e, 2)
	s := e.entries[0]
	// A file that was linked says when it was first written; the inode is the same.
	links := func(part string) string {
		path := text(t, e, s, "SELECT any(path) FROM system.parts WHERE active AND table = "+quoted(strings.TrimPrefix(e.tables(second.ID).figure(),
			e.config.Database+"."))+" AND database = "+quoted(e.config.Database)+" AND partition = "+quoted(part))
		files, err := filepath.Glob(filepath.Join(path, "value.bin"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%q has %v, %v", path, files, err)
		}
		return files[0]
	}
	if n := linkCount(t, links("(1,1)")); n < 2 {
		t.Errorf("the part that stays has %d links", n)
	}
	if n := linkCount(t, links("(1,0)")); n != 1 {
		t.Errorf("the part that changes has %d links", n)
	}
	if err := e.Verify(t.Context(), second.ID); err != nil {
		t.Error(err)
	}
}

// TestVerifyFindsDamage finds a row too many on one server, and one changed.
func TestVerifyFindsDamage(t *testing.T) {
	twoByTwo.start(t)
	e := twoByTwo.openLoader(t, "", Options{})
	m := mustCommit(t, e, 1)
	figure := e.tables(m.ID).figure()
	s := e.entries[3]
	if err := s.exec(t.Context(), "INSERT INTO "+figure+" SELECT * FROM "+figure+" LIMIT 1"); err != nil {
		t.Fatal(err)
	}
	err := e.Verify(t.Context(), m.ID)
	if err == nil || !strings.Contains(err.Error(), s.address) {
		t.Errorf("verify: %v", err)
	}
}

// TestCopy copies a store from DuckDB to a cluster and from there to another directory, with every report and under the same id.
func TestCopy(t *testing.T) {
	twoByOne.start(t)
	from, err := duckdb.Open(t.TempDir(), duckdb.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	loadBundled(t, from)
	e := twoByOne.openLoader(t, "", Options{})
	to, err := duckdb.Open(t.TempDir(), duckdb.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	want := copyCurrent(t, from, e)
	got := copyCurrent(t, e, to)
	if got.ID != want.ID || got.ContentHash != want.ContentHash || got.Observations != want.Observations {
		t.Errorf("copied %+v as %+v", want, got)
	}
	for _, k := range []store.Keeper{from, e, to} {
		if err := k.Verify(t.Context(), want.ID); err != nil {
			t.Errorf("%T: %v", k, err)
		}
	}
	s, err := to.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	original, err := from.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer original.Release()
	if err := store.Diff(t.Context(), original, s, func(d store.Difference) error {
		t.Errorf("differs: %+v", d)
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// copyCurrent copies the published snapshot of one engine to another.
func copyCurrent(t *testing.T, from store.Engine, to interface {
	store.Engine
	Restore(ctx context.Context, whole content.Whole) error
}) store.Manifest {
	t.Helper()
	s, err := from.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	if err := to.Restore(t.Context(), s.(content.Whole)); err != nil {
		t.Fatal(err)
	}
	return s.Contents().Manifest
}

// linkCount is how many names a file has.
func linkCount(t *testing.T, path string) uint64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return uint64(info.Sys().(*syscall.Stat_t).Nlink) //nolint:unconvert // narrower elsewhere
}

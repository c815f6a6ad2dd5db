package duckdb

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/countyql/countyql/store"
)

// damage is a way to spoil a snapshot file.
type damage struct {
	name  string
	spoil func(t *testing.T, path string)
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// alter changes a snapshot file by SQL.
func alter(statements ...string) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		t.Helper()
		db, err := openDatabase(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.close()
		all := append(append([]string{"ATTACH " + quoted(path) + " AS snapshot"}, statements...), "DETACH snapshot")
		if err := db.exec(t.Context(), all...); err != nil {
			t.Fatal(err)
		}
	}
}

var damages = []damage{
	{"an empty file", func(t *testing.T, path string) { writeFile(t, path, nil) }},
	{"a file that ends early", func(t *testing.T, path string) { data := readFile(t, path); writeFile(t, path, data[:len(data)/2]) }},
	{"a file that ends within its header", func(t *testing.T, path string) { writeFile(t, path, readFile(t, path)[:5000]) }},
	{"a text", func(t *testing.T, path string) { writeFile(t, path, []byte("region,indicator,value\n")) }},
	{"a database of SQLite", func(t *testing.T, path string) {
		writeFile(t, path, append([]byte("SQLite format 3\x00\x10\x00\x01\x01\x00\x40\x20\x20"), make([]byte, 8192)...))
	}},
	{"a Parquet file", func(t *testing.T, path string) { writeFile(t, path, []byte("PAR1 and PAR1")) }},
	{"a database of somebody else", func(t *testing.T, path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		alter("CREATE TABLE snapshot.observation (n INTEGER)")(t, path)
	}},
	{"a view that reads a file", func(t *testing.T, path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		alter("CREATE VIEW snapshot.manifest AS SELECT content AS body FROM read_text('/etc/hostname')")(t, path)
	}},
	{"another past value", alter("UPDATE snapshot.past SET value = value + 1")},
	{"another current value", alter("UPDATE snapshot.observation SET value = value + 1")},
	{"a report less", alter("DELETE FROM snapshot.past")},
	{"a current figure among the past ones", alter(
		"INSERT INTO snapshot.past FROM (SELECT * EXCLUDE (next_end) FROM snapshot.observation)", "DELETE FROM snapshot.observation")},
	{"a figure less", alter("DELETE FROM snapshot.observation")},
	{"another name", alter("UPDATE snapshot.catalogue SET body = replace(body, 'Grids', 'Nets')")},
}

// TestDamaged verifies spoiled snapshots, which none passes. Those that cannot be opened are not served or published either,
// and do not keep anybody from the others. No extension is looked for.
func TestDamaged(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	whole := t.TempDir()
	loader := open(t, whole, Options{})
	first := mustCommit(t, loader, 1)
	second := mustCommit(t, loader, 2)
	if err := loader.Publish(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	for _, test := range damages {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			test.spoil(t, layout(dir).snapshot(second.ID))
			e := open(t, dir, Options{})
			var damaged *store.DamagedError
			if err := e.Verify(t.Context(), second.ID); !errors.As(err, &damaged) || damaged.ID != second.ID {
				t.Errorf("verify: %v", err)
			}
			if err := e.Verify(t.Context(), first.ID); err != nil {
				t.Errorf("verify the other one: %v", err)
			}
			if s, err := e.Open(t.Context(), second.ID); err == nil {
				s.Release() // what is in it can be read, and only Verify tells that it should be something else
			} else {
				if !errors.As(err, &damaged) {
					t.Errorf("open: %v", err)
				}
				if err := e.Publish(t.Context(), second.ID); !errors.As(err, &damaged) {
					t.Errorf("publish: %v", err)
				}
			}
			if got := current(t, e); got != 1 {
				t.Errorf("the published figure is %v", got)
			}
			if ids, published, err := e.Kept(t.Context()); err != nil || len(ids) != 2 || published != first.ID {
				t.Errorf("kept %v, %s, %v", ids, published, err)
			}
			abort(t, e) // a load begins as ever
		})
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("the home directory holds %v, %v", left, err)
	}
}

// TestFlippedBits flips one bit at a time, all over a file with figures: what a snapshot then answers is what was published,
// or it is found damaged.
func TestFlippedBits(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir, Options{})
	id := mustCommit(t, e, 1).ID
	path := layout(dir).snapshot(id)
	whole := readFile(t, path)
	found := 0
	const probes = 40
	for n := range probes {
		data := append([]byte(nil), whole...)
		data[n*len(data)/probes+n] ^= 1 << (n % 8)
		writeFile(t, path, data)
		probe := open(t, dir, Options{})
		if err := probe.Verify(t.Context(), id); err == nil {
			if got := current(t, probe); got != 1 {
				t.Errorf("byte %d: a whole snapshot has the figure %v", n*len(data)/probes+n, got)
			}
			continue
		}
		found++
	}
	if found < probes/10 {
		t.Errorf("%d of %d damages were found", found, probes)
	}
	writeFile(t, path, whole)
	if err := e.Verify(t.Context(), id); err != nil {
		t.Error(err)
	}
	if got := current(t, e); math.IsNaN(got) || got != 1 {
		t.Errorf("the figure is %v", got)
	}
}

// TestLostFile publishes what is not there.
func TestLostFile(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir, Options{})
	id := mustCommit(t, e, 1).ID
	if err := os.Rename(layout(dir).snapshot(id), filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	var damaged *store.DamagedError
	if _, err := open(t, dir, Options{}).Pin(t.Context()); !errors.Is(err, os.ErrNotExist) || errors.As(err, &damaged) {
		t.Errorf("pin: %v", err)
	}
	if got := current(t, e); got != 1 {
		t.Errorf("the figure served is %v", got)
	}
}

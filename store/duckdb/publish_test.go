package duckdb

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countyql/countyql/store"
)

// helper starts the test binary as a process that loads into a store.
func helper(t *testing.T, dir string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), helperDir+"="+dir), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// TestKilledLoad kills a loading process before each step of a publication.
func TestKilledLoad(t *testing.T) {
	for _, test := range []struct {
		step string
		want float64 // the published figure afterwards
	}{
		{"staged", 1}, {"sync file", 1}, {"write mark", 1}, {"sync mark", 1}, {"move file", 1}, {"sync snapshots", 1}, {"write pointer", 1},
		{"move pointer", 1}, {"sync store", 2},
	} {
		t.Run(test.step, func(t *testing.T) {
			dir := t.TempDir()
			before := mustCommit(t, open(t, dir, Options{}), 1)
			killLoad(t, dir, test.step)
			e := open(t, dir, Options{})
			if got := current(t, e); got != test.want {
				t.Errorf("the published figure is %v, want %v", got, test.want)
			}
			manifests, err := e.Manifests(t.Context())
			if err != nil || len(manifests) != int(test.want) || manifests[len(manifests)-1] != before {
				t.Errorf("manifests %+v, %v", manifests, err)
			}
			m := mustCommit(t, e, 3)
			if m.Parent != manifests[0].ID {
				t.Errorf("the next load starts from %s, not %s", m.Parent, manifests[0].ID)
			}
			checkFiles(t, dir, int(test.want)+1)
		})
	}
}

// TestKilledFirstLoad kills the first load of a store between its two renames.
func TestKilledFirstLoad(t *testing.T) {
	dir := t.TempDir()
	killLoad(t, dir, "write pointer")
	e := open(t, dir, Options{})
	if _, err := e.Pin(t.Context()); !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("pin: %v", err)
	}
	if m := mustCommit(t, e, 3); m.Parent != "" || m.Observations != 1 {
		t.Errorf("the next load is %+v", m)
	}
	checkFiles(t, dir, 1)
}

func killLoad(t *testing.T, dir, step string) {
	t.Helper()
	err := helper(t, dir, helperStep+"="+step).Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the load was not killed at %q: %v", step, err)
	}
}

// checkFiles checks that a store holds its snapshots and nothing left over.
func checkFiles(t *testing.T, dir string, snapshots int) {
	t.Helper()
	l := layout(dir)
	ids, err := l.files()
	if err != nil || len(ids) != snapshots {
		t.Errorf("snapshots %v, %v; want %d", ids, err, snapshots)
	}
	for path, want := range map[string]int{l.staging(): 0, l.snapshots(): snapshots, string(l): 4} {
		entries, err := os.ReadDir(path)
		if err != nil || len(entries) != want {
			t.Errorf("%s holds %v, %v; want %d entries", path, entries, err, want)
		}
	}
}

// TestLostPointer refuses to take published snapshots for leftovers when CURRENT is gone.
func TestLostPointer(t *testing.T) {
	for published := 1; published <= 2; published++ {
		t.Run(fmt.Sprintf("%d published", published), func(t *testing.T) {
			dir := t.TempDir()
			e := open(t, dir, Options{})
			for n := range published {
				mustCommit(t, e, float64(n+1))
			}
			if err := os.Remove(layout(dir).current()); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Begin(t.Context()); err == nil || !strings.Contains(err.Error(), "CURRENT") {
				t.Errorf("begin: %v", err)
			}
			if ids, err := layout(dir).files(); err != nil || len(ids) != published {
				t.Errorf("snapshots %v, %v", ids, err)
			}
		})
	}
}

// TestLock holds the lock in another process, then in another engine of this one.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	cmd := helper(t, dir, helperHold+"=1")
	release, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(said).ReadString('\n'); line != "holding\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	e := open(t, dir, Options{})
	var locked *store.LockedError
	if _, err := e.Begin(t.Context()); !errors.As(err, &locked) || !strings.Contains(locked.Holder, fmt.Sprint("process ", cmd.Process.Pid, " on ")) {
		t.Errorf("begin: %v", err)
	}
	if err := release.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	w, err := e.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir, Options{}).Begin(t.Context()); !errors.As(err, &locked) {
		t.Errorf("begin by another engine: %v", err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	mustCommit(t, e, 1)
}

// TestIDs publishes within one second and with a clock that goes back.
func TestIDs(t *testing.T) {
	now := time.Date(2020, time.March, 2, 11, 9, 0, 0, time.FixedZone("", 8*3600))
	e := open(t, t.TempDir(), Options{Now: func() time.Time { return now }})
	first := mustCommit(t, e, 1)
	if want := "20200302T030900Z-" + first.ContentHash[:8]; first.ID != want {
		t.Errorf("id %s, want %s", first.ID, want)
	}
	second := mustCommit(t, e, 2)
	now = now.Add(-time.Hour)
	third := mustCommit(t, e, 3)
	if first.ID >= second.ID || second.ID >= third.ID {
		t.Errorf("ids %s, %s, %s", first.ID, second.ID, third.ID)
	}
	if got := current(t, e); got != 3 {
		t.Errorf("the published figure is %v", got)
	}
}

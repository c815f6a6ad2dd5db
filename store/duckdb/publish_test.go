package duckdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
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

// TestKilledPublish kills a process before each step of publishing an earlier snapshot, and one that loads after it.
func TestKilledPublish(t *testing.T) {
	for _, test := range []struct {
		step string
		want float64
	}{{"write pointer", 2}, {"move pointer", 2}, {"sync store", 1}} {
		t.Run(test.step, func(t *testing.T) {
			dir := t.TempDir()
			e := open(t, dir, Options{})
			first := mustCommit(t, e, 1)
			second := mustCommit(t, e, 2)
			killLoad(t, dir, test.step, helperID+"="+first.ID)
			e = open(t, dir, Options{})
			if got := current(t, e); got != test.want {
				t.Errorf("the published figure is %v, want %v", got, test.want)
			}
			if err := e.Publish(t.Context(), first.ID); err != nil {
				t.Fatal(err)
			}
			// What this load moves beside the newer snapshot is removed, and the newer snapshot is not.
			killLoad(t, dir, "write pointer")
			if ids, published, err := open(t, dir, Options{}).Kept(t.Context()); err != nil || published != first.ID || !slices.Equal(ids, []string{second.ID, first.ID}) {
				t.Errorf("kept %v, %s, %v", ids, published, err)
			}
			if files, err := layout(dir).files(); err != nil || len(files) != 3 {
				t.Errorf("files %v, %v", files, err)
			}
			third := mustCommit(t, e, 3)
			if third.Parent != first.ID || third.ID <= second.ID {
				t.Errorf("the next load published %+v", third)
			}
			checkFiles(t, dir, 3)
			// One that was published and whose load was killed right after stays when an earlier one is published.
			killLoad(t, dir, "sync store")
			_, fourth, err := e.Kept(t.Context())
			if err != nil || fourth == third.ID {
				t.Fatalf("published %s, %v", fourth, err)
			}
			if err := e.Publish(t.Context(), third.ID); err != nil {
				t.Fatal(err)
			}
			abort(t, e)
			if err := e.Publish(t.Context(), fourth); err != nil {
				t.Errorf("forward again: %v", err)
			}
			checkFiles(t, dir, 4)
		})
	}
}

// abort begins a load and gives it up.
func abort(t *testing.T, e *Engine) {
	t.Helper()
	w, err := e.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
}

// TestFailedPublication fails after the file was moved: the file goes again, at once or, if it cannot, with the next load.
func TestFailedPublication(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir, Options{})
	mustCommit(t, e, 1)
	e.atStep = func(step string) {
		if step == "write pointer" { // a directory is in the way of the pointer
			staged, err := filepath.Glob(filepath.Join(layout(dir).staging(), "load-*"))
			if err != nil || len(staged) != 1 {
				t.Fatalf("staged %v, %v", staged, err)
			}
			if err := os.Mkdir(filepath.Join(staged[0], "CURRENT"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := commit(e, 2); err == nil {
		t.Error("a publication without a pointer succeeded")
	}
	checkFiles(t, dir, 1)
	e.atStep = func(string) {}
	mustCommit(t, e, 3)
	checkFiles(t, dir, 2)
}

// TestKilledAnywhere kills loading processes at random instants. What is published is always whole, a server in this process
// goes on answering, and the next load goes through.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := open(t, dir, Options{})
	mustCommit(t, e, 1)
	start := time.Now()
	if err := helper(t, dir).Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(start)
	random := rand.New(rand.NewPCG(1, 2))
	killed, finished := 0, 0
	const loads = 50
	for range loads {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.Int64N(int64(whole)*5/4)))
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), helperDir+"="+dir)
		err := cmd.Run()
		cancel()
		var exit *exec.ExitError
		switch {
		case err == nil:
			finished++
		case ctx.Err() != nil:
			killed++
		case errors.As(err, &exit):
			t.Fatalf("the load failed: %v", err)
		}
		if err := e.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := current(t, e); got != 1 && got != 2 {
			t.Fatalf("the published figure is %v", got)
		}
		_, published, err := e.Kept(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Verify(t.Context(), published); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d loads killed, %d finished", killed, finished)
	if killed == 0 {
		t.Error("no load was killed")
	}
	mustCommit(t, e, 3)
	ids, _, err := e.Kept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkFiles(t, dir, len(ids))
	for _, id := range ids {
		if err := e.Verify(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

func killLoad(t *testing.T, dir, step string, env ...string) {
	t.Helper()
	err := helper(t, dir, append(env, helperStep+"="+step)...).Run()
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

// TestStaleLock kills the holder of the lock: the next load gets it, and nobody is told of the dead.
func TestStaleLock(t *testing.T) {
	dir := t.TempDir()
	cmd := helper(t, dir, helperHold+"=1")
	if _, err := cmd.StdinPipe(); err != nil {
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
	if _, err := e.Begin(t.Context()); !errors.As(err, &locked) || locked.PID != cmd.Process.Pid || locked.Host == "" || locked.Since.IsZero() ||
		!strings.HasPrefix(locked.Command, filepath.Base(os.Args[0])) {
		t.Errorf("begin: %+v", locked)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the killed process ended well")
	}
	if text := readFile(t, layout(dir).lock()); !strings.Contains(string(text), strconv.Itoa(cmd.Process.Pid)) {
		t.Errorf("the lock says %s", text) // the dead have not taken their name away
	}
	if got := describeHolder(layout(dir).lock()); got.PID != 0 || got.Holder != "another load" {
		t.Errorf("the dead hold it: %+v", got)
	}
	mustCommit(t, e, 1)
}

// TestKeep leaves so many snapshots after each load.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir, Options{Keep: 2})
	first := mustCommit(t, e, 1)
	mustCommit(t, e, 2)
	checkFiles(t, dir, 2)
	if err := e.Publish(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	third := mustCommit(t, e, 3)
	checkFiles(t, dir, 2)
	mustCommit(t, e, 4)
	checkFiles(t, dir, 2)
	if ids, _, err := e.Kept(t.Context()); err != nil || ids[1] != third.ID {
		t.Errorf("kept %v, %v", ids, err)
	}
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

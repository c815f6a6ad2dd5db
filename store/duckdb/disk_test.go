package duckdb

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countyql/countyql/store"
)

// mountTemporary mounts a small file system of its own for a test, which is skipped where that is not allowed.
func mountTemporary(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED, faults of a disk are not tested: no file system can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// TestFullDisk loads until the disk is full. What is published stays, pruning makes room, and then loads go through again.
func TestFullDisk(t *testing.T) {
	dir := filepath.Join(mountTemporary(t, "9m"), "store")
	e := open(t, dir, Options{})
	published := mustCommit(t, e, 1)
	var full error
	var last float64
	for n := 2; full == nil && n < 20; n++ {
		m, err := commit(e, float64(n))
		if err == nil {
			published, last = m, float64(n)
		}
		full = err
	}
	if full == nil || !strings.Contains(full.Error(), "space") {
		t.Fatalf("on a full disk: %v", full)
	}
	t.Log(full)
	left, err := os.ReadDir(layout(dir).staging())
	if err != nil || len(left) > 0 {
		t.Errorf("staging holds %v, %v", left, err)
	}
	if got := current(t, e); got != last {
		t.Errorf("the published figure is %v, want %v", got, last)
	}
	if err := e.Verify(t.Context(), published.ID); err != nil {
		t.Error(err)
	}
	filler := filepath.Join(filepath.Dir(dir), "filler")
	err = os.WriteFile(filler, make([]byte, 9<<20), 0o644) // to the last byte
	if err == nil {
		t.Error("the disk is not full")
	}
	if _, err := commit(e, 30); err == nil {
		t.Error("a load went through on a full disk")
	}
	if removed, err := e.Prune(t.Context(), 1); err != nil || len(removed) == 0 {
		t.Errorf("pruned %v, %v", removed, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, e, 31)
	if got := current(t, e); got != 31 {
		t.Errorf("the published figure is %v", got)
	}
}

// TestReadOnlyDisk serves a store that cannot be written, and says so to whoever would load into it.
func TestReadOnlyDisk(t *testing.T) {
	mounted := mountTemporary(t, "9m")
	dir := filepath.Join(mounted, "store")
	first := mustCommit(t, open(t, dir, Options{}), 1)
	second := mustCommit(t, open(t, dir, Options{}), 2)
	if out, err := exec.Command("mount", "-o", "remount,ro", mounted).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED, a read-only disk is not tested: %v: %s", err, out)
	}
	e := open(t, dir, Options{})
	if got := current(t, e); got != 2 {
		t.Errorf("the published figure is %v", got)
	}
	s, err := e.Open(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.Release()
	if err := e.Verify(t.Context(), second.ID); err != nil {
		t.Error(err)
	}
	if manifests, err := e.Manifests(t.Context()); err != nil || len(manifests) != 2 {
		t.Errorf("manifests %v, %v", manifests, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan error)
	go func() { followed <- e.Follow(ctx) }()
	cancel()
	if err := <-followed; err != nil {
		t.Errorf("follow: %v", err)
	}
	for name, change := range map[string]func() error{
		"load":    func() error { _, err := commit(e, 3); return err },
		"publish": func() error { return e.Publish(t.Context(), first.ID) },
		"prune":   func() error { _, err := e.Prune(t.Context(), 1); return err },
	} {
		err := change()
		var locked *store.LockedError
		if err == nil || errors.As(err, &locked) || !strings.Contains(err.Error(), "read-only") {
			t.Errorf("%s: %v", name, err)
		}
	}
	absent := open(t, filepath.Join(mounted, "absent"), Options{})
	if _, err := absent.Pin(t.Context()); !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("a store that is not there: %v", err)
	}
	if _, err := absent.Begin(t.Context()); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a load into a store that cannot be made: %v", err)
	}
}

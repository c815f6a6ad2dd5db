package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/countyql/countyql/bench/star"
)

// TestMemoryOfLoad loads a small and a large package, each in a process of its own, and compares the memory they were given at
// most. The test is for builds without the race detector, which keeps several times what the program does.
func TestMemoryOfLoad(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("SKIPPED memory of a load: it loads a million figures, and -short was given")
	case raceDetector:
		t.Skip("SKIPPED memory of a load: the race detector takes memory of its own; tools/test runs this test without it")
	case runtime.GOOS != "linux":
		t.Skip("SKIPPED memory of a load: the unit of the peak is known for Linux only")
	}
	const small, large, most = 200_000, 1_000_000, 1 << 30
	var peaks []int64
	for _, rows := range []int{small, large} {
		peak, said := peakOfLoad(t, rows)
		t.Logf("%d figures: %d MB at most; %s", rows, peak>>20, said)
		peaks = append(peaks, peak)
	}
	if growth := peaks[1] - peaks[0]; growth > most {
		t.Errorf("%d more figures took %d MB more, and may take %d", large-small, growth>>20, most>>20)
	}
}

// peakOfLoad returns the bytes resident at most while a generated package was loaded, and what the load said.
func peakOfLoad(t *testing.T, rows int) (int64, string) {
	t.Helper()
	dir := t.TempDir()
	figures := filepath.Join(dir, "figures")
	if err := star.Write(figures, star.Options{Rows: rows, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self, "load", "--store", filepath.Join(dir, "store"), figures)
	command.Env = append(os.Environ(), asCommand+"=1")
	said, err := command.Output()
	if err != nil {
		t.Fatalf("countyql: %v", err)
	}
	lines := strings.Split(string(said), "\n")
	var added, revised int
	if _, err := fmt.Sscanf(lines[1], "%d added, %d revised", &added, &revised); err != nil || added+revised != rows {
		t.Fatalf("countyql said %q, of %d figures", said, rows)
	}
	return command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10, lines[1]
}

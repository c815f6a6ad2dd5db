package telemetry

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// written passes on what is written to it at a time.
type written chan string

func (w written) Write(p []byte) (int, error) {
	w <- string(p)
	return len(p), nil
}

// A line that comes alone is written at once; those that come soon after it are written together, without anybody asking.
func TestLogBuffer_Together(t *testing.T) {
	t.Parallel()
	out := make(written, 10)
	lines := NewLogBuffer(out)
	var all strings.Builder
	for _, line := range []string{"1\n", "2\n", "3\n"} {
		if n, err := lines.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatalf("%d bytes taken of %q: %v", n, line, err)
		}
	}
	if first := <-out; !strings.HasPrefix(first, "1\n") {
		t.Errorf("first %q", first)
	} else {
		all.WriteString(first)
	}
	for all.Len() < len("1\n2\n3\n") {
		all.WriteString(<-out)
	}
	if all.String() != "1\n2\n3\n" {
		t.Errorf("%q", all.String())
	}
}

// What is much or asked for is written without waiting, and what a writer says is told.
func TestLogBuffer_Flush(t *testing.T) {
	t.Parallel()
	out := make(written, 10)
	lines := NewLogBuffer(out)
	long := strings.Repeat("x", manyPending)
	for _, line := range []string{"1\n", "2\n", long} {
		if _, err := lines.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	got := <-out
	for len(got) < 4+len(long) {
		got += <-out
	}
	if got != "1\n2\n"+long {
		t.Errorf("%d bytes", len(got))
	}
	if _, err := lines.Write([]byte("3\n")); err != nil {
		t.Fatal(err)
	}
	if err := lines.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := <-out; got != "3\n" {
		t.Errorf("%q", got)
	}
}

// A warning takes the lines before it with it.
func TestLogBuffer_Warning(t *testing.T) {
	t.Parallel()
	out := make(written, 10)
	logger, err := NewLogger(NewLogBuffer(out), LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	logger.Info("first")
	logger.Info("second")
	logger.Warn("third")
	var all strings.Builder
	for len(out) > 0 {
		all.WriteString(<-out)
	}
	for _, word := range []string{"first", "second", "third"} {
		if !strings.Contains(all.String(), word) {
			t.Errorf("%s is not in %q", word, all.String())
		}
	}
}

// Who writes lines does not wait for a log that takes its time until very many wait; all come, whole and in order.
func TestLogBuffer_Slow(t *testing.T) {
	t.Parallel()
	out := make(written, 1) // the first line, which is written at once; nobody reads yet
	lines := NewLogBuffer(out)
	line := strings.Repeat("x", 1023) + "\n"
	const before = mostPending / 1024 / 2
	for range before {
		if _, err := lines.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	const writers, each = 4, 500
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for n := range each {
				if _, err := fmt.Fprintf(lines, "%d %d%s", w, n, line); err != nil {
					t.Error(err)
				}
			}
		})
	}
	ended := make(chan error, 1)
	go func() {
		writing.Wait()
		ended <- lines.Flush()
		close(out)
	}()
	var all strings.Builder
	for part := range out {
		all.WriteString(part)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	rest, found := strings.CutPrefix(all.String(), strings.Repeat(line, before))
	if !found || strings.Count(rest, line) != writers*each {
		t.Fatalf("%d bytes, not with the first lines first, or without all of the others", all.Len())
	}
	var next [writers]int
	for text := range strings.Lines(rest) {
		var w, n int
		if _, err := fmt.Sscanf(text, "%d %d", &w, &n); err != nil || n != next[w] {
			t.Fatalf("%d: line %d of writer %d comes after %d: %v", len(text), n, w, next[w]-1, err)
		}
		next[w]++
	}
}

type full struct{}

var errFull = errors.New("no space")

func (full) Write([]byte) (int, error) { return 0, errFull }

// A log that cannot be written says so.
func TestLogBuffer_Full(t *testing.T) {
	t.Parallel()
	if _, err := NewLogBuffer(full{}).Write([]byte("1\n")); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

package telemetry

import (
	"errors"
	"strings"
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
	long := strings.Repeat("x", mostPending)
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

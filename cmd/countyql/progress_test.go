package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/countyql/countyql/loader"
)

// A terminal shows rows, rate, time left and share on one line of at most 80 columns.
func TestMeterOnATerminal(t *testing.T) {
	var out strings.Builder
	clock := time.Date(2020, 3, 30, 11, 9, 0, 0, time.UTC)
	m := &meter{out: &out, terminal: true, now: func() time.Time { return clock }}
	const total = 4_000_000_000
	m.show(loader.Progress{Stage: loader.StageValidate, Total: total})
	clock = clock.Add(100 * time.Second)
	p := loader.Progress{Stage: loader.StageValidate, Rows: 12_345_600, Bytes: total / 4, Total: total}
	if rate, left := m.pace(p); rate != 123_456 || left != 300*time.Second {
		t.Errorf("%d rows a second, %s left", rate, left)
	}
	m.show(p)
	if want := "validating  12,345,600 rows   123,456/s    5m0s left  25% |████            |"; !strings.Contains(out.String(), want) {
		t.Errorf("got %q, want %s", out.String(), want)
	}
	for line := range strings.SplitSeq(out.String(), "\r") {
		if n := utf8.RuneCountInString(line); n > 79 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	m.end()
}

// Off a terminal there is one line for each stage.
func TestMeterOffATerminal(t *testing.T) {
	var out strings.Builder
	m := newMeter(&out, false)
	for _, p := range []loader.Progress{
		{Stage: loader.StageRead}, {Stage: loader.StageRead, Rows: 2}, {Stage: loader.StageValidate, Rows: 3},
		{Stage: loader.StageValidate, Rows: 4}, {Stage: loader.StageStage, Rows: 5},
	} {
		m.show(p)
	}
	m.end()
	const want = "reading the catalogue\nvalidating the figures (3 rows read)\nstaging (5 rows read)\n"
	if out.String() != want {
		t.Errorf("got %q", out.String())
	}
}

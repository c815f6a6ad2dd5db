package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/countyql/countyql/bench/race"
)

// samples writes every measurement as a line of a Go benchmark, so that benchstat compares runs.
type samples struct {
	file *os.File // nil: nowhere
}

func openSamples(path string) (*samples, error) {
	if path == "" {
		return &samples{}, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return &samples{file: f}, err
}

func (s *samples) add(l race.Line, side race.Side, clients int, r race.Round) {
	if s.file == nil {
		return
	}
	fmt.Fprintf(s.file, "Benchmark%s/form=%s/side=%s/clients=%d %d %d ns/op %d p99-ns %.0f requests/s\n", l.Question.ID, l.Form,
		strings.ReplaceAll(side.Name(), " ", "_"), clients, r.Requests, r.P50.Nanoseconds(), r.P99.Nanoseconds(), r.PerSecond)
}

// close closes the file.
func (s *samples) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

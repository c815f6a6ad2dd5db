package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/countyql/countyql/bench/question"
	"github.com/countyql/countyql/bench/race"
)

// profiled is how long a CPU profile is taken.
const profiled = 3 * time.Second

// profile asks each line once more, with several clients, keeps a CPU profile of the server meanwhile, and prints what it says.
func (c *command) profile(ctx context.Context, r *report, d *question.Domain, lines []race.Line, server *race.Process) error {
	if c.Profiles == "" {
		return nil
	}
	if err := os.MkdirAll(c.Profiles, 0o755); err != nil {
		return err
	}
	side := &race.Server{Process: server, Label: countyql}
	var all []map[string]float64
	for _, line := range lines {
		asking, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() {
			var err error
			for asking.Err() == nil && err == nil {
				_, err = race.Lines(asking, d, []race.Line{line}, []race.Side{side}, race.Options{
					Rounds: 1, Clients: c.Clients, Duration: time.Second, Seed: uint64(time.Now().UnixNano()),
				})
			}
			if asking.Err() != nil {
				err = nil // it was stopped
			}
			ended <- err
		}()
		path := filepath.Join(c.Profiles, strings.ReplaceAll(line.Name(), " ", "-")+".pprof")
		err := fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%.0f", server.Address, profiled.Seconds()), path)
		stop()
		if failed := <-ended; err == nil && failed != nil {
			err = failed
		}
		if err != nil {
			return fmt.Errorf("profile of %s: %w", line.Name(), err)
		}
		of, err := shares(path)
		if err != nil {
			return err
		}
		all = append(all, of)
	}
	r.profiles(lines, all)
	return nil
}

func fetch(ctx context.Context, address, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, answer.Status)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(f, answer.Body)
	return err
}

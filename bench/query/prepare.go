package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/countyql/countyql/bench/race"
	"github.com/countyql/countyql/bench/star"
)

// prepared is a store with generated figures.
type prepared struct {
	dir  string
	file string // of its snapshot
}

// prepare loads generated figures into a store, unless that has been done before: what they are depends on their number alone.
func (c *command) prepare(ctx context.Context) (prepared, error) {
	if c.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return prepared{}, err
		}
		c.Dir = filepath.Join(cache, "countyql-bench")
	}
	base := filepath.Join(c.Dir, strconv.Itoa(c.Rows))
	p := prepared{dir: filepath.Join(base, "store")}
	if _, err := os.Stat(filepath.Join(p.dir, "CURRENT")); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "Loading %d generated figures into %s, once.\n", c.Rows, p.dir)
		figures, err := os.MkdirTemp("", "countyql-bench-")
		if err != nil {
			return p, err
		}
		defer os.RemoveAll(figures)
		if err := star.Write(figures, star.Options{Rows: c.Rows, Seed: 1}); err != nil {
			return p, err
		}
		load := exec.CommandContext(ctx, c.Binary, "load", figures, "--store", p.dir, "--quiet")
		load.Stderr = os.Stderr
		if err := load.Run(); err != nil {
			return p, fmt.Errorf("%s: %w", strings.Join(load.Args, " "), err)
		}
	}
	files, err := filepath.Glob(filepath.Join(p.dir, "snapshots", "*.duckdb"))
	if err != nil || len(files) != 1 {
		return p, fmt.Errorf("%s has %d snapshots; remove the directory to have it made anew", p.dir, len(files))
	}
	p.file = files[0]
	return p, nil
}

// raised are the limits that the questions exceed: of rows read and given, and of time.
var raised = []string{
	"--timeout=10m", "--max-rows=200000000", "--max-cells=200000000", "--max-page=200000", "--max-values=20000000", "--max-bytes=1000000000",
}

// serve starts the server that is measured, with its defaults but for the limits that questions exceed.
func (c *command) serve(ctx context.Context, p prepared, more ...string) (*race.Process, error) {
	args := append([]string{"serve", "--store", p.dir, "--listen", "127.0.0.1:0", "--pprof"}, raised...)
	return race.Start(ctx, "/readyz", c.Binary, append(append(args, c.Serve...), more...)...)
}

// serveWithout starts a server that keeps no figures in memory; nil where the binary never does.
func (c *command) serveWithout(ctx context.Context, p prepared) (*race.Process, error) {
	help, err := exec.CommandContext(ctx, c.Binary, "serve", "--help").Output()
	if err != nil || !strings.Contains(string(help), "--resident-memory") || !c.wants("engine") {
		return nil, err
	}
	return c.serve(ctx, p, "--resident-memory=0")
}

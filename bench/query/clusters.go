package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/countyql/countyql/bench/question"
	"github.com/countyql/countyql/bench/race"
	"github.com/countyql/countyql/bench/star"
)

// fleet is everything that a comparison of clusters runs.
type fleet struct {
	*command
	dir       string
	packaged  string // the directory of the data package; empty without --load
	loaded    took   // DuckDB's load of it; without --load only how large the store's snapshot is
	clusters  []*cluster
	processes []*race.Process
	sides     []race.Side // with DuckDB and figures in memory first: what has an answer to every line, with which the others are compared
}

// clusterSide is a server of countyql with the cluster behind it: both take processor time.
type clusterSide struct {
	*race.Server
	cluster *cluster
}

// Spent is the processor time of both.
func (s *clusterSide) Spent() time.Duration { return s.Server.Spent() + s.cluster.spent() }

// The names of DuckDB's sides; those of clusters are their shapes, with the same ending where figures are in memory.
const (
	duckdbEngine = "DuckDB"
	inMemory     = ", in memory"
)

// compareClusters asks servers with the same figures in DuckDB and in clusters, with figures in memory and without.
func (c *command) compareClusters(ctx context.Context, report *report, domain *question.Domain, p prepared) error {
	if len(c.Forms) == 0 {
		c.Forms = []string{string(question.Objects)}
	}
	dir, err := os.MkdirTemp(c.Dir, "clusters-")
	if err != nil {
		return err
	}
	f := &fleet{command: c, dir: dir}
	defer f.close(context.WithoutCancel(ctx))
	if err := f.prepare(ctx, p); err != nil {
		return err
	}
	report.clusterLoads(f)
	if err := f.awaitMemory(ctx); err != nil {
		return err
	}
	lines := c.lines()
	rows, err := race.Agree(ctx, domain, lines, f.sides, c.Check, c.Seed+1)
	if err != nil {
		return err
	}
	samples, err := openSamples(c.Samples)
	if err != nil {
		return err
	}
	results, err := race.Lines(ctx, domain, lines, f.sides, race.Options{
		Rounds: c.Rounds, Clients: c.Clients, Duration: c.Duration, Seed: c.Seed, After: samples.add,
	})
	if err != nil {
		return err
	}
	report.clusters(f, results, rows, "")
	report.clusters(f, results, rows, inMemory)
	return samples.close()
}

// close stops everything and removes what was written.
func (f *fleet) close(ctx context.Context) {
	for _, p := range f.processes {
		p.Stop()
	}
	for _, l := range f.clusters {
		l.wipe(ctx)
	}
	os.RemoveAll(f.dir)
}

// prepare fills the clusters and starts the servers.
func (f *fleet) prepare(ctx context.Context, p prepared) (err error) {
	info, err := os.Stat(p.file)
	if err != nil {
		return err
	}
	f.loaded.bytes = info.Size()
	if f.Load {
		f.packaged = filepath.Join(f.dir, "package")
		if err := star.Write(f.packaged, star.Options{Rows: f.Rows, Seed: 1}); err != nil {
			return err
		}
		into := filepath.Join(f.dir, "duckdb")
		if f.loaded, err = f.write(ctx, nil, "load", f.packaged, "--quiet", "--engine", "duckdb:", "--store", into); err != nil {
			return err
		}
		if f.loaded.bytes, err = sizeOf(filepath.Join(into, "snapshots")); err != nil {
			return err
		}
	}
	if err := f.start(ctx, p, nil); err != nil {
		return err
	}
	for i, shards := range f.Clusters {
		l := &cluster{dir: filepath.Join(f.dir, "cluster-"+strconv.Itoa(i+1)), shards: shards}
		f.clusters = append(f.clusters, l)
		if err := l.up(ctx, firstPort+i*portSpan); err != nil {
			return err
		}
		if err := f.fill(ctx, l, p, f.packaged); err != nil {
			return err
		}
		if err := f.start(ctx, prepared{dir: filepath.Join(l.dir, "server")}, l); err != nil {
			return err
		}
	}
	return nil
}

// start starts a server that asks the engine each time and one that keeps figures in memory; the cluster is nil for DuckDB.
func (f *fleet) start(ctx context.Context, p prepared, l *cluster) error {
	name, args := duckdbEngine, []string{"--engine", "duckdb:"}
	if l != nil {
		name, args = l.name(), []string{"--engine", l.url("reader", "figures")}
	}
	for _, side := range []struct {
		label string
		args  []string
		only  func(race.Line) bool
	}{
		{name + inMemory, args, nil},
		{name, append([]string{"--resident-memory=0"}, args...), f.fromEngine},
	} {
		process, err := f.serve(ctx, p, side.args...)
		if err != nil {
			return err
		}
		f.processes = append(f.processes, process)
		server := &race.Server{Process: process, Label: side.label, Only: side.only}
		if l == nil {
			f.sides = append(f.sides, server)
		} else {
			f.sides = append(f.sides, &clusterSide{server, l})
		}
	}
	return nil
}

// fromEngine leaves out what an engine takes too long for, unless it is asked for by name.
func (f *fleet) fromEngine(l race.Line) bool { return len(f.Only) > 0 || l.Question.ID != "Q8" }

// awaitMemory waits until servers have loaded into memory what they keep there: none has loaded anything for a second.
func (f *fleet) awaitMemory(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for before := -1.0; ; {
		loads := 0.0
		for _, p := range f.processes {
			n, ok := p.Metric(ctx, "countyql_resident_loads_total")
			if !ok {
				return fmt.Errorf("the server at %s does not say what it has loaded into memory", p.Address)
			}
			loads += n
		}
		if loads == before && loads > 0 {
			return nil
		}
		before = loads
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Command query compares countyql with DuckDB alone on twelve questions: go run ./bench/query --rows 1000000.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/countyql/countyql/bench/question"
	"github.com/countyql/countyql/bench/race"
	"github.com/countyql/countyql/bench/raw"
)

type command struct {
	Rows     int           `default:"10000000" help:"Number of figures; those of the store, which is made once."`
	Rounds   int           `default:"5" help:"Rounds; the best of each side counts."`
	Clients  int           `default:"8" help:"Clients of the measurement with several."`
	Duration time.Duration `default:"1s" help:"How long each measurement takes, roughly."`
	Only     []string      `help:"Measure these only: Q1 to Q12, kept, export, engine." placeholder:"Q1,…"`
	Forms    []string      `help:"Measure these forms only: objects, columns, arrow, csv." placeholder:"FORM,…"`
	Dir      string        `help:"Where stores are kept between runs; countyql-bench below the user's cache directory by default."`
	Binary   string        `default:"bin/countyql" help:"The countyql that is measured."`
	Serve    []string      `help:"More flags of countyql serve, such as --serve=--log-level=WARN." placeholder:"FLAG" sep:"none"`
	Check    int           `default:"12" help:"How many answers to each question are compared before anything is timed."`
	Seed     uint64        `default:"1" help:"Chooses the parameters."`
	Profiles string        `help:"Write a CPU profile of the server under each line into this directory, after the rounds." placeholder:"DIR"`
	Samples  string        `help:"Append every measurement to this file as benchstat reads it." placeholder:"FILE"`
	Peers    string        `help:"Measure the servers that this file describes too, as bench/peers writes it." placeholder:"FILE"`
	Figures  string        `help:"Only write the newest figures of the store to this file, as CSV of numbers, for other databases." placeholder:"FILE"`
	Clusters []int         `help:"Measure DuckDB beside ClickHouse clusters of so many shards on this machine instead, each with the same figures." placeholder:"1,2,4"`
	Load     bool          `help:"With --clusters: measure loads of the data package into each too."`
	Plain    bool          `hidden:"" help:"Be the empty handler."`
}

func main() {
	var c command
	kong.Parse(&c, kong.Description("Compares countyql with DuckDB alone on twelve questions."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	run := c.compare
	if c.Plain {
		run = servePlain
	}
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// gcPercent has this process collect its garbage seldom: it is the client, and it is where DuckDB runs.
const gcPercent = 400

func (c *command) compare(ctx context.Context) (err error) {
	debug.SetGCPercent(gcPercent)
	store, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	snapshot, err := raw.OpenSnapshot(ctx, store.file)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	if c.Figures != "" {
		return snapshot.WriteFigures(ctx, c.Figures)
	}
	domain, err := snapshot.Domain(ctx)
	if err != nil {
		return err
	}
	report := &report{command: c, out: os.Stdout}
	if err := report.machine(ctx, snapshot, store); err != nil {
		return err
	}
	if len(c.Clusters) > 0 {
		return c.compareClusters(ctx, report, domain, store)
	}
	server, err := c.serve(ctx, store)
	if err != nil {
		return err
	}
	defer server.Stop()
	sides := []race.Side{&raw.Side{Snapshot: snapshot, Domain: domain}, &race.Server{Process: server, Label: countyql}}
	if without, err := c.serveWithout(ctx, store); err != nil {
		return err
	} else if without != nil {
		defer without.Stop()
		sides = append(sides, &race.Server{Process: without, Label: engineOnly, Only: func(l race.Line) bool {
			return l.Form == question.Objects
		}})
	}
	peers, err := race.ReadPeers(c.Peers, domain)
	if err != nil {
		return err
	}
	sides = append(sides, peers...)
	lines := c.lines()
	rows, err := race.Agree(ctx, domain, lines, sides, c.Check, c.Seed+1)
	if err != nil {
		return err
	}
	samples, err := openSamples(c.Samples)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, samples.close()) }()
	results, err := race.Lines(ctx, domain, lines, sides, race.Options{
		Rounds: c.Rounds, Clients: c.Clients, Duration: c.Duration, Seed: c.Seed, After: samples.add,
	})
	if err != nil {
		return err
	}
	report.lines(results, rows)
	report.given(ctx, server)
	report.server(ctx, server)
	report.peers(results, peers)
	if err := c.others(ctx, report, domain, server); err != nil {
		return err
	}
	return c.profile(ctx, report, domain, lines, server)
}

// The names of the sides in the table.
const (
	countyql   = "countyql"
	engineOnly = "not resident"
)

// lines are the questions and forms asked for.
func (c *command) lines() []race.Line {
	var lines []race.Line
	for _, q := range question.All() {
		if !c.wants(q.ID) {
			continue
		}
		for _, way := range q.Ways {
			if len(c.Forms) == 0 || slices.Contains(c.Forms, string(way.Form)) {
				lines = append(lines, race.Line{Question: q, Form: way.Form})
			}
		}
	}
	return lines
}

func (c *command) wants(name string) bool {
	return len(c.Only) == 0 || slices.ContainsFunc(c.Only, func(only string) bool { return strings.EqualFold(only, name) })
}

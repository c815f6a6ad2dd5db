package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/store/duckdb"
)

// loadCmd publishes a data package or files.
type loadCmd struct {
	Paths []string `arg:"" name:"path" help:"${pathHelp}"`
	loadFlags
	retentionFlags
	DryRun         bool `help:"Publish nothing; say what would change: figures, ranks, regions."`
	SuggestMapping bool `help:"Load nothing; write a first mapping file for the table to standard output."`
}

// Run loads the package and reports what was published.
func (c *loadCmd) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	c.loadFlags.keep = c.Keep
	if c.SuggestMapping {
		return a.suggestMapping(c.Paths, c.Mapping)
	}
	step := (*loader.Loader).Load
	if c.DryRun {
		step = (*loader.Loader).DryRun
	}
	return a.runLoader(c.Paths, a.Store, &c.loadFlags, step)
}

// step is one of the things a loader does with an input.
type step func(*loader.Loader, context.Context, loader.Input) (*loader.Result, error)

// runLoader opens input and store, runs a step of the loader on them and reports how it went.
func (a *app) runLoader(paths []string, dir string, flags *loadFlags, run step) error {
	result, err := a.load(paths, dir, flags, run)
	return a.report(result, err, flags.Quiet)
}

func (a *app) load(paths []string, dir string, flags *loadFlags, run step) (*loader.Result, error) {
	input, err := a.openInput(paths)
	if err != nil {
		return nil, err
	}
	if flags.Mapping != "" {
		if input.Mapping, err = openMapping(flags.Mapping, &input); err != nil {
			return nil, err
		}
	}
	options, err := flags.options()
	if err != nil {
		return nil, err
	}
	l := &loader.Loader{Logger: slog.New(slog.DiscardHandler), Options: options}
	if !flags.Quiet {
		l.Options.Waiting = a.sayWaiting
	}
	var rejects *rejectsFile
	if flags.Rejects != "" {
		if rejects, err = createRejects(flags.Rejects); err != nil {
			return nil, err
		}
		l.Options.KeepProblem = rejects.rejects.Write
	}
	result, err := a.runOn(l, input, dir, flags, run)
	if rejects != nil {
		err = errors.Join(err, rejects.finish(err))
	}
	return result, err
}

// runOn opens the store in a directory and runs a step of the loader on it.
func (a *app) runOn(l *loader.Loader, input loader.Input, dir string, flags *loadFlags, run step) (*loader.Result, error) {
	// What the engine logs of a load is what went wrong beside it, such as old snapshots that cannot be removed.
	warnings := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	engine, err := openEngine(a.Engine, dir, duckdb.Options{Keep: flags.keep, Logger: warnings})
	if err != nil {
		return nil, err
	}
	l.Engine = engine
	meter := newMeter(a.stderr, flags.Quiet)
	l.Progress = meter.show
	result, err := run(l, a.ctx, input)
	meter.end()
	var shrink *loader.ShrinkError
	if errors.As(err, &shrink) {
		err = fmt.Errorf("%w (look at the input; if it is right, say --allow-shrink)", err)
	}
	return result, errors.Join(err, engine.Close())
}

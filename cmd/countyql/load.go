package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/store/duckdb"
)

// loadCmd publishes a data package.
type loadCmd struct {
	Path string `arg:"" help:"A directory with datapackage.json, or that file."`
}

// Run loads the package and reports what was published.
func (c *loadCmd) Run(a *app) error {
	return a.runLoader(c.Path, a.Store, (*loader.Loader).Load)
}

// runLoader opens package and store, runs a step of the loader on them and reports how it went.
func (a *app) runLoader(path, dir string, step func(*loader.Loader, context.Context, loader.Input) (*loader.Result, error)) error {
	input, err := openPackage(path)
	if err != nil {
		return a.report(nil, err)
	}
	engine, err := openEngine(a.Engine, dir, duckdb.Options{})
	if err != nil {
		return a.report(nil, err)
	}
	meter := newMeter(a.stderr)
	l := &loader.Loader{Engine: engine, Logger: slog.New(slog.DiscardHandler), Progress: meter.show}
	result, err := step(l, a.ctx, input)
	meter.end()
	if err := errors.Join(err, engine.Close()); err != nil {
		return a.report(nil, err)
	}
	return a.report(result, nil)
}

// openPackage finds the data package that a path means.
func openPackage(path string) (loader.Input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return loader.Input{}, err
	}
	dir := path
	if !info.IsDir() {
		if filepath.Base(path) != loader.PackageFile {
			return loader.Input{}, &usageError{
				fmt.Sprintf("%s is not a data package", path),
				"PATH is a directory with " + loader.PackageFile + ", or that file",
			}
		}
		dir = filepath.Dir(path)
	}
	files := os.DirFS(dir)
	if _, err := fs.Stat(files, loader.PackageFile); errors.Is(err, fs.ErrNotExist) {
		return loader.Input{}, &usageError{
			fmt.Sprintf("%s holds no %s", dir, loader.PackageFile),
			"describe the tables in a Frictionless data package",
		}
	}
	return loader.Input{Name: dir, FS: files}, nil
}

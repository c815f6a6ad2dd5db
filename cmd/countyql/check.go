package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/countyql/countyql/loader"
)

// checkCmd validates a data package or files and runs the declared checks on what loading it would give.
type checkCmd struct {
	Paths []string `arg:"" name:"path" help:"${pathHelp}"`
	loadFlags
}

// Run checks the package against the store, or against an empty one if there is none, and reports what was found.
func (c *checkCmd) Run(a *app) error {
	dir := a.Store
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		// Opening a store creates its directory, and a check changes nothing.
		temporary, err := os.MkdirTemp("", "countyql-check-")
		if err != nil {
			return fmt.Errorf("make a temporary store: %w", err)
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	return a.runLoader(c.Paths, dir, &c.loadFlags, (*loader.Loader).Check)
}

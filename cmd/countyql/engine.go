package main

import (
	"strings"

	"github.com/countyql/countyql/store/duckdb"
)

// openEngine opens the store in a directory with the engine that a URL names.
func openEngine(url, dir string, options duckdb.Options) (*duckdb.Engine, error) {
	if scheme, rest, _ := strings.Cut(url, ":"); scheme != "duckdb" || rest != "" {
		return nil, &usageError{"--engine " + url + " is not an engine", "use duckdb:"}
	}
	return duckdb.Open(dir, options)
}

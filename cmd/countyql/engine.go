package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/clickhouse"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/duckdb"
)

// engine is what the commands need of a store.
type engine interface {
	store.Engine
	store.Keeper
	// Follow serves each snapshot that is published until the context ends.
	Follow(ctx context.Context) error
	// Restore makes a snapshot that another engine keeps the published one, under its own id.
	Restore(ctx context.Context, whole content.Whole) error
}

// stagingDir is the directory within the store's in which loads are merged that another engine keeps.
const stagingDir = "clickhouse"

// isRemote reports whether a URL names an engine that keeps nothing in the store's directory but what it stages.
func isRemote(url string) bool { return strings.HasPrefix(url, clickhouse.Scheme+":") }

// place is where the store keeps its snapshots, in words.
func (a *app) place() string {
	if isRemote(a.Engine) {
		return "the cluster"
	}
	return a.Store
}

// openEngine opens the store with the engine that a URL names: in a directory, or in a cluster, with a directory to stage in.
func openEngine(url, dir string, options duckdb.Options) (engine, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, &usageError{"--store " + dir + " is not a directory", "name that of a store, or one that is to be made"}
	}
	scheme, rest, _ := strings.Cut(url, ":")
	switch {
	case isRemote(url):
		config, err := clickhouse.ParseURL(url, os.Getenv)
		if err != nil {
			return nil, &usageError{"--engine " + scheme + ":… is not a cluster: " + err.Error(), "docs/clickhouse.md has examples"}
		}
		return openCluster(config, dir, options)
	case scheme == "duckdb" && rest == "":
		return duckdb.Open(dir, options)
	}
	return nil, &usageError{"--engine " + scheme + ":… is not an engine", "use duckdb: or clickhouse://HOST:PORT/DATABASE?cluster=NAME"}
}

// openCluster opens the store in a ClickHouse cluster.
func openCluster(config *clickhouse.Config, dir string, options duckdb.Options) (engine, error) {
	return clickhouse.Open(config, clickhouse.Options{
		Logger: options.Logger, Keep: options.Keep, OnQuery: options.OnQuery, OnPublish: options.OnPublish,
		Staging: func(behind func() []string) (clickhouse.Staging, error) {
			return duckdb.Open(filepath.Join(dir, stagingDir), duckdb.Options{
				Logger: options.Logger, Threads: options.Threads, MemoryLimit: options.MemoryLimit, TempLimit: options.TempLimit, Behind: behind,
			})
		},
	})
}

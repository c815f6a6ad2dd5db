package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/duckdb"
)

// snapshotsCopyCmd copies snapshots to another store.
type snapshotsCopyCmd struct {
	IDs []string `arg:"" optional:"" name:"id" help:"The snapshots, in the order in which they are published there; the published one without any."`
	To  string   `required:"" env:"COUNTYQL_COPY_TO" placeholder:"URL" help:"The other store: clickhouse://HOST:PORT/DATABASE?cluster=NAME, or duckdb:DIR."`
}

// copiedJSON is the JSON form of a snapshot that was copied.
type copiedJSON struct {
	ID      string `json:"id"`
	Figures int64  `json:"figures"`
	Copied  bool   `json:"copied"` // false: the other store had it
}

// Run copies the snapshots, each with its whole history, and makes the last the published one.
func (c *snapshotsCopyCmd) Run(a *app) error {
	return a.withKept(func(ctx context.Context, k *kept) (err error) {
		names := c.IDs
		if len(names) == 0 {
			names = []string{"current"}
		}
		ids := make([]string, len(names))
		for i, name := range names {
			if ids[i], err = k.find(ctx, name); err != nil {
				return err
			}
		}
		to, err := openTarget(c.To, a.Store)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, to.Close()) }()
		there, _, err := to.Kept(ctx)
		if err != nil {
			return err
		}
		results := make([]copiedJSON, len(ids))
		for i, id := range ids {
			results[i].ID, results[i].Copied = id, !slices.Contains(there, id)
			if results[i].Figures, err = copySnapshot(ctx, k.engine, to, id, results[i].Copied); err != nil {
				return err
			}
			if a.JSON {
				continue
			}
			said := "copied"
			if !results[i].Copied {
				said = "published, it was there:"
			}
			fmt.Fprintf(a.stdout, "%s %s, %s\n", said, id, indicator.Counted(results[i].Figures, "figure"))
		}
		if a.JSON {
			return writeJSON(a.stdout, results)
		}
		return nil
	})
}

// copySnapshot makes a snapshot of one store the published one of another, which has it already unless missing.
func copySnapshot(ctx context.Context, from, to engine, id string, missing bool) (figures int64, err error) {
	s, err := from.Open(ctx, id)
	if err != nil {
		return 0, err
	}
	defer s.Release()
	figures = s.Contents().Manifest.Observations
	whole, ok := s.(content.Whole)
	switch {
	case !missing:
		return figures, to.Publish(ctx, id)
	case !ok:
		return 0, fmt.Errorf("this engine's snapshots cannot be copied: they are %T", s)
	}
	return figures, to.Restore(ctx, whole)
}

// openTarget opens the store to copy to.
func openTarget(url, dir string) (engine, error) {
	if target, ok := strings.CutPrefix(url, "duckdb:"); ok && target != "" {
		return duckdb.Open(target, duckdb.Options{})
	}
	if !isRemote(url) {
		return nil, &usageError{"--to names no store", "write clickhouse://HOST:PORT/DATABASE?cluster=NAME or duckdb:DIR"}
	}
	return openEngine(url, dir, duckdb.Options{})
}

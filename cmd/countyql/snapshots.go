package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
)

// snapshotsCmd looks after the snapshots of a store.
type snapshotsCmd struct {
	List    snapshotsListCmd    `cmd:"" default:"withargs" help:"List the kept snapshots, newest first."`
	Show    snapshotsShowCmd    `cmd:"" help:"Describe one: its load, files, checks."`
	Diff    snapshotsDiffCmd    `cmd:"" help:"List the figures that differ between two."`
	Publish snapshotsPublishCmd `cmd:"" help:"Make a kept one the published one: back or forward. Servers follow, the next load starts from it."`
	Copy    snapshotsCopyCmd    `cmd:"" help:"Copy one, with its whole history, to another store, and publish it there."`
	Prune   snapshotsPruneCmd   `cmd:"" help:"Remove old ones."`
	Verify  snapshotsVerifyCmd  `cmd:"" help:"Read them as a whole and recompute their hashes; exit code 3 if one is damaged."`
}

// Help is what --help adds.
func (snapshotsCmd) Help() string {
	return `A snapshot is named by its id, by the beginning of it or of its part behind the dash, as long as only one begins so, or as "current", the published
one, or "previous", the one that the published one was built from.

Exit codes: 2 for a name that is not that of one snapshot, 3 where verify finds a damaged one, 4 while a load holds the store, 5 where
reading or writing failed.`
}

// kept is a store with the ids of its snapshots.
type kept struct {
	engine    engine
	ids       []string // newest first
	published string   // empty if nothing is published
}

// withKept opens the store, runs a command on it and closes it.
func (a *app) withKept(run func(context.Context, *kept) error) error {
	engine, err := openEngine(a.Engine, a.Store, duckdb.Options{})
	if err != nil {
		return err
	}
	k := &kept{engine: engine}
	if k.ids, k.published, err = engine.Kept(a.ctx); err == nil {
		err = run(a.ctx, k)
	}
	return errors.Join(err, engine.Close())
}

// find returns the id that a name means.
func (k *kept) find(ctx context.Context, name string) (string, error) {
	const hint = "countyql snapshots list shows those that are kept"
	switch name {
	case "":
		return "", &usageError{"a snapshot has a name", hint}
	case "current":
		if k.published == "" {
			return "", &usageError{"nothing is published", "name a snapshot by its id; " + hint}
		}
		return k.published, nil
	case "previous":
		return k.previous(ctx)
	}
	var found []string
	for _, id := range k.ids {
		_, hash, _ := strings.Cut(id, "-")
		if id == name {
			return id, nil
		}
		if strings.HasPrefix(id, name) || strings.HasPrefix(hash, name) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return "", &usageError{fmt.Sprintf("no snapshot %s is kept", name), hint}
	case 1:
		return found[0], nil
	}
	return "", &usageError{fmt.Sprintf("%d snapshots begin with %s", len(found), name), "write more of it: " + shortList(found)}
}

// previous returns the id of the snapshot that the published one was built from.
func (k *kept) previous(ctx context.Context) (string, error) {
	if k.published == "" {
		return "", &usageError{"nothing is published", "name a snapshot by its id"}
	}
	manifests, err := k.engine.Manifests(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(manifests, func(m store.Manifest) bool { return m.ID == k.published })
	switch {
	case at < 0:
		return "", &usageError{"the published snapshot cannot be read to see what it was built from", "name a snapshot by its id"}
	case manifests[at].Parent == "":
		return "", &usageError{"the published snapshot was not built from another", "name a snapshot by its id"}
	case !slices.Contains(k.ids, manifests[at].Parent):
		return "", &usageError{fmt.Sprintf("%s, which the published snapshot was built from, is not kept", manifests[at].Parent), "name a snapshot by its id"}
	}
	return manifests[at].Parent, nil
}

// shortList names a few of many.
func shortList(ids []string) string {
	const most = 4
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + ", …"
	}
	return strings.Join(ids, ", ")
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countyql/countyql/store"
)

// lockWait is the flag of the commands that need the store's lock.
type lockWait struct {
	Wait waitFlag `help:"Wait while a load holds the store, --wait=30s for so long at most."`
}

// context is the context within which to try and whether to wait at all.
func (l *lockWait) context(ctx context.Context) (context.Context, context.CancelFunc, bool) {
	if l.Wait.limit > 0 {
		ctx, cancel := context.WithTimeout(ctx, l.Wait.limit)
		return ctx, cancel, true
	}
	return ctx, func() {}, l.Wait.limit < 0
}

// snapshotsPublishCmd publishes a kept snapshot.
type snapshotsPublishCmd struct {
	ID string `arg:"" help:"The snapshot."`
	lockWait
}

// Run publishes the snapshot.
func (c *snapshotsPublishCmd) Run(a *app) error {
	return a.withKept(func(ctx context.Context, k *kept) error {
		id, err := k.find(ctx, c.ID)
		if err != nil {
			return err
		}
		limited, cancel, wait := c.context(ctx)
		defer cancel()
		if wait {
			err = store.PublishWait(limited, k.engine, id, a.sayWaiting)
		} else {
			err = k.engine.Publish(ctx, id)
		}
		if err != nil {
			return err
		}
		changed := id != k.published
		if a.JSON {
			return writeJSON(a.stdout, map[string]any{"published": id, "before": k.published, "changed": changed})
		}
		switch {
		case !changed:
			fmt.Fprintf(a.stdout, "unchanged: %s is the published one\n", id)
		case k.published == "":
			fmt.Fprintf(a.stdout, "published %s\n", id)
		default:
			fmt.Fprintf(a.stdout, "published %s in place of %s\n", id, k.published)
		}
		return nil
	})
}

// snapshotsPruneCmd removes old snapshots.
type snapshotsPruneCmd struct {
	Keep int `required:"" placeholder:"N" help:"How many to keep: the published one and the newest others."`
	lockWait
}

// Run removes what need not be kept.
func (c *snapshotsPruneCmd) Run(a *app) error {
	if c.Keep < 1 {
		return &usageError{fmt.Sprintf("--keep %d keeps nothing", c.Keep), "the published snapshot is always kept: write 1 or more"}
	}
	return a.withKept(func(ctx context.Context, k *kept) error {
		limited, cancel, wait := c.context(ctx)
		defer cancel()
		prune := k.engine.Prune
		if wait {
			prune = func(context.Context, int) ([]string, error) {
				return store.PruneWait(limited, k.engine, c.Keep, a.sayWaiting)
			}
		}
		removed, err := prune(ctx, c.Keep)
		if err != nil && len(removed) == 0 {
			return err
		}
		if a.JSON {
			return errors.Join(err, writeJSON(a.stdout, map[string]any{"removed": append([]string{}, removed...), "kept": len(k.ids) - len(removed)}))
		}
		for _, id := range removed {
			fmt.Fprintf(a.stdout, "removed %s\n", id)
		}
		fmt.Fprintf(a.stdout, "%d removed, %d kept\n", len(removed), len(k.ids)-len(removed))
		return err
	})
}

// sayWaiting tells for whom a command waits.
func (a *app) sayWaiting(l *store.LockedError) { fmt.Fprintf(a.stderr, "waiting: %v\n", l) }

// snapshotsVerifyCmd verifies snapshots.
type snapshotsVerifyCmd struct {
	IDs []string `arg:"" optional:"" name:"id" help:"The snapshots; all without one."`
}

// foundDamaged is what verifying was for: it found a damaged snapshot.
type foundDamaged struct{ error }

func (e foundDamaged) Unwrap() error { return e.error }

// verifiedJSON is the JSON form of what verifying found.
type verifiedJSON struct {
	ID    string `json:"id"`
	Whole bool   `json:"whole"`
	Error string `json:"error,omitempty"`
}

// Run verifies the snapshots and reports all that are damaged.
func (c *snapshotsVerifyCmd) Run(a *app) error {
	return a.withKept(func(ctx context.Context, k *kept) error {
		ids := k.ids
		if len(c.IDs) > 0 {
			ids = nil
			for _, name := range c.IDs {
				id, err := k.find(ctx, name)
				if err != nil {
					return err
				}
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
		results := []verifiedJSON{}
		var worst error
		for _, id := range ids {
			err := k.engine.Verify(ctx, id)
			var damaged *store.DamagedError
			if err != nil && !errors.As(err, &damaged) {
				return err
			}
			result := verifiedJSON{ID: id, Whole: err == nil}
			if err != nil {
				worst = shown{foundDamaged{err}}
				result.Error, _, _ = strings.Cut(damaged.Err.Error(), "\n") // an engine's message may go on with its source
			}
			results = append(results, result)
			switch {
			case a.JSON:
			case err == nil:
				fmt.Fprintf(a.stdout, "%s  whole\n", id)
			default:
				fmt.Fprintf(a.stdout, "%s  DAMAGED: %s\n", id, result.Error)
			}
		}
		switch {
		case a.JSON:
			return errors.Join(worst, writeJSON(a.stdout, results))
		case len(ids) == 0:
			fmt.Fprintf(a.stdout, "no snapshots in %s\n", a.place())
		}
		return worst
	})
}

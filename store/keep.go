package store

import (
	"context"
	"fmt"
	"strings"
)

// Keeper is what an operator does with the snapshots that an engine keeps. Every engine does it.
type Keeper interface {
	// Kept returns the ids of all kept snapshots, newest first, also of those that are damaged, and the id of the
	// published one, which is empty while nothing is published. Some may be newer than that one: they were published
	// before somebody went back.
	Kept(ctx context.Context) (ids []string, published string, err error)
	// Open returns a kept snapshot, published or not, which stays readable until its Release. It returns an
	// *UnknownSnapshotError for an id that is not kept and a *DamagedError for one that cannot be read.
	Open(ctx context.Context, id string) (Snapshot, error)
	// Publish makes a kept snapshot the published one, durably and in one step, as a load does: engines that follow
	// the store serve it. The next load starts from it. It returns a *LockedError while a load runs, and the errors of
	// Open. A snapshot that is the published one stays it.
	Publish(ctx context.Context, id string) error
	// Prune removes snapshots but for the published one and the newest keep-1 others, and returns the ids of those
	// removed, oldest first, also beside an error. Snapshots that are pinned stay readable. It returns a *LockedError
	// while a load runs.
	Prune(ctx context.Context, keep int) (removed []string, err error)
	// Verify reads a kept snapshot as a whole and recomputes what its manifest says of it. It returns a *DamagedError
	// if it cannot be read or is not what was published, and an *UnknownSnapshotError for an id that is not kept.
	Verify(ctx context.Context, id string) error
}

// UnknownSnapshotError says that a snapshot is not kept.
type UnknownSnapshotError struct {
	ID   string
	Kept []string // the ids of those that are, newest first
}

// Error names the kept snapshots, the newest of them.
func (e *UnknownSnapshotError) Error() string {
	const most = 5
	if len(e.Kept) == 0 {
		return fmt.Sprintf("there is no snapshot %q: the store holds none", e.ID)
	}
	kept, more := e.Kept, ""
	if len(kept) > most {
		kept, more = kept[:most], fmt.Sprintf(" and %d more", len(e.Kept)-most)
	}
	return fmt.Sprintf("there is no snapshot %q: the store keeps %s%s", e.ID, strings.Join(kept, ", "), more)
}

// DamagedError says that a snapshot cannot be read, or is not what was published under its id.
type DamagedError struct {
	ID  string
	Err error // what is wrong
}

// Error names the snapshot and what is wrong with it, and says what to do.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("snapshot %s is damaged: %v; publish another one, or copy its file back from a backup", e.ID, e.Err)
}

// Unwrap returns what is wrong.
func (e *DamagedError) Unwrap() error { return e.Err }

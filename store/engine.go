package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// ErrNoSnapshot is returned by Pin while nothing has been published.
var ErrNoSnapshot = errors.New("the store holds no snapshot")

// LockedError is returned by Begin while another load holds the store.
type LockedError struct {
	Holder string // who holds the lock, as it described itself
}

// Error names the holder.
func (e *LockedError) Error() string { return "the store is locked by " + e.Holder }

// RowCapError is returned by Select when the answer has more rows than Select.Cap. There is never a short result.
type RowCapError struct {
	Cap int
}

// Error names the cap.
func (e *RowCapError) Error() string {
	return fmt.Sprintf("the selection has more than %d rows", e.Cap)
}

// Engine holds snapshots. It is safe for concurrent use.
type Engine interface {
	// Pin returns the newest published snapshot, which stays readable until its Release. It costs no I/O. It returns
	// ErrNoSnapshot while nothing is published.
	Pin(ctx context.Context) (Snapshot, error)
	// Begin starts a load and locks the store against other loads until Commit or Abort. It removes what an
	// interrupted load left behind. It returns a *LockedError while another load runs.
	Begin(ctx context.Context) (Writer, error)
	// Manifests returns the published snapshot and the kept earlier ones, newest first.
	Manifests(ctx context.Context) ([]Manifest, error)
	// Close releases the engine. Snapshots still pinned must be released first.
	Close() error
}

// Manifest describes a snapshot.
type Manifest struct {
	ID           string
	Parent       string // the snapshot it was built from; empty for the first
	PublishedAt  time.Time
	Load         string // the load that built it
	Observations int64  // current figures
	Regions      int64  // regions with figures
	Indicators   int64  // indicators with figures
	ContentHash  string // of catalogue and figures; independent of the engine and of the order of rows
	Engine       string // the engine's name and version
}

// Contents is everything of a snapshot but its figures. It is immutable.
type Contents struct {
	Manifest Manifest
	Catalog  *catalog.Catalog
	Loads    []indicator.Load // oldest first
	Checks   []indicator.CheckResult
}

// Reader answers questions about figures. It is safe for concurrent use and stops early when the context ends.
type Reader interface {
	// Select returns the rows of a selection in its order.
	Select(ctx context.Context, s Select) (*Rows, error)
	// Count counts the selection's rows by keys; groups without rows are left out, the order is by the keys. Order,
	// After, Limit and Evidence of the selection do not matter. Without keys it returns exactly one group.
	Count(ctx context.Context, s Select, by ...Key) ([]Tally, error)
}

// Snapshot is a published snapshot, pinned.
type Snapshot interface {
	Reader
	// Contents returns the catalogue and the rest; no I/O.
	Contents() *Contents
	// Release lets the engine close the snapshot once it is no longer the newest. Call it exactly once.
	Release()
}

// Writer builds the next snapshot. It is used by one goroutine: Append and Discard any number of times, Stage once, then
// Commit or Abort. After Commit or Abort nothing else may be called.
type Writer interface {
	// Parent returns the contents of the snapshot the load starts from; nil in an empty store.
	Parent() *Contents
	// Append adds reports to the batch. Their ordinals refer to the catalogue given to Stage.
	Append(ctx context.Context, batch []Report) error
	// Discard takes back every report of the keys, whether it has been appended already or comes later. It is called
	// before Stage, any number of times; keys without a report are nothing to take back.
	Discard(ctx context.Context, keys []ReportKey) error
	// Stage merges the batch with the parent's reports under the new catalogue, closes the interval of every report
	// that a newer one replaces, fills the counts of rates, derives rates and totals that can be, and sorts.
	Stage(ctx context.Context, c *catalog.Catalog) (*Staged, error)
	// Commit makes the staged snapshot the published one, durably and in one step.
	Commit(ctx context.Context, load indicator.Load, checks []indicator.CheckResult) (Manifest, error)
	// Abort drops what was staged and unlocks the store. It does nothing after Commit.
	Abort() error
}

// Staged is a snapshot that is complete but not published: the declared checks read it.
type Staged struct {
	Reader  Reader
	Changes Changes
}

// Changes counts what a batch changes.
type Changes struct {
	Added     int64 // reports of keys that had none
	Revised   int64 // reports of keys that had an earlier or later one
	Withdrawn int64 // those of Revised that take a value back: they have none, and the report before them by publication has one
	Unchanged int64 // reports that the parent holds already, identical in every field
	// Catalog says that the catalogue differs from the parent's.
	Catalog bool
}

// Any reports whether publishing the batch would change anything.
func (c Changes) Any() bool { return c.Added+c.Revised > 0 || c.Catalog }

// ReportKey is what one source can report at one day: a figure and the day of its publication.
type ReportKey struct {
	Region      int32
	Indicator   int32
	Slice       int32
	Status      indicator.Status
	Period      indicator.Period
	PublishedOn indicator.Day
}

// Report is one reported figure with its codes resolved to catalogue ordinals.
type Report struct {
	Region     int32
	Indicator  int32
	Slice      int32
	Source     int32
	Definition int32
	Status     indicator.Status
	Period     indicator.Period

	Value           float64 // NaN where missing
	Missing         indicator.Missing
	Precision       indicator.Precision
	Numerator       float64 // NaN where unknown
	Denominator     float64 // NaN where unknown
	CountsPrecision indicator.Precision

	PublishedOn    indicator.Day
	PeriodInferred bool
	Printed        string
	Note           string
	Offset         int32 // -1 where unknown
}

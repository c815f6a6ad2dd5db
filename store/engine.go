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

// RowCapError is returned by Select when the answer has more rows than Select.Cap. There is never a short result.
type RowCapError struct {
	Cap int
}

// Error names the cap.
func (e *RowCapError) Error() string {
	return fmt.Sprintf("the selection has more than %d rows", e.Cap)
}

// Bounds are an engine's limits on what its queries together take, in bytes; 0 where there is none or nobody can tell.
type Bounds struct {
	Memory    int64
	Temporary int64 // space for the temporary files of queries that outgrow the memory
}

// MemoryError is returned by Select and Count when the engine's limits on memory and temporary space do not suffice.
type MemoryError struct {
	Detail    string // the engine's words
	Temporary bool   // the temporary space does not suffice; otherwise the memory
	Limit     int64  // that of Bounds which was reached; 0 where nobody can tell
}

// Error has the engine's words.
func (e *MemoryError) Error() string { return "out of memory: " + e.Detail }

// UnavailableError is returned where a part of the store cannot be reached. There is never a part of an answer.
type UnavailableError struct {
	Detail string // what cannot be reached, in the engine's words
}

// Error says what cannot be reached.
func (e *UnavailableError) Error() string { return "the store cannot be reached: " + e.Detail }

// Engine holds snapshots. It is safe for concurrent use.
type Engine interface {
	// Pin returns the published snapshot, which stays readable until its Release. It costs no I/O. It returns
	// ErrNoSnapshot while nothing is published.
	Pin(ctx context.Context) (Snapshot, error)
	// Begin starts a load from the published snapshot and locks the store against other loads until Commit or Abort.
	// It removes what an interrupted load left behind. It returns a *LockedError at once while another load runs; see
	// BeginWait.
	Begin(ctx context.Context) (Writer, error)
	// Manifests returns every kept snapshot, newest first: the published one, earlier ones, and later ones where an
	// earlier one was published again. Those that cannot be read are left out; see Keeper.Kept.
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

// Writer builds the next snapshot. It is used by one goroutine: Append, Clear and Discard any number of times, Stage once, then
// Commit or Abort. After Commit or Abort nothing else may be called.
type Writer interface {
	// Parent returns the contents of the snapshot the load starts from; nil in an empty store.
	Parent() *Contents
	// Append adds reports to the batch. Their ordinals refer to the catalogue given to Stage.
	Append(ctx context.Context, batch []Report) error
	// Clear drops what has been appended so far.
	Clear(ctx context.Context) error
	// Discard takes back every report of the keys, whether it has been appended already or comes later. It is called
	// before Stage, any number of times; keys without a report are nothing to take back.
	Discard(ctx context.Context, keys []ReportKey) error
	// Withdraw adds a scope that the batch replaces: current reported figures in it whose key (region, indicator,
	// slice, status, period) no report of the batch has, discarded ones included, are withdrawn. They are current no longer and stay in history
	// with their end, beside a vintage that is Missing as Withdrawn and the newest for no day. It is called before Stage.
	Withdraw(ctx context.Context, s Scope) error
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
	Reader Reader
	// Parent reads the snapshot that the load started from, under the parent's catalogue; nil in an empty store.
	Parent  Reader
	Changes Changes
	// Touched are the indicators of which current figures may be others than the parent's, in any order; nil if those of all may be.
	Touched []int32
}

// Changes counts what a batch changes. Added and Revised are all that it adds to history.
type Changes struct {
	Added     int64 // figures that had no report: the first of each in the batch
	Revised   int64 // further reports of figures that have one, and withdrawals
	Withdrawn int64 // those of Revised that take a figure back: withdrawals, and reports without a value that follow one with a value by publication
	Unchanged int64 // reports that the parent holds already, identical in every field
	// Catalog says that the catalogue differs from the parent's.
	Catalog bool
	// Replaced counts the figures of each indicator of the scopes given to Withdraw, in the order of the catalogue; nil without
	// scopes. It lets a loader refuse to withdraw what a broken input lacks.
	Replaced []Replaced
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

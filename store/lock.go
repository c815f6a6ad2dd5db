package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// LockedError is returned by Begin while another load holds the store. What it says of the holder comes from the holder and
// is for people; fields that are not known are zero.
type LockedError struct {
	Holder  string // who holds the lock, in words
	PID     int
	Host    string
	Since   time.Time
	Command string
}

// Error names the holder.
func (e *LockedError) Error() string { return "the store is locked by " + e.Holder }

// OvertakenError is returned by Commit, Publish and Restore where another snapshot was published since the change began. Nothing of
// the change is published. An engine whose lock reaches every loader never returns it.
type OvertakenError struct {
	Published string // what is published now
	Before    string // what was when the change began; empty if nothing was
}

// Error says what to do.
func (e *OvertakenError) Error() string {
	before := e.Before
	if before == "" {
		before = "an empty store"
	}
	return "another load has published " + e.Published + " since this one began from " + before +
		", and this one was not published: run it again, and it begins from " + e.Published
}

// retryPause is the pause between two attempts to lock a store. An attempt is one system call.
const retryPause = 100 * time.Millisecond

// BeginWait begins a load as Begin does, and where another load holds the store it waits for its end or for that of the
// context: past a deadline the error is a *LockedError too, after a cancellation that alone. waiting, unless nil, is told
// at once for whom it waits, and again when the store has another holder.
func BeginWait(ctx context.Context, e Engine, waiting func(*LockedError)) (Writer, error) {
	return awaitLock(ctx, waiting, func() (Writer, error) { return e.Begin(ctx) })
}

// PublishWait publishes a kept snapshot as Publish does and waits like BeginWait.
func PublishWait(ctx context.Context, k Keeper, id string, waiting func(*LockedError)) error {
	_, err := awaitLock(ctx, waiting, func() (struct{}, error) { return struct{}{}, k.Publish(ctx, id) })
	return err
}

// PruneWait prunes as Prune does and waits like BeginWait.
func PruneWait(ctx context.Context, k Keeper, keep int, waiting func(*LockedError)) ([]string, error) {
	return awaitLock(ctx, waiting, func() ([]string, error) { return k.Prune(ctx, keep) })
}

// awaitLock tries until the error is not that the store is locked.
func awaitLock[T any](ctx context.Context, waiting func(*LockedError), try func() (T, error)) (T, error) {
	ticker := time.NewTicker(retryPause)
	defer ticker.Stop()
	said := ""
	for {
		result, err := try()
		var locked *LockedError
		if !errors.As(err, &locked) {
			return result, err
		}
		if waiting != nil && locked.Holder != said {
			said = locked.Holder
			waiting(locked)
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return result, fmt.Errorf("waiting for %s: %w", locked.Holder, ctx.Err())
			}
			return result, fmt.Errorf("%w: waiting ended: %w", err, ctx.Err())
		case <-ticker.C:
		}
	}
}

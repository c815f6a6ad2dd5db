package duckdb

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/countyql/countyql/store"
)

// lock keeps other loads out of a store, of this process and of any other on the machine. The operating system
// releases it when its process dies; what the file says is for people only.
type lock struct {
	flock *flock.Flock
}

// takeLock takes a store's lock at once or returns a *store.LockedError.
func takeLock(path string, now time.Time) (*lock, error) {
	f := flock.New(path)
	taken, err := f.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	if !taken {
		return nil, &store.LockedError{Holder: describeHolder(path)}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	text := fmt.Sprintf("process %d on %s since %s\n", os.Getpid(), host, now.UTC().Format(time.RFC3339))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return nil, fmt.Errorf("lock the store: %w", closeFlock(f, err))
	}
	return &lock{flock: f}, nil
}

func closeFlock(f *flock.Flock, err error) error {
	if unlockErr := f.Unlock(); err == nil {
		return unlockErr
	}
	return err
}

func describeHolder(path string) string {
	text, err := os.ReadFile(path)
	if holder := strings.TrimSpace(string(text)); err == nil && holder != "" {
		return holder
	}
	return "another load"
}

// release lets the next load in. The file stays: removing it would let two loads lock two files of one name.
func (l *lock) release() error {
	if err := os.Truncate(l.flock.Path(), 0); err != nil {
		return fmt.Errorf("unlock the store: %w", closeFlock(l.flock, err))
	}
	if err := l.flock.Unlock(); err != nil {
		return fmt.Errorf("unlock the store: %w", err)
	}
	return nil
}

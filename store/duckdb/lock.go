package duckdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/countyql/countyql/store"
)

// lock keeps other loads out of a store, of this process and of any other on the machine. The operating system
// releases it when its process dies; what the file says is for people only.
type lock struct {
	flock *flock.Flock
}

// holder is what the lock file says of who holds the lock.
type holder struct {
	Process int       `json:"process"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Command string    `json:"command"`
}

// takeLock takes a store's lock at once or returns a *store.LockedError.
func takeLock(path string, now time.Time) (*lock, error) {
	f := flock.New(path)
	taken, err := f.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	if !taken {
		return nil, describeHolder(path)
	}
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	text, err := json.Marshal(holder{Process: os.Getpid(), Host: host, Since: now.UTC().Truncate(time.Second), Command: command(os.Args)})
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", closeFlock(f, err))
	}
	// A full disk has no room for the name of the holder, and pruning, which makes room, needs the lock.
	_ = os.WriteFile(path, append(text, '\n'), 0o644)
	return &lock{flock: f}, nil
}

// command is what the lock file says of a command line: the program and the words before the first flag or path. The rest may
// hold what is nobody's business, and everybody may read the file.
func command(args []string) string {
	said := []string{filepath.Base(args[0])}
	for _, word := range args[1:] {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" || len(said) > 1 && said[1] != "snapshots" {
			break
		}
		said = append(said, word)
		if len(said) == 3 {
			break
		}
	}
	return strings.Join(said, " ")
}

func closeFlock(f *flock.Flock, err error) error {
	if unlockErr := f.Unlock(); err == nil {
		return unlockErr
	}
	return err
}

// describeHolder reads who holds a lock. The file may still name one who died, in the moment before the next one has
// written its own name.
func describeHolder(path string) *store.LockedError {
	var h holder
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err != nil || h.Process <= 0 || h.died() {
		return &store.LockedError{Holder: "another load"}
	}
	words := fmt.Sprintf("process %d", h.Process)
	if h.Host != "" {
		words += " on " + h.Host
	}
	words += " since " + h.Since.Format(time.RFC3339)
	if h.Command != "" {
		words += ": " + h.Command
	}
	return &store.LockedError{Holder: words, PID: h.Process, Host: h.Host, Since: h.Since, Command: h.Command}
}

// died reports whether the holder was a process of this machine that is no longer there.
func (h holder) died() bool {
	if host, err := os.Hostname(); err != nil || host != h.Host {
		return false
	}
	process, err := os.FindProcess(h.Process)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
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

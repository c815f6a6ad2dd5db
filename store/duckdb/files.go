package duckdb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/countyql/countyql/store"
)

// layout names the files of a store directory.
type layout string

func (l layout) current() string           { return filepath.Join(string(l), "CURRENT") }
func (l layout) lock() string              { return filepath.Join(string(l), "LOCK") }
func (l layout) snapshots() string         { return filepath.Join(string(l), "snapshots") }
func (l layout) staging() string           { return filepath.Join(string(l), "staging") }
func (l layout) snapshot(id string) string { return filepath.Join(l.snapshots(), id+snapshotSuffix) }

const snapshotSuffix = ".duckdb"

// idTime is the leading part of a snapshot id: sortable and without characters that any file system minds.
const idTime = "20060102T150405Z"

var idPattern = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$`)

// create makes the directories of a store.
func (l layout) create() error {
	for _, dir := range []string{string(l), l.snapshots(), l.staging()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("create the store: %w", err)
		}
	}
	return nil
}

// readCurrent returns the id of the published snapshot, store.ErrNoSnapshot if there is none.
func (l layout) readCurrent() (string, error) {
	text, err := os.ReadFile(l.current())
	if errors.Is(err, fs.ErrNotExist) {
		return "", store.ErrNoSnapshot
	}
	if err != nil {
		return "", fmt.Errorf("read the published snapshot's id: %w", err)
	}
	id := strings.TrimSpace(string(text))
	if !idPattern.MatchString(id) {
		return "", fmt.Errorf("%s holds %q, which is not a snapshot id", l.current(), id)
	}
	return id, nil
}

// ids returns the ids of the snapshot files, oldest first.
func (l layout) ids() ([]string, error) {
	entries, err := os.ReadDir(l.snapshots())
	if err != nil {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}
	var ids []string
	for _, entry := range entries {
		if id, ok := strings.CutSuffix(entry.Name(), snapshotSuffix); ok && idPattern.MatchString(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// newID returns an id that sorts behind the published one, however the clock stands and however fast loads follow.
func newID(now time.Time, contentHash, current string) string {
	t := now.UTC().Truncate(time.Second)
	if published, err := time.Parse(idTime, strings.SplitN(current, "-", 2)[0]); err == nil && !t.After(published) {
		t = published.Add(time.Second)
	}
	return t.Format(idTime) + "-" + contentHash[:8]
}

// removeLeftovers removes what an interrupted load left: everything staged, and files that were moved among the
// snapshots but never published. The caller holds the store's lock.
func (l layout) removeLeftovers() error {
	interrupted, err := os.ReadDir(l.staging())
	if err != nil {
		return fmt.Errorf("clean up after an interrupted load: %w", err)
	}
	current, err := l.readCurrent()
	if err != nil && !errors.Is(err, store.ErrNoSnapshot) {
		return err
	}
	ids, err := l.ids()
	if err != nil {
		return err
	}
	// A first load that was killed can leave one file without CURRENT, and then something in staging too. Otherwise CURRENT
	// itself was lost, and the files are somebody's data.
	if current == "" && len(ids) > 0 && (len(ids) > 1 || len(interrupted) == 0) {
		return fmt.Errorf("%s is missing and there are snapshots (%s): write the id of the one to publish into it", l.current(), strings.Join(ids, ", "))
	}
	for _, id := range ids {
		if id > current {
			if err := os.Remove(l.snapshot(id)); err != nil {
				return fmt.Errorf("remove an unpublished snapshot: %w", err)
			}
		}
	}
	// Staging goes last: it tells what the rest is.
	for _, entry := range interrupted {
		if err := os.RemoveAll(filepath.Join(l.staging(), entry.Name())); err != nil {
			return fmt.Errorf("clean up after an interrupted load: %w", err)
		}
	}
	return nil
}

// publish moves a staged file among the snapshots and makes it the published one. Killed before its last rename, it
// leaves the previous snapshot published. at is called before each step.
func (l layout) publish(staged, id string, at func(step string)) error {
	at("sync file")
	if err := syncPath(staged); err != nil {
		return err
	}
	at("move file")
	if err := os.Rename(staged, l.snapshot(id)); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	at("sync snapshots")
	if err := syncPath(l.snapshots()); err != nil {
		return err
	}
	at("write pointer")
	pointer := filepath.Join(filepath.Dir(staged), "CURRENT")
	if err := os.WriteFile(pointer, []byte(id+"\n"), 0o644); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	at("sync pointer")
	if err := syncPath(pointer); err != nil {
		return err
	}
	at("move pointer")
	if err := os.Rename(pointer, l.current()); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	at("sync store")
	return syncPath(string(l))
}

// syncPath makes a file or a directory's entries durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	err = f.Sync()
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

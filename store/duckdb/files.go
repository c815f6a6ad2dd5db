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

// create makes the directories of a store. Only what writes calls it: a store may lie where nothing can be written.
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
		return "", fmt.Errorf("%s holds %q, which is not a snapshot id: remove it and publish one of the snapshots kept", l.current(), id)
	}
	return id, nil
}

// published is readCurrent with an empty id where nothing is published.
func (l layout) published() (string, error) {
	id, err := l.readCurrent()
	if errors.Is(err, store.ErrNoSnapshot) {
		return "", nil
	}
	return id, err
}

// files returns the ids of the snapshot files, oldest first, also of those that are not published yet.
func (l layout) files() ([]string, error) {
	entries, err := os.ReadDir(l.snapshots())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
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

// kept returns the ids of the kept snapshots, oldest first, and that of the published one. The files are listed before the
// marks and the pointer last, so that a snapshot that is published meanwhile is never taken for one that is not.
func (l layout) kept() (ids []string, current string, err error) {
	if ids, err = l.files(); err != nil {
		return nil, "", err
	}
	marked, err := l.marked()
	if err != nil {
		return nil, "", err
	}
	if current, err = l.published(); err != nil {
		return nil, "", err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id != current && slices.Contains(marked, id) })
	return ids, current, nil
}

// unknown is the error for an id that is not kept.
func unknown(id string, kept []string) error {
	newest := slices.Clone(kept)
	slices.Reverse(newest)
	return &store.UnknownSnapshotError{ID: id, Kept: newest}
}

// newID returns an id that sorts behind all that there are, however the clock stands and however fast loads follow.
func newID(now time.Time, contentHash string, ids []string) string {
	t := now.UTC().Truncate(time.Second)
	if len(ids) > 0 {
		newest, err := time.Parse(idTime, strings.SplitN(slices.Max(ids), "-", 2)[0])
		if err == nil && !t.After(newest) {
			t = newest.Add(time.Second)
		}
	}
	return t.Format(idTime) + "-" + contentHash[:8]
}

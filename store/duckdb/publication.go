package duckdb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mark is the file in a load's staging directory that names the snapshot whose file the load moves among the others. While
// it is there and CURRENT names another snapshot, that file is not published.
const mark = "PUBLISHING"

// marked returns the ids that loads under way or interrupted have marked.
func (l layout) marked() ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(globQuoted(l.staging()), "*", mark))
	if err != nil {
		return nil, fmt.Errorf("list the marks of loads: %w", err)
	}
	var ids []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the load has ended
		}
		if err != nil {
			return nil, fmt.Errorf("list the marks of loads: %w", err)
		}
		ids = append(ids, strings.TrimSpace(string(text)))
	}
	return ids, nil
}

// globQuoted is a path as a pattern that matches only itself.
func globQuoted(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// removeLeftovers removes what an interrupted load left: everything staged, and the file that it moved among the snapshots
// but did not publish. wanted, which may be empty, is spared. The caller holds the store's lock.
func (l layout) removeLeftovers(wanted string) error {
	current, err := l.published()
	if err != nil {
		return err
	}
	interrupted, err := l.marked()
	if err != nil {
		return err
	}
	for _, id := range interrupted {
		if id == current || id == wanted || !idPattern.MatchString(id) {
			continue
		}
		if err := os.Remove(l.snapshot(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an unpublished snapshot: %w", err)
		}
	}
	// The marks go last: they tell what the rest is.
	entries, err := os.ReadDir(l.staging())
	if err != nil {
		return fmt.Errorf("clean up after an interrupted load: %w", err)
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(l.staging(), entry.Name())); err != nil {
			return fmt.Errorf("clean up after an interrupted load: %w", err)
		}
	}
	return nil
}

// checkPointer refuses a store whose CURRENT was lost: its snapshots are somebody's data, and which was published is not
// known. The caller has removed leftovers.
func (l layout) checkPointer() error {
	ids, current, err := l.kept()
	if err != nil || current != "" || len(ids) == 0 {
		return err
	}
	slices.Reverse(ids)
	return fmt.Errorf("%s is missing and there are snapshots: publish one of them (%s)", l.current(), strings.Join(ids, ", "))
}

// publish moves the file staged in a load's directory among the snapshots and makes it the published one. Killed before
// its last rename, it leaves the previous snapshot published. at is called before each step.
func (l layout) publish(dir, staged, id string, at func(step string)) error {
	at("sync file")
	if err := syncPath(staged); err != nil {
		return err
	}
	at("write mark")
	if err := writeSynced(filepath.Join(dir, mark), id); err != nil {
		return err
	}
	at("sync mark")
	if err := errors.Join(syncPath(dir), syncPath(l.staging())); err != nil {
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
	return l.point(dir, id, at)
}

// point makes a snapshot whose file is in its place the published one; dir is a directory below staging.
func (l layout) point(dir, id string, at func(step string)) error {
	at("write pointer")
	pointer := filepath.Join(dir, "CURRENT")
	if err := writeSynced(pointer, id); err != nil {
		return err
	}
	at("move pointer")
	if err := os.Rename(pointer, l.current()); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	at("sync store")
	return syncPath(string(l))
}

// discard removes the directory of a load that has ended, and the file it moved among the snapshots if that was not
// published. What cannot be removed keeps its mark and waits for the next load.
func (l layout) discard(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, mark))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if id := strings.TrimSpace(string(text)); idPattern.MatchString(id) {
		current, err := l.published()
		if err != nil {
			return err
		}
		if id != current {
			if err := os.Remove(l.snapshot(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("remove an unpublished snapshot: %w", err)
			}
		}
	}
	return os.RemoveAll(dir)
}

// writeSynced writes an id into a new file, durably but for the directory's entry.
func writeSynced(path, id string) error {
	if err := os.WriteFile(path, []byte(id+"\n"), 0o644); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return syncPath(path)
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

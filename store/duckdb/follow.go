package duckdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/countyql/countyql/store"
)

// Follow serves each snapshot that is published into the directory, by whatever process, until the context ends; then
// it returns nil. File events make it prompt, polling makes it reliable where there are none, as on network disks. A
// snapshot that cannot be opened is logged and tried again, and the previous one stays served.
func (e *Engine) Follow(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("follow the store: %w", err)
	}
	defer watcher.Close()
	if err := watcher.Add(string(e.layout)); err != nil {
		e.options.Logger.Warn("no file events: following by polling alone", "error", err)
	}
	poll := time.NewTicker(e.options.Poll)
	defer poll.Stop()
	var logged string // a failure is logged once, not at every poll
	for {
		err := e.Refresh(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errClosed):
			return err
		case err == nil || errors.Is(err, store.ErrNoSnapshot):
			logged = ""
		case err.Error() != logged:
			logged = err.Error()
			e.options.Logger.Error("cannot serve the published snapshot", "error", err)
		}
		if !awaitChange(ctx, watcher, poll.C, e.layout.current()) {
			return nil
		}
	}
}

// awaitChange waits until the file may have changed; false when the context has ended.
func awaitChange(ctx context.Context, watcher *fsnotify.Watcher, poll <-chan time.Time, path string) bool {
	events := watcher.Events
	for {
		select {
		case <-ctx.Done():
			return false
		case <-poll:
			return true
		case event, ok := <-events:
			if !ok {
				events = nil // the poll remains
				continue
			}
			if filepath.Base(event.Name) == filepath.Base(path) {
				return true
			}
		case <-watcher.Errors:
			return true
		}
	}
}

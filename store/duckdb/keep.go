package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/countyql/countyql/store"
)

// Kept returns the ids of the kept snapshots, newest first, and that of the published one.
func (e *Engine) Kept(context.Context) (ids []string, published string, err error) {
	ids, published, err = e.layout.kept()
	slices.Reverse(ids)
	return ids, published, err
}

// Manifests returns every kept snapshot that can be read, newest first. It reads each file once.
func (e *Engine) Manifests(ctx context.Context) ([]store.Manifest, error) {
	ids, _, err := e.layout.kept()
	if err != nil {
		return nil, err
	}
	var manifests []store.Manifest
	for _, id := range slices.Backward(ids) {
		m, err := e.manifest(ctx, id)
		var damaged *store.DamagedError
		switch {
		case errors.Is(err, fs.ErrNotExist): // pruned meanwhile
		case errors.As(err, &damaged):
			e.options.Logger.Error("a kept snapshot cannot be read", "snapshot", id, "error", err)
		case err != nil:
			return nil, err
		default:
			manifests = append(manifests, m)
		}
	}
	return manifests, nil
}

func (e *Engine) manifest(ctx context.Context, id string) (store.Manifest, error) {
	e.mu.Lock()
	known, ok := e.manifests[id]
	e.mu.Unlock()
	if ok {
		return known, nil
	}
	path := e.layout.snapshot(id)
	db, err := e.openFile(ctx, path, e.snapshotSettings())
	if err != nil {
		return store.Manifest{}, damaged(ctx, id, err)
	}
	defer db.close()
	m, err := readManifest(ctx, db, path)
	if err != nil {
		return store.Manifest{}, damaged(ctx, id, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.manifests[id] = m.Manifest
	return m.Manifest, nil
}

// Open returns a kept snapshot. One that is open already is opened only once.
func (e *Engine) Open(ctx context.Context, id string) (store.Snapshot, error) {
	if err := e.checkKept(id); err != nil {
		return nil, err
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, errClosed
	}
	for h := range e.open {
		if h.contents.Manifest.ID == id {
			h.refs++
			e.mu.Unlock()
			return &pinned{handle: h, engine: e}, nil
		}
	}
	e.mu.Unlock()
	h, err := e.openSnapshot(ctx, id)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		h.close()
		return nil, errClosed
	}
	h.refs = 1
	e.open[h] = true
	return &pinned{handle: h, engine: e}, nil
}

// checkKept returns a *store.UnknownSnapshotError unless a snapshot is kept.
func (e *Engine) checkKept(id string) error {
	ids, _, err := e.layout.kept()
	if err == nil && !slices.Contains(ids, id) {
		err = unknown(id, ids)
	}
	return err
}

// Publish makes a kept snapshot the published one. It is opened first, so that one that cannot be served is not published.
func (e *Engine) Publish(ctx context.Context, id string) (err error) {
	lock, err := e.lockStore(id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	ids, current, err := e.layout.kept()
	switch {
	case err != nil:
		return err
	case !slices.Contains(ids, id):
		return unknown(id, ids)
	case id == current:
		return e.Refresh(ctx)
	}
	h, err := e.openSnapshot(ctx, id)
	if err != nil {
		return err
	}
	if err := e.point(ctx, id); err != nil {
		h.close()
		return fmt.Errorf("publish %s: %w", id, err)
	}
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	return e.serve(h)
}

func (e *Engine) point(ctx context.Context, id string) error {
	dir, err := os.MkdirTemp(e.layout.staging(), "publish-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := ctx.Err(); err != nil {
		return err
	}
	return e.layout.point(dir, id, e.atStep)
}

// Prune removes snapshots but for the published one and the newest others.
func (e *Engine) Prune(_ context.Context, keep int) (removed []string, err error) {
	if keep < 1 {
		return nil, fmt.Errorf("prune: %d snapshots cannot be kept: keep at least the published one", keep)
	}
	lock, err := e.lockStore("")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	if err := e.layout.checkPointer(); err != nil {
		return nil, err
	}
	return e.prune(keep)
}

// prune is Prune under the store's lock.
func (e *Engine) prune(keep int) (removed []string, err error) {
	ids, current, err := e.layout.kept()
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(ids, func(id string) bool { return id == current })
	for _, id := range others[:max(0, len(others)-(keep-1))] {
		if err := os.Remove(e.layout.snapshot(id)); err != nil {
			return removed, fmt.Errorf("prune: %w", err)
		}
		removed = append(removed, id)
		e.mu.Lock()
		delete(e.manifests, id)
		e.mu.Unlock()
	}
	if len(removed) == 0 {
		return nil, nil
	}
	return removed, syncPath(e.layout.snapshots())
}

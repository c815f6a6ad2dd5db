package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countyql/countyql/store"
)

// Kept returns the ids of the kept snapshots, newest first, and that of the published one.
func (e *Engine) Kept(ctx context.Context) (ids []string, published string, err error) {
	h, err := e.history(ctx, e.entries)
	if err != nil {
		return nil, "", err
	}
	ids = h.kept()
	slices.Reverse(ids)
	return ids, h.published(), nil
}

// Manifests returns every kept snapshot that can be read, newest first. It reads each once.
func (e *Engine) Manifests(ctx context.Context) ([]store.Manifest, error) {
	ids, _, err := e.Kept(ctx)
	if err != nil {
		return nil, err
	}
	var manifests []store.Manifest
	for _, id := range ids {
		m, err := e.readManifest(ctx, id)
		var damaged *store.DamagedError
		var format *FormatError
		switch {
		case errors.As(err, &damaged), errors.As(err, &format):
			e.options.Logger.Error("a kept snapshot cannot be read", "snapshot", id, "error", err)
		case err != nil:
			return nil, err
		default:
			manifests = append(manifests, m)
		}
	}
	return manifests, nil
}

func (e *Engine) readManifest(ctx context.Context, id string) (store.Manifest, error) {
	e.mu.Lock()
	known, ok := e.manifests[id]
	e.mu.Unlock()
	if ok {
		return known, nil
	}
	documents, err := e.readDocuments(ctx, id, kindManifest)
	if err != nil {
		return store.Manifest{}, err
	}
	m, err := decodeManifest(id, documents[kindManifest])
	if err != nil {
		var format *FormatError
		if errors.As(err, &format) {
			return store.Manifest{}, err
		}
		return store.Manifest{}, &store.DamagedError{ID: id, Err: err}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.manifests[id] = m.Manifest
	return m.Manifest, nil
}

// Open returns a kept snapshot. One that is open already is opened only once.
func (e *Engine) Open(ctx context.Context, id string) (store.Snapshot, error) {
	if err := e.checkKept(ctx, id); err != nil {
		return nil, err
	}
	h, err := e.pinID(ctx, id)
	if err != nil {
		return nil, err
	}
	return &pinned{handle: h}, nil
}

// pinID counts a reference to a snapshot, which it opens if need be.
func (e *Engine) pinID(ctx context.Context, id string) (*handle, error) {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, errClosed
	}
	for h := range e.open {
		if h.contents.Manifest.ID == id {
			h.refs++
			e.mu.Unlock()
			return h, nil
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
		return nil, errClosed
	}
	h.refs = 1
	e.open[h] = true
	return h, nil
}

// checkKept returns a *store.UnknownSnapshotError unless a snapshot is kept.
func (e *Engine) checkKept(ctx context.Context, id string) error {
	ids, _, err := e.Kept(ctx)
	if err == nil && !slices.Contains(ids, id) {
		err = &store.UnknownSnapshotError{ID: id, Kept: ids}
	}
	return err
}

// Publish makes a kept snapshot the published one.
func (e *Engine) Publish(ctx context.Context, id string) error {
	c, err := e.begin(ctx)
	if err != nil {
		return err
	}
	defer c.end()
	return c.publishKept(ctx, id)
}

func (c *change) publishKept(ctx context.Context, id string) error {
	ids := c.history.kept()
	switch {
	case !slices.Contains(ids, id):
		slices.Reverse(ids)
		return &store.UnknownSnapshotError{ID: id, Kept: ids}
	case id == c.history.published():
		return c.engine.Refresh(ctx)
	}
	if err := c.publish(ctx, id); err != nil {
		return fmt.Errorf("publish %s: %w", id, err)
	}
	return nil
}

// Prune removes snapshots but for the published one and the newest others. Their tables stay for the time of grace, until the first
// change behind it.
func (e *Engine) Prune(ctx context.Context, keep int) (removed []string, err error) {
	if keep < 1 {
		return nil, fmt.Errorf("prune: %d snapshots cannot be kept: keep at least the published one", keep)
	}
	c, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer c.end()
	return c.prune(ctx, keep)
}

func (c *change) prune(ctx context.Context, keep int) (removed []string, err error) {
	h, err := c.engine.history(ctx, c.servers())
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(h.kept(), func(id string) bool { return id == h.published() })
	removed = others[:max(0, len(others)-(keep-1))]
	if len(removed) == 0 {
		return nil, nil
	}
	if err := c.engine.record(ctx, c.live, entryPruned, removed...); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	c.engine.mu.Lock()
	defer c.engine.mu.Unlock()
	for _, id := range removed {
		delete(c.engine.manifests, id)
	}
	return removed, nil
}

package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/store"
)

// change is a load, a publication or a pruning under way: the locked store and the servers it goes to.
type change struct {
	*live
	engine  *Engine
	lock    *lock
	history history // when the change began
}

// beginTimeout bounds how long the servers may take to say who they are and whether the store is locked.
const beginTimeout = 30 * time.Second

// cleanupTimeout bounds the removal of what a change leaves, which happens after its context has ended.
const cleanupTimeout = 30 * time.Second

// begin locks the store, makes the log where it is missing and removes what interrupted loads left and what was pruned long ago.
func (e *Engine) begin(ctx context.Context) (_ *change, err error) {
	e.mu.Lock()
	closed := e.closed
	e.mu.Unlock()
	if closed {
		return nil, errClosed
	}
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return nil, err
	}
	// Past its deadline the caller still learns who holds the lock.
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), beginTimeout)
	defer cancel()
	cluster, err := e.cluster(asking)
	if err != nil {
		return nil, err
	}
	c := &change{engine: e}
	if c.live, err = e.live(asking, cluster); err != nil {
		return nil, err
	}
	if c.lock, err = e.takeLock(asking, c.servers()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.end()
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.each(ctx, func(ctx context.Context, _ int, s *server) error { return e.createLog(ctx, s) }); err != nil {
		return nil, err
	}
	if c.history, err = e.history(ctx, c.servers()); err != nil {
		return nil, err
	}
	return c, c.removeLeftovers(ctx)
}

// end unlocks the store.
func (c *change) end() { c.lock.release() }

// removeLeftovers drops the tables of loads that never published them, and of snapshots that were pruned before the time of grace
// and that this engine does not read.
func (c *change) removeLeftovers(ctx context.Context) error {
	kept := c.history.kept()
	spared := func(id string) bool {
		if slices.Contains(kept, id) || c.engine.isOpen(id) {
			return true
		}
		at, pruned := c.history.prunedAt(id)
		return pruned && c.engine.options.Now().Sub(at) < c.engine.options.Grace
	}
	return c.each(ctx, func(ctx context.Context, _ int, s *server) error {
		names, err := c.engine.tableNames(ctx, s)
		if err != nil {
			return err
		}
		for _, name := range names {
			id, loading, ok := idOf(name)
			if !ok || !loading && spared(id) {
				continue
			}
			if err := s.exec(ctx, "DROP TABLE IF EXISTS "+c.engine.config.Database+"."+name); err != nil {
				return fmt.Errorf("remove what an earlier load left: %w", err)
			}
		}
		return nil
	})
}

// tableNames are the tables of the store on a server.
func (e *Engine) tableNames(ctx context.Context, s *server) ([]string, error) {
	var names []string
	err := s.query(ctx, client.Settings{}, "SELECT name FROM system.tables WHERE database = "+quoted(e.config.Database), func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

// isOpen reports whether this engine reads a snapshot.
func (e *Engine) isOpen(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for h := range e.open {
		if h.contents.Manifest.ID == id {
			return true
		}
	}
	return false
}

// drop removes the tables of a snapshot that was not published, wherever they are. What cannot be removed waits for the next load.
func (c *change) drop(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	var failed []error
	for _, s := range c.servers() {
		for _, name := range c.engine.tables(id).names() {
			if err := s.exec(ctx, "DROP TABLE IF EXISTS "+name); err != nil {
				failed = append(failed, err)
				break
			}
		}
	}
	return errors.Join(failed...)
}

// publish records a snapshot, complete on all servers of the change, as the published one and serves it. Right before, it looks whether
// the lock is still held and nothing was published by others since the change began; then it returns a *store.OvertakenError.
func (c *change) publish(ctx context.Context, id string) error {
	e := c.engine
	// Nothing else may serve this snapshot before it is served from here, so that Pin returns it as soon as this does.
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	h, err := e.openSnapshot(ctx, id)
	if err != nil {
		return err
	}
	e.atStep("publish")
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.lock.held(); err != nil {
		return err
	}
	now, err := e.history(ctx, c.servers())
	if err != nil {
		return err
	}
	if before := c.history.published(); now.published() != before {
		return &store.OvertakenError{Published: now.published(), Before: before}
	}
	if err := e.record(ctx, c.live, entryPublished, id); err != nil {
		return err
	}
	return e.serve(h)
}

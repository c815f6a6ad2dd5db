package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// writer builds the next snapshot in the staging and sends it to the cluster.
type writer struct {
	store.Writer // of the staging
	engine       *Engine
	change       *change
	staging      Staging
	parent       *handle // nil in an empty store; pinned
	ended        bool
}

var _ store.Writer = (*writer)(nil)

// errReadOnly is returned where an engine without a staging would load.
var errReadOnly = errors.New("this engine only reads: it was opened without a staging")

// Begin locks the store, brings the staging to the published snapshot and starts a load there.
func (e *Engine) Begin(ctx context.Context) (store.Writer, error) {
	staging, err := e.openStaging()
	if err != nil {
		return nil, err
	}
	c, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{engine: e, change: c, staging: staging}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("begin: %w", err), w.Abort())
	}
	return w, nil
}

// openStaging opens the staging at the first load.
func (e *Engine) openStaging() (Staging, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return nil, errClosed
	case e.staging != nil:
		return e.staging, nil
	case e.options.Staging == nil:
		return nil, errReadOnly
	}
	staging, err := e.options.Staging(func() []string {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.behind
	})
	e.staging = staging
	return staging, err
}

func (w *writer) open(ctx context.Context) error {
	e := w.engine
	e.mu.Lock()
	e.behind = nil
	for _, entry := range w.change.history {
		if idPattern.MatchString(entry.id) {
			e.behind = append(e.behind, entry.id)
		}
	}
	e.mu.Unlock()
	if id := w.change.history.published(); id != "" {
		p, err := e.pinID(ctx, id)
		if err != nil {
			return err
		}
		w.parent = p
	}
	err := w.beginStaging(ctx)
	var damaged *store.DamagedError
	if errors.As(err, &damaged) && w.parent != nil {
		// The copy is of no use, and there is another one.
		e.options.Logger.Warn("the staging is damaged: it is filled again", "error", err)
		if err := w.staging.Clear(ctx); err != nil {
			return err
		}
		err = w.beginStaging(ctx)
	}
	return err
}

// beginStaging brings the staging to the parent and starts a load from it.
func (w *writer) beginStaging(ctx context.Context) error {
	ids, published, err := w.staging.Kept(ctx)
	if err != nil {
		return err
	}
	switch {
	case w.parent == nil && published == "" && len(ids) == 0:
	case w.parent == nil:
		err = w.staging.Clear(ctx)
	default:
		if err = w.syncStaging(ctx, ids, published); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if w.Writer, err = w.staging.Begin(ctx); err != nil {
		return err
	}
	parent, want := w.Writer.Parent(), w.Parent()
	if (parent == nil) != (want == nil) || parent != nil && parent.Manifest.ContentHash != want.Manifest.ContentHash {
		return errors.New("the staging holds another snapshot than the one that is published: another engine uses it too")
	}
	return nil
}

// syncStaging makes the parent the published snapshot of the staging: by the copy that it keeps, or by one that is read from the cluster.
func (w *writer) syncStaging(ctx context.Context, ids []string, published string) error {
	m := w.parent.contents.Manifest
	copies, err := w.staging.Manifests(ctx)
	if err != nil {
		return err
	}
	usable := slices.Contains(ids, m.ID) && slices.ContainsFunc(copies, func(c store.Manifest) bool {
		return c.ID == m.ID && c.ContentHash == m.ContentHash
	})
	switch {
	case !usable:
		return w.staging.Restore(ctx, w.parent)
	case published != m.ID:
		return w.staging.Publish(ctx, m.ID)
	}
	return nil
}

// Parent returns the contents of the snapshot the load starts from; nil in an empty store.
func (w *writer) Parent() *store.Contents {
	if w.parent == nil {
		return nil
	}
	return w.parent.contents
}

// errEnded is returned for what comes after the end of a load.
var errEnded = errors.New("the load has ended")

// Append adds reports to the batch.
func (w *writer) Append(ctx context.Context, batch []store.Report) error {
	if w.ended {
		return errEnded
	}
	return w.Writer.Append(ctx, batch)
}

// Stage merges the batch in the staging.
func (w *writer) Stage(ctx context.Context, c *catalog.Catalog) (*store.Staged, error) {
	if w.ended {
		return nil, errEnded
	}
	return w.Writer.Stage(ctx, c)
}

// Commit completes the snapshot in the staging, sends what is new of it to the cluster and publishes it there.
func (w *writer) Commit(ctx context.Context, load indicator.Load, checks []indicator.CheckResult) (store.Manifest, error) {
	if w.ended {
		return store.Manifest{}, errEnded
	}
	m, err := w.commit(ctx, load, checks)
	if err != nil {
		err = fmt.Errorf("commit: %w", err)
	}
	return m, errors.Join(err, w.Abort())
}

func (w *writer) commit(ctx context.Context, load indicator.Load, checks []indicator.CheckResult) (store.Manifest, error) {
	staged, err := w.Writer.Commit(ctx, load, checks)
	if err != nil {
		return store.Manifest{}, err
	}
	copied, err := w.staging.Open(ctx, staged.ID)
	if err != nil {
		return store.Manifest{}, err
	}
	defer copied.Release()
	whole, ok := copied.(content.Whole)
	if !ok {
		return store.Manifest{}, fmt.Errorf("the staging's snapshots cannot be read as a whole: they are %T", copied)
	}
	m, err := w.change.bring(ctx, whole, w.parent)
	if err != nil {
		return store.Manifest{}, err
	}
	e := w.engine
	if removed, err := w.staging.Prune(ctx, 1); err != nil {
		e.options.Logger.Warn("cannot remove old copies of the staging", "removed", removed, "error", err)
	}
	if e.options.Keep > 0 {
		if removed, err := w.change.prune(ctx, e.options.Keep); err != nil {
			e.options.Logger.Warn("cannot remove old snapshots", "removed", removed, "error", err)
		}
	}
	return m, nil
}

// bring uploads and publishes a snapshot. Failed, it leaves nothing behind.
func (c *change) bring(ctx context.Context, whole content.Whole, before *handle) (store.Manifest, error) {
	id := whole.Contents().Manifest.ID
	m, err := c.upload(ctx, whole, before)
	if err == nil {
		err = c.publish(ctx, id)
	}
	if err == nil {
		return m, nil
	}
	// Whether an entry that failed has been written is asked: what is published stays.
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	h, asked := c.engine.history(asking, c.servers())
	if asked != nil {
		return store.Manifest{}, errors.Join(err, asked)
	}
	if slices.Contains(h.kept(), id) {
		return m, fmt.Errorf("snapshot %s is published: %w", id, err)
	}
	return store.Manifest{}, errors.Join(err, c.drop(ctx, id))
}

// Abort drops what was staged and unlocks the store.
func (w *writer) Abort() error {
	if w.ended {
		return nil
	}
	w.ended = true
	var err error
	if w.Writer != nil {
		err = w.Writer.Abort()
	}
	if w.parent != nil {
		w.engine.release(w.parent)
	}
	w.change.end()
	return err
}

// Restore makes a snapshot that another engine keeps the published one here, under its own id. It returns a *store.LockedError while
// a load runs.
func (e *Engine) Restore(ctx context.Context, whole content.Whole) error {
	id := whole.Contents().Manifest.ID
	if !idPattern.MatchString(id) {
		return fmt.Errorf("restore: %q is not the id of a snapshot", id)
	}
	c, err := e.begin(ctx)
	if err != nil {
		return err
	}
	defer c.end()
	if slices.Contains(c.history.kept(), id) {
		return c.publishKept(ctx, id)
	}
	if _, pruned := c.history.prunedAt(id); pruned {
		if err := c.drop(ctx, id); err != nil {
			return err
		}
	}
	var before *handle
	if published := c.history.published(); published != "" {
		p, err := e.pinID(ctx, published)
		if err != nil {
			return err
		}
		defer e.release(p)
		before = p
	}
	if _, err := c.bring(ctx, whole, before); err != nil {
		return fmt.Errorf("restore %s: %w", id, err)
	}
	return nil
}

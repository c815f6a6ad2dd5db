package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// Staging is the engine in which loads are merged and checked before their rows are sent. It keeps a copy of the published snapshot,
// and may be emptied at any time between loads.
type Staging interface {
	store.Engine
	store.Keeper
	// Restore makes a snapshot that is kept elsewhere the published one here, under its own id.
	Restore(ctx context.Context, whole content.Whole) error
	// Clear removes every snapshot.
	Clear(ctx context.Context) error
}

// Options are the optional settings of an engine.
type Options struct {
	// Staging opens the engine in which loads are merged, at the first load; behind returns ids behind which those of
	// new snapshots must sort. Default: none, and the engine only reads.
	Staging func(behind func() []string) (Staging, error)
	// Logger receives what happens outside of a call: swaps of snapshots, servers that do not answer. Default: nothing is logged.
	Logger *slog.Logger
	// Poll is how often Follow reads the log of publications. Default: one second.
	Poll time.Duration
	// Grace is how long the tables of a pruned snapshot stay for those who read them. Default: ten minutes.
	Grace time.Duration
	// Keep is how many snapshots a load leaves: the one it has published and the newest others. Default: all.
	Keep int
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	// OnQuery is called after every query of a Select or Count, from the goroutine that asked. Default: nothing.
	OnQuery func(ctx context.Context, query store.Executed)
	// OnPublish is called when the engine has begun to serve another snapshot. Calls do not overlap. It must neither block nor
	// call the engine. Default: nothing.
	OnPublish func(store.Manifest)
}

// grace is longer than any request.
const grace = 10 * time.Minute

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Grace <= 0 {
		o.Grace = grace
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Engine serves and loads the store in one database of a cluster. Any number of engines may use it; their loads exclude each other.
type Engine struct {
	config  *Config
	options Options
	entries []*server // those of the URL
	turn    atomic.Int64

	refreshing sync.Mutex // held while the log is read and its snapshot opened

	mu        sync.Mutex
	servers   map[string]*server // by address
	serving   *handle            // the published snapshot as last seen
	open      map[*handle]bool
	manifests map[string]store.Manifest // of the snapshots read so far, by id: they never change
	staging   Staging                   // nil before the first load
	behind    []string                  // the ids that there are, for the staging
	closed    bool

	// atStep is called before each step of a commit, so that a test can end the process there.
	atStep func(step string)
}

var (
	_ store.Engine = (*Engine)(nil)
	_ store.Keeper = (*Engine)(nil)
)

var errClosed = errors.New("the store is closed")

// Open opens the store in a cluster. It connects to nothing yet.
func Open(config *Config, options Options) (*Engine, error) {
	e := &Engine{
		config: config, options: options.withDefaults(), servers: make(map[string]*server), open: make(map[*handle]bool),
		manifests: make(map[string]store.Manifest), atStep: func(string) {},
	}
	for _, address := range config.Addresses {
		s, err := e.server(address)
		if err != nil {
			return nil, fmt.Errorf("open the store: %w", err)
		}
		e.entries = append(e.entries, s)
	}
	return e, nil
}

// Pin returns the published snapshot as this engine has last seen it; see store.Engine.
func (e *Engine) Pin(ctx context.Context) (store.Snapshot, error) {
	p, err := e.pin()
	if !errors.Is(err, store.ErrNoSnapshot) {
		return p, err
	}
	if err := e.Refresh(ctx); err != nil {
		return nil, err
	}
	return e.pin()
}

func (e *Engine) pin() (store.Snapshot, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	if e.serving == nil {
		return nil, store.ErrNoSnapshot
	}
	e.serving.refs++
	return &pinned{handle: e.serving}, nil
}

func (e *Engine) release(h *handle) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if h.refs--; h.refs == 0 {
		delete(e.open, h)
	}
}

// Refresh looks whether another snapshot has been published and if so begins to serve it. Pins do not wait for it. It returns
// store.ErrNoSnapshot while nothing is published.
func (e *Engine) Refresh(ctx context.Context) error {
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	ctx, cancel := context.WithTimeout(ctx, e.config.QueryTimeout)
	defer cancel()
	id, err := e.current(ctx)
	if err != nil {
		return err
	}
	e.mu.Lock()
	closed, same := e.closed, e.serving != nil && e.serving.contents.Manifest.ID == id
	e.mu.Unlock()
	if closed {
		return errClosed
	}
	if same {
		return nil
	}
	h, err := e.openSnapshot(ctx, id)
	if err != nil {
		return err
	}
	return e.serve(h)
}

// serve makes an opened snapshot the one that is pinned. The caller holds e.refreshing.
func (e *Engine) serve(h *handle) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return errClosed
	}
	previous := e.serving
	h.refs = 1
	e.open[h] = true
	e.manifests[h.contents.Manifest.ID] = h.contents.Manifest
	e.serving = h
	e.mu.Unlock()
	if previous != nil {
		e.release(previous)
	}
	if e.options.OnPublish != nil {
		e.options.OnPublish(h.contents.Manifest)
	}
	e.options.Logger.Info("serving snapshot", "snapshot", h.contents.Manifest.ID)
	return nil
}

// Follow serves each snapshot that is published, by whatever process, until the context ends; then it returns nil. A failure is
// logged once and tried again, and the previous snapshot stays served.
func (e *Engine) Follow(ctx context.Context) error {
	poll := time.NewTicker(e.options.Poll)
	defer poll.Stop()
	var logged string
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
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		}
	}
}

// Close closes the engine. It returns an error if snapshots are still pinned.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	current := e.serving
	e.serving = nil
	staging := e.staging
	e.mu.Unlock()
	if current != nil {
		e.release(current)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var failed []error
	if staging != nil {
		failed = append(failed, staging.Close())
	}
	if len(e.open) > 0 {
		failed = append(failed, fmt.Errorf("the store was closed with %d snapshots still pinned", len(e.open)))
	}
	for _, s := range e.servers {
		failed = append(failed, s.conn.Close())
	}
	return errors.Join(failed...)
}

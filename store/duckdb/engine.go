package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/store"
)

// Options are the optional settings of an engine.
type Options struct {
	// Logger receives what happens outside of a call: swaps of snapshots and failures to follow. Default: nothing is
	// logged.
	Logger *slog.Logger
	// Poll is how often Follow reads CURRENT where no file event says that it changed. Default: one second.
	Poll time.Duration
	// Threads is the number of threads of each open snapshot and of a load. Default: one per processor.
	Threads int
	// MemoryLimit bounds the memory of each open snapshot and of a load, as DuckDB writes it: 4GB. Default: four
	// fifths of the machine's for snapshots, 1200MB for a load, which spills the rest. A first load may keep as much in Go.
	MemoryLimit string
	// TempLimit bounds the space that the queries of each open snapshot, and a load, spill into, as DuckDB writes it: 10GB.
	// Default: DuckDB's, nine tenths of what is free.
	TempLimit string
	// TempDir is where queries that outgrow the memory limit spill. Default: the system's directory for temporary
	// files. Loads spill into the store's staging directory.
	TempDir string
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	// Keep is how many snapshots a load leaves: the one it has published and the newest others, as Prune does. Those
	// that cannot be removed are logged. Default: all.
	Keep int
	// Behind returns ids of snapshots, kept elsewhere, behind which those of new ones must sort. Default: none.
	Behind func() []string
	// OnQuery is called after every query of a Select or Count, from the goroutine that asked. Default: nothing.
	OnQuery func(ctx context.Context, query store.Executed)
	// OnPublish is called when the engine has begun to serve another snapshot: Pin returns it already. Calls do not overlap. It
	// must neither block nor call the engine. Default: nothing.
	OnPublish func(store.Manifest)
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.TempDir == "" {
		o.TempDir = os.TempDir()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Engine serves and loads the store in one directory. Any number of engines, in any number of processes, may use the
// same directory; their loads exclude each other.
type Engine struct {
	layout  layout
	options Options

	refreshing sync.Mutex // held while CURRENT is read and its snapshot opened

	mu        sync.Mutex
	current   *handle // the published snapshot as last seen; the engine refers to it
	open      map[*handle]bool
	manifests map[string]store.Manifest // of the snapshot files read so far, by id: they never change
	closed    bool

	// atStep is called before each step of a publication, so that a test can end the process there.
	atStep func(step string)
	most   shares // constant but for tests
}

var _ store.Engine = (*Engine)(nil)

var errClosed = errors.New("the store is closed")

var _ store.Keeper = (*Engine)(nil)

// Open opens the store in a directory. It reads no snapshot yet and writes nothing: the first load creates the directory if
// it is absent, and what is never loaded into may be read-only.
func Open(dir string, options Options) (*Engine, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	if strings.Contains(abs, "?") {
		// DuckDB writes the log of such a file beside another one.
		return nil, fmt.Errorf("open the store: DuckDB cannot write below a directory with a question mark in its name: %s", abs)
	}
	e := &Engine{
		layout:    layout(abs),
		options:   options.withDefaults(),
		open:      make(map[*handle]bool),
		manifests: make(map[string]store.Manifest),
		atStep:    func(string) {},
		most:      shares{tail: mostTail, touched: mostTouched},
	}
	return e, nil
}

// snapshotSettings are the settings of an instance that serves a snapshot. What a lane may take is not its.
func (e *Engine) snapshotSettings() map[string]string {
	settings := e.settings()
	settings["temp_directory"] = e.spillDir()
	if limit := sizeOf(e.options.MemoryLimit); limit > 0 && e.threads() > 1 {
		settings["memory_limit"] = bytesText(limit - laneBytes(limit))
	}
	return settings
}

// laneSettings are the settings of an instance of one thread, which spills nothing and takes so much memory at most.
func (e *Engine) laneSettings(memory int64) map[string]string {
	settings := e.settings()
	settings["threads"], settings["temp_directory"] = "1", ""
	settings["memory_limit"] = bytesText(min(memory, laneBytes(sizeOf(e.options.MemoryLimit))))
	return settings
}

// threads are those of an instance that serves a snapshot.
func (e *Engine) threads() int { return cmp.Or(e.options.Threads, runtime.NumCPU()) }

// laneBytes is the part of a limit on memory that is a lane's; 0 is no limit.
func laneBytes(limit int64) int64 {
	if limit == 0 {
		return laneMemory
	}
	return min(limit/laneShare, laneMemory)
}

func bytesText(bytes int64) string { return strconv.FormatInt(bytes, 10) + "B" }

// settings are the DuckDB settings of every instance.
func (e *Engine) settings() map[string]string {
	settings := make(map[string]string)
	// Without threads of its own the allocator gives nothing back as long as nobody asks for anything.
	settings["allocator_background_threads"] = "true"
	if e.options.Threads > 0 {
		settings["threads"] = strconv.Itoa(e.options.Threads)
	}
	if e.options.MemoryLimit != "" {
		settings["memory_limit"] = e.options.MemoryLimit
	}
	if e.options.TempLimit != "" {
		settings["max_temp_directory_size"] = e.options.TempLimit
	}
	return settings
}

var spills atomic.Int64

// spillDir names a directory that no other instance spills into: DuckDB numbers its temporary files per instance.
// DuckDB creates it when it needs it and removes it again.
func (e *Engine) spillDir() string {
	return filepath.Join(e.options.TempDir, fmt.Sprintf("countyql-%d-%d", os.Getpid(), spills.Add(1)))
}

// Pin returns the published snapshot as this engine has last seen it: the one published when it was first pinned, one that
// this engine committed or published, or one that Follow or Refresh found.
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

// pin pins the snapshot that is open; store.ErrNoSnapshot if none is.
func (e *Engine) pin() (store.Snapshot, error) {
	h, err := e.hold()
	if err != nil {
		return nil, err
	}
	return &pinned{handle: h, engine: e}, nil
}

// hold counts a reference to the snapshot that is open.
func (e *Engine) hold() (*handle, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	if e.current == nil {
		return nil, store.ErrNoSnapshot
	}
	e.current.refs++
	return e.current, nil
}

func (e *Engine) release(h *handle) {
	e.mu.Lock()
	h.refs--
	last := h.refs == 0
	if last {
		delete(e.open, h)
	}
	e.mu.Unlock()
	if last {
		h.close()
	}
}

// Refresh looks whether another snapshot has been published and if so opens it and begins to serve it. Pins do not
// wait for it. It returns store.ErrNoSnapshot while nothing is published.
func (e *Engine) Refresh(ctx context.Context) error {
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	id, err := e.layout.readCurrent()
	for err == nil {
		e.mu.Lock()
		closed, same := e.closed, e.current != nil && e.current.contents.Manifest.ID == id
		e.mu.Unlock()
		if closed {
			return errClosed
		}
		if same {
			return nil
		}
		h, openErr := e.openSnapshot(ctx, id)
		if openErr == nil {
			return e.serve(h)
		}
		// Between reading the pointer and opening the file, another snapshot may be published and this one pruned.
		opened := id
		if id, err = e.layout.readCurrent(); err == nil && id == opened {
			return openErr
		}
	}
	return err
}

// serve makes an opened snapshot the one that is pinned. The caller holds e.refreshing.
func (e *Engine) serve(h *handle) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		h.close()
		return errClosed
	}
	previous := e.current
	h.refs = 1
	e.open[h] = true
	e.manifests[h.contents.Manifest.ID] = h.contents.Manifest
	e.current = h
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

// Close closes the engine. It returns an error if snapshots are still pinned; they stay readable until their release.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	current := e.current
	e.current = nil
	e.mu.Unlock()
	if current != nil {
		e.release(current)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.open) > 0 {
		return fmt.Errorf("the store was closed with %d snapshots still pinned", len(e.open))
	}
	return nil
}

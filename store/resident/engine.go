package resident

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/store"
)

// Backing is the engine that has all figures.
type Backing interface {
	store.Engine
	store.Keeper
}

// Options configure an engine.
type Options struct {
	// Bytes is the most memory that blocks take. With 0 there are none, and the backing engine has what answers are made of.
	Bytes int64
	// Logger is told of blocks that could not be loaded. Default: nothing is logged.
	Logger *slog.Logger
}

// Engine answers from memory what it can, and everything else by the engine that it wraps, to which loads and what operators do
// go. It is safe for concurrent use.
type Engine struct {
	Backing
	options Options
	part    int64         // figures that are passed at a time
	passing chan struct{} // has an element for each question that is answered in several parts
	wake    chan struct{} // has one element while Follow has something to do

	loading sync.Mutex // held while blocks are loaded
	rest    time.Time  // until then nothing is loaded in the place of something else; guarded by loading

	current atomic.Pointer[holding] // of the newest snapshot that was looked at

	mu     sync.Mutex // guards the blocks
	tick   uint64     // counts selections
	bytes  int64      // of blocks
	blocks []*entry   // those that have one, of the current holding
	wanted []*entry   // of the current holding

	rolledBytes int64                // of what blocks roll up to
	folds       map[string]*keptFold // of the current holding, by what they are of
	foldBytes   int64

	hits, fallbacks, loads, evictions atomic.Int64
}

var (
	_ store.Engine = (*Engine)(nil)
	_ store.Keeper = (*Engine)(nil)
)

// New wraps an engine. Nothing is in memory before Warm or Follow.
func New(backing Backing, options Options) *Engine {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Engine{Backing: backing, options: options, part: batchRows, wake: make(chan struct{}, 1), passing: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Stats are what an engine holds and has done.
type Stats struct {
	Bytes     int64 // of blocks and of what figures roll up to
	Budget    int64 // of both
	Blocks    int64
	Hits      int64 // selections and counts answered from blocks
	Fallbacks int64 // answered by the backing engine
	Loads     int64 // blocks loaded
	Evictions int64 // blocks that made room for others
}

// Stats returns what the engine holds and has done so far.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Stats{
		Bytes: e.bytes + e.rolledBytes + e.foldBytes, Budget: e.options.Bytes, Blocks: int64(len(e.blocks)),
		Hits: e.hits.Load(), Fallbacks: e.fallbacks.Load(), Loads: e.loads.Load(), Evictions: e.evictions.Load(),
	}
}

// Announce says that another snapshot may be served. It neither blocks nor calls the backing engine.
func (e *Engine) Announce() {
	select {
	case e.wake <- struct{}{}:
	default: // Follow will look anyway
	}
}

// Pin returns the newest snapshot. While it is pinned, its blocks may come and go.
func (e *Engine) Pin(ctx context.Context) (store.Snapshot, error) {
	pinned, err := e.Backing.Pin(ctx)
	if err != nil {
		return nil, err
	}
	h := e.current.Load()
	if h == nil || h.id != pinned.Contents().Manifest.ID {
		e.Announce()
		h = nil
	}
	return &snapshot{Snapshot: pinned, engine: e, holding: h}, nil
}

// Follow loads blocks until the context ends: those of each snapshot that is served, and those that are asked for. What fails is
// logged, and tried again when there is something to do.
func (e *Engine) Follow(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	logged := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		case <-timer.C:
		}
		again, err := e.load(ctx)
		switch {
		case err == nil, errors.Is(err, store.ErrNoSnapshot):
			logged = ""
		case ctx.Err() == nil && err.Error() != logged:
			logged = err.Error()
			e.options.Logger.Warn("cannot load figures into memory", "error", err)
		}
		if again > 0 {
			timer.Reset(again)
		}
	}
}

// Warm loads what fits of the newest snapshot, if that has not been done. It returns store.ErrNoSnapshot while nothing is
// published, and the backing engine's errors; what has been loaded until then is used.
func (e *Engine) Warm(ctx context.Context) error {
	_, err := e.load(ctx)
	return err
}

// Close drops all blocks and closes the backing engine. Follow must have ended.
func (e *Engine) Close() error {
	e.loading.Lock()
	defer e.loading.Unlock()
	e.adopt(nil)
	return e.Backing.Close()
}

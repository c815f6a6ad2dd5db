package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// collecting sets how much garbage may lie about before it is collected. Go lets it grow to as much as is in use; but answers that are kept to be
// given again are in use and make none, and would only have as much memory taken again.
type collecting struct {
	kept    atomic.Int64 // bytes of answers
	percent atomic.Int64 // as it is set
	set     func(percent int)
	ended   atomic.Bool
}

const (
	// usualPercent is Go's own.
	usualPercent = 100
	// leastGarbage may always lie about: the heap, most of which figures lie outside of, is not gone through for less.
	leastGarbage = 24 << 20
	// leastLive is what is taken to be in use where less is, at the start.
	leastLive = 4 << 20
	// noticed is the part of the percentage by which it changes before it is set: setting it stops everything for a moment.
	noticed = 8
)

// startCollecting follows what is kept until the returned function is called. Where the environment says how garbage is to be collected, it is.
func startCollecting() (c *collecting, stop func()) {
	c = &collecting{set: func(percent int) { debug.SetGCPercent(percent) }}
	c.percent.Store(usualPercent)
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return c, func() {}
	}
	c.afterNext()
	return c, func() { c.ended.Store(true) }
}

// observe takes note of how many bytes of answers are kept.
func (c *collecting) observe(_ context.Context, _ string, bytes uint64) {
	c.kept.Store(int64(bytes)) //nolint:gosec // there is not so much memory
}

// cycle lives for one cycle of the collector.
type cycle struct{ of *collecting }

// afterNext looks again after each collection.
func (c *collecting) afterNext() {
	runtime.SetFinalizer(&cycle{c}, func(one *cycle) {
		if one.of.ended.Load() {
			return
		}
		one.of.adjust(liveBytes())
		one.of.afterNext()
	})
}

// liveBytes is what the last collection found in use.
func liveBytes() int64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	if samples[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(samples[0].Value.Uint64()) //nolint:gosec // likewise
}

// adjust sets the percentage for so many bytes in use.
func (c *collecting) adjust(live int64) {
	wanted, before := percentOf(live, c.kept.Load()), c.percent.Load()
	if max(wanted-before, before-wanted) <= before/noticed {
		return
	}
	c.percent.Store(wanted)
	c.set(int(wanted))
}

// percentOf is how much garbage there may be, in percent of what is in use: as much as is in use without what is kept.
func percentOf(live, kept int64) int64 {
	live = max(live, leastLive)
	return 100 * max(live-kept, leastGarbage) / live
}

package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// collecting sets how much garbage may lie about before it is collected. Go lets it grow to as much as is in use. That is right for most questions; while
// large ones are answered, or many answers are kept to be given again, it would take as much memory once more. So all together stays within a budget as long as
// that leaves room for some garbage: a fixed limit would have the collector work all the time where what is in use comes near it.
type collecting struct {
	budget  int64 // of what is in use and garbage, in bytes
	percent int64 // as it is set
	set     func(percent int)
	ended   atomic.Bool
}

const (
	// usualPercent is Go's own.
	usualPercent = 100
	// usualBytes are for what is in use and garbage beside the answers that are kept.
	usualBytes = 100 << 20
	// leastGarbage may always lie about, and a part of what is in use: the heap is not gone through for less.
	leastGarbage, leastPart = 24 << 20, 4
	// noticed is by how much the percentage changes before it is set: setting it stops everything for a moment.
	noticed = 5
)

// startCollecting looks at what is in use, of which so many bytes may be answers that are kept, until the returned function is called. Where the environment
// says how garbage is to be collected, it is.
func startCollecting(kept int64) (stop func()) {
	c := &collecting{budget: max(kept, 0) + usualBytes, percent: usualPercent, set: func(percent int) { debug.SetGCPercent(percent) }}
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	c.afterNext()
	return func() { c.ended.Store(true) }
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
	return int64(samples[0].Value.Uint64()) //nolint:gosec // there is not so much memory
}

// adjust sets the percentage for so many bytes in use.
func (c *collecting) adjust(live int64) {
	wanted := c.percentOf(live)
	if wanted-c.percent < noticed && c.percent-wanted < noticed {
		return
	}
	c.percent = wanted
	c.set(int(wanted))
}

// percentOf is how much garbage there may be, in percent of what is in use.
func (c *collecting) percentOf(live int64) int64 {
	garbage := max(c.budget-live, leastGarbage, live/leastPart)
	if garbage >= live {
		return usualPercent
	}
	return usualPercent * garbage / live
}

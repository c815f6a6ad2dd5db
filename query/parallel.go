package query

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallelFrom is from how many figures on groups are combined on several processors: fewer take less time than another goroutine takes to begin.
const parallelFrom = 1 << 14

// pieces is how many pieces of the figures each processor gets, so that all end at about the same time.
const pieces = 4

// combineAll combines groups that have many figures on all processors, and works out the statistics that are wanted ahead. Groups with few
// figures are combined when they are looked at.
func combineAll(w *watch, groups []*Group, ahead Ahead) {
	figures := 0
	for _, g := range groups {
		figures += g.size()
	}
	workers := runtime.GOMAXPROCS(0)
	if figures < parallelFrom || workers < 2 || len(groups) < 2 {
		return
	}
	var next atomic.Int64 // group
	piece := figures/(workers*pieces) + 1
	take := func() []*Group { // groups of about a piece
		for {
			from := next.Load()
			to, n := from, 0
			for int(to) < len(groups) && n < piece {
				n += groups[to].size()
				to++
			}
			if next.CompareAndSwap(from, to) {
				return groups[from:to]
			}
		}
	}
	var failed atomic.Pointer[any] // what a goroutine panicked with
	work := func() {
		defer func() {
			if thrown := recover(); thrown != nil {
				failed.Store(&thrown)
			}
		}()
		for list := take(); len(list) > 0 && w.ctx.Err() == nil; list = take() {
			for _, g := range list {
				g.workOut(ahead)
			}
		}
	}
	var all sync.WaitGroup
	for range workers - 1 {
		all.Go(work)
	}
	work()
	all.Wait()
	if thrown := failed.Load(); thrown != nil {
		panic(*thrown)
	}
}

// workOut combines the group, and works out statistics of it.
func (g *Group) workOut(ahead Ahead) {
	g.compute()
	if ahead&MeanAhead != 0 {
		g.mean()
	}
	if ahead&MedianAhead != 0 {
		g.median()
	}
	if ahead&StdDevAhead != 0 {
		g.stddev()
	}
}

// Package resident keeps the current figures of the published snapshot in memory, as far as they fit, and answers from there
// what only selects and counts them. It wraps an engine, which answers the rest: history, evidence, and whatever is not in
// memory.
//
// A block has the current figures of one indicator, slice and status in natural order: runs of one period each, the regions of
// a run as a sorted list that equal runs share, the values, and further columns where they are not the same in the whole block.
// A selection is answered from blocks if all it needs are there, else by the engine whole: answers are never put together from
// both. Nobody who asks waits for a block. Follow loads them in the background: at first everything, until the bytes allowed are
// used up; then, with nothing left, what was asked for again and again instead of what was not.
package resident

package resident

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/countyql/countyql/store"
)

// load loads what there is to load: of a snapshot that is new everything that fits, then what is wanted. It returns when there
// is more to do, 0 if there is not.
func (e *Engine) load(ctx context.Context) (again time.Duration, err error) {
	e.loading.Lock()
	defer e.loading.Unlock()
	pinned, err := e.Backing.Pin(ctx)
	if err != nil {
		return 0, err
	}
	defer pinned.Release()
	h := e.current.Load()
	if h == nil || h.id != pinned.Contents().Manifest.ID {
		next, err := newHolding(ctx, pinned)
		if err != nil {
			return 0, err
		}
		used := e.adopt(next)
		var first []*entry
		if h != nil && next.estimate() > e.room() {
			first = next.translated(h, used)
		}
		if err := e.warm(ctx, pinned, next, first); err != nil {
			return 0, err
		}
		h = next
	}
	return e.loadWanted(ctx, pinned, h)
}

// adopt drops all blocks and begins to answer from those of another snapshot. It returns the series of the former, the last used
// first.
func (e *Engine) adopt(h *holding) []series {
	e.mu.Lock()
	defer e.mu.Unlock()
	slices.SortFunc(e.blocks, func(a, b *entry) int { return cmp.Compare(b.block.used, a.block.used) })
	used := make([]series, len(e.blocks))
	for i, one := range e.blocks {
		used[i] = one.series
		e.drop(one)
	}
	if old := e.current.Swap(h); old != nil {
		old.dropped = true
	}
	e.blocks, e.wanted = nil, nil
	e.folds, e.foldBytes = nil, 0
	return used
}

// drop takes the block of an entry away. The caller holds e.mu and takes the entry out of e.blocks.
func (e *Engine) drop(one *entry) {
	b := one.block
	one.block, one.missed, one.misses = nil, 0, 0
	b.dropped = true
	e.bytes -= b.bytes
	for i := range b.rolled {
		e.rolledBytes -= b.rolled[i].bytes
	}
	if b.pins == 0 {
		b.free()
	}
}

// pin pins the blocks of the question's entries. If one is not there it pins none, and those that are not may be wanted.
func (e *Engine) pin(h *holding, q *question, want bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if h.dropped {
		return false
	}
	e.tick++
	for _, one := range q.entries {
		if one.block == nil {
			if want {
				e.want(q.entries)
			}
			return false
		}
	}
	for _, one := range q.entries {
		one.block.pins++
		one.block.used = e.tick
		q.blocks = append(q.blocks, one.block)
	}
	return true
}

// want has the missing blocks of entries loaded, if all of them can be in memory at a time.
func (e *Engine) want(entries []*entry) {
	size := int64(0)
	for _, one := range entries {
		if one.block != nil {
			size += one.block.bytes
		} else {
			size += one.estimate()
		}
	}
	if size > e.room() {
		return
	}
	for _, one := range entries {
		if one.block != nil {
			one.block.used = e.tick // it waits for the others
			continue
		}
		if one.missed == 0 {
			one.missed = e.tick
		}
		one.misses++
		if !one.wanted {
			one.wanted = true
			e.wanted = append(e.wanted, one)
		}
	}
	e.Announce()
}

func (e *Engine) unpin(blocks []*block) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, b := range blocks {
		b.pins--
		if b.dropped && b.pins == 0 {
			b.free()
		}
	}
}

// batchRows is how many figures are read at a time, where series are not larger.
const batchRows = 1 << 16

// warm loads series until the memory is used up: some first, then all in natural order.
func (e *Engine) warm(ctx context.Context, from store.Reader, h *holding, first []*entry) error {
	for _, one := range first {
		if _, err := e.loadBatch(ctx, from, h, []*entry{one}); err != nil {
			return err
		}
	}
	var batch []*entry
	rows, size := int64(0), e.blockBytes()
	flush := func() error {
		taken, err := e.loadBatch(ctx, from, h, batch)
		batch, rows = batch[:0], 0
		size += taken
		return err
	}
	for i := range h.entries {
		one := &h.entries[i]
		e.mu.Lock()
		there := one.block != nil
		e.mu.Unlock()
		if there || size+rows*rowBytes+one.estimate() > e.room() {
			continue
		}
		if n := len(batch); n > 0 && (rows+one.rows > batchRows || batch[n-1] != &h.entries[i-1]) {
			if err := flush(); err != nil {
				return err
			}
		}
		batch, rows = append(batch, one), rows+one.rows
	}
	return flush()
}

// restFor is how many times as long as loading a block in the place of others nothing else is loaded so: where not everything
// fits, loading takes a small part of one processor from the engine that answers.
const restFor = 9

// loadWanted loads wanted blocks until there is no room. It returns when to try again.
func (e *Engine) loadWanted(ctx context.Context, from store.Reader, h *holding) (time.Duration, error) {
	for {
		one, evict := e.nextWanted(h)
		if one == nil {
			return 0, nil
		}
		if evict {
			if wait := time.Until(e.rest); wait > 0 {
				e.putBack(h, one)
				return wait, nil
			}
		}
		begun := time.Now()
		if _, err := e.loadBatch(ctx, from, h, []*entry{one}); err != nil {
			return 0, err
		}
		if evict {
			e.rest = time.Now().Add(restFor * time.Since(begun))
		}
	}
}

// nextWanted takes the next wanted entry for which there is room, or can be made: then it says so.
func (e *Engine) nextWanted(h *holding) (one *entry, evict bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for !h.dropped && len(e.wanted) > 0 {
		one, e.wanted = e.wanted[0], e.wanted[1:]
		one.wanted = false
		if one.block != nil {
			continue
		}
		missing := e.bytes + one.estimate() - e.room()
		if missing <= 0 {
			return one, false
		}
		if one.misses >= missesToEvict && e.idle(one) >= missing {
			return one, true
		}
	}
	return nil, false
}

// missesToEvict is how often a block is missed before it may take the place of others.
const missesToEvict = 2

// idle is the size of the blocks that nobody has used since an entry was first missed.
func (e *Engine) idle(one *entry) int64 {
	size := int64(0)
	for _, other := range e.blocks {
		if other.block.used < one.missed {
			size += other.block.bytes
		}
	}
	return size
}

// putBack makes an entry the next that is wanted.
func (e *Engine) putBack(h *holding, one *entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !h.dropped && !one.wanted {
		one.wanted = true
		e.wanted = slices.Insert(e.wanted, 0, one)
	}
}

// loadBatch loads the blocks of entries that follow each other in natural order, and returns their bytes.
func (e *Engine) loadBatch(ctx context.Context, from store.Reader, h *holding, batch []*entry) (int64, error) {
	if len(batch) == 0 {
		return 0, nil
	}
	blocks, err := read(ctx, from, batch)
	if err != nil {
		return 0, err
	}
	size := int64(0)
	for i, b := range blocks {
		size += b.bytes
		b.findLevel(h.levels)
		e.put(h, batch[i], b)
	}
	return size, nil
}

// put gives an entry its block, and drops what is over the budget: blocks that were used before the entry was missed, or else
// the block itself.
func (e *Engine) put(h *holding, one *entry, b *block) {
	e.loads.Add(1)
	e.mu.Lock()
	defer e.mu.Unlock()
	if h.dropped || one.block != nil {
		b.free()
		return
	}
	if over := e.bytes + b.bytes - e.room(); over > 0 && (e.idle(one) < over || !e.evict(over, one.missed)) {
		b.free()
		return
	}
	b.used = e.tick
	one.block = b
	e.bytes += b.bytes
	e.blocks = append(e.blocks, one)
}

// evict drops blocks not used since a tick, the longest unused first, until so many bytes are free.
func (e *Engine) evict(bytes int64, since uint64) bool {
	for bytes > 0 {
		least := -1
		for i, one := range e.blocks {
			if one.block.used < since && (least < 0 || one.block.used < e.blocks[least].block.used) {
				least = i
			}
		}
		if least < 0 {
			return false
		}
		bytes -= e.blocks[least].block.bytes
		e.drop(e.blocks[least])
		e.blocks[least] = e.blocks[len(e.blocks)-1]
		e.blocks[len(e.blocks)-1] = nil
		e.blocks = e.blocks[:len(e.blocks)-1]
		e.evictions.Add(1)
	}
	return true
}

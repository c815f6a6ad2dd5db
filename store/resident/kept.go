package resident

import (
	"encoding/json"
	"slices"
	"unsafe"

	"github.com/countyql/countyql/store"
)

// keptFold is what a selection rolled up to that was not in memory, for whoever asks about the same figures in other groups or in another order. It
// lies on the heap, and answers share its columns.
type keptFold struct {
	stretches []store.Stretch
	figures   int
	bytes     int64
	used      uint64 // the tick of the last time
}

// foldName says which figures a selection is about, and which of their columns.
func foldName(selection *store.Select) string {
	s := *selection
	s.Cap = 0
	name, err := json.Marshal(s)
	if err != nil {
		panic(err) // of numbers
	}
	return string(name)
}

// kept returns what is kept of a selection; nil if nothing is.
func (e *Engine) kept(h *holding, selection *store.Select) (*store.Folded, error) {
	e.mu.Lock()
	none := len(e.folds) == 0
	e.mu.Unlock()
	if none || h == nil {
		return nil, nil //nolint:nilnil // nothing kept
	}
	name := foldName(selection)
	e.mu.Lock()
	defer e.mu.Unlock()
	one := e.folds[name]
	if one == nil || h.dropped {
		return nil, nil //nolint:nilnil // nothing kept
	}
	e.tick++
	one.used = e.tick
	e.hits.Add(1)
	if selection.Cap > 0 && one.figures > selection.Cap {
		return nil, &store.RowCapError{Cap: selection.Cap}
	}
	return &store.Folded{Stretches: slices.Clone(one.stretches), Figures: one.figures}, nil
}

// keepFold keeps what a selection rolled up to, in the place of what has not been asked for the longest. What blocks roll up to goes before.
func (e *Engine) keepFold(h *holding, selection *store.Select, folded *store.Folded) {
	part := e.options.Bytes / rolledPart
	if h == nil || part == 0 {
		return
	}
	name, one := foldName(selection), &keptFold{stretches: slices.Clone(folded.Stretches), figures: folded.Figures}
	one.bytes = int64(len(name)) + int64(unsafe.Sizeof(*one))
	for i := range one.stretches {
		one.bytes += sizeOf(&one.stretches[i])
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if h.dropped || e.folds[name] != nil || one.bytes > part-e.rolledBytes {
		return
	}
	e.dropFolds(part - e.rolledBytes - one.bytes)
	if e.folds == nil {
		e.folds = make(map[string]*keptFold)
	}
	e.tick++
	one.used = e.tick
	e.folds[name] = one
	e.foldBytes += one.bytes
}

// dropFolds drops those not asked for the longest until the others have room. The caller holds e.mu.
func (e *Engine) dropFolds(room int64) {
	for e.foldBytes > room {
		oldest := ""
		for name, one := range e.folds {
			if oldest == "" || one.used < e.folds[oldest].used {
				oldest = name
			}
		}
		e.foldBytes -= e.folds[oldest].bytes
		delete(e.folds, oldest)
	}
}

package resident

import (
	"cmp"
	"context"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// directory lists all series of a snapshot, in natural order.
type directory struct {
	entries []entry
	first   []int // by indicator, of its entries; one more at the end
}

// entry is a series of a snapshot.
type entry struct {
	series
	rows  int64
	place int64 // of the first in natural order

	// Guarded by Engine.mu.
	block  *block // nil unless it is in memory
	missed uint64 // the tick of the first selection that missed it, 0 for none since it was last in memory
	misses int
	wanted bool // is among the engine's wanted
}

// rowBytes is what a figure takes about, before its block is there.
const rowBytes = 16

func (e *entry) estimate() int64 { return e.rows*rowBytes + blockBytes }

// readDirectory counts the figures of every series.
func readDirectory(ctx context.Context, r store.Reader, indicators int) (directory, error) {
	all, err := seriesOf(ctx, r)
	if err != nil {
		return directory{}, err
	}
	d := directory{entries: make([]entry, len(all)), first: make([]int, indicators+1)}
	place := int64(0)
	for i, one := range all {
		d.entries[i] = entry{series: series{one.Indicator, one.Slice, one.Status}, rows: one.Rows, place: place}
		place += one.Rows
	}
	for ind := range d.first {
		d.first[ind], _ = slices.BinarySearchFunc(d.entries, int32(ind), func(e entry, ind int32) int { return cmp.Compare(e.indicator, ind) })
	}
	return d, nil
}

// seriesOf lists all series in natural order.
func seriesOf(ctx context.Context, r store.Reader) ([]store.Series, error) {
	if placed, ok := r.(store.Placed); ok {
		return placed.Series(ctx)
	}
	tallies, err := r.Count(ctx, store.NewSelect(), store.KeyIndicator, store.KeySlice, store.KeyStatus)
	all := make([]store.Series, len(tallies))
	for i, tally := range tallies {
		all[i] = store.Series{Indicator: tally.Keys[0], Slice: tally.Keys[1], Status: indicator.Status(tally.Keys[2]), Rows: tally.Rows}
	}
	return all, err
}

// estimate is what all series take about.
func (d *directory) estimate() int64 {
	size := int64(0)
	for i := range d.entries {
		size += d.entries[i].estimate()
	}
	return size
}

// find returns the series that a selection is about, in natural order.
func (d *directory) find(s *store.Select, found []*entry) []*entry {
	if len(s.Indicators) == 0 {
		return add(found, d.entries, s)
	}
	asked := s.Indicators
	if !slices.IsSorted(asked) {
		asked = slices.Clone(asked)
		slices.Sort(asked)
	}
	for i, ind := range asked {
		if ind < 0 || int(ind) >= len(d.first)-1 || i > 0 && asked[i-1] == ind {
			continue
		}
		found = add(found, d.entries[d.first[ind]:d.first[ind+1]], s)
	}
	return found
}

func add(found []*entry, entries []entry, s *store.Select) []*entry {
	for i := range entries {
		e := &entries[i]
		if (len(s.Slices) == 0 || slices.Contains(s.Slices, e.slice)) && (len(s.Statuses) == 0 || slices.Contains(s.Statuses, e.status)) {
			found = append(found, e)
		}
	}
	return found
}

// holding is what is known of one snapshot, and held of it.
type holding struct {
	id      string
	catalog *catalog.Catalog
	levels  []indicator.Level // by region
	directory
	dropped bool // guarded by Engine.mu: it takes no blocks any more
}

func newHolding(ctx context.Context, s store.Snapshot) (*holding, error) {
	contents := s.Contents()
	h := &holding{id: contents.Manifest.ID, catalog: contents.Catalog}
	regions := contents.Catalog.Regions()
	h.levels = make([]indicator.Level, len(regions))
	for i := range regions {
		h.levels[i] = regions[i].Level
	}
	var err error
	h.directory, err = readDirectory(ctx, s, len(contents.Catalog.Indicators()))
	return h, err
}

// translated returns the series of this snapshot that those of another are, by their codes.
func (h *holding) translated(from *holding, list []series) []*entry {
	var entries []*entry
	for _, old := range list {
		ind, err := h.catalog.Indicator(from.catalog.Indicators()[old.indicator].Code)
		slice, ok := h.catalog.SliceID(from.catalog.Slices()[old.slice])
		if err != nil || !ok {
			continue
		}
		of := h.entries[h.first[ind.ID]:h.first[ind.ID+1]]
		at := 0
		for at < len(of) && (of[at].slice != slice || of[at].status != old.status) {
			at++
		}
		if at < len(of) { // not copied: of entries of the current snapshot everything but their series changes
			entries = append(entries, &of[at])
		}
	}
	return entries
}

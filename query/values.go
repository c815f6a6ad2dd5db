package query

import (
	"cmp"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// regionCells are the cells of regions, in tree order, at most one of each.
type regionCells []cell

// of is the cell of a region; nil if there is none.
func (l regionCells) of(region int32) *cell {
	low, high := 0, len(l)
	for low < high {
		if middle := int(uint(low+high) >> 1); l[middle].region < region {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(l) && l[low].region == region {
		return &l[low]
	}
	return nil
}

// among are the cells of the regions in a list, which is in tree order. They are the cells themselves where the list has all.
func (l regionCells) among(w *watch, s *scratch.Scratch, list []*catalog.Region) regionCells {
	found, at := 0, 0
	for _, region := range list {
		if w.step() != nil {
			return nil
		}
		for at < len(l) && l[at].region < region.ID {
			at++
		}
		if at < len(l) && l[at].region == region.ID {
			found++
		}
	}
	if found == len(l) {
		return l
	}
	chosen := regionCells(cellMemory.Room(s, found))
	for _, region := range list {
		if c := l.of(region.ID); c != nil {
			chosen = append(chosen, *c)
		}
	}
	return chosen
}

// cellsOf rolls the rows of a subject up over time, region by region.
func (f *figures) cellsOf(w *watch, x *subject) (regionCells, error) {
	rows := rowMemory.Room(f.scratch, f.rows.Len()/len(f.subjects)+1)
	for i := range int32(f.rows.Len()) {
		if err := w.step(); err != nil {
			return nil, err
		}
		if f.rows.Indicator[i] == x.base.ID && f.rows.Slice[i] == f.total {
			rows = append(rows, i)
		}
	}
	return f.cellsByRegion(w, x, rows)
}

// cellsByRegion rolls rows up over time, region by region. It sorts them.
func (f *figures) cellsByRegion(w *watch, x *subject, rows []int32) (regionCells, error) {
	regions := f.rows.Region
	if err := f.sortByRegion(w, rows); err != nil {
		return nil, err
	}
	distinct, last := 0, int32(-1)
	for _, i := range rows {
		if regions[i] != last {
			distinct, last = distinct+1, regions[i]
		}
	}
	cells := regionCells(cellMemory.Make(f.scratch, distinct))
	next := 0
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && regions[rows[end]] == regions[rows[start]] {
			end++
		}
		if err := f.fillCell(w, x, rows[start:end:end], &cells[next]); err != nil {
			return nil, err
		}
		next++
		start = end
	}
	return cells, nil
}

// sortByRegion sorts rows by region, those of one region as they are: by time. Those of one period are sorted already.
func (f *figures) sortByRegion(w *watch, rows []int32) error {
	regions := f.rows.Region
	last := int32(-1)
	for _, i := range rows {
		if regions[i] < last {
			return f.countByRegion(w, rows)
		}
		last = regions[i]
	}
	return nil
}

// countByRegion is sortByRegion of rows that are not sorted. Their regions are few, so that they are counted rather than compared.
func (f *figures) countByRegion(w *watch, rows []int32) error {
	regions := f.rows.Region
	next := rowMemory.Make(f.scratch, len(f.catalog.Regions())+1) // by region: where its next row goes
	if err := w.steps(len(rows) + len(next)/8); err != nil {
		return err
	}
	for _, i := range rows {
		next[regions[i]+1]++
	}
	for region := 1; region < len(next); region++ {
		next[region] += next[region-1]
	}
	for _, i := range rowMemory.Clone(f.scratch, rows) {
		rows[next[regions[i]]] = i
		next[regions[i]]++
	}
	return nil
}

// valueOf returns the region's cell if that has a value, or why there is none.
func valueOf(cells regionCells, region *catalog.Region) (*cell, indicator.Missing) {
	switch c := cells.of(region.ID); {
	case c == nil:
		return nil, indicator.NoObservation
	case !c.quantity.Known():
		return nil, cmp.Or(c.missing, indicator.UnknownReason)
	default:
		return c, indicator.NotMissing
	}
}

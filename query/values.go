package query

import (
	"cmp"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// cellsOf rolls the rows of a subject up over time, region by region.
func (f *figures) cellsOf(w *watch, x *subject) (map[int32]*cell, error) {
	rows := make(map[int32][]int32)
	for i := range int32(f.rows.Len()) {
		if err := w.step(); err != nil {
			return nil, err
		}
		if f.rows.Indicator[i] == x.base.ID && f.rows.Slice[i] == f.total {
			rows[f.rows.Region[i]] = append(rows[f.rows.Region[i]], i)
		}
	}
	cells := make(map[int32]*cell, len(rows))
	for region, list := range rows {
		c, err := f.newCell(w, x, list)
		if err != nil {
			return nil, err
		}
		cells[region] = &c
	}
	return cells, nil
}

// valueOf returns the region's cell if that has a value, or why there is none.
func valueOf(cells map[int32]*cell, region *catalog.Region) (*cell, indicator.Missing) {
	c, ok := cells[region.ID]
	switch {
	case !ok:
		return nil, indicator.NoObservation
	case !c.quantity.Known():
		return nil, cmp.Or(c.missing, indicator.UnknownReason)
	}
	return c, indicator.NotMissing
}

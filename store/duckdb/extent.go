package duckdb

import (
	"math"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// extents are the regions of each level, from the first to the last by their ordinals.
type extents map[indicator.Level]store.Span

func extentsOf(c *catalog.Catalog) extents {
	e := make(extents)
	for _, r := range c.Regions() {
		span, ok := e[r.Level]
		if !ok {
			span = store.Span{From: math.MaxInt32}
		}
		e[r.Level] = store.Span{From: min(span.From, r.ID), To: max(span.To, r.ID+1)}
	}
	return e
}

// covered reports whether a selection is about all regions of its levels, such as every county. Looking at the region of each figure only takes time then.
func (e extents) covered(s *store.Select) bool {
	if len(s.Regions) != 1 {
		return false
	}
	covers := func(level indicator.Level) bool {
		extent, there := e[level]
		return !there || s.Regions[0].From <= extent.From && s.Regions[0].To >= extent.To
	}
	for _, level := range s.Levels {
		if !covers(level) {
			return false
		}
	}
	if len(s.Levels) > 0 {
		return true
	}
	for level := range e {
		if !covers(level) {
			return false
		}
	}
	return true
}

// knowing is a dialect that knows the regions of a snapshot.
func (e extents) knowing(d *statement.Dialect) *statement.Dialect {
	knowing := *d
	knowing.Everywhere = e.covered
	return &knowing
}

package duckdb

import (
	"cmp"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// scattered is a series whose figures come in any order, as far as they have been shown.
type scattered struct {
	periods     []indicator.Period
	regions     []rolledFigure
	first, last int32
	also        map[store.Defined]bool
}

// turnTo goes on with a series.
func (r *rolling) turnTo(of seriesName, period indicator.Period) {
	if !r.begun || r.seriesName != of {
		r.leave()
		r.enter(of, period)
		one := r.scattered[of]
		if one == nil {
			one = &scattered{regions: make([]rolledFigure, len(r.catalog.Regions())), first: math.MaxInt32, last: -1}
			r.scattered[of] = one
		}
		r.regions, r.first, r.last, r.also = one.regions, one.first, one.last, one.also
	}
	r.period = period
	if one := r.scattered[of]; len(one.periods) == 0 || one.periods[len(one.periods)-1] != period {
		one.periods = append(one.periods, period)
	}
}

// leave keeps what is known of the series for when it goes on.
func (r *rolling) leave() {
	if one := r.scattered[r.seriesName]; r.begun {
		one.first, one.last, one.also = r.first, r.last, r.also
	}
}

// mix looks at figures of which others may have been looked at that are older or newer.
func (r *rolling) mix(c *figureChunk, from, to int, inside bool) {
	for i := from; i < to; i++ {
		region := c.region[i]
		r.first, r.last = min(r.first, region), max(r.last, region)
		f := &r.regions[region]
		if r.rule == indicator.RuleLast {
			if !f.seen {
				f.seen, f.outside, f.oldest = true, true, r.period.End
			}
			f.oldest = min(f.oldest, r.period.End)
			if !inside {
				continue
			}
		}
		known, first := c.known(i), !f.seen || f.outside
		f.outside = false
		if first {
			f.span = r.period
		}
		f.span = indicator.Period{Start: min(f.span.Start, r.period.Start), End: max(f.span.End, r.period.End)}
		newer := first || cmp.Or(cmp.Compare(r.period.End, f.until), cmp.Compare(r.period.Start, f.from)) > 0
		switch {
		case known && (f.used == 0 || r.rule == indicator.RuleLast && newer), !known && f.used == 0 && newer:
			f.take(c, i, r.period, known)
		case known && r.rule != indicator.RuleLast:
			r.join(c, i, f)
			f.until = max(f.until, r.period.End)
		}
	}
}

// gather hands all series out, in order, unless periods overlap that are to be added up.
func (r *rolling) gather() {
	r.leave()
	names := make([]seriesName, 0, len(r.scattered))
	for name, one := range r.scattered {
		names = append(names, name)
		slices.SortFunc(one.periods, func(a, b indicator.Period) int {
			return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Start, b.Start))
		})
		one.periods = slices.Compact(one.periods)
		for r.enter(name, indicator.Period{}); len(one.periods) > 1 && r.addsUp(); one.periods = one.periods[1:] {
			if r.overlap = one.periods[1].Start <= one.periods[0].End; r.overlap {
				return
			}
		}
	}
	slices.SortFunc(names, seriesName.compare)
	for _, name := range names {
		one := r.scattered[name]
		r.enter(name, indicator.Period{})
		r.regions, r.first, r.last, r.also = one.regions, one.first, one.last, one.also
		r.done(r)
	}
}

package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// divisorFigures are the figures that the quotients of a request are divided by: facts about the regions, whatever the status
// of the figures they divide.
type divisorFigures struct {
	*figures
	series map[seriesKey][]int32 // rows that have a value, by time
}

// fetchDivisors reads the divisors, if there are any, with one Select like the one for the figures they divide.
func (f *figures) fetchDivisors(ctx context.Context, s *Session, like store.Select) error {
	selection := store.NewSelect()
	selection.Slices = []int32{0}
	flows := false
	for i := range f.subjects {
		x := &f.subjects[i]
		if !x.quotient() {
			continue
		}
		selection.Indicators = appendDistinct(selection.Indicators, x.divisor.ID)
		if x.divisorSliced {
			for _, id := range like.Slices {
				selection.Slices = appendDistinct(selection.Slices, id)
			}
		}
		flows = flows || x.divisor.Rollup.Time == indicator.RuleSum
	}
	if len(selection.Indicators) == 0 {
		return nil
	}
	selection.Statuses = []indicator.Status{indicator.Actual}
	selection.Regions, selection.Levels = like.Regions, like.Levels
	selection.AsOf, selection.Evidence = f.request.asOf, f.request.evidence
	if !f.request.evidence {
		selection.Omit = f.withoutCounts(selection.Indicators)
		if f.request.unwarned {
			selection.Omit |= store.ColumnSource
		}
	}
	// One state suffices for stocks that divide figures of one time. Flows divide what they flowed along with, and figures of
	// many times are each divided by what was in force then.
	newest := f.when.Within == nil
	if newest && !flows {
		selection.Latest = &store.Latest{OnOrBefore: f.lastDay(), NotBefore: indicator.NoDay}
	} else {
		selection.Within = &indicator.Period{Start: indicator.NoDay, End: f.lastDay()}
	}
	rows, err := f.runShared(ctx, s, selection, false)
	if err != nil {
		return err
	}
	d := &divisorFigures{&figures{request: f.request, catalog: f.catalog, scratch: f.scratch, regions: f.regions}, make(map[seriesKey][]int32)}
	w := newWatch(ctx)
	if d.rows, d.inherited, err = d.inherit(w, rows, selection.Latest != nil); err != nil {
		return err
	}
	for i := range int32(d.rows.Len()) {
		if err := w.step(); err != nil {
			return err
		}
		key := seriesKey{d.rows.Indicator[i], d.rows.Slice[i], d.rows.Region[i]}
		if newest && f.catalog.Indicators()[key.indicator].Rollup.Time != indicator.RuleSum {
			d.series[key] = nil // the newest comes last
		}
		if d.rows.Missing[i] == indicator.NotMissing {
			d.series[key] = append(d.series[key], i)
		}
	}
	f.divisor = d
	return nil
}

// lastDay is the last day asked about; Forever if there is none.
func (f *figures) lastDay() indicator.Day {
	switch {
	case f.when.Period != nil:
		return f.when.Period.End
	case f.when.Within != nil:
		return f.when.Within.End
	case f.when.Latest != nil && f.when.Latest.OnOrBefore != indicator.NoDay:
		return f.when.Latest.OnOrBefore
	}
	return indicator.Forever
}

// over lists what divides a region's value of a period: of a flow the figures inside the period, which add up, and where a state
// is divided also the one the period ends in; of anything else the figure in force at the period's end or, before the first
// one, that.
func (d *divisorFigures) over(x *subject, slice, region int32, period indicator.Period) []int32 {
	r := d.rows
	if !x.divisorSliced {
		slice = 0
	}
	known := d.series[seriesKey{x.divisor.ID, slice, region}]
	until := func(day indicator.Day) int { // how many of the rows end before or on the day
		n, _ := slices.BinarySearchFunc(known, day+1, func(i int32, wanted indicator.Day) int { return cmp.Compare(r.End[i], wanted) })
		return n
	}
	n := until(period.End)
	if x.divisor.Rollup.Time != indicator.RuleSum {
		switch {
		case n > 0:
			return known[n-1 : n]
		case len(known) > 0:
			return known[:1]
		}
		return nil
	}
	var rows []int32
	for _, i := range known[until(period.Start-1):n] {
		if r.Start[i] >= period.Start {
			rows = append(rows, i)
		}
	}
	if len(rows) > 0 || x.base.Rollup.Time == indicator.RuleSum {
		return rows
	}
	for _, i := range known[n:] {
		if r.Start[i] <= period.End {
			return []int32{i}
		}
	}
	return nil
}

// divide turns the cell of a quotient's base, which rests on the rows used, into the quotient.
func (f *figures) divide(w *watch, x *subject, c *cell, used []int32) error {
	period := spanOf(f.rows, used)
	divisor := cell{quantity: indicator.NoQuantity()}
	if rows := f.divisor.over(x, f.rows.Slice[used[0]], c.region, period); len(rows) > 0 {
		var err error
		if divisor, err = f.divisor.newCell(w, &subject{indicator: x.divisor, base: x.divisor, scale: 1}, rows); err != nil {
			return err
		}
	}
	if !c.over(divisor.quantity, x.scale) {
		return nil
	}
	c.divisorUsed = divisor.used
	by := f.divisor.listed(&divisor.used)
	about := spanOf(f.divisor.rows, by)
	c.divisorDiffers = about.End != period.End || x.divisor.Rollup.Time == indicator.RuleSum && about != period
	newest := f.rows.Definition[used[len(used)-1]]
	c.scopesDiffer = slices.ContainsFunc(by, func(i int32) bool { return f.divisor.rows.Definition[i] != newest })
	return nil
}

package query

import (
	"context"
	"fmt"
	"sort"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// weightFigures are the quantities of weights by indicator, slice and region. They are facts about the regions, whatever the status
// of the figures they weigh.
type weightFigures struct {
	// history says that the figures weighed are about many times, each with the weights of its own. Otherwise each series has one
	// quantity, the newest in force on the last day asked about.
	history bool
	series  map[seriesKey][]datedQuantity // by time
}

// on is the weight of what is about a time that ends with a day: the newest about a period that ends by then, or the nearest later
// one. False if there is none.
func (f *weightFigures) on(key seriesKey, day indicator.Day) (datedQuantity, bool) {
	if f == nil || len(f.series[key]) == 0 {
		return datedQuantity{}, false
	}
	known := f.series[key]
	n := sort.Search(len(known), func(i int) bool { return known[i].period.End > day })
	return known[max(0, n-1)], true
}

// fetchWeights reads the totals of weights with one Select: all up to the last day asked about, or the newest of them.
func (f *figures) fetchWeights(ctx context.Context, s *Session, like store.Select, indicators []int32, history bool) (*weightFigures, error) {
	weights := &weightFigures{history, make(map[seriesKey][]datedQuantity)}
	if len(indicators) == 0 {
		return weights, nil
	}
	selection := store.NewSelect()
	selection.Indicators, selection.Slices = indicators, []int32{0}
	selection.Statuses = []indicator.Status{indicator.Actual}
	selection.Regions, selection.Levels, selection.AsOf = like.Regions, like.Levels, f.request.asOf
	if history {
		selection.Within = &indicator.Period{Start: indicator.NoDay, End: f.lastDay()}
	} else {
		selection.Latest = &store.Latest{OnOrBefore: f.lastDay(), NotBefore: indicator.NoDay}
	}
	selection.Omit = store.ColumnSource | store.ColumnDefinition | f.withoutCounts(indicators)
	rows, err := f.runShared(ctx, s, selection, true)
	if err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	if rows, _, err = f.inherit(w, rows, !history); err != nil {
		return nil, err
	}
	for i := range rows.Len() {
		if err := w.step(); err != nil {
			return nil, err
		}
		if rows.Missing[i] == indicator.NotMissing {
			key := seriesKey{rows.Indicator[i], rows.Slice[i], rows.Region[i]}
			weights.series[key] = append(weights.series[key], datedQuantity{
				indicator.Quantity{Value: rows.Value[i], Precision: rows.Precision[i], Reported: !rows.Derived[i]},
				indicator.Period{Start: rows.Start[i], End: rows.End[i]},
			})
		}
	}
	return weights, nil
}

// laterWeights warns of a subject's values that rest on weights of later periods, because none were known when its figures were
// true.
func laterWeights(w *watch, x *subject, rollups ...*rollup) []Warning {
	periods, regions := make(map[string]bool), make(map[int32]bool)
	for _, u := range rollups {
		if u.subject.rule() != indicator.RuleWeightedMean || u.weights == nil || !u.weights.history || len(u.expected) == 1 {
			continue
		}
		cells := u.all()
		for i := range cells {
			if w.step() != nil {
				return nil
			}
			c := &cells[i]
			weight, ok := u.weight(c.region, c.until)
			if ok && c.quantity.Known() && weight.period.End > c.until {
				periods[weight.period.String()], regions[c.region] = true, true
			}
		}
	}
	if len(periods) == 0 {
		return nil
	}
	return []Warning{{MixedPeriods, fmt.Sprintf("%s: %s has no earlier value to weigh the figures of %s with, and is of later periods: %s",
		x.indicator.Code, x.indicator.Weight.Code, indicator.Counted(len(regions), "region"), listSome(periods))}}
}

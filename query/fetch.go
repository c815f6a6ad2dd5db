package query

import (
	"context"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// cells is the estimate of the cost: indicators x regions x slices x statuses.
func (f *figures) cells() int64 {
	return int64(len(f.subjects)) * int64(len(f.regions.list)) * int64(1+len(f.parts)) * int64(len(f.request.statuses))
}

// fetch holds the cost of resolved requests against the limit, all together, and reads their figures.
func (s *Session) fetch(ctx context.Context, requests ...*figures) (Cost, error) {
	cost := requests[0].regions.spent // they are about the same regions
	cost.Limit = s.limits.Cells
	var cells int64
	for _, f := range requests {
		cells += f.cells()
	}
	cost.Cells += cells
	if err := s.charge(ctx, cells); err != nil {
		return cost, err
	}
	for _, f := range requests {
		if err := f.fetch(ctx, s); err != nil {
			return cost, err
		}
		cost.Rows, cost.EngineQueries = cost.Rows+f.read, cost.EngineQueries+f.queries
	}
	return cost, nil
}

// fetchRows reads the figures with one Select, which it returns.
func (f *figures) fetchRows(ctx context.Context, s *Session) (selection store.Select, err error) {
	selection = store.NewSelect()
	selection.Statuses = f.request.statuses
	selection.AsOf = f.request.asOf
	if f.request.vintages {
		selection.Statuses = append(slices.Clone(f.request.statuses), indicator.Actual)
		selection.Vintages, selection.AsOf = true, indicator.NoDay
	}
	selection.Evidence = f.request.evidence
	selection.Indicators = make([]int32, 0, len(f.subjects))
	for i := range f.subjects {
		selection.Indicators = appendDistinct(selection.Indicators, f.subjects[i].base.ID)
	}
	selection.Omit = f.omitted(selection.Indicators)
	regions := f.regions
	if !f.request.vintages { // the vintages of several predecessors do not line up
		regions = regions.withPredecessors(f.catalog)
	}
	regions.narrow(&selection, s.catalog.Regions())
	if f.total >= 0 {
		selection.Slices = append(selection.Slices, f.total)
	}
	selection.Slices = append(selection.Slices, f.parts...)
	f.applyWhen(&selection, s.today)
	if len(selection.Slices) == 0 {
		f.rows = &store.Rows{} // no figure has the slice
		return selection, nil
	}
	if done, err := f.fetchStretches(ctx, s, selection); done || err != nil {
		return selection, err
	}
	if f.request.onlyRolledUp {
		return selection, errDeclined
	}
	if f.stretched { // nobody tells sources apart
		selection.Omit |= store.ColumnSource
	}
	if f.rows, err = f.run(ctx, s, selection); err != nil {
		return selection, err
	}
	if f.stretched {
		f.stretches = f.rows.Stretches()
		return selection, nil
	}
	if !f.request.vintages {
		f.rows, f.inherited, err = f.inherit(newWatch(ctx), f.rows, selection.Latest != nil)
	}
	return selection, err
}

// fetchStretches reads the figures in stretches, rolled up over time where that is possible and enough. It returns false where they have to be
// read in rows.
func (f *figures) fetchStretches(ctx context.Context, s *Session, selection store.Select) (bool, error) {
	if !f.request.inStretches || slices.ContainsFunc(f.subjects, func(x subject) bool { return x.quotient() }) || len(f.regions.heirs(f.catalog)) > 0 {
		return false, nil
	}
	if !f.request.everyPeriod && f.when.Within != nil { // a region has figures of many periods
		if !f.request.rolledUp {
			return false, nil
		}
		selection.Omit |= store.ColumnSource // of which nothing is said
		folded, err := s.fold(ctx, selection)
		if folded == nil || err != nil {
			return false, err
		}
		f.queries++
		f.read += int64(folded.Figures)
		f.stretches, f.stretched = folded.Stretches, true
		return true, nil
	}
	list, ok, err := s.stretches(ctx, selection)
	if ok {
		f.queries++
		f.stretches, f.stretched = list, true
		for i := range list {
			f.read += int64(list[i].Len())
		}
		return true, nil
	}
	if err == nil {
		f.stretched = true // once the rows are there
	}
	return false, err
}

// omitted are the columns of the figures of indicators that nothing of the request looks at.
func (f *figures) omitted(indicators []int32) store.Columns {
	if f.request.evidence || f.request.vintages {
		return 0
	}
	quotient := false
	for i := range f.subjects {
		quotient = quotient || f.subjects[i].quotient()
	}
	omit := f.withoutCounts(indicators)
	if f.request.unwarned {
		if !f.request.bySource {
			omit |= store.ColumnSource
		}
		if !quotient { // which is told whether its parts are defined alike
			omit |= store.ColumnDefinition
		}
	}
	return omit
}

// withoutCounts are the columns of counts, unless figures of one of the indicators are worked out from theirs.
func (f *figures) withoutCounts(indicators []int32) store.Columns {
	for _, id := range indicators {
		if f.catalog.Indicators()[id].Counted() {
			return 0
		}
	}
	return store.ColumnCounts
}

// run runs a selection and counts it and its rows.
func (f *figures) run(ctx context.Context, s *Session, selection store.Select) (*store.Rows, error) {
	f.queries++
	rows, err := s.rows(ctx, selection)
	if err != nil {
		return nil, err
	}
	f.read += int64(rows.Len())
	return rows, nil
}

// fetch reads the rows: one Select for the figures, and one each for divisors and weights where there are any.
func (f *figures) fetch(ctx context.Context, s *Session) error {
	selection, err := f.fetchRows(ctx, s)
	if err != nil || len(selection.Slices) == 0 {
		return err
	}
	var weights []int32
	for i := range f.subjects {
		if w := f.subjects[i].indicator.Weight; w != nil {
			weights = appendDistinct(weights, w.ID)
		}
	}
	if err := f.fetchDivisors(ctx, s, selection); err != nil {
		return err
	}
	// Figures of many times are each weighed by what was in force then, as they are divided.
	f.weights, err = f.fetchWeights(ctx, s, selection, weights, f.when.Within != nil || f.request.everyPeriod)
	return err
}

// applyWhen narrows a selection to the periods asked for.
func (f *figures) applyWhen(selection *store.Select, today indicator.Day) {
	switch {
	case f.when.Period != nil:
		selection.Period = f.when.Period
	case f.when.Within != nil:
		selection.Within = f.when.Within
	default:
		latest := store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
		if asked := f.when.Latest; asked != nil {
			if asked.OnOrBefore != indicator.NoDay {
				latest.OnOrBefore = asked.OnOrBefore
			}
			if asked.MaxAge >= 0 {
				newest := today
				if asked.OnOrBefore != indicator.NoDay {
					newest = asked.OnOrBefore
				}
				latest.NotBefore = newest - indicator.Day(asked.MaxAge)
			}
		}
		selection.Latest = &latest
	}
}

func appendDistinct(list []int32, id int32) []int32 {
	if slices.Contains(list, id) {
		return list
	}
	return append(list, id)
}

package duckdb

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// lookup is where the newest figures of series are looked for. Most regions have a value in the newest few; of the others those before are looked
// at, by what follows them.
type lookup struct {
	*folding
	selection store.Select // without a time
	within    indicator.Period
	stretches []store.Stretch
	lacking   []lacking // in the order of stretches, and of regions in each
}

// lacking is a region whose newest figures of a series have no value, or lie outside of the time asked about.
type lacking struct {
	stretch, at int           // its place in what has been rolled up
	end         indicator.Day // of the oldest figure that has been looked at
	found       rolledFigure  // the newest with a value; as long as there is none, the newest one, if any lies inside
	done        bool          // nothing before can change it
}

// singleSteps is how often the figures right before those that have been looked at are read. What is left after that is read as a whole.
const singleSteps = 3

// fewLacking is how many are looked for by their regions.
const fewLacking = 512

// newest rolls a selection up by the newest figure of each region.
func (f *folding) newest(ctx context.Context, s *store.Select) ([]store.Stretch, error) {
	l := &lookup{folding: f, selection: *s, within: indicator.Period{Start: indicator.NoDay, End: indicator.Forever}}
	if s.Within != nil {
		l.within = *s.Within
	}
	l.selection.Within = nil
	if err := l.first(ctx); err != nil {
		return nil, err
	}
	for step := 1; ; step++ {
		var left []*lacking
		for i := range l.lacking {
			if !l.lacking[i].done {
				left = append(left, &l.lacking[i])
			}
		}
		if len(left) == 0 {
			return l.settled(), nil
		}
		if err := l.before(ctx, left, step <= singleSteps); err != nil {
			return nil, err
		}
	}
}

// findLastFollowed looks for the last followed figures of the indicator that has the most.
func (f *folding) findLastFollowed(ctx context.Context, newest []int32) (indicator.Day, error) {
	s := f.selection
	bound := indicator.Forever
	if s.Within != nil {
		bound, s.Within = s.Within.End, nil
	}
	most := int64(-1)
	for _, one := range newest {
		of := store.Select{Indicators: []int32{one}, Slices: s.Slices, Statuses: s.Statuses}
		if n := f.places.Load().rows(&of); n > most {
			most, s.Indicators = n, of.Indicators
		}
	}
	sql, err := f.dialect().LastFollowed(s, bound)
	if err != nil {
		return indicator.NoDay, fmt.Errorf("roll up: %w", err)
	}
	end, err := f.number(ctx, sql)
	if err != nil {
		return indicator.NoDay, fmt.Errorf("roll up: %w", err)
	}
	return indicator.Day(end), nil
}

// first reads the newest figure of each region, and those before which most series have, since that takes much less than reading them
// when regions turn out to have no value in the newest one.
func (l *lookup) first(ctx context.Context) error {
	s := l.selection
	from, err := l.lastFollowed()
	if err != nil {
		return err
	}
	if from == indicator.NoDay { // the newest ones alone: none that is inside follows them
		from = min(l.within.End, indicator.Forever-1) + 1
	}
	ends := statement.Ends{From: from, To: indicator.Forever, NotBefore: l.within.Start, NotAfter: l.within.End}
	sql, err := l.dialect().Followed(s, ends)
	if err != nil {
		return fmt.Errorf("roll up: %w", err)
	}
	_, err = l.roll(ctx, &s, sql, l.within.Start, func(r *rolling) {
		t := r.stretch(true)
		for i, region := range t.Region {
			if f := r.regions[region]; f.used == 0 {
				one := lacking{stretch: len(l.stretches), at: i, end: f.oldest}
				if !f.outside {
					one.found = f
				}
				l.lacking = append(l.lacking, one)
			}
		}
		l.stretches = append(l.stretches, t)
	})
	return err
}

// before reads the figures before those that have been looked at of what is left: those right before them, and some more, or all.
func (l *lookup) before(ctx context.Context, left []*lacking, single bool) error {
	s := l.selection
	s.Indicators = nil
	var regions []store.Span
	from, to := indicator.Day(math.MaxInt32), indicator.Day(math.MinInt32)
	for _, one := range left {
		t := &l.stretches[one.stretch]
		if n := len(s.Indicators); n == 0 || s.Indicators[n-1] != t.Indicator {
			s.Indicators = append(s.Indicators, t.Indicator)
		}
		regions = append(regions, store.Span{From: t.Region[one.at], To: t.Region[one.at] + 1})
		from, to = min(from, one.end), max(to, one.end)
	}
	if len(left) <= fewLacking {
		s.Regions = regions
	} else { // what lies between the indicators is looked at too: the rows of a range need not be sorted
		first, last := s.Indicators[0], s.Indicators[len(s.Indicators)-1]
		s.Indicators = slices.DeleteFunc(slices.Clone(l.selection.Indicators), func(i int32) bool { return i < first || i > last })
	}
	if !single {
		from = math.MinInt32
	}
	next := 0
	// unmet settles those of the series before another one, of which nothing has been read.
	unmet := func(of seriesName) {
		for ; next < len(left) && l.series(left[next]).compare(of) < 0; next++ {
			left[next].done = true
		}
	}
	sql, err := l.dialect().Followed(s, statement.Ends{From: from, To: to, NotBefore: l.within.Start, NotAfter: indicator.Forever, Sorted: len(left) <= fewLacking})
	if err != nil {
		return fmt.Errorf("roll up: %w", err)
	}
	_, err = l.roll(ctx, &s, sql, l.within.Start, func(r *rolling) {
		unmet(r.seriesName)
		for ; next < len(left) && l.series(left[next]) == r.seriesName; next++ {
			one := left[next]
			f := r.regions[l.stretches[one.stretch].Region[one.at]]
			if f.used > 0 || f.seen && !f.outside && !one.found.seen {
				one.found = f
			}
			one.end, one.done = f.oldest, !single || !f.seen || f.used > 0
		}
	})
	unmet(seriesName{indicator: math.MaxInt32})
	return err
}

func (l *lookup) series(one *lacking) seriesName {
	t := &l.stretches[one.stretch]
	return seriesName{t.Indicator, t.Slice, t.Status}
}

// settled is what has been found: what was lacking is put in its place, and left out where there is nothing inside.
func (l *lookup) settled() []store.Stretch {
	for from := 0; from < len(l.lacking); {
		t := &l.stretches[l.lacking[from].stretch]
		var none []int // places of regions without figures
		to := from
		for ; to < len(l.lacking) && l.lacking[to].stretch == l.lacking[from].stretch; to++ {
			if one := &l.lacking[to]; one.found.seen {
				setFigure(t, one.at, &one.found, l.selection.Omit&store.ColumnCounts == 0)
			} else {
				none = append(none, one.at)
			}
		}
		if len(none) > 0 {
			*t = without(t, none)
		}
		if len(t.Until) > 0 {
			t.Period.End = t.Until[0]
		}
		if len(t.Since) > 0 {
			t.Period.Start = t.Since[0]
		}
		from = to
	}
	return slices.DeleteFunc(l.stretches, func(t store.Stretch) bool { return t.Len() == 0 })
}

// without is a stretch without some places.
func without(t *store.Stretch, places []int) store.Stretch {
	left := *t
	left.Region, left.Value, left.Until = remaining(t.Region, places), remaining(t.Value, places), remaining(t.Until, places)
	left.Since, left.Definition = remaining(t.Since, places), remaining(t.Definition, places)
	left.Missing, left.Precision = remaining(t.Missing, places), remaining(t.Precision, places)
	left.Numerator, left.Denominator = remaining(t.Numerator, places), remaining(t.Denominator, places)
	left.CountsPrecision = remaining(t.CountsPrecision, places)
	return left
}

// remaining is a column, which others may share, without some places.
func remaining[T any](column []T, places []int) []T {
	if column == nil {
		return nil
	}
	left, from := make([]T, 0, len(column)-len(places)), 0
	for _, place := range places {
		left, from = append(left, column[from:place]...), place+1
	}
	return append(left, column[from:]...)
}

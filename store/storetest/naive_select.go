package storetest

import (
	"cmp"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// selectFigures answers a selection, but for After, Limit and Cap, from all figures in natural order.
func selectFigures(all []figure, s store.Select) []figure {
	var known []figure
	for _, f := range all {
		switch {
		case s.Vintages:
		case s.AsOf != indicator.NoDay:
			if f.KnownFrom > s.AsOf || f.KnownTo <= s.AsOf {
				continue
			}
		case f.KnownTo != indicator.Forever:
			continue
		}
		known = append(known, f)
	}
	var selected []figure
	for _, f := range known {
		if matches(&f, s) && (s.Latest == nil || isLatest(&f, known, *s.Latest)) {
			selected = append(selected, f)
		}
	}
	slices.SortStableFunc(selected, func(a, b figure) int { return compareIn(s.Order, a, b) })
	return selected
}

func oneOf[T comparable](value T, list []T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

func matches(f *figure, s store.Select) bool {
	inside := len(s.Regions) == 0 || slices.ContainsFunc(s.Regions, func(r store.Span) bool {
		return r.From <= f.Region && f.Region < r.To
	})
	return inside && oneOf(f.Indicator, s.Indicators) && oneOf(f.Slice, s.Slices) && oneOf(f.Source, s.Sources) &&
		oneOf(f.Status, s.Statuses) && oneOf(f.Precision, s.Precisions) && oneOf(f.Level, s.Levels) &&
		f.Load >= s.LoadsFrom &&
		(s.Period == nil || *s.Period == f.Period) &&
		(s.Within == nil || s.Within.Start <= f.Period.Start && f.Period.End <= s.Within.End)
}

// isLatest reports whether no other figure of the series ends, by the day asked for, later or as late but begins later.
func isLatest(f *figure, known []figure, latest store.Latest) bool {
	if f.Period.End > latest.OnOrBefore || f.Period.End < latest.NotBefore {
		return false
	}
	for i := range known {
		g := &known[i]
		sameSeries := g.Region == f.Region && g.Indicator == f.Indicator && g.Slice == f.Slice && g.Status == f.Status
		if sameSeries && g.Period.End <= latest.OnOrBefore &&
			cmp.Or(cmp.Compare(g.Period.End, f.Period.End), cmp.Compare(g.Period.Start, f.Period.Start)) > 0 {
			return false
		}
	}
	return true
}

func compareIn(o store.Order, a, b figure) int {
	sign := 1
	if o.Descending {
		sign = -1
	}
	switch o.By {
	case store.ByRegion:
		return cmp.Or(sign*cmp.Compare(a.Region, b.Region), compareNatural(a, b))
	case store.ByPeriod:
		return cmp.Or(sign*cmp.Compare(a.Period.End, b.Period.End), sign*cmp.Compare(a.Period.Start, b.Period.Start), compareNatural(a, b))
	case store.ByPublished:
		return cmp.Or(sign*cmp.Compare(a.PublishedOn, b.PublishedOn), compareNatural(a, b))
	case store.ByValue:
		if x, y := math.IsNaN(a.Value), math.IsNaN(b.Value); x || y {
			if x && y {
				return compareNatural(a, b)
			}
			if x {
				return 1
			}
			return -1
		}
		return cmp.Or(sign*cmp.Compare(a.Value, b.Value), compareNatural(a, b))
	}
	return sign * compareNatural(a, b)
}

// rowsOf lays figures out as an engine returns those of a selection.
func rowsOf(figures []figure, s store.Select) *store.Rows {
	rows := layOut(figures, s.Evidence || s.Vintages)
	rows.Drop(s.Omit)
	return rows
}

func layOut(figures []figure, evidence bool) *store.Rows {
	rows := &store.Rows{}
	for _, f := range figures {
		rows.Indicator = append(rows.Indicator, f.Indicator)
		rows.Slice = append(rows.Slice, f.Slice)
		rows.Region = append(rows.Region, f.Region)
		rows.Source = append(rows.Source, f.Source)
		rows.Definition = append(rows.Definition, f.Definition)
		rows.Status = append(rows.Status, f.Status)
		rows.Start = append(rows.Start, f.Period.Start)
		rows.End = append(rows.End, f.Period.End)
		rows.Value = append(rows.Value, f.Value)
		rows.Missing = append(rows.Missing, f.Missing)
		rows.Precision = append(rows.Precision, f.Precision)
		rows.Numerator = append(rows.Numerator, f.Numerator)
		rows.Denominator = append(rows.Denominator, f.Denominator)
		rows.CountsPrecision = append(rows.CountsPrecision, f.CountsPrecision)
		rows.Derived = append(rows.Derived, f.Derived)
		if !evidence {
			continue
		}
		rows.Published = append(rows.Published, f.PublishedOn)
		rows.KnownFrom = append(rows.KnownFrom, f.KnownFrom)
		rows.KnownTo = append(rows.KnownTo, f.KnownTo)
		rows.Tie = append(rows.Tie, f.Tie)
		rows.Load = append(rows.Load, f.Load)
		rows.Inferred = append(rows.Inferred, f.PeriodInferred)
		rows.Offset = append(rows.Offset, f.Offset)
		rows.Printed = append(rows.Printed, f.Printed)
		rows.Note = append(rows.Note, f.Note)
	}
	return rows
}

// countFigures counts figures by keys.
func countFigures(figures []figure, by []store.Key) []store.Tally {
	var tallies []store.Tally
	regions := make(map[int]map[int32]bool)
	for _, f := range figures {
		keys := make([]int32, len(by))
		for i, k := range by {
			keys[i] = map[store.Key]int32{
				store.KeyIndicator: f.Indicator, store.KeyRegion: f.Region, store.KeySlice: f.Slice,
				store.KeyStatus: int32(f.Status), store.KeyMissing: int32(f.Missing), store.KeySource: f.Source,
			}[k]
		}
		at := slices.IndexFunc(tallies, func(t store.Tally) bool { return slices.Equal(t.Keys, keys) })
		if at < 0 {
			at = len(tallies)
			tallies = append(tallies, store.Tally{Keys: keys, First: f.Period.Start, Last: f.Period.End})
			regions[at] = make(map[int32]bool)
		}
		t := &tallies[at]
		t.Rows++
		regions[at][f.Region] = true
		t.Regions = int64(len(regions[at]))
		t.First, t.Last = min(t.First, f.Period.Start), max(t.Last, f.Period.End)
	}
	if len(by) == 0 && len(tallies) == 0 {
		return []store.Tally{{Keys: []int32{}, First: indicator.NoDay, Last: indicator.NoDay}}
	}
	slices.SortFunc(tallies, func(a, b store.Tally) int { return slices.Compare(a.Keys, b.Keys) })
	return tallies
}

package storetest

import (
	"cmp"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// figure is one row of a store's history: a report or a derived figure and the days on which it was the newest.
type figure struct {
	store.Report
	Level              indicator.Level
	Derived            bool
	KnownFrom, KnownTo indicator.Day
	Tie, Load          int32
}

// key identifies a figure.
type key struct {
	indicator, slice, region int32
	status                   indicator.Status
	period                   indicator.Period
}

func keyOf(r *store.Report) key {
	return key{r.Indicator, r.Slice, r.Region, r.Status, r.Period}
}

// entry is a report in the order of arrival.
type entry struct {
	store.Report
	load, tie int32
}

// evaluate is everything that loads under one catalogue bring about, in natural order.
func evaluate(c *catalog.Catalog, loads [][]store.Report) []figure {
	entries := arrive(loads)
	var days []indicator.Day
	for i := range entries {
		days = append(days, entries[i].PublishedOn)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	open := make(map[key]*figure) // the figures of the day before, whose intervals may go on
	var figures []*figure
	for _, day := range days {
		today := newDayFigures(c, entries, day)
		for k, f := range today {
			before := open[k]
			if before != nil && sameFigure(before, f) {
				continue
			}
			if before != nil {
				before.KnownTo = day
			}
			f.KnownFrom, f.KnownTo = day, indicator.Forever
			open[k] = f
			figures = append(figures, f)
		}
		for k, f := range open {
			if today[k] == nil {
				f.KnownTo = day
				delete(open, k)
			}
		}
	}
	all := overtaken(c, entries)
	for _, f := range figures {
		all = append(all, *f)
	}
	slices.SortFunc(all, compareNatural)
	return all
}

// arrive lists the reports that loads leave behind: of those identical in every field, a load adds none that the loads
// before it brought, and of its own only the last.
func arrive(loads [][]store.Report) []entry {
	var entries []entry
	byKey := make(map[key][]*store.Report) // what the loads before brought
	for number, batch := range loads {
		lastPlace := make(map[key][]int)
		for i := range batch {
			lastPlace[keyOf(&batch[i])] = append(lastPlace[keyOf(&batch[i])], i)
		}
		before := len(entries)
		for i := range batch {
			k := keyOf(&batch[i])
			known := slices.ContainsFunc(byKey[k], func(r *store.Report) bool { return sameReport(r, &batch[i]) })
			again := slices.ContainsFunc(lastPlace[k], func(j int) bool { return j > i && sameReport(&batch[j], &batch[i]) })
			if !known && !again {
				entries = append(entries, entry{Report: batch[i], load: int32(number)})
			}
		}
		for i := before; i < len(entries); i++ {
			r := entries[i].Report
			byKey[keyOf(&r)] = append(byKey[keyOf(&r)], &r)
		}
	}
	ties := make(map[dated]int32)
	for i := range entries {
		d := dated{keyOf(&entries[i].Report), entries[i].PublishedOn}
		entries[i].tie = ties[d]
		ties[d]++
	}
	return entries
}

// dated is a key on a day of publication.
type dated struct {
	key
	published indicator.Day
}

// changesOf counts what the last of some loads changes.
func changesOf(loads [][]store.Report) store.Changes {
	last := len(loads) - 1
	before := make(map[key]bool)
	var changes store.Changes
	entries := arrive(loads)
	for i := range entries {
		e := &entries[i]
		k := keyOf(&e.Report)
		switch {
		case int(e.load) < last:
			before[k] = true
		case before[k]:
			changes.Revised++
			if p := precursor(entries, e); e.Missing != indicator.NotMissing && p != nil && p.Missing == indicator.NotMissing {
				changes.Withdrawn++
			}
		default:
			changes.Added++
		}
	}
	changes.Unchanged = int64(len(loads[last])) - changes.Added - changes.Revised
	changes.Catalog = last == 0
	return changes
}

// precursor is the report of the same key before one, by the day of publication; nil if it is the first.
func precursor(entries []entry, e *entry) *entry {
	var found *entry
	for i := range entries {
		p := &entries[i]
		earlier := p.PublishedOn < e.PublishedOn || p.PublishedOn == e.PublishedOn && p.tie < e.tie
		if keyOf(&p.Report) == keyOf(&e.Report) && earlier &&
			(found == nil || p.PublishedOn > found.PublishedOn || p.PublishedOn == found.PublishedOn && p.tie > found.tie) {
			found = p
		}
	}
	return found
}

// overtaken lists the reports that were never the newest, because another of the same day came after them.
func overtaken(c *catalog.Catalog, entries []entry) []figure {
	newest := make(map[dated]int32)
	for i := range entries {
		newest[dated{keyOf(&entries[i].Report), entries[i].PublishedOn}] = entries[i].tie
	}
	var figures []figure
	for i := range entries {
		e := &entries[i]
		if e.tie < newest[dated{keyOf(&e.Report), e.PublishedOn}] {
			f := e.figure(c)
			f.KnownFrom, f.KnownTo = e.PublishedOn, e.PublishedOn
			figures = append(figures, f)
		}
	}
	return figures
}

func (e *entry) figure(c *catalog.Catalog) figure {
	f := figure{Report: e.Report, Level: c.Regions()[e.Region].Level, Tie: e.tie, Load: e.load}
	if f.Missing != indicator.NotMissing {
		f.Value = math.NaN()
	}
	return f
}

func sameFloat(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func sameReport(a, b *store.Report) bool {
	if a.Missing != b.Missing || a.Missing == indicator.NotMissing && !sameFloat(a.Value, b.Value) ||
		!sameFloat(a.Numerator, b.Numerator) || !sameFloat(a.Denominator, b.Denominator) {
		return false
	}
	x, y := *a, *b
	x.Value, x.Numerator, x.Denominator = 0, 0, 0
	y.Value, y.Numerator, y.Denominator = 0, 0, 0
	return x == y
}

// sameFigure compares all but the interval.
func sameFigure(a, b *figure) bool {
	return sameReport(&a.Report, &b.Report) && a.Derived == b.Derived && a.Tie == b.Tie && a.Load == b.Load
}

func compareNatural(a, b figure) int {
	return cmp.Or(
		cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Slice, b.Slice), cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Period.Start, b.Period.Start), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.KnownFrom, b.KnownFrom), cmp.Compare(a.Tie, b.Tie),
	)
}

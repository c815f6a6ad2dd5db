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

// batch is what one load brings: reports, and the scopes that they replace.
type batch struct {
	reports []store.Report
	scopes  []store.Scope
}

// entry is a report, or the withdrawal of one, in the order of arrival.
type entry struct {
	store.Report
	load, tie int32
	withdrawn bool
	rank      indicator.Day // orders the reports of a key before their arrival: the day of publication of what is taken back
}

// outranks reports whether an entry of the same key that arrived later comes after one that arrived earlier.
func (e *entry) outranks(earlier *entry) bool { return e.rank >= earlier.rank }

// evaluate is everything that loads under one catalogue bring about, in natural order.
func evaluate(c *catalog.Catalog, loads []batch) []figure {
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
	known := make(map[dated]int32)
	for i := range entries {
		known[dated{keyOf(&entries[i].Report), entries[i].PublishedOn}]++
	}
	for _, f := range figures {
		// What begins on the day of a withdrawal without a report of that day comes behind the withdrawal.
		if n := known[dated{keyOf(&f.Report), f.KnownFrom}]; n > 0 && (f.Derived || f.KnownFrom != f.PublishedOn) {
			f.Tie = n
		}
		all = append(all, *f)
	}
	slices.SortFunc(all, compareNatural)
	return all
}

// arrive lists what loads leave behind: of reports identical in every field, a load adds none that the loads before it
// brought, unless they were withdrawn, and of its own only the last.
func arrive(loads []batch) []entry {
	var entries []entry
	byKey := make(map[key][]int) // what the loads before brought
	for number, load := range loads {
		lastPlace := make(map[key][]int)
		for i := range load.reports {
			lastPlace[keyOf(&load.reports[i])] = append(lastPlace[keyOf(&load.reports[i])], i)
		}
		before := len(entries)
		for i := range load.reports {
			r := load.reports[i]
			k := keyOf(&r)
			again := slices.ContainsFunc(lastPlace[k], func(j int) bool { return j > i && sameReport(&load.reports[j], &r) })
			if !again && !stands(entries, byKey[k], &r) {
				entries = append(entries, entry{Report: r, load: int32(number), rank: r.PublishedOn})
			}
		}
		for k, known := range byKey {
			if newest := newestOf(entries, known); len(lastPlace[k]) == 0 && !newest.withdrawn {
				if on, ok := withdrawnOn(load.scopes, newest); ok {
					entries = append(entries, withdrawal(newest, on, int32(number)))
				}
			}
		}
		for i := before; i < len(entries); i++ {
			k := keyOf(&entries[i].Report)
			byKey[k] = append(byKey[k], i)
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

// stands reports whether a report is known and was not taken back since.
func stands(entries []entry, known []int, r *store.Report) bool {
	found := false
	for _, i := range known {
		e := &entries[i]
		switch {
		case e.withdrawn && e.rank == r.PublishedOn:
			found = false
		case !e.withdrawn && sameReport(&e.Report, r):
			found = true
		}
	}
	return found
}

// newestOf is the last of the entries of one key.
func newestOf(entries []entry, known []int) *entry {
	newest := &entries[known[0]]
	for _, i := range known[1:] {
		if entries[i].outranks(newest) {
			newest = &entries[i]
		}
	}
	return newest
}

// withdrawnOn is the earliest day on which the scopes withdraw a report.
func withdrawnOn(scopes []store.Scope, e *entry) (day indicator.Day, ok bool) {
	day = indicator.Forever
	for _, s := range scopes {
		inside := s.Regions == nil || slices.ContainsFunc(s.Regions, func(r store.Span) bool { return r.From <= e.Region && e.Region < r.To })
		if inside && slices.Contains(s.Indicators, e.Indicator) {
			day, ok = min(day, s.On), true
		}
	}
	return max(day, e.PublishedOn), ok
}

func withdrawal(e *entry, on indicator.Day, load int32) entry {
	return entry{load: load, withdrawn: true, rank: e.rank, Report: store.Report{
		Region: e.Region, Indicator: e.Indicator, Slice: e.Slice, Status: e.Status, Period: e.Period,
		Missing: indicator.Withdrawn, Value: math.NaN(), Numerator: math.NaN(), Denominator: math.NaN(),
		Source: e.Source, PeriodInferred: e.PeriodInferred, PublishedOn: on, Offset: -1,
	}}
}

// dated is a key on a day of publication.
type dated struct {
	key
	published indicator.Day
}

// changesOf counts what the last of some loads changes, but for what it replaces.
func changesOf(loads []batch) store.Changes {
	last := len(loads) - 1
	known := make(map[key]bool)
	var changes store.Changes
	entries := arrive(loads)
	reports := int64(0)
	for i := range entries {
		e := &entries[i]
		k := keyOf(&e.Report)
		if int(e.load) == last {
			if !e.withdrawn {
				reports++
			}
			if known[k] {
				changes.Revised++
			} else {
				changes.Added++
			}
			if e.withdrawn || e.Missing != indicator.NotMissing && follows(entries, i, indicator.NotMissing) {
				changes.Withdrawn++
			}
		}
		known[k] = true
	}
	changes.Unchanged = int64(len(loads[last].reports)) - reports
	changes.Catalog = last == 0
	return changes
}

// follows reports whether what precedes an entry of the same key by rank is missing for a reason, or not at all.
func follows(entries []entry, at int, reason indicator.Missing) bool {
	e := &entries[at]
	var found *entry
	for i := range entries {
		p := &entries[i]
		earlier := p.rank < e.rank || p.rank == e.rank && i < at
		if keyOf(&p.Report) == keyOf(&e.Report) && earlier && (found == nil || p.outranks(found)) {
			found = p
		}
	}
	return found != nil && found.Missing == reason
}

// overtaken lists what was the newest for no day: withdrawals, and reports behind which another came that was published no
// later.
func overtaken(c *catalog.Catalog, entries []entry) []figure {
	byKey := make(map[key][]*entry)
	for i := range entries {
		byKey[keyOf(&entries[i].Report)] = append(byKey[keyOf(&entries[i].Report)], &entries[i])
	}
	var figures []figure
	for i := range entries {
		e := &entries[i]
		later := func(x *entry) bool {
			behind := x.rank > e.rank || x.rank == e.rank && (x.load > e.load || x.load == e.load && x.tie > e.tie)
			return behind && x.PublishedOn <= e.PublishedOn
		}
		if e.withdrawn || slices.ContainsFunc(byKey[keyOf(&e.Report)], later) {
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

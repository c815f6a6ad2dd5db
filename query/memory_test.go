package query

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// record is a report with the days on which it was the newest of its key.
type record struct {
	store.Report
	knownFrom, knownTo indicator.Day
	tie, load          int32
}

// memory is an engine with one snapshot that holds its figures in a slice and looks at each of them for every answer.
type memory struct {
	contents *store.Contents
	records  []record
	// pinned counts the snapshots that were not released.
	pinned int
}

// newMemory works out from the reports, which are listed in the order of arrival, which is the newest of its key when.
func newMemory(c *catalog.Catalog, contents store.Contents, reports []record) *memory {
	m := &memory{contents: &contents, records: reports}
	m.contents.Catalog = c
	for i := range m.records {
		r := &m.records[i]
		r.knownFrom, r.knownTo, r.tie = r.PublishedOn, indicator.Forever, 0
		for j := range m.records {
			other := &m.records[j]
			switch {
			case i == j || !sameKey(r, other):
			case other.PublishedOn == r.PublishedOn && j < i:
				r.tie++
			case other.PublishedOn == r.PublishedOn:
				r.knownTo = r.PublishedOn
			case other.PublishedOn > r.PublishedOn:
				r.knownTo = min(r.knownTo, other.PublishedOn)
			}
		}
	}
	slices.SortStableFunc(m.records, compareNatural)
	return m
}

func sameKey(a, b *record) bool {
	return a.Region == b.Region && a.Indicator == b.Indicator && a.Slice == b.Slice && a.Status == b.Status && a.Period == b.Period
}

func compareNatural(a, b record) int {
	return cmp.Or(
		cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Slice, b.Slice), cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Period.Start, b.Period.Start), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.knownFrom, b.knownFrom), cmp.Compare(a.tie, b.tie),
	)
}

func (m *memory) Pin(context.Context) (store.Snapshot, error) {
	m.pinned++
	return m, nil
}

func (m *memory) Begin(context.Context) (store.Writer, error) { return nil, store.ErrNoSnapshot }

func (m *memory) Manifests(context.Context) ([]store.Manifest, error) {
	return []store.Manifest{m.contents.Manifest, {ID: "s0"}}, nil
}

func (m *memory) Close() error { return nil }

func (m *memory) Contents() *store.Contents { return m.contents }

func (m *memory) Release() { m.pinned-- }

func (m *memory) Select(_ context.Context, s store.Select) (*store.Rows, error) {
	selected := m.matching(s)
	slices.SortStableFunc(selected, func(a, b record) int { return compareIn(s.Order, a, b) })
	if s.After != nil {
		selected = slices.DeleteFunc(selected, func(r record) bool {
			at := recordAt(s.After)
			if !s.Vintages { // one report of each key is selected
				at.knownFrom, at.tie = r.knownFrom, r.tie
			}
			return compareIn(s.Order, r, at) <= 0
		})
	}
	if s.Limit > 0 && len(selected) > s.Limit {
		selected = selected[:s.Limit]
	}
	if s.Cap > 0 && len(selected) > s.Cap {
		return nil, &store.RowCapError{Cap: s.Cap}
	}
	rows := rowsOf(selected, s.Evidence || s.Vintages)
	rows.Drop(s.Omit)
	return rows, nil
}

// recordAt has the place of a position.
func recordAt(p *store.Position) record {
	return record{
		Report: store.Report{
			Region: p.Region, Indicator: p.Indicator, Slice: p.Slice, Status: p.Status, Period: p.Period, Value: p.Value, PublishedOn: p.Published,
		},
		knownFrom: p.KnownFrom, tie: p.Tie,
	}
}

// matching are the records that meet the filters, in natural order.
func (m *memory) matching(s store.Select) []record {
	var known, selected []record
	for _, r := range m.records {
		current := r.knownTo == indicator.Forever
		if s.AsOf != indicator.NoDay {
			current = r.knownFrom <= s.AsOf && s.AsOf < r.knownTo
		}
		if s.Vintages || current {
			known = append(known, r)
		}
	}
	for _, r := range known {
		if m.matches(&r, s) && (s.Latest == nil || isLatest(&r, known, s.Latest)) {
			selected = append(selected, r)
		}
	}
	return selected
}

func (m *memory) matches(r *record, s store.Select) bool {
	inside := len(s.Regions) == 0
	for _, span := range s.Regions {
		inside = inside || span.From <= r.Region && r.Region < span.To
	}
	level := m.contents.Catalog.Regions()[r.Region].Level
	return inside && oneOf(r.Indicator, s.Indicators) && oneOf(r.Slice, s.Slices) && oneOf(r.Source, s.Sources) &&
		oneOf(r.Status, s.Statuses) && oneOf(r.Precision, s.Precisions) && oneOf(level, s.Levels) &&
		(s.Period == nil || *s.Period == r.Period) && (s.Within == nil || s.Within.Contains(r.Period))
}

func oneOf[T comparable](x T, list []T) bool { return len(list) == 0 || slices.Contains(list, x) }

func isLatest(r *record, known []record, latest *store.Latest) bool {
	if r.Period.End > latest.OnOrBefore || r.Period.End < latest.NotBefore {
		return false
	}
	for i := range known {
		o := &known[i]
		series := o.Region == r.Region && o.Indicator == r.Indicator && o.Slice == r.Slice && o.Status == r.Status
		newer := o.Period.End > r.Period.End || o.Period.End == r.Period.End && o.Period.Start > r.Period.Start
		if series && newer && o.Period.End <= latest.OnOrBefore {
			return false
		}
	}
	return true
}

func compareIn(order store.Order, a, b record) int {
	sign := 1
	if order.Descending {
		sign = -1
	}
	var c int
	switch order.By {
	case store.Natural:
		return sign * compareNatural(a, b)
	case store.ByRegion:
		c = cmp.Compare(a.Region, b.Region)
	case store.ByPeriod:
		c = cmp.Or(cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Period.Start, b.Period.Start))
	case store.ByPublished:
		c = cmp.Compare(a.PublishedOn, b.PublishedOn)
	case store.ByValue:
		switch x, y := math.IsNaN(a.Value), math.IsNaN(b.Value); {
		case x && !y:
			return 1
		case y && !x:
			return -1
		case !x:
			c = cmp.Compare(a.Value, b.Value)
		}
	}
	return cmp.Or(sign*c, compareNatural(a, b))
}

func rowsOf(records []record, evidence bool) *store.Rows {
	rows := &store.Rows{}
	for _, r := range records {
		rows.Indicator, rows.Slice = append(rows.Indicator, r.Indicator), append(rows.Slice, r.Slice)
		rows.Region, rows.Source = append(rows.Region, r.Region), append(rows.Source, r.Source)
		rows.Definition, rows.Status = append(rows.Definition, r.Definition), append(rows.Status, r.Status)
		rows.Start, rows.End = append(rows.Start, r.Period.Start), append(rows.End, r.Period.End)
		rows.Value, rows.Missing = append(rows.Value, r.Value), append(rows.Missing, r.Missing)
		rows.Precision, rows.Derived = append(rows.Precision, r.Precision), append(rows.Derived, false)
		rows.Numerator, rows.Denominator = append(rows.Numerator, r.Numerator), append(rows.Denominator, r.Denominator)
		rows.CountsPrecision = append(rows.CountsPrecision, r.CountsPrecision)
		if !evidence {
			continue
		}
		rows.Published, rows.Tie = append(rows.Published, r.PublishedOn), append(rows.Tie, r.tie)
		rows.KnownFrom, rows.KnownTo = append(rows.KnownFrom, r.knownFrom), append(rows.KnownTo, r.knownTo)
		rows.Load, rows.Inferred = append(rows.Load, r.load), append(rows.Inferred, r.PeriodInferred)
		rows.Offset, rows.Printed = append(rows.Offset, r.Offset), append(rows.Printed, r.Printed)
		rows.Note = append(rows.Note, r.Note)
	}
	return rows
}

func (m *memory) Count(_ context.Context, s store.Select, by ...store.Key) ([]store.Tally, error) {
	tallies := []store.Tally{}
	seen := make(map[int]map[int32]bool)
	for _, r := range m.matching(s) {
		var keys []int32
		for _, key := range by {
			keys = append(keys, map[store.Key]int32{
				store.KeyIndicator: r.Indicator, store.KeyRegion: r.Region, store.KeySlice: r.Slice,
				store.KeyStatus: int32(r.Status), store.KeyMissing: int32(r.Missing), store.KeySource: r.Source,
			}[key])
		}
		at := slices.IndexFunc(tallies, func(t store.Tally) bool { return slices.Equal(t.Keys, keys) })
		if at < 0 {
			at = len(tallies)
			tallies = append(tallies, store.Tally{Keys: keys, First: r.Period.Start, Last: r.Period.End})
			seen[at] = make(map[int32]bool)
		}
		t := &tallies[at]
		seen[at][r.Region] = true
		t.Rows, t.Regions = t.Rows+1, int64(len(seen[at]))
		t.First, t.Last = min(t.First, r.Period.Start), max(t.Last, r.Period.End)
	}
	if len(by) == 0 && len(tallies) == 0 {
		tallies = append(tallies, store.Tally{First: indicator.NoDay, Last: indicator.NoDay})
	}
	slices.SortFunc(tallies, func(a, b store.Tally) int { return slices.Compare(a.Keys, b.Keys) })
	return tallies, nil
}

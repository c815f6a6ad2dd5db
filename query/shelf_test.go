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

// shelf is a snapshot in memory: the reports of loads, told apart by key, and nothing derived from them.
type shelf struct {
	store.Engine
	contents *store.Contents
	rows     []shelved // in natural order
}

// shelved is a report and the days on which it was the newest.
type shelved struct {
	store.Report
	load, tie          int32
	knownFrom, knownTo indicator.Day
}

// The ordinals of the shelf's catalogue: a prefecture with the counties a, b and c.
const (
	shelfPrefecture int32 = iota + 1
	shelfA
	shelfB
	shelfC
)

const (
	shelfPart  int32 = iota // SUM over regions
	shelfWhole              // SUM
	shelfRate               // RATIO of part over whole, in percent
	shelfLevel              // combines over nothing
	shelfQuotient
	shelfRiders // a flow: SUM over regions and time
	shelfTrips  // a flow
)

func shelfTables() catalog.Tables {
	region := func(code, parent string, level indicator.Level) indicator.Region {
		return indicator.Region{Code: code, Scheme: "test", Parent: parent, Level: level, Name: code, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}
	}
	sum := indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast}
	flow := indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleSum}
	ratio := indicator.Rollup{Regions: indicator.RuleRatio, Time: indicator.RuleLast}
	return catalog.Tables{
		Regions: []indicator.Region{
			region("0", "", indicator.Country), region("1", "0", indicator.Prefecture),
			region("a", "1", indicator.County), region("b", "1", indicator.County), region("c", "1", indicator.County),
		},
		Units: []indicator.Unit{{Code: "1", Factor: 1}, {Code: "%", Factor: 0.01}},
		Indicators: []indicator.Indicator{
			{Code: "part", Kind: indicator.Count, Unit: "1", Rollup: sum},
			{Code: "whole", Kind: indicator.Count, Unit: "1", Rollup: sum},
			{Code: "rate", Kind: indicator.Ratio, Unit: "%", Rollup: ratio, Numerator: "part", Denominator: "whole", Scale: 100, Polarity: indicator.HigherIsBetter},
			{Code: "level", Kind: indicator.Measure, Unit: "1"},
			{Code: "quotient", Kind: indicator.Ratio, Unit: "1", Rollup: ratio, Formula: "part / whole", Numerator: "part", Denominator: "whole", Scale: 1},
			{Code: "riders", Kind: indicator.Count, Unit: "1", Rollup: flow},
			{Code: "trips", Kind: indicator.Count, Unit: "1", Rollup: flow},
		},
		Sources:     []indicator.Source{{Code: "gazette"}},
		Slices:      []indicator.Slice{{}},
		Definitions: []string{"", "with the cities"},
	}
}

// put makes a report of the first of February that is exact and has no counts.
func put(ind, region int32, period string, value float64, changes ...func(*store.Report)) store.Report {
	p, err := indicator.ParsePeriod(period)
	if err != nil {
		panic(err)
	}
	r := store.Report{
		Indicator: ind, Region: region, Period: p, Value: value, Numerator: math.NaN(), Denominator: math.NaN(),
		PublishedOn: shelfDay("2020-02-01"), Offset: -1,
	}
	for _, change := range changes {
		change(&r)
	}
	return r
}

func shelfDay(text string) indicator.Day {
	d, err := indicator.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

func on(day string) func(*store.Report) {
	return func(r *store.Report) { r.PublishedOn = shelfDay(day) }
}

func roughly(p indicator.Precision) func(*store.Report) {
	return func(r *store.Report) { r.Precision = p }
}

func outOf(n, d float64) func(*store.Report) {
	return func(r *store.Report) { r.Numerator, r.Denominator = n, d }
}

func expected(r *store.Report) { r.Status = indicator.Forecast }

func withdrawn(r *store.Report) { r.Value, r.Missing = math.NaN(), indicator.Suppressed }

// fataler is a test or a property.
type fataler interface {
	Helper()
	Fatal(arguments ...any)
}

// newShelf publishes loads one after the other.
func newShelf(t fataler, loads ...[]store.Report) *shelf {
	t.Helper()
	c, err := catalog.New(shelfTables())
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{contents: &store.Contents{Catalog: c, Manifest: store.Manifest{ID: "now"}}}
	for n, batch := range loads {
		s.contents.Loads = append(s.contents.Loads, indicator.Load{ID: string(rune('A' + n))})
		for _, r := range batch {
			s.rows = append(s.rows, shelved{Report: r, load: int32(n)})
		}
	}
	slices.SortStableFunc(s.rows, func(a, b shelved) int {
		return cmp.Or(sameSeries(&a, &b), cmp.Compare(a.Region, b.Region), cmp.Compare(a.PublishedOn, b.PublishedOn))
	})
	for i := range s.rows {
		r := &s.rows[i]
		r.knownFrom, r.knownTo = r.PublishedOn, indicator.Forever
		if i == 0 || sameSeries(r, &s.rows[i-1]) != 0 || r.Region != s.rows[i-1].Region {
			continue
		}
		if s.rows[i-1].knownTo = r.PublishedOn; s.rows[i-1].PublishedOn == r.PublishedOn {
			r.tie = s.rows[i-1].tie + 1
		}
	}
	return s
}

// sameSeries compares all of a key but the region.
func sameSeries(a, b *shelved) int {
	return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Period.Start, b.Period.Start))
}

func (s *shelf) session() *Session { return NewSession(s, DefaultLimits(), shelfDay("2021-01-01")) }

func (s *shelf) Contents() *store.Contents                           { return s.contents }
func (s *shelf) Release()                                            {}
func (s *shelf) Manifests(context.Context) ([]store.Manifest, error) { return nil, nil }

func (s *shelf) Count(ctx context.Context, selection store.Select, _ ...store.Key) ([]store.Tally, error) {
	selection.After, selection.Limit = nil, 0
	rows, err := s.Select(ctx, selection)
	return []store.Tally{{Rows: int64(rows.Len())}}, err
}

// Select answers in natural order.
func (s *shelf) Select(_ context.Context, q store.Select) (*store.Rows, error) {
	rows := &store.Rows{}
	newest := make(map[[3]int32]indicator.Period)
	for pass := range 2 {
		for _, r := range s.rows {
			known := q.Vintages || q.AsOf == indicator.NoDay && r.knownTo == indicator.Forever ||
				q.AsOf != indicator.NoDay && r.knownFrom <= q.AsOf && q.AsOf < r.knownTo
			if !known || len(q.Indicators) > 0 && !slices.Contains(q.Indicators, r.Indicator) || len(q.Statuses) > 0 && !slices.Contains(q.Statuses, r.Status) ||
				len(q.Regions) > 0 && !slices.ContainsFunc(q.Regions, func(x store.Span) bool { return x.From <= r.Region && r.Region < x.To }) {
				continue
			}
			series := [3]int32{r.Indicator, int32(r.Status), r.Region}
			if pass == 0 {
				if q.Latest != nil && r.Period.End <= q.Latest.OnOrBefore {
					newest[series] = r.Period // natural order ends with the newest
				}
				continue
			}
			if q.Latest != nil && newest[series] != r.Period || q.Period != nil && *q.Period != r.Period || r.load < q.LoadsFrom ||
				q.Within != nil && (r.Period.Start < q.Within.Start || r.Period.End > q.Within.End) {
				continue
			}
			rows.Indicator, rows.Slice, rows.Region = append(rows.Indicator, r.Indicator), append(rows.Slice, 0), append(rows.Region, r.Region)
			rows.Source, rows.Definition, rows.Status = append(rows.Source, 0), append(rows.Definition, r.Definition), append(rows.Status, r.Status)
			rows.Start, rows.End = append(rows.Start, r.Period.Start), append(rows.End, r.Period.End)
			rows.Value, rows.Missing, rows.Precision = append(rows.Value, r.Value), append(rows.Missing, r.Missing), append(rows.Precision, r.Precision)
			rows.Numerator, rows.Denominator = append(rows.Numerator, r.Numerator), append(rows.Denominator, r.Denominator)
			rows.CountsPrecision, rows.Derived = append(rows.CountsPrecision, r.CountsPrecision), append(rows.Derived, false)
			rows.Published, rows.KnownFrom, rows.KnownTo = append(rows.Published, r.PublishedOn), append(rows.KnownFrom, r.knownFrom), append(rows.KnownTo, r.knownTo)
			rows.Tie, rows.Load, rows.Inferred = append(rows.Tie, r.tie), append(rows.Load, r.load), append(rows.Inferred, false)
			rows.Offset, rows.Printed, rows.Note = append(rows.Offset, -1), append(rows.Printed, ""), append(rows.Note, "")
		}
	}
	if q.Limit > 0 && q.After == nil && rows.Len() > q.Limit {
		return nil, context.Canceled // the tests read whole lists
	}
	return rows, nil
}

package storetest

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// mergeCase is a few loads of one county and all vintages that they leave.
type mergeCase struct {
	name  string
	loads [][]store.Report
	want  []string
	// replacing are the scopes that a load replaces, by the load's number from 0.
	replacing map[int][]store.Scope
}

func (m *mergeCase) batches() []batch {
	batches := make([]batch, len(m.loads))
	for i, reports := range m.loads {
		batches[i] = batch{reports, m.replacing[i]}
	}
	return batches
}

// everywhere is the scope of indicators in every region, withdrawn from a day of February on.
func everywhere(n int, indicators ...int32) []store.Scope {
	return []store.Scope{{Indicators: indicators, On: day(n)}}
}

func sliced(slice int32, r store.Report) store.Report {
	r.Slice = slice
	return r
}

func published(n int, r store.Report) store.Report {
	r.PublishedOn = day(n)
	return r
}

func precise(p indicator.Precision, r store.Report) store.Report {
	r.Precision = p
	return r
}

func figureOf(ind int32, value float64) store.Report { return report(ind, ada, onDay(4), value) }

var suppressed = func(r store.Report) store.Report {
	r.Value, r.Missing = math.NaN(), indicator.Suppressed
	return r
}

var mergeCases = []mergeCase{
	{"a later load wins a tie, an older publication is history", [][]store.Report{
		{published(5, figureOf(gdp, 1))},
		{published(5, figureOf(gdp, 2)), published(3, figureOf(gdp, 9))},
	}, []string{
		"01 gdp 2020-02-04 = 9 [2020-02-03 2020-02-05) load 1",
		"01 gdp 2020-02-04 = 1 [2020-02-05 2020-02-05)",
		"01 gdp 2020-02-04 = 2 [2020-02-05 …) tie 1 load 1",
	}, nil},
	{"the undated is known from the beginning", [][]store.Report{
		{with(figureOf(gdp, 1), func(r *store.Report) { r.PublishedOn = indicator.NoDay }), published(5, figureOf(gdp, 2))},
	}, []string{
		"01 gdp 2020-02-04 = 1 [ 2020-02-05)",
		"01 gdp 2020-02-04 = 2 [2020-02-05 …)",
	}, nil},
	{"a rate from its counts, ended by the printed one, which keeps the counts", [][]store.Report{
		{figureOf(resumed, 95), precise(indicator.AtLeast, figureOf(firms, 98))},
		{published(3, precise(indicator.Approximate, figureOf(rate, 97)))},
		{published(6, figureOf(firms, 100))},
	}, []string{
		"01 resumed 2020-02-04 = 95 [2020-02-01 …)",
		"01 firms 2020-02-04 = 98 AT_LEAST [2020-02-01 2020-02-06)",
		"01 firms 2020-02-04 = 100 [2020-02-06 …) load 2",
		"01 rate 2020-02-04 = 96.93877551020408 AT_MOST 95/98 counts AT_MOST derived [2020-02-01 2020-02-03)",
		"01 rate 2020-02-04 = 97 APPROXIMATE 95/98 counts AT_MOST [2020-02-03 2020-02-06) load 1",
		"01 rate 2020-02-04 = 97 APPROXIMATE 95/100 [2020-02-06 …) published 2020-02-03 load 1",
	}, nil},
	{"counts in the row stay", [][]store.Report{{
		figureOf(resumed, 95), figureOf(firms, 98),
		with(figureOf(rate, 50), func(r *store.Report) { r.Numerator, r.Denominator, r.CountsPrecision = 1, 2, indicator.AtMost }),
	}}, []string{
		"01 resumed 2020-02-04 = 95 [2020-02-01 …)",
		"01 firms 2020-02-04 = 98 [2020-02-01 …)",
		"01 rate 2020-02-04 = 50 1/2 counts AT_MOST [2020-02-01 …)",
	}, nil},
	{"no rate over nothing, nor from a missing count", [][]store.Report{{
		figureOf(resumed, 95), figureOf(firms, 0), report(resumed, ada, onDay(5), 3), suppressed(report(firms, ada, onDay(5), 0)),
	}}, []string{
		"01 resumed 2020-02-04 = 95 [2020-02-01 …)",
		"01 resumed 2020-02-05 = 3 [2020-02-01 …)",
		"01 firms 2020-02-04 = 0 [2020-02-01 …)",
		"01 firms 2020-02-05 = SUPPRESSED [2020-02-01 …)",
	}, nil},
	{"parts make a total while all are known and none is printed", [][]store.Report{
		{sliced(primary, figureOf(grids, 334)), published(2, precise(indicator.AtLeast, sliced(secondary, figureOf(grids, 687))))},
		{published(4, suppressed(sliced(primary, figureOf(grids, 0)))), published(5, sliced(primary, figureOf(grids, 333)))},
		{published(8, figureOf(grids, 1047))},
	}, []string{
		"01 grids 2020-02-04 = 1021 AT_LEAST derived [2020-02-02 2020-02-04)",
		"01 grids 2020-02-04 = 1020 AT_LEAST derived [2020-02-05 2020-02-08) load 1",
		"01 grids 2020-02-04 = 1047 [2020-02-08 …) load 2",
		"01 grids sector=primary 2020-02-04 = 334 [2020-02-01 2020-02-04)",
		"01 grids sector=primary 2020-02-04 = SUPPRESSED [2020-02-04 2020-02-05) load 1",
		"01 grids sector=primary 2020-02-04 = 333 [2020-02-05 …) load 1",
		"01 grids sector=secondary 2020-02-04 = 687 AT_LEAST [2020-02-02 …)",
	}, nil},
	{"parts of parts, and an entity is no part", [][]store.Report{{
		sliced(primarySmall, figureOf(grids, 1)), sliced(primaryLarge, figureOf(grids, 2)), sliced(secondary, figureOf(grids, 4)),
		sliced(entity, figureOf(grids, 100)),
	}}, []string{
		"01 grids 2020-02-04 = 7 derived [2020-02-01 …)",
		"01 grids sector=primary 2020-02-04 = 3 derived [2020-02-01 …)",
		"01 grids sector=secondary 2020-02-04 = 4 [2020-02-01 …)",
		"01 grids sector=primary;size=small 2020-02-04 = 1 [2020-02-01 …)",
		"01 grids sector=primary;size=large 2020-02-04 = 2 [2020-02-01 …)",
		"01 grids entity=mill 2020-02-04 = 100 [2020-02-01 …)",
	}, nil},
	{"the rate of a total from the counts of its parts", [][]store.Report{{
		with(sliced(small, figureOf(rate, 50)), func(r *store.Report) { r.Numerator, r.Denominator = 1, 2 }),
		sliced(large, figureOf(resumed, 2)), sliced(large, figureOf(firms, 2)),
	}}, []string{
		"01 resumed size=large 2020-02-04 = 2 [2020-02-01 …)",
		"01 firms size=large 2020-02-04 = 2 [2020-02-01 …)",
		"01 rate 2020-02-04 = 75 3/4 derived [2020-02-01 …)",
		"01 rate size=small 2020-02-04 = 50 1/2 [2020-02-01 …)",
		"01 rate size=large 2020-02-04 = 100 2/2 derived [2020-02-01 …)",
	}, nil},
	{"values of an indicator without rules are left alone", [][]store.Report{{
		sliced(primary, figureOf(price, 1)), sliced(secondary, figureOf(price, 2)),
	}}, []string{
		"01 price sector=primary 2020-02-04 = 1 [2020-02-01 …)",
		"01 price sector=secondary 2020-02-04 = 2 [2020-02-01 …)",
	}, nil},
	{"what the batch lacks is withdrawn from a day on, but not outside the scope", [][]store.Report{
		{figureOf(gdp, 1), report(gdp, bix, onDay(4), 2), report(gdp, cod, onDay(4), 3), figureOf(price, 4)},
		{published(9, figureOf(gdp, 5))},
	}, []string{
		"01 gdp 2020-02-04 = 1 [2020-02-01 2020-02-09)",
		"01 gdp 2020-02-04 = 5 [2020-02-09 …) load 1",
		"02 gdp 2020-02-04 = 2 [2020-02-01 2020-02-09)",
		"02 gdp 2020-02-04 = WITHDRAWN [2020-02-09 2020-02-09) load 1",
		"03 gdp 2020-02-04 = 3 [2020-02-01 …)",
		"01 price 2020-02-04 = 4 [2020-02-01 …)",
	}, map[int][]store.Scope{1: {{Indicators: []int32{gdp, grids}, Regions: []store.Span{{From: east, To: west}}, On: day(9)}}}},
	{"withdrawn, it comes back with a report as old as the one taken back, and not with an older one", [][]store.Report{
		{published(2, figureOf(gdp, 1)), published(2, figureOf(price, 1))},
		{},
		{published(2, figureOf(gdp, 1)), published(1, figureOf(price, 7))},
		{published(2, figureOf(gdp, 1))},
		{published(12, figureOf(price, 3))},
	}, []string{
		"01 gdp 2020-02-04 = 1 [2020-02-02 2020-02-02)",
		"01 gdp 2020-02-04 = 1 [2020-02-02 …) tie 1 load 2",
		"01 gdp 2020-02-04 = WITHDRAWN [2020-02-10 2020-02-10) load 1",
		"01 price 2020-02-04 = 7 [2020-02-01 2020-02-02) load 2",
		"01 price 2020-02-04 = 1 [2020-02-02 2020-02-10)",
		"01 price 2020-02-04 = WITHDRAWN [2020-02-10 2020-02-10) load 1",
		"01 price 2020-02-04 = 3 [2020-02-12 …) load 4",
	}, map[int][]store.Scope{1: everywhere(10, gdp, price)}},
	{"withdrawn again and again, never before its publication", [][]store.Report{
		{published(5, figureOf(gdp, 1))},
		{},
		{published(6, figureOf(gdp, 2))},
		{},
	}, []string{
		"01 gdp 2020-02-04 = 1 [2020-02-05 2020-02-05)",
		"01 gdp 2020-02-04 = WITHDRAWN [2020-02-05 2020-02-05) tie 1 load 1",
		"01 gdp 2020-02-04 = 2 [2020-02-06 2020-02-08) load 2",
		"01 gdp 2020-02-04 = WITHDRAWN [2020-02-08 2020-02-08) load 3",
	}, map[int][]store.Scope{1: everywhere(3, gdp), 3: append(everywhere(9, gdp), everywhere(8, gdp)...)}},
	{"a withdrawn total is derived again, and no longer when a part is withdrawn", [][]store.Report{
		{figureOf(grids, 1000), sliced(primary, figureOf(grids, 334)), sliced(secondary, figureOf(grids, 687))},
		{sliced(primary, figureOf(grids, 334)), sliced(secondary, figureOf(grids, 687))},
		{sliced(primary, figureOf(grids, 334))},
	}, []string{
		"01 grids 2020-02-04 = 1000 [2020-02-01 2020-02-03)",
		"01 grids 2020-02-04 = WITHDRAWN [2020-02-03 2020-02-03) load 1",
		"01 grids 2020-02-04 = 1021 derived [2020-02-03 2020-02-06) published 2020-02-01 tie 1",
		"01 grids sector=primary 2020-02-04 = 334 [2020-02-01 …)",
		"01 grids sector=secondary 2020-02-04 = 687 [2020-02-01 2020-02-06)",
		"01 grids sector=secondary 2020-02-04 = WITHDRAWN [2020-02-06 2020-02-06) load 2",
	}, map[int][]store.Scope{1: everywhere(3, grids), 2: everywhere(6, grids)}},
	{"a withdrawn rate is derived from its counts, until one of them is withdrawn", [][]store.Report{
		{figureOf(resumed, 95), figureOf(firms, 98), published(3, figureOf(rate, 97))},
		{},
		{published(7, figureOf(rate, 96))},
		{figureOf(resumed, 95)},
	}, []string{
		"01 resumed 2020-02-04 = 95 [2020-02-01 …)",
		"01 firms 2020-02-04 = 98 [2020-02-01 2020-02-09)",
		"01 firms 2020-02-04 = WITHDRAWN [2020-02-09 2020-02-09) load 3",
		"01 rate 2020-02-04 = 96.93877551020408 95/98 derived [2020-02-01 2020-02-03)",
		"01 rate 2020-02-04 = 97 95/98 [2020-02-03 2020-02-05)",
		"01 rate 2020-02-04 = WITHDRAWN [2020-02-05 2020-02-05) load 1",
		"01 rate 2020-02-04 = 96.93877551020408 95/98 derived [2020-02-05 2020-02-07) published 2020-02-01 tie 1",
		"01 rate 2020-02-04 = 96 95/98 [2020-02-07 2020-02-09) load 2",
		"01 rate 2020-02-04 = 96 [2020-02-09 …) published 2020-02-07 load 2",
	}, map[int][]store.Scope{1: everywhere(5, rate), 3: everywhere(9, resumed, firms)}},
	{"a report without a value is withdrawn too", [][]store.Report{
		{suppressed(figureOf(gdp, 0))}, {},
	}, []string{
		"01 gdp 2020-02-04 = SUPPRESSED [2020-02-01 2020-02-03)",
		"01 gdp 2020-02-04 = WITHDRAWN [2020-02-03 2020-02-03) load 1",
	}, map[int][]store.Scope{1: everywhere(3, gdp)}},
	{"two reports of one new figure are one figure more and a revision", [][]store.Report{
		{published(3, suppressed(figureOf(gdp, 0))), published(2, figureOf(gdp, 1)), published(2, figureOf(price, 1)), published(2, figureOf(price, 1))},
	}, []string{
		"01 gdp 2020-02-04 = 1 [2020-02-02 2020-02-03)",
		"01 gdp 2020-02-04 = SUPPRESSED [2020-02-03 …)",
		"01 price 2020-02-04 = 1 [2020-02-02 …)",
	}, nil},
}

func testMerge(t *testing.T, open func(t *testing.T) store.Engine) {
	for _, test := range mergeCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := open(t)
			batches := test.batches()
			for i, b := range batches {
				_, changes := publish(t, e, load{tables(), b.reports}, b.scopes...)
				changes.Replaced = nil // a test of its own
				if diff := cmp.Diff(changesOf(batches[:i+1]), changes); diff != "" {
					t.Errorf("changes of load %d (-want +got):\n%s", i+1, diff)
				}
			}
			snapshot := pin(t, e)
			s := store.NewSelect()
			s.Vintages = true
			if diff := cmp.Diff(test.want, lines(snapshot.Contents().Catalog, selectRows(t, snapshot, s))); diff != "" {
				t.Errorf("vintages (-want +got):\n%s", diff)
			}
		})
	}
}

package duckdb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// heldCounties is the number of counties of heldTables, each of which is a case of its own.
const heldCounties = 40

// heldTables is a catalogue in which totals and rates are derived: a count with parts, the rate of two counts, and a figure that nothing
// is made of.
func heldTables() catalog.Tables {
	sum := indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast, Dimensions: indicator.RuleSum}
	ratio := indicator.Rollup{Regions: indicator.RuleRatio, Time: indicator.RuleRatio, Dimensions: indicator.RuleRatio}
	bySize := []indicator.Breakdown{{Dimension: "size", Complete: true}}
	size := func(value string) indicator.Slice {
		return indicator.Slice{{Dimension: "size", Value: value}}
	}
	t := catalog.Tables{
		Regions:    []indicator.Region{{Code: "0", Scheme: "test", Level: indicator.Country, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}},
		Units:      []indicator.Unit{{Code: "count", Quantity: "count", Factor: 1}, {Code: "percent", Quantity: "share", Factor: 0.01}},
		Dimensions: []indicator.Dimension{{Code: "size", Values: []indicator.DimensionValue{{Value: "small"}, {Value: "large"}}}},
		Indicators: []indicator.Indicator{
			{Code: "resumed", Kind: indicator.Count, Unit: "count", Rollup: sum, Breakdowns: bySize},
			{Code: "firms", Kind: indicator.Count, Unit: "count", Rollup: sum, Breakdowns: bySize},
			{
				Code: "rate", Kind: indicator.Ratio, Unit: "percent", Rollup: ratio, Breakdowns: bySize,
				Numerator: "resumed", Denominator: "firms", Scale: 100,
			},
			{Code: "gdp", Kind: indicator.Amount, Unit: "count", Rollup: sum},
		},
		Sources:     []indicator.Source{{Code: "gazette", Title: "The Gazette"}, {Code: "yearbook", Title: "Yearbook"}},
		Slices:      []indicator.Slice{{}, size("small"), size("large")},
		Definitions: []string{"", "with the cities"},
	}
	for n := range heldCounties {
		t.Regions = append(t.Regions, indicator.Region{
			Code: fmt.Sprintf("1%03d", n), Scheme: "test", Parent: "0", Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
	}
	return t
}

// heldReports draws reports that meet: of few periods and days of publication, some of them word for word the same.
func heldReports(random *rand.Rand, n int) []store.Report {
	one := func(of int) bool { return random.IntN(of) == 0 }
	reports := make([]store.Report, 0, n)
	for len(reports) < n {
		if len(reports) > 0 && one(12) {
			reports = append(reports, reports[random.IntN(len(reports))])
			continue
		}
		end := indicator.Day(random.IntN(5) - 2)
		r := store.Report{
			Indicator: random.Int32N(4), Slice: random.Int32N(3), Region: 1 + random.Int32N(heldCounties), Source: random.Int32N(2),
			Period: indicator.Period{Start: end - indicator.Day(random.IntN(2)), End: end},
			Value:  float64(random.IntN(4)) - 1, Numerator: math.NaN(), Denominator: math.NaN(), Precision: indicator.Precision(random.IntN(4)),
			PublishedOn: indicator.Day(10 + random.IntN(4)), Offset: -1,
		}
		if r.Value == -1 {
			r.Value = math.Copysign(0, -1)
		}
		if one(8) {
			r.Value, r.Missing = math.NaN(), indicator.NotPublished
		}
		if one(10) {
			r.Status = indicator.Forecast
		}
		if r.Indicator == 2 && one(4) {
			r.Numerator, r.CountsPrecision = float64(random.IntN(3)), indicator.AtLeast
		}
		if r.Indicator == 2 && one(4) {
			r.Denominator = float64(random.IntN(3))
		}
		if one(6) {
			r.PeriodInferred, r.Printed, r.Note, r.Offset, r.Definition = true, "2万余", "a note of more than twelve bytes", 7, 1
		}
		if one(20) {
			r.PublishedOn = indicator.NoDay
		}
		reports = append(reports, r)
	}
	return reports
}

// heldOutcome is what a load of reports leaves.
type heldOutcome struct {
	Changes  store.Changes
	Hash     string
	Parts    []content.Part
	Unsorted int64 // current figures that are not at the place of their order
}

// loadReports loads reports into a new store, after something was done to the writer.
func loadReports(t *testing.T, reports []store.Report, prepare func(*writer)) heldOutcome {
	t.Helper()
	e := open(t, t.TempDir(), Options{})
	w, err := e.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	prepare(w.(*writer))
	for from := 0; from < len(reports); from += 1000 {
		if err := w.Append(t.Context(), reports[from:min(from+1000, len(reports))]); err != nil {
			t.Fatal(err)
		}
	}
	c, err := catalog.New(heldTables())
	if err != nil {
		t.Fatal(err)
	}
	staged, err := w.Stage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Commit(t.Context(), indicator.Load{ID: "first"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Verify(t.Context(), m.ID); err != nil {
		t.Error(err)
	}
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	parts, err := s.(content.Whole).Parts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.(*pinned).db.query(t.Context(), "SELECT count(*) FROM (SELECT rowid AS place, row_number() OVER (ORDER BY "+figureKey+
		") - 1 AS wanted FROM "+observationTable+") WHERE place <> wanted")
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	scan := &scanner{result: r}
	return heldOutcome{Changes: staged.Changes, Hash: m.ContentHash, Parts: parts, Unsorted: next[int64](scan)[0]}
}

// A batch that is held comes to the same, in every column of every report and figure, as one that DuckDB merges.
func TestHeldBatch(t *testing.T) {
	merged := func(w *writer) { w.held = nil }
	for seed := range uint64(4) {
		reports := heldReports(rand.New(rand.NewPCG(seed, 1)), 6000)
		want := loadReports(t, reports, merged)
		if want.Changes.Revised == 0 || want.Changes.Withdrawn == 0 || want.Changes.Unchanged == 0 || want.Unsorted != 0 {
			t.Errorf("too little to compare: %+v", want)
		}
		for name, prepare := range map[string]func(*writer){
			"held":      func(*writer) {},
			"too large": func(w *writer) { w.held.bound = 100_000 },
		} {
			if diff := cmp.Diff(want, loadReports(t, reports, prepare)); diff != "" {
				t.Errorf("seed %d, %s: %s", seed, name, diff)
			}
		}
	}
}

// What is taken back, or replaces a scope, is compared with the whole batch: DuckDB gets it then.
func TestHeldBatchIsGivenUp(t *testing.T) {
	reports := heldReports(rand.New(rand.NewPCG(9, 1)), 3000)
	for name, do := range map[string]func(*writer) error{
		"discards": func(w *writer) error {
			var keys []store.ReportKey
			for _, r := range reports[:300] {
				keys = append(keys, store.ReportKey{
					Region: r.Region, Indicator: r.Indicator, Slice: r.Slice, Status: r.Status, Period: r.Period, PublishedOn: r.PublishedOn,
				})
			}
			return w.Discard(t.Context(), keys)
		},
		"a scope": func(w *writer) error { return w.Withdraw(t.Context(), store.Scope{Indicators: []int32{2}, On: 20}) },
	} {
		outcome := func(held bool) heldOutcome {
			return loadReports(t, reports, func(w *writer) {
				if !held {
					w.held = nil
				}
				if err := do(w); err != nil {
					t.Fatal(err)
				}
			})
		}
		if diff := cmp.Diff(outcome(false), outcome(true)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

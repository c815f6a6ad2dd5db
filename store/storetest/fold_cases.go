package storetest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// timeRules are the rules of the indicators of foldTables.
var timeRules = []indicator.Rule{
	indicator.RuleLast, indicator.RuleSum, indicator.RuleRatio, indicator.RuleMean, indicator.RuleMin, indicator.RuleMax, indicator.RuleNone,
}

// foldTables has two indicators for each rule, one of them worked out from counts where that may be, and many counties.
func foldTables() catalog.Tables {
	t := wideTables()
	t.Indicators, t.Definitions = nil, append(t.Definitions, "without the cities", "of the cities")
	for i, rule := range timeRules {
		for _, regions := range []indicator.Rule{indicator.RuleSum, indicator.RuleRatio} {
			one := indicator.Indicator{Code: fmt.Sprint("i", i, regions), Kind: indicator.Count, Unit: "count", Scale: 100}
			one.Rollup = indicator.Rollup{Regions: indicator.RuleSum, Time: rule}
			if rule == indicator.RuleRatio || regions == indicator.RuleRatio && rule != indicator.RuleSum {
				one.Kind, one.Unit, one.Rollup.Regions = indicator.Ratio, "percent", indicator.RuleRatio
			}
			t.Indicators = append(t.Indicators, one)
		}
	}
	return t
}

// foldedPeriods are months, one of which ends with a quarter and a year beside it in some series.
func foldedPeriods() (months []indicator.Period, longer []indicator.Period) {
	for m := range 6 {
		months = append(months, indicator.Monthly.Containing(indicator.DayOf(2020, time.Month(m+1), 1)))
	}
	return months, []indicator.Period{
		{Start: months[1].Start, End: months[3].End}, {Start: months[0].Start - 366, End: months[5].End}, {Start: months[0].Start - 31, End: months[5].End},
	}
}

// drawFoldedReport draws figures of which few lack values, most are of months, and regions end at different times.
func drawFoldedReport(t *rapid.T) store.Report {
	months, longer := foldedPeriods()
	ind := rapid.Int32Range(0, int32(2*len(timeRules)-1)).Draw(t, "indicator")
	region := rapid.Int32Range(regionCount, regionCount+generatedCounties-1).Draw(t, "region")
	r := store.Report{
		Indicator: ind, Region: region, Period: rapid.SampledFrom(months[:len(months)-int(region%3)]).Draw(t, "period"),
		Slice: rapid.SampledFrom([]int32{total, total, small}).Draw(t, "slice"), Source: rapid.Int32Range(0, sourceCount-1).Draw(t, "source"),
		Value: float64(rapid.IntRange(-9, 9).Draw(t, "value")), Numerator: math.NaN(), Denominator: math.NaN(),
		PublishedOn: day(rapid.IntRange(1, 3).Draw(t, "published")), Offset: -1,
	}
	one := func(label string, n int) bool { return rapid.IntRange(1, n).Draw(t, label) == 1 }
	if (ind/2 == 0 || ind/2 > 3) && one("is longer", 6) { // where figures that overlap are not added up
		r.Period = rapid.SampledFrom(longer).Draw(t, "longer")
	}
	if one("is of another status", 9) {
		r.Status = indicator.Forecast
	}
	if ind%3 > 0 && one("is inexact", 4) { // some series are exact throughout
		r.Precision = indicator.Precision(rapid.IntRange(1, 3).Draw(t, "precision"))
	}
	if ind%5 > 0 && one("is missing", 5) {
		r.Value, r.Precision = math.NaN(), indicator.Exact
		r.Missing = indicator.Missing(rapid.IntRange(1, 5).Draw(t, "missing"))
	}
	if r.Definition = ind % 3; ind%4 > 0 && one("is of another definition", 4) {
		r.Definition = rapid.Int32Range(0, definitionCount+1).Draw(t, "definition")
	}
	if ind%2 == 1 && !one("has no counts", 5) {
		r.Numerator, r.Denominator = float64(rapid.IntRange(0, 9).Draw(t, "numerator")), float64(rapid.IntRange(0, 9).Draw(t, "denominator"))
		r.CountsPrecision = indicator.Precision(rapid.IntRange(0, 9).Draw(t, "counts precision") / 7)
	}
	return r
}

// testFold holds what engines roll up over time themselves against the naive evaluation.
func (r reads) testFold(t *testing.T) {
	var loads []batch
	for i, reports := range []int{9000, 400} { // the second one amends the first
		loads = append(loads, batch{reports: rapid.SliceOfN(rapid.Custom(drawFoldedReport), reports, reports).Example(i + 7)})
	}
	e := r.open(t)
	c := newCatalog(t, foldTables())
	for i, one := range loads {
		publish(t, e, load{foldTables(), one.reports})
		r.testStretches(t, e, evaluate(c, loads[:i+1]))
		testWalks(t, e, evaluate(c, loads[:i+1]))
	}
	figures := evaluate(c, loads)
	check := func(name string, snapshot store.Snapshot) {
		past := store.NewSelect()
		past.AsOf = day(2)
		diffRows(t, c, rowsOf(selectFigures(figures, past), past), selectRows(t, snapshot, past))
		if folder, ok := snapshot.(store.Folder); ok {
			t.Run(name, func(t *testing.T) { checkFold(t, folder, c, figures) })
		}
	}
	check("by itself", pin(t, e))
	for i, wrap := range r.wraps {
		check(fmt.Sprint("wrapped ", i+1), pin(t, wrap(t, e)))
	}
}

func checkFold(t *testing.T, folder store.Folder, c *catalog.Catalog, figures []figure) {
	folds, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawFoldedSelect(t)
		selected := selectFigures(figures, s)
		got, ok, err := folder.Fold(t.Context(), s)
		asked++
		if s.Cap > 0 && len(selected) > s.Cap {
			var capped *store.RowCapError
			if ok || err != nil && (!errors.As(err, &capped) || capped.Cap != s.Cap) || err == nil && !overlap(c, selected) {
				t.Fatalf("fold %+v: %t, %v of %d figures", s, ok, err, len(selected))
			}
			return
		}
		if err != nil {
			t.Fatalf("fold %+v: %v", s, err)
		}
		if !ok {
			if !overlap(c, selected) {
				t.Fatalf("fold %+v: declined, although no periods overlap", s)
			}
			return
		}
		folds++
		if got.Figures != len(selected) {
			t.Errorf("fold %+v: %d figures, want %d", s, got.Figures, len(selected))
		}
		want, laidOut := foldFigures(c, s, selected), layOutFolded(c, s, got)
		if slices.EqualFunc(want, laidOut, sameFolded) { // much quicker than a difference
			return
		}
		if diff := cmp.Diff(want, laidOut, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("fold %+v (-want +got):\n%s", s, diff)
		}
	})
	if folds < asked/2 {
		t.Errorf("%d of %d selections were rolled up", folds, asked)
	}
}

func drawFoldedSelect(t *rapid.T) store.Select {
	s := store.NewSelect()
	some := func(label string) bool { return rapid.IntRange(1, 3).Draw(t, label) == 1 }
	if !some("every indicator") {
		s.Indicators = rapid.SliceOfN(rapid.Int32Range(0, int32(2*len(timeRules)-1)), 1, 6).Draw(t, "indicators")
	}
	if some("by slice") {
		s.Slices = []int32{total}
	}
	if some("by status") {
		s.Statuses = []indicator.Status{indicator.Actual}
	}
	if some("by region") {
		for range rapid.IntRange(1, 30).Draw(t, "spans") {
			from := rapid.Int32Range(0, regionCount+generatedCounties).Draw(t, "from")
			s.Regions = append(s.Regions, store.Span{From: from, To: from + rapid.Int32Range(0, 9).Draw(t, "length")})
		}
	}
	if some("by level") {
		s.Levels = []indicator.Level{indicator.County}
	}
	if rapid.IntRange(1, 9).Draw(t, "by source") == 1 {
		s.Sources = []int32{gazette}
	}
	if rapid.IntRange(1, 9).Draw(t, "by precision") == 1 {
		s.Precisions = []indicator.Precision{indicator.Exact, indicator.AtLeast}
	}
	if !some("ever") {
		months, _ := foldedPeriods()
		from := rapid.IntRange(0, 5).Draw(t, "first")
		s.Within = &indicator.Period{Start: months[from].Start, End: months[rapid.IntRange(from, 5).Draw(t, "last")].End}
		if some("open") {
			s.Within.Start = indicator.NoDay
		}
	}
	if some("without counts") {
		s.Omit = store.ColumnCounts
	}
	if some("without definitions") {
		s.Omit |= store.ColumnDefinition
	}
	if some("capped") {
		s.Cap = rapid.IntRange(1, 9000).Draw(t, "cap")
	}
	return s
}

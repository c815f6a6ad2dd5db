package export

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/resident"
	"github.com/countyql/countyql/store/storetest"
)

// partIndicators is how many indicators there are, and partRegions how many regions.
const partIndicators, partRegions = 6, 7

// partTables has a province of counties, one of which may have taken the place of another, and indicators of all kinds.
func partTables(replaced bool) catalog.Tables {
	founded := indicator.DayOf(2020, time.March, 1)
	t := catalog.Tables{
		Slices: []indicator.Slice{{}}, Sources: []indicator.Source{{Code: "gazette"}, {Code: "newspaper"}}, Definitions: []string{"", "with the cities"},
		Regions: []indicator.Region{{Code: "1", Scheme: "test", Level: indicator.Province, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}},
	}
	for i := range partRegions - 1 {
		one := indicator.Region{Code: fmt.Sprint("1", i), Scheme: "test", Parent: "1", Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}
		switch i {
		case 2:
			one.ValidFrom = founded
		case 3:
			if one.ValidTo = founded - 1; replaced {
				one.Successor = "12"
			}
		}
		t.Regions = append(t.Regions, one)
	}
	for i, rules := range []indicator.Rollup{
		{Regions: indicator.RuleSum, Time: indicator.RuleLast}, {Regions: indicator.RuleSum, Time: indicator.RuleSum}, {Regions: indicator.RuleRatio, Time: indicator.RuleRatio},
		{Regions: indicator.RuleWeightedMean, Time: indicator.RuleMean}, {Regions: indicator.RuleMax, Time: indicator.RuleMax}, {Regions: indicator.RuleSum, Time: indicator.RuleNone},
	} {
		one := indicator.Indicator{Code: fmt.Sprint("i", i), Kind: indicator.Count, Unit: "piece", Scale: 100, Rollup: rules}
		switch rules.Regions {
		case indicator.RuleRatio:
			one.Kind = indicator.Ratio
		case indicator.RuleWeightedMean:
			one.Kind, one.Weight = indicator.Measure, "i0"
		}
		t.Indicators = append(t.Indicators, one)
	}
	return t
}

// drawReports draws figures of a few months, and some of quarters.
func drawReports(t *rapid.T) []store.Report {
	var reports []store.Report
	for n := range partIndicators * partRegions * 4 {
		ind, region, month := int32(n%partIndicators), int32(n/partIndicators%partRegions), time.Month(1+n/partIndicators/partRegions)
		if rapid.IntRange(0, 3).Draw(t, "has figure") == 0 {
			continue
		}
		grain := rapid.SampledFrom([]indicator.Grain{indicator.Monthly, indicator.Monthly, indicator.Monthly, indicator.Quarterly}).Draw(t, "grain")
		r := store.Report{
			Indicator: ind, Region: region, Period: grain.Containing(indicator.DayOf(2020, month, 1)), PublishedOn: indicator.DayOf(2020, time.June, int(month)), Offset: -1,
			Source: rapid.Int32Range(0, 1).Draw(t, "source"), Definition: int32(rapid.IntRange(0, 5).Draw(t, "definition") / 5), Printed: fmt.Sprint("as printed ", n),
			Value: float64(rapid.IntRange(0, 9).Draw(t, "value")), Numerator: math.NaN(), Denominator: math.NaN(),
			Precision: rapid.SampledFrom([]indicator.Precision{indicator.Exact, indicator.Exact, indicator.AtLeast}).Draw(t, "precision"),
		}
		switch {
		case rapid.IntRange(0, 9).Draw(t, "missing") == 0:
			r.Value, r.Precision, r.Missing = math.NaN(), indicator.Exact, indicator.Suppressed
		case ind == 2:
			r.Numerator, r.Denominator = r.Value, 10
			r.Value, r.CountsPrecision = 10*r.Value, r.Precision
		}
		reports = append(reports, r)
	}
	return reports
}

// drawQuestion draws a question about some indicators.
func drawQuestion(t *rapid.T) Question {
	var indicators []string
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, partIndicators-1), 1, 4, rapid.ID).Draw(t, "indicators") {
		indicators = append(indicators, fmt.Sprint("i", i))
	}
	var per *query.Per
	if rapid.IntRange(0, 5).Draw(t, "per") == 0 {
		indicators, per = []string{"i1", "i0"}, &query.Per{Indicator: "i1", Scale: 1}
	}
	asOf := rapid.SampledFrom([]indicator.Day{indicator.NoDay, indicator.NoDay, indicator.DayOf(2020, time.June, 3)}).Draw(t, "as of")
	var regions *query.RegionSelector
	if rapid.Bool().Draw(t, "some regions") {
		regions = &query.RegionSelector{Codes: []string{"10", "13", "14"}}
	}
	first := rapid.SampledFrom([]int{Whole, Whole, Whole, 2}).Draw(t, "first")
	if rapid.Bool().Draw(t, "series") {
		grain := rapid.SampledFrom([]indicator.Grain{indicator.Irregular, indicator.Monthly, indicator.Quarterly}).Draw(t, "grain shown")
		return &Series{&query.SeriesRequest{
			Indicators: indicators, Regions: regions, From: indicator.NoDay, To: indicator.NoDay, AsOf: asOf, Per: per, Grain: grain, Page: query.PageRequest{First: first},
		}}
	}
	if rapid.Bool().Draw(t, "aggregate") {
		return &Aggregate{drawAggregate(t, &query.AggregateRequest{Indicators: indicators, Regions: regions, AsOf: asOf, Per: per, Page: query.PageRequest{First: first}})}
	}
	r := &query.CompareRequest{Indicators: indicators, Display: regions, AsOf: asOf, Per: per, Page: query.PageRequest{First: first}}
	if rapid.Bool().Draw(t, "within") {
		r.When = &query.When{Within: &indicator.Period{Start: indicator.NoDay, End: indicator.DayOf(2020, time.March, 31)}}
	}
	if rapid.IntRange(0, 3).Draw(t, "against") == 0 {
		r.Against = &query.RegionSelector{Codes: []string{"10", "11", "15"}}
	}
	return &Compare{r}
}

// drawAggregate draws how figures are grouped, sorted and left out.
func drawAggregate(t *rapid.T, r *query.AggregateRequest) *query.AggregateRequest {
	if rapid.Bool().Draw(t, "within") {
		r.When = &query.When{Within: &indicator.Period{Start: indicator.NoDay, End: indicator.DayOf(2020, time.March, 31)}}
	}
	if rapid.Bool().Draw(t, "by region") {
		county := indicator.County
		r.GroupBy = append(r.GroupBy, query.GroupBy{Region: &county})
	}
	if rapid.Bool().Draw(t, "by period") {
		r.GroupBy = append(r.GroupBy, query.GroupBy{Period: rapid.SampledFrom([]indicator.Grain{indicator.Monthly, indicator.Quarterly}).Draw(t, "grain grouped by")})
	}
	if rapid.IntRange(0, 3).Draw(t, "by source") == 0 {
		r.GroupBy = append(r.GroupBy, query.GroupBy{Source: true})
	}
	if rapid.IntRange(0, 3).Draw(t, "in order") == 0 {
		by := rapid.SampledFrom([]query.Measure{query.MeasureKey, query.MeasureValue, query.MeasureMedian, query.MeasureMin, query.MeasureCount}).Draw(t, "order")
		r.OrderBy = []query.GroupOrder{{By: by, Descending: rapid.Bool().Draw(t, "descending")}}
	}
	if rapid.IntRange(0, 3).Draw(t, "having") == 0 {
		most := 6.0
		r.Having = []query.Condition{{Measure: rapid.SampledFrom([]query.Measure{query.MeasureStdDev, query.MeasureMax, query.MeasureRegionCount}).Draw(t, "having of"), LTE: &most}}
	}
	r.MinCoverage = rapid.SampledFrom([]float64{0, 0, 0.9}).Draw(t, "coverage")
	return r
}

// A file has the same rows and warnings whether it is made at once or indicator by indicator, however often figures are read for it, and is refused for the same
// reasons.
func TestAsk_InParts(t *testing.T) {
	t.Parallel()
	scratch.Poison()
	inParts, warned := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		memory := new(storetest.Memory)
		if err := memory.Load(context.Background(), partTables(rapid.Bool().Draw(t, "replaced")), drawReports(t)); err != nil {
			t.Fatal(err)
		}
		engine := store.Engine(memory)
		if rapid.Bool().Draw(t, "in memory") {
			warm := resident.New(memory, resident.Options{Bytes: math.MaxInt64})
			if err := warm.Warm(context.Background()); err != nil {
				t.Fatal(err)
			}
			defer warm.Close()
			engine = warm
		}
		question := drawQuestion(t)
		bounds := Bounds{Rows: 1000, Present: rapid.Bool().Draw(t, "present"), Unwarned: rapid.IntRange(0, 3).Draw(t, "unwarned") == 0, Part: math.MaxInt64}
		if rapid.IntRange(0, 9).Draw(t, "few rows") == 0 {
			bounds.Rows = 5
		}
		if rapid.Bool().Draw(t, "some columns") {
			bounds.Columns = []string{"value", "region_code", "period"}
			if _, ok := question.(*Aggregate); ok {
				bounds.Columns = rapid.SampledFrom([][]string{{"max", "min"}, {"median"}, {"coverage_weight_share", "value"}}).Draw(t, "columns")
			}
		}
		limits := query.DefaultLimits()
		whole, spent := written(t, engine, question, bounds, limits)
		if n := len(whole) - 2; n > 3 { // of a file that there is
			few := bounds
			few.Rows = n / 2
			refused, _ := written(t, engine, question, few, limits)
			if want := fmt.Sprintf("Limit:%d Estimate:%d", few.Rows, n); len(refused) != 1 || !strings.Contains(refused[0], want) {
				t.Fatalf("%+v: %s, want %s", question, refused, want)
			}
		}
		bounds.Part = 1
		// The figures that are read at once are as many as may be read, and are read twice.
		limits.Rows = int(max(1, spent.Rows))
		parts, again := written(t, engine, question, bounds, limits)
		if diff := cmp.Diff(whole, parts); diff != "" {
			t.Fatalf("%+v (-at once +in parts):\n%s", question, diff)
		}
		if again.EngineQueries > spent.EngineQueries {
			inParts++
		}
		if len(whole) > 1 && !bounds.Unwarned {
			if want := fmt.Sprint(warningsOf(t, engine, question)); whole[1] != want {
				t.Fatalf("%+v: warnings %s, want %s", question, whole[1], want)
			}
			warned++
		}
	})
	if inParts == 0 || warned == 0 {
		t.Errorf("%d files were made in parts, %d had warnings", inParts, warned)
	}
}

// warningsOf are those of an answer that is no file.
func warningsOf(t *rapid.T, engine store.Engine, question Question) (warnings []query.Warning) {
	ctx := context.Background()
	pinned, err := engine.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer pinned.Release()
	session := query.NewSession(pinned, query.DefaultLimits(), indicator.DayOf(2020, time.July, 1))
	switch q := question.(type) {
	case *Series:
		request := *q.Request
		request.Page.First, request.Deferred, request.YearOnYear = 1, true, true
		answer, err := session.Series(ctx, &request)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Warnings
	case *Aggregate:
		request := *q.Request
		request.Page.First, request.WithoutTotals = 1, true
		answer, err := session.Aggregate(ctx, &request)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Warnings
	case *Compare:
		request := *q.Request
		request.Page.First = 1
		answer, err := session.Compare(ctx, &request)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range answer.Indicators {
			warnings = append(warnings, c.Warnings...)
		}
	}
	return warnings
}

// written is everything that an answer says, or why it is refused.
func written(t *rapid.T, engine store.Engine, question Question, bounds Bounds, limits query.Limits) ([]string, query.Spent) {
	ctx := context.Background()
	pinned, err := engine.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer pinned.Release()
	session := query.NewSession(pinned, limits, indicator.DayOf(2020, time.July, 1))
	session.AllowPages(bounds.Rows + 1)
	table, err := question.Ask(ctx, session, bounds)
	if err != nil {
		var typed *indicator.Error
		if !errors.As(err, &typed) {
			t.Fatal(err)
		}
		return []string{fmt.Sprintf("%+v", *typed)}, session.Spent()
	}
	lines := []string{fmt.Sprint(table.Rows, table.Columns), fmt.Sprint(table.Warnings)}
	if err := table.Each(ctx, func(row []Cell) error {
		line := ""
		for i, cell := range row {
			switch {
			case !cell.Known:
				line += "\t"
			case table.Columns[i].Kind == Text:
				line += cell.Text + "\t"
			case table.Columns[i].Kind == Number:
				line += fmt.Sprint(cell.Number, "\t")
			default:
				line += fmt.Sprint(cell.Integer, "\t")
			}
		}
		lines = append(lines, line)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	session.Scratch().Free()
	return lines, session.Spent()
}

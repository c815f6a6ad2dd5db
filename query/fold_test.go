package query_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/resident"
	"github.com/countyql/countyql/store/storetest"
)

var foldedRules = []indicator.Rollup{
	{Regions: indicator.RuleSum, Time: indicator.RuleLast}, {Regions: indicator.RuleSum, Time: indicator.RuleSum},
	{Regions: indicator.RuleRatio, Time: indicator.RuleRatio}, {Regions: indicator.RuleRatio, Time: indicator.RuleLast},
	{Regions: indicator.RuleWeightedMean, Time: indicator.RuleMean}, {Regions: indicator.RuleMin, Time: indicator.RuleMin},
	{Regions: indicator.RuleMax, Time: indicator.RuleMax}, {Regions: indicator.RuleSum, Time: indicator.RuleNone},
}

// foldedTables has an indicator with each of the rules, and six counties of two provinces.
func foldedTables() catalog.Tables {
	region := func(code, parent string, level indicator.Level) indicator.Region {
		return indicator.Region{Code: code, Scheme: "test", Parent: parent, Level: level, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}
	}
	t := catalog.Tables{
		Dimensions:  []indicator.Dimension{{Code: "size", Values: []indicator.DimensionValue{{Value: "small"}, {Value: "large"}}}},
		Sources:     []indicator.Source{{Code: "s"}},
		Definitions: []string{"", "with the cities", "without the cities"},
		Slices:      []indicator.Slice{{}, {{Dimension: "size", Value: "small"}}, {{Dimension: "size", Value: "large"}}},
	}
	for _, province := range []string{"1", "2"} {
		t.Regions = append(t.Regions, region(province, "", indicator.Province))
		for _, county := range []string{"1", "2", "3"} {
			one := region(province+county, province, indicator.County)
			if county == "3" {
				one.ValidFrom = indicator.DayOf(2020, time.March, 15)
			}
			if province+county == "23" {
				one.ValidTo = indicator.DayOf(2020, time.March, 20)
			}
			t.Regions = append(t.Regions, one)
		}
	}
	for i, rules := range foldedRules {
		one := indicator.Indicator{
			Code: fmt.Sprint("i", i), Kind: indicator.Count, Unit: "piece", Rollup: rules, Scale: 100, Breakdowns: []indicator.Breakdown{{Dimension: "size"}},
		}
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

// drawFolded draws the figures of an indicator: months, some of them missing, and sometimes a year beside them.
func drawFolded(t *rapid.T, ind int32, ratio bool) []store.Report {
	var reports []store.Report
	periods := []indicator.Period{{Start: indicator.DayOf(2020, time.January, 1), End: indicator.DayOf(2020, time.December, 31)}}
	for m := range 5 {
		start := indicator.DayOf(2020, time.January+time.Month(m), 1)
		periods = append(periods, indicator.Period{Start: start, End: indicator.DayOf(2020, time.February+time.Month(m), 1) - 1})
	}
	yearly := rapid.IntRange(0, 5).Draw(t, "yearly") == 0
	for region := int32(1); region < 8; region++ {
		for p, period := range periods {
			if region == 4 || p == 0 && !yearly || rapid.IntRange(0, 3).Draw(t, "has figure") == 0 {
				continue
			}
			r := store.Report{
				Region: region, Indicator: ind, Period: period, PublishedOn: 1, Offset: -1, Numerator: math.NaN(), Denominator: math.NaN(),
				Slice: int32(rapid.IntRange(0, 2).Draw(t, "slice")), Definition: int32(max(0, rapid.IntRange(0, 9).Draw(t, "definition")-7)),
				Value: float64(rapid.IntRange(-9, 9).Draw(t, "value")), Precision: rapid.SampledFrom([]indicator.Precision{indicator.Exact, indicator.AtLeast, indicator.Approximate}).Draw(t, "precision"),
			}
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				r.Value, r.Precision = math.NaN(), indicator.Exact
				r.Missing = rapid.SampledFrom([]indicator.Missing{indicator.NotCollected, indicator.Suppressed}).Draw(t, "reason")
			case 1: // no counts
			default:
				if ratio {
					r.Numerator, r.Denominator = float64(rapid.IntRange(0, 9).Draw(t, "numerator")), float64(rapid.IntRange(0, 9).Draw(t, "denominator"))
					r.CountsPrecision = r.Precision
				}
			}
			reports = append(reports, r)
		}
	}
	return reports
}

// counting is a snapshot that counts what is folded.
type counting struct {
	store.Snapshot
	folds *int
}

func (c counting) Fold(ctx context.Context, s store.Select) (*store.Folded, bool, error) {
	folder, ok := c.Snapshot.(store.Folder)
	if !ok {
		return nil, false, errors.New("not a folder")
	}
	folded, ok, err := folder.Fold(ctx, s)
	if ok {
		*c.folds++
	}
	return folded, ok, err
}

// TestAggregate_Folded asks an engine that rolls figures up over time itself the same as one that hands them out.
func TestAggregate_Folded(t *testing.T) {
	folds, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var reports []store.Report
		for i, rules := range foldedRules {
			reports = append(reports, drawFolded(t, int32(i), rules.Regions == indicator.RuleRatio)...)
		}
		memory := new(storetest.Memory)
		if err := memory.Load(context.Background(), foldedTables(), reports); err != nil {
			t.Fatal(err)
		}
		engine := resident.New(memory, resident.Options{Bytes: math.MaxInt64})
		if err := engine.Warm(context.Background()); err != nil {
			t.Fatal(err)
		}
		request := drawFoldedRequest(t)
		asked++
		want := foldedAnswer(t, memory, request, func(s store.Snapshot) store.Snapshot { return s })
		for range 2 { // the second time of what is kept
			got := foldedAnswer(t, engine, request, func(s store.Snapshot) store.Snapshot { return counting{s, &folds} })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%+v (-handed out +folded):\n%s", request, diff)
			}
		}
		if err := engine.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if folds < asked/2 {
		t.Errorf("%d of %d requests were folded", folds, asked)
	}
}

func drawFoldedRequest(t *rapid.T) *query.AggregateRequest {
	r := &query.AggregateRequest{
		Indicators: []string{fmt.Sprint("i", rapid.IntRange(0, len(foldedRules)-1).Draw(t, "indicator"))}, AsOf: indicator.NoDay,
		When: &query.When{Within: &indicator.Period{Start: indicator.NoDay, End: indicator.Forever}}, Page: query.PageRequest{First: 100},
	}
	r.WithoutTotals, r.WithoutWarnings = rapid.Bool().Draw(t, "without totals"), rapid.Bool().Draw(t, "without warnings")
	if rapid.Bool().Draw(t, "within") {
		r.When.Within = &indicator.Period{Start: indicator.DayOf(2020, time.February, 1), End: indicator.DayOf(2020, time.April, 30)}
	}
	if rapid.Bool().Draw(t, "several") {
		r.Indicators = append(r.Indicators, "i1", "i2")
	}
	if rapid.Bool().Draw(t, "by province") {
		province := indicator.Province
		r.GroupBy = append(r.GroupBy, query.GroupBy{Region: &province})
	}
	switch rapid.IntRange(0, 3).Draw(t, "slices") {
	case 0:
		r.GroupBy = append(r.GroupBy, query.GroupBy{Dimension: "size"})
	case 1:
		r.Slice = []indicator.Coordinate{{Dimension: "size", Value: "small"}}
	}
	switch rapid.IntRange(0, 5).Draw(t, "regions") {
	case 0:
		r.Regions = &query.RegionSelector{Within: []string{"1"}, Level: indicator.County}
	case 1, 2: // one of which is no more
		r.Regions = &query.RegionSelector{Codes: []string{"12", "21", "23"}}
	}
	return r
}

// TestAggregate_FoldedRefusedTotal asks for groups whose total does not combine over time, and for their parts, which do: of warnings the total has none.
func TestAggregate_FoldedRefusedTotal(t *testing.T) {
	var reports []store.Report
	add := func(slice, definition int32, month time.Month) {
		reports = append(reports, store.Report{
			Region: 1, Indicator: 7, Slice: slice, Definition: definition, Value: 5, PublishedOn: 1, Offset: -1, Numerator: math.NaN(), Denominator: math.NaN(),
			Period: indicator.Monthly.Containing(indicator.DayOf(2020, month, 1)),
		})
	}
	add(0, 0, time.January)
	add(0, 1, time.February)
	add(1, 0, time.January)
	add(2, 0, time.January)
	memory := new(storetest.Memory)
	if err := memory.Load(t.Context(), foldedTables(), reports); err != nil {
		t.Fatal(err)
	}
	engine := resident.New(memory, resident.Options{Bytes: math.MaxInt64})
	if err := engine.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	for name, from := range map[string]store.Engine{"handed out": memory, "folded": engine} {
		pinned, err := from.Pin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		answer, err := query.NewSession(pinned, query.DefaultLimits(), indicator.DayOf(2021, time.January, 1)).Aggregate(t.Context(), &query.AggregateRequest{
			Indicators: []string{"i7"}, AsOf: indicator.NoDay, GroupBy: []query.GroupBy{{Dimension: "size"}}, Page: query.PageRequest{First: 10},
			When: &query.When{Within: &indicator.Period{Start: indicator.NoDay, End: indicator.Forever}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Page.Nodes) != 2 || len(answer.Totals) != 1 || len(answer.Warnings) > 0 {
			t.Errorf("%s: %d groups, %d totals, warnings %v", name, len(answer.Page.Nodes), len(answer.Totals), answer.Warnings)
		}
		if _, refused := answer.Totals[0].Value(); refused == nil || len(answer.Totals[0].Coverage().Regions) != 1 {
			t.Errorf("%s: the total is not refused: %v, %+v", name, refused, answer.Totals[0].Coverage())
		}
		pinned.Release()
	}
}

// foldedAnswer asks an engine and writes down everything that the groups tell.
func foldedAnswer(t *rapid.T, engine store.Engine, request *query.AggregateRequest, wrap func(store.Snapshot) store.Snapshot) []string {
	ctx := context.Background()
	pinned, err := engine.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer pinned.Release()
	answer, err := query.NewSession(wrap(pinned), query.DefaultLimits(), indicator.DayOf(2021, time.January, 1)).Aggregate(ctx, request)
	if err != nil {
		return []string{err.Error()}
	}
	lines := []string{fmt.Sprintf("%d figures", answer.Cost.Rows)}
	number := func(x *float64) string {
		if x == nil {
			return "none"
		}
		return fmt.Sprint(*x)
	}
	for _, warning := range answer.Warnings {
		lines = append(lines, string(warning.Code)+" "+warning.Message)
	}
	for _, g := range slices.Concat(answer.Page.Nodes, answer.Totals) {
		value, refused := g.Value()
		sum, unsummed := g.Sum()
		coverage := g.Coverage()
		var regions []string
		for _, r := range coverage.Regions {
			regions = append(regions, r.Code)
		}
		for _, m := range coverage.Missing {
			regions = append(regions, m.Region.Code+" "+m.Reason.String())
		}
		quartile, err := g.Quantile(0.25)
		if err != nil {
			t.Fatal(err)
		}
		period := "ever"
		if g.Period != nil {
			period = g.Period.String()
		}
		lines = append(lines, fmt.Sprint(period, " ", number(sum), " ", unsummed, " quartile ", number(quartile), " median ", number(g.Median()), " min ", number(g.Min()),
			" deviation ", number(g.StdDev()), " of ", g.Expected(), " ", g.Used(), " ", g.Share(), " ", number(g.WeightShare())))
		lines = append(lines, fmt.Sprint(g.Indicator().Code, " ", g.Slice, " ", number(value), " ", refused, " ", g.Missing(), " ", g.Precision(), " ", g.Count(),
			" mean ", number(g.Mean()), " max ", number(g.Max()), " weight ", number(coverage.WeightShare), ": ", strings.Join(regions, ", ")))
	}
	return lines
}

// TestAggregate_InStretches asks the same of figures that are rolled up cell by cell, as they are for evidence, of rows shown as stretches,
// and of stretches.
func TestAggregate_InStretches(t *testing.T) {
	stretched := 0
	rapid.Check(t, func(t *rapid.T) {
		var reports []store.Report
		for i, rules := range foldedRules {
			reports = append(reports, drawFolded(t, int32(i), rules.Regions == indicator.RuleRatio)...)
		}
		memory := new(storetest.Memory)
		if err := memory.Load(context.Background(), foldedTables(), reports); err != nil {
			t.Fatal(err)
		}
		engine := resident.New(memory, resident.Options{Bytes: math.MaxInt64})
		if err := engine.Warm(context.Background()); err != nil {
			t.Fatal(err)
		}
		request := drawFoldedRequest(t)
		request.MinCoverage = rapid.SampledFrom([]float64{0, 0, 0.9}).Draw(t, "coverage")
		switch rapid.IntRange(0, 3).Draw(t, "when") {
		case 0:
			request.When = nil
		case 1:
			request.When = &query.When{Latest: &query.LatestWhen{OnOrBefore: indicator.DayOf(2020, time.April, 30), MaxAge: -1}}
		case 2:
			request.When = &query.When{Period: &indicator.Period{Start: indicator.DayOf(2020, time.March, 1), End: indicator.DayOf(2020, time.March, 31)}}
		}
		if rapid.Bool().Draw(t, "by period") {
			grain := rapid.SampledFrom([]indicator.Grain{indicator.Monthly, indicator.Quarterly}).Draw(t, "grain")
			request.GroupBy = append(request.GroupBy, query.GroupBy{Period: grain})
		}
		asked := *request
		asked.Evidence = true
		alone := func(s store.Snapshot) store.Snapshot { return s }
		want := foldedAnswer(t, memory, &asked, alone)
		if diff := cmp.Diff(want, foldedAnswer(t, memory, request, alone)); diff != "" {
			t.Fatalf("%+v (-cell by cell +in stretches of rows):\n%s", request, diff)
		}
		var shown []shownStretches
		counted := func(s store.Snapshot) store.Snapshot { return handing{s, s.(store.Stretcher), &shown} }
		if diff := cmp.Diff(want, foldedAnswer(t, engine, request, counted)); diff != "" {
			t.Fatalf("%+v (-cell by cell +in stretches):\n%s", request, diff)
		}
		stretched += len(shown)
		for _, s := range shown {
			if diff := cmp.Diff(s.before, fmt.Sprint(s.list)); diff != "" {
				t.Fatalf("%+v has changed figures in memory (-before +after):\n%s", request, diff)
			}
		}
		if err := engine.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if stretched == 0 {
		t.Error("nothing came in stretches")
	}
}

// handing is a snapshot that remembers what comes in stretches.
type handing struct {
	store.Snapshot
	from  store.Stretcher
	shown *[]shownStretches
}

// shownStretches are where the engine itself reads, and what they were.
type shownStretches struct {
	list   []store.Stretch
	before string
}

func (h handing) Stretches(ctx context.Context, s store.Select) ([]store.Stretch, bool, error) {
	list, ok, err := h.from.Stretches(ctx, s)
	if ok {
		*h.shown = append(*h.shown, shownStretches{list, fmt.Sprint(list)})
	}
	return list, ok, err
}

// TestAggregate_RefusedTotalHasNoSum asks for a total of figures that add up over regions but do not combine over time.
func TestAggregate_RefusedTotalHasNoSum(t *testing.T) {
	var reports []store.Report
	for month := range 2 {
		start := indicator.DayOf(2020, time.January+time.Month(month), 1)
		period := indicator.Period{Start: start, End: indicator.DayOf(2020, time.February+time.Month(month), 1) - 1}
		reports = append(reports, store.Report{
			Region: 1, Indicator: 7, Period: period, Value: 5, PublishedOn: 1, Offset: -1, Numerator: math.NaN(), Denominator: math.NaN(),
		})
	}
	memory := new(storetest.Memory)
	if err := memory.Load(t.Context(), foldedTables(), reports); err != nil {
		t.Fatal(err)
	}
	pinned, err := memory.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pinned.Release()
	answer, err := query.NewSession(pinned, query.DefaultLimits(), indicator.DayOf(2021, time.January, 1)).Aggregate(t.Context(), &query.AggregateRequest{
		Indicators: []string{"i7"}, AsOf: indicator.NoDay, GroupBy: []query.GroupBy{{Period: indicator.Monthly}}, Page: query.PageRequest{First: 10},
	})
	if err != nil {
		t.Fatal(err)
	}
	total := answer.Totals[0]
	if _, refused := total.Value(); refused == nil {
		t.Error("the total has a value")
	}
	if sum, err := total.Sum(); sum != nil || err != nil {
		t.Errorf("sum %v, error %v: want neither", sum, err)
	}
	if sum, err := answer.Page.Nodes[0].Sum(); err != nil || sum == nil || *sum != 5 {
		t.Errorf("sum of a month %v, error %v: want 5", sum, err)
	}
}

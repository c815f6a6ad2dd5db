package query

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
)

var regionRules = []indicator.Rule{
	indicator.RuleNone, indicator.RuleSum, indicator.RuleRatio, indicator.RuleWeightedMean, indicator.RuleMin, indicator.RuleMax,
}

// alike compares numbers that were worked out in different orders.
func alike(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*(1+math.Max(math.Abs(a), math.Abs(b)))
}

func someOf(t *rapid.T, list []string, label string) []string {
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(list), 1, len(list), rapid.ID[string]).Draw(t, label)
	slices.Sort(some) // the tree order of generated codes
	return some
}

// TestAggregate_Oracle holds groups and totals of generated data against the oracle.
func TestAggregate_Oracle(t *testing.T) {
	for _, rule := range regionRules {
		t.Run(rule.String(), rapid.MakeCheck(func(t *rapid.T) {
			w := drawWorld(t, rule)
			regions := someOf(t, w.counties, "regions")
			request := AggregateRequest{
				Indicators: []string{"asked"}, Regions: codes(regions...), When: w.when(), AsOf: indicator.NoDay, Page: PageRequest{First: 100},
				MinCoverage: rapid.SampledFrom([]float64{0, 0, 0.5, 2.0 / 3, 1}).Draw(t, "least coverage"),
			}
			byPeriod := false
			switch rapid.IntRange(0, 3).Draw(t, "group by") {
			case 1:
				request.GroupBy = []GroupBy{byRegion(indicator.Prefecture)}
			case 2:
				request.GroupBy = []GroupBy{byRegion(indicator.County)}
			case 3:
				request.GroupBy, byPeriod, w.byPeriod = []GroupBy{{Period: indicator.Quarterly}}, true, true
				if w.when() == nil { // then every period
					w.whenWithin = period("0001/9999")
				}
			}
			answer, err := w.session(t).Aggregate(t.Context(), &request)
			groups, refused := w.groups(regions, request.GroupBy, byPeriod)
			if refused {
				if typed, ok := err.(*indicator.Error); !ok || typed.Code != indicator.NotAggregatable {
					t.Fatalf("figures that do not combine over time: %v, %v", answer, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.Page.Nodes) != len(groups) {
				t.Fatalf("%d groups, want %d", len(answer.Page.Nodes), len(groups))
			}
			for i, g := range answer.Page.Nodes {
				w.checkGroup(t, g, groups[i], request.MinCoverage)
			}
			if values, ok := w.values(regions, w.of); ok {
				w.checkGroup(t, answer.Totals[0], expectedGroup{regions, values}, request.MinCoverage)
			} else if _, err := answer.Totals[0].Value(); err == nil {
				t.Fatal("a total of figures that do not combine over time")
			}
		}))
	}
}

// expectedGroup is a group: the regions asked for and the values of those that have figures in it.
type expectedGroup struct {
	regions []string
	values  map[string]oracleValue
}

// values rolls each region's figures up over time; false if one cannot be.
func (w *oracleWorld) values(regions []string, of func(string) []oracleFigure) (map[string]oracleValue, bool) {
	values := make(map[string]oracleValue)
	for _, region := range regions {
		if list := of(region); len(list) > 0 {
			v, ok := w.overTime(list)
			if !ok {
				return nil, false
			}
			values[region] = v
		}
	}
	return values, true
}

// groups are the expected groups in their order, and whether one is refused over time.
func (w *oracleWorld) groups(regions []string, by []GroupBy, byPeriod bool) (groups []expectedGroup, refused bool) {
	add := func(expected []string, of func(string) []oracleFigure) {
		values, ok := w.values(expected, of)
		refused = refused || !ok
		if len(values) > 0 || len(by) == 0 {
			groups = append(groups, expectedGroup{expected, values})
		}
	}
	switch {
	case len(by) == 0:
		add(regions, w.of)
	case byPeriod:
		for _, text := range []string{"2018-Q4", "2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2"} {
			add(regions, func(region string) []oracleFigure {
				return slices.DeleteFunc(w.of(region), func(f oracleFigure) bool { return !period(text).Contains(f.period) })
			})
		}
	default:
		length := map[indicator.Level]int{indicator.Prefecture: 1, indicator.County: 2}[*by[0].Region]
		for start := 0; start < len(regions); {
			end := start + 1
			for end < len(regions) && regions[end][:length] == regions[start][:length] {
				end++
			}
			add(regions[start:end], w.of)
			start = end
		}
	}
	return groups, refused
}

func (w *oracleWorld) checkGroup(t *rapid.T, got *Group, group expectedGroup, minCoverage float64) {
	want := w.overRegions(group.regions, group.values)
	x, err := got.Value()
	if want.refused != (err != nil) {
		t.Fatalf("value %v, %v; refused: %t", x, err, want.refused)
	}
	if !want.refused {
		if !math.IsNaN(want.value) && float64(len(want.used))/float64(len(group.regions)) < minCoverage {
			want.value, want.missing = math.NaN(), indicator.BelowCoverage
		}
		if !alike(value(x), want.value) || got.Missing() != want.missing {
			t.Fatalf("value %v %s, want %v %s", value(x), got.Missing(), want.value, want.missing)
		}
		if x != nil && got.Precision() != want.precision {
			t.Fatalf("precision %s, want %s", got.Precision(), want.precision)
		}
	}
	coverage := got.Coverage()
	if len(coverage.Missing) != len(want.lacking) || coverage.Expected != len(group.regions) || coverage.Used != len(want.used) {
		t.Fatalf("%d of %d, lacking %s; want %v", coverage.Used, coverage.Expected, reasons(coverage.Missing), want.lacking)
	}
	for _, m := range coverage.Missing {
		if want.lacking[m.Region.Code] != m.Reason {
			t.Fatalf("lacking %s, want %v", reasons(coverage.Missing), want.lacking)
		}
	}
	w.checkWeights(t, coverage, group, want.used)
	var values []float64
	figures := 0
	for _, v := range group.values {
		if !math.IsNaN(v.value) {
			values = append(values, v.value)
			figures += v.figures
		}
	}
	sum, err := got.Sum()
	switch {
	case w.rollup.Regions != indicator.RuleSum:
		if typed, ok := err.(*indicator.Error); !ok || typed.Code != indicator.NotAdditive {
			t.Fatalf("sum %v, %v", sum, err)
		}
	case len(values) == 0 && sum != nil, len(values) > 0 && !alike(value(sum), oracleMean(values)*float64(len(values))):
		t.Fatalf("sum %v", value(sum))
	}
	quantile, err := got.Quantile(0.3)
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]float64{
		"mean": {value(got.Mean()), oracleMean(values)}, "median": {value(got.Median()), oracleQuantile(values, 0.5)},
		"quantile": {value(quantile), oracleQuantile(values, 0.3)}, "stddev": {value(got.StdDev()), oracleStdDev(values)},
		"min": {value(got.Min()), oracleQuantile(values, 0)}, "max": {value(got.Max()), oracleQuantile(values, 1)},
		"count": {float64(got.Count()), float64(figures)},
	} {
		if !alike(pair[0], pair[1]) {
			t.Fatalf("%s %v of %v, want %v", name, pair[0], values, pair[1])
		}
	}
}

// checkWeights checks the share of all weights that the used regions hold.
func (w *oracleWorld) checkWeights(t *rapid.T, got *Coverage, group expectedGroup, used []string) {
	newest := indicator.Forever
	for _, v := range group.values {
		if newest == indicator.Forever || v.until > newest {
			newest = v.until
		}
	}
	var all, held float64
	for _, region := range group.regions {
		until := newest // of a region without figures
		if v, ok := group.values[region]; ok {
			until = v.until
		}
		found, _ := w.weightOf(region, until)
		weight := found.Value // 0 where there is none
		all += weight
		if slices.Contains(used, region) {
			held += weight
		}
	}
	if !alike(value(got.WeightShare), held/all) {
		t.Fatalf("weight share %v, want %v of %v", value(got.WeightShare), held, all)
	}
}

// TestCompare_Oracle holds entries and statistics of generated data against the oracle.
func TestCompare_Oracle(t *testing.T) {
	for _, rule := range regionRules {
		t.Run(rule.String(), rapid.MakeCheck(func(t *rapid.T) {
			w := drawWorld(t, rule)
			display := someOf(t, w.counties, "display")
			request := CompareRequest{Indicators: []string{"asked"}, Display: codes(display...), When: w.when(), AsOf: indicator.NoDay, Page: PageRequest{First: 100}}
			against := display
			if rapid.Bool().Draw(t, "has against") {
				against = someOf(t, w.counties, "against")
				request.Against = codes(against...)
			}
			baselineRegion := ""
			switch rapid.IntRange(0, 3).Draw(t, "baseline") {
			case 1:
				baselineRegion = rapid.SampledFrom(w.counties).Draw(t, "baseline region")
				request.Baseline = &Baseline{Region: baselineRegion}
			case 2:
				request.Baseline = &Baseline{Value: new(float64(rapid.IntRange(-5, 30).Draw(t, "baseline value")))}
			case 3:
				request.Baseline = &Baseline{Statistic: new(rapid.SampledFrom([]BaselineStatistic{
					BaselineMean, BaselineMedian, BaselineBest, BaselineGroupValue,
				}).Draw(t, "baseline statistic"))}
			}
			all := slices.Concat(display, against)
			if baselineRegion != "" {
				all = append(all, baselineRegion)
			}
			values, ok := w.values(all, w.of)
			group := w.overRegions(against, values)
			refused := !ok || group.refused && request.Baseline != nil && request.Baseline.Statistic != nil && *request.Baseline.Statistic == BaselineGroupValue
			answer, err := w.session(t).Compare(t.Context(), &request)
			if refused {
				if typed, ok := err.(*indicator.Error); !ok || typed.Code != indicator.NotAggregatable {
					t.Fatalf("what does not combine: %v, %v", answer, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := answer.Indicators[0]
			w.checkStatistics(t, got.Statistics, group, against, values)
			w.checkBaseline(t, got.Baseline, request.Baseline, group, against, values)
			w.checkEntries(t, got, display, against, values)
		}))
	}
}

// knownOf are the values of the regions that have one.
func knownOf(regions []string, values map[string]oracleValue) []oracleValue {
	var known []oracleValue
	for _, region := range regions {
		if v, ok := values[region]; ok && !math.IsNaN(v.value) {
			known = append(known, v)
		}
	}
	return known
}

func numbers(list []oracleValue) []float64 {
	var values []float64
	for _, v := range list {
		values = append(values, v.value)
	}
	return values
}

func (w *oracleWorld) checkStatistics(t *rapid.T, got *Statistics, group oracleGroup, against []string, values map[string]oracleValue) {
	xs := numbers(knownOf(against, values))
	if got.N != len(xs) || len(xs) == 0 && len(got.Quartiles) != 0 || len(xs) > 0 && len(got.Quartiles) != 3 {
		t.Fatalf("%d values with quartiles %v, want %d", got.N, got.Quartiles, len(xs))
	}
	for i, q := range got.Quartiles {
		if want := oracleQuantile(xs, float64(i+1)/4); !alike(q, want) {
			t.Fatalf("quartile %d of %v is %v, want %v", i+1, xs, q, want)
		}
	}
	variation := math.NaN()
	if mean := oracleMean(xs); mean > 0 {
		variation = oracleStdDev(xs) / mean
	}
	for name, pair := range map[string][2]float64{
		"mean": {value(got.Mean), oracleMean(xs)}, "median": {value(got.Median), oracleQuantile(xs, 0.5)},
		"stddev": {value(got.StdDev), oracleStdDev(xs)}, "mad": {value(got.MAD), oracleMAD(xs)},
		"min": {value(got.Min), oracleQuantile(xs, 0)}, "max": {value(got.Max), oracleQuantile(xs, 1)},
		"gini": {value(got.Gini), oracleGini(xs)}, "variation": {value(got.CoefficientOfVariation), variation},
		"group value": {value(got.GroupValue), group.value},
	} {
		if !alike(pair[0], pair[1]) {
			t.Fatalf("%s of %v is %v, want %v", name, xs, pair[0], pair[1])
		}
	}
}

func (w *oracleWorld) checkBaseline(t *rapid.T, got indicator.Quantity, asked *Baseline, group oracleGroup, against []string, values map[string]oracleValue) {
	known := knownOf(against, values)
	xs := numbers(known)
	statistic := BaselineStatistic(-1)
	switch {
	case asked == nil:
		switch w.rollup.Regions {
		case indicator.RuleRatio, indicator.RuleWeightedMean:
			statistic = BaselineGroupValue
		case indicator.RuleSum:
			statistic = BaselineMean
		default:
			statistic = BaselineMedian
		}
	case asked.Statistic != nil:
		statistic = *asked.Statistic
	}
	want := math.NaN()
	switch {
	case statistic == BaselineGroupValue:
		want = group.value
	case statistic == BaselineMean:
		want = oracleMean(xs)
	case statistic == BaselineMedian:
		want = oracleQuantile(xs, 0.5)
	case statistic == BaselineBest && w.polarity == indicator.LowerIsBetter:
		want = oracleQuantile(xs, 0)
	case statistic == BaselineBest:
		want = oracleQuantile(xs, 1)
	case asked.Value != nil:
		want = *asked.Value
	default:
		if v, ok := values[asked.Region]; ok {
			want = v.value
		}
	}
	if !alike(got.Value, want) {
		t.Fatalf("baseline %v, want %v", got.Value, want)
	}
}

// checkEntries takes the baseline as it was checked before: whether a value equals it is a matter of the last bit.
func (w *oracleWorld) checkEntries(t *rapid.T, got *IndicatorComparison, display, against []string, values map[string]oracleValue) {
	shown, group := knownOf(display, values), knownOf(against, values)
	if len(got.Page.Nodes) != len(shown) || len(got.Missing) != len(display)-len(shown) {
		t.Fatalf("%d entries and %d missing, want %d of %d", len(got.Page.Nodes), len(got.Missing), len(shown), len(display))
	}
	xs := numbers(group)
	mean, stddev, median, mad := oracleMean(xs), oracleStdDev(xs), oracleQuantile(xs, 0.5), oracleMAD(xs)
	baseline := got.Baseline
	for _, e := range got.Page.Nodes {
		v := values[e.Region.Code]
		if e.Quantity.Value != v.value || e.Quantity.Precision != v.precision {
			t.Fatalf("%s has %+v, want %+v", v.region, e.Quantity, v)
		}
		joined := group
		if !slices.Contains(against, v.region) {
			joined = append(slices.Clone(group), v)
		}
		rank, smaller, equal, uncertain := 1, 0.0, 0.0, false
		for _, other := range joined {
			switch {
			case other.value == v.value:
				equal++
			case other.value < v.value:
				smaller++
			}
			if other.value > v.value && w.polarity != indicator.LowerIsBetter || other.value < v.value && w.polarity == indicator.LowerIsBetter {
				rank++
			}
			open := other.precision != indicator.Exact || v.precision != indicator.Exact
			uncertain = uncertain || open && other.region != v.region && surely(v, other) == 0
		}
		if e.Rank != rank || e.RankUncertain != uncertain || !alike(e.Percentile, 100*(smaller+equal/2)/float64(len(joined))) {
			t.Fatalf("%s has rank %d, uncertain %t, percentile %v; want %d %t", v.region, e.Rank, e.RankUncertain, e.Percentile, rank, uncertain)
		}
		z, robust, difference, ratio := math.NaN(), math.NaN(), math.NaN(), math.NaN()
		if stddev > 0 {
			z = (v.value - mean) / stddev
		}
		if mad > 0 {
			robust = 0.6745 * (v.value - median) / mad
		}
		standing := NoStanding
		if baseline.Known() {
			difference = v.value - baseline.Value
			if baseline.Value != 0 {
				ratio = v.value / baseline.Value
			}
			if w.polarity != indicator.Neutral {
				standing = []Standing{Worse, Similar, Better}[1+surely(v, oracleValue{value: baseline.Value, precision: baseline.Precision, printed: baseline.Reported})]
				if w.polarity == indicator.LowerIsBetter {
					standing = map[Standing]Standing{Worse: Better, Similar: Similar, Better: Worse}[standing]
				}
			}
		}
		if !alike(value(e.ZScore), z) || !alike(value(e.RobustZScore), robust) || !alike(e.Difference.Value, difference) || !alike(value(e.Ratio), ratio) {
			t.Fatalf("%s: %+v; want z %v, robust z %v, difference %v, ratio %v", v.region, e, z, robust, difference, ratio)
		}
		if e.Standing != standing {
			t.Fatalf("%s stands %d against %+v, want %d", v.region, e.Standing, baseline, standing)
		}
		share, err := e.Share()
		if w.rollup.Regions != indicator.RuleSum {
			if err == nil {
				t.Fatalf("%s has the share %v of what does not add up", v.region, share)
			}
		} else if sum := mean * float64(len(xs)); err != nil || share != nil && !alike(*share, v.value/sum) || share == nil && len(xs) > 0 && sum != 0 {
			t.Fatalf("%s has the share %v, %v", v.region, share, err)
		}
	}
}

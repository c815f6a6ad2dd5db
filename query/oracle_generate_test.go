package query

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The periods lie inside each other or apart, so that "the longest" is never a matter of taste.
var oraclePeriods = []string{"2019", "2019-Q1", "2019-01", "2019-02", "2019-02-28", "2019-11", "2020-Q1", "2020-02", "2020-05"}

var timeRules = []indicator.Rule{
	indicator.RuleNone, indicator.RuleSum, indicator.RuleLast, indicator.RuleRatio, indicator.RuleMean, indicator.RuleMin, indicator.RuleMax,
}

// drawWorld draws a data set of an indicator with a rule over regions.
func drawWorld(t *rapid.T, rule indicator.Rule) *oracleWorld {
	w := &oracleWorld{weights: make(map[string][]oracleWeight)}
	w.rollup.Regions = rule
	w.rollup.Time = rapid.SampledFrom(timeRules).Draw(t, "time rule")
	w.polarity = rapid.SampledFrom([]indicator.Polarity{indicator.Neutral, indicator.HigherIsBetter, indicator.LowerIsBetter}).Draw(t, "polarity")
	w.ratio = rule == indicator.RuleRatio || w.rollup.Time == indicator.RuleRatio
	if w.ratio && rule == indicator.RuleSum {
		w.ratio, w.rollup.Time = false, indicator.RuleLast // no catalogue has rates that add up
	}
	if w.ratio && w.rollup.Time == indicator.RuleSum {
		w.rollup.Time = indicator.RuleRatio
	}
	for p := range rapid.IntRange(1, 3).Draw(t, "prefectures") {
		for c := range rapid.IntRange(1, 4).Draw(t, "counties") {
			w.counties = append(w.counties, fmt.Sprintf("%c%d", 'a'+p, c))
		}
	}
	smallest := rapid.SampledFrom([]int{0, -30}).Draw(t, "smallest value")
	for _, county := range w.counties {
		for _, text := range []string{"2018-12-31", "2019-02", "2019", "2020-03-31"} {
			if rapid.IntRange(0, 1).Draw(t, "has weight") > 0 {
				quantity := indicator.Quantity{Value: float64(rapid.IntRange(0, 5).Draw(t, "weight")), Precision: drawPrecision(t)}
				w.weights[county] = append(w.weights[county], oracleWeight{quantity, *period(text)})
			}
		}
		for _, text := range oraclePeriods {
			if rapid.IntRange(0, 2).Draw(t, "has figure") == 0 {
				w.figures = append(w.figures, drawFigure(t, w, county, *period(text), smallest))
			}
		}
	}
	w.drawWhen(t)
	return w
}

func drawPrecision(t *rapid.T) indicator.Precision {
	return rapid.SampledFrom([]indicator.Precision{
		indicator.Exact, indicator.Exact, indicator.Exact, indicator.AtLeast, indicator.AtMost, indicator.Approximate,
	}).Draw(t, "precision")
}

func drawFigure(t *rapid.T, w *oracleWorld, county string, p indicator.Period, smallest int) oracleFigure {
	f := oracleFigure{
		region: county, period: p, value: float64(rapid.IntRange(smallest, 30).Draw(t, "value")), precision: drawPrecision(t),
		numerator: math.NaN(), denominator: math.NaN(),
	}
	if rapid.IntRange(0, 7).Draw(t, "is missing") == 0 {
		f.value, f.precision = math.NaN(), indicator.Exact
		f.reason = rapid.SampledFrom([]indicator.Missing{indicator.NotCollected, indicator.Suppressed}).Draw(t, "reason")
		return f
	}
	if w.ratio && rapid.IntRange(0, 3).Draw(t, "has counts") > 0 {
		f.numerator = float64(rapid.IntRange(0, 9).Draw(t, "numerator"))
		f.denominator = float64(rapid.IntRange(0, 9).Draw(t, "denominator"))
		f.countsPrecision = drawPrecision(t)
	}
	return f
}

func (w *oracleWorld) drawWhen(t *rapid.T) {
	switch rapid.IntRange(0, 4).Draw(t, "when") {
	case 0:
		w.whenPeriod = period(rapid.SampledFrom(oraclePeriods).Draw(t, "period"))
	case 1, 2:
		w.whenWithin = period(rapid.SampledFrom([]string{"2019", "2019-Q1", "2019/2020", "2020"}).Draw(t, "within"))
	case 3:
		w.whenLatest = &period(rapid.SampledFrom(oraclePeriods).Draw(t, "on or before")).End
	}
}

// when is how the request says it.
func (w *oracleWorld) when() *When {
	switch {
	case w.whenLatest != nil:
		return &When{Latest: &LatestWhen{*w.whenLatest, -1}}
	case w.whenPeriod != nil || w.whenWithin != nil:
		return &When{Period: w.whenPeriod, Within: w.whenWithin}
	}
	return nil
}

// session holds the data set, beside forecasts, parts and another indicator that must not matter.
func (w *oracleWorld) session(t *rapid.T) *Session {
	regions := []indicator.Region{{Code: "1", Scheme: "test", Level: indicator.Province, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}}
	seen := make(map[byte]bool)
	for _, county := range w.counties {
		if !seen[county[0]] {
			seen[county[0]] = true
			regions = append(regions, indicator.Region{
				Code: county[:1], Scheme: "test", Parent: "1", Level: indicator.Prefecture, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
			})
		}
		regions = append(regions, indicator.Region{
			Code: county, Scheme: "test", Parent: county[:1], Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
	}
	asked := indicator.Indicator{
		Code: "asked", Kind: indicator.Count, Rollup: w.rollup, Polarity: w.polarity, Scale: 100, Weight: "weight",
		Breakdowns: []indicator.Breakdown{{Dimension: "part"}},
	}
	if w.ratio {
		asked.Kind = indicator.Ratio
	}
	c, err := catalog.New(catalog.Tables{
		Regions: regions,
		Indicators: []indicator.Indicator{
			{Code: "other", Rollup: w.rollup, Weight: "weight", Kind: asked.Kind}, asked, {Code: "weight", Rollup: indicator.Rollup{Regions: indicator.RuleSum}},
		},
		Dimensions: []indicator.Dimension{{Code: "part", Values: []indicator.DimensionValue{{Value: "x"}}}},
		Sources:    []indicator.Source{{Code: "s"}},
		Slices:     []indicator.Slice{{}, {{Dimension: "part", Value: "x"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var records []record
	add := func(county string, ind int32, change func(*store.Report)) {
		region, err := c.Region(county)
		if err != nil {
			t.Fatal(err)
		}
		r := store.Report{Region: region.ID, Indicator: ind, Numerator: math.NaN(), Denominator: math.NaN(), PublishedOn: day(1), Offset: -1}
		change(&r)
		records = append(records, record{Report: r})
	}
	for _, f := range w.figures {
		figure := func(r *store.Report) {
			r.Period, r.Value, r.Missing, r.Precision = f.period, f.value, f.reason, f.precision
			r.Numerator, r.Denominator, r.CountsPrecision = f.numerator, f.denominator, f.countsPrecision
		}
		add(f.region, 1, figure)
		add(f.region, 1, func(r *store.Report) { figure(r); r.Slice, r.Value, r.Missing = 1, 1000, indicator.NotMissing })
		add(f.region, 1, func(r *store.Report) {
			figure(r)
			r.Status, r.Value, r.Missing = indicator.Forecast, 2000, indicator.NotMissing
		})
		add(f.region, 0, func(r *store.Report) { figure(r); r.Value = 3000 })
	}
	for county, weights := range w.weights {
		for _, weight := range weights {
			add(county, 2, func(r *store.Report) { r.Period, r.Value, r.Precision = weight.period, weight.Value, weight.Precision })
		}
	}
	return NewSession(newMemory(c, store.Contents{Loads: []indicator.Load{{ID: "l"}}}, records), DefaultLimits(), today)
}

package query

import (
	"math"
	"slices"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// seriesWorld is a generated data set of one region, of an indicator with a rule over time, and what is asked of it.
type seriesWorld struct {
	rule         indicator.Rule
	percent, per bool
	figures      []oldFigure // of the indicator
	residents    []oldFigure // of the divisor, a stock
	request      SeriesRequest
}

// oldFigure is a figure as one would note it down.
type oldFigure struct {
	period                 indicator.Period
	value                  float64 // NaN where missing
	numerator, denominator float64 // NaN where unknown
	precision              indicator.Precision
}

// labels are the periods of a grain in the years that figures are about.
func labels(g indicator.Grain) []indicator.Period {
	var list []indicator.Period
	for p := g.Containing(parseDay("2018-01-01")); p.Start <= parseDay("2020-12-31"); p = g.Containing(p.End + 1) {
		list = append(list, p)
	}
	return list
}

func drawSeriesWorld(t *rapid.T) *seriesWorld {
	w := &seriesWorld{
		rule: rapid.SampledFrom([]indicator.Rule{
			indicator.RuleSum, indicator.RuleSum, indicator.RuleLast, indicator.RuleRatio, indicator.RuleMean, indicator.RuleMin, indicator.RuleMax,
		}).Draw(t, "rule"),
		percent: rapid.Bool().Draw(t, "in percent"),
	}
	w.per = w.rule != indicator.RuleRatio && !w.percent && rapid.Bool().Draw(t, "per")
	months, days := labels(indicator.Monthly), labels(indicator.Daily)
	seen := make(map[indicator.Period]bool)
	for range rapid.IntRange(0, 25).Draw(t, "figures") {
		p := rapid.SampledFrom(months).Draw(t, "month")
		switch rapid.IntRange(0, 9).Draw(t, "length") {
		case 0:
			p = rapid.SampledFrom(days).Draw(t, "day")
		case 1:
			p = indicator.Quarterly.Containing(p.Start)
		case 2:
			p = indicator.Yearly.Containing(p.Start)
		}
		if !seen[p] {
			seen[p] = true
			w.figures = append(w.figures, drawOldFigure(t, p, w.rule == indicator.RuleRatio))
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "residents") {
		p := rapid.SampledFrom(days).Draw(t, "census")
		if !slices.ContainsFunc(w.residents, func(f oldFigure) bool { return f.period == p }) {
			f := drawOldFigure(t, p, false)
			f.value = math.Abs(f.value)
			w.residents = append(w.residents, f)
		}
	}
	w.request = SeriesRequest{
		Indicators: []string{"asked"}, Regions: codes("1"), From: indicator.NoDay, To: indicator.NoDay, AsOf: indicator.NoDay,
		Grain: indicator.Grain(rapid.IntRange(0, int(indicator.Yearly)).Draw(t, "grain")),
		Fill:  Fill(rapid.IntRange(0, int(FillLinear)).Draw(t, "fill")), Page: PageRequest{First: 10}, YearOnYear: true,
	}
	if rapid.IntRange(0, 2).Draw(t, "has from") == 0 {
		w.request.From = rapid.SampledFrom(days).Draw(t, "from").Start
	}
	if rapid.IntRange(0, 3).Draw(t, "has to") == 0 {
		w.request.To = max(w.request.From, rapid.SampledFrom(days).Draw(t, "to").End)
	}
	if w.per {
		w.request.Per = &Per{"residents", 100}
	}
	return w
}

func drawOldFigure(t *rapid.T, p indicator.Period, counts bool) oldFigure {
	f := oldFigure{
		period: p, value: float64(rapid.IntRange(-3, 20).Draw(t, "value")), numerator: math.NaN(), denominator: math.NaN(),
		precision: indicator.Precision(max(0, rapid.IntRange(-4, 3).Draw(t, "precision"))),
	}
	switch {
	case rapid.IntRange(0, 9).Draw(t, "is missing") == 0:
		f.value = math.NaN()
	case counts && rapid.IntRange(0, 9).Draw(t, "has counts") > 0:
		f.numerator, f.denominator = float64(rapid.IntRange(0, 9).Draw(t, "numerator")), float64(rapid.IntRange(1, 9).Draw(t, "denominator"))
	}
	return f
}

func (w *seriesWorld) session(t *rapid.T) *Session {
	unit, kind, regions := "piece", indicator.Count, indicator.RuleSum
	if w.percent {
		unit = "%"
	}
	if w.rule == indicator.RuleRatio {
		kind, regions = indicator.Ratio, indicator.RuleRatio
	}
	c, err := catalog.New(catalog.Tables{
		Regions: []indicator.Region{{Code: "1", Scheme: "test", Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}},
		Indicators: []indicator.Indicator{
			{Code: "asked", Kind: kind, Unit: unit, Scale: 100, Rollup: indicator.Rollup{Regions: regions, Time: w.rule}},
			{Code: "residents", Unit: "person", Rollup: indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast}},
		},
		Sources: []indicator.Source{{Code: "s"}}, Slices: []indicator.Slice{{}}, Definitions: []string{""},
	})
	if err != nil {
		t.Fatal(err)
	}
	var records []record
	for ind, list := range [][]oldFigure{w.figures, w.residents} {
		for _, f := range list {
			r := store.Report{
				Indicator: int32(ind), Period: f.period, Value: f.value, Precision: f.precision, Numerator: f.numerator, Denominator: f.denominator,
				CountsPrecision: f.precision, PublishedOn: day(1), Offset: -1,
			}
			if math.IsNaN(f.value) {
				r.Missing = indicator.Suppressed
			}
			records = append(records, record{Report: r})
		}
	}
	return NewSession(newMemory(c, store.Contents{Loads: []indicator.Load{{ID: "l"}}}, records), DefaultLimits(), today)
}

package query

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// The oracle works out answers from the words of the public schema, figure by figure and region by region, with none of the
// package's code: statistics by their textbook definitions, overlapping periods day by day.

// oracleFigure is one figure of the indicator asked about. Its value is NaN where there is a reason instead.
type oracleFigure struct {
	region                 string
	period                 indicator.Period
	value                  float64
	reason                 indicator.Missing
	precision              indicator.Precision
	numerator, denominator float64
	countsPrecision        indicator.Precision
}

// oracleWorld is a data set: counties with their figures and weights.
type oracleWorld struct {
	counties   []string // in tree order; the first letter is the prefecture
	figures    []oracleFigure
	weights    map[string][]oracleWeight
	byPeriod   bool // periods are told apart
	rollup     indicator.Rollup
	polarity   indicator.Polarity
	ratio      bool // the indicator is a rate in percent
	whenLatest *indicator.Day
	whenPeriod *indicator.Period
	whenWithin *indicator.Period
}

// oracleWeight is a region's weight of a period.
type oracleWeight struct {
	indicator.Quantity
	period indicator.Period
}

// weightOf is what weighs a region's figures up to a day: of requests about one time the newest weight in force at its end; of those
// about many the newest in force on the day or, before the first one, that.
func (w *oracleWorld) weightOf(region string, until indicator.Day) (oracleWeight, bool) {
	last := indicator.Forever
	switch {
	case w.whenPeriod != nil:
		last = w.whenPeriod.End
	case w.whenWithin != nil:
		last = w.whenWithin.End
	case w.whenLatest != nil:
		last = *w.whenLatest
	}
	var found, first *oracleWeight
	for i := range w.weights[region] {
		weight := &w.weights[region][i]
		if weight.period.End > last {
			continue
		}
		if first == nil || weight.period.End < first.period.End {
			first = weight
		}
		if (w.whenWithin == nil && !w.byPeriod || weight.period.End <= until) && (found == nil || weight.period.End > found.period.End) {
			found = weight
		}
	}
	switch {
	case found != nil:
		return *found, true
	case first != nil:
		return *first, true
	}
	return oracleWeight{}, false
}

// oracleValue is a region's value, or why there is none.
type oracleValue struct {
	until                  indicator.Day // the end of the figures it rests on
	region                 string
	value                  float64
	precision              indicator.Precision
	reason                 indicator.Missing
	numerator, denominator float64 // NaN unless both are known and can be divided
	counts                 indicator.Precision
	figures                int
	printed                bool // one figure as it stands, whose digits tell how far it reaches
}

func newerPeriod(a, b indicator.Period) bool {
	return a.End > b.End || a.End == b.End && a.Start > b.Start
}

// of are the region's figures that the request selects.
func (w *oracleWorld) of(region string) []oracleFigure {
	var list []oracleFigure
	for _, f := range w.figures {
		switch {
		case f.region != region:
		case w.whenPeriod != nil && f.period != *w.whenPeriod:
		case w.whenWithin != nil && (f.period.Start < w.whenWithin.Start || f.period.End > w.whenWithin.End):
		case w.whenLatest != nil && f.period.End > *w.whenLatest:
		default:
			list = append(list, f)
		}
	}
	if w.whenPeriod != nil || w.whenWithin != nil || len(list) == 0 {
		return list
	}
	newest := list[0]
	for _, f := range list {
		if newerPeriod(f.period, newest.period) {
			newest = f
		}
	}
	return []oracleFigure{newest}
}

// union adds the directions in which the true values may differ from the figures.
func union(list []oracleFigure, of func(oracleFigure) indicator.Precision) indicator.Precision {
	higher, lower := false, false
	for _, f := range list {
		p := of(f)
		higher = higher || p == indicator.AtLeast || p == indicator.Approximate
		lower = lower || p == indicator.AtMost || p == indicator.Approximate
	}
	switch {
	case higher && lower:
		return indicator.Approximate
	case higher:
		return indicator.AtLeast
	case lower:
		return indicator.AtMost
	}
	return indicator.Exact
}

// alone is one figure for itself. A rate whose counts are known is that of its counts.
func (w *oracleWorld) alone(f oracleFigure) oracleValue {
	v := oracleValue{region: f.region, value: f.value, precision: f.precision, numerator: math.NaN(), denominator: math.NaN(), figures: 1, printed: true, until: f.period.End}
	if w.ratio && !math.IsNaN(f.numerator) && !math.IsNaN(f.denominator) && f.denominator != 0 {
		v.numerator, v.denominator, v.counts = f.numerator, f.denominator, f.countsPrecision
		v.value, v.precision, v.printed = 100*f.numerator/f.denominator, f.countsPrecision, false
	}
	return v
}

// overTime combines a region's figures, at least one; false where the indicator has no rule for that.
func (w *oracleWorld) overTime(list []oracleFigure) (oracleValue, bool) {
	var known []oracleFigure
	newest := list[0]
	for _, f := range list {
		if f.reason == indicator.NotMissing {
			known = append(known, f)
		}
		if newerPeriod(f.period, newest.period) {
			newest = f
		}
	}
	switch {
	case len(known) == 0:
		return oracleValue{region: newest.region, value: math.NaN(), reason: newest.reason, numerator: math.NaN(), denominator: math.NaN(), until: newest.period.End}, true
	case len(known) == 1:
		return w.alone(known[0]), true
	}
	newest = known[0]
	for _, f := range known {
		if newerPeriod(f.period, newest.period) {
			newest = f
		}
	}
	v := oracleValue{region: newest.region, numerator: math.NaN(), denominator: math.NaN(), figures: len(known), until: newest.period.End}
	v.precision = union(known, func(f oracleFigure) indicator.Precision { return f.precision })
	switch w.rollup.Time {
	case indicator.RuleNone:
		return v, false
	case indicator.RuleLast:
		return w.alone(newest), true
	case indicator.RuleMin:
		v.value = slices.MinFunc(known, func(a, b oracleFigure) int { return int(a.value - b.value) }).value
		return v, true
	case indicator.RuleMax:
		v.value = slices.MaxFunc(known, func(a, b oracleFigure) int { return int(a.value - b.value) }).value
		return v, true
	}
	return w.daysOnce(known), true
}

// daysOnce combines figures so that each day is counted once: a figure counts if it is the longest one about each of its days.
func (w *oracleWorld) daysOnce(known []oracleFigure) oracleValue {
	var counted []oracleFigure
	for _, f := range known {
		longest := true
		for d := f.period.Start; d <= f.period.End; d++ {
			for _, other := range known {
				if other.period.Start <= d && d <= other.period.End && other.period.End-other.period.Start > f.period.End-f.period.Start {
					longest = false
				}
			}
		}
		if longest {
			counted = append(counted, f)
		}
	}
	if len(counted) == 1 {
		return w.alone(counted[0])
	}
	v := oracleValue{region: counted[0].region, numerator: math.NaN(), denominator: math.NaN(), figures: len(counted)}
	for _, f := range counted {
		v.until = max(v.until, f.period.End)
	}
	v.precision = union(counted, func(f oracleFigure) indicator.Precision { return f.precision })
	var sum, numerators, denominators float64
	for _, f := range counted {
		sum, numerators, denominators = sum+f.value, numerators+f.numerator, denominators+f.denominator
	}
	switch w.rollup.Time {
	case indicator.RuleSum:
		v.value = sum
	case indicator.RuleMean:
		v.value = sum / float64(len(counted))
	default: // RATIO
		if math.IsNaN(numerators) || math.IsNaN(denominators) || denominators == 0 {
			return oracleValue{
				region: v.region, value: math.NaN(), reason: indicator.NoDenominator, numerator: math.NaN(), denominator: math.NaN(), until: v.until,
			}
		}
		v.value, v.numerator, v.denominator = 100*numerators/denominators, numerators, denominators
		v.precision = union(counted, func(f oracleFigure) indicator.Precision { return f.countsPrecision })
		v.counts = v.precision
	}
	return v
}

// oracleGroup is the value of some regions.
type oracleGroup struct {
	refused   bool // more than one region and no rule
	value     float64
	precision indicator.Precision
	missing   indicator.Missing
	used      []string
	lacking   map[string]indicator.Missing
}

// overRegions combines the values of the regions asked for.
func (w *oracleWorld) overRegions(expected []string, values map[string]oracleValue) oracleGroup {
	g := oracleGroup{value: math.NaN(), lacking: make(map[string]indicator.Missing)}
	var parts []oracleValue
	for _, region := range expected {
		v, ok := values[region]
		switch weight, weighed := w.weightOf(region, v.until); {
		case !ok:
			g.lacking[region] = indicator.NoObservation
		case math.IsNaN(v.value):
			g.lacking[region] = v.reason
		case len(expected) > 1 && w.rollup.Regions == indicator.RuleRatio && math.IsNaN(v.numerator):
			g.lacking[region] = indicator.NoDenominator
		case len(expected) > 1 && w.rollup.Regions == indicator.RuleWeightedMean && (!weighed || math.IsNaN(weight.Value)):
			g.lacking[region] = indicator.NoWeight
		default:
			parts = append(parts, v)
			g.used = append(g.used, region)
		}
	}
	switch {
	case len(expected) > 1 && w.rollup.Regions == indicator.RuleNone:
		g.refused = true
	case len(parts) == 0:
		g.missing = indicator.NoObservation
		for _, reason := range g.lacking {
			if reason != indicator.NoObservation && g.missing != indicator.NoObservation && g.missing != reason {
				g.missing = indicator.UnknownReason
				break
			}
			if reason != indicator.NoObservation {
				g.missing = reason
			}
		}
	case len(expected) == 1:
		g.value, g.precision = parts[0].value, parts[0].precision
	default:
		w.combine(&g, parts)
	}
	return g
}

func (w *oracleWorld) combine(g *oracleGroup, parts []oracleValue) {
	var precisions []oracleFigure
	var above, below float64
	for i, v := range parts {
		precisions = append(precisions, oracleFigure{precision: v.precision, countsPrecision: v.counts})
		switch w.rollup.Regions {
		case indicator.RuleSum:
			above, below = above+v.value, 1
		case indicator.RuleRatio:
			above, below = above+100*v.numerator, below+v.denominator
		case indicator.RuleWeightedMean:
			weight, _ := w.weightOf(v.region, v.until)
			above, below = above+weight.Value*v.value, below+weight.Value
			if weight.Precision != indicator.Exact { // more weight may move the mean either way
				precisions = append(precisions, oracleFigure{precision: indicator.Approximate})
			}
		case indicator.RuleMin:
			if i == 0 || v.value < above {
				above, below = v.value, 1
			}
		case indicator.RuleMax:
			if i == 0 || v.value > above {
				above, below = v.value, 1
			}
		}
	}
	if below == 0 {
		g.missing = indicator.NoWeight // denominators are positive
		return
	}
	g.value = above / below
	g.precision = union(precisions, func(f oracleFigure) indicator.Precision {
		if w.rollup.Regions == indicator.RuleRatio {
			return f.countsPrecision
		}
		return f.precision
	})
}

// bounds are where the true value may lie: one unit of the last printed digit to either side of an approximate one, anywhere
// if that was computed.
func bounds(x float64, p indicator.Precision, printed bool) (low, high float64) {
	if p == indicator.Approximate && !printed {
		return math.Inf(-1), math.Inf(1)
	}
	switch p {
	case indicator.AtLeast:
		return x, math.Inf(1)
	case indicator.AtMost:
		return math.Inf(-1), x
	case indicator.Exact:
		return x, x
	}
	text := strconv.FormatFloat(math.Abs(x), 'f', -1, 64)
	unit := 1.0
	if _, decimals, ok := strings.Cut(text, "."); ok {
		unit = math.Pow(10, -float64(len(decimals)))
	} else if zeros := len(text) - len(strings.TrimRight(text, "0")); x != 0 {
		unit = math.Pow(10, float64(zeros))
	}
	return x - unit, x + unit
}

// surely tells -1, 0 or +1 if a is smaller than, not told apart from, or larger than b.
func surely(a oracleValue, b oracleValue) int {
	low, high := bounds(a.value, a.precision, a.printed)
	otherLow, otherHigh := bounds(b.value, b.precision, b.printed)
	if high < otherLow {
		return -1
	}
	if low > otherHigh {
		return 1
	}
	return 0
}

// The statistics below take values in any order and are NaN where they do not exist.

func oracleMean(values []float64) float64 {
	var sum float64
	for _, x := range values {
		sum += x
	}
	return sum / float64(len(values))
}

// oracleQuantile is type 7 of Hyndman and Fan: x[j] + g (x[j+1] - x[j]) with j + g = 1 + (n - 1) p, counted from 1.
func oracleQuantile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	j, g := math.Modf(1 + float64(len(sorted)-1)*p)
	at := func(k float64) float64 { return sorted[min(int(k), len(sorted))-1] }
	return (1-g)*at(j) + g*at(j+1)
}

// oracleStdDev is by pairs: the squared differences of all ordered pairs add up to 2 n times those from the mean.
func oracleStdDev(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	n := float64(len(values))
	var squares float64
	for _, x := range values {
		for _, y := range values {
			squares += (x - y) * (x - y)
		}
	}
	return math.Sqrt(squares / (2 * n * (n - 1)))
}

func oracleMAD(values []float64) float64 {
	median := oracleQuantile(values, 0.5)
	var distances []float64
	for _, x := range values {
		distances = append(distances, math.Abs(x-median))
	}
	return oracleQuantile(distances, 0.5)
}

// oracleGini is the mean absolute difference of all pairs over twice the mean.
func oracleGini(values []float64) float64 {
	var differences float64
	for _, x := range values {
		if x < 0 {
			return math.NaN()
		}
		for _, y := range values {
			differences += math.Abs(x - y)
		}
	}
	n := float64(len(values))
	return differences / (2 * n * n * oracleMean(values)) // 0/0 for no values and for zeros
}

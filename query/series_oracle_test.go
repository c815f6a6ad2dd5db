package query

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
)

// naive is a point as the slow and obvious way finds it.
type naive struct {
	period    indicator.Period
	value     float64 // NaN where missing
	reported  bool    // a figure is about it, though perhaps without a value
	filled    bool
	partial   bool
	precision indicator.Precision
}

// inside are the figures in a period, shown or all.
func (w *seriesWorld) inside(p indicator.Period, shown bool) []oldFigure {
	var list []oldFigure
	for _, f := range w.figures {
		if w.request.Grain == indicator.Irregular && f.period != p {
			continue
		}
		in := (w.request.From == indicator.NoDay || f.period.Start >= w.request.From) && (w.request.To == indicator.NoDay || f.period.End <= w.request.To)
		if p.Contains(f.period) && in == shown {
			list = append(list, f)
		}
	}
	return list
}

// point combines the figures of a period.
func (w *seriesWorld) point(p indicator.Period, list []oldFigure) naive {
	n := naive{period: p, value: math.NaN(), reported: len(list) > 0}
	var known []oldFigure
	for _, f := range list {
		if !math.IsNaN(f.value) {
			known = append(known, f)
		}
	}
	if len(known) == 0 {
		return n
	}
	n.value, n.precision = combine(w.rule, known)
	if w.rule == indicator.RuleSum {
		covered := make(map[indicator.Day]bool)
		for _, f := range known {
			for d := f.period.Start; d <= f.period.End; d++ {
				covered[d] = true
			}
		}
		n.partial = len(covered) < p.Days()
	}
	if math.IsNaN(n.value) {
		n.precision = indicator.Exact
	}
	if w.per && !math.IsNaN(n.value) {
		n.value, n.precision = w.perResident(n)
	}
	return n
}

// combine applies the rule. Periods lie inside each other or apart, so that a figure whose days another one has too is part of
// that one.
func combine(rule indicator.Rule, known []oldFigure) (float64, indicator.Precision) {
	var whole []oldFigure
	for _, f := range known {
		if !slices.ContainsFunc(known, func(other oldFigure) bool { return other.period != f.period && other.period.Contains(f.period) }) {
			whole = append(whole, f)
		}
	}
	var sum, numerators, denominators float64
	var all, ofWhole indicator.Precision
	least, most, newest := known[0], known[0], known[0]
	for _, f := range known {
		all |= f.precision
		if f.value < least.value {
			least = f
		}
		if f.value > most.value {
			most = f
		}
		if f.period.End > newest.period.End || f.period.End == newest.period.End && f.period.Start > newest.period.Start {
			newest = f
		}
	}
	for _, f := range whole {
		sum, numerators, denominators, ofWhole = sum+f.value, numerators+f.numerator, denominators+f.denominator, ofWhole|f.precision
	}
	switch rule {
	case indicator.RuleSum:
		return sum, ofWhole
	case indicator.RuleMean:
		return sum / float64(len(whole)), ofWhole
	case indicator.RuleMin:
		return least.value, all
	case indicator.RuleMax:
		return most.value, all
	case indicator.RuleLast:
		return newest.value, newest.precision
	}
	if len(whole) == 1 && math.IsNaN(numerators) {
		return sum, ofWhole // printed
	}
	return 100 * numerators / denominators, ofWhole
}

// perResident divides by the newest count of residents at the end of the period or, before the first, by that.
func (w *seriesWorld) perResident(n naive) (float64, indicator.Precision) {
	var first, newest *oldFigure
	for i := range w.residents {
		f := &w.residents[i]
		if math.IsNaN(f.value) || w.request.To != indicator.NoDay && f.period.End > w.request.To {
			continue
		}
		if first == nil || f.period.End < first.period.End {
			first = f
		}
		if f.period.End <= n.period.End && (newest == nil || f.period.End > newest.period.End) {
			newest = f
		}
	}
	if newest == nil {
		newest = first
	}
	if newest == nil || newest.value == 0 {
		return math.NaN(), indicator.Exact
	}
	return 100 * n.value / newest.value, n.precision.Over(newest.precision)
}

// points are the points of the series of one frequency.
func (w *seriesWorld) points(frequency indicator.Grain) []naive {
	var list []naive
	for _, p := range labels(frequency) {
		if p.Grain() == frequency {
			list = append(list, w.point(p, w.inside(p, true)))
		}
	}
	reported := func(n naive) bool { return n.reported }
	first := slices.IndexFunc(list, reported)
	if first < 0 {
		return nil
	}
	last := len(list)
	for !list[last-1].reported {
		last--
	}
	list = list[first:last]
	if w.request.Grain == indicator.Irregular && frequency == indicator.Daily && w.rule != indicator.RuleSum {
		return slices.DeleteFunc(list, func(n naive) bool { return !n.reported })
	}
	return w.fill(list)
}

func (w *seriesWorld) fill(list []naive) []naive {
	filled := slices.Clone(list)
	for i := range filled {
		if list[i].reported {
			continue
		}
		n := &filled[i]
		before, after := i, i
		for before >= 0 && math.IsNaN(list[before].value) {
			before--
		}
		for after < len(list) && math.IsNaN(list[after].value) {
			after++
		}
		switch {
		case w.request.Fill == FillZero:
			n.value, n.filled = 0, true
		case w.request.Fill == FillPrevious && before >= 0:
			n.value, n.precision, n.filled = list[before].value, list[before].precision, true
		case w.request.Fill == FillLinear && before >= 0 && after < len(list):
			left, right := float64(i-before), float64(after-i)
			n.value = (right*list[before].value + left*list[after].value) / (left + right)
			n.precision, n.filled = indicator.Approximate, true
		}
	}
	return filled
}

// yearBefore is the value a year earlier: a point's, or that of figures that are not shown.
func (w *seriesWorld) yearBefore(list []naive, p indicator.Period) float64 {
	before, ok := p.YearBefore()
	if !ok {
		return math.NaN()
	}
	for _, n := range list {
		if n.period == before {
			return n.value
		}
	}
	if hidden := w.inside(before, false); len(hidden) > 0 && len(w.inside(before, true)) == 0 {
		return w.point(before, hidden).value
	}
	return math.NaN()
}

func (w *seriesWorld) relative(x, base float64) float64 {
	if base <= 0 {
		return math.NaN()
	}
	return 100*x/base - 100
}

// nearZero reports whether it depends on the order of operations on which side of 0 an interpolated quotient lies.
func (w *seriesWorld) nearZero(x float64) bool {
	return w.per && w.request.Fill == FillLinear && math.Abs(x) < 1e-9
}

func TestSeries_Oracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawSeriesWorld(t)
		answer, err := w.session(t).Series(context.Background(), &w.request)
		if err != nil {
			t.Fatal(err)
		}
		frequencies := []indicator.Grain{w.request.Grain}
		if w.request.Grain == indicator.Irregular {
			frequencies = []indicator.Grain{indicator.Daily, indicator.Monthly, indicator.Quarterly, indicator.Yearly}
		}
		found := 0
		for _, frequency := range frequencies {
			want := w.points(frequency)
			if len(want) == 0 {
				continue
			}
			if found == len(answer.Page.Nodes) {
				t.Fatalf("there is no series of %s", frequency)
			}
			w.check(t, want, answer.Page.Nodes[found])
			found++
		}
		if found != len(answer.Page.Nodes) {
			t.Fatalf("%d series, want %d", len(answer.Page.Nodes), found)
		}
	})
}

func (w *seriesWorld) check(t *rapid.T, want []naive, s *Series) {
	if len(want) != len(s.Points()) {
		t.Fatalf("%d points, want %d", len(s.Points()), len(want))
	}
	window := rapid.IntRange(1, 4).Draw(t, "window")
	base := rapid.SampledFrom(want).Draw(t, "base")
	sum, previous := 0.0, math.NaN()
	for i, n := range want {
		p := s.Points()[i]
		same := func(what string, got *float64, want float64) {
			if x := value(got); !near(x, want) && !(math.Abs(x-want) < 1e-9) {
				t.Fatalf("%s of %s is %v, want %v", what, pointText(p), x, want)
			}
		}
		same("value", p.Value(), n.value)
		if p.Period != n.period || p.Filled != n.filled || p.Precision() != n.precision || p.Partial() != n.partial ||
			(p.Missing() == indicator.NoObservation) != (!n.reported && !n.filled) || (p.Value() == nil) != (p.Missing() != indicator.NotMissing) {
			t.Fatalf("%s, want %s", pointText(p), fmt.Sprintf("%+v", n))
		}
		same("change", p.Change(), n.value-previous)
		before := w.yearBefore(want, n.period)
		same("difference year on year", p.YearOnYearChange(), n.value-before)
		if w.percent {
			same("percent change", p.PercentChange(), math.NaN())
			same("year on year", p.YearOnYear(), n.value-before)
		} else {
			if !w.nearZero(previous) {
				same("percent change", p.PercentChange(), w.relative(n.value, previous))
			}
			if !w.nearZero(before) {
				same("year on year", p.YearOnYear(), w.relative(n.value, before))
			}
		}
		index, err := p.Index(base.period)
		if err != nil {
			t.Fatal(err)
		}
		if !w.nearZero(base.value) {
			same("index", index, 100+w.relative(n.value, base.value))
		}
		mean := 0.0
		for k := range window {
			if k > i {
				mean = math.NaN()
				break
			}
			mean += want[i-k].value / float64(window)
		}
		average, err := p.MovingAverage(window)
		if err != nil {
			t.Fatal(err)
		}
		same("moving average", average, mean)
		sum += n.value
		cumulative, err := p.Cumulative()
		if w.rule == indicator.RuleSum && !w.per {
			same("cumulative sum", cumulative, sum)
		} else if (err != nil) != (i == 0) || cumulative != nil {
			t.Fatalf("cumulative %v, %v", cumulative, err)
		}
		previous = n.value
	}
}

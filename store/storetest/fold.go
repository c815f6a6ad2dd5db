package storetest

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// folded is what the figures of a region in one series roll up to.
type folded struct {
	Indicator, Slice, Region      int32
	Status                        indicator.Status
	Value, Numerator, Denominator float64
	Missing                       indicator.Missing
	Precision, CountsPrecision    indicator.Precision
	Used                          int32
	Since, Until                  indicator.Day
	Gaps                          bool
	Definitions                   string // those of the figures that the value rests on
}

func (f *folded) compare(other *folded) int {
	return cmp.Or(cmp.Compare(f.Indicator, other.Indicator), cmp.Compare(f.Slice, other.Slice), cmp.Compare(f.Status, other.Status), cmp.Compare(f.Region, other.Region))
}

// foldFigures rolls figures up over time, region by region; they are in natural order.
func foldFigures(c *catalog.Catalog, s store.Select, figures []figure) []folded {
	parts := make(map[folded][]figure)
	for _, f := range figures {
		key := folded{Indicator: f.Indicator, Slice: f.Slice, Status: f.Status, Region: f.Region}
		parts[key] = append(parts[key], f)
	}
	var all []folded
	for key, of := range parts {
		all = append(all, foldOne(key, of, c.Indicators()[key.Indicator].Rollup.Time))
	}
	slices.SortFunc(all, func(a, b folded) int { return a.compare(&b) })
	for i := range all {
		all[i].plain(c, s.Omit)
	}
	return all
}

// foldOne rolls the figures of a region up.
func foldOne(to folded, of []figure, rule indicator.Rule) folded {
	known := slices.DeleteFunc(slices.Clone(of), func(f figure) bool { return f.Missing != indicator.NotMissing })
	switch {
	case len(known) == 0:
		known = of[len(of)-1:]
	case rule == indicator.RuleLast:
		known = known[len(known)-1:]
	}
	newest := known[len(known)-1]
	to.Since, to.Gaps, to.Definitions = newest.Period.Start, rule == indicator.RuleSum && leaveGaps(of, known), definitionsOf(known)
	for _, f := range known {
		to.Since = min(to.Since, f.Period.Start)
	}
	to.Used, to.Until, to.Missing = int32(len(known)), newest.Period.End, newest.Missing
	to.Value, to.Numerator, to.Denominator = newest.Value, newest.Numerator, newest.Denominator
	for _, f := range known {
		to.Precision, to.CountsPrecision = to.Precision.Plus(f.Precision), to.CountsPrecision.Plus(f.CountsPrecision)
	}
	if len(known) == 1 {
		return to
	}
	sum := func(of func(f *figure) float64) (total float64) {
		for i := range known {
			total += of(&known[i])
		}
		return total
	}
	least, greatest := math.Inf(1), math.Inf(-1)
	for i := range known {
		least, greatest = min(least, known[i].Value), max(greatest, known[i].Value)
	}
	values := sum(func(f *figure) float64 { return f.Value })
	to.Value, to.Numerator, to.Denominator = math.NaN(), math.NaN(), math.NaN()
	switch rule {
	case indicator.RuleSum:
		to.Value = values
	case indicator.RuleMean:
		to.Value = values / float64(len(known))
	case indicator.RuleMin:
		to.Value = least
	case indicator.RuleMax:
		to.Value = greatest
	case indicator.RuleRatio:
		to.Numerator, to.Denominator = sum(func(f *figure) float64 { return f.Numerator }), sum(func(f *figure) float64 { return f.Denominator })
	case indicator.RuleNone, indicator.RuleWeightedMean, indicator.RuleLast:
	}
	return to
}

// leaveGaps reports whether figures with a value, if there are any, are about fewer days than all figures reach over. Their periods do not overlap.
func leaveGaps(all, known []figure) bool {
	days, from, to := 0, indicator.Forever, indicator.NoDay
	for _, f := range known {
		days += f.Period.Days()
	}
	for _, f := range all {
		from, to = min(from, f.Period.Start), max(to, f.Period.End)
	}
	return known[0].Missing == indicator.NotMissing && days < indicator.Period{Start: from, End: to}.Days()
}

// definitionsOf lists the definitions of figures.
func definitionsOf(figures []figure) string {
	var found []int32
	for _, f := range figures {
		found = append(found, f.Definition)
	}
	slices.Sort(found)
	return fmt.Sprint(slices.Compact(found))
}

// plain leaves out what nobody is told: counts of indicators that are not worked out from them, or that nobody asked for, and how exact none are.
func (f *folded) plain(c *catalog.Catalog, omit store.Columns) {
	if omit.Has(store.ColumnDefinition) {
		f.Definitions = ""
	}
	if omit.Has(store.ColumnCounts) || !c.Indicators()[f.Indicator].Counted() {
		f.Numerator, f.Denominator = math.NaN(), math.NaN()
	}
	if math.IsNaN(f.Numerator) && math.IsNaN(f.Denominator) {
		f.CountsPrecision = indicator.Exact
	}
}

// sameFolded reports whether everything is equal, a NaN to another.
func sameFolded(a, b folded) bool {
	for _, pair := range [][2]*float64{{&a.Value, &b.Value}, {&a.Numerator, &b.Numerator}, {&a.Denominator, &b.Denominator}} {
		if math.IsNaN(*pair[0]) && math.IsNaN(*pair[1]) {
			*pair[0], *pair[1] = 0, 0
		}
	}
	return a == b
}

// layOutFolded lays out what an engine has rolled up.
func layOutFolded(c *catalog.Catalog, s store.Select, got *store.Folded) []folded {
	var all []folded
	for i := range got.Stretches {
		t := &got.Stretches[i]
		for k, region := range t.Region {
			one := folded{
				Indicator: t.Indicator, Slice: t.Slice, Status: t.Status, Region: region, Value: t.Value[k], Numerator: math.NaN(), Denominator: math.NaN(),
				Missing: cell(t.Missing, k, indicator.NotMissing), Precision: cell(t.Precision, k, indicator.Exact), Used: cell(t.Used, k, 1), Since: t.FirstDay(k), Until: t.LastDay(k), Gaps: cell(t.Gaps, k, false),
			}
			one.Definitions = definitionsTold(t, k)
			if t.Numerator != nil {
				one.Numerator, one.Denominator, one.CountsPrecision = t.Numerator[k], t.Denominator[k], cell(t.CountsPrecision, k, indicator.Exact)
			}
			one.plain(c, s.Omit)
			all = append(all, one)
		}
	}
	return all
}

// definitionsTold lists what a stretch says of the definitions of a region's figures.
func definitionsTold(t *store.Stretch, k int) string {
	found := []int32{cell(t.Definition, k, t.Defined)}
	for _, also := range t.AlsoOf(k, k+1) {
		found = append(found, also.Definition)
	}
	slices.Sort(found)
	return fmt.Sprint(found)
}

func cell[T any](column []T, i int, common T) T {
	if column == nil {
		return common
	}
	return column[i]
}

// overlap reports whether figures of a series that would be added up are about the same days.
func overlap(c *catalog.Catalog, figures []figure) bool {
	for i := 1; i < len(figures); i++ {
		a, b := &figures[i-1], &figures[i]
		switch c.Indicators()[b.Indicator].Rollup.Time {
		case indicator.RuleSum, indicator.RuleMean, indicator.RuleRatio:
			if a.Indicator == b.Indicator && a.Slice == b.Slice && a.Status == b.Status && a.Period != b.Period && b.Period.Start <= a.Period.End {
				return true
			}
		}
	}
	return false
}

package loader

import (
	"fmt"
	"math"
	"sort"

	"github.com/countyql/countyql/indicator"
)

// pairKey is what figures of two indicators must have in common to be compared.
type pairKey struct {
	region, slice int32
	status        indicator.Status
}

// compareWith compares an indicator's figures with another's of the same region, slice and status: with the one of the
// same period, or else of the same end, or else of an overlapping period, since a stock is a day and a flow a span. The
// tolerance is relative to the other indicator's figure times the factor. Where no figure matches, the check does not
// apply.
func compareWith(out *findings, check *indicator.Check, f, others *figures) {
	factor := 1.0
	if check.Kind == indicator.ShareOf {
		factor = check.Factor
	}
	series := make(map[pairKey][]int) // by period end, as the natural order has it
	others.each(func(row int) {
		key := pairKey{others.Region[row], others.Slice[row], others.Status[row]}
		series[key] = append(series[key], row)
	})
	f.each(func(row int) {
		other, ok := others.matching(series[pairKey{f.Region[row], f.Slice[row], f.Status[row]}], f.period(row))
		if !ok {
			return
		}
		expected := factor * others.Value[other]
		how := agree(f.Value[row], f.Precision[row], expected, others.Precision[other], check.Tolerance*math.Abs(expected))
		out.add(finding{how, f.Region[row], f.Slice[row], f.End[row], func() description {
			arithmetic := fmt.Sprintf("%s is %s, and %s is reported", others.indicator.NameEn, others.words(other), f.words(row))
			if factor != 1 {
				arithmetic = fmt.Sprintf("%s × %s = %s, and %s is reported", formatNumber(factor), others.words(other),
					inWords(expected, others.Precision[other]), f.words(row))
			}
			return description{
				choose(how, "the figure is what "+others.indicator.Code+" makes it", "the figure is what "+others.indicator.Code+
					" makes it, within tolerance and precision", "the figure is not what "+others.indicator.Code+" makes it"),
				arithmetic,
				[]indicator.ObservationKey{f.key(row), others.key(other)},
			}
		}})
	})
}

// matching finds, among the rows of one series, the one that a period is compared with.
func (f *figures) matching(series []int, period indicator.Period) (int, bool) {
	at := sort.Search(len(series), func(i int) bool { return f.End[series[i]] >= period.End })
	same := -1
	for i := at; i < len(series) && f.End[series[i]] == period.End; i++ {
		if f.Start[series[i]] == period.Start {
			return series[i], true
		}
		if same < 0 {
			same = series[i]
		}
	}
	if same >= 0 {
		return same, true
	}
	for _, i := range []int{at, at - 1} {
		if i >= 0 && i < len(series) && f.period(series[i]).Overlaps(period) {
			return series[i], true
		}
	}
	return 0, false
}

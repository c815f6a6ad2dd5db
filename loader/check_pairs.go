package loader

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// pairRule compares an indicator's figures with another's of the same region, slice and status: with the one of the
// same period, or else of the same end, or else of an overlapping period, since a stock is a day and a flow a span. The
// tolerance is relative to the other indicator's figure times the factor. Where no figure matches, the check does not
// apply.
type pairRule struct {
	*findings
	other  *catalog.Indicator
	factor float64
	series map[sliceStatus]*otherSeries
}

// sliceStatus is what figures of two indicators must have in common besides their region.
type sliceStatus struct {
	slice  int32
	status indicator.Status
}

// otherSeries are the figures with a value of another indicator, of one slice and status: those of each region in the order of their periods.
type otherSeries struct {
	first     []int32 // by region, and one more: the place of its first figure
	period    []indicator.Period
	value     []float64
	precision []indicator.Precision
}

func newPairRule(out *findings) (*pairRule, error) {
	other, err := out.catalog.Indicator(out.check.Other)
	if err != nil {
		return nil, err
	}
	r := &pairRule{findings: out, other: other, factor: 1}
	if out.check.Kind == indicator.ShareOf {
		r.factor = out.check.Factor
	}
	return r, nil
}

// gather reads the other indicator's figures.
func (r *pairRule) gather(ctx context.Context, k *checker, regions []store.Span) error {
	s := store.NewSelect()
	s.Indicators, s.Regions, s.Omit = []int32{r.other.ID}, regions, store.FigureColumns&^store.ColumnPrecision
	stretches := make(map[sliceStatus][]*kept)
	err := store.Walk(ctx, k.reader, s, func(t *store.Stretch) error {
		key := sliceStatus{t.Slice, t.Status}
		stretches[key] = append(stretches[key], keep(t, false))
		return nil
	})
	if err != nil {
		return err
	}
	r.series = make(map[sliceStatus]*otherSeries)
	for key, list := range stretches {
		r.series[key] = byRegion(list, len(r.catalog.Regions()))
	}
	return nil
}

// byRegion deals figures out to their regions.
func byRegion(list []*kept, regions int) *otherSeries {
	s := &otherSeries{first: make([]int32, regions+1)}
	for _, k := range list {
		for _, region := range k.region {
			s.first[region+1]++
		}
	}
	for i := range regions {
		s.first[i+1] += s.first[i]
	}
	n := s.first[regions]
	s.period, s.value, s.precision = make([]indicator.Period, n), make([]float64, n), make([]indicator.Precision, n)
	next := append([]int32(nil), s.first[:regions]...)
	for _, k := range list {
		for i, region := range k.region {
			at := next[region]
			next[region]++
			s.period[at], s.value[at], s.precision[at] = k.period, k.value[i], precisionAt(k.precision, i)
		}
	}
	return s
}

func (r *pairRule) look(t *store.Stretch) {
	others := r.series[sliceStatus{t.Slice, t.Status}]
	if others == nil {
		return
	}
	r.enter(periodOf(t))
	for i, region := range t.Region {
		if !hasValue(t, i) {
			continue
		}
		at, ok := others.matching(region, t.Period)
		if !ok {
			continue
		}
		expected := r.factor * others.value[at]
		how := agree(t.Value[i], precisionAt(t.Precision, i), expected, others.precision[at], r.check.Tolerance*math.Abs(expected))
		if r.takes(how, region) {
			other := cited{
				indicator: r.other, seriesPeriod: seriesPeriod{t.Slice, t.Status, others.period[at]}, region: region,
				value: others.value[at], precision: others.precision[at],
			}
			r.add(finding{agreement: how, figure: r.cite(t, i), other: other})
		}
	}
}

// matching finds, among the figures of a region, the one that a period is compared with.
func (s *otherSeries) matching(region int32, period indicator.Period) (int, bool) {
	from, to := int(s.first[region]), int(s.first[region+1])
	at := from + sort.Search(to-from, func(i int) bool { return s.period[from+i].End >= period.End })
	same := -1
	for i := at; i < to && s.period[i].End == period.End; i++ {
		if s.period[i].Start == period.Start {
			return i, true
		}
		if same < 0 {
			same = i
		}
	}
	if same >= 0 {
		return same, true
	}
	for _, i := range []int{at, at - 1} {
		if i >= from && i < to && s.period[i].Overlaps(period) {
			return i, true
		}
	}
	return 0, false
}

func (r *pairRule) describe(found *finding) description {
	figure, other := &found.figure, &found.other
	arithmetic := fmt.Sprintf("%s is %s, and %s is reported", r.other.NameEn, other.words(), figure.words())
	if r.factor != 1 {
		arithmetic = fmt.Sprintf("%s × %s = %s, and %s is reported", formatNumber(r.factor), other.words(),
			inWords(r.factor*other.value, other.precision), figure.words())
	}
	return description{
		choose(found.agreement, "the figure is what "+r.other.Code+" makes it", "the figure is what "+r.other.Code+
			" makes it, within tolerance and precision", "the figure is not what "+r.other.Code+" makes it"),
		arithmetic,
		[]cited{*figure, *other},
	}
}

package loader

import (
	"fmt"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// jumpRule compares each figure with the previous one of its series. Figures that are not positive have no factor between
// them and are passed over.
type jumpRule struct {
	*findings
	most, least float64 // factors
	slice       int32
	status      indicator.Status
	before      map[follows][]previous
	spare       []previous // room that is used again
}

// follows tells the figures apart that follow each other: months after months, and of cumulative figures those with one start.
type follows struct {
	grain indicator.Grain
	start indicator.Day // of irregular periods
}

// previous is the newest figure of a region with a value. Those of a kind are kept by region.
type previous struct {
	region    int32
	precision indicator.Precision
	period    indicator.Period
	value     float64
}

func newJumpRule(out *findings) *jumpRule {
	factor := out.check.Factor
	return &jumpRule{findings: out, most: factor * (1 + rounding), least: (1 - rounding) / factor, before: make(map[follows][]previous)}
}

func (r *jumpRule) end() { clear(r.before) }

func (r *jumpRule) look(t *store.Stretch) {
	r.enter(periodOf(t))
	if t.Slice != r.slice || t.Status != r.status {
		clear(r.before)
		r.slice, r.status = t.Slice, t.Status
	}
	key := follows{grain: t.Period.Grain()}
	if key.grain == indicator.Irregular {
		key.start = t.Period.Start
	}
	before, at := r.before[key], 0
	next := r.spare[:0]
	for i, region := range t.Region {
		if !hasValue(t, i) {
			continue
		}
		for at < len(before) && before[at].region < region {
			next = append(next, before[at])
			at++
		}
		value := t.Value[i]
		if at < len(before) && before[at].region == region {
			r.compare(t, i, value, &before[at])
			at++
		}
		next = append(next, previous{region, precisionAt(t.Precision, i), t.Period, value})
	}
	r.before[key], r.spare = append(next, before[at:]...), before
}

// compare compares a figure with the one before.
func (r *jumpRule) compare(t *store.Stretch, i int, value float64, before *previous) {
	if before.value <= 0 || value <= 0 {
		return
	}
	change, how := value/before.value, agrees
	if change > r.most || change < r.least {
		how = differs
	}
	if r.takes(how, before.region) {
		other := cited{
			indicator: r.indicator, seriesPeriod: seriesPeriod{t.Slice, t.Status, before.period}, region: before.region,
			precision: before.precision, value: before.value,
		}
		r.add(finding{agreement: how, figure: r.cite(t, i), other: other})
	}
}

func (r *jumpRule) describe(found *finding) description {
	figure, before := &found.figure, &found.other
	return description{
		choose(found.agreement, "the value keeps to the order of the previous one", "", "the value is far from the previous one"),
		fmt.Sprintf("%s in %s after %s in %s is a factor of %s; %s to %s is expected", figure.words(), figure.period,
			before.words(), before.period, formatNumber(figure.value/before.value), formatNumber(1/r.check.Factor), formatNumber(r.check.Factor)),
		[]cited{*before, *figure},
	}
}

package duckdb

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// conclude makes what several figures add up to what their rule says.
func (f *rolledFigure) conclude(rule indicator.Rule) {
	if f.used <= 1 {
		return
	}
	switch rule {
	case indicator.RuleMean:
		f.value /= float64(f.used)
	case indicator.RuleRatio:
		f.value = math.NaN()
		return
	case indicator.RuleNone:
		f.value = math.NaN()
	}
	f.numerator, f.denominator = math.NaN(), math.NaN()
}

// said is what is not the same of all regions of a series, and has to be told of each.
type said struct {
	regions                            int
	common                             rolledFigure // the first one
	since, until, several, missing     bool
	inexact, counted, inexactlyCounted bool
	gaps, definitions                  bool
}

// add takes note of what is told of a region. The first one says what all would have in common.
func (s *said) add(f *rolledFigure) {
	s.since, s.until = s.since || f.since != s.common.since, s.until || f.until != s.common.until
	s.definitions = s.definitions || f.definition != s.common.definition
	s.several = s.several || f.used > 1
	s.missing = s.missing || f.missing != indicator.NotMissing
	s.inexact = s.inexact || f.precision != indicator.Exact
}

// stretch is the series as it has been rolled up, without columns that have nothing to say. Where those without a value are looked for elsewhere, they have
// their places, and nothing is said of them.
func (r *rolling) stretch(elsewhere bool) store.Stretch {
	t := store.Stretch{Indicator: r.indicator, Slice: r.slice, Status: r.status, Period: indicator.Period{Start: indicator.NoDay, End: indicator.NoDay}}
	said, counts := said{}, r.columns.Read.Has(store.ColumnCounts)
	for i := r.first; i <= r.last; i++ {
		f := &r.regions[i]
		if !f.seen {
			continue
		}
		said.regions++
		if elsewhere && f.used == 0 {
			continue
		}
		f.conclude(r.rule)
		if t.Period.End == indicator.NoDay {
			t.Period, t.Defined, said.common = indicator.Period{Start: f.since, End: f.until}, f.definition, *f
		}
		said.add(f)
		said.gaps = said.gaps || r.rule == indicator.RuleSum && f.gaps()
		if counts {
			said.counted = said.counted || !math.IsNaN(f.numerator) || !math.IsNaN(f.denominator)
			said.inexactlyCounted = said.inexactlyCounted || f.counts != indicator.Exact
		}
	}
	r.tell(&t, &said)
	return t
}

// tell makes the columns.
func (r *rolling) tell(t *store.Stretch, said *said) {
	n := said.regions
	t.Value, t.Region = make([]float64, 0, n), make([]int32, 0, n)
	if said.counted {
		t.Numerator, t.Denominator = make([]float64, 0, n), make([]float64, 0, n)
	}
	for i := r.first; i <= r.last; i++ {
		f := &r.regions[i]
		if !f.seen {
			continue
		}
		t.Region, t.Value = append(t.Region, i), append(t.Value, f.value)
		if said.counted {
			t.Numerator, t.Denominator = append(t.Numerator, f.numerator), append(t.Denominator, f.denominator)
		}
	}
	if slices.Equal(t.Region, r.list) {
		t.Region = r.list
	}
	r.list = t.Region
	t.Since = told(r, t, said.since, func(f *rolledFigure) indicator.Day { return f.since })
	t.Until = told(r, t, said.until, func(f *rolledFigure) indicator.Day { return f.until })
	t.Gaps = told(r, t, said.gaps, (*rolledFigure).gaps)
	t.Definition = told(r, t, said.definitions, func(f *rolledFigure) int32 { return f.definition })
	if len(r.also) > 0 {
		t.Also = slices.SortedFunc(maps.Keys(r.also), func(a, b store.Defined) int {
			return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Definition, b.Definition))
		})
	}
	t.Used = told(r, t, said.several, func(f *rolledFigure) int32 { return max(1, f.used) })
	t.Missing = told(r, t, said.missing, func(f *rolledFigure) indicator.Missing { return f.missing })
	t.Precision = told(r, t, said.inexact, func(f *rolledFigure) indicator.Precision { return f.precision })
	t.CountsPrecision = told(r, t, said.counted && said.inexactlyCounted, func(f *rolledFigure) indicator.Precision { return f.counts })
}

// told is a column that has something to say, else nil.
func told[T any](r *rolling, t *store.Stretch, says bool, of func(f *rolledFigure) T) []T {
	if !says {
		return nil
	}
	cells := make([]T, len(t.Region))
	for i, region := range t.Region {
		cells[i] = of(&r.regions[region])
	}
	return cells
}

// setFigure puts a figure in its place, and makes the columns that it needs.
func setFigure(t *store.Stretch, at int, f *rolledFigure, counted bool) {
	t.Value[at] = f.value
	t.Since = setCell(t, t.Since, at, f.since, t.Period.Start)
	t.Until = setCell(t, t.Until, at, f.until, t.Period.End)
	t.Definition = setCell(t, t.Definition, at, f.definition, t.Defined)
	t.Missing = setCell(t, t.Missing, at, f.missing, indicator.NotMissing)
	t.Precision = setCell(t, t.Precision, at, f.precision, indicator.Exact)
	if unknown := math.NaN(); counted && (t.Numerator != nil || !math.IsNaN(f.numerator) || !math.IsNaN(f.denominator)) {
		t.Numerator, t.Denominator = setCell(t, t.Numerator, at, f.numerator, unknown), setCell(t, t.Denominator, at, f.denominator, unknown)
		t.CountsPrecision = setCell(t, t.CountsPrecision, at, f.counts, indicator.Exact)
	}
}

// setCell sets a cell of a column that is nil as long as all cells are the common one.
func setCell[T comparable](t *store.Stretch, column []T, at int, cell, common T) []T {
	if column == nil {
		if cell == common {
			return nil
		}
		column = slices.Repeat([]T{common}, t.Len())
	}
	column[at] = cell
	return column
}

package store

import (
	"context"
	"sort"

	"github.com/countyql/countyql/indicator"
)

// Stretch is figures of one series that differ by their regions: those of one period or, rolled up over time, one of each region.
// Columns are parallel to Region. They are to be read only, and only until the snapshot is released: several stretches may share one, and it may
// be where the engine itself reads. What a nil column says of all figures is told beside it.
type Stretch struct {
	Indicator, Slice int32
	Status           indicator.Status
	// Period is what the figures are about. Of figures that are rolled up it is where the first region's begin and end.
	Period    indicator.Period
	Region    []int32               // ascending
	Value     []float64             // NaN where Missing says why there is none
	Missing   []indicator.Missing   // nil: none is missing
	Precision []indicator.Precision // nil: all are exact
	// Numerator and Denominator are NaN where unknown; nil: all are unknown, or the selection omits them.
	Numerator, Denominator []float64
	CountsPrecision        []indicator.Precision // nil: all are exact
	Definition             []int32               // nil: all have Defined
	Defined                int32
	// Derived marks figures that no source reports; nil: none is one, or nobody says. Walkers say so, unless the selection omits it.
	Derived []bool

	// The remaining columns are of figures that are rolled up, else nil.

	Used  []int32         // figures that a value rests on, 1 where it is missing; nil: 1 each
	Since []indicator.Day // the first day that these are about; nil: the start of Period
	Until []indicator.Day // the last day that these are about; nil: the end of Period
	// Gaps says where values were added up that leave days uncovered which figures of the region are about; nil: nowhere.
	Gaps []bool
	// Also are the definitions, besides Definition, of figures that a value rests on, by region and definition.
	Also []Defined
}

// Defined is a definition of figures of a region.
type Defined struct {
	Region, Definition int32
}

// Len is the number of figures.
func (s *Stretch) Len() int { return len(s.Region) }

// FirstDay is the first day that a figure is about.
func (s *Stretch) FirstDay(i int) indicator.Day {
	if s.Since == nil {
		return s.Period.Start
	}
	return s.Since[i]
}

// LastDay is the last day that a figure is about.
func (s *Stretch) LastDay(i int) indicator.Day {
	if s.Until == nil {
		return s.Period.End
	}
	return s.Until[i]
}

// Cut is the figures from..to.
func (s *Stretch) Cut(from, to int) Stretch {
	cut := *s
	cut.Region, cut.Value = s.Region[from:to], s.Value[from:to]
	cut.Missing, cut.Precision, cut.CountsPrecision = cutColumn(s.Missing, from, to), cutColumn(s.Precision, from, to), cutColumn(s.CountsPrecision, from, to)
	cut.Numerator, cut.Denominator = cutColumn(s.Numerator, from, to), cutColumn(s.Denominator, from, to)
	cut.Definition, cut.Used, cut.Until = cutColumn(s.Definition, from, to), cutColumn(s.Used, from, to), cutColumn(s.Until, from, to)
	cut.Since, cut.Gaps, cut.Also = cutColumn(s.Since, from, to), cutColumn(s.Gaps, from, to), s.AlsoOf(from, to)
	cut.Derived = cutColumn(s.Derived, from, to)
	return cut
}

// AlsoOf is what Also says of the figures from..to.
func (s *Stretch) AlsoOf(from, to int) []Defined {
	if len(s.Also) == 0 || from == to {
		return nil
	}
	first := sort.Search(len(s.Also), func(i int) bool { return s.Also[i].Region >= s.Region[from] })
	behind := sort.Search(len(s.Also), func(i int) bool { return s.Also[i].Region > s.Region[to-1] })
	return s.Also[first:behind]
}

func cutColumn[T any](column []T, from, to int) []T {
	if column == nil {
		return nil
	}
	return column[from:to]
}

// Stretcher is what a Reader is besides if it can hand figures out in stretches, without what all of a stretch have in common in every
// row.
type Stretcher interface {
	// Stretches returns what Select would, in the order of series and periods. The selection must not ask for evidence, vintages, an
	// order or a part of the rows. It returns false where it cannot; then the figures have to be selected. Beyond Select.Cap it returns a
	// *RowCapError.
	Stretches(ctx context.Context, s Select) ([]Stretch, bool, error)
}

// Stretches shows rows in natural order as stretches, which share their columns.
func (r *Rows) Stretches() []Stretch {
	var list []Stretch
	for from, n := 0, r.Len(); from < n; {
		to := from + 1
		for to < n && r.Start[to] == r.Start[from] && r.End[to] == r.End[from] && r.Indicator[to] == r.Indicator[from] &&
			r.Slice[to] == r.Slice[from] && r.Status[to] == r.Status[from] {
			to++
		}
		list = append(list, Stretch{
			Indicator: r.Indicator[from], Slice: r.Slice[from], Status: r.Status[from], Period: indicator.Period{Start: r.Start[from], End: r.End[from]},
			Region: r.Region[from:to], Value: r.Value[from:to], Missing: r.Missing[from:to], Precision: cutColumn(r.Precision, from, to),
			Numerator: cutColumn(r.Numerator, from, to), Denominator: cutColumn(r.Denominator, from, to),
			CountsPrecision: cutColumn(r.CountsPrecision, from, to), Definition: cutColumn(r.Definition, from, to),
			Derived: cutColumn(r.Derived, from, to),
		})
		from = to
	}
	return list
}

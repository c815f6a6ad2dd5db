package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
)

// Difference is a figure that is current in one of two snapshots and not in the other, or in both and not the same.
type Difference struct {
	Key  indicator.ObservationKey
	Unit string
	// From and To are the figure in the two snapshots; nil where it is not current.
	From, To *Figure
}

// Figure is what a snapshot knows of a figure, but for where it comes from.
type Figure struct {
	Value                  float64 // NaN where Missing says why there is none
	Missing                indicator.Missing
	Precision              indicator.Precision
	Numerator, Denominator float64 // NaN where unknown
	CountsPrecision        indicator.Precision
	Derived                bool
}

// same compares everything, and NaN is the same as NaN.
func (f *Figure) same(g *Figure) bool {
	float := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
	return float(f.Value, g.Value) && float(f.Numerator, g.Numerator) && float(f.Denominator, g.Denominator) &&
		f.Missing == g.Missing && f.Precision == g.Precision && f.CountsPrecision == g.CountsPrecision && f.Derived == g.Derived
}

// Diff gives the differences between the current figures of two snapshots, in the order of the codes of indicators and then slice, status,
// period and region. The snapshots may be of any line of descent, and their catalogues may differ. The figures of one
// indicator are in memory at a time. It ends with the first error of give.
func Diff(ctx context.Context, from, to Snapshot, give func(Difference) error) error {
	codes := make(map[string]bool)
	for _, s := range []Snapshot{from, to} {
		for i := range s.Contents().Catalog.Indicators() {
			codes[s.Contents().Catalog.Indicators()[i].Code] = true
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		before, unit, err := figuresOf(ctx, from, code)
		if err != nil {
			return err
		}
		after, newUnit, err := figuresOf(ctx, to, code)
		if err != nil {
			return err
		}
		for _, d := range differences(before, after) {
			d.Key.Region, d.Key.Indicator, d.Unit = plainCode(d.Key.Region, to, from), code, cmp.Or(newUnit, unit)
			if err := give(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// place is a figure's key within an indicator, in terms that two snapshots share.
type place struct {
	region, slice string
	status        indicator.Status
	period        indicator.Period
}

// figuresOf reads the current figures of an indicator, none where the snapshot does not know it.
func figuresOf(ctx context.Context, s Snapshot, code string) (figures map[place]Figure, unit string, err error) {
	c := s.Contents().Catalog
	ind, err := c.Indicator(code)
	if err != nil {
		return nil, "", nil //nolint:nilerr // the other snapshot knows it
	}
	selection := NewSelect()
	selection.Indicators = []int32{ind.ID}
	rows, err := s.Select(ctx, selection)
	if err != nil {
		return nil, "", fmt.Errorf("figures of %s: %w", code, err)
	}
	figures = make(map[place]Figure, rows.Len())
	for i := range rows.Len() {
		at := place{
			region: c.Regions()[rows.Region[i]].QualifiedCode(), slice: c.Slices()[rows.Slice[i]].String(), status: rows.Status[i],
			period: indicator.Period{Start: rows.Start[i], End: rows.End[i]},
		}
		figures[at] = Figure{
			Value: rows.Value[i], Missing: rows.Missing[i], Precision: rows.Precision[i], Numerator: rows.Numerator[i],
			Denominator: rows.Denominator[i], CountsPrecision: rows.CountsPrecision[i], Derived: rows.Derived[i],
		}
	}
	return figures, ind.Unit, nil
}

// plainCode is the code of a region without its scheme, where no other scheme has the same code.
func plainCode(qualified string, snapshots ...Snapshot) string {
	for _, s := range snapshots {
		c := s.Contents().Catalog
		r, err := c.Region(qualified)
		if err != nil {
			continue
		}
		if _, err := c.Region(r.Code); err != nil {
			return qualified
		}
		return r.Code
	}
	return qualified
}

// differences compares the figures of one indicator.
func differences(before, after map[place]Figure) []Difference {
	var places []place
	for at, f := range before {
		if g, ok := after[at]; !ok || !f.same(&g) {
			places = append(places, at)
		}
	}
	for at := range after {
		if _, ok := before[at]; !ok {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.slice, b.slice), cmp.Compare(a.status, b.status), cmp.Compare(a.period.End, b.period.End),
			cmp.Compare(a.period.Start, b.period.Start), cmp.Compare(a.region, b.region))
	})
	list := make([]Difference, len(places))
	for i, at := range places {
		list[i].Key = indicator.ObservationKey{Region: at.region, Slice: at.slice, Period: at.period.String(), Status: at.status}
		if f, ok := before[at]; ok {
			list[i].From = &f
		}
		if g, ok := after[at]; ok {
			list[i].To = &g
		}
	}
	return list
}

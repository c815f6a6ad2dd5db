package storetest

import (
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// dayFigures derives the figures known on one day from the newest report of each key.
type dayFigures struct {
	catalog *catalog.Catalog
	newest  map[key]*figure
}

// newDayFigures returns every figure of a day, reported or derived.
func newDayFigures(c *catalog.Catalog, entries []entry, day indicator.Day) map[key]*figure {
	d := &dayFigures{catalog: c, newest: make(map[key]*figure)}
	newest := make(map[key]*entry)
	for i := range entries {
		e := &entries[i]
		k := keyOf(&e.Report)
		if e.PublishedOn <= day && (newest[k] == nil || e.outranks(newest[k])) {
			newest[k] = e
		}
	}
	for k, e := range newest {
		if !e.withdrawn {
			f := e.figure(c)
			d.newest[k] = &f
		}
	}
	// A figure can be derived for a region, period and status for which anything is reported.
	type place struct {
		region int32
		status indicator.Status
		period indicator.Period
	}
	places := make(map[place]bool)
	for k := range d.newest {
		places[place{k.region, k.status, k.period}] = true
	}
	figures := make(map[key]*figure)
	for p := range places {
		for i := range c.Indicators() {
			for slice := range c.Slices() {
				k := key{int32(i), int32(slice), p.region, p.status, p.period}
				if f := d.figure(k); f != nil {
					figures[k] = f
				}
			}
		}
	}
	return figures
}

// figure is what is known of a key, nil if nothing is.
func (d *dayFigures) figure(k key) *figure {
	i := &d.catalog.Indicators()[k.indicator]
	isRate := i.Kind == indicator.Ratio && !i.Derived() && i.Numerator != nil
	f := d.newest[k]
	if isRate {
		f = d.rate(k, i, f)
	}
	if f != nil || i.Derived() {
		return f
	}
	for _, b := range i.Breakdowns {
		if !b.Complete {
			continue
		}
		if f := d.total(k, i, b.Dimension); f != nil {
			return f
		}
	}
	return nil
}

// rate gives a reported rate the counts of its numerator and denominator, or derives an unreported one from them.
func (d *dayFigures) rate(k key, i *catalog.Indicator, printed *figure) *figure {
	if printed != nil && !(math.IsNaN(printed.Numerator) && math.IsNaN(printed.Denominator)) {
		return printed
	}
	of := func(id int32) *figure {
		k.indicator = id
		return d.figure(k)
	}
	n, m := of(i.Numerator.ID), of(i.Denominator.ID)
	if n == nil || m == nil || n.Missing != indicator.NotMissing || m.Missing != indicator.NotMissing {
		return printed
	}
	if printed != nil {
		f := *printed
		f.Numerator, f.Denominator, f.CountsPrecision = n.Value, m.Value, n.Precision.Over(m.Precision)
		return &f
	}
	if m.Value == 0 {
		return nil
	}
	f := derived(k, i, []*figure{n, m}, n.Precision.Over(m.Precision))
	f.Value = i.Scale * n.Value / m.Value
	f.Numerator, f.Denominator, f.CountsPrecision = n.Value, m.Value, f.Precision
	return f
}

// total adds the parts of a total up, nil unless all of them are known.
func (d *dayFigures) total(k key, i *catalog.Indicator, dimension string) *figure {
	slice := d.catalog.Slices()[k.slice]
	if _, fixed := slice.Value(dimension); fixed {
		return nil
	}
	dim, err := d.catalog.Dimension(dimension)
	if err != nil {
		return nil
	}
	var parts []*figure
	precision := indicator.Exact
	var sum, numerators, denominators float64
	for _, v := range dim.Values {
		part, err := indicator.NewSlice(append(slices.Clone(slice), indicator.Coordinate{Dimension: dimension, Value: v.Value})...)
		if err != nil {
			return nil
		}
		id, ok := d.catalog.SliceID(part)
		if !ok {
			return nil
		}
		partKey := k
		partKey.slice = id
		f := d.figure(partKey)
		if f == nil {
			return nil
		}
		parts = append(parts, f)
		sum, numerators, denominators = sum+f.Value, numerators+f.Numerator, denominators+f.Denominator
		if i.Rollup.Dimensions == indicator.RuleRatio {
			precision = precision.Plus(f.CountsPrecision)
		} else {
			precision = precision.Plus(f.Precision)
		}
	}
	f := derived(k, i, parts, precision)
	switch i.Rollup.Dimensions {
	case indicator.RuleSum:
		f.Value = sum
	case indicator.RuleRatio:
		f.Value = i.Scale * numerators / denominators
		f.Numerator, f.Denominator, f.CountsPrecision = numerators, denominators, precision
	default:
		return nil
	}
	if len(parts) == 0 || math.IsNaN(f.Value) || math.IsInf(f.Value, 0) {
		return nil
	}
	return f
}

// derived is a computed figure but for its value.
func derived(k key, i *catalog.Indicator, parts []*figure, precision indicator.Precision) *figure {
	f := &figure{Derived: true, Report: store.Report{
		Region: k.region, Indicator: i.ID, Slice: k.slice, Status: k.status, Period: k.period,
		Numerator: math.NaN(), Denominator: math.NaN(), Precision: precision, PublishedOn: indicator.NoDay, Offset: -1,
	}}
	for n, part := range parts {
		if n == 0 {
			f.Source, f.Level = part.Source, part.Level
		}
		f.PublishedOn = max(f.PublishedOn, part.PublishedOn)
		f.PeriodInferred = f.PeriodInferred || part.PeriodInferred
		f.Load = max(f.Load, part.Load)
	}
	return f
}

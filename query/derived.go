package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// The functions of this file answer for single figures of derived indicators, which no source reports: numerator over
// denominator times scale, of the region's figure and what divides it. Groups and comparisons divide in figures.divide, and this
// file asks there, so that a region's figure is the same everywhere.

// quotientQuestion is a way of asking for figures of a derived indicator.
type quotientQuestion struct {
	indicator *catalog.Indicator
	slice     string // as indicator.Slice.String writes it
	status    indicator.Status
	asOf      indicator.Day
	period    string // as indicator.Period.String writes it; empty for the newest
}

// quotients returns the figure of each region that has one, by the region's ordinal.
func (s *Session) quotients(ctx context.Context, q quotientQuestion, regions []*catalog.Region) (map[int32]*Observation, error) {
	slice, err := indicator.ParseSlice(q.slice)
	if err != nil {
		return nil, err
	}
	request := &figureRequest{indicators: []string{q.indicator.Code}, slice: slice, statuses: []indicator.Status{q.status}, asOf: q.asOf, evidence: true}
	if q.period != "" {
		period, err := indicator.ParsePeriod(q.period)
		if err != nil {
			return nil, err
		}
		request.when = &When{Period: &period}
	}
	set := &regionSet{list: slices.Clone(regions)}
	slices.SortFunc(set.list, func(a, b *catalog.Region) int { return cmp.Compare(a.ID, b.ID) })
	set.list = slices.Compact(set.list)
	f, err := s.resolve(request, set)
	if err != nil {
		return nil, only(err, "slice") // all else is known to be right
	}
	if err := f.fetch(ctx, s); err != nil {
		return nil, err
	}
	x := &f.subjects[0]
	w := newWatch(ctx)
	cells, err := f.cellsOf(w, x)
	if err != nil {
		return nil, err
	}
	found := make(map[int32]*Observation, len(cells))
	for i := range cells {
		if err := w.step(); err != nil {
			return nil, err
		}
		found[cells[i].region] = s.quotientObservation(w, f, x, &cells[i])
	}
	return found, nil
}

// quotientObservation shows a cell as a figure: that of the numerator, divided. It has been known since both parts were, and
// is known until one of them is revised.
func (s *Session) quotientObservation(w *watch, f *figures, x *subject, c *cell) *Observation {
	o := s.observation(f.rows, int(f.newest(c)))
	parts := f.evidence(w, s, c)
	o.Indicator, o.Derived, o.Printed, o.Offset, o.Definition = x.indicator, true, "", -1, ""
	o.Value, o.Missing, o.Precision = number(c.quantity.Value), c.missing, c.quantity.Precision
	o.Numerator, o.Denominator = number(c.numerator), number(c.denominator)
	o.Note = x.base.Code + " " + inWords(parts[0])
	if c.divisorUsed.n == 0 {
		return o
	}
	divisor := parts[len(parts)-1]
	o.Note += " / " + x.divisor.Code + " " + inWords(divisor)
	if x.scale != 1 {
		o.Note += " × " + strconv.FormatFloat(x.scale, 'f', -1, 64)
	}
	o.Inferred = o.Inferred || divisor.Inferred
	o.KnownFrom, o.KnownTo = max(o.KnownFrom, divisor.KnownFrom), min(o.KnownTo, divisor.KnownTo)
	if divisor.PublishedOn > o.PublishedOn {
		o.PublishedOn = divisor.PublishedOn
	}
	if divisor.Load.StartedAt.After(o.Load.StartedAt) {
		o.Load = divisor.Load
	}
	return o
}

// inWords writes a figure with its period and source.
func inWords(o *Observation) string {
	value := o.Missing.String()
	if o.Value != nil {
		value = strconv.FormatFloat(*o.Value, 'f', -1, 64)
	}
	return fmt.Sprintf("%s (%s, %s)", value, o.Period, o.Source.Code)
}

// derivedByKey returns the current figures of keys of derived indicators. That of a region's newest period is divided as if no
// period were asked for, by the newest divisor, so that it is the figure that was shown under the key.
func (s *Session) derivedByKey(ctx context.Context, keys []indicator.ObservationKey) (map[indicator.ObservationKey]*Observation, error) {
	found := make(map[indicator.ObservationKey]*Observation)
	for _, newest := range []bool{true, false} {
		regions := make(map[quotientQuestion][]*catalog.Region)
		for _, key := range keys {
			r, regionErr := s.catalog.Region(key.Region)
			ind, err := s.catalog.Indicator(key.Indicator)
			if cmp.Or(regionErr, err) != nil || !ind.Derived() || found[s.canonical(key)] != nil {
				continue
			}
			q := quotientQuestion{ind, key.Slice, key.Status, indicator.NoDay, key.Period}
			if newest {
				q.period = ""
			}
			regions[q] = append(regions[q], r)
		}
		for q, list := range regions {
			byRegion, err := s.quotients(ctx, q, list)
			if err != nil {
				return nil, err
			}
			for _, o := range byRegion {
				found[o.Key()] = o
			}
		}
	}
	return found, nil
}

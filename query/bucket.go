package query

import (
	"cmp"
	"errors"
	"slices"

	"github.com/countyql/countyql/indicator"
)

// bucket is one period of a series with the figures in it, rolled up over time by the contract.
type bucket struct {
	cell
	period  indicator.Period
	partial bool // figures are added up that leave days of the period uncovered
}

// seriesID identifies what develops over time.
type seriesID struct {
	subject, region int32
	status          indicator.Status
}

// bucketKey identifies a bucket. Figures outside what is shown have buckets of their own, so that they change no value.
type bucketKey struct {
	seriesID
	frequency indicator.Grain
	period    indicator.Period
	shown     bool
}

func compareBuckets(a, b bucketKey) int {
	return cmp.Or(
		cmp.Compare(a.subject, b.subject), cmp.Compare(a.region, b.region), cmp.Compare(a.status, b.status),
		cmp.Compare(a.frequency, b.frequency), cmp.Compare(a.period.End, b.period.End), cmp.Compare(a.period.Start, b.period.Start),
		cmp.Compare(boolInt(a.shown), boolInt(b.shown)),
	)
}

// bucketOf is the period that a figure is shown in: its own, or the one of the grain that it lies in; false if it lies in none.
func (p *seriesPlan) bucketOf(own indicator.Period) (period indicator.Period, frequency indicator.Grain, ok bool) {
	if p.request.Grain == indicator.Irregular {
		return own, own.Grain(), true
	}
	period = p.request.Grain.Containing(own.End)
	return period, p.request.Grain, period.Contains(own)
}

// series sorts the rows into buckets, rolls each up over time, and strings them together.
func (p *seriesPlan) series(w *watch, s *Session) ([]*Series, error) {
	members, err := p.members(w)
	if err != nil {
		return nil, err
	}
	var list []*Series
	compared := make(map[seriesID]map[indicator.Period]*bucket)
	var open *Series // the one that the buckets at hand belong to
	rows, buckets := make([]int32, len(members)), make([]bucket, 0, len(members))
	for i := range members {
		rows[i] = members[i].row
	}
	for start, end := 0, 0; start < len(members); start = end {
		key := members[start].bucketKey
		for end = start + 1; end < len(members) && members[end].bucketKey == key; end++ {
		}
		buckets = append(buckets, bucket{})
		b := &buckets[len(buckets)-1]
		if err := p.fillBucket(w, b, &p.subjects[key.subject], rows[start:end], key.period); err != nil {
			if !key.shown && w.err == nil {
				continue // nothing to compare with
			}
			return nil, err
		}
		if p.request.YearOnYear {
			if compared[key.seriesID] == nil {
				compared[key.seriesID] = make(map[indicator.Period]*bucket)
			}
			compared[key.seriesID][key.period] = b // of the same period the shown one comes last
		}
		if !key.shown {
			continue
		}
		if open == nil || open.key != key.seriesID || open.Frequency != key.frequency {
			open = p.newSeries(s, key, compared[key.seriesID])
			list = append(list, open)
		}
		open.cells = append(open.cells, b)
	}
	return list, sortRows(w, list, compareSeries)
}

// member is a row in a bucket.
type member struct {
	bucketKey
	row int32
}

// members deals the rows out to buckets. They are sorted by bucket and row.
func (p *seriesPlan) members(w *watch) ([]member, error) {
	bySubject := make(map[int32][]int32, len(p.subjects))
	for i := range p.subjects {
		id := p.subjects[i].base.ID
		bySubject[id] = append(bySubject[id], int32(i))
	}
	members := make([]member, 0, p.rows.Len())
	var last, period indicator.Period // of the row before, and what it is shown in
	var frequency indicator.Grain
	var shown, ok bool
	for i := range int32(p.rows.Len()) {
		if err := w.step(); err != nil {
			return nil, err
		}
		if own := (indicator.Period{Start: p.rows.Start[i], End: p.rows.End[i]}); i == 0 || own != last {
			last, shown = own, p.shown.Contains(own)
			period, frequency, ok = p.bucketOf(own)
		}
		if !ok {
			p.left += boolInt(shown)
			continue
		}
		for _, x := range bySubject[p.rows.Indicator[i]] {
			key := bucketKey{seriesID{x, p.rows.Region[i], p.rows.Status[i]}, frequency, period, shown}
			members = append(members, member{key, i})
		}
	}
	if sorted, ok := sortedByRegion(members); ok {
		return sorted, w.look()
	}
	err := sortRows(w, members, func(a, b member) int {
		return cmp.Or(compareBuckets(a.bucketKey, b.bucketKey), cmp.Compare(a.row, b.row))
	})
	return members, err
}

// sortedByRegion sorts members that are sorted but for their regions: those of one indicator, as they are read. It is false for others.
func sortedByRegion(members []member) ([]member, bool) {
	places := make([]uint64, len(members))
	for i := range members {
		m, first := &members[i], &members[0]
		places[i] = uint64(uint32(m.region))<<32 | uint64(i) //nolint:gosec // ordinals are not negative
		if m.subject != first.subject || m.status != first.status || m.frequency != first.frequency {
			return nil, false
		}
		if i == 0 {
			continue
		}
		before, after := members[i-1].bucketKey, m.bucketKey
		if before.region = after.region; compareBuckets(before, after) > 0 {
			return nil, false
		}
	}
	slices.Sort(places)
	sorted := make([]member, len(members))
	for i, place := range places {
		sorted[i] = members[uint32(place)] //nolint:gosec // what was put there
	}
	return sorted, true
}

// fillBucket rolls the rows of one bucket up over time, and divides the result where the subject is a quotient.
func (p *seriesPlan) fillBucket(w *watch, b *bucket, x *subject, rows []int32, period indicator.Period) error {
	undivided := x
	if x.quotient() {
		undivided = &subject{indicator: x.base, base: x.base, scale: 1}
	}
	c, err := p.rollUp(w, p.figures, undivided, rows, period)
	if err != nil {
		return err
	}
	b.cell, b.period = c, period
	if x.base.Rollup.Time == indicator.RuleSum && c.quantity.Known() {
		b.partial = daysOf(p.rows, p.listed(&c.used)) < period.Days()
	}
	b.gaps = false // partial says more
	if !x.quotient() || !c.quantity.Known() {
		return nil
	}
	divisor := cell{quantity: indicator.NoQuantity()}
	if rows := p.divisor.over(x, p.rows.Slice[p.listed(&b.used)[0]], b.region, period); len(rows) > 0 {
		if divisor, err = p.rollUp(w, p.divisor.figures, &subject{indicator: x.divisor, base: x.divisor, scale: 1}, rows, period); err != nil {
			return err
		}
	}
	if b.over(divisor.quantity, x.scale) {
		b.divisorUsed = divisor.used
		used, newest := p.divisor.listed(&divisor.used), p.rows.Definition[p.newest(&b.cell)]
		b.scopesDiffer = slices.ContainsFunc(used, func(i int32) bool { return p.divisor.rows.Definition[i] != newest })
		b.divisorDiffers = slices.ContainsFunc(used, func(i int32) bool {
			return !period.Contains(indicator.Period{Start: p.divisor.rows.Start[i], End: p.divisor.rows.End[i]})
		})
	}
	return nil
}

// rollUp rolls rows up over time. Where values do not combine, a figure about the very period stands for itself.
func (p *seriesPlan) rollUp(w *watch, f *figures, x *subject, rows []int32, period indicator.Period) (cell, error) {
	if x.base.Rollup.Time == indicator.RuleNone {
		for _, i := range rows {
			if f.rows.Start[i] == period.Start && f.rows.End[i] == period.End {
				rows = []int32{i}
				break
			}
		}
	}
	c, err := f.newCell(w, x, rows)
	if err == nil {
		return c, nil
	}
	var refused *indicator.Error
	if errors.As(err, &refused) {
		refused.Hint = "ask for a finer grain, or for none"
		return c, refused.At("grain")
	}
	return c, err
}

package dense

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// missingEvery is how many figures there are for each that is missing.
const missingEvery = 97

// cursor is a figure's place.
type cursor struct{ indicator, month, region int32 }

func (e *Engine) rows(ctx context.Context, asked store.Select) (*store.Rows, error) {
	if asked.Order.By != store.Natural || asked.Order.Descending {
		return nil, errors.New("figures are worked out in natural order only")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !e.any(&asked) {
		return &store.Rows{}, nil
	}
	indicators, regions, months := e.indicators(&asked), e.regions(&asked), e.monthsOf(&asked)
	most := len(indicators) * len(months) * len(regions)
	if asked.Limit > 0 {
		most = min(most, asked.Limit)
	}
	rows, n := sized(most, asked.Columns()&store.EvidenceColumns != 0), 0
	for _, ind := range indicators {
		for _, month := range months {
			for _, region := range regions {
				at := cursor{ind, month, region}
				if asked.After != nil && e.compare(at, asked.After) <= 0 {
					continue
				}
				if asked.Limit > 0 && n == asked.Limit {
					return rows, nil
				}
				if asked.Cap > 0 && n == asked.Cap {
					return nil, &store.RowCapError{Cap: asked.Cap}
				}
				e.put(rows, n, at)
				n++
			}
		}
	}
	return first(rows, n), nil
}

// any tells whether the filters that do not choose indicators, months or regions leave anything.
func (e *Engine) any(asked *store.Select) bool {
	has := func(empty, found bool) bool { return empty || found }
	return has(len(asked.Slices) == 0, slices.Contains(asked.Slices, 0)) &&
		has(len(asked.Sources) == 0, slices.Contains(asked.Sources, 0)) &&
		has(len(asked.Statuses) == 0, slices.Contains(asked.Statuses, indicator.Actual)) &&
		has(len(asked.Precisions) == 0, slices.Contains(asked.Precisions, indicator.Exact)) &&
		has(len(asked.Levels) == 0, slices.Contains(asked.Levels, indicator.County))
}

func (e *Engine) indicators(asked *store.Select) []int32 {
	list := slices.Clone(asked.Indicators)
	if len(list) == 0 {
		for id := range e.contents.Catalog.Indicators() {
			list = append(list, int32(id))
		}
	}
	slices.Sort(list)
	return list
}

func (e *Engine) regions(asked *store.Select) []int32 {
	all := e.contents.Catalog.Regions()
	spans := asked.Regions
	if len(spans) == 0 {
		spans = []store.Span{{From: 0, To: int32(len(all))}}
	}
	n := 0
	for _, span := range spans {
		n += int(span.To - span.From)
	}
	list := make([]int32, 0, n)
	for _, span := range spans {
		for id := span.From; id < span.To; id++ {
			if all[id].Level == indicator.County {
				list = append(list, id)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (e *Engine) monthsOf(asked *store.Select) []int32 {
	var list []int32
	for i, month := range e.months {
		switch {
		case asked.Period != nil && *asked.Period != month, asked.Within != nil && !asked.Within.Contains(month):
		case asked.Latest != nil && (month.End > asked.Latest.OnOrBefore || month.End < asked.Latest.NotBefore):
		default:
			list = append(list, int32(i))
		}
	}
	if asked.Latest != nil && len(list) > 0 { // every series has every month
		list = list[len(list)-1:]
	}
	return list
}

func (e *Engine) compare(at cursor, after *store.Position) int {
	month := e.months[at.month]
	return cmp.Or(cmp.Compare(at.indicator, after.Indicator), cmp.Compare(0, after.Slice), cmp.Compare(indicator.Actual, after.Status),
		cmp.Compare(month.End, after.Period.End), cmp.Compare(month.Start, after.Period.Start), cmp.Compare(at.region, after.Region))
}

// sized has so many rows, all zero.
func sized(n int, evidence bool) *store.Rows {
	r := &store.Rows{
		Indicator: make([]int32, n), Slice: make([]int32, n), Region: make([]int32, n), Source: make([]int32, n),
		Definition: make([]int32, n), Status: make([]indicator.Status, n), Start: make([]indicator.Day, n), End: make([]indicator.Day, n),
		Value: make([]float64, n), Missing: make([]indicator.Missing, n), Precision: make([]indicator.Precision, n),
		Numerator: make([]float64, n), Denominator: make([]float64, n), CountsPrecision: make([]indicator.Precision, n),
		Derived: make([]bool, n),
	}
	if evidence {
		r.Published, r.KnownFrom, r.KnownTo = make([]indicator.Day, n), make([]indicator.Day, n), make([]indicator.Day, n)
		r.Tie, r.Load, r.Offset = make([]int32, n), make([]int32, n), make([]int32, n)
		r.Inferred, r.Printed, r.Note = make([]bool, n), make([]string, n), make([]string, n)
	}
	return r
}

// mixed is a number that looks chosen at random, of a figure's place.
func mixed(at cursor) uint64 {
	x := uint64(at.indicator)<<40 ^ uint64(at.month)<<32 ^ uint64(at.region) //nolint:gosec // not negative
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// put makes row i of rows that are all zero the figure at a place.
func (e *Engine) put(r *store.Rows, i int, at cursor) {
	random := mixed(at)
	value, numerator, denominator, missing := math.NaN(), math.NaN(), math.NaN(), indicator.NotMissing
	switch {
	case random%missingEvery == 0:
		missing = indicator.NotCollected
	case at.indicator%kinds == 1:
		denominator = float64(1 + random>>8%100_000)
		numerator = math.Floor(denominator * float64(random>>32%1000) / 1000)
		value = 100 * numerator / denominator
	case at.indicator%kinds == 2:
		value = float64(random>>8%4000)/100 - 10
	default:
		value = float64(random >> 8 % 3_000_000)
	}
	month := e.months[at.month]
	r.Indicator[i], r.Region[i], r.Status[i], r.Start[i], r.End[i] = at.indicator, at.region, indicator.Actual, month.Start, month.End
	r.Value[i], r.Missing[i], r.Precision[i] = value, missing, indicator.Exact
	r.Numerator[i], r.Denominator[i], r.CountsPrecision[i] = numerator, denominator, indicator.Exact
	if r.Published == nil {
		return
	}
	if missing == indicator.NotMissing {
		r.Printed[i] = strconv.FormatFloat(value, 'f', 1, 64)
	}
	r.Published[i], r.KnownFrom[i], r.KnownTo[i], r.Offset[i] = month.End+20, month.End+20, indicator.Forever, -1
}

// first are the first n rows.
func first(r *store.Rows, n int) *store.Rows {
	cut := *r
	cut.Indicator, cut.Slice, cut.Region, cut.Source, cut.Definition = r.Indicator[:n], r.Slice[:n], r.Region[:n], r.Source[:n], r.Definition[:n]
	cut.Status, cut.Start, cut.End, cut.Value, cut.Missing = r.Status[:n], r.Start[:n], r.End[:n], r.Value[:n], r.Missing[:n]
	cut.Precision, cut.Numerator, cut.Denominator = r.Precision[:n], r.Numerator[:n], r.Denominator[:n]
	cut.CountsPrecision, cut.Derived = r.CountsPrecision[:n], r.Derived[:n]
	if r.Published != nil {
		cut.Published, cut.KnownFrom, cut.KnownTo, cut.Tie, cut.Load = r.Published[:n], r.KnownFrom[:n], r.KnownTo[:n], r.Tie[:n], r.Load[:n]
		cut.Offset, cut.Inferred, cut.Printed, cut.Note = r.Offset[:n], r.Inferred[:n], r.Printed[:n], r.Note[:n]
	}
	return &cut
}

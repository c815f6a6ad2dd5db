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
	rows := sized(most, asked.Evidence || asked.Vintages)
	for _, ind := range indicators {
		for _, month := range months {
			for _, region := range regions {
				at := cursor{ind, month, region}
				if asked.After != nil && e.compare(at, asked.After) <= 0 {
					continue
				}
				if asked.Limit > 0 && rows.Len() == asked.Limit {
					return rows, nil
				}
				if asked.Cap > 0 && rows.Len() == asked.Cap {
					return nil, &store.RowCapError{Cap: asked.Cap}
				}
				e.add(rows, at)
			}
		}
	}
	return rows, nil
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

// sized has room for so many rows.
func sized(n int, evidence bool) *store.Rows {
	r := &store.Rows{
		Indicator: make([]int32, 0, n), Slice: make([]int32, 0, n), Region: make([]int32, 0, n), Source: make([]int32, 0, n),
		Definition: make([]int32, 0, n), Status: make([]indicator.Status, 0, n), Start: make([]indicator.Day, 0, n), End: make([]indicator.Day, 0, n),
		Value: make([]float64, 0, n), Missing: make([]indicator.Missing, 0, n), Precision: make([]indicator.Precision, 0, n),
		Numerator: make([]float64, 0, n), Denominator: make([]float64, 0, n), CountsPrecision: make([]indicator.Precision, 0, n),
		Derived: make([]bool, 0, n),
	}
	if evidence {
		r.Published, r.KnownFrom, r.KnownTo = make([]indicator.Day, 0, n), make([]indicator.Day, 0, n), make([]indicator.Day, 0, n)
		r.Tie, r.Load, r.Offset = make([]int32, 0, n), make([]int32, 0, n), make([]int32, 0, n)
		r.Inferred, r.Printed, r.Note = make([]bool, 0, n), make([]string, 0, n), make([]string, 0, n)
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

func (e *Engine) add(r *store.Rows, at cursor) {
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
	r.Indicator, r.Slice, r.Region = append(r.Indicator, at.indicator), append(r.Slice, 0), append(r.Region, at.region)
	r.Source, r.Definition, r.Status = append(r.Source, 0), append(r.Definition, 0), append(r.Status, indicator.Actual)
	r.Start, r.End = append(r.Start, month.Start), append(r.End, month.End)
	r.Value, r.Missing, r.Precision = append(r.Value, value), append(r.Missing, missing), append(r.Precision, indicator.Exact)
	r.Numerator, r.Denominator = append(r.Numerator, numerator), append(r.Denominator, denominator)
	r.CountsPrecision, r.Derived = append(r.CountsPrecision, indicator.Exact), append(r.Derived, false)
	if r.Published == nil {
		return
	}
	printed := ""
	if missing == indicator.NotMissing {
		printed = strconv.FormatFloat(value, 'f', 1, 64)
	}
	r.Published, r.KnownFrom = append(r.Published, month.End+20), append(r.KnownFrom, month.End+20)
	r.KnownTo, r.Tie, r.Load = append(r.KnownTo, indicator.Forever), append(r.Tie, 0), append(r.Load, 0)
	r.Inferred, r.Offset = append(r.Inferred, false), append(r.Offset, -1)
	r.Printed, r.Note = append(r.Printed, printed), append(r.Note, "")
}

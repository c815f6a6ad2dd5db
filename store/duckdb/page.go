package duckdb

import (
	"context"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// pagesOfSeries is how many pages an indicator has, at least, where the series that a page continues in is looked at alone.
const pagesOfSeries = 16

// restOfSeries reads a page that continues within a series. In natural order the rest of the series comes first: only where it does not
// fill the page does something else belong to it. Then, and for other selections, ok is false.
func (r *reader) restOfSeries(ctx context.Context, s *store.Select) (rows *store.Rows, ok bool, err error) {
	at := s.After
	if at == nil || s.Limit == 0 || s.Cap > 0 && s.Limit > s.Cap || r.perIndicator/pagesOfSeries < int64(s.Limit) ||
		s.Order != (store.Order{By: store.Natural}) || s.Vintages || s.AsOf != indicator.NoDay ||
		!among(s.Indicators, at.Indicator) || !among(s.Slices, at.Slice) || !among(s.Statuses, at.Status) {
		return nil, false, nil
	}
	rest := *s
	rest.Indicators, rest.Slices, rest.Statuses = []int32{at.Indicator}, []int32{at.Slice}, []indicator.Status{at.Status}
	rows, err = r.selectOne(ctx, &rest)
	return rows, err == nil && rows.Len() == s.Limit, err
}

// among reports whether a list lets something through: an empty one is no filter.
func among[T comparable](list []T, one T) bool { return len(list) == 0 || slices.Contains(list, one) }

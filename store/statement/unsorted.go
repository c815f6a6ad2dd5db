package statement

import "github.com/countyql/countyql/store"

// mostListed is the longest list that engines look through. Longer ones are joined with, after which rows come in any order.
const mostListed = 4

// Unsorted renders a selection in natural order without sorting, where its rows are likely to come as they are stored. Who asks so
// has to look whether they did, and to sort them otherwise: it takes less to sort the few rows of an answer than to have them sorted.
// A limit leaves the first rows only if nothing is joined with, and all figures are stored in their order. ok is false where rows have to be sorted.
func (d *Dialect) Unsorted(s store.Select) (sql string, ok bool, err error) {
	if d.Stored == "" || s.Vintages || s.Order != (store.Order{By: store.Natural}) || s.Limit != 0 && (d.Tail || joins(&s)) {
		return "", false, nil
	}
	sql, err = d.render(s, "")
	return sql, true, err
}

// joins reports whether something of a selection is joined with.
func joins(s *store.Select) bool {
	if ofReports(*s) {
		return true // with those that are current
	}
	lists := max(len(s.Indicators), len(s.Slices), len(s.Statuses), len(s.Sources), len(s.Precisions), len(s.Levels))
	return lists > mostListed || len(s.Regions) > mostRanges
}

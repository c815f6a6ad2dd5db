package statement

import "github.com/countyql/countyql/store"

// mostListed is the longest list that engines look through. Longer ones are joined with, after which rows come in any order.
const mostListed = 4

// Unsorted renders a selection that has no order but the natural one without sorting, where its rows are likely to come as they
// are stored: what is read without a join does. Who asks so has to look whether they did. ok is false where they are not likely to.
func (d *Dialect) Unsorted(s store.Select) (sql string, ok bool, err error) {
	lists := max(len(s.Indicators), len(s.Slices), len(s.Statuses), len(s.Sources), len(s.Precisions), len(s.Levels))
	if d.Stored == "" || ofReports(s) || s.Order != (store.Order{By: store.Natural}) || s.Limit != 0 || s.After != nil ||
		lists > mostListed || len(s.Regions) > mostRanges {
		return "", false, nil
	}
	sql, err = d.render(s, "")
	return sql, true, err
}

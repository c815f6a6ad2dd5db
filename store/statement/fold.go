package statement

import (
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Ends are days: the last ones of periods.
type Ends struct {
	From, To  indicator.Day // of the next figure of the series; Forever where there is none
	NotBefore indicator.Day // of the figures themselves; NoDay for no bound
	NotAfter  indicator.Day // of the figures themselves; Forever for no bound
	Sorted    bool          // into natural order
}

// Followed renders the current figures that are followed in their series by one with such an end. The selection has nothing of time. Those that
// are not sorted come as they are stored, unless they are joined with a list.
func (d *Dialect) Followed(s store.Select, ends Ends) (string, error) {
	table, err := d.from(s)
	if err != nil {
		return "", err
	}
	where := append(d.indicatorFilters(s), "next_end >= "+Literal(ends.From))
	if ends.To != indicator.Forever {
		where = append(where, "next_end <= "+Literal(ends.To))
	}
	if ends.NotBefore != indicator.NoDay {
		where = append(where, "period_end >= "+Literal(ends.NotBefore))
	}
	if ends.NotAfter != indicator.Forever {
		where = append(where, "period_end <= "+Literal(ends.NotAfter))
	}
	if d.Current != "" {
		where = append(where, d.Current)
	}
	var b strings.Builder
	b.WriteString("SELECT " + ColumnsOf(&s).list() + "\n" + table)
	writeWhere(&b, append(where, d.seriesFilters(s)...))
	if ends.Sorted {
		b.WriteString("\nORDER BY " + d.naturalOrder(s, ""))
	}
	return b.String(), nil
}

// LastFollowed renders the last day of the newest current figures of a selection that are followed by one that ends on or before a day; NoDay where
// there are none. The selection has nothing of time.
func (d *Dialect) LastFollowed(s store.Select, by indicator.Day) (string, error) {
	table, err := d.from(s)
	if err != nil {
		return "", err
	}
	where := append(d.indicatorFilters(s), "next_end <= "+Literal(min(by, indicator.Forever-1))) // Forever: none follows
	if d.Current != "" {
		where = append(where, d.Current)
	}
	var b strings.Builder
	b.WriteString("SELECT CAST(coalesce(max(period_end), " + Literal(indicator.NoDay) + ") AS " + d.Int64 + ")\n" + table)
	writeWhere(&b, append(where, d.seriesFilters(s)...))
	return b.String(), nil
}

// CountRows renders how many rows a selection has.
func (d *Dialect) CountRows(s store.Select) (string, error) {
	table, err := d.from(s)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("SELECT CAST(count(*) AS " + d.Int64 + ")\n" + table)
	writeWhere(&b, d.filters(s))
	return b.String(), nil
}

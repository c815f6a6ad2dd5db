package statement

import (
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Ends are days: the last ones of periods.
type Ends struct {
	From, To  indicator.Day // of the next figure of the series
	NotBefore indicator.Day // of the figures themselves; NoDay for no bound
	Sorted    bool          // into natural order
}

// Followed renders the current figures that are followed in their series by one with such an end. The selection has nothing of time. Those that
// are not sorted come as they are stored, unless they are joined with a list.
func (d *Dialect) Followed(s store.Select, ends Ends) (string, error) {
	table, err := d.from(s)
	if err != nil {
		return "", err
	}
	where := append(d.indicatorFilters(s), "next_end >= "+Literal(ends.From), "next_end <= "+Literal(ends.To))
	if ends.NotBefore != indicator.NoDay {
		where = append(where, "period_end >= "+Literal(ends.NotBefore))
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

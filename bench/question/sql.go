package question

import (
	"strconv"
	"strings"
)

// Conditions on the table observation: totals of measured figures; the newest figure of each series.
const (
	total  = "slice = 0 AND status = 0"
	newest = "next_end = 2147483647"
)

func in(column string, terms []Term) string {
	if len(terms) == 1 {
		return column + " = " + strconv.Itoa(terms[0].Ordinal)
	}
	list := make([]string, len(terms))
	for i, t := range terms {
		list[i] = strconv.Itoa(t.Ordinal)
	}
	return column + " IN (" + strings.Join(list, ", ") + ")"
}

func at(p Period) string {
	return "period_end = " + strconv.Itoa(p.End) + " AND period_start = " + strconv.Itoa(p.Start)
}

func within(d *Domain, province Term) string {
	from, to := d.inside(province)
	return "region >= " + strconv.Itoa(from) + " AND region < " + strconv.Itoa(to)
}

// ranked compares the rows of a table v of region, value and precision.
const ranked = "SELECT region, value, precision, rank() OVER (ORDER BY value DESC) AS rank, " +
	"100 * (rank() OVER (ORDER BY value) - 1 + count(*) OVER (PARTITION BY value) / 2) / count(*) OVER () AS percentile, " +
	"(value - avg(value) OVER ()) / stddev_samp(value) OVER () AS zscore FROM v WHERE value IS NOT NULL ORDER BY rank, region"

package question

import (
	"strconv"
	"strings"
)

// months is Q6.
func months() *Question {
	of := func(p Params) map[string]any {
		return map[string]any{
			"indicators": codes(p.Indicators), "groupBy": []any{map[string]any{"region": "PROVINCE"}, map[string]any{"period": "MONTH"}},
			"first": big(p),
		}
	}
	const measures = "sum mean min max count"
	return &Question{
		ID: "Q6", Title: "province x month, five aggregates",
		Names:      append([]string{"province", "period"}, strings.Fields(measures)...),
		indicators: 1, about: func(d *Domain) []Term { return d.byPrefix["count"] },
		Ways: []Way{
			{
				Form: Objects, Document: aggregate("region { code } period { label } " + measures), Variables: input(of),
				Path: []string{"aggregate", "groups"}, Fields: append([]string{"region.code", "period.label"}, strings.Fields(measures)...),
			},
			{
				Form: Arrow, File: chosen(append([]string{"region_code", "period"}, strings.Fields(measures)...)), Variables: input(of),
				Fields: append([]string{"region_code", "period"}, strings.Fields(measures)...),
			},
			{
				Form: CSV, File: "/v1/export/aggregate.csv", Variables: input(of),
				Fields: append([]string{"region_code", "period"}, strings.Fields(measures)...),
			},
		},
		SQL: func(_ *Domain, p Params) string {
			return "SELECT province, period_end AS period, sum(value), avg(value), min(value), max(value), count(value) " +
				"FROM s.observation JOIN place USING (region) WHERE " + total + " AND " + in("indicator", p.Indicators) +
				" GROUP BY province, period_end"
		},
	}
}

// everything is Q8. The server rolls most indicators up over time by their last figure, SQL adds all figures up: less work.
// They are compared where both mean the same, which is amounts.
func everything() *Question {
	of := func(p Params) map[string]any {
		return map[string]any{
			"indicators": codes(p.Indicators), "when": map[string]any{"within": "2015-01-01/2044-12-31"}, "first": big(p),
		}
	}
	return &Question{
		ID: "Q8", Title: "every row, by indicator", Names: []string{"indicator", "value", "count"},
		indicators: 1 << 10, about: (*Domain).rollable,
		Ways: []Way{
			{
				Form: Objects, Document: aggregate("indicator { code } value count"), Variables: input(of),
				Path: []string{"aggregate", "groups"}, Fields: []string{"indicator.code", "value", "count"},
			},
			{Form: CSV, File: "/v1/export/aggregate.csv", Variables: input(of), Fields: []string{"indicator_code", "value", "count"}},
		},
		SQL: func(_ *Domain, p Params) string {
			return "SELECT indicator, sum(value), count(value) FROM s.observation WHERE " + total + " AND " +
				in("indicator", p.Indicators) + " GROUP BY indicator"
		},
		Comparable: func(row []any) {
			if name, ok := row[0].(string); ok && !strings.HasPrefix(name, "amount") {
				row[1], row[2] = nil, nil
			}
		},
	}
}

// comparison is Q9.
func comparison() *Question {
	q := ofEveryCounty(func(p Params) map[string]any {
		return map[string]any{"indicators": codes(p.Indicators), "display": map[string]any{}, "first": big(p)}
	})
	q.ID, q.Title = "Q9", "every county with rank, percentile and z-score"
	q.SQL = func(_ *Domain, p Params) string {
		return "WITH v AS (SELECT region, value, precision FROM s.observation WHERE " + total + " AND " + newest + " AND " +
			in("indicator", p.Indicators) + ") " + ranked
	}
	return q
}

// comparisonAsOf is Q10.
func comparisonAsOf() *Question {
	q := ofEveryCounty(func(p Params) map[string]any {
		return map[string]any{"indicators": codes(p.Indicators), "display": map[string]any{}, "first": big(p), "asOf": day(p.AsOf)}
	})
	q.ID, q.Title = "Q10", "the same as of an earlier day"
	q.SQL = func(_ *Domain, p Params) string {
		asOf := strconv.Itoa(p.AsOf)
		return "WITH n AS (SELECT region, max_by({'value': value, 'precision': precision}, period_end) AS f FROM s.report WHERE " + total +
			" AND " + in("indicator", p.Indicators) + " AND known_from <= " + asOf + " AND known_to > " + asOf + " GROUP BY region), " +
			"v AS (SELECT region, f.value AS value, f.precision AS precision FROM n) " + ranked
	}
	return q
}

func ofEveryCounty(of func(Params) map[string]any) *Question {
	return &Question{
		Names: []string{"region", "value", "precision", "rank", "percentile", "zscore"}, Ordered: true,
		indicators: 1, about: (*Domain).additive,
		Ways: []Way{
			{
				Form: Objects, Document: compare("entries { region { code } value precision rank percentile zScore }"), Variables: input(of),
				Path:   []string{"compare", "indicators", "entries"},
				Fields: []string{"region.code", "value", "precision", "rank", "percentile", "zScore"},
			},
			{
				Form: Columns, Document: compare("columns { regions values precisions ranks percentiles zScores }"), Variables: input(of),
				Path:   []string{"compare", "indicators", "columns"},
				Fields: []string{"regions", "values", "precisions", "ranks", "percentiles", "zScores"},
			},
			{
				Form: CSV, File: "/v1/export/compare.csv?missing=false", Variables: input(of),
				Fields: []string{"region_code", "value", "precision", "rank", "percentile", "z_score"},
			},
		},
	}
}

// PageSize is the number of rows of a page of a paged question; a shorter page is the last.
const PageSize = 100

// farAhead is a day behind all figures.
const farAhead = 50_000

// pages is Q11.
func pages() *Question {
	return &Question{
		ID: "Q11", Title: "observations page by page, 100 a page", Names: []string{"region", "period", "value"}, Ordered: true, Paged: true,
		indicators: 1, about: (*Domain).additive,
		Ways: []Way{{
			Form: Objects,
			Document: "query($where: ObservationWhere!, $first: Int, $after: String) { observations(where: $where, first: $first, after: $after) { " +
				"nodes { region { code } period { label } value } pageInfo { endCursor hasNextPage } } }",
			Variables: func(p Params, after string) map[string]any {
				// The last day asked for is far ahead; it makes the request unlike the others.
				where := map[string]any{"indicators": codes(p.Indicators), "to": day(farAhead + p.Number%150_000)}
				asked := map[string]any{"where": where, "first": PageSize}
				if after != "" {
					asked["after"] = after
				}
				return asked
			},
			Path: []string{"observations", "nodes"}, Fields: []string{"region.code", "period.label", "value"},
		}},
		SQL: func(_ *Domain, p Params) string {
			return "SELECT region, period_end AS period, value, rowid AS next FROM s.observation WHERE " + in("indicator", p.Indicators) +
				" AND rowid > " + Cursor + " ORDER BY rowid LIMIT " + strconv.Itoa(PageSize)
		},
	}
}

// Cursor stands in the SQL of a paged question for the column next of the last row of the page before, -1 for none.
const Cursor = "$cursor"

// correlation is Q12.
func correlation() *Question {
	of := func(p Params) map[string]any {
		return map[string]any{"x": p.Indicators[0].Code, "y": p.Indicators[1].Code, "first": big(p)}
	}
	return &Question{
		ID: "Q12", Title: "correlate two indicators", Names: []string{"n", "coefficient", "slope", "intercept"},
		indicators: 2, about: (*Domain).additive,
		Ways: []Way{{
			Form:      Objects,
			Document:  "query($input: CorrelateInput!) { correlate(input: $input) { n coefficient slope intercept } }",
			Variables: input(of), Path: []string{"correlate"}, Fields: []string{"n", "coefficient", "slope", "intercept"},
		}},
		SQL: func(_ *Domain, p Params) string {
			return "WITH x AS (SELECT region, value FROM s.observation WHERE " + total + " AND " + newest + " AND " + in("indicator", p.Indicators[:1]) +
				"), y AS (SELECT region, value FROM s.observation WHERE " + total + " AND " + newest + " AND " + in("indicator", p.Indicators[1:]) +
				") SELECT count(*), corr(x.value, y.value), regr_slope(y.value, x.value), regr_intercept(y.value, x.value) " +
				"FROM x JOIN y USING (region) WHERE x.value IS NOT NULL AND y.value IS NOT NULL"
		},
	}
}

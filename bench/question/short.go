package question

// latest is Q1.
func latest() *Question {
	of := func(p Params) map[string]any {
		return map[string]any{"indicators": codes(p.Indicators), "regions": map[string]any{"codes": codes(p.Counties)}, "first": big(p)}
	}
	return &Question{
		ID: "Q1", Title: "latest of 10 indicators for one county", Names: []string{"indicator", "value"},
		indicators: 10, counties: 1, about: (*Domain).additive,
		Ways: []Way{
			{
				Form: Objects, Document: aggregate("indicator { code } value"), Variables: input(of),
				Path: []string{"aggregate", "groups"}, Fields: []string{"indicator.code", "value"},
			},
			{Form: CSV, File: "/v1/export/aggregate.csv", Variables: input(of), Fields: []string{"indicator_code", "value"}},
		},
		SQL: func(_ *Domain, p Params) string {
			return "SELECT indicator, value FROM s.observation WHERE " + total + " AND " + newest + " AND " +
				in("indicator", p.Indicators) + " AND " + in("region", p.Counties)
		},
	}
}

// top is Q2.
func top() *Question {
	of := func(p Params) map[string]any {
		return map[string]any{
			"indicators": codes(p.Indicators), "display": map[string]any{"within": []string{p.Province.Code}}, "first": 20,
			"orderBy": []any{map[string]any{"by": "VALUE", "direction": "DESC"}}, "when": map[string]any{"period": p.Period.Label},
			// The baseline is not asked for; it makes the request unlike the others.
			"baseline": map[string]any{"value": p.Number},
		}
	}
	return &Question{
		ID: "Q2", Title: "top 20 of a province", Names: []string{"region", "value"}, Ordered: true,
		indicators: 1, about: (*Domain).additive,
		Ways: []Way{
			{
				Form: Objects, Document: compare("entries { region { code } value }"), Variables: input(of),
				Path: []string{"compare", "indicators", "entries"}, Fields: []string{"region.code", "value"},
			},
			{
				Form: Columns, Document: compare("columns { regions values }"), Variables: input(of),
				Path: []string{"compare", "indicators", "columns"}, Fields: []string{"regions", "values"},
			},
			{
				Form: CSV, File: "/v1/export/compare.csv?missing=false", Variables: input(of),
				Fields: []string{"region_code", "value"},
			},
		},
		SQL: func(d *Domain, p Params) string {
			return "SELECT region, value FROM s.observation WHERE " + total + " AND " + in("indicator", p.Indicators) + " AND " + at(p.Period) +
				" AND " + within(d, p.Province) + " AND value IS NOT NULL ORDER BY value DESC, region LIMIT 20"
		},
	}
}

// sums is Q3.
func sums() *Question {
	return byProvince("Q3", "sum by province", "sum", (*Domain).additive, "sum(value)")
}

// rates is Q4.
func rates() *Question {
	return byProvince("Q4", "rate by province", "value", func(d *Domain) []Term { return d.byPrefix["rate"] },
		// A rate that is reported as missing may have counts, from the indicators of its counts, and is left out.
		"100 * sum(numerator) FILTER (value IS NOT NULL) / sum(denominator) FILTER (value IS NOT NULL)")
}

func byProvince(id, title, measure string, about func(*Domain) []Term, expression string) *Question {
	of := func(p Params) map[string]any {
		return map[string]any{
			"indicators": codes(p.Indicators), "groupBy": []any{map[string]any{"region": "PROVINCE"}},
			"when": map[string]any{"period": p.Period.Label}, "first": big(p),
		}
	}
	return &Question{
		ID: id, Title: title, Names: []string{"province", measure},
		indicators: 1, about: about,
		Ways: []Way{
			{
				Form: Objects, Document: aggregate("region { code } " + measure), Variables: input(of),
				Path: []string{"aggregate", "groups"}, Fields: []string{"region.code", measure},
			},
			{Form: Arrow, File: chosen([]string{"region_code", measure}), Variables: input(of), Fields: []string{"region_code", measure}},
			{Form: CSV, File: "/v1/export/aggregate.csv", Variables: input(of), Fields: []string{"region_code", measure}},
		},
		SQL: func(_ *Domain, p Params) string {
			return "SELECT province, " + expression + " FROM s.observation JOIN place USING (region) WHERE " + total + " AND " +
				in("indicator", p.Indicators) + " AND " + at(p.Period) + " GROUP BY province"
		},
	}
}

// series is Q5.
func series() *Question {
	of := func(p Params) map[string]any {
		return map[string]any{"indicators": codes(p.Indicators), "regions": map[string]any{"codes": codes(p.Counties)}, "first": big(p)}
	}
	document := func(fields string) string {
		return "query($input: SeriesInput!) { series(input: $input) { series { region { code } " + fields + " } } }"
	}
	return &Question{
		ID: "Q5", Title: "series of 5 counties", Names: []string{"region", "period", "value"},
		indicators: 1, counties: 5, about: (*Domain).additive,
		Ways: []Way{
			{
				Form: Objects, Document: document("points { period { label } value }"), Variables: input(of),
				Path: []string{"series", "series", "points"}, Fields: []string{"^region.code", "period.label", "value"},
			},
			{
				Form: Columns, Document: document("columns { periods values }"), Variables: input(of),
				Path: []string{"series", "series", "columns"}, Fields: []string{"^region.code", "periods", "values"},
			},
			{Form: CSV, File: "/v1/export/series.csv", Variables: input(of), Fields: []string{"region_code", "period", "value"}},
		},
		SQL: func(_ *Domain, p Params) string {
			return "SELECT region, period_end AS period, value FROM s.observation WHERE " + total + " AND " +
				in("indicator", p.Indicators) + " AND " + in("region", p.Counties) + " ORDER BY region, period_end"
		},
	}
}

// matrix is Q7.
func matrix() *Question {
	of := func(p Params) map[string]any {
		return map[string]any{
			"indicators": codes(p.Indicators), "regions": map[string]any{"codes": codes(p.Counties)},
			"groupBy": []any{map[string]any{"region": "COUNTY"}}, "first": big(p),
		}
	}
	return &Question{
		ID: "Q7", Title: "5 counties x 20 indicators", Names: []string{"indicator", "region", "value"},
		indicators: 20, counties: 5, about: (*Domain).additive,
		Ways: []Way{
			{
				Form: Objects, Document: aggregate("indicator { code } region { code } value"), Variables: input(of),
				Path: []string{"aggregate", "groups"}, Fields: []string{"indicator.code", "region.code", "value"},
			},
			{
				Form: CSV, File: "/v1/export/aggregate.csv", Variables: input(of),
				Fields: []string{"indicator_code", "region_code", "value"},
			},
		},
		SQL: func(_ *Domain, p Params) string {
			return "SELECT indicator, region, value FROM s.observation WHERE " + total + " AND " + newest + " AND " +
				in("indicator", p.Indicators) + " AND " + in("region", p.Counties)
		},
	}
}

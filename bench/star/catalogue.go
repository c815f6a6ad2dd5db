package star

import (
	"fmt"

	"github.com/countyql/countyql/indicator"
)

// series is one figure of every county and period: an indicator, or one of the parts of an indicator.
type series struct {
	code     string
	slice    string
	kind     indicator.Kind
	scale    int64 // values are below
	forecast bool
	// numerator and denominator name the indicators of a rate; empty where it has its counts alone.
	numerator, denominator string
}

// sectors are the parts of the counts that are reported by sector and not as a total.
var sectors = []string{"primary", "secondary", "tertiary"}

// makeIndicators lists 200 series: counts, some of them by sector, amounts, rates, growth and forecasts.
func makeIndicators() []series {
	var all []series
	scales := []int64{100, 5_000, 200_000, 3_000_000}
	for n := range 88 {
		all = append(all, series{code: fmt.Sprintf("count_%03d", n), kind: indicator.Count, scale: scales[n%len(scales)]})
	}
	for n := range 4 {
		for _, sector := range sectors {
			all = append(all, series{code: fmt.Sprintf("workers_%d", n), slice: "sector=" + sector, kind: indicator.Count, scale: 50_000})
		}
	}
	for n := range 40 {
		all = append(all, series{code: fmt.Sprintf("amount_%03d", n), kind: indicator.Amount, scale: 4_000_000})
	}
	for n := range 20 {
		rate := series{code: fmt.Sprintf("rate_%03d", n), kind: indicator.Ratio, scale: 8_000}
		if n%4 == 0 {
			rate.numerator, rate.denominator = fmt.Sprintf("count_%03d", n), fmt.Sprintf("count_%03d", n+40)
		}
		all = append(all, rate)
	}
	for n := range 20 {
		all = append(all, series{code: fmt.Sprintf("growth_%03d", n), kind: indicator.Growth})
	}
	for n := range 20 {
		all = append(all, series{code: fmt.Sprintf("outlook_%03d", n), kind: indicator.Growth, forecast: true})
	}
	return all
}

func indicatorTable(all []series) table {
	t := table{name: "indicators", columns: []string{
		"code", "name_en", "unit", "kind", "min", "max", "rollup_regions", "rollup_time", "rollup_dimensions", "numerator", "denominator",
	}}
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.code] {
			continue
		}
		seen[s.code] = true
		row := []string{s.code, "Indicator " + s.code, "", s.kind.String(), "0", "", "SUM", "LAST", "NONE", s.numerator, s.denominator}
		switch s.kind {
		case indicator.Count:
			row[2] = "person"
			if s.slice != "" {
				row[8] = "SUM"
			}
		case indicator.Amount:
			row[2], row[7] = "CNY", "SUM"
		case indicator.Ratio:
			row[2], row[5], row[6], row[7] = "%", "100", "RATIO", "RATIO"
		default:
			row[2], row[4], row[6], row[7] = "%", "-100", "NONE", "NONE"
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func breakdownTable(all []series) table {
	t := table{name: "breakdowns", columns: []string{"indicator", "dimension", "complete"}}
	seen := map[string]bool{}
	for _, s := range all {
		if s.slice != "" && !seen[s.code] {
			seen[s.code] = true
			t.rows = append(t.rows, []string{s.code, "sector", "true"})
		}
	}
	return t
}

var (
	unitTable = table{name: "units", columns: []string{"code", "name_en", "dimension", "factor"}, rows: [][]string{
		{"person", "person", "person", "1"}, {"%", "percent", "ratio", "0.01"}, {"CNY", "yuan", "money", "1"},
		{"CNY_10k", "ten thousand yuan", "money", "10000"},
	}}
	dimensionTable = table{name: "dimensions", columns: []string{"code", "name_en"}, rows: [][]string{{"sector", "Sector"}}}
	valueTable     = table{name: "dimension_values", columns: []string{"dimension", "value"}, rows: [][]string{
		{"sector", sectors[0]}, {"sector", sectors[1]}, {"sector", sectors[2]},
	}}
	sourceTable = table{name: "sources", columns: []string{"code", "title", "published_on"}, rows: [][]string{
		{"bulletin", "Statistical bulletin", "2015-01-01"}, {"yearbook", "Statistical yearbook", "2015-01-01"},
	}}
)

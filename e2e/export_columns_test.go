package e2e

import (
	"slices"
	"strings"
)

// exportPaths say which field of GraphQL each column of an export shows: a path below the objects that are the rows. What begins
// with a parent, ../ for each level, is asked of the object above.
var exportPaths = map[string]struct {
	field   string // with its arguments
	rows    []string
	columns map[string]string
}{
	"observations": {
		field: "observations(where: $where, asOf: $asOf, orderBy: $orderBy, first: $first, after: $after)",
		rows:  []string{"nodes"},
		columns: join(regionPaths, indicatorPaths, periodPaths("period"), sourcePaths("source"), map[string]string{
			"slice": "slice", "period_inferred": "period.inferred", "status": "status", "value": "value", "missing": "missing", "unit": "unit",
			"precision": "precision", "numerator": "numerator", "denominator": "denominator", "derived": "derived", "printed": "printed",
			"printed_offset": "offset", "definition": "definition", "note": "note", "published_on": "publishedOn", "load_id": "load.id",
		}),
	},
	"aggregate": {
		field: "aggregate(input: $input)",
		rows:  []string{"groups"},
		columns: join(regionPaths, indicatorPaths, periodPaths("period"), sourcePaths("source"), map[string]string{
			"slice": "dimension", "unit": "unit", "value": "value", "missing": "missing", "value_refused": "value!", "precision": "precision",
			"sum": "sum", "sum_refused": "sum!", "mean": "mean", "median": "median", "min": "min", "max": "max", "stddev": "stddev",
			"count": "count", "coverage_expected": "coverage.expected", "coverage_used": "coverage.used", "coverage_share": "coverage.share",
			"coverage_weight_share": "coverage.weightShare",
		}),
	},
	"compare": {
		field: "compare(input: $input)",
		rows:  []string{"indicators", "entries"},
		columns: join(regionPaths, above(indicatorPaths), periodPaths("observation.period"), sourcePaths("observation.source"), map[string]string{
			"unit": "../unit", "value": "value", "precision": "precision", "rank": "rank", "rank_uncertain": "rankUncertain",
			"percentile": "percentile", "z_score": "zScore", "robust_z_score": "robustZScore", "baseline": "../baseline",
			"baseline_precision": "../baselinePrecision", "difference": "difference", "difference_precision": "differencePrecision",
			"ratio": "ratio", "share": "share", "share_refused": "share!", "standing": "standing", "printed": "observation.printed",
			"published_on": "observation.publishedOn",
		}),
	},
	"series": {
		field: "series(input: $input)",
		rows:  []string{"series", "points"},
		columns: join(above(regionPaths), above(indicatorPaths), periodPaths("period"), map[string]string{
			"status": "../status", "frequency": "../frequency", "unit": "../unit", "period_inferred": "period.inferred", "event_day": "eventDay",
			"value": "value", "missing": "missing", "filled": "filled", "partial": "partial", "precision": "precision",
			"change_unit": "../changeUnit", "change": "change", "change_precision": "changePrecision", "percent_change": "percentChange",
			"year_on_year": "yearOnYear", "year_on_year_precision": "yearOnYearPrecision", "year_on_year_change": "yearOnYearChange",
		}),
	},
}

var (
	regionPaths = map[string]string{
		"region_code": "region.code", "region_name": "region.name", "region_name_en": "region.nameEn", "region_level": "region.level",
	}
	indicatorPaths = map[string]string{
		"indicator_code": "indicator.code", "indicator_name": "indicator.nameZh", "indicator_name_en": "indicator.nameEn",
	}
)

func periodPaths(path string) map[string]string {
	return map[string]string{"period": path + ".label", "period_start": path + ".start", "period_end": path + ".end"}
}

func sourcePaths(path string) map[string]string {
	return map[string]string{"source_code": path + ".code", "source_title": path + ".title"}
}

func above(paths map[string]string) map[string]string {
	raised := make(map[string]string, len(paths))
	for column, path := range paths {
		raised[column] = "../" + path
	}
	return raised
}

func join(maps ...map[string]string) map[string]string {
	all := make(map[string]string)
	for _, m := range maps {
		for column, path := range m {
			all[column] = path
		}
	}
	return all
}

// selection writes the paths, which lie at a depth of the rows, as a selection of fields.
func selection(rows []string, depth int, columns map[string]string) string {
	var fields []string
	for _, path := range columns {
		levels := strings.Count(path, "../")
		if len(rows)-levels != depth {
			continue
		}
		fields = append(fields, selected(strings.TrimSuffix(strings.TrimPrefix(path, "../"), "!")))
	}
	slices.Sort(fields)
	if depth < len(rows) {
		fields = append(fields, rows[depth]+" { "+selection(rows, depth+1, columns)+" }")
	}
	if depth == len(rows)-1 && rows[0] != "series" && len(rows) == 2 {
		fields = append(fields, "missing { region { code } reason }")
	}
	return strings.Join(slices.Compact(fields), " ")
}

// selected is a path as a selection. Names are asked for in both languages under aliases.
func selected(path string) string {
	switch path {
	case "slice", "dimension":
		return path + " { dimension { code } value }"
	case "indicator.nameZh":
		return "indicator { nameZh: name(language: ZH) }"
	case "indicator.nameEn":
		return "indicator { nameEn: name(language: EN) }"
	}
	steps := strings.Split(path, ".")
	return strings.Join(steps, " { ") + strings.Repeat(" }", len(steps)-1)
}

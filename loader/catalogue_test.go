package loader

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestPackageProblems(t *testing.T) {
	const valid = `{"name": "observations", "path": "observations.csv", "schema": {"fields": [` +
		`{"name": "region"}, {"name": "indicator"}, {"name": "period"}, {"name": "source"}, {"name": "value"}]}}`
	const before = `datapackage.json: resource "observations": `
	for _, c := range []struct{ name, text, want string }{
		{"no JSON", "{\n  \"name\": x\n}", "datapackage.json:2:11: invalid character 'x' looking for beginning of value"},
		{"wrong kind", `{"resources": {}}`, "datapackage.json:1:15: resources: a JSON object cannot stand here"},
		{"no resources", `{"name": "empty"}`, "datapackage.json: the package has no table to load (name a resource observations, or regions, indicators …)"},
		{"twice", `{"resources": [` + valid + "," + valid + "]}", before + "is listed twice"},
		{"absent file", `{"resources": [` + strings.Replace(valid, "observations.csv", "figures.csv", 1) + "]}",
			before + `file "figures.csv" does not exist`},
		{"outside", `{"resources": [` + strings.Replace(valid, "observations.csv", "../observations.csv", 1) + "]}",
			before + "path must be a file inside the package, or a list of such, written with forward slashes"},
		{"no file", `{"resources": [` + strings.Replace(valid, `"observations.csv"`, `[]`, 1) + "]}",
			before + "path must be a file inside the package, or a list of such, written with forward slashes"},
		{"absent file of several", `{"resources": [` + strings.Replace(valid, `"observations.csv"`, `["observations.csv", "b.csv"]`, 1) + "]}",
			before + `file "b.csv" does not exist`},
		{"encoding", `{"resources": [` + strings.Replace(valid, `"path"`, `"encoding": "utf-7", "path"`, 1) + "]}",
			before + `encoding "utf-7" is not supported: use utf-8, utf-16 or gb18030`},
		{"delimiter", `{"resources": [` + strings.Replace(valid, `"path"`, `"dialect": {"delimiter": "::"}, "path"`, 1) + "]}",
			before + `delimiter "::" is not supported: use one character`},
		{"format", `{"resources": [` + strings.Replace(valid, `"path"`, `"format": "ods", "path"`, 1) + "]}",
			before + `format "ods" is not supported: use one of csv, tsv, json, ndjson, parquet, xlsx, px`},
		{"media type", `{"resources": [` + strings.Replace(valid, `"path"`, `"mediatype": "text/html", "path"`, 1) + "]}",
			before + `media type "text/html" is not supported: name the format instead, one of csv, tsv, json, ndjson, parquet, xlsx, px`},
		{"compression", `{"resources": [` + strings.Replace(valid, `"path"`, `"compression": "bz2", "path"`, 1) + "]}",
			before + `compression "bz2" is not supported: use gz or zst`},
		{"no schema", `{"resources": [{"name": "dimensions", "path": "dimensions.csv"}]}`,
			"datapackage.json: resource \"dimensions\": has no schema: list its fields\n" +
				`datapackage.json: resource "dimensions": field "code" is missing`},
		{"unknown field", `{"resources": [` + strings.Replace(valid, `{"name": "value"}`, `{"name": "valeu"}`, 1) + "]}",
			before + `field "valeu" is not a column of this table: it has region, indicator, slice, period, status, value, unit, ` +
				"precision, numerator, denominator, missing, printed, offset, source, published_on, period_inferred, definition, note"},
		{"missing field", `{"resources": [` + strings.Replace(valid, `{"name": "source"}, `, "", 1) + "]}",
			before + `field "source" is missing`},
		{"field twice", `{"resources": [` + strings.Replace(valid, `{"name": "value"}`, `{"name": "value"}, {"name": "value"}`, 1) + "]}",
			before + `field "value" is listed twice`},
		{"type", `{"resources": [` + strings.Replace(valid, `{"name": "value"`, `{"name": "value", "type": "decimal"`, 1) + "]}",
			before + `field "value": type "decimal" is not one of string, integer, number, boolean, date, any`},
		{"pattern", `{"resources": [` + strings.Replace(valid, `{"name": "value"`, `{"name": "value", "constraints": {"pattern": "("}`, 1) + "]}",
			before + "field \"value\": pattern: error parsing regexp: missing closing ): `^(?:()$`"},
		{"minimum", `{"resources": [` + strings.Replace(valid, `{"name": "value"`, `{"name": "value", "constraints": {"minimum": 1}`, 1) + "]}",
			before + `field "value": minimum does not apply to type string`},
		{"primary key", `{"resources": [` + strings.Replace(valid, `"schema": {`, `"schema": {"primaryKey": ["code"], `, 1) + "]}",
			before + `primary key "code" is not a field`},
		{"foreign key", `{"resources": [` + strings.Replace(valid, `"schema": {`,
			`"schema": {"foreignKeys": [{"fields": "source", "reference": {"resource": "papers", "fields": "code"}}], `, 1) + "]}",
			before + "the foreign key of source refers to no table's columns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lint(t, map[string]string{PackageFile: c.text}); got != c.want && !strings.HasPrefix(got, c.want+"\nobservations.csv:") {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestPackageWithoutDescription(t *testing.T) {
	if _, err := Lint(t.Context(), Input{FS: files(nil)}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestSchemaConstraints(t *testing.T) {
	fields := `{"fields": [{"name": "code", "constraints": {"unique": true, "pattern": "[a-z]+"}}, {"name": "name_zh", "constraints": {"required": true}}, ` +
		`{"name": "name_en", "constraints": {"enum": ["metre", "yuan"]}}, {"name": "dimension"}, ` +
		`{"name": "factor", "type": "number", "constraints": {"minimum": 0, "maximum": 1000}}], ` +
		`"primaryKey": ["dimension", "factor"], "missingValues": ["", "-"]}`
	description := `{"resources": [{"name": "units", "path": "units.csv", "schema": ` + fields + `}]}`
	const header = "code,name_zh,name_en,dimension,factor\n"
	for _, c := range []struct{ name, row, want string }{
		{"fine", "b,米,metre,length,2", ""},
		{"marked as missing", "b,米,-,length,2", ""},
		{"pattern", "m2,米,,length,2", `3:1: code: "m2" does not match the pattern ^(?:[a-z]+)$`},
		{"required", "b,,,length,2", "3:3: name_zh: the cell is empty (every row needs one)"},
		{"required and marked as missing", "b,-,,length,2", "3:3: name_zh: the cell is empty (every row needs one)"},
		{"enum", "b,米,foot,length,2", `3:5: name_en: "foot" is not allowed here (use one of metre, yuan)`},
		{"type", "b,米,,length,two", `3:13: factor: "two" is not a number`},
		{"minimum", "b,米,,length,-2", "3:13: factor: -2 is below the minimum 0"},
		{"maximum", "b,米,,length,2e3", "3:13: factor: 2e3 is above the maximum 1,000"},
		{"unique", "a,米,,length,2", `3:1: code: "a" is on line 2 already`},
		{"primary key", "b,米,,length,1", `3:6: dimension: "length, 1" is on line 2 already`},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := files(map[string]string{PackageFile: description, "units.csv": header + "a,甲,,length,1\n" + c.row + "\n"})
			_, err := Lint(t.Context(), Input{FS: fsys})
			got := ""
			var rejected *Rejected
			if errors.As(err, &rejected) {
				got = strings.TrimPrefix(rejected.Problems[0].String(), "units.csv:")
				if len(rejected.Problems) > 1 {
					t.Errorf("also %v", rejected.Problems[1:])
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Problems of the catalogue point at the cell, also those found only once all tables are together.
func TestCatalogueProblems(t *testing.T) {
	const (
		regions    = "code,scheme,parent,level,name,name_en,aliases,valid_from,valid_to,successor\n"
		units      = "code,name_zh,name_en,dimension,factor\n"
		indicators = "code,name_zh,name_en,description,topic,unit,kind,min,max,polarity,rollup_regions,rollup_time,rollup_dimensions," +
			"numerator,denominator,weight,formula,aliases\n"
		checks = "code,kind,severity,indicator,dimension,other,factor,tolerance,description\n"
	)
	none := map[string]string{"observations.csv": observationsHeader}
	for _, c := range []struct{ name, file, text, want string }{
		{"parent that is none", "regions.csv", regions + "CN,ISO,,COUNTRY,中国,,,,,\n37,GB,CH,PROVINCE,山东,,,,,\n",
			`regions.csv:3:7: parent: region "CH" does not exist`},
		{"level upside down", "regions.csv", regions + "CN,ISO,,COUNTRY,中国,,,,,\n37,GB,CN,PROVINCE,山东,,,,,\n38,GB,37,PROVINCE,山东,,,,,\n",
			"regions.csv:4:7: parent: a PROVINCE cannot lie inside a PROVINCE"},
		{"level that is none", "regions.csv", regions + "CN,ISO,,EMPIRE,中国,,,,,\n",
			`regions.csv:2:9: level: "EMPIRE" is not a region level (use one of COUNTRY, PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, COMMUNITY)`},
		{"region twice", "regions.csv", regions + "CN,ISO,,COUNTRY,中国,,,,,\nCN,ISO,,COUNTRY,中国,,,,,\n",
			`regions.csv:3:1: code: "CN" is on line 2 already`},
		{"validity backwards", "regions.csv", regions + "CN,ISO,,COUNTRY,中国,,,2018-06-19,2018-06-18,\n",
			"regions.csv:2:33: valid_to: the code ends before it begins"},
		{"successor of a code in force", "regions.csv", regions + "CN,ISO,,COUNTRY,中国,,,,,\n1,ISO,,COUNTRY,甲,,,,,CN\n",
			"regions.csv:3:22: successor: a code in force has no successor (say in valid_to when it ended)"},
		{"factor of nothing", "units.csv", units + "m,米,metre,length,0\n", "units.csv:2:18: factor: the factor is not positive"},
		{"value of no dimension", "dimension_values.csv", "dimension,value,name_zh,name_en\nsize,big,大,big\n",
			`dimension_values.csv:2:1: dimension: dimension "size" does not exist (add it to dimensions, or correct the code)`},
		{"value that breaks slices", "dimension_values.csv", "dimension,value,name_zh,name_en\nsector,a=b,,\n",
			"dimension_values.csv:2:8: value: a value holds none of = ; |"},
		{"breakdown of no indicator", "breakdowns.csv", "indicator,dimension,complete\ngird,households,true\n",
			`breakdowns.csv:2:1: indicator: indicator "gird" does not exist (add it to indicators, or correct the code)`},
		{"breakdown by no dimension", "breakdowns.csv", "indicator,dimension,complete\ngrids,size,true\n",
			`breakdowns.csv:2:7: dimension: dimension "size" does not exist (add it to dimensions, or correct the code)`},
		{"breakdown twice", "breakdowns.csv", "indicator,dimension,complete\ngrids,households,true\ngrids,households,false\n",
			`breakdowns.csv:3:7: dimension: "households" is on line 2 already`},
		{"check twice", "checks.csv", checks + "a,RANGE,ERROR,,,,,,\na,RANGE,ERROR,,,,,,\n", `checks.csv:3:1: code: "a" is on line 2 already`},
		{"check of no indicator", "checks.csv", checks + "a,RANGE,ERROR,gird,,,,,\n", `checks.csv:2:15: indicator: indicator "gird" does not exist`},
		{"parts of no dimension", "checks.csv", checks + "a,PARTS_SUM,ERROR,grids,,,,,\n",
			"checks.csv:2:25: dimension: PARTS_SUM needs the dimension of the parts"},
		{"jump without a factor", "checks.csv", checks + "a,JUMP,ERROR,,,,1,,\n", "checks.csv:2:17: factor: JUMP needs a factor above 1"},
		{"share of nothing", "checks.csv", checks + "a,SHARE_OF,ERROR,grids,,,0.5,,\n",
			"checks.csv:2:25: other: SHARE_OF needs another indicator to compare with"},
		{"negative tolerance", "checks.csv", checks + "a,RANGE,ERROR,,,,,-1,\n", "checks.csv:2:19: tolerance: the tolerance is negative"},
		{"kind that is none", "checks.csv", checks + "a,MAGIC,ERROR,,,,,,\n",
			`checks.csv:2:3: kind: "MAGIC" is not a check kind (use one of PARTS_SUM, RATE_COUNTS, NUMERATOR_LE_DENOMINATOR, RANGE, CHILDREN_SUM, JUMP, UNIT_SCALE, SHARE_OF, SAME_AS)`},
		{"ratio of a ratio", "indicators.csv", indicators + "a,,,,,%,RATIO,,,,,,,b,c,,,\nb,,,,,%,RATIO,,,,,,,,,,,\nc,,,,,%,COUNT,,,,,,,,,,,\n",
			"indicators.csv:2:21: numerator: the parts of a ratio are of kind COUNT or AMOUNT, and b is of kind RATIO"},
		{"formula that is none", "indicators.csv", indicators + "a,,,,,%,RATIO,,,,,,,,,,b + c,\n",
			`indicators.csv:2:24: formula: "b + c" is not a formula (write numerator / denominator or numerator / denominator * scale, with indicator codes)`},
		{"range upside down", "indicators.csv", indicators + "a,,,,,%,COUNT,5,1,,,,,,,,,\n",
			"indicators.csv:2:17: max: the maximum is below the minimum"},
		{"unit that is none", "indicators.csv", indicators + "a,,,,,kg,COUNT,,,,,,,,,,,\n", `indicators.csv:2:7: unit: unit "kg" does not exist`},
		{"day that is none", "sources.csv", "code,title,publisher,published_on,published_inferred,language,licence,note\na,b,,2020-02-30,,,,\n",
			`sources.csv:2:6: published_on: "2020-02-30" is not a date (write a date as 2020-02-18)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			replace := map[string]string{
				"breakdowns.csv": "indicator,dimension,complete\n",
				"checks.csv":     checks,
				"units.csv":      units + "%,百分比,percent,ratio,0.01\n",
				"indicators.csv": indicators + "grids,,,,,%,COUNT,,,,,,,,,,,\n",
			}
			for name, text := range none {
				replace[name] = text
			}
			replace[c.file] = c.text
			if c.file == "units.csv" {
				replace["indicators.csv"] = indicators
			}
			if got := lint(t, replace); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// One broken row of the catalogue does not make every figure that refers to it a problem too, but the figures' form is
// still looked at.
func TestNoProblemsFromProblems(t *testing.T) {
	got := lint(t, map[string]string{
		"dimensions.csv":   "code,name_zh,name_en,description\nhouseholds,a,b\n",
		"observations.csv": figuresOf(figure(nil), "370105,grids"),
	})
	want := "dimensions.csv:2:1: the row has 3 cells, the header 4 (a cell with a comma stands in quotes)\n" +
		"observations.csv:3:1: the row has 2 cells, the header 18 (a cell with a comma stands in quotes)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A package that contradicts the store's own rows says which of them.
func TestProblemsOfTheStoresRows(t *testing.T) {
	engine := &memory{}
	if _, err := load(t, engine, nil); err != nil {
		t.Fatal(err)
	}
	_, err := newLoader(engine).Load(t.Context(), Input{FS: files(map[string]string{
		PackageFile:      describe("indicators", "code,unit,kind"),
		"indicators.csv": "code,unit,kind\nenterprises,%,GROWTH\n",
	})})
	want := `the store's catalogue: denominator: indicators "resumption_rate": the parts of a ratio are of kind COUNT or AMOUNT, and enterprises is of kind GROWTH` +
		"\nrejected: 1 problem"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add(figuresOf(figure(nil)))
	f.Add(figuresOf(figure(map[string]string{"value": "近2000个", "note": `a "quoted", text`})))
	f.Add("\ufeffregion,indicator\r\n\"37\n01\",\xff\r\n")
	f.Add(observationsHeader + `"37`)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Lint(t.Context(), Input{FS: mini(t, map[string]string{"observations.csv": text})})
		var rejected *Rejected
		switch {
		case err == nil:
		case !errors.As(err, &rejected):
			t.Error(err)
		default:
			lines := strings.Count(text, "\n") + 1
			for _, p := range rejected.Problems {
				if p.File != "observations.csv" || p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
					t.Errorf("%+v of %d lines", p, lines)
				}
			}
		}
	})
}

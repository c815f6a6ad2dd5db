package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// good is a mapping that is right; the cases below add a line to it or replace one.
const good = "region: {column: r}\nperiod: 2020\nsource: s\nindicator: i\nvalues: [{column: v}]\n"

var refused = []struct {
	name, mapping string
	want          string // the first problem
	bySchema      bool   // the schema refuses it too; it knows neither YAML nor what depends on several keys
}{
	{"empty", "", "m.yaml:1:1: a mapping file is one YAML document with the keys region, period and values", false},
	{"not YAML", "a: [1", "m.yaml:1:4: this is no YAML: sequence end token ']' not found", false},
	{"a list", "- a", "m.yaml:1:1: keys with values are expected here (write key: value pairs)", true},
	{"a text", "hello", "m.yaml:1:1: keys with values are expected here (write key: value pairs)", true},
	{"two documents", good + "---\n" + good, "m.yaml:1:1: a mapping file is one YAML document with the keys region, period and values", false},
	{"anchor", good + "unit: &a x\n", "m.yaml:6:7: anchors, aliases, tags and merge keys are not read: write the text itself", false},
	{"tag", good + "unit: !!str x\n", "m.yaml:6:7: anchors, aliases, tags and merge keys are not read: write the text itself", false},
	{"key twice", good + "unit: a\nunit: b\n", `m.yaml:7:1: this is no YAML: mapping key "unit" already defined at [6:1]`, false},
	{"unknown key", good + "regoin: x\n", `m.yaml:6:1: there is no key "regoin" here (did you mean region?)`, true},
	{"unknown key deep", good + "file: {sheets: x}\n", `m.yaml:6:8: there is no key "sheets" here (did you mean sheet?)`, true},
	{"no values", "region: r\nperiod: 2020\nsource: s\n", "m.yaml:1:7: no column of values is named (write values: [{column: NAME, indicator: CODE}])", true},
	{"no region", "period: 2020\nsource: s\nindicator: i\nvalues: [{column: v}]\n", "m.yaml:4:11: it is not said what the region of the values is (write region: {code: {column: NAME}})", false},
	{"no period", "region: r\nsource: s\nindicator: i\nvalues: [{column: v}]\n", "m.yaml:4:11: it is not said what the period of the values is (write period: {column: NAME})", false},
	{"no source", "region: r\nperiod: 2020\nindicator: i\nvalues: [{column: v}]\n", "m.yaml:4:11: it is not said what the source of the values is (write source: CODE, and declare it if it is new)", false},
	{"no indicator", "region: r\nperiod: 2020\nsource: s\nvalues: [{column: v}]\n", "m.yaml:4:11: it is not said what the indicator of the values is (write indicator: CODE, or indicator: {column: NAME})", false},
	{"two places", good + "unit: {column: a, header: 1}\n", "m.yaml:6:27: there are two places to take the text from (say only one of column, header, group, join)", true},
	{"no place", good + "unit: {pad: 3}\n", "m.yaml:6:1: it is not said where the text is taken from (write column: NAME, header: ROW, group: NAME or join: [...], or the text itself)", true},
	{"unlisted without codes", good + "unit: {column: a, unlisted: skip}\n", "m.yaml:6:1: unlisted says what becomes of texts that codes does not list, and there are no codes (add codes)", true},
	{"unlisted", good + "unit: {column: a, codes: {a: b}, unlisted: ignore}\n", `m.yaml:6:44: "ignore" is not known here (there are reject, keep, skip)`, true},
	{"pad", good + "unit: {column: a, pad: five}\n", `m.yaml:6:24: "five" is not a whole number from 1 to 64`, true},
	{"group", good + "unit: {group: a}\n", `m.yaml:5:11: no pattern of columns has a group "a" (name it in matching: ^(?P<a>...)$)`, false},
	{"region both", "region: {code: a, name: b}\nvalues: [{column: v}]\n", "m.yaml:1:1: a region is found by its code or by its name (leave out name, within and level, or the code)", true},
	{"region neither", "region: {scheme: x}\nvalues: [{column: v}]\n", "m.yaml:1:1: the region has neither code nor name (write code: {column: NAME} or name: {column: NAME})", true},
	{"level", "region: {name: a, level: CITY}\nvalues: [{column: v}]\n", `m.yaml:1:26: "CITY" is no level (use one of COUNTRY, PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, COMMUNITY)`, true},
	{"period", "period: 2020-13\nvalues: [{column: v}]\n", `m.yaml:1:9: "2020-13" is not a period`, false},
	{"period ways", "period: {column: a, year: b}\nvalues: [{column: v}]\n", "m.yaml:1:1: a period is taken from one text, from its parts, or from its two ends", true},
	{"month alone", "period: {month: {column: m}}\nvalues: [{column: v}]\n", "m.yaml:1:1: the period has no year (add year)", true},
	{"half a span", "period: {from: 2020}\nvalues: [{column: v}]\n", "m.yaml:1:1: a span has both from and to", true},
	{"layout letters", "period: {column: a, layout: YYYYQQ}\nvalues: [{column: v}]\n", "m.yaml:1:29: the layout says the quarter twice (put letters that stand for themselves in single quotes)", false},
	{"layout unknown", "period: {column: a, layout: yyyy}\nvalues: [{column: v}]\n", `m.yaml:1:29: the layout has no letter "y"`, false},
	{"layout without year", "period: {column: a, layout: DD.MM}\nvalues: [{column: v}]\n", "m.yaml:1:29: the layout has no year", false},
	{"grain", "period: {column: a, grain: years}\nvalues: [{column: v}]\n", `m.yaml:1:28: "years" is no length of a period (use one of DAY, WEEK, MONTH, QUARTER, YEAR)`, true},
	{"factor", good + "factor: ten\n", `m.yaml:6:9: "ten" is no factor (write a number such as 10000 or 0.001)`, false},
	{"factor 0", good + "factor: 0\n", `m.yaml:6:9: "0" is no factor (write a number such as 10000 or 0.001)`, true},
	{"missing", good + "missing: {'-': GONE}\n", `m.yaml:6:16: "GONE" is no reason for a missing value (use one of NOT_APPLICABLE, NOT_COLLECTED, NOT_PUBLISHED, SUPPRESSED, UNKNOWN)`, true},
	{"numbers", good + "numbers: {decimal: ',', thousands: ','}\n", "m.yaml:6:1: one character cannot separate both thousands and decimals", true},
	{"numbers by default", good + "numbers: {thousands: '.'}\n", "m.yaml:6:1: one character cannot separate both thousands and decimals", true},
	{"thousands", good + "numbers: {thousands: '00'}\n", `m.yaml:6:22: "00" is not one character that can separate thousands`, true},
	{"flags", good + "flags: {column: x}\n", "m.yaml:6:1: it is not said what the flags mean (write codes: {p: {note: provisional}})", true},
	{"flag", good + "flags: {codes: {p: {status: MAYBE}}}\n", `m.yaml:6:29: "MAYBE" is no status (use one of ACTUAL, FORECAST, TARGET)`, true},
	{"delimiter", good + "file: {delimiter: ab}\n", `m.yaml:6:19: "ab" does not separate cells (write one character: ";" or "\t")`, true},
	{"format", good + "file: {format: xls}\n", `m.yaml:6:16: "xls" is not known here (did you mean xlsx?)`, true},
	{"header", good + "file: {header: 99}\n", `m.yaml:6:16: "99" is not a whole number from 0 to 16`, true},
	{"condition", good + "rows: {drop: [{column: a}]}\n", "m.yaml:6:16: a condition has one of equals, matches and empty", true},
	{"pattern", good + "rows: {end: {matches: '('}}\n", "m.yaml:6:23: this is no pattern: missing closing ): `(`", false},
	{"split", good + "split: [{column: a, into: [b]}]\n", `m.yaml:6:10: a column is split into at least two (write {column: NAME, by: ",", into: [NAME, NAME]})`, true},
	{"value ways", good[:len(good)-2] + ", {column: a, matching: b}]\n", "m.yaml:5:24: it is not said in one way which columns hold the values", true},
	{"except", good[:len(good)-2] + ", {column: a, except: b}]\n", "m.yaml:5:24: except goes with matching", true},
	{"declared column", good + "declare: {units: [{code: a, factor: 1, name_eng: x}]}\n", `m.yaml:6:40: there is no key "name_eng" here (did you mean name_en, name_zh?)`, true},
	{"declared required", good + "declare: {units: [{code: a}]}\n", "m.yaml:6:20: factor is missing", true},
	{"declared table", good + "declare: {observations: []}\n", `m.yaml:6:11: there is no key "observations" here (there are units, regions, dimensions, dimension_values, indicators, breakdowns, sources, checks)`, true},
	{"declared text", good + "declare: {units: [x]}\n", "m.yaml:6:19: keys with values are expected here (write key: value pairs)", true},
	{"deep", strings.Repeat("[", 2000), "m.yaml:1:1: this is nested too deep", false},
	{"deep in lines", strings.Repeat("- ", 2000), "m.yaml:1:1: this is nested too deep", false},
	{"long", strings.Repeat("#", MaxBytes+1), fmt.Sprintf("m.yaml:1:1: the mapping file has %d bytes, and may have %d", MaxBytes+1, MaxBytes), false},
}

func TestParse_Refused(t *testing.T) {
	t.Parallel()
	for _, c := range refused {
		_, err := Parse("m.yaml", []byte(c.mapping))
		var invalid *Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("%s: error %v", c.name, err)
			continue
		}
		if first, _, _ := strings.Cut(invalid.Error(), "\n"); first != c.want && !strings.HasPrefix(first, c.want+" (") {
			t.Errorf("%s:\n got %s\nwant %s", c.name, first, c.want)
		}
	}
}

func TestParse_Declared(t *testing.T) {
	t.Parallel()
	m, err := Parse("m.yaml", []byte(good+"declare:\n  indicators:\n    - {code: i, unit: '1', kind: COUNT, aliases: [a, b]}\n  units: {code: '1', factor: 1}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range m.Declared() {
		table := d.Table()
		cells, err := table.Next()
		if err != nil {
			t.Fatal(err)
		}
		for i, cell := range cells {
			if place := table.Place(i); cell != "" {
				got = append(got, fmt.Sprintf("%s.%s=%s@%d:%d", d.Name, table.Columns()[i], cell, place.Line, place.Column))
			}
		}
	}
	want := "units.code=1@9:17 units.factor=1@9:30 indicators.code=i@8:14 indicators.unit=1@8:23 indicators.kind=COUNT@8:34 indicators.aliases=a|b@8:41"
	if strings.Join(got, " ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, " "), want)
	}
}

// schema compiles the schema that editors use.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("../../docs/mapping.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("mapping.schema.json", decoded); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("mapping.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// validate judges YAML by the schema.
func validate(t testing.TB, s *jsonschema.Schema, text string) error {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return s.Validate(decoded)
}

func TestSchema(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for _, c := range refused {
		if c.bySchema && validate(t, s, c.mapping) == nil {
			t.Errorf("%s: the schema accepts what is refused", c.name)
		}
	}
	if err := validate(t, s, good); err != nil {
		t.Error(err)
	}
	for _, c := range applied {
		if err := validate(t, s, c.mapping+"\n"+head); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, c := range suggested {
		text, err := Suggest(tableOf(t, c.table), "f.csv", places)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, string(text)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The schema's declared tables have the columns of ours.
func TestSchema_DeclaredColumns(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for table, columns := range Tables {
		row := s.Properties["declare"].Properties[table].OneOf[0].Ref
		if len(row.Properties) != len(columns) {
			t.Errorf("%s has %d columns, the schema %d", table, len(columns), len(row.Properties))
		}
		for _, column := range columns {
			if row.Properties[strings.TrimSuffix(column, "!")] == nil {
				t.Errorf("the schema does not have %s.%s", table, column)
			}
		}
	}
}

package document

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/countyql/countyql/indicator"
)

// Scalars take values of the kinds that the specification names, in lists and objects too: a number is no text.
func TestCheckVariables_Kinds(t *testing.T) {
	t.Parallel()
	c := newTestChecker(t, Options{})
	for _, test := range []struct {
		kind, accepted, refused, path string
	}{
		{"String", `"1" "" null`, `1 1.5 true`, "v"},
		{"ID", `"a" 7`, `1.5 true 1e3`, "v"},
		{"Int", `7 -7 null -2147483648 2147483647`, `"7" true 1.5 1e9999999 2147483648`, "v"},
		{"Float", `7 1.5 1e3`, `"7" true 1e999`, "v"},
		{"Date", `"2020-02-29" null`, `"2020-02-30" "" 20200229 [] {} true`, "v"},
		{"Period", `"2020" "2020-Q1" "2020-01-25/2020-03-02"`, `"2020-13" "2020/2019" "" 2020`, "v"},
		{"Duration", `"P30D" "P1Y2M"`, `"30" "P" 30`, "v"},
		{"[Period!]", `["2020"] "2020"`, `["2020-13"] [["2020"]]`, "v.0"},
		{"AggregateInput", `{"indicators":[],"when":{"period":"2020-02"}}`, `{"indicators":[],"when":{"period":"soon"}}`, "v.when.period"},
		{"RegionLevel", `"COUNTY"`, `7 true "CITY" "county"`, "v"},
		{"[RegionLevel!]", `["COUNTY"] "COUNTY"`, `[null]`, "v.0"},
		{"AggregateInput", `{"indicators":["a"]} {"indicators":"a","first":null}`, `{} {"indicators":null}`, "v.indicators"},
		{"AggregateInput!", ``, `null`, "v"},
		{"AggregateInput", ``, `{"indicator":["a"]} {"indicator":null,"indicators":["a"]}`, "v.indicator"},
		{"AggregateInput", ``, `{"indicators":["a"],"regions":{"where":{"code":"a"}}}`, "v.regions.where.code"},
		{"[String!]", `["a"] [] "a" null`, `[1] [true]`, "v.0"},
		{"[String!]", ``, `7`, "v"},
		{"RegionSelector", `{"codes":["a"]} {} {"codes":null} {"where":{"scheme":"a"}}`, `{"codes":["a",1]}`, "v.codes.1"},
		{"SeriesInput", `{"indicators":[],"regions":{},"first":2} {"indicators":[],"regions":{},"per":{"indicator":"a","scale":1}}`,
			`{"indicators":[],"regions":{},"per":{"indicator":"a","scale":"1"}}`, "v.per.scale"},
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: "query($v: " + test.kind + ") { __typename }"})
		if err != nil {
			t.Fatal(err)
		}
		for values, wanted := range map[string]bool{test.accepted: true, test.refused: false} {
			for value := range strings.FieldsSeq(values) {
				decoder := json.NewDecoder(strings.NewReader(`{"v":` + value + `}`))
				decoder.UseNumber()
				var variables map[string]any
				if err := decoder.Decode(&variables); err != nil {
					t.Fatal(err)
				}
				err := c.CheckVariables(document.Operations[0], variables)
				if (err == nil) != wanted {
					t.Errorf("%s %s: %v", test.kind, value, err)
				}
				var located *indicator.Error
				if err != nil && (!errors.As(err, &located) || strings.Join(located.Path, ".") != test.path || located.Code != indicator.InvalidInput) {
					t.Errorf("%s %s: %v", test.kind, value, err)
				}
			}
		}
	}
}

// What a request has no field or value for is named, with what there is; where the schema is nobody's business, without.
func TestCheckVariables_UnknownNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		options             Options
		kind, value         string
		message, suggestion string
	}{
		{Options{}, "AggregateInput", `{"indicator":["a"]}`, `AggregateInput has no field "indicator"`, "indicators"},
		{Options{NoSuggestions: true}, "AggregateInput", `{"indicator":["a"]}`, `AggregateInput has no field "indicator"`, ""},
		{Options{}, "ObservationStatus", `"FORCAST"`, `ObservationStatus has no value "FORCAST"`, "the values are ACTUAL, FORECAST, TARGET"},
		{Options{NoSuggestions: true}, "ObservationStatus", `"FORCAST"`, `ObservationStatus has no value "FORCAST"`, ""},
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: "query($v: " + test.kind + ") { __typename }"})
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal([]byte(test.value), &value); err != nil {
			t.Fatal(err)
		}
		err = newTestChecker(t, test.options).CheckVariables(document.Operations[0], map[string]any{"v": value})
		var typed *indicator.Error
		if !errors.As(err, &typed) || typed.Message != test.message || strings.Join(typed.Suggestions, " ")+typed.Hint != test.suggestion {
			t.Errorf("%s %s: %v", test.kind, test.value, err)
		}
	}
}

// A variable that has to be there and is not is named, with an example of its type.
func TestCheckVariables_Undefined(t *testing.T) {
	t.Parallel()
	c := newTestChecker(t, Options{})
	for kind, hint := range map[string]string{
		"ObservationWhere!": `{}`, "AggregateInput!": `{"indicators":["code"]}`, "[RegionLevel!]!": `["COUNTRY"]`, "Int!": `1`, "Date!": `"2020-02-18"`,
		"ForecastInput!": `{"indicators":["code"]}`, "Int": "", "Int! = 1": "",
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: "query($v: " + kind + ") { __typename }"})
		if err != nil {
			t.Fatal(err)
		}
		err = c.CheckVariables(document.Operations[0], nil)
		var typed *indicator.Error
		if hint == "" {
			if err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		} else if !errors.As(err, &typed) || typed.Message != "v must be defined" || !strings.HasSuffix(typed.Hint, "such as "+hint) || strings.Join(typed.Path, ".") != "v" {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

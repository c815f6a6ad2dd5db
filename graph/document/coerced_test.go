package document

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"pgregory.net/rapid"
)

// drawValue draws a value as a decoder that keeps numbers makes it: mostly one of the type, or else nearly one.
func drawValue(t *rapid.T, schema *ast.Schema, kind *ast.Type, depth int) any {
	const usually = 12 // of so many values one is of any other kind
	if rapid.IntRange(0, usually).Draw(t, "other") == 0 {
		return rapid.SampledFrom([]any{
			nil, true, "", "COUNTY", "2020-02", json.Number("1"), json.Number("1.5"), json.Number("3000000000"), json.Number("1e999"),
			[]any{}, []any{"a"}, []any{nil}, map[string]any{}, map[string]any{"surplus": "a"},
		}).Draw(t, "any")
	}
	if kind.Elem != nil {
		items := make([]any, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range items {
			items[i] = drawValue(t, schema, kind.Elem, depth)
		}
		return items
	}
	definition := schema.Types[kind.NamedType]
	switch {
	case definition.Kind == ast.Enum:
		return rapid.SampledFrom(definition.EnumValues).Draw(t, "value").Name
	case definition.Kind == ast.InputObject:
		fields := map[string]any{}
		for _, f := range definition.Fields {
			if depth < 3 && (f.Type.NonNull || rapid.IntRange(0, 3).Draw(t, f.Name) == 0) {
				fields[f.Name] = drawValue(t, schema, f.Type, depth+1)
			}
		}
		return fields
	}
	values := map[string][]any{
		"String": {"a", "1"}, "ID": {"a", json.Number("7")}, "Boolean": {true, false}, "Int": {json.Number("7"), json.Number("-1")},
		"Float": {json.Number("7"), json.Number("1.5e3")}, "Date": {"2020-02-29"}, "Period": {"2020", "2020-Q1"}, "Duration": {"P30D"},
	}[definition.Name]
	if values == nil {
		return "a"
	}
	return rapid.SampledFrom(values).Draw(t, definition.Name)
}

// What is taken as it stands is what the careful way takes, and makes the same of.
func TestCoerced_AgreesWithTheCarefulWay(t *testing.T) {
	t.Parallel()
	c := newTestChecker(t, Options{Limits: Limits{ListItems: 5}})
	kinds := []string{"AggregateInput!", "SeriesInput!", "CompareInput", "ObservationWhere", "[RegionLevel!]!", "[String]", "Int", "Int!", "Float", "Period", "ID!", "Boolean"}
	plain, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := "query($v: " + rapid.SampledFrom(kinds).Draw(t, "kind") + ", $w: Int" + rapid.SampledFrom([]string{"", "!", " = 3"}).Draw(t, "default") + ") { __typename }"
		document, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		operation := document.Operations[0]
		for _, v := range operation.VariableDefinitions {
			v.Definition = c.schema.Types[v.Type.Name()]
		}
		variables := map[string]any{}
		for _, v := range operation.VariableDefinitions {
			if rapid.IntRange(0, 9).Draw(t, "given") > 0 {
				variables[v.Variable] = drawValue(t, c.schema, v.Type, 0)
			}
		}
		if rapid.IntRange(0, 9).Draw(t, "surplus") == 0 {
			variables["x"] = []any{"a", "b", "c"}
		}
		got, ok := c.Coerced(operation, variables)
		if !ok {
			refused++
			return
		}
		plain++
		if err := c.CheckVariables(operation, variables); err != nil {
			t.Fatalf("%s %v: %v", text, variables, err)
		}
		want, err := validator.VariableValues(c.schema, operation, variables)
		if err != nil {
			t.Fatalf("%s %v: %v", text, variables, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
	if plain == 0 || refused == 0 {
		t.Errorf("%d were taken as they stand and %d were not", plain, refused)
	}
}

// What dashboards send is taken as it stands.
func TestCoerced_Usual(t *testing.T) {
	t.Parallel()
	c := newTestChecker(t, Options{})
	for kind, value := range map[string]string{
		"AggregateInput!":  `{"indicators":["a","b"],"regions":{"codes":["110101"]},"first":7,"groupBy":[{"region":"PROVINCE"}],"when":{"period":"2020-02"}}`,
		"CompareInput!":    `{"indicators":["a"],"display":{"within":["36"]},"orderBy":[{"by":"VALUE","direction":"DESC"}],"baseline":{"value":1.5}}`,
		"ObservationWhere": `{"indicators":["a"],"status":null}`,
		"Int":              `7`,
		"[Period!]":        `["2020-02","2020-03"]`,
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: "query($v: " + kind + ") { __typename }"})
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(strings.NewReader(`{"v":` + value + `}`))
		decoder.UseNumber()
		var variables map[string]any
		if err := decoder.Decode(&variables); err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Coerced(document.Operations[0], variables); !ok {
			t.Errorf("%s %s goes the careful way", kind, value)
		}
	}
}

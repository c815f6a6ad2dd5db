package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// hostileTexts are given to arguments that take a text.
var hostileTexts = []string{
	`'`, `"`, `' OR 1=1 --`, `'; DROP TABLE snapshot.report; --`, `%`, `_`, `\`, `"; COPY report TO '/etc/passwd' --`, "\x00", "\u202e", "",
	`..\..\..`, `${jndi:x}`, `{{7*7}}`, "region\x1f370105", "0000-00-00", "9999999999-01-01", "P99999999999Y", "\u00c4\u0308\U0010ffff", strings.Repeat("区", 5_000),
}

// introspected is what introspection tells of the schema.
type introspected struct {
	Schema struct {
		QueryType struct{ Name string }
		Types     []introspectedType
	} `json:"__schema"`
}

type introspectedType struct {
	Kind, Name    string
	Fields        []introspectedField
	InputFields   []introspectedInput
	PossibleTypes []struct{ Name string }
	EnumValues    []struct{ Name string }
}

type introspectedField struct {
	Name string
	Args []introspectedInput
	Type introspectedRef
}

type introspectedInput struct {
	Name         string
	Type         introspectedRef
	DefaultValue *string
}

type introspectedRef struct {
	Kind, Name string
	OfType     *introspectedRef
}

// named is the type inside of lists.
func (r *introspectedRef) named() *introspectedRef {
	for r.OfType != nil {
		r = r.OfType
	}
	return r
}

// samples are values that find something, for the required texts that are needed to get to other fields: by the name of the
// argument, or by field and argument where that means something else.
var samples = map[string]string{
	"region.code": "370105", "indicator.code": "grids", "source.code": "jinan_daily_2020_03_30", "region": "370105", "indicator": "grids", "indicators": "grids",
	"x": "grids", "y": "checkpoints", "text": "Luzhou", "dimension": "households", "value": "lt_100", "by": "resident_population", "event": "2020-02-18",
	"per.indicator": "resident_population", "base": "2020",
}

// texting builds documents from what introspection tells.
type texting struct {
	types map[string]*introspectedType
	// reached is, by object type, the fields that lead to it from the query: `region(code: "370105")`, `parent`.
	reached map[string][]string
}

func introspect(t *testing.T) *texting {
	t.Helper()
	const ref = `{ kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }`
	const inputs = `{ name defaultValue type ` + ref + ` }`
	schema := ask[introspected](t, `{ __schema { queryType { name } types {
		kind name fields(includeDeprecated: true) { name args(includeDeprecated: true) `+inputs+` type `+ref+` }
		inputFields(includeDeprecated: true) `+inputs+` possibleTypes { name } enumValues(includeDeprecated: true) { name }
	} } }`)
	x := &texting{types: make(map[string]*introspectedType), reached: make(map[string][]string)}
	for i := range schema.Schema.Types {
		x.types[schema.Schema.Types[i].Name] = &schema.Schema.Types[i]
	}
	x.reach(schema.Schema.QueryType.Name)
	return x
}

// reach finds the shortest way to each type. Further pages and empty lists lead nowhere, which the test notices.
func (x *texting) reach(query string) {
	x.reached[query] = []string{}
	for next := []string{query}; len(next) > 0; next = next[1:] {
		for _, f := range x.types[next[0]].Fields {
			target := f.Type.named().Name
			way := append(slices.Clip(x.reached[next[0]]), f.Name+x.arguments(&f, nil))
			if _, known := x.reached[target]; !known && x.types[target].Kind == "OBJECT" {
				x.reached[target] = way
				next = append(next, target)
			}
		}
	}
}

// arguments writes the arguments that a field needs, and the one given.
func (x *texting) arguments(f *introspectedField, given *introspectedPlace) string {
	var list []string
	for i := range f.Args {
		switch a := &f.Args[i]; {
		case given != nil && given.input == a:
			list = append(list, a.Name+": "+given.literal)
		case a.required():
			list = append(list, a.Name+": "+x.minimal(&a.Type, f.Name, a.Name))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "(" + strings.Join(list, ", ") + ")"
}

func (i *introspectedInput) required() bool {
	return i.Type.Kind == "NON_NULL" && i.DefaultValue == nil
}

// minimal is a value that is accepted.
func (x *texting) minimal(ref *introspectedRef, within, name string) string {
	switch ref.Kind {
	case "NON_NULL":
		return x.minimal(ref.OfType, within, name)
	case "LIST":
		return "[" + x.minimal(ref.OfType, within, name) + "]"
	case "ENUM":
		return x.types[ref.Name].EnumValues[0].Name
	case "INPUT_OBJECT":
		if ref.Name == "RegionSelector" {
			return `{codes: ["370105", "370124"]}` // all counties take long
		}
		return "{" + strings.Join(x.needed(ref.Name, name, ""), ", ") + "}"
	}
	switch ref.Name {
	case "Int", "Float":
		return "1"
	case "Boolean":
		return "true"
	}
	if sample, found := samples[within+"."+name]; found {
		return `"` + sample + `"`
	}
	return `"` + samples[name] + `"`
}

// needed writes the fields that an input object needs, without the one that is given.
func (x *texting) needed(input, name, given string) []string {
	var list []string
	for i := range x.types[input].InputFields {
		if f := &x.types[input].InputFields[i]; f.required() && f.Name != given {
			list = append(list, f.Name+": "+x.minimal(&f.Type, name, f.Name))
		}
	}
	return list
}

// introspectedPlace is a text in an argument: the argument's value with TEXT in that place, and the type there.
type introspectedPlace struct {
	input         *introspectedInput
	literal, kind string
}

// places lists the texts in a value. Inside are the input types around it.
func (x *texting) places(ref *introspectedRef, name string, inside []string) []introspectedPlace {
	var list []introspectedPlace
	switch ref.Kind {
	case "NON_NULL":
		return x.places(ref.OfType, name, inside)
	case "LIST":
		for _, p := range x.places(ref.OfType, name, inside) {
			list = append(list, introspectedPlace{literal: "[" + p.literal + "]", kind: p.kind})
		}
	case "INPUT_OBJECT":
		if slices.Contains(inside, ref.Name) {
			return nil
		}
		for _, f := range x.types[ref.Name].InputFields {
			for _, p := range x.places(&f.Type, f.Name, append(slices.Clip(inside), ref.Name)) {
				fields := append(x.needed(ref.Name, name, f.Name), f.Name+": "+p.literal)
				list = append(list, introspectedPlace{literal: "{" + strings.Join(fields, ", ") + "}", kind: p.kind})
			}
		}
	case "SCALAR":
		if !slices.Contains([]string{"Int", "Float", "Boolean"}, ref.Name) {
			list = append(list, introspectedPlace{literal: "TEXT", kind: ref.Name})
		}
	}
	return list
}

// document asks for a field of a type, once for each of so many texts.
func (x *texting) document(of string, f *introspectedField, place *introspectedPlace, text func(i int) string, n int) string {
	var fields []string
	for i := range n {
		way := x.reached[of]
		field := f.Name + strings.ReplaceAll(x.arguments(f, place), "TEXT", text(i))
		if kind := x.types[f.Type.named().Name].Kind; kind != "SCALAR" && kind != "ENUM" {
			field += " { __typename }"
		}
		name := "found: "
		for _, step := range slices.Backward(way) {
			field, name = step+" { "+name+field+" }", ""
		}
		fields = append(fields, fmt.Sprintf("t%d: %s", i, field))
	}
	return strings.Join(fields, "\n")
}

// Every text of every argument of every field is a text: in each of them characters with a meaning elsewhere find nothing or are
// refused as the client's mistake. The arguments are found by introspection, so that no new one is forgotten.
func TestAbuse_TextsInEveryArgument(t *testing.T) {
	t.Parallel()
	x := introspect(t)
	covered := 0
	for of := range x.reached {
		for i := range x.types[of].Fields {
			f := &x.types[of].Fields[i]
			var places []introspectedPlace
			for j := range f.Args {
				for _, p := range x.places(&f.Args[j].Type, f.Args[j].Name, nil) {
					p.input = &f.Args[j]
					places = append(places, p)
				}
			}
			if len(places) == 0 || strings.HasPrefix(of, "__") {
				continue
			}
			covered += len(places)
			t.Run(of+"."+f.Name, func(t *testing.T) {
				t.Parallel()
				x.tryTexts(t, of, f, places)
			})
		}
	}
	if covered < 100 {
		t.Errorf("%d texts in arguments found", covered)
	}
}

func (x *texting) tryTexts(t *testing.T, of string, f *introspectedField, places []introspectedPlace) {
	t.Helper()
	way := "{ " + x.document(of, f, nil, func(int) string { return "" }, 1) + " }"
	status, answer := send(t, way, "")
	harmless(t, status, answer)
	if of != "Query" && !strings.Contains(string(answer), `"found":`) {
		t.Errorf("the way to the field leads nowhere, so that nothing is tested: %s\n%.300s", way, answer)
	}
	for i := range places {
		p := &places[i]
		const some = 4 // of the texts, other ones at the next place
		texts := func(j int) string { return hostileTexts[(2*i*some+j)%len(hostileTexts)] }
		variables, declared := make(map[string]string), ""
		for j := range some {
			variables[fmt.Sprintf("t%d", j)] = texts(j)
			declared += fmt.Sprintf("$t%d: %s! ", j, p.kind)
		}
		byVariable := "query(" + declared + ") { " + x.document(of, f, p, func(j int) string { return fmt.Sprintf("$t%d", j) }, some) + " }"
		status, answer := send(t, byVariable, string(encode(t, variables)))
		mistakes(t, p, status, answer)
		inDocument := "{ " + x.document(of, f, p, func(j int) string { return string(encode(t, texts(some+j))) }, some) + " }"
		status, answer = send(t, inDocument, "")
		mistakes(t, p, status, answer)
	}
}

// mistakes asks that what is wrong is the client's mistake.
func mistakes(t *testing.T, p *introspectedPlace, status int, answer []byte) {
	t.Helper()
	harmless(t, status, answer)
	var decoded struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(answer, &decoded); err != nil {
		t.Fatal(err)
	}
	for _, e := range decoded.Errors {
		if c := e.Extensions.Code; c != "INVALID_INPUT" && !strings.HasPrefix(c, "UNKNOWN_") || strings.Contains(e.Message, "Cannot query field") {
			t.Errorf("%s: %q %.200s", p.literal, c, e.Message)
		}
	}
	if status != http.StatusOK {
		t.Errorf("%s: status %d", p.literal, status)
	}
}

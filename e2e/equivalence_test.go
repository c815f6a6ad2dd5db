package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/countyql/countyql/schema"
)

// TestEquivalence asks each question in other words of GraphQL: with variables for arguments and for everything inside them,
// fragments, aliases, directives. The answer must not depend on the wording. The wordings are derived from the literal document,
// so that they say the same.
func TestEquivalence(t *testing.T) {
	t.Parallel()
	definition := gqlparser.MustLoadSchema(&ast.Source{Input: schema.SDL()})
	snapshot := ask[struct {
		Snapshot struct{ ID string }
		Region   struct{ ID string }
	}](t, `{ snapshot { id } region(code: "370105") { id } }`)
	ids := strings.NewReplacer("SNAPSHOT", snapshot.Snapshot.ID, "REGION", snapshot.Region.ID)
	for name, literal := range equivalenceDocuments {
		literal = ids.Replace(literal)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := answerOf(t, literal, nil)
			for _, wording := range []struct {
				name    string
				rewrite func(*rewording)
				renamed func(any) any // what the wording does to the answer
			}{
				{"variables for arguments", (*rewording).variableArguments, nil},
				{"variables inside arguments", (*rewording).variableLeaves, nil},
				{"nulls", func(r *rewording) { r.nulls(definition) }, nil},
				{"fragments", (*rewording).fragments, nil},
				{"aliases", (*rewording).aliases, aliased},
				{"directives", (*rewording).directives, nil},
				{"all", (*rewording).all, aliased},
			} {
				document, errs := gqlparser.LoadQueryWithRules(definition, literal, nil)
				if errs != nil {
					t.Fatalf("%v in %s", errs, literal)
				}
				r := &rewording{document: document, variables: map[string]any{}}
				wording.rewrite(r)
				wanted := want
				if wording.renamed != nil {
					wanted = wording.renamed(want)
				}
				text := r.text()
				got := answerOf(t, text, r.variables)
				if diff := diffJSON(t, encode(t, wanted), encode(t, got)); diff != "" {
					t.Errorf("%s: -literal +reworded:\n%s\n%s", wording.name, diff, text)
				}
			}
		})
	}
}

// Every root field has a question, and every field of every input is part of one.
func TestEquivalence_CoversTheSchema(t *testing.T) {
	t.Parallel()
	definition := gqlparser.MustLoadSchema(&ast.Source{Input: schema.SDL()})
	asked := make(map[string]bool)
	for name, literal := range equivalenceDocuments {
		document, errs := gqlparser.LoadQueryWithRules(definition, literal, nil)
		if errs != nil {
			t.Fatalf("%s: %v", name, errs)
		}
		r := &rewording{document: document}
		r.eachField(func(f *ast.Field) {
			asked[f.ObjectDefinition.Name+"."+f.Name] = true
			for _, a := range f.Arguments {
				eachInput(a.Value, func(v *ast.Value, field string) { asked[v.Definition.Name+"."+field] = true })
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(definition.Types)) {
		d := definition.Types[name]
		if d.Kind != ast.InputObject && d != definition.Query {
			continue
		}
		for _, f := range d.Fields {
			if !strings.HasPrefix(f.Name, "__") && !asked[name+"."+f.Name] {
				t.Errorf("no question has %s.%s", name, f.Name)
			}
		}
	}
}

// eachInput visits the fields of the input objects in a value.
func eachInput(v *ast.Value, visit func(object *ast.Value, field string)) {
	for _, child := range v.Children {
		if v.Kind == ast.ObjectValue {
			visit(v, child.Name)
		}
		eachInput(child.Value, visit)
	}
}

// answerOf returns the data of an answer without errors.
func answerOf(t *testing.T, document string, variables map[string]any) any {
	t.Helper()
	var encoded []byte
	if variables != nil {
		encoded = encode(t, variables)
	}
	body := post(t, []byte(document), encoded)
	var answer struct {
		Data   any
		Errors []any
	}
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Errors) > 0 || answer.Data == nil {
		t.Fatalf("%v: %s\n%s", err, body, document)
	}
	return answer.Data
}

func encode(t *testing.T, value any) []byte {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// rewording is a validated document, of one operation and without fragments, that is being put in other words.
type rewording struct {
	document  *ast.QueryDocument
	variables map[string]any
}

func (r *rewording) operation() *ast.OperationDefinition { return r.document.Operations[0] }

func (r *rewording) text() string {
	var b strings.Builder
	formatter.NewFormatter(&b).FormatQueryDocument(r.document)
	return b.String()
}

// eachField visits the operation's fields, the inner ones first.
func (r *rewording) eachField(visit func(*ast.Field)) {
	var walk func(ast.SelectionSet)
	walk = func(selections ast.SelectionSet) {
		for _, s := range selections {
			switch s := s.(type) {
			case *ast.Field:
				walk(s.SelectionSet)
				visit(s)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			}
		}
	}
	walk(r.operation().SelectionSet)
}

// variable moves a value to a variable. Its type is not null, as fields of @oneOf inputs want it.
func (r *rewording) variable(value *ast.Value, expected *ast.Type) *ast.Value {
	name := fmt.Sprintf("v%d", len(r.operation().VariableDefinitions))
	decoded, err := value.Value(nil)
	if err != nil {
		panic(err) // the document is valid and has no variables
	}
	required := *expected
	required.NonNull = true
	r.operation().VariableDefinitions = append(r.operation().VariableDefinitions, &ast.VariableDefinition{Variable: name, Type: &required})
	r.variables[name] = decoded
	return &ast.Value{Raw: name, Kind: ast.Variable}
}

func (r *rewording) variableArguments() {
	r.eachField(func(f *ast.Field) {
		for _, a := range f.Arguments {
			a.Value = r.variable(a.Value, a.Value.ExpectedType)
		}
	})
}

func (r *rewording) variableLeaves() {
	var leaves func(v *ast.Value) *ast.Value
	leaves = func(v *ast.Value) *ast.Value {
		if v.Kind != ast.ObjectValue && v.Kind != ast.ListValue {
			return r.variable(v, v.ExpectedType)
		}
		for _, child := range v.Children {
			child.Value = leaves(child.Value)
		}
		return v
	}
	r.eachField(func(f *ast.Field) {
		for _, a := range f.Arguments {
			a.Value = leaves(a.Value)
		}
	})
}

// nulls says null where an argument or a field of an input is left out that has no default.
func (r *rewording) nulls(definition *ast.Schema) {
	null := func() *ast.Value { return &ast.Value{Raw: "null", Kind: ast.NullValue} }
	var complete func(v *ast.Value)
	complete = func(v *ast.Value) {
		for _, child := range v.Children {
			complete(child.Value)
		}
		if v.Kind != ast.ObjectValue || v.Definition.Directives.ForName("oneOf") != nil {
			return
		}
		for _, f := range definition.Types[v.Definition.Name].Fields {
			if v.Children.ForName(f.Name) == nil && f.DefaultValue == nil {
				v.Children = append(v.Children, &ast.ChildValue{Name: f.Name, Value: null()})
			}
		}
	}
	r.eachField(func(f *ast.Field) {
		for _, a := range f.Arguments {
			complete(a.Value)
		}
		for _, a := range f.Definition.Arguments {
			if f.Arguments.ForName(a.Name) == nil && a.DefaultValue == nil {
				f.Arguments = append(f.Arguments, &ast.Argument{Name: a.Name, Value: null()})
			}
		}
	})
}

// fragments puts what is selected of each object into a named fragment, and that into one without a name.
func (r *rewording) fragments() {
	r.eachField(func(f *ast.Field) {
		if len(f.SelectionSet) == 0 {
			return
		}
		on := f.Definition.Type.Name()
		fragment := &ast.FragmentDefinition{Name: fmt.Sprintf("f%d", len(r.document.Fragments)), TypeCondition: on, SelectionSet: f.SelectionSet}
		r.document.Fragments = append(r.document.Fragments, fragment)
		f.SelectionSet = ast.SelectionSet{&ast.InlineFragment{TypeCondition: on, SelectionSet: ast.SelectionSet{&ast.FragmentSpread{Name: fragment.Name}}}}
	})
}

const alias = "also_"

func (r *rewording) aliases() {
	r.eachField(func(f *ast.Field) { f.Alias = alias + f.Alias })
}

// aliased is an answer with the keys that aliases gives it.
func aliased(value any) any {
	switch value := value.(type) {
	case map[string]any:
		renamed := make(map[string]any, len(value))
		for key, v := range value {
			renamed[alias+key] = aliased(v)
		}
		return renamed
	case []any:
		renamed := make([]any, len(value))
		for i, v := range value {
			renamed[i] = aliased(v)
		}
		return renamed
	}
	return value
}

// directives includes each field, skips it not, and has a copy of it that is skipped and one that is not included.
func (r *rewording) directives() {
	operation := r.operation()
	for _, name := range []string{"yes", "no"} {
		operation.VariableDefinitions = append(operation.VariableDefinitions, &ast.VariableDefinition{Variable: name, Type: ast.NonNullNamedType("Boolean", nil)})
		r.variables[name] = name == "yes"
	}
	when := func(directive, variable string) *ast.Directive {
		return &ast.Directive{Name: directive, Arguments: ast.ArgumentList{{Name: "if", Value: &ast.Value{Raw: variable, Kind: ast.Variable}}}}
	}
	without := func(f *ast.Field, name string, directive *ast.Directive) *ast.Field {
		absent := *f
		absent.Alias, absent.Directives = name+f.Alias, ast.DirectiveList{directive}
		if len(f.SelectionSet) > 0 {
			absent.SelectionSet = ast.SelectionSet{&ast.Field{Alias: "__typename", Name: "__typename"}}
		}
		return &absent
	}
	var walk func(ast.SelectionSet) ast.SelectionSet
	walk = func(selections ast.SelectionSet) ast.SelectionSet {
		list := make(ast.SelectionSet, 0, 3*len(selections))
		for _, s := range selections {
			switch s := s.(type) {
			case *ast.Field:
				s.SelectionSet = walk(s.SelectionSet)
				s.Directives = ast.DirectiveList{when("include", "yes"), when("skip", "no")}
				list = append(list, without(s, "skipped_", when("skip", "yes")), s, without(s, "excluded_", when("include", "no")))
			case *ast.InlineFragment:
				s.SelectionSet = walk(s.SelectionSet)
				s.Directives = ast.DirectiveList{when("include", "yes"), when("skip", "no")}
				list = append(list, s)
			}
		}
		return list
	}
	operation.SelectionSet = walk(operation.SelectionSet)
}

func (r *rewording) all() {
	r.variableLeaves()
	r.aliases()
	r.directives()
	r.fragments()
}

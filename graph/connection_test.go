package graph

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// What is selected is found as gqlgen collects it: under aliases, in fragments, and without what is skipped.
func TestSelects(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{ series { warnings { code } } }`:                                                       "warnings warnings.code",
		`{ series { other: warnings { code } } }`:                                                "warnings warnings.code",
		`{ series { ...f } } fragment f on SeriesResult { warnings { code } }`:                   "warnings warnings.code",
		`{ series { ... on SeriesResult { warnings { message } } } }`:                            "warnings",
		`{ series { ... @include(if: $yes) { warnings { code } } } }`:                            "warnings warnings.code",
		`{ series { warnings @include(if: $no) { code } } }`:                                     "",
		`{ series { warnings @skip(if: $yes) { code } } }`:                                       "",
		`{ series { warnings @skip(if: false) { code @skip(if: true) message } } }`:              "warnings",
		`{ series { ...f @include(if: $no) } } fragment f on SeriesResult { warnings { code } }`: "",
		`{ series { warnings @skip(if: $yes) { code } warnings { message } } }`:                  "warnings",
		`{ series { totalCount } }`:                                                              "",
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		op := &graphql.OperationContext{Doc: document, Variables: map[string]any{"yes": true, "no": false}}
		root := graphql.CollectFields(op, document.Operations[0].SelectionSet, nil)[0]
		var found []string
		for _, path := range []string{"warnings", "warnings.code"} {
			if selectsIn(root.Selections, op, strings.Split(path, ".")) {
				found = append(found, path)
			}
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%s selects %q, want %q", text, got, want)
		}
	}
}

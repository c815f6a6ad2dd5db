package kept

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// changing are the root fields whose answers are not of the snapshot alone: they depend on the client, or on what else is kept.
var changing = map[string]bool{"budget": true, "snapshots": true, "changes": true}

// Normal is an operation of a valid document in a form that white space, comments, the order of arguments and of fields of inputs,
// unused fragments and other operations do not change. It is empty for operations whose answer cannot be given again.
func Normal(text, operation string) string {
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return ""
	}
	op := document.Operations.ForName(operation)
	if op == nil || op.Operation != ast.Query {
		return ""
	}
	n := normaliser{document: document, used: make(map[string]bool)}
	n.root(op.SelectionSet)
	n.selections(op.SelectionSet)
	n.directives(op.Directives)
	if n.changing {
		return ""
	}
	slices.SortFunc(op.VariableDefinitions, func(a, b *ast.VariableDefinition) int { return cmp.Compare(a.Variable, b.Variable) })
	used := &ast.QueryDocument{Operations: ast.OperationList{op}}
	for _, fragment := range document.Fragments {
		if n.used[fragment.Name] {
			used.Fragments = append(used.Fragments, fragment)
		}
	}
	slices.SortFunc(used.Fragments, func(a, b *ast.FragmentDefinition) int { return cmp.Compare(a.Name, b.Name) })
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithCompacted()).FormatQueryDocument(used)
	return b.String()
}

// normaliser sorts what may stand in any order, in a document of its own.
type normaliser struct {
	document *ast.QueryDocument
	used     map[string]bool // fragments
	rooted   map[string]bool // fragments looked into for root fields
	changing bool
}

// root looks for root fields whose answers change.
func (n *normaliser) root(selections ast.SelectionSet) {
	for _, s := range selections {
		switch s := s.(type) {
		case *ast.Field:
			n.changing = n.changing || changing[s.Name]
		case *ast.InlineFragment:
			n.root(s.SelectionSet)
		case *ast.FragmentSpread:
			if n.rooted == nil {
				n.rooted = make(map[string]bool)
			}
			if fragment := n.document.Fragments.ForName(s.Name); fragment != nil && !n.rooted[s.Name] {
				n.rooted[s.Name] = true
				n.root(fragment.SelectionSet)
			}
		}
	}
}

func (n *normaliser) selections(selections ast.SelectionSet) {
	for _, s := range selections {
		switch s := s.(type) {
		case *ast.Field:
			n.arguments(s.Arguments)
			n.directives(s.Directives)
			n.selections(s.SelectionSet)
		case *ast.InlineFragment:
			n.directives(s.Directives)
			n.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			n.directives(s.Directives)
			if fragment := n.document.Fragments.ForName(s.Name); fragment != nil && !n.used[s.Name] {
				n.used[s.Name] = true
				n.directives(fragment.Directives)
				n.selections(fragment.SelectionSet)
			}
		}
	}
}

func (n *normaliser) directives(list ast.DirectiveList) {
	for _, d := range list {
		n.arguments(d.Arguments)
	}
}

func (n *normaliser) arguments(list ast.ArgumentList) {
	slices.SortFunc(list, func(a, b *ast.Argument) int { return cmp.Compare(a.Name, b.Name) })
	for _, a := range list {
		n.value(a.Value)
	}
}

func (n *normaliser) value(v *ast.Value) {
	if v.Kind == ast.ObjectValue {
		slices.SortFunc(v.Children, func(a, b *ast.ChildValue) int { return cmp.Compare(a.Name, b.Name) })
	}
	for _, child := range v.Children {
		n.value(child.Value)
	}
}

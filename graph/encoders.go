package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// encoders keeps the encoders of selections that are the same in every operation of their documents, by the field that has the
// selection: to compile one takes as long as to write some rows.
type encoders struct {
	made *otter.Cache[*ast.Field, any] // encoder[T]; nil where the generated code writes the selection
}

// mostEncoders bounds the encoders that are kept: documents of clients have few, and not many documents are kept themselves.
const mostEncoders = 1000

func newEncoders() *encoders {
	return &encoders{otter.Must(&otter.Options[*ast.Field, any]{MaximumSize: mostEncoders})}
}

// encoderOf is the encoder of the selection of the field being resolved; false if it has fields that are not written here.
func encoderOf[T any](ctx context.Context, kept *encoders, t *encodable[T]) (encoder[T], bool) {
	field := graphql.GetFieldContext(ctx).Field
	c := &compiler{graphql.GetOperationContext(ctx)}
	if kept == nil || !constant(field) {
		return compile(c, t, field.Selections)
	}
	if made, ok := kept.made.GetIfPresent(field.Field); ok {
		known, ok := made.(encoder[T])
		return known, ok
	}
	made, ok := compile(c, t, field.Selections)
	if ok {
		kept.made.Set(field.Field, made)
	} else {
		kept.made.Set(field.Field, nil)
	}
	return made, ok
}

// constant reports whether the selection of a field does not depend on variables, nor on other fields that it is merged with.
func constant(field graphql.CollectedField) bool {
	return len(field.Selections) == len(field.Field.SelectionSet) && selectsAlways(field.Field.SelectionSet)
}

// selectsAlways reports whether a selection has nothing but fields without directives and arguments.
func selectsAlways(selection ast.SelectionSet) bool {
	for _, one := range selection {
		field, ok := one.(*ast.Field)
		if !ok || len(field.Directives) > 0 || len(field.Arguments) > 0 || !selectsAlways(field.SelectionSet) {
			return false
		}
	}
	return true
}

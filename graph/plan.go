package graph

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/query"
)

// fieldsOf is how many fields a query has that plan: those of its fragments put in place, skipped ones left out, equal ones once.
// Fields of mutations are resolved one after the other, and cannot wait for each other.
func fieldsOf(op *graphql.OperationContext) int {
	if op.Operation.Operation != ast.Query {
		return 0
	}
	fields := 0
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, queryImplementors) {
		if plans(field.Name) {
			fields++
		}
	}
	return fields
}

// plans reports whether a root field may ask the engine: the fields about the schema do not.
func plans(name string) bool { return !strings.HasPrefix(name, "__") }

// planned resolves a root field in a context that it plans in. Whatever became of it, it has planned in the end.
func planned(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	r, ok := ctx.Value(requestKey{}).(*request)
	if root := graphql.GetRootFieldContext(ctx); !ok || root == nil || !plans(root.Field.Name) {
		return next(ctx)
	}
	ctx = r.session.PlanField(ctx)
	defer query.Planned(ctx)
	return next(ctx)
}

package graph

import (
	"bytes"
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// operations is the generated schema, but for how queries are begun: the generated code makes a table of the readers of all inputs
// for each of them, which is for resolvers that read inputs by themselves. None does.
type operations struct{ *executableSchema }

func newOperations(config Config) operations {
	return operations{NewExecutableSchema(config).(*executableSchema)} //nolint:forcetypeassert // which the generated function returns
}

// Exec carries out the operation of a context.
func (o operations) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation != ast.Query {
		return o.executableSchema.Exec(ctx)
	}
	answered := false
	return func(ctx context.Context) *graphql.Response {
		if answered { // nothing is deferred
			return nil
		}
		answered = true
		data := newExecutionContext(op, o.executableSchema, nil)._Query(ctx, op.Operation.SelectionSet)
		var written bytes.Buffer
		data.MarshalGQL(&written)
		return &graphql.Response{Data: written.Bytes()}
	}
}

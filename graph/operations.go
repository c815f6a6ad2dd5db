package graph

import (
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

// mostRoom bounds the room that is made for an answer before it is written.
const mostRoom = 4 << 20

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
		written := &encoding{}
		if work, kept := ctx.Value(workKey{}).(*work); kept { // the answer will be copied
			written.scratch = &work.scratch
		}
		written.room(int(min(roomOfRow+requestOf(ctx).meter.bytes.Load(), mostRoom)))
		data.MarshalGQL(written)
		return &graphql.Response{Data: written.buf}
	}
}

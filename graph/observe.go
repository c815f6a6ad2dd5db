package graph

import (
	"cmp"
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Observer is told how operations go. It is safe for concurrent use.
type Observer interface {
	// Operation is told that an operation begins: query, mutation or subscription, and its name in the document, which is empty if
	// it has none. What is done for the operation has the returned context; the function is called at its end.
	Operation(ctx context.Context, kind, name string) (context.Context, func(Finished))
	// Field is told that a root field begins, and by the function that it has been answered.
	Field(ctx context.Context, name string) (context.Context, func(error))
	// Refused is told of every error that a client is given: its code, and the name of the limit if one was exceeded.
	Refused(ctx context.Context, code, limit string)
	// Panicked is told of every panic.
	Panicked(ctx context.Context)
}

// Finished is how an operation went.
type Finished struct {
	Errors int
	Spent  query.Spent
}

// unobserved is nobody.
type unobserved struct{}

func (unobserved) Operation(ctx context.Context, _, _ string) (context.Context, func(Finished)) {
	return ctx, func(Finished) {}
}

func (unobserved) Field(ctx context.Context, _ string) (context.Context, func(error)) {
	return ctx, func(error) {}
}

func (unobserved) Refused(context.Context, string, string) {}

func (unobserved) Panicked(context.Context) {}

// observeOperation tells the observer of the operation that answer carries out.
func observeOperation(ctx context.Context, observer Observer, answer func(context.Context) (*graphql.Response, query.Spent)) *graphql.Response {
	op := graphql.GetOperationContext(ctx)
	kind, name := ast.Query, op.OperationName
	if op.Operation != nil {
		kind, name = op.Operation.Operation, op.Operation.Name
	}
	ctx, end := observer.Operation(ctx, string(kind), name)
	finished := Finished{Errors: 1} // unless there is a response
	defer func() { end(finished) }()
	response, spent := answer(ctx)
	finished.Spent = spent
	if response != nil {
		finished.Errors = len(response.Errors)
		observeErrors(ctx, observer, response.Errors)
	}
	return response
}

// observeErrors tells the observer of the errors that a client is given.
func observeErrors(ctx context.Context, observer Observer, errs gqlerror.List) {
	for _, err := range errs {
		code, _ := err.Extensions["code"].(string)
		limit, _ := err.Extensions["limitName"].(string)
		switch indicator.ErrorCode(code) {
		case indicator.Overloaded:
			limit = cmp.Or(limit, "queue")
		case indicator.Timeout:
			limit = cmp.Or(limit, "time")
		}
		observer.Refused(ctx, cmp.Or(code, string(indicator.InvalidInput)), limit)
	}
}

// observeField resolves a field, and tells the observer if it is a root field.
func observeField(ctx context.Context, observer Observer, resolve graphql.Resolver) (any, error) {
	field := graphql.GetFieldContext(ctx)
	if root := field.Object == "Query" || field.Object == "Mutation"; !root || !field.IsResolver {
		return resolve(ctx)
	}
	ctx, end := observer.Field(ctx, field.Field.Name)
	value, err := resolve(ctx)
	query.Planned(ctx)
	end(err)
	return value, err
}

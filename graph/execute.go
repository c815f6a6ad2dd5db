package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/countyql/countyql/indicator"
)

// executor is how every transport comes to an operation: the document is checked before gqlgen sees it.
type executor struct {
	graphql.GraphExecutor
	documents *documents
	like      *graphql.OperationContext // what is the same in all operations
}

// newExecutor returns an executor in front of gqlgen's once that is configured.
func newExecutor(gqlgen graphql.GraphExecutor, documents *documents) executor {
	const least = "{ __typename }"
	parsed, err := parser.ParseQuery(&ast.Source{Input: least})
	ctx := graphql.StartOperationTrace(context.WithValue(context.Background(), checkedKey{}, parsed))
	like, refused := gqlgen.CreateOperationContext(ctx, &graphql.RawParams{Query: least})
	if err != nil || len(refused) > 0 {
		panic(fmt.Sprint(err, refused)) // every schema has that
	}
	return executor{gqlgen, documents, like}
}

// operation finds the document that a request means, and goes on like CreateOperationContext.
func (e executor) operation(ctx context.Context, p *parameters) (*graphql.OperationContext, gqlerror.List) {
	if errs := e.documents.find(p); len(errs) > 0 {
		return &graphql.OperationContext{RawQuery: p.Query}, errs
	}
	return e.CreateOperationContext(ctx, &p.RawParams)
}

// CreateOperationContext checks the document and the size of the variables, finds the operation and coerces its variables.
func (e executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	none := &graphql.OperationContext{RawQuery: params.Query}
	if params.Query == "" {
		return none, wrapped(noQuery())
	}
	if !e.documents.allows(params.Query) {
		return none, wrapped(unlisted())
	}
	checked, errs := e.documents.checker.Check(params.Query)
	if len(errs) > 0 {
		return none, errs
	}
	operation := checked.Operations.ForName(params.OperationName)
	if operation == nil {
		if params.OperationName == "" {
			return none, wrapped(missing("the document has several operations", "say which one: operationName"))
		}
		return none, wrapped(missing("the document has no operation of that name", "give operationName as the document has it"))
	}
	if variables, plain := e.documents.checker.Coerced(operation, params.Variables); plain {
		return e.plainOperation(params, checked, operation, variables), nil
	}
	if err := e.documents.checker.CheckVariables(operation, params.Variables); err != nil {
		return none, gqlerror.List{gqlerror.Wrap(err)}
	}
	op, errs := e.GraphExecutor.CreateOperationContext(graphql.StartOperationTrace(context.WithValue(ctx, checkedKey{}, checked)), params)
	for _, err := range errs {
		err.Message = inJSONWords(err.Message)
	}
	return op, errs
}

// plainOperation is what gqlgen would create for an operation whose variables need nothing done.
func (e executor) plainOperation(
	params *graphql.RawParams, checked *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any,
) *graphql.OperationContext {
	return &graphql.OperationContext{
		RawQuery: params.Query, Variables: variables, OperationName: params.OperationName, Doc: checked, Extensions: params.Extensions,
		Headers: params.Headers, Operation: operation, DisableIntrospection: e.like.DisableIntrospection, RecoverFunc: e.like.RecoverFunc,
		ResolverMiddleware: e.like.ResolverMiddleware, RootResolverMiddleware: e.like.RootResolverMiddleware,
	}
}

func noQuery() *indicator.Error { return missing("query is missing", `send {"query": "…"}`) }

func missing(what, hint string) *indicator.Error {
	err := indicator.Errorf(indicator.InvalidInput, "%s", what)
	err.Hint = hint
	return err
}

func wrapped(err *indicator.Error) gqlerror.List { return gqlerror.List{gqlerror.Wrap(err)} }

type checkedKey struct{}

// checkedDocuments hands gqlgen the document that was checked, as if it came from a cache, so that it neither parses nor
// validates by itself.
type checkedDocuments struct{}

// Get returns the context's document.
func (checkedDocuments) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	checked, ok := ctx.Value(checkedKey{}).(*ast.QueryDocument)
	return checked, ok
}

// Add is not called: Get always has the document.
func (checkedDocuments) Add(context.Context, string, *ast.QueryDocument) {}

// onlyChecked refuses operations whose document was not checked: those of a transport that was given gqlgen's executor.
type onlyChecked struct{}

// ExtensionName names the extension.
func (onlyChecked) ExtensionName() string { return "OnlyCheckedDocuments" }

// Validate accepts every schema.
func (onlyChecked) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters changes nothing.
func (onlyChecked) MutateOperationParameters(ctx context.Context, _ *graphql.RawParams) *gqlerror.Error {
	if _, ok := ctx.Value(checkedKey{}).(*ast.QueryDocument); !ok {
		return gqlerror.Wrap(errors.New("a transport did not check the document"))
	}
	return nil
}

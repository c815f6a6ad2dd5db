package graph

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/schema"
)

// Options configure the GraphQL handler.
type Options struct {
	// Logger gets internal errors in full. Default: slog.Default().
	Logger *slog.Logger
	// RequestID identifies requests in the log and in INTERNAL errors. Default: always empty.
	RequestID RequestID
	// Observe, if set, is told of every finished operation: its name and the engine queries it took.
	Observe func(ctx context.Context, operation string, engineQueries int64)
	// Documents bound what documents may ask for, and say whether errors suggest names of the schema.
	Documents document.Options
	// NoIntrospection hides the schema: __schema and __type answer null, with an error.
	NoIntrospection bool
}

// served is the schema without what this server does not do: deliver parts of an answer later.
func served() *ast.Schema {
	definition := gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schema.SDL()})
	delete(definition.Directives, "defer")
	return definition
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.RequestID == nil {
		o.RequestID = func(context.Context) string { return "" }
	}
	return o
}

// NewHandler returns the GraphQL handler over a service: POST and GET, one pinned snapshot per operation.
func NewHandler(service *query.Service, options Options) *handler.Server {
	options = options.withDefaults()
	definition := served()
	checker := document.NewChecker(definition, options.Documents)
	server := handler.New(NewExecutableSchema(Config{Schema: definition, Resolvers: &Resolver{service: service}}))
	server.AddTransport(httpTransport{checker})
	server.SetQueryCache(checkedDocuments{})
	server.Use(onlyChecked{})
	if !options.NoIntrospection {
		server.Use(extension.Introspection{})
	}
	server.SetErrorPresenter(presenter(options.Logger, options.RequestID))
	server.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return fmt.Errorf("panic: %v", panicked)
	})
	server.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		if !graphql.HasOperationContext(ctx) {
			return next(ctx) // refused before there was an operation
		}
		session, release, err := service.Open(ctx)
		if err != nil {
			options.Logger.ErrorContext(ctx, "no snapshot", "error", err)
			return unavailable(ctx)
		}
		defer release()
		response := next(withRequest(ctx, newRequest(session)))
		if response != nil {
			sortErrors(response.Errors)
		}
		if options.Observe != nil {
			options.Observe(ctx, graphql.GetOperationContext(ctx).OperationName, session.EngineQueries())
		}
		return response
	})
	return server
}

// unavailable is the response while there is no data to answer from.
func unavailable(ctx context.Context) *graphql.Response {
	err := indicator.Errorf(indicator.Unavailable, "no snapshot is published")
	err.Hint = "load data first: countyql load"
	return &graphql.Response{Errors: gqlerror.List{present(ctx, err)}}
}

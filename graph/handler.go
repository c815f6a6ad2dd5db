package graph

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

const (
	// documentCache is how many parsed documents are kept.
	documentCache = 1000
	// documentTokens is the most tokens a document may have: some thousand fields.
	documentTokens = 15_000
)

// Options configure the GraphQL handler.
type Options struct {
	// Logger gets internal errors in full. Default: slog.Default().
	Logger *slog.Logger
	// RequestID identifies requests in the log and in INTERNAL errors. Default: always empty.
	RequestID RequestID
	// Observe, if set, is told of every finished operation: its name and the engine queries it took.
	Observe func(ctx context.Context, operation string, engineQueries int64)
}

// NewHandler returns the GraphQL handler over a service: POST and GET, one pinned snapshot per operation.
func NewHandler(service *query.Service, options Options) *handler.Server {
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	if options.RequestID == nil {
		options.RequestID = func(context.Context) string { return "" }
	}
	server := handler.New(NewExecutableSchema(Config{Resolvers: &Resolver{service: service}}))
	server.AddTransport(transport.Options{})
	server.AddTransport(transport.GET{})
	server.AddTransport(transport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](documentCache))
	server.SetParserTokenLimit(documentTokens)
	server.Use(extension.Introspection{})
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

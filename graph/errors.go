package graph

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
)

// RequestID returns the identifier of the HTTP request that a context belongs to, for the log and for INTERNAL errors.
type RequestID func(ctx context.Context) string

// presenter returns the mapper from errors to what clients see: typed errors with their code and details, anything else as
// INTERNAL with a request identifier and nothing more, logged in full.
func presenter(logger *slog.Logger, requestID RequestID) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		var typed *indicator.Error
		var presented *gqlerror.Error
		switch {
		case errors.As(err, &typed):
			return present(ctx, typed)
		case errors.Is(err, context.DeadlineExceeded):
			return present(ctx, indicator.Errorf(indicator.Timeout, "the request took too long"))
		case errors.As(err, &presented) && errors.Unwrap(presented) == nil:
			// Found by the transport, the parser, the validator or the coercion of variables, before anything was resolved: the
			// client's mistake, in their words.
			if presented.Extensions == nil {
				presented.Extensions = map[string]any{}
			}
			presented.Extensions["code"] = string(indicator.InvalidInput)
			return presented
		}
		id := requestID(ctx)
		logger.ErrorContext(ctx, "internal error", "request", id, "error", err)
		return &gqlerror.Error{
			Message:    "internal error",
			Path:       graphql.GetPath(ctx),
			Extensions: map[string]any{"code": string(indicator.Internal), "requestId": id},
		}
	}
}

// present shows a typed error at the path being resolved.
func present(ctx context.Context, err *indicator.Error) *gqlerror.Error {
	extensions := map[string]any{"code": string(err.Code)}
	if len(err.Path) > 0 {
		extensions["argument"] = err.Path
	}
	if len(err.Suggestions) > 0 {
		extensions["suggestions"] = err.Suggestions
	}
	if err.Reason != "" {
		extensions["reason"] = err.Reason
	}
	if err.Hint != "" {
		extensions["hint"] = err.Hint
	}
	if err.LimitName != "" {
		extensions["limitName"], extensions["limit"], extensions["estimate"] = err.LimitName, err.Limit, err.Estimate
	}
	return &gqlerror.Error{Message: err.Error(), Path: graphql.GetPath(ctx), Extensions: extensions}
}

// ErrorResponse is the body of a GraphQL response that consists of one error, for requests refused before they reach the handler.
func ErrorResponse(err *indicator.Error) ([]byte, error) {
	return json.Marshal(&graphql.Response{Errors: gqlerror.List{present(context.Background(), err)}})
}

package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
)

// RequestID returns the identifier of the HTTP request that a context belongs to, for the log and for INTERNAL errors.
type RequestID func(ctx context.Context) string

// presenter returns the mapper from errors to what clients see: typed errors with their code and details, anything else as
// INTERNAL with a request identifier and nothing more, logged in full.
func presenter(logger *slog.Logger, requestID RequestID) graphql.ErrorPresenterFunc {
	internal := internal(logger, requestID)
	return func(ctx context.Context, err error) *gqlerror.Error {
		var typed *indicator.Error
		var presented *gqlerror.Error
		switch {
		case errors.As(err, &typed):
			shown := present(ctx, typed)
			if errors.As(err, &presented) && presented.Rule != "" { // found by validation, which says where in the document
				shown.Locations = presented.Locations
			}
			return shown
		case isEnd(ctx, err), errors.Is(err, context.DeadlineExceeded):
			return present(ctx, tooLong(err))
		case errors.As(err, &presented) && errors.Unwrap(presented) == nil:
			// Found by the transport, the parser, the validator or the coercion of variables, before anything was resolved: the
			// client's mistake, in their words.
			if presented.Extensions == nil {
				presented.Extensions = map[string]any{}
			}
			presented.Extensions["code"] = string(indicator.InvalidInput)
			return presented
		}
		return internal(ctx, err)
	}
}

// isEnd reports whether an error is that the context has ended, or why it has.
func isEnd(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// internal returns the function that logs an error in full and gives clients a request identifier instead.
func internal(logger *slog.Logger, requestID RequestID) func(ctx context.Context, err error) *gqlerror.Error {
	return func(ctx context.Context, err error) *gqlerror.Error {
		id := requestID(ctx)
		logger.ErrorContext(ctx, "internal error", "request", id, "error", err)
		return &gqlerror.Error{
			Message:    "internal error",
			Path:       graphql.GetPath(ctx),
			Extensions: map[string]any{"code": string(indicator.Internal), "requestId": id},
		}
	}
}

// sortErrors puts errors in the order of their paths and places in the document: fields are resolved side by side, and the same question has the same
// answer.
func sortErrors(list gqlerror.List) {
	slices.SortStableFunc(list, func(a, b *gqlerror.Error) int {
		return cmp.Or(
			slices.CompareFunc(a.Path, b.Path, comparePathElements), slices.CompareFunc(a.Locations, b.Locations, compareLocations),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

func compareLocations(a, b gqlerror.Location) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// comparePathElements orders positions in lists before names, which do not meet at one place.
func comparePathElements(a, b ast.PathElement) int {
	i, aIndex := a.(ast.PathIndex)
	j, bIndex := b.(ast.PathIndex)
	switch {
	case aIndex && bIndex:
		return cmp.Compare(i, j)
	case aIndex:
		return -1
	case bIndex:
		return 1
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// present shows a typed error at the path being resolved.
func present(ctx context.Context, err *indicator.Error) *gqlerror.Error {
	err = clip(err)
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
		extensions["limitName"] = err.LimitName
		if err.Limit > 0 {
			extensions["limit"] = err.Limit
		}
		if err.Estimate > 0 { // an engine does not say how much it would have taken
			extensions["estimate"] = err.Estimate
		}
	}
	if err.RetryAfter > 0 {
		extensions["retryAfter"] = int64(err.RetryAfter.Seconds())
	}
	return &gqlerror.Error{Message: err.Error(), Path: graphql.GetPath(ctx), Extensions: extensions}
}

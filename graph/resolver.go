package graph

import (
	"context"

	"github.com/countyql/countyql/query"
)

// Resolver answers the root fields and what objects cannot answer by themselves. Everything of one request goes through the
// session in its context.
type Resolver struct {
	service *query.Service
	limits  []Limit
	// around lists the limits that the server around the handler holds, as far as the client of a request has used them up.
	around func(ctx context.Context) []Limit
	audit  func(ctx context.Context, act Act)
}

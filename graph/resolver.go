package graph

import (
	"github.com/countyql/countyql/query"
)

// Resolver answers the root fields and what objects cannot answer by themselves. Everything of one request goes through the
// session in its context.
type Resolver struct {
	service *query.Service
}

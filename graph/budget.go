package graph

import (
	"context"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/query"
)

// Limit is one limit as clients see it.
type Limit struct {
	// Name is what errors call it.
	Name string
	// Unit says what is counted.
	Unit string
	// Most is the most that is allowed.
	Most int64
	// Left is what the client has left now; nil for a limit that every request has to itself.
	Left *int64
}

// Budget is the limits that hold for a client.
type Budget struct {
	Limits []Limit
}

// limits are those that this package and package query hold, in the order in which an operation meets them.
func limits(d document.Limits, service *query.Service, r ResultLimits, s Streams) []Limit {
	q := service.Limits
	each := func(name, unit string, most int64) Limit { return Limit{Name: name, Unit: unit, Most: most} }
	list := []Limit{
		each("connections", "WebSockets and event streams open at a time, of all clients", int64(s.Connections)),
		each("operations", "operations that run on one WebSocket at a time", int64(s.Operations)),
		each("tokens", "names, values and punctuators of a document", int64(d.Tokens)),
		each("fragments", "named fragments of a document", int64(d.Fragments)),
		each("depth", "levels of fields inside each other", int64(d.Depth)),
		each("rootFields", "fields of an operation itself", int64(d.RootFields)),
		each("aliases", "renamed fields, fragments put in place", int64(d.Aliases)),
		each("directives", "directives, fragments put in place", int64(d.Directives)),
		each("fields", "fields, fragments put in place", int64(d.Fields)),
		each("listItems", "items of the lists in a document, and of those in variables", int64(d.ListItems)),
		each("visits", "nodes to validate, each fragment with all that it spreads", int64(d.Visits)),
		each("comparisons", "pairs of fields under the same name to compare", int64(d.Comparisons)),
		each("page", "items of a page", int64(q.Page)),
		each("cells", "indicators x regions x slices x statuses of an operation", q.Cells),
		each("rows", "figures that an operation reads", int64(q.Rows)),
		each("values", "fields of all objects and items of all lists of an answer", r.Values),
		each("bytes", "bytes of an answer", r.Bytes),
	}
	if running, queue := service.Gate.Limits(); running > 0 {
		list = append(list, each("queries", "engine queries at a time, of all clients", running), each("queue", "engine queries that wait for their turn", queue))
	}
	return list
}

// budgetOf lists the limits that hold for the client of a request, those of the server around the handler first.
func (r *Resolver) budgetOf(ctx context.Context) *Budget {
	budget := &Budget{}
	if r.around != nil {
		budget.Limits = append(budget.Limits, r.around(ctx)...)
	}
	budget.Limits = append(budget.Limits, r.limits...)
	budget.Limits = append(budget.Limits, r.engineLimits(ctx)...)
	return budget
}

// engineLimits are those of the engine's memory and temporary space, which all requests share.
func (r *Resolver) engineLimits(ctx context.Context) []Limit {
	if r.service.Bounds == nil {
		return nil
	}
	var list []Limit
	bounds := r.service.Bounds(ctx)
	for _, limit := range []Limit{
		{Name: query.LimitEngineMemory, Unit: "bytes of memory that the engine's queries take, of all clients", Most: bounds.Memory},
		{Name: query.LimitEngineTemporary, Unit: "bytes of temporary files that the engine's queries spill into, of all clients", Most: bounds.Temporary},
	} {
		if limit.Most > 0 {
			list = append(list, limit)
		}
	}
	return list
}

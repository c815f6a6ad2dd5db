package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Act is a try to change which snapshot is served or which are kept.
type Act struct {
	// Name is the field of Mutation.
	Name string
	// Asked is its argument; nil for somebody who may carry out no mutation.
	Asked any
	// Snapshots are those that were published or removed.
	Snapshots []string
	// Err is why not all that was asked for was done; nil if it was.
	Err error
}

// refusedMutation is the answer to a mutation of somebody who may carry out none; nil for all other operations. It is given before anything
// runs, so that over HTTP the status says it.
func refusedMutation(ctx context.Context, service *query.Service, options *Options) *graphql.Response {
	op := graphql.GetOperationContext(ctx)
	if op.Operation == nil || op.Operation.Operation != ast.Mutation {
		return nil
	}
	err := service.MayOperate(ctx)
	var typed *indicator.Error
	if !errors.As(err, &typed) {
		return nil
	}
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"}) {
		options.Audit(ctx, Act{Name: field.Name, Err: err})
	}
	return &graphql.Response{Errors: gqlerror.List{present(ctx, typed)}}
}

func (r *Resolver) publish(ctx context.Context, id string) (*query.Snapshot, error) {
	snapshot, err := r.service.Publish(ctx, id)
	act := Act{Name: "publishSnapshot", Asked: clipped(id), Err: err}
	if err == nil {
		act.Snapshots = []string{snapshot.ID}
	}
	r.audit(ctx, act)
	return snapshot, err
}

func (r *Resolver) prune(ctx context.Context, keep int) ([]string, error) {
	removed, err := r.service.Prune(ctx, keep)
	r.audit(ctx, Act{Name: "pruneSnapshots", Asked: keep, Snapshots: removed, Err: err})
	return removed, err
}

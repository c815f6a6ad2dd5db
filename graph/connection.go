package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/graph/model"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// edgesOf pairs the nodes of a page with their cursors.
func edgesOf[T, E any](page *query.Page[T], edge func(cursor string, node T) E) []E {
	edges := make([]E, len(page.Nodes))
	for i, node := range page.Nodes {
		edges[i] = edge(page.Cursor(node), node)
	}
	return edges
}

func regionConnection(page *query.Page[*catalog.Region], err error) (*model.RegionConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.RegionConnection{
		Edges: edgesOf(page, func(cursor string, node *catalog.Region) *model.RegionEdge {
			return &model.RegionEdge{Cursor: cursor, Node: node}
		}),
		Nodes: page.Nodes, PageInfo: &page.PageInfo, TotalCount: page.TotalCount,
	}, nil
}

func indicatorConnection(page *query.Page[*catalog.Indicator], err error) (*model.IndicatorConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.IndicatorConnection{
		Edges: edgesOf(page, func(cursor string, node *catalog.Indicator) *model.IndicatorEdge {
			return &model.IndicatorEdge{Cursor: cursor, Node: node}
		}),
		Nodes: page.Nodes, PageInfo: &page.PageInfo, TotalCount: page.TotalCount,
	}, nil
}

func sourceConnection(page *query.Page[*catalog.Source], err error) (*model.SourceConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.SourceConnection{
		Edges: edgesOf(page, func(cursor string, node *catalog.Source) *model.SourceEdge {
			return &model.SourceEdge{Cursor: cursor, Node: node}
		}),
		Nodes: page.Nodes, PageInfo: &page.PageInfo, TotalCount: page.TotalCount,
	}, nil
}

func snapshotConnection(page *query.Page[*query.Snapshot], err error) (*model.SnapshotConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.SnapshotConnection{
		Edges: edgesOf(page, func(cursor string, node *query.Snapshot) *model.SnapshotEdge {
			return &model.SnapshotEdge{Cursor: cursor, Node: node}
		}),
		Nodes: page.Nodes, PageInfo: &page.PageInfo, TotalCount: page.TotalCount,
	}, nil
}

func loadConnection(page *query.Page[*indicator.Load], err error) (*model.LoadConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.LoadConnection{
		Edges: edgesOf(page, func(cursor string, node *indicator.Load) *model.LoadEdge {
			return &model.LoadEdge{Cursor: cursor, Node: node}
		}),
		Nodes: page.Nodes, PageInfo: &page.PageInfo, TotalCount: page.TotalCount,
	}, nil
}

func checkConnection(page *query.Page[*indicator.CheckResult], err error) (*model.CheckConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.CheckConnection{
		Edges: edgesOf(page, func(cursor string, node *indicator.CheckResult) *model.CheckEdge {
			return &model.CheckEdge{Cursor: cursor, Node: node}
		}),
		Nodes: page.Nodes, PageInfo: &page.PageInfo, TotalCount: page.TotalCount,
	}, nil
}

// pageOfObservations cuts a page from figures that a loader has read.
func pageOfObservations(ctx context.Context, list []*query.Observation, err error, request query.PageRequest) (*query.ObservationPage, error) {
	if err != nil {
		return nil, err
	}
	return sessionOf(ctx).PageOfObservations(ctx, list, request)
}

// selects reports whether the field being resolved selects a field of that name, at any depth of its own selection path:
// selects(ctx, "groups", "observations").
func selects(ctx context.Context, path ...string) bool {
	op := graphql.GetOperationContext(ctx)
	return selectsIn(op, graphql.CollectFieldsCtx(ctx, nil), path)
}

func selectsIn(op *graphql.OperationContext, fields []graphql.CollectedField, path []string) bool {
	for _, field := range fields {
		if field.Name != path[0] {
			continue
		}
		if len(path) == 1 || selectsIn(op, graphql.CollectFields(op, field.Selections, nil), path[1:]) {
			return true
		}
	}
	return false
}

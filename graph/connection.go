package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

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

// selects reports whether the field being resolved selects a field of that name, at any depth of its own selection path:
// selects(ctx, "groups", "observations").
func selects(ctx context.Context, path ...string) bool {
	return selectsIn(graphql.GetFieldContext(ctx).Field.Selections, graphql.GetOperationContext(ctx), path)
}

func selectsIn(selection ast.SelectionSet, op *graphql.OperationContext, path []string) bool {
	return slices.ContainsFunc(selection, func(one ast.Selection) bool {
		switch one := one.(type) {
		case *ast.Field:
			return one.Name == path[0] && included(one.Directives, op.Variables) &&
				(len(path) == 1 || selectsIn(one.SelectionSet, op, path[1:]))
		case *ast.InlineFragment:
			return included(one.Directives, op.Variables) && selectsIn(one.SelectionSet, op, path)
		case *ast.FragmentSpread:
			return included(one.Directives, op.Variables) && selectsIn(op.Doc.Fragments.ForName(one.Name).SelectionSet, op, path)
		}
		return false
	})
}

// included reports whether @skip and @include leave what has these directives.
func included(directives ast.DirectiveList, variables map[string]any) bool {
	return !slices.ContainsFunc(directives, func(d *ast.Directive) bool {
		if d.Name != "skip" && d.Name != "include" {
			return false
		}
		condition, err := d.Arguments.ForName("if").Value.Value(variables)
		return err == nil && condition == (d.Name == "skip")
	})
}

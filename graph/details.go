package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/query"
)

// observationDetails says of each field of Observation which details its resolver and those below look at. Fields about other reports
// read those by the figure's key.
var observationDetails = map[string]query.Details{
	"__typename": 0, "region": 0, "indicator": 0, "slice": 0, "status": 0, "value": 0, "missing": 0, "unit": 0,
	"id":     query.IdentityDetail,
	"period": query.InferredDetail, // see detailsIn
	"source": query.SourceDetail, "definition": query.DefinitionDetail, "precision": query.PrecisionDetail,
	"numerator": query.CountsDetail, "denominator": query.CountsDetail, "derived": query.DerivedDetail,
	"printed": query.PrintedDetail, "offset": query.OffsetDetail, "note": query.NoteDetail,
	"publishedOn": query.PublishedDetail, "load": query.LoadDetail,
	"revisions": 0, "firstPublished": 0, "lag": 0,
}

// detailsIn are the details that fields of an observation look at.
func detailsIn(op *graphql.OperationContext, fields []graphql.CollectedField) query.Details {
	var details query.Details
	for _, field := range fields {
		asked, known := observationDetails[field.Name]
		switch {
		case !known:
			return query.AllDetails
		case field.Name == "period" && !selectsIn(field.Selections, op, []string{"inferred"}):
		default:
			details |= asked
		}
	}
	return details
}

// pageDetails are the details that the connection being resolved looks at.
func pageDetails(ctx context.Context) query.Details {
	op := graphql.GetOperationContext(ctx)
	var details query.Details
	for _, field := range graphql.CollectFieldsCtx(ctx, nil) {
		below := graphql.CollectFields(op, field.Selections, nil)
		switch field.Name {
		case "nodes":
			details |= detailsIn(op, below)
		case "edges":
			for _, edge := range below {
				if edge.Name == "node" {
					details |= detailsIn(op, graphql.CollectFields(op, edge.Selections, nil))
				}
			}
		}
	}
	return details
}

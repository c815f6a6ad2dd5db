package graph

import (
	"context"

	"github.com/countyql/countyql/graph/model"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

var fills = map[model.Fill]query.Fill{
	model.FillNone: query.FillNone, model.FillZero: query.FillZero, model.FillPrevious: query.FillPrevious, model.FillLinear: query.FillLinear,
}

func align(in *model.Align) *query.Align {
	if in == nil {
		return nil
	}
	return &query.Align{Event: in.Event, With: or(in.With, indicator.NoDay)}
}

// selectedSeries turns the input into a request that reads what the field being resolved selects.
func selectedSeries(ctx context.Context, in *model.SeriesInput) *query.SeriesRequest {
	point := func(field ...string) bool { return selects(ctx, append([]string{"series", "points"}, field...)...) }
	yearOnYear := point("yearOnYear") || point("yearOnYearChange") || point("yearOnYearPrecision") || selects(ctx, "series", "columns", "yearOnYear")
	request := seriesRequest(in, yearOnYear, point("observations") || point("period", "inferred"))
	request.WithoutWarnings = !selects(ctx, "warnings")
	return request
}

func seriesRequest(in *model.SeriesInput, yearOnYear, evidence bool) *query.SeriesRequest {
	return &query.SeriesRequest{
		Indicators: in.Indicators, Regions: regionSelector(in.Regions), From: or(in.From, indicator.NoDay), To: or(in.To, indicator.NoDay),
		Grain: or(in.Grain, indicator.Irregular), Slice: coordinates(in.Slice), Statuses: in.Status, AsOf: or(in.AsOf, indicator.NoDay),
		Per: per(in.Per), Fill: fills[or(in.Fill, model.FillNone)], Align: align(in.Align), Page: pageRequest(in.First, in.After, 1000),
		YearOnYear: yearOnYear, Evidence: evidence,
	}
}

package graph

import (
	"github.com/countyql/countyql/graph/model"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// The functions of this file turn the inputs of correlate, distribution and similar, and of peers, into requests.

func correlateRequest(in *model.CorrelateInput, evidence bool) (*query.CorrelateRequest, error) {
	w, err := when(in.When)
	if err != nil {
		return nil, err
	}
	return &query.CorrelateRequest{
		X:       query.Variable{Indicator: in.X, Slice: coordinates(in.XSlice), Per: per(in.XPer)},
		Y:       query.Variable{Indicator: in.Y, Slice: coordinates(in.YSlice), Per: per(in.YPer)},
		Regions: regionSelector(in.Regions), When: w, Status: or(in.Status, indicator.Actual), AsOf: or(in.AsOf, indicator.NoDay),
		Method: or(in.Method, query.Pearson), Confidence: or(in.Confidence, 0.95), Page: pageRequest(in.First, in.After, 3000),
		Evidence: evidence,
	}, nil
}

func distributionRequest(in *model.DistributionInput) (*query.DistributionRequest, error) {
	w, err := when(in.When)
	if err != nil {
		return nil, err
	}
	return &query.DistributionRequest{
		Indicator: in.Indicator, Regions: regionSelector(in.Regions), When: w, Slice: coordinates(in.Slice),
		Status: or(in.Status, indicator.Actual), AsOf: or(in.AsOf, indicator.NoDay), Per: per(in.Per), Bins: in.Bins,
	}, nil
}

func similarRequest(in *model.SimilarInput) (*query.SimilarRequest, error) {
	w, err := when(in.When)
	if err != nil {
		return nil, err
	}
	return &query.SimilarRequest{
		Region: in.Region, Indicators: in.Indicators, Regions: regionSelector(in.Regions), K: or(in.K, 10), When: w,
		Slice: coordinates(in.Slice), Status: or(in.Status, indicator.Actual), AsOf: or(in.AsOf, indicator.NoDay), Per: per(in.Per),
	}, nil
}

func peersRequest(in *model.PeersInput) *query.PeersRequest {
	if in == nil {
		return nil
	}
	kinds := map[model.PeersBy]query.PeersBy{
		model.PeersBySameParent: query.PeersBySameParent, model.PeersBySizeBand: query.PeersBySizeBand, model.PeersByNearest: query.PeersByNearest,
	}
	return &query.PeersRequest{
		Region: in.Region, By: kinds[in.By], Indicator: or(in.Indicator, ""), Band: or(in.Band, 2), Indicators: in.Indicators,
		K: or(in.K, 10), Within: in.Within,
	}
}

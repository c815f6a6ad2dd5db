package query

import (
	"slices"
	"testing"

	"github.com/countyql/countyql/indicator"
)

func TestAggregate_Errors(t *testing.T) {
	grids := []string{"grids"}
	slice := func(coordinates ...indicator.Coordinate) []indicator.Coordinate { return coordinates }
	tests := []struct {
		name        string
		request     AggregateRequest
		code        indicator.ErrorCode
		path        string
		suggestions []string
	}{
		{"no indicator", AggregateRequest{}, indicator.InvalidInput, "indicators", nil},
		{"unknown indicator", AggregateRequest{Indicators: []string{"grids", "visit"}}, indicator.UnknownIndicator, "indicators.1", []string{"visits"}},
		{"unknown region", AggregateRequest{Indicators: grids, Regions: codes("111", "114")}, indicator.UnknownRegion, "regions.codes.1", []string{"11", "111", "112", "113", "118"}},
		{"unknown enclosing region", AggregateRequest{Indicators: grids, Regions: within("Ash")}, indicator.UnknownRegion, "regions.within.0", []string{"111"}},
		{"nested regions", AggregateRequest{Indicators: grids, Regions: codes("11", "111")}, indicator.NotAggregatable, "regions", nil},
		{"nested at a distance", AggregateRequest{Indicators: grids, Regions: codes("1", "121")}, indicator.NotAggregatable, "regions", nil},
		{"unknown dimension", AggregateRequest{Indicators: grids, Slice: slice(indicator.Coordinate{Dimension: "sizes", Value: "small"})}, indicator.UnknownDimension, "slice", []string{"size"}},
		{"unknown value", AggregateRequest{Indicators: grids, Slice: slice(indicator.Coordinate{Dimension: "size", Value: "smal"})}, indicator.UnknownDimension, "slice", []string{"small"}},
		{"one dimension twice", AggregateRequest{
			Indicators: grids, Slice: slice(indicator.Coordinate{Dimension: "size", Value: "small"}, indicator.Coordinate{Dimension: "size", Value: "large"}),
		}, indicator.InvalidInput, "slice", nil},
		{"not broken down", AggregateRequest{
			Indicators: []string{"visits"}, Slice: slice(indicator.Coordinate{Dimension: "size", Value: "small"}),
		}, indicator.UnknownDimension, "indicators.0", nil},
		{"grouped by an unknown dimension", AggregateRequest{Indicators: grids, GroupBy: []GroupBy{{Dimension: "sizes"}}}, indicator.UnknownDimension, "groupBy", []string{"size"}},
		{"grouped by a dimension it lacks", AggregateRequest{Indicators: []string{"visits"}, GroupBy: []GroupBy{{Dimension: "size"}}}, indicator.UnknownDimension, "groupBy", nil},
		{"grouped by a fixed dimension", AggregateRequest{
			Indicators: grids, GroupBy: []GroupBy{{Dimension: "size"}}, Slice: slice(indicator.Coordinate{Dimension: "size", Value: "small"}),
		}, indicator.InvalidInput, "groupBy", nil},
		{"grouped twice alike", AggregateRequest{Indicators: grids, GroupBy: []GroupBy{{Source: true}, {Source: true}}}, indicator.InvalidInput, "groupBy.1", nil},
		{"grouped by a lower level", AggregateRequest{Indicators: grids, Regions: codes("11"), GroupBy: []GroupBy{{Source: true}, byRegion(indicator.County)}}, indicator.InvalidInput, "groupBy.1.region", nil},
		{"per an unknown indicator", AggregateRequest{Indicators: grids, Per: &Per{"populations", 1}}, indicator.UnknownIndicator, "per.indicator", []string{"population"}},
		{"per a rate", AggregateRequest{Indicators: grids, Per: &Per{"rate", 1}}, indicator.NotAdditive, "per.indicator", nil},
		{"per nothing", AggregateRequest{Indicators: grids, Per: &Per{"population", 0}}, indicator.InvalidInput, "per.scale", nil},
		{"a rate per something", AggregateRequest{Indicators: []string{"grids", "rate"}, Per: &Per{"population", 1}}, indicator.NotAdditive, "indicators.1", nil},
		{"a quotient per something", AggregateRequest{Indicators: []string{"clinics_per_10k"}, Per: &Per{"population", 1}}, indicator.NotAggregatable, "indicators.0", nil},
		{"coverage above 1", AggregateRequest{Indicators: grids, MinCoverage: 1.5}, indicator.InvalidInput, "minCoverage", nil},
		{"coverage below 0", AggregateRequest{Indicators: grids, MinCoverage: -0.5}, indicator.InvalidInput, "minCoverage", nil},
		{"pages of less than none", AggregateRequest{Indicators: grids, Page: PageRequest{First: -1}}, indicator.InvalidInput, "first", nil},
		{"pages too large", AggregateRequest{Indicators: grids, Page: PageRequest{First: 10_001}}, indicator.TooLarge, "first", nil},
		{"no cursor", AggregateRequest{Indicators: grids, Page: PageRequest{First: 1, After: "!"}}, indicator.InvalidInput, "after", nil},
		{"cursor of another list", AggregateRequest{Indicators: grids, Page: PageRequest{First: 1, After: encodeCursor("0", "visits", "")}}, indicator.InvalidInput, "after", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.request.ask(t, newSession(t))
			typed := wantCode(t, err, tt.code)
			wantPath(t, typed, tt.path)
			if tt.suggestions != nil && !slices.Equal(typed.Suggestions, tt.suggestions) {
				t.Errorf("suggestions %q, want %q", typed.Suggestions, tt.suggestions)
			}
			if tt.code == indicator.NotAggregatable && typed.Reason == "" {
				t.Error("no reason says why")
			}
		})
	}
}

func TestAggregate_DryRun(t *testing.T) {
	s := newSession(t)
	s.limits.Cells = 10
	request := AggregateRequest{Indicators: []string{"grids", "grids_per_clinic"}, GroupBy: []GroupBy{{Dimension: "size"}}, DryRun: true}
	answer := request.mustAsk(t, s)
	// 2 indicators, 6 counties, the total and three parts
	if want := (Cost{Cells: 2 * 6 * 4, Limit: 10}); answer.Cost != want {
		t.Errorf("cost %+v, want %+v", answer.Cost, want)
	}
	if len(answer.Page.Nodes)+len(answer.Totals)+answer.Page.TotalCount != 0 || s.EngineQueries() != 0 {
		t.Errorf("%d groups, %d totals after %d queries", len(answer.Page.Nodes), len(answer.Totals), s.EngineQueries())
	}
	request.DryRun = false
	_, err := request.ask(t, s)
	typed := wantCode(t, err, indicator.TooLarge)
	if typed.LimitName != "cells" || typed.Limit != 10 || typed.Estimate != 48 || s.EngineQueries() != 0 {
		t.Errorf("limit %s of %d, estimate %d, after %d queries", typed.LimitName, typed.Limit, typed.Estimate, s.EngineQueries())
	}
	_, err = AggregateRequest{Indicators: []string{"visit"}, DryRun: true}.ask(t, s)
	wantCode(t, err, indicator.UnknownIndicator)
}

// Past the row limit there is an error, never a short result.
func TestAggregate_RowLimit(t *testing.T) {
	s := newSession(t)
	request := AggregateRequest{Indicators: []string{"visits"}, When: &When{Within: period("2020")}}
	rows := request.mustAsk(t, s).Cost.Rows
	if rows != 20 { // 4 + 3 + 4 + 1 + 4 + 4, a missing one included
		t.Fatalf("%d rows", rows)
	}
	s = newSession(t)
	s.limits.Rows = int(rows)
	request.mustAsk(t, s)
	s = newSession(t)
	s.limits.Rows = int(rows) - 1
	_, err := request.ask(t, s)
	if typed := wantCode(t, err, indicator.TooLarge); typed.LimitName != "rows" || typed.Limit != 19 {
		t.Errorf("limit %s of %d", typed.LimitName, typed.Limit)
	}
}

// However many indicators, groups and rows: figures, divisors and weights are read once each.
func TestEngineQueries(t *testing.T) {
	all := []string{"population", "clinics", "grids", "visits", "rate", "warmth", "coldest", "hottest", "clinics_per_10k", "grids_per_clinic"}
	tests := []struct {
		name       string
		indicators []string
		want       int64
	}{
		{"figures", []string{"visits", "grids"}, 1},
		{"figures and divisors", []string{"clinics_per_10k", "grids_per_clinic", "grids"}, 2},
		{"figures and weights", []string{"warmth", "grids"}, 2},
		{"figures, divisors and weights", all, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t)
			aggregation := AggregateRequest{
				Indicators: tt.indicators, GroupBy: []GroupBy{byRegion(indicator.County), {Period: indicator.Daily}},
			}.mustAsk(t, s)
			for _, g := range slices.Concat(aggregation.Page.Nodes, aggregation.Totals) { // lazy fields must not ask again
				_, _ = g.Value()
				g.Coverage()
			}
			if aggregation.Cost.EngineQueries != tt.want || s.EngineQueries() != tt.want {
				t.Errorf("aggregate took %d queries and says %d, want %d", s.EngineQueries(), aggregation.Cost.EngineQueries, tt.want)
			}
			s = newSession(t)
			comparison := CompareRequest{Indicators: tt.indicators, Display: within("1"), Evidence: true}.mustAsk(t, s)
			if comparison.Cost.EngineQueries != tt.want || s.EngineQueries() != tt.want {
				t.Errorf("compare took %d queries and says %d, want %d", s.EngineQueries(), comparison.Cost.EngineQueries, tt.want)
			}
		})
	}
}

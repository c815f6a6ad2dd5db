package query

import (
	"context"
	"testing"

	"github.com/countyql/countyql/indicator"
)

func TestSeries_Errors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request SeriesRequest
		code    indicator.ErrorCode
		path    string
	}{
		"no indicator":        {SeriesRequest{Regions: codes("111")}, indicator.InvalidInput, "indicators"},
		"unknown indicator":   {SeriesRequest{Indicators: []string{"visit"}, Regions: codes("111")}, indicator.UnknownIndicator, "indicators.0"},
		"unknown region":      {SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111", "9")}, indicator.UnknownRegion, "regions.codes.1"},
		"no rule over time":   {SeriesRequest{Indicators: []string{"price"}, Regions: codes("112"), Grain: indicator.Monthly}, indicator.NotAggregatable, "grain"},
		"the end first":       {SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), From: 10, To: 9}, indicator.InvalidInput, "from"},
		"weeks from an event": {SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), Grain: indicator.Weekly, Align: &Align{10, 9}}, indicator.InvalidInput, "grain"},
		"a page too large":    {SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), Page: PageRequest{First: 10001}}, indicator.TooLarge, "first"},
		"a quotient per":      {SeriesRequest{Indicators: []string{"clinics_per_10k"}, Regions: codes("111"), Per: &Per{"population", 1}}, indicator.NotAggregatable, "indicators.0"},
		"unknown dimension": {
			SeriesRequest{Indicators: []string{"visits"}, Regions: codes("111"), Slice: []indicator.Coordinate{{Dimension: "size", Value: "small"}}},
			indicator.UnknownDimension, "indicators.0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := trySeries(t, &test.request)
			wantPath(t, wantCode(t, err, test.code), test.path)
		})
	}
}

func TestSeries_Limits(t *testing.T) {
	t.Parallel()
	request := &SeriesRequest{
		Indicators: []string{"clinics"}, Regions: codes("111"), From: indicator.NoDay, To: indicator.NoDay, AsOf: indicator.NoDay,
		Grain: indicator.Daily, Page: PageRequest{First: 10},
	}
	for name, test := range map[string]struct {
		limits   Limits
		limit    string
		estimate int64
	}{
		"cells":  {Limits{Cells: 0, Rows: 1000, Page: 10}, "cells", 1},
		"rows":   {Limits{Cells: 10, Rows: 4, Page: 10}, "rows", 5},
		"points": {Limits{Cells: 10, Rows: 121, Page: 10}, "rows", 122}, // 31 January to 31 May: 1 + 29 + 31 + 30 + 31
		"none":   {Limits{Cells: 1, Rows: 122, Page: 10}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			session := NewSession(newStore(t, fixtureTables(), seriesFacts()), test.limits, today)
			answer, err := session.Series(context.Background(), request)
			if test.limit == "" {
				if err != nil || len(answer.Page.Nodes[0].Points()) != 122 {
					t.Errorf("%v", err)
				}
				return
			}
			if typed := wantCode(t, err, indicator.TooLarge); typed.LimitName != test.limit || typed.Estimate != test.estimate {
				t.Errorf("%+v", typed)
			}
		})
	}
}

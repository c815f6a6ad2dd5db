package query

import (
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// quotientValues asks for the values of groups, in their order.
func quotientValues(t *testing.T, s *Session, request *AggregateRequest) (values []float64, warnings []Warning) {
	t.Helper()
	request.Regions, request.AsOf, request.Page = &RegionSelector{Codes: []string{"a"}}, indicator.NoDay, PageRequest{First: 10}
	answer, err := s.Aggregate(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range answer.Page.Nodes {
		v, err := g.Value()
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value(v))
	}
	return values, answer.Warnings
}

// A flow is divided by what flowed along with it: 300 riders over the 30 trips of the three months, not over March's 10.
func TestQuotient_FlowOverFlow(t *testing.T) {
	s := newShelf(t, []store.Report{
		put(shelfRiders, shelfA, "2020-01", 100), put(shelfRiders, shelfA, "2020-02", 100), put(shelfRiders, shelfA, "2020-03", 100),
		put(shelfTrips, shelfA, "2020-01", 10), put(shelfTrips, shelfA, "2020-02", 10), put(shelfTrips, shelfA, "2020-03", 10),
		put(shelfTrips, shelfA, "2020-04", 10),
	}).session()
	perTrip := func() *AggregateRequest {
		return &AggregateRequest{Indicators: []string{"riders"}, Per: &Per{Indicator: "trips", Scale: 1}}
	}
	for name, ask := range map[string]func(*AggregateRequest){
		"inside the year":   func(r *AggregateRequest) { r.When = &When{Within: period("2020")} },
		"by year":           func(r *AggregateRequest) { r.GroupBy = []GroupBy{{Period: indicator.Yearly}} },
		"the newest":        func(*AggregateRequest) {},
		"exactly one month": func(r *AggregateRequest) { r.When = &When{Period: period("2020-02")} },
	} {
		t.Run(name, func(t *testing.T) {
			request := perTrip()
			ask(request)
			if values, warnings := quotientValues(t, s, request); len(values) != 1 || values[0] != 10 || len(warnings) != 0 {
				t.Errorf("%v %v, want 10 riders a trip without a warning", values, warnings)
			}
		})
	}
}

// Each period is divided by the stock in force at its end: 100/1000, 100/2000, 100/4000; a stock of another day is warned of.
func TestQuotient_EachPeriodByItsStock(t *testing.T) {
	s := newShelf(t, []store.Report{
		put(shelfPart, shelfA, "2010", 100), put(shelfPart, shelfA, "2011", 100), put(shelfPart, shelfA, "2012", 100),
		put(shelfWhole, shelfA, "2010", 1000), put(shelfWhole, shelfA, "2011-06", 2000), put(shelfWhole, shelfA, "2012", 4000),
	}).session()
	for _, request := range []*AggregateRequest{
		{Indicators: []string{"quotient"}, GroupBy: []GroupBy{{Period: indicator.Yearly}}},
		{Indicators: []string{"part"}, Per: &Per{Indicator: "whole", Scale: 1}, GroupBy: []GroupBy{{Period: indicator.Yearly}}},
	} {
		values, warnings := quotientValues(t, s, request)
		if len(values) != 3 || values[0] != 0.1 || values[1] != 0.05 || values[2] != 0.025 {
			t.Errorf("%s: %v", request.Indicators[0], values)
		}
		if len(warnings) != 1 || warnings[0].Code != MixedPeriods {
			t.Errorf("%s: warnings %v, want one of the stock of June", request.Indicators[0], warnings)
		}
	}
}

package query

import (
	"slices"
	"testing"

	"github.com/countyql/countyql/indicator"
)

// What is about several years is weighed by the population of each year: a county that grew counts for more from then on.
func TestAggregate_WeightsOfTheirTime(t *testing.T) {
	t.Parallel()
	s := newSession(t,
		fact{"warmth 111 2017", 6, nil}, fact{"warmth 112 2017", 12, nil}, fact{"warmth 111 2018", 2, nil}, fact{"warmth 112 2018", 8, nil},
		fact{"warmth 111 2019", 4, nil}, fact{"warmth 112 2019", 10, nil},
		fact{"population 111 2018-06-30", 100, nil}, fact{"population 112 2018-06-30", 500, nil},
	)
	// 2017 has no weights yet: (100 x 6 + 500 x 12) / 600; 2018: (100 x 2 + 500 x 8) / 600; 2019: (1000 x 4 + 200 x 10) / 1200.
	want := []float64{11, 7, 5}
	request := AggregateRequest{
		Indicators: []string{"warmth"}, Regions: codes("111", "112"), GroupBy: []GroupBy{{Period: indicator.Yearly}},
		When: &When{Within: period("2017/2019")}, AsOf: indicator.NoDay, Page: PageRequest{First: 10},
	}
	answer, err := s.Aggregate(t.Context(), &request)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range answer.Page.Nodes {
		if got, err := g.Value(); err != nil || !near(value(got), want[i]) || g.Coverage().Used != 2 || value(g.Coverage().WeightShare) != 1 {
			t.Errorf("%s: %v %v, want %v", g.Period, value(got), err, want[i])
		}
	}
	const warned = "warmth: population has no earlier value to weigh the figures of 2 regions with, and is of later periods: 2018-06-30"
	if len(answer.Page.Nodes) != 3 || !slices.ContainsFunc(answer.Warnings, func(w Warning) bool { return w.Code == MixedPeriods && w.Message == warned }) {
		t.Errorf("%d groups, warnings %v", len(answer.Page.Nodes), answer.Warnings)
	}
	// From 2018 on every figure has a weight of its time, and the mean over all years is weighed by the newest.
	request.When = &When{Within: period("2018/2019")}
	if answer, err = s.Aggregate(t.Context(), &request); err != nil || warningCodes(answer.Warnings) != "" {
		t.Errorf("%v, warnings %v", err, answer.Warnings)
	}
	if got, err := answer.Totals[0].Value(); err != nil || !near(value(got), (1000*3+200*9)/1200.0) {
		t.Errorf("over all years %v, %v", value(got), err)
	}
	// One period is weighed as it was: by the newest weights at its end.
	request.GroupBy, request.When = nil, &When{Period: period("2018")}
	if answer, err = s.Aggregate(t.Context(), &request); err != nil || warningCodes(answer.Warnings) != "" {
		t.Fatalf("%v, warnings %v", err, answer.Warnings)
	}
	if got, err := answer.Totals[0].Value(); err != nil || !near(value(got), 7) {
		t.Errorf("2018 alone %v, %v", value(got), err)
	}
	request.When = &When{Period: period("2017")}
	if answer, err = s.Aggregate(t.Context(), &request); err != nil || answer.Totals[0].Missing() != indicator.NoWeight {
		t.Errorf("2017 alone has no weights: %v, %v", answer, err)
	}
}

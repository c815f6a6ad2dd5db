package query_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/bench/dense"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/store"
)

// TestAggregate_OnAllProcessors asks for so many figures that they are combined by several goroutines, and for the same of one processor.
func TestAggregate_OnAllProcessors(t *testing.T) { //nolint:paralleltest // it changes how many processors there are
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	snapshot, err := dense.New(denseIndicators).Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{dense.Count(1), dense.Rate(1)} {
		for _, ahead := range []query.Ahead{0, query.MedianAhead, query.MeanAhead | query.MedianAhead | query.StdDevAhead} {
			runtime.GOMAXPROCS(1)
			want := monthsOfProvinces(t.Context(), t, snapshot, code, ahead)
			runtime.GOMAXPROCS(4)
			if diff := cmp.Diff(want, monthsOfProvinces(t.Context(), t, snapshot, code, ahead)); diff != "" {
				t.Errorf("%s, ahead %b (-one processor +four):\n%s", code, ahead, diff)
			}
		}
	}
}

// monthsOfProvinces writes down what groups tell.
func monthsOfProvinces(ctx context.Context, t *testing.T, snapshot store.Snapshot, code string, ahead query.Ahead) []string {
	t.Helper()
	province := indicator.Province
	answer, err := query.NewSession(snapshot, query.DefaultLimits(), indicator.DayOf(2020, 7, 1)).Aggregate(ctx, &query.AggregateRequest{
		Indicators: []string{code}, GroupBy: []query.GroupBy{{Region: &province}, {Period: indicator.Monthly}}, AsOf: indicator.NoDay,
		WithoutTotals: true, WithoutWarnings: true, Ahead: ahead, Page: query.PageRequest{First: 10_000},
	})
	if err != nil {
		t.Fatal(err)
	}
	number := func(x *float64) string {
		if x == nil {
			return "none"
		}
		return fmt.Sprint(*x)
	}
	lines := make([]string, 0, len(answer.Page.Nodes))
	for _, g := range answer.Page.Nodes {
		value, err := g.Value()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(g.Region.Code, " ", g.Period, " ", number(value), " ", number(g.Mean()), " ", number(g.Median()), " ", number(g.StdDev()), " ",
			number(g.Min()), " ", number(g.Max()), " ", g.Count(), " ", g.Used(), " ", g.Missing()))
	}
	if len(lines) < 31*dense.Months/2 {
		t.Fatalf("%d groups", len(lines))
	}
	return lines
}

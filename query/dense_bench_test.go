package query_test

import (
	"context"
	"testing"

	"github.com/countyql/countyql/bench/dense"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// denseIndicators is how many indicators the engine of the benchmarks has.
const denseIndicators = 60

// question is one that is asked of a session.
type question struct {
	name string
	ask  func(ctx context.Context, s *query.Session) error
}

func some(code func(int) string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = code(i)
	}
	return list
}

func county(n int) []string {
	var list []string
	for i := range n {
		list = append(list, dense.County(500*i))
	}
	return list
}

// questions are the ones that dashboards ask most.
func questions() []question {
	counties := func(codes, within []string) *query.RegionSelector {
		return &query.RegionSelector{Codes: codes, Within: within, Level: indicator.County}
	}
	whole := query.PageRequest{First: 5000}
	aggregateAll := func(r *query.AggregateRequest) func(context.Context, *query.Session) error {
		r.AsOf, r.Page = indicator.NoDay, whole
		return func(ctx context.Context, s *query.Session) error {
			answer, err := s.Aggregate(ctx, r)
			if err != nil {
				return err
			}
			for _, g := range answer.Page.Nodes {
				if _, err := g.Value(); err != nil {
					return err
				}
			}
			return nil
		}
	}
	aggregate := func(r *query.AggregateRequest) func(context.Context, *query.Session) error {
		r.WithoutTotals, r.WithoutWarnings = true, true
		return aggregateAll(r)
	}
	compare := func(r *query.CompareRequest) func(context.Context, *query.Session) error {
		r.AsOf = indicator.NoDay
		return func(ctx context.Context, s *query.Session) error {
			_, err := s.Compare(ctx, r)
			return err
		}
	}
	province, month := indicator.Province, indicator.Monthly
	return []question{
		{"top20", compare(&query.CompareRequest{
			Indicators: []string{dense.Count(1)}, Display: counties(nil, []string{dense.Province(3)}), Page: query.PageRequest{First: 20},
		})},
		{"sumByProvince", aggregate(&query.AggregateRequest{Indicators: []string{dense.Count(1)}, GroupBy: []query.GroupBy{{Region: &province}}})},
		{"rateByProvince", aggregate(&query.AggregateRequest{Indicators: []string{dense.Rate(1)}, GroupBy: []query.GroupBy{{Region: &province}}})},
		{"seriesOf5", func(ctx context.Context, s *query.Session) error {
			_, err := s.Series(ctx, &query.SeriesRequest{
				Indicators: []string{dense.Count(1)}, Regions: counties(county(5), nil), From: indicator.NoDay, To: indicator.NoDay,
				AsOf: indicator.NoDay, Page: whole,
			})
			return err
		}},
		{"provinceByMonth", aggregate(&query.AggregateRequest{
			Indicators: []string{dense.Count(1)}, GroupBy: []query.GroupBy{{Region: &province}, {Period: month}},
		})},
		{"provinceByMonthWithTotals", aggregateAll(&query.AggregateRequest{
			Indicators: []string{dense.Count(1)}, GroupBy: []query.GroupBy{{Region: &province}, {Period: month}},
		})},
		{"5x20", aggregate(&query.AggregateRequest{
			Indicators: some(dense.Count, 20), Regions: counties(county(5), nil), GroupBy: []query.GroupBy{{Region: new(indicator.County)}},
		})},
		{"compareAll", compare(&query.CompareRequest{Indicators: []string{dense.Rate(1)}, Display: counties(nil, nil), Page: whole})},
		{"page", func(ctx context.Context, s *query.Session) error {
			where := query.Everything()
			where.Indicators = []string{dense.Count(1)}
			_, err := s.Observations(ctx, where, indicator.NoDay, query.ObservationOrder{}, query.PageRequest{First: 1000}, query.AllDetails)
			return err
		}},
		{"correlate", func(ctx context.Context, s *query.Session) error {
			_, err := s.Correlate(ctx, &query.CorrelateRequest{
				X: query.Variable{Indicator: dense.Count(1)}, Y: query.Variable{Indicator: dense.Rate(1)}, Confidence: 0.95, Regions: counties(nil, nil), AsOf: indicator.NoDay, Page: whole,
			})
			return err
		}},
	}
}

// BenchmarkQuestions asks an engine that takes next to nothing, without GraphQL.
func BenchmarkQuestions(b *testing.B) {
	engine := dense.New(denseIndicators)
	snapshot, err := engine.Pin(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range questions() {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			before := dense.Used()
			for b.Loop() {
				session := query.NewSession(snapshot, query.DefaultLimits(), indicator.DayOf(2020, 7, 1))
				if err := q.ask(b.Context(), session); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(dense.Used()-before)/float64(b.N), "cpu-ns/op") // other work on the machine leaves it as it is
		})
	}
}

package query

import (
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// TestPrecisionRules takes every pair of precisions through aggregate and compare. What is wanted is written out, not computed:
// = exact, > at least, < at most, ~ approximate.
func TestPrecisionRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ a, b, sum, difference, ratio byte }{
		{'=', '=', '=', '=', '='},
		{'=', '>', '>', '<', '<'}, // 100 - at least 40 is at most 60, and 100 / at least 40 at most 2.5
		{'=', '<', '<', '>', '>'},
		{'=', '~', '~', '~', '~'},
		{'>', '=', '>', '>', '>'},
		{'>', '>', '>', '~', '~'}, // both may be higher: the difference may be either
		{'>', '<', '~', '>', '>'},
		{'>', '~', '~', '~', '~'},
		{'<', '=', '<', '<', '<'},
		{'<', '>', '~', '<', '<'},
		{'<', '<', '<', '~', '~'},
		{'<', '~', '~', '~', '~'},
		{'~', '=', '~', '~', '~'},
		{'~', '>', '~', '~', '~'},
		{'~', '<', '~', '~', '~'},
		{'~', '~', '~', '~', '~'},
	} {
		t.Run(string([]byte{test.a, test.b}), func(t *testing.T) {
			t.Parallel()
			precision := map[byte]indicator.Precision{'=': indicator.Exact, '>': indicator.AtLeast, '<': indicator.AtMost, '~': indicator.Approximate}
			s := newShelf(t, []store.Report{
				put(shelfPart, shelfA, "2020-01", 100, roughly(precision[test.a])),
				put(shelfPart, shelfB, "2020-01", 40, roughly(precision[test.b])),
				put(shelfWhole, shelfA, "2020-01", 40, roughly(precision[test.b])),
			}).session()
			aggregation, err := s.Aggregate(t.Context(), &AggregateRequest{
				Indicators: []string{"part", "quotient"}, Regions: &RegionSelector{Codes: []string{"a", "b"}}, AsOf: indicator.NoDay, Page: PageRequest{First: 10},
			})
			if err != nil {
				t.Fatal(err)
			}
			sum, ratio := aggregation.Totals[0], aggregation.Totals[1]
			if value, err := sum.Value(); err != nil || *value != 140 || sum.Precision() != precision[test.sum] {
				t.Errorf("sum %v %v %v, want 140 %v", *value, err, sum.Precision(), precision[test.sum])
			}
			if value, err := ratio.Value(); err != nil || *value != 2.5 || ratio.Precision() != precision[test.ratio] {
				t.Errorf("ratio %v %v %v, want 2.5 %v", *value, err, ratio.Precision(), precision[test.ratio])
			}
			comparison, err := s.Compare(t.Context(), &CompareRequest{
				Indicators: []string{"part"}, Display: &RegionSelector{Codes: []string{"a", "b"}}, AsOf: indicator.NoDay,
				Baseline: &Baseline{Region: "b"}, Page: PageRequest{First: 10},
			})
			if err != nil {
				t.Fatal(err)
			}
			a := comparison.Indicators[0].Page.Nodes[0]
			if a.Difference.Value != 60 || a.Difference.Precision != precision[test.difference] {
				t.Errorf("difference %v, want 60 %v", a.Difference, precision[test.difference])
			}
			// 100 may be less than 40 only if it is an upper bound, or 40 is a lower one; 约100 is taken as 0 to 200.
			uncertain := test.a == '<' || test.b == '>' || test.a == '~'
			if a.Rank != 1 || a.RankUncertain != uncertain {
				t.Errorf("rank %d, uncertain %v, want 1 and %v", a.Rank, a.RankUncertain, uncertain)
			}
		})
	}
}

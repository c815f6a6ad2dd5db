package query

import (
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// A quotient says where its parts differ in date or scope, and shows both as its evidence, derived or normalised by per.
func TestQuotients_PartsThatDiffer(t *testing.T) {
	t.Parallel()
	wider := func(r *store.Report) { r.Definition = 1 }
	s := newShelf(t, []store.Report{
		put(shelfPart, shelfA, "2020-02", 100), put(shelfWhole, shelfA, "2020-01", 50),
		put(shelfPart, shelfB, "2020-01", 30), put(shelfWhole, shelfB, "2020-01", 10, wider),
		put(shelfPart, shelfC, "2020-03", 8),
	}).session()
	for _, test := range []struct {
		name, indicator string
		per             *Per
	}{{"derived", "quotient", nil}, {"per", "part", &Per{Indicator: "whole", Scale: 1}}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			aggregation, err := s.Aggregate(t.Context(), &AggregateRequest{
				Indicators: []string{test.indicator}, AsOf: indicator.NoDay, Per: test.per, Page: PageRequest{First: 10}, Evidence: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			// 130 / 60; c has no divisor.
			g := aggregation.Totals[0]
			if value, err := g.Value(); err != nil || !nearly(*value, 130.0/60) || g.Coverage().Missing[0].Reason != indicator.NoDenominator {
				t.Errorf("%v, %v, coverage %+v", value, err, g.Coverage())
			}
			page, err := g.Observations(t.Context(), PageRequest{First: 10})
			if err != nil {
				t.Fatal(err)
			}
			var evidence []string
			for _, o := range page.Nodes {
				evidence = append(evidence, o.Region.Code+" "+o.Indicator.Code)
			}
			if want := []string{"a part", "a whole", "b part", "b whole", "c part"}; !slices.Equal(evidence, want) {
				t.Errorf("evidence %q, want %q", evidence, want)
			}
			var warnings []Warning
			for _, w := range aggregation.Warnings {
				if strings.Contains(w.Message, "2020-03") {
					t.Errorf("warned of a figure that no quotient rests on: %+v", w)
				}
				if w.Code == MixedDefinitions || w.Message == test.indicator+": whole is about another day than the figure it divides in 1 region" {
					warnings = append(warnings, w)
				}
			}
			if len(warnings) != 2 {
				t.Errorf("warnings %+v", aggregation.Warnings)
			}
		})
	}
}

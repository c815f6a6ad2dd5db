package catalog

import (
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
)

// TestNew_Problems breaks the fixture in one place at a time. Each case names the one problem that it must bring.
func TestNew_Problems(t *testing.T) {
	tests := []struct {
		name         string
		damage       func(*Tables)
		table, field string
		row          int
		message      string
	}{
		{"region without code", func(t *Tables) { t.Regions[4].Code = "" }, "regions", "code", 4, "empty"},
		{"region without scheme", func(t *Tables) { t.Regions[4].Scheme = "" }, "regions", "scheme", 4, "empty"},
		{"region twice", func(t *Tables) { t.Regions[4].Code = "370105" }, "regions", "code", 4, "listed twice"},
		{"unknown parent", func(t *Tables) { t.Regions[4].Parent = "370199" }, "regions", "parent", 4, "does not exist"},
		{"parent of its own level", func(t *Tables) { t.Regions[4].Parent = "370105" }, "regions", "parent", 4, "COUNTY cannot lie inside a COUNTY"},
		{"parent of a lower level", func(t *Tables) { t.Regions[3].Parent = "370105" }, "regions", "parent", 3, "PREFECTURE cannot lie inside a COUNTY"},
		{"own parent", func(t *Tables) { t.Regions[4].Parent = "370124" }, "regions", "parent", 4, "cannot lie inside"},
		{"unknown successor", func(t *Tables) { t.Regions[8].Successor = "999999" }, "regions", "successor", 8, "does not exist"},
		{"own successor", func(t *Tables) { t.Regions[8].Successor = "140402" }, "regions", "successor", 8, "succeeds itself"},
		{"successors in a circle", func(t *Tables) { t.Regions[9].Successor = "140402" }, "regions", "successor", 9, "succeeds itself"},
		{"unit without code", func(t *Tables) { t.Units = append(t.Units, indicator.Unit{Factor: 1}) }, "units", "code", 2, "empty"},
		{"unit twice", func(t *Tables) { t.Units = append(t.Units, t.Units[0]) }, "units", "code", 2, "listed twice"},
		{"unit without factor", func(t *Tables) { t.Units[1].Factor = 0 }, "units", "factor", 1, "not positive"},
		{"dimension without code", func(t *Tables) { t.Dimensions = append(t.Dimensions, indicator.Dimension{}) }, "dimensions", "code", 2, "empty"},
		{"dimension twice", func(t *Tables) { t.Dimensions[1].Code = "households" }, "dimensions", "code", 1, "listed twice"},
		{"source without code", func(t *Tables) { t.Sources[1].Code = "" }, "sources", "code", 1, "empty"},
		{"source twice", func(t *Tables) { t.Sources[1].Code = "gazette-2020-02" }, "sources", "code", 1, "listed twice"},
		{"indicator without code", func(t *Tables) { t.Indicators[2].Code = "" }, "indicators", "code", 2, "empty"},
		{"indicator twice", func(t *Tables) { t.Indicators[2].Code = "grids" }, "indicators", "code", 2, "listed twice"},
		{"unknown unit", func(t *Tables) { t.Indicators[2].Unit = "furlong" }, "indicators", "unit", 2, "does not exist"},
		{"unknown numerator", func(t *Tables) { t.Indicators[3].Numerator = "grid" }, "indicators", "numerator", 3, "does not exist"},
		{"unknown denominator", func(t *Tables) { t.Indicators[3].Denominator = "grid" }, "indicators", "denominator", 3, "does not exist"},
		{"numerator alone", func(t *Tables) { t.Indicators[3].Denominator = "" }, "indicators", "denominator", 3, "go together"},
		{"numerator of a count", func(t *Tables) {
			t.Indicators[0].Numerator, t.Indicators[0].Denominator, t.Indicators[0].Scale = "communities", "communities", 1
		}, "indicators", "kind", 0, "of kind RATIO"},
		{"ratio without scale", func(t *Tables) { t.Indicators[3].Scale = 0 }, "indicators", "unit", 3, "positive scale"},
		{"formula without parts", func(t *Tables) {
			t.Indicators[3].Numerator, t.Indicators[3].Denominator = "", ""
		}, "indicators", "formula", 3, "needs a numerator"},
		{"formula of a formula", func(t *Tables) {
			again := t.Indicators[3]
			again.Code, again.Numerator, again.Rollup.Regions = "again", "grids_per_community", indicator.RuleNone
			t.Indicators = append(t.Indicators, again)
		}, "indicators", "formula", 4, "by a formula itself"},
		{"ratio of what does not add up", func(t *Tables) { t.Indicators[1].Rollup.Regions = indicator.RuleMax }, "indicators", "formula", 3, "do not add up"},
		{"last over regions", func(t *Tables) { t.Indicators[0].Rollup.Regions = indicator.RuleLast }, "indicators", "rollup_regions", 0, "does not apply"},
		{"mean over regions", func(t *Tables) { t.Indicators[2].Rollup.Regions = indicator.RuleMean }, "indicators", "rollup_regions", 2, "does not apply"},
		{"weights over time", func(t *Tables) { t.Indicators[2].Rollup.Time = indicator.RuleWeightedMean }, "indicators", "rollup_time", 2, "does not apply"},
		{"last over parts", func(t *Tables) { t.Indicators[2].Rollup.Dimensions = indicator.RuleLast }, "indicators", "rollup_dimensions", 2, "does not apply"},
		{"counts as a ratio", func(t *Tables) { t.Indicators[1].Rollup.Time = indicator.RuleRatio }, "indicators", "rollup_time", 1, "needs kind RATIO"},
		{"rates that add up", func(t *Tables) { t.Indicators[3].Rollup.Regions = indicator.RuleSum }, "indicators", "rollup_regions", 3, "do not add up"},
		{"mean without weight", func(t *Tables) { t.Indicators[2].Rollup.Regions = indicator.RuleWeightedMean }, "indicators", "weight", 2, "needs a weight"},
		{"unknown weight", func(t *Tables) { t.Indicators[2].Weight = "people" }, "indicators", "weight", 2, "does not exist"},
		{"unknown breakdown", func(t *Tables) {
			t.Indicators[1].Breakdowns = []indicator.Breakdown{{Dimension: "colour"}}
		}, "indicators", "breakdowns", 1, "does not exist"},
		{"check without code", func(t *Tables) { t.Checks[0].Code = "" }, "checks", "code", 0, "empty"},
		{"check twice", func(t *Tables) { t.Checks = append(t.Checks, t.Checks[0]) }, "checks", "code", 1, "listed twice"},
		{"check of an unknown indicator", func(t *Tables) { t.Checks[0].Indicator = "grid" }, "checks", "indicator", 0, "does not exist"},
		{"check against an unknown indicator", func(t *Tables) { t.Checks[0].Other = "grid" }, "checks", "other", 0, "does not exist"},
		{"check of an unknown dimension", func(t *Tables) { t.Checks[0].Dimension = "colour" }, "checks", "dimension", 0, "does not exist"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tables := fixture()
			tt.damage(&tables)
			c, err := New(tables)
			problems, ok := err.(Problems)
			if !ok {
				t.Fatalf("%v, %v", c, err)
			}
			for _, p := range problems {
				if p.Table == tt.table && p.Field == tt.field && p.Row == tt.row && strings.Contains(p.Message, tt.message) {
					return
				}
			}
			t.Errorf("no problem of %s row %d, %s with %q among %+v", tt.table, tt.row, tt.field, tt.message, problems)
		})
	}
}

func TestProblems_Error(t *testing.T) {
	tables := fixture()
	tables.Units[0].Factor = -1
	tables.Sources[1].Code = "gazette-2020-02"
	_, err := New(tables)
	if err == nil {
		t.Fatal("two problems are none")
	}
	if got, want := err.Error(), "units row 1, factor: the factor is not positive (and 1 more)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestNew_Empty(t *testing.T) {
	c := build(t, Tables{})
	if len(c.Regions()) != 0 || len(c.Slices()) != 1 || len(c.Search("a", 10)) != 0 {
		t.Error("an empty catalogue is not empty")
	}
}

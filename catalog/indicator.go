package catalog

import (
	"fmt"
	"slices"

	"github.com/countyql/countyql/indicator"
)

// allowedRules are the rollup rules that make sense on each axis.
var allowedRules = []struct {
	field string
	of    func(indicator.Rollup) indicator.Rule
	rules []indicator.Rule
}{
	{
		"rollup_regions", func(r indicator.Rollup) indicator.Rule { return r.Regions },
		[]indicator.Rule{
			indicator.RuleNone, indicator.RuleSum, indicator.RuleRatio, indicator.RuleWeightedMean, indicator.RuleMin, indicator.RuleMax,
		},
	},
	{
		"rollup_time", func(r indicator.Rollup) indicator.Rule { return r.Time },
		[]indicator.Rule{
			indicator.RuleNone, indicator.RuleSum, indicator.RuleLast, indicator.RuleRatio, indicator.RuleMean,
			indicator.RuleMin, indicator.RuleMax,
		},
	},
	{
		"rollup_dimensions", func(r indicator.Rollup) indicator.Rule { return r.Dimensions },
		[]indicator.Rule{indicator.RuleNone, indicator.RuleSum, indicator.RuleRatio},
	},
}

// indexIndicators resolves the indicators that contracts refer to and refuses contracts that contradict themselves.
func (c *Catalog) indexIndicators(report func(Problem)) {
	c.indicators = make([]Indicator, len(c.tables.Indicators))
	c.indicatorByCode = make(map[string]*Indicator, len(c.indicators))
	for i := range c.tables.Indicators {
		ind := &c.indicators[i]
		*ind = Indicator{Indicator: c.tables.Indicators[i], ID: int32(i)}
		if c.indicatorByCode[ind.Code] != nil {
			report(Problem{Table: "indicators", Row: i, Field: "code", Message: fmt.Sprintf("indicator %q is listed twice", ind.Code)})
		}
		reportEmpty(report, "indicators", i, ind.Code)
		c.indicatorByCode[ind.Code] = ind
	}
	for i := range c.indicators {
		c.resolveIndicator(&c.indicators[i], func(field, format string, args ...any) {
			report(Problem{Table: "indicators", Row: i, Field: field, Message: fmt.Sprintf(format, args...)})
		})
	}
}

func (c *Catalog) resolveIndicator(ind *Indicator, problem func(field, format string, args ...any)) {
	row := &ind.Indicator
	refer := func(field, code string) *Indicator {
		if code == "" {
			return nil
		}
		found := c.indicatorByCode[code]
		if found == nil {
			problem(field, "indicator %q does not exist", code)
		}
		return found
	}
	ind.Numerator = refer("numerator", row.Numerator)
	ind.Denominator = refer("denominator", row.Denominator)
	ind.Weight = refer("weight", row.Weight)
	if (row.Numerator == "") != (row.Denominator == "") {
		problem("denominator", "a numerator and a denominator go together")
	}
	if row.Numerator != "" && row.Kind != indicator.Ratio {
		problem("kind", "an indicator with a numerator is of kind RATIO")
	}
	if row.Numerator != "" && !(row.Scale > 0) {
		problem("unit", "a ratio needs a positive scale")
	}
	if row.Derived() {
		checkFormula(ind, problem)
	}
	for _, axis := range allowedRules {
		if rule := axis.of(row.Rollup); !slices.Contains(axis.rules, rule) {
			problem(axis.field, "rule %s does not apply to this axis", rule)
		} else if rule == indicator.RuleRatio && row.Kind != indicator.Ratio {
			problem(axis.field, "rule RATIO needs kind RATIO")
		}
	}
	if row.Rollup.Regions == indicator.RuleWeightedMean && row.Weight == "" {
		problem("weight", "rule WEIGHTED_MEAN needs a weight indicator")
	}
	if row.Kind == indicator.Ratio && (row.Rollup.Regions == indicator.RuleSum || row.Rollup.Time == indicator.RuleSum) {
		problem("rollup_regions", "rates do not add up")
	}
	if _, ok := c.units[row.Unit]; !ok && len(c.units) > 0 {
		problem("unit", "unit %q does not exist", row.Unit)
	}
	for _, b := range row.Breakdowns {
		if c.dimensions[b.Dimension] == nil {
			problem("breakdowns", "dimension %q does not exist", b.Dimension)
		}
	}
}

// checkFormula refuses formulas that cannot be computed: their parts are looked up as figures, and rule RATIO adds them up.
func checkFormula(ind *Indicator, problem func(field, format string, args ...any)) {
	if ind.Indicator.Numerator == "" && ind.Indicator.Denominator == "" {
		problem("formula", "a formula needs a numerator and a denominator")
	}
	for _, part := range []*Indicator{ind.Numerator, ind.Denominator} {
		switch {
		case part == nil: // a problem of its own column
		case part.Derived():
			problem("formula", "%s is computed by a formula itself", part.Code)
		case ind.Rollup.Regions == indicator.RuleRatio && part.Rollup.Regions != indicator.RuleSum:
			problem("formula", "rule RATIO adds up the values of %s, which do not add up over regions", part.Code)
		}
	}
}

// Breakdown returns how the indicator may be sliced by a dimension, and false if it may not.
func (i *Indicator) Breakdown(dimension string) (indicator.Breakdown, bool) {
	for _, b := range i.Breakdowns {
		if b.Dimension == dimension {
			return b, true
		}
	}
	return indicator.Breakdown{}, false
}

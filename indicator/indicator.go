package indicator

// Kind says what sort of quantity an indicator is.
type Kind int8

// The kinds of indicators.
const (
	Count    Kind = iota // things counted
	Amount               // money, mass, area and other extensive measures
	Ratio                // a numerator over a denominator, such as a rate in percent
	Growth               // a change relative to an earlier period
	Index                // relative to a base
	Duration             // a length of time
	Measure              // LEVEL: an intensive measure such as a temperature or a price
)

var kindNames = []string{"COUNT", "AMOUNT", "RATIO", "GROWTH", "INDEX", "DURATION", "LEVEL"}

// String returns the contract's name of the kind.
func (k Kind) String() string { return enumName(kindNames, k) }

// ParseKind reads a kind by its contract name.
func ParseKind(text string) (Kind, error) { return parseEnum[Kind]("kind", kindNames, text) }

// Polarity says which direction of an indicator is the better one.
type Polarity int8

// The polarities.
const (
	Neutral Polarity = iota
	HigherIsBetter
	LowerIsBetter
)

var polarityNames = []string{"NEUTRAL", "HIGHER_IS_BETTER", "LOWER_IS_BETTER"}

// String returns the contract's name of the polarity.
func (p Polarity) String() string { return enumName(polarityNames, p) }

// ParsePolarity reads a polarity by its contract name.
func ParsePolarity(text string) (Polarity, error) {
	return parseEnum[Polarity]("polarity", polarityNames, text)
}

// Rule is how values combine along one axis. The zero value is RuleNone: what nobody declared is not combined.
type Rule int8

// The rollup rules.
const (
	RuleNone         Rule = iota // values do not combine
	RuleSum                      // values add up: counts, flows
	RuleRatio                    // sum of numerators over sum of denominators
	RuleWeightedMean             // mean weighted by another indicator
	RuleMean                     // arithmetic mean
	RuleMin                      // smallest
	RuleMax                      // largest
	RuleLast                     // newest: stocks over time
)

var ruleNames = []string{"NONE", "SUM", "RATIO", "WEIGHTED_MEAN", "MEAN", "MIN", "MAX", "LAST"}

// String returns the contract's name of the rule.
func (r Rule) String() string { return enumName(ruleNames, r) }

// ParseRule reads a rule by its contract name.
func ParseRule(text string) (Rule, error) { return parseEnum[Rule]("rollup rule", ruleNames, text) }

// Rollup is an indicator's contract: how its values combine on each axis.
type Rollup struct {
	Regions    Rule // RuleSum, RuleRatio, RuleWeightedMean, RuleMin, RuleMax or RuleNone
	Time       Rule // RuleSum, RuleLast, RuleRatio, RuleMean, RuleMin, RuleMax or RuleNone
	Dimensions Rule // RuleSum (the values of a complete dimension partition the total), RuleRatio or RuleNone
}

// Indicator is something measured for regions.
type Indicator struct {
	Code        string
	NameZh      string
	NameEn      string
	Description string
	Topic       string
	Unit        string // a code of the unit table; values of the indicator are in this unit
	UnitFactor  float64
	Kind        Kind
	// Min and Max bound a valid value, inclusive; nil where unbounded.
	Min, Max *float64
	Polarity Polarity
	Rollup   Rollup
	// Numerator and Denominator are codes of the indicators a RATIO is made of; both empty or both set.
	Numerator   string
	Denominator string
	// Scale is what numerator / denominator is multiplied by: 100 for a percentage.
	Scale float64
	// Weight is the code of the weight indicator of a WEIGHTED_MEAN.
	Weight string
	// Formula is set for a derived indicator, which has no observations of its own and is computed at query time as
	// Numerator / Denominator * Scale.
	Formula string
	Aliases []string
	// Breakdowns are the dimensions the indicator may be sliced by.
	Breakdowns []Breakdown
}

// Derived reports whether the indicator is computed at query time from its formula.
func (i *Indicator) Derived() bool { return i.Formula != "" }

// Counted reports whether figures of the indicator are worked out from their counts, where these are known.
func (i *Indicator) Counted() bool {
	return i.Kind == Ratio || i.Rollup.Time == RuleRatio || i.Rollup.Regions == RuleRatio
}

// Breakdown allows an indicator to be sliced by a dimension.
type Breakdown struct {
	Dimension string
	// Complete says that the dimension's values partition the total of this indicator.
	Complete bool
}

// Unit is a unit of measurement. A value in the unit times Factor is the value in the base unit of its Quantity.
type Unit struct {
	Code     string
	NameZh   string
	NameEn   string
	Quantity string // what the unit measures: money, mass, area, count of persons …
	Factor   float64
}

package loader

import (
	"fmt"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// ChecksFailed is the error of a load whose figures contradict each other: a check of severity ERROR failed.
type ChecksFailed struct {
	// Results are the failed results of severity ERROR.
	Results []indicator.CheckResult
}

// maxListed bounds the results that an error lists.
const maxListed = 100

// Error lists the failed checks with their arithmetic, one a line, and counts those that are not listed.
func (e *ChecksFailed) Error() string {
	var b strings.Builder
	for _, r := range e.Results[:min(len(e.Results), maxListed)] {
		b.WriteString(r.Check + ": ")
		if r.Region != "" {
			b.WriteString(r.Region + " ")
		}
		b.WriteString(r.Indicator + ": " + r.Message)
		if r.Arithmetic != "" {
			b.WriteString(": " + r.Arithmetic)
		}
		b.WriteByte('\n')
	}
	if more := len(e.Results) - maxListed; more > 0 {
		fmt.Fprintf(&b, "… and %d more\n", more)
	}
	fmt.Fprintf(&b, "checks failed with %s, nothing is published", indicator.Counted(len(e.Results), "result"))
	return b.String()
}

// checksError returns a *ChecksFailed if any result forbids publication.
func checksError(results []indicator.CheckResult) error {
	var failed []indicator.CheckResult
	for _, r := range results {
		if r.Status == indicator.Failed && r.Severity == indicator.SeverityError {
			failed = append(failed, r)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &ChecksFailed{Results: failed}
}

// applies reports whether a check concerns an indicator: the one it names or, where it names none, every one whose
// contract lets the arithmetic mean something.
func applies(check *indicator.Check, ind *catalog.Indicator) bool {
	if check.Indicator != "" {
		return check.Indicator == ind.Code
	}
	switch check.Kind {
	case indicator.PartsSum:
		b, ok := ind.Breakdown(check.Dimension)
		return ok && b.Complete && ind.Rollup.Dimensions == indicator.RuleSum
	case indicator.RateCounts:
		return ind.Kind == indicator.Ratio
	case indicator.NumeratorLEDenominator:
		// A share, not a ratio such as persons per household: it cannot exceed the whole.
		return ind.Kind == indicator.Ratio && ind.Max != nil && *ind.Max <= scale(ind) && ind.Unit != ""
	case indicator.InRange:
		return ind.Min != nil || ind.Max != nil
	case indicator.ChildrenSum:
		return ind.Rollup.Regions == indicator.RuleSum
	case indicator.Jump:
		return ind.Kind != indicator.Growth // growth changes by any factor, and sign
	case indicator.UnitScale:
		return ind.Unit == unitPercent
	default:
		return false
	}
}

// scale is what a rate's numerator / denominator is multiplied by, also where the rate names no counts.
func scale(ind *catalog.Indicator) float64 {
	switch {
	case ind.Scale > 0:
		return ind.Scale
	case ind.Unit == unitPercent:
		return 100
	case ind.Unit == unitPerMille:
		return 1000
	}
	return 1
}

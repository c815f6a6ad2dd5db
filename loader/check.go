package loader

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
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
	fmt.Fprintf(&b, "checks failed with %s, nothing is published", plural(int64(len(e.Results)), "result"))
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

// maxFailures bounds the failures reported for one check and indicator; one result counts the rest.
const maxFailures = 1000

// checker runs the declared checks on staged figures.
type checker struct {
	reader  store.Reader
	catalog *catalog.Catalog
}

// numbered is a result with the position of its check, which the results are sorted by.
type numbered struct {
	check  int
	result indicator.CheckResult
}

// runChecks runs every declared check on every indicator it applies to.
//
// A figure, or a group of figures, that breaks a check makes a result of its own. What holds makes one result for each
// check, indicator and region: the arithmetic is that of the newest figure, of the total where there is one, and the
// message counts the others. A check that holds only thanks to its tolerance or to the imprecision of a figure passes
// as a NOTE, whatever severity it was declared with. See agree for what holds.
//
// The figures of an indicator are read once for all its checks, after one count of which indicators have any.
func runChecks(ctx context.Context, reader store.Reader, c *catalog.Catalog) ([]indicator.CheckResult, error) {
	if len(c.Tables().Checks) == 0 {
		return []indicator.CheckResult{}, nil
	}
	k := checker{reader, c}
	tallies, err := reader.Count(ctx, store.NewSelect(), store.KeyIndicator)
	if err != nil {
		return nil, err
	}
	var results []numbered
	for _, tally := range tallies {
		if tally.Rows == 0 {
			continue
		}
		ind := &c.Indicators()[tally.Keys[0]]
		var rows *figures
		for n := range c.Tables().Checks {
			check := &c.Tables().Checks[n]
			if !applies(check, ind) {
				continue
			}
			if rows == nil {
				if rows, err = k.figures(ctx, ind); err != nil {
					return nil, err
				}
			}
			found, err := k.run(ctx, check, ind, rows)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", check.Code, err)
			}
			for _, result := range found {
				results = append(results, numbered{n, result})
			}
		}
	}
	slices.SortStableFunc(results, func(a, b numbered) int { return cmp.Compare(a.check, b.check) })
	plain := make([]indicator.CheckResult, len(results))
	for i, r := range results {
		plain[i] = r.result
	}
	return plain, nil
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

func (k *checker) run(ctx context.Context, check *indicator.Check, ind *catalog.Indicator, rows *figures) ([]indicator.CheckResult, error) {
	out := newFindings(check, k.catalog, ind)
	switch check.Kind {
	case indicator.PartsSum:
		if err := partsSum(out, check, rows); err != nil {
			return nil, err
		}
	case indicator.RateCounts:
		rateCounts(out, check, rows)
	case indicator.NumeratorLEDenominator:
		numeratorLEDenominator(out, check, rows)
	case indicator.InRange:
		inRange(out, rows)
	case indicator.ChildrenSum:
		childrenSum(out, check, rows)
	case indicator.Jump:
		jump(out, check, rows)
	case indicator.UnitScale:
		unitScale(out, rows)
	case indicator.ShareOf, indicator.SameAs:
		other, err := k.catalog.Indicator(check.Other)
		if err != nil {
			return nil, err
		}
		others, err := k.figures(ctx, other)
		if err != nil {
			return nil, err
		}
		compareWith(out, check, rows, others)
	}
	return out.results(), nil
}

// figures are the current figures of one indicator in natural order.
type figures struct {
	*store.Rows
	catalog   *catalog.Catalog
	indicator *catalog.Indicator
}

func (k *checker) figures(ctx context.Context, ind *catalog.Indicator) (*figures, error) {
	s := store.NewSelect()
	s.Indicators = []int32{ind.ID}
	rows, err := k.reader.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	return &figures{rows, k.catalog, ind}, nil
}

// known reports whether a row has a value.
func (f *figures) known(row int) bool {
	return f.Missing[row] == indicator.NotMissing && !math.IsNaN(f.Value[row])
}

func (f *figures) period(row int) indicator.Period {
	return indicator.Period{Start: f.Start[row], End: f.End[row]}
}

func (f *figures) key(row int) indicator.ObservationKey {
	return indicator.ObservationKey{
		Region:    f.catalog.Regions()[f.Region[row]].Code,
		Indicator: f.indicator.Code,
		Slice:     f.catalog.Slices()[f.Slice[row]].String(),
		Period:    f.period(row).String(),
		Status:    f.Status[row],
	}
}

// words writes a row's value for people.
func (f *figures) words(row int) string { return inWords(f.Value[row], f.Precision[row]) }

// inWords writes a number with what is known of it: about 97, at least 20,000.
func inWords(value float64, precision indicator.Precision) string {
	switch precision {
	case indicator.AtLeast:
		return "at least " + formatNumber(value)
	case indicator.AtMost:
		return "at most " + formatNumber(value)
	case indicator.Approximate:
		return "about " + formatNumber(value)
	}
	return formatNumber(value)
}

package loader

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// agreement is how two figures that should be equal relate.
type agreement int8

const (
	differs agreement = iota
	within            // equal as far as tolerance and precision tell
	agrees
)

// rounding is the relative error that sums and products of doubles may have.
const rounding = 1e-9

// roughly is the relative difference up to which an approximate figure is taken to mean another one: 近2000 for 1,850.
const roughly = 0.1

// agree compares two figures that should be equal, a and b, within an absolute tolerance.
//
// They agree if they are equal but for the rounding of doubles. They agree within if the difference is inside the
// tolerance, or if it is one that their precision explains: a lower bound may be below the other figure, an upper bound
// above it. Where nothing but imprecision is known, as of 约 and 近, a declared tolerance decides alone; without one a
// tenth of the larger figure is allowed.
func agree(a float64, pa indicator.Precision, b float64, pb indicator.Precision, tolerance float64) agreement {
	difference := a - b
	magnitude := max(math.Abs(a), math.Abs(b))
	if math.Abs(difference) <= rounding*magnitude {
		return agrees
	}
	if math.Abs(difference) <= tolerance+rounding*magnitude {
		return within
	}
	switch pa.Minus(pb) {
	case indicator.AtLeast: // the true difference is this one or more, so it may be 0 if this one is negative
		if difference < 0 {
			return within
		}
	case indicator.AtMost:
		if difference > 0 {
			return within
		}
	case indicator.Approximate:
		if tolerance == 0 && math.Abs(difference) <= roughly*magnitude {
			return within
		}
	}
	return differs
}

// finding is the outcome of a check's arithmetic on one figure or group of figures, described only if it is reported.
type finding struct {
	agreement agreement
	region    int32
	slice     int32
	end       indicator.Day
	describe  func() description
}

// description is a finding in words.
type description struct {
	message    string
	arithmetic string
	keys       []indicator.ObservationKey
}

// findings collects the outcomes of one check on one indicator.
type findings struct {
	check     *indicator.Check
	catalog   *catalog.Catalog
	indicator *catalog.Indicator
	failures  []finding
	failed    int // all failures
	passes    map[int32]*passes
}

// passes are the findings of a region that hold: the one reported, and the number of all.
type passes struct {
	finding finding
	count   int64
}

func newFindings(check *indicator.Check, c *catalog.Catalog, ind *catalog.Indicator) *findings {
	return &findings{check: check, catalog: c, indicator: ind, passes: make(map[int32]*passes)}
}

func (f *findings) add(found finding) {
	if found.agreement == differs {
		f.failed++
		if len(f.failures) < maxFailures {
			f.failures = append(f.failures, found)
		}
		return
	}
	p := f.passes[found.region]
	if p == nil {
		f.passes[found.region] = &passes{found, 1}
		return
	}
	p.count++
	// The total is the figure people know, and the newest one the one they ask about.
	if cmp.Or(-cmp.Compare(found.slice, p.finding.slice), cmp.Compare(found.end, p.finding.end)) > 0 {
		p.finding = found
	}
}

// results describes what was found: the failures, then what holds, by region.
func (f *findings) results() []indicator.CheckResult {
	var results []indicator.CheckResult
	slices.SortStableFunc(f.failures, func(a, b finding) int { return cmp.Compare(a.region, b.region) })
	for _, failure := range f.failures {
		results = append(results, f.result(failure, indicator.Failed, ""))
	}
	if more := f.failed - len(f.failures); more > 0 {
		results = append(results, indicator.CheckResult{
			Check: f.check.Code, Severity: f.check.Severity, Status: indicator.Failed, Indicator: f.indicator.Code,
			Message: plural(int64(more), "more figure") + " failed",
		})
	}
	for _, region := range slices.Sorted(maps.Keys(f.passes)) {
		p := f.passes[region]
		more := ""
		if p.count > 1 {
			more = fmt.Sprintf("; so do %s of the region", plural(p.count-1, "more comparison"))
			if p.count == 2 {
				more = "; so does 1 more comparison of the region"
			}
		}
		results = append(results, f.result(p.finding, indicator.Passed, more))
	}
	return results
}

func (f *findings) result(found finding, status indicator.CheckStatus, more string) indicator.CheckResult {
	d := found.describe()
	severity := f.check.Severity
	if found.agreement == within {
		severity = indicator.SeverityNote
	}
	return indicator.CheckResult{
		Check: f.check.Code, Severity: severity, Status: status,
		Region: f.catalog.Regions()[found.region].Code, Indicator: f.indicator.Code,
		Message: d.message + more, Arithmetic: d.arithmetic, Observations: d.keys,
	}
}

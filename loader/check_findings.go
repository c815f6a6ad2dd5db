package loader

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
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

// finding is the outcome of a check's arithmetic on one figure or group of figures, which is put in words only if it is reported.
type finding struct {
	agreement agreement
	figure    cited
	other     cited // what the figure is compared with, where that is one figure
	parts     sum   // or where it is several
}

// description is a finding in words.
type description struct {
	message    string
	arithmetic string
	named      []cited
}

// maxFailures bounds the failures reported for one check and indicator; one result counts the rest.
const maxFailures = 1000

// maxRegions bounds the regions that have a result each for what holds, of one check and indicator. Where there are more, one result tells of all: what
// holds is not what anybody looks for, and would be most of a snapshot.
const maxRegions = 100

// findings collects the outcomes of one check on one indicator. They may come in any order.
type findings struct {
	check     *indicator.Check
	catalog   *catalog.Catalog
	indicator *catalog.Indicator

	at      seriesPeriod // of the figures that are being looked at
	failed  int64        // all failures
	failure []finding    // the first in natural order, and some more
	last    *finding     // the last that can be reported; nil while there are few

	held   int64   // all comparisons that hold
	slots  []int32 // by region: 1 + the place of its pass, or whether it has one
	passes []pass  // of each region, nil once there are too many
	// Of too many regions: the one comparison that is reported, how figures that are being looked at compare with it, and the number of regions.
	best    *finding
	order   int
	regions int64
}

// pass is what holds of a region: the comparison that is reported, and the number of all.
type pass struct {
	finding finding
	count   int64
}

// seriesPeriod is what the figures of a stretch have in common, of an indicator.
type seriesPeriod struct {
	slice  int32
	status indicator.Status
	period indicator.Period
}

func periodOf(t *store.Stretch) seriesPeriod { return seriesPeriod{t.Slice, t.Status, t.Period} }

func newFindings(check *indicator.Check, c *catalog.Catalog, ind *catalog.Indicator) *findings {
	return &findings{check: check, catalog: c, indicator: ind, slots: make([]int32, len(c.Regions()))}
}

func (f *findings) found() *findings { return f }

// end is that of rules that keep nothing of the figures.
func (f *findings) end() {}

// enter says of which figures the outcomes are that come next.
func (f *findings) enter(at seriesPeriod) {
	f.at = at
	if f.best != nil {
		f.order = comparePresence(&at, f.best.figure.at())
	}
}

// takes counts an outcome. It reports whether it may be told of; then it is to be added.
func (f *findings) takes(how agreement, region int32) bool {
	if how == differs {
		f.failed++
		return f.last == nil || cmp.Or(compareNaturally(&f.at, f.last.figure.at()), cmp.Compare(region, f.last.figure.region)) < 0
	}
	f.held++
	at := f.slots[region]
	if f.best == nil {
		if at > 0 {
			p := &f.passes[at-1]
			p.count++
			return comparePresence(&f.at, p.finding.figure.at()) < 0
		}
		if len(f.passes) < maxRegions {
			f.passes = append(f.passes, pass{count: 1})
			f.slots[region] = int32(len(f.passes))
			return true
		}
		f.join()
	}
	if at == 0 {
		f.slots[region] = 1
		f.regions++
	}
	return f.order < 0 || f.order == 0 && region < f.best.figure.region
}

// join goes over from a result for each region to one for all.
func (f *findings) join() {
	best := slices.MinFunc(f.passes, func(a, b pass) int {
		x, y := &a.finding.figure, &b.finding.figure
		return cmp.Or(comparePresence(x.at(), y.at()), cmp.Compare(x.region, y.region))
	})
	f.best, f.regions, f.passes = &best.finding, int64(len(f.passes)), nil
	f.enter(f.at)
}

// add adds an outcome that has been taken.
func (f *findings) add(found finding) {
	switch {
	case found.agreement == differs:
		if f.failure = append(f.failure, found); len(f.failure) == 2*maxFailures {
			f.cut()
			f.last = &f.failure[maxFailures-1]
		}
	case f.best != nil:
		*f.best, f.order = found, 0
	default:
		f.passes[f.slots[found.figure.region]-1].finding = found
	}
}

// cut keeps the failures that are reported.
func (f *findings) cut() {
	slices.SortFunc(f.failure, func(a, b finding) int {
		return cmp.Or(compareNaturally(a.figure.at(), b.figure.at()), cmp.Compare(a.figure.region, b.figure.region))
	})
	f.failure = f.failure[:min(len(f.failure), maxFailures)]
}

// compareNaturally compares in natural order.
func compareNaturally(a, b *seriesPeriod) int {
	return cmp.Or(cmp.Compare(a.slice, b.slice), cmp.Compare(a.status, b.status), cmp.Compare(a.period.End, b.period.End),
		cmp.Compare(a.period.Start, b.period.Start))
}

// comparePresence is less than 0 if the first is rather to be told of: the total is the figure people know, and the newest one the one they ask about.
func comparePresence(a, b *seriesPeriod) int {
	return cmp.Or(cmp.Compare(a.slice, b.slice), cmp.Compare(b.period.End, a.period.End), cmp.Compare(a.status, b.status),
		cmp.Compare(a.period.Start, b.period.Start))
}

// results puts in words what was found: the failures, then what holds, by region.
func (f *findings) results(describe func(*finding) description) []indicator.CheckResult {
	var results []indicator.CheckResult
	f.cut()
	slices.SortStableFunc(f.failure, func(a, b finding) int { return cmp.Compare(a.figure.region, b.figure.region) })
	for i := range f.failure {
		results = append(results, f.result(&f.failure[i], describe, indicator.Failed, ""))
	}
	if more := f.failed - int64(len(f.failure)); more > 0 {
		results = append(results, indicator.CheckResult{
			Check: f.check.Code, Severity: f.check.Severity, Status: indicator.Failed, Indicator: f.indicator.Code,
			Message: indicator.Counted(more, "more figure") + " failed",
		})
	}
	if f.best != nil {
		more := fmt.Sprintf("; so do %s in %s", indicator.Counted(f.held-1, "more comparison"), indicator.Counted(f.regions, "region"))
		result := f.result(f.best, describe, indicator.Passed, more)
		result.Region = ""
		return append(results, result)
	}
	slices.SortFunc(f.passes, func(a, b pass) int { return cmp.Compare(a.finding.figure.region, b.finding.figure.region) })
	for i := range f.passes {
		p := &f.passes[i]
		more := ""
		if p.count > 1 {
			more = fmt.Sprintf("; so do %s of the region", indicator.Counted(p.count-1, "more comparison"))
			if p.count == 2 {
				more = "; so does 1 more comparison of the region"
			}
		}
		results = append(results, f.result(&p.finding, describe, indicator.Passed, more))
	}
	return results
}

func (f *findings) result(found *finding, describe func(*finding) description, status indicator.CheckStatus, more string) indicator.CheckResult {
	d := describe(found)
	severity := f.check.Severity
	if found.agreement == within {
		severity = indicator.SeverityNote
	}
	keys := make([]indicator.ObservationKey, len(d.named))
	for i := range d.named {
		keys[i] = d.named[i].key(f.catalog)
	}
	return indicator.CheckResult{
		Check: f.check.Code, Severity: severity, Status: status,
		Region: f.catalog.CodeOf(&f.catalog.Regions()[found.figure.region]), Indicator: f.indicator.Code,
		Message: d.message + more, Arithmetic: d.arithmetic, Observations: keys,
	}
}

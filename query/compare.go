package query

import (
	"context"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// CompareRequest asks how regions stand against each other.
type CompareRequest struct {
	Indicators []string
	Display    *RegionSelector
	Against    *RegionSelector // nil: the regions shown
	When       *When           // nil: the newest of each region
	Slice      []indicator.Coordinate
	Status     indicator.Status
	AsOf       indicator.Day
	Per        *Per
	Baseline   *Baseline // nil: the group's rate or weighted mean, the mean of what adds up, the median of the rest
	OrderBy    []EntryOrder
	Page       PageRequest
	// Evidence makes the newest figure behind each value available, AllEvidence besides it all of them.
	Evidence, AllEvidence bool
	// WithoutWarnings leaves warnings out, for which all figures are looked at once more.
	WithoutWarnings bool
}

// BaselineStatistic is a statistic of the group that serves as a baseline.
type BaselineStatistic int8

// The statistics.
const (
	BaselineGroupValue BaselineStatistic = iota
	BaselineMean
	BaselineMedian
	BaselineBest
)

// Baseline is what regions are compared with; exactly one field is set.
type Baseline struct {
	Region    string
	Statistic *BaselineStatistic
	Value     *float64
}

// isRegion reports whether the baseline is a region, which an empty code does not name.
func (b *Baseline) isRegion() bool { return b.Statistic == nil && b.Value == nil }

// EntryKey is what entries are sorted by.
type EntryKey int8

// The keys.
const (
	EntryByRegion EntryKey = iota
	EntryByRank
	EntryByValue
	EntryByDifference
)

// EntryOrder sorts entries.
type EntryOrder struct {
	By         EntryKey
	Descending bool
}

// Comparison is the answer to a CompareRequest.
type Comparison struct {
	Indicators []*IndicatorComparison
	Cost       Cost
}

// IndicatorComparison compares regions by one indicator.
type IndicatorComparison struct {
	Indicator  *catalog.Indicator
	Unit       string
	Baseline   indicator.Quantity // missing if there is none
	Statistics *Statistics
	Page       *Page[*Entry] // of entries
	Missing    []MissingRegion
	Warnings   []Warning
}

// Statistics describe the values of a comparison group; nil where a statistic does not exist.
type Statistics struct {
	N                            int
	Mean, GroupValue, Median     *float64
	StdDev, MAD, Min, Max        *float64
	Quartiles                    []float64 // three, or none for an empty group
	Gini, CoefficientOfVariation *float64
}

// Entry is one region in a comparison.
type Entry struct {
	Region        *catalog.Region
	Quantity      indicator.Quantity
	Rank          int
	RankUncertain bool
	Percentile    float64
	ZScore        *float64
	RobustZScore  *float64
	Difference    indicator.Quantity // missing without a baseline
	Ratio         *float64
	Standing      Standing
	// Observation is the newest figure the value rests on; nil unless the request asked for evidence.
	Observation *Observation
	// Observations are all figures the value rests on; nil unless the request asked for all evidence.
	Observations []*Observation

	group *comparisonGroup
}

// Standing is better or worse than the baseline.
type Standing int8

// The standings. NoStanding is that of a neutral indicator or without a baseline.
const (
	NoStanding Standing = iota
	Better
	Similar
	Worse
)

var standingNames = []string{"", "BETTER", "SIMILAR", "WORSE"}

// String returns the contract's name of the standing; empty for NoStanding.
func (s Standing) String() string { return standingNames[s] }

// Share is the value over the group's sum; an error of code NOT_ADDITIVE where values do not add up.
func (e *Entry) Share() (*float64, error) {
	sum, err := e.group.sum()
	if err != nil || sum == 0 {
		return nil, err
	}
	return number(e.Quantity.Value / sum), nil
}

// comparing is a resolved CompareRequest.
type comparing struct {
	session          *Session
	request          *CompareRequest
	figures          *figures
	display, against *regionSet
}

func (s *Session) planCompare(ctx context.Context, request *CompareRequest) (*comparing, error) {
	if err := checkFirst(request.Page.First, s.limits.Page); err != nil {
		return nil, err
	}
	display, against, all, err := s.comparedRegions(ctx, request)
	if err != nil {
		return nil, err
	}
	f, err := s.resolve(&figureRequest{
		indicators: request.Indicators, when: request.When, slice: request.Slice, statuses: []indicator.Status{request.Status},
		asOf: request.AsOf, per: request.Per, evidence: request.Evidence, unwarned: request.WithoutWarnings,
	}, all)
	return &comparing{s, request, f, display, against}, err
}

// Compare tells how regions stand against each other.
func (s *Session) Compare(ctx context.Context, request *CompareRequest) (*Comparison, error) {
	plan, err := s.planCompare(ctx, request)
	if err != nil {
		return nil, err
	}
	answer := &Comparison{}
	if answer.Cost, err = s.fetch(ctx, plan.figures); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	for i := range plan.figures.subjects {
		c, err := plan.subject(w, &plan.figures.subjects[i])
		if err != nil {
			return nil, err
		}
		answer.Indicators = append(answer.Indicators, c)
	}
	return answer, nil
}

// comparedRegions resolves the regions shown, the group, and everything to be read, the baseline's region included.
func (s *Session) comparedRegions(ctx context.Context, request *CompareRequest) (display, against, all *regionSet, err error) {
	if display, err = s.selectRegions(ctx, request.Display, request.AsOf, "display"); err != nil {
		return nil, nil, nil, err
	}
	against = display
	if request.Against != nil {
		if against, err = s.selectRegions(ctx, request.Against, request.AsOf, "against"); err != nil {
			return nil, nil, nil, err
		}
	}
	if err := against.checkEquals("against"); err != nil {
		return nil, nil, nil, err
	}
	all = &regionSet{list: slices.Clip(display.list), whole: display.whole, warnings: slices.Clone(display.warnings), spent: display.spent}
	if request.Against != nil {
		all.list, all.whole = append(slices.Clone(all.list), against.list...), nil
		all.warnings = slices.Concat(display.warnings, against.warnings)
		all.spent.add(against.spent)
	}
	if request.Baseline != nil && request.Baseline.isRegion() {
		r, err := s.currentRegion(request.Baseline.Region, all)
		if err != nil {
			return nil, nil, nil, at(err, "baseline", "region")
		}
		all.list, all.whole = append(slices.Clone(all.list), r), nil
	}
	all.sort()
	return display, against, all, nil
}

// subject compares regions by one of the subjects, whose figures have been read.
func (p *comparing) subject(w *watch, x *subject) (*IndicatorComparison, error) {
	s, request, f, display, against := p.session, p.request, p.figures, p.display, p.against
	cells, err := f.cellsOf(w, x)
	if err != nil {
		return nil, err
	}
	group := newComparisonGroup(w, f, x, against, cells)
	c := &IndicatorComparison{Indicator: x.indicator, Unit: x.unit(), Statistics: group.statistics(), Warnings: slices.Clone(f.regions.warnings)}
	if group.baseline, err = s.baseline(request.Baseline, group, cells); err != nil {
		return nil, err
	}
	c.Baseline = group.baseline
	entries := entryListMemory.Room(f.scratch, len(display.list))
	var shown []cell
	if !request.WithoutWarnings {
		shown = cellMemory.Room(f.scratch, len(display.list))
	}
	made := newEntryMaker(group, len(display.list), display == against)
	at := 0
	for _, region := range display.list {
		if err := w.step(); err != nil {
			return nil, err
		}
		for at < len(cells) && cells[at].region < region.ID {
			at++
		}
		found, reason := valueOf(cells[at:min(at+1, len(cells))], region)
		if reason != indicator.NotMissing {
			c.Missing = append(c.Missing, MissingRegion{region, reason})
			continue
		}
		if !request.WithoutWarnings {
			shown = append(shown, *found)
		}
		entry := made.entry(w, region, found, at)
		if request.Evidence {
			entry.Observation = f.figureOf(s, found)
		}
		if request.AllEvidence {
			entry.Observations = f.evidence(w, s, found)
		}
		entries = append(entries, entry)
	}
	if !request.WithoutWarnings {
		c.Warnings = append(append(c.Warnings, f.mixtures(w, x, shown, true)...), laterWeights(w, x, &group.rollup)...)
	}
	sortEntries(f.scratch, entries, request.OrderBy)
	c.Page, err = paginateRows(w, entries, func(e *Entry) string { return e.Region.QualifiedCode() }, request.Page, s.limits.Page)
	return c, err
}

package loader

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// checker runs the declared checks on staged figures.
type checker struct {
	reader  store.Reader
	catalog *catalog.Catalog
	gathers int64 // figures of an indicator that are kept at a time for checks that compare series
	// standing are results of the parent that need not be found again.
	standing standing
}

// rule is a declared check under way on the figures of one indicator.
type rule interface {
	// look looks at figures of one series and period. Of each series they are shown in natural order.
	look(t *store.Stretch)
	// end is called when no more figures of these regions come.
	end()
	// describe puts a finding in words.
	describe(found *finding) description
	// found is what has been found so far.
	found() *findings
}

// gatherer is a rule that has to be given other figures of the same regions before it looks at any.
type gatherer interface {
	gather(ctx context.Context, k *checker, regions []store.Span) error
}

// round is some indicators whose figures are read by one walk for all their checks. Where one has too many figures to keep them, checks that do so
// have a round of their own, of several walks.
type round struct {
	indicators []int32
	omit       store.Columns
	rows       int64
	checks     roundChecks
	parts      int // walks, each for a part of the regions
}

// roundChecks are the checks that a round is for.
type roundChecks int8

const (
	allChecks roundChecks = iota
	gatheringChecks
	otherChecks
)

// roundRows is about how many figures a round has, so that there are enough rounds for all processors.
const roundRows = 1 << 19

// gatheredRows is how many figures of an indicator are kept at a time for checks that compare series.
const gatheredRows = 1 << 22

// numbered are the results of a check and an indicator, with their numbers.
type numbered struct {
	check     int
	indicator int32
	results   []indicator.CheckResult
}

// runChecks runs every declared check on every indicator it applies to.
//
// A figure, or a group of figures, that breaks a check makes a result of its own, as far as anybody reads; see maxFailures. What holds makes one result
// for each check, indicator and region: the arithmetic is that of the newest figure, of the total where there is one, and the
// message counts the others. Where there are many regions, it makes one for all of them; see maxRegions. A check that holds only thanks to its tolerance
// or to the imprecision of a figure passes as a NOTE, whatever severity it was declared with. See agree for what holds.
//
// Figures are looked at as they are read, those of an indicator once for all its checks, by all processors. What is kept of them is what is
// found. Results of the parent that still stand are not found again.
func runChecks(ctx context.Context, parent *store.Contents, staged *store.Staged, c *catalog.Catalog) ([]indicator.CheckResult, error) {
	k := checker{staged.Reader, c, gatheredRows, newStanding(parent, staged.Touched, c)}
	return k.run(ctx)
}

func (k *checker) run(ctx context.Context) ([]indicator.CheckResult, error) {
	found, stands := k.stands()
	if !stands {
		figures, err := k.count(ctx)
		if err != nil {
			return nil, err
		}
		rounds := k.rounds(figures)
		of := make([][]numbered, len(rounds))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range rounds {
			group.Go(func() error {
				var err error
				of[i], err = k.round(ctx, &rounds[i])
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		found = append(found, slices.Concat(of...)...)
	}
	slices.SortFunc(found, func(a, b numbered) int {
		return cmp.Or(cmp.Compare(a.check, b.check), cmp.Compare(a.indicator, b.indicator))
	})
	results := []indicator.CheckResult{}
	for _, one := range found {
		results = append(results, one.results...)
	}
	return results, nil
}

// stands returns the results that need not be found again, and whether these are all.
func (k *checker) stands() (found []numbered, all bool) {
	all = true
	for n := range k.catalog.Tables().Checks {
		check := &k.catalog.Tables().Checks[n]
		for i := range k.catalog.Indicators() {
			ind := &k.catalog.Indicators()[i]
			if !applies(check, ind) {
				continue
			}
			if !k.standing.holds(check, ind) {
				all = false
			} else if results := k.standing.results[checkIndicator{check.Code, ind.Code}]; len(results) > 0 {
				found = append(found, numbered{n, ind.ID, results})
			}
		}
	}
	return found, all
}

// count counts the figures of each indicator that is looked at, or that another is compared with.
func (k *checker) count(ctx context.Context) ([]int64, error) {
	selection := store.NewSelect()
	for i := range k.catalog.Indicators() {
		ind := &k.catalog.Indicators()[i]
		if len(k.kinds(ind)) > 0 {
			selection.Indicators = append(selection.Indicators, ind.ID)
		}
		selection.Indicators = append(selection.Indicators, k.gathered(ind)...)
	}
	slices.Sort(selection.Indicators)
	selection.Indicators = slices.Compact(selection.Indicators)
	figures := make([]int64, len(k.catalog.Indicators()))
	// All are counted sooner by their series, a few by themselves.
	if placed, ok := k.reader.(store.Placed); ok && len(selection.Indicators) > len(figures)/8 {
		series, err := placed.Series(ctx)
		for _, one := range series {
			figures[one.Indicator] += one.Rows
		}
		return figures, err
	}
	tallies, err := k.reader.Count(ctx, selection, store.KeyIndicator)
	for _, tally := range tallies {
		figures[tally.Keys[0]] = tally.Rows
	}
	return figures, err
}

// rounds divides the indicators that have figures, so many, and checks.
func (k *checker) rounds(figures []int64) []round {
	var rounds []round
	add := func(one round, ind *catalog.Indicator) {
		kinds := slices.DeleteFunc(k.kinds(ind), func(kind indicator.CheckKind) bool { return !one.looks(kind) })
		if len(kinds) == 0 {
			return
		}
		one.indicators, one.omit = []int32{ind.ID}, store.FigureColumns&^columnsOf(kinds)
		if n := len(rounds); n > 0 && rounds[n-1].joins(&one) {
			last := &rounds[n-1]
			last.indicators, last.rows = append(last.indicators, ind.ID), last.rows+one.rows
			return
		}
		rounds = append(rounds, one)
	}
	for i, rows := range figures {
		ind, kept := &k.catalog.Indicators()[i], int64(0)
		for _, id := range k.gathered(ind) {
			kept = max(kept, figures[id])
		}
		switch {
		case rows == 0:
		case kept > k.gathers:
			add(round{checks: gatheringChecks, rows: rows, parts: int((kept + k.gathers - 1) / k.gathers)}, ind)
			add(round{checks: otherChecks, rows: rows, parts: 1}, ind)
		default:
			add(round{rows: rows, parts: 1}, ind)
		}
	}
	return rounds
}

// joins reports whether two rounds can be one.
func (r *round) joins(other *round) bool {
	return r.checks == allChecks && other.checks == allChecks && r.omit == other.omit && r.rows+other.rows <= roundRows
}

// looks reports whether checks of a kind are among those of the round.
func (r *round) looks(kind indicator.CheckKind) bool {
	return r.checks == allChecks || (r.checks == gatheringChecks) == gathers(kind)
}

// looks reports whether a check has to look at an indicator.
func (k *checker) looks(check *indicator.Check, ind *catalog.Indicator) bool {
	return applies(check, ind) && !k.standing.holds(check, ind)
}

// kinds are those of the checks that have to look at an indicator.
func (k *checker) kinds(ind *catalog.Indicator) []indicator.CheckKind {
	var kinds []indicator.CheckKind
	for i := range k.catalog.Tables().Checks {
		if check := &k.catalog.Tables().Checks[i]; k.looks(check, ind) {
			kinds = append(kinds, check.Kind)
		}
	}
	return kinds
}

// gathered are the indicators whose figures are kept by checks that look at one: its own, whose parts are added up, and those it is compared with.
func (k *checker) gathered(ind *catalog.Indicator) []int32 {
	var list []int32
	for i := range k.catalog.Tables().Checks {
		check := &k.catalog.Tables().Checks[i]
		if !gathers(check.Kind) || !k.looks(check, ind) {
			continue
		}
		of := ind
		if check.Kind != indicator.PartsSum {
			if of, _ = k.catalog.Indicator(check.Other); of == nil {
				continue // see newPairRule
			}
		}
		list = append(list, of.ID)
	}
	return list
}

// gathers reports whether a check keeps figures of several series to compare them.
func gathers(kind indicator.CheckKind) bool {
	return kind == indicator.PartsSum || kind == indicator.ShareOf || kind == indicator.SameAs
}

// columnsOf are the columns that checks look at, of those that can be left out.
func columnsOf(kinds []indicator.CheckKind) store.Columns {
	columns := store.ColumnPrecision
	for _, kind := range kinds {
		switch kind {
		case indicator.RateCounts:
			columns |= store.ColumnCounts | store.ColumnDerived
		case indicator.NumeratorLEDenominator:
			columns |= store.ColumnCounts
		case indicator.PartsSum, indicator.ChildrenSum:
			columns |= store.ColumnDerived
		}
	}
	return columns
}

// round looks at the figures of a round.
func (k *checker) round(ctx context.Context, r *round) ([]numbered, error) {
	var found []numbered
	var rules []ruleOf
	current := int32(-1)
	finish := func() {
		for _, one := range rules {
			if results := one.found().results(one.describe); len(results) > 0 {
				found = append(found, numbered{one.check, current, results})
			}
		}
		rules = nil
	}
	for part := range r.parts {
		s := store.NewSelect()
		s.Indicators, s.Omit, s.Regions = r.indicators, r.omit, k.part(part, r.parts)
		if err := k.gather(ctx, rules, s.Regions); err != nil {
			return nil, err
		}
		err := store.Walk(ctx, k.reader, s, func(t *store.Stretch) error {
			if t.Indicator != current {
				end(rules)
				finish()
				current = t.Indicator
				var err error
				if rules, err = k.rules(current, r); err != nil {
					return err
				}
				if err := k.gather(ctx, rules, s.Regions); err != nil {
					return err
				}
			}
			for _, one := range rules {
				one.look(t)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		end(rules)
	}
	finish()
	return found, nil
}

// part are the regions of a part; nil, all of them, if there is one part.
func (k *checker) part(part, parts int) []store.Span {
	if parts == 1 {
		return nil
	}
	regions := len(k.catalog.Regions())
	return []store.Span{{From: int32(regions * part / parts), To: int32(regions * (part + 1) / parts)}}
}

func end(rules []ruleOf) {
	for _, one := range rules {
		one.end()
	}
}

// ruleOf is the rule of a check with its number.
type ruleOf struct {
	rule
	check int
}

// gather gives rules what else they look at of some regions.
func (k *checker) gather(ctx context.Context, rules []ruleOf, regions []store.Span) error {
	for _, one := range rules {
		if g, ok := one.rule.(gatherer); ok {
			if err := g.gather(ctx, k, regions); err != nil {
				return err
			}
		}
	}
	return nil
}

// rules begins the checks of an indicator in a round.
func (k *checker) rules(id int32, r *round) ([]ruleOf, error) {
	ind := &k.catalog.Indicators()[id]
	var rules []ruleOf
	for n := range k.catalog.Tables().Checks {
		check := &k.catalog.Tables().Checks[n]
		if !k.looks(check, ind) || !r.looks(check.Kind) {
			continue
		}
		one, err := newRule(newFindings(check, k.catalog, ind))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", check.Code, err)
		}
		rules = append(rules, ruleOf{one, n})
	}
	return rules, nil
}

func newRule(out *findings) (rule, error) {
	switch out.check.Kind {
	case indicator.PartsSum:
		return newPartsRule(out)
	case indicator.RateCounts:
		return &rateRule{out}, nil
	case indicator.NumeratorLEDenominator:
		return &shareRule{out}, nil
	case indicator.InRange:
		return newRangeRule(out), nil
	case indicator.ChildrenSum:
		return newChildrenRule(out), nil
	case indicator.Jump:
		return newJumpRule(out), nil
	case indicator.UnitScale:
		return &scaleRule{out}, nil
	case indicator.ShareOf, indicator.SameAs:
		return newPairRule(out)
	default:
		return nil, fmt.Errorf("there is no kind of checks %d", out.check.Kind)
	}
}

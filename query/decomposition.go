package query

import (
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// Decomposition splits the change of a group's rate into what changed inside its regions and what comes from the shift of
// weight between them: Kitagawa, Evelyn M., "Components of a Difference Between Two Rates", Journal of the American
// Statistical Association 50 (1955). With the rate r and the weight w of each region, its share of the group's denominator,
// before (0) and after (1):
//
//	R1 - R0 = sum((w0 + w1)/2 * (r1 - r0)) + sum((r0 + r1)/2 * (w1 - w0))
//
// The first sum is the within part, the second the shift part. Nothing is left over, and neither side is the base.
type Decomposition struct {
	Region        *catalog.Region // nil for regions that were not selected inside one
	Before, After indicator.Quantity
	Change        indicator.Quantity
	Missing       indicator.Missing // why the change is unknown; NotMissing if it is known
	// WithinPart and ShiftPart are nil where the change is unknown. EffectPrecision is theirs: a part may move either way as a
	// count does.
	WithinPart, ShiftPart *float64
	EffectPrecision       indicator.Precision
	// Coverage says which regions take part: those whose counts are known before and after.
	Coverage *Coverage
	Parts    []DecompositionPart // one for each region that takes part, in tree order
}

// DecompositionPart is one region's share in a decomposition.
type DecompositionPart struct {
	Region                    *catalog.Region
	RateBefore, RateAfter     float64
	WeightBefore, WeightAfter float64
	Within, Shift             float64
}

// Decomposition splits the change of the rate of all regions selected; an error of code NOT_AGGREGATABLE of an indicator that
// is no rate, or where regions lie inside each other.
func (r *MoversResult) Decomposition() (*Decomposition, error) {
	x := r.before.subject()
	if rule := x.rule(); rule != indicator.RuleRatio {
		err := indicator.Errorf(indicator.NotAggregatable, "%s is no rate, so that its change has no parts", r.Indicator.Code)
		err.Reason = rule.String()
		err.Hint = "ask for the decomposition of an indicator that combines as RATIO"
		return nil, err
	}
	if outer, inner := r.regions.nested(); outer != nil {
		err := indicator.Errorf(indicator.NotAggregatable, "%s %s lies inside %s %s: its figures would count twice",
			inner.Code, inner.Name, outer.Code, outer.Name)
		err.Reason = "nested regions"
		err.Hint = "ask for one of them"
		return nil, err
	}
	d := &Decomposition{Region: r.within, Coverage: &Coverage{Expected: len(r.regions.list)}}
	before := &rollup{subject: x}
	after := &rollup{subject: r.after.subject()}
	for _, region := range r.regions.list {
		b, reason := r.before.counted(region)
		a, later := r.after.counted(region)
		if reason == indicator.NotMissing {
			reason = later
		}
		if reason != indicator.NotMissing {
			d.Coverage.Missing = append(d.Coverage.Missing, MissingRegion{region, reason})
			continue
		}
		d.Coverage.Regions = append(d.Coverage.Regions, region)
		before.cells, after.cells = append(before.cells, *b), append(after.cells, *a)
		d.EffectPrecision = d.EffectPrecision.Plus(b.counts).Plus(a.counts)
	}
	before.expected, after.expected = d.Coverage.Regions, d.Coverage.Regions
	if d.Coverage.Used = len(d.Coverage.Regions); d.Coverage.Expected > 0 {
		d.Coverage.Share = float64(d.Coverage.Used) / float64(d.Coverage.Expected)
	}
	d.EffectPrecision = d.EffectPrecision.Unordered()
	d.split(before, after)
	return d, nil
}

// counted is the region's cell if its counts are known, or why they are not.
func (x *side) counted(region *catalog.Region) (*cell, indicator.Missing) {
	c, reason := x.known(region)
	if reason == indicator.NotMissing && !(c.countsKnown() && c.denominator != 0) {
		return nil, indicator.NoDenominator
	}
	return c, reason
}

// split computes the parts of the change between two rollups of the same regions.
func (d *Decomposition) split(before, after *rollup) {
	before.compute()
	after.compute()
	d.Before, d.After = before.quantity, after.quantity
	d.Change = d.After.Minus(d.Before)
	if !d.Change.Known() {
		d.Missing = indicator.NoDenominator
		if d.Coverage.Used == 0 {
			d.Missing = indicator.NoObservation
			for _, m := range d.Coverage.Missing {
				d.Missing = commonReason(d.Missing, m.Reason)
			}
		}
		return
	}
	denominators := func(u *rollup) (sum float64) {
		for i := range u.cells {
			sum += u.cells[i].denominator
		}
		return sum
	}
	allBefore, allAfter := denominators(before), denominators(after)
	var within, shift float64
	for i, region := range d.Coverage.Regions {
		b, a := &before.cells[i], &after.cells[i]
		p := DecompositionPart{
			Region:       region,
			RateBefore:   before.scale() * b.numerator / b.denominator,
			RateAfter:    after.scale() * a.numerator / a.denominator,
			WeightBefore: b.denominator / allBefore,
			WeightAfter:  a.denominator / allAfter,
		}
		p.Within = (p.WeightBefore + p.WeightAfter) / 2 * (p.RateAfter - p.RateBefore)
		p.Shift = (p.RateBefore + p.RateAfter) / 2 * (p.WeightAfter - p.WeightBefore)
		within += p.Within
		shift += p.Shift
		d.Parts = append(d.Parts, p)
	}
	d.WithinPart, d.ShiftPart = &within, &shift
}

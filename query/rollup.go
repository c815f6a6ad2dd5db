package query

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// rollup is cells combined over regions by the subject's rule.
type rollup struct {
	subject  *subject
	expected []*catalog.Region // in tree order
	cells    []cell            // at most one per expected region, in tree order; see each and all
	weights  *weightFigures    // nil where nothing is weighed
	scratch  *scratch.Scratch  // that lists of values lie in; nil for the heap

	// part, unless it is of nothing, stands for the cells: each of its figures is one of its own, which is made when it is looked at.
	part   part
	making sync.Once

	once     sync.Once
	quantity indicator.Quantity
	missing  indicator.Missing
	using    int     // cells that the quantity rests on
	count    int     // figures of all cells with a value
	total    float64 // the sum of the values of all cells; NaN where none has one
	refused  error

	listing sync.Once
	used    []*catalog.Region // regions of the cells that the quantity rests on
	lacking []MissingRegion   // the other regions expected

	summing sync.Once
	extent  extent // of the values of all cells that have one
	// last is the last of them, precision that of their sum, and reason why the others are missing; of plain rollups only.
	last      float64
	precision indicator.Precision
	reason    indicator.Missing

	lists     bool // the values will be wanted in a list anyway
	gathering sync.Once
	known     []float64 // these values, in tree order

	averaging sync.Once
	average   float64 // their mean

	spreading sync.Once
	spread    float64 // their standard deviation

	halving sync.Once
	half    float64 // their median

	weighing sync.Once
	held     float64 // the share of the weight that the regions hold

	ordering sync.Once
	sorted   []float64 // the same, ascending, once they have been ordered
}

// part is the figures from..to of a stretch, which many groups have parts of.
type part struct {
	of       *store.Stretch
	from, to int32
}

func (p part) stretch() store.Stretch { return p.of.Cut(int(p.from), int(p.to)) }

// compute combines the cells, once.
func (u *rollup) compute() {
	u.once.Do(func() {
		switch {
		case u.plain():
			u.combinePlain()
		case u.countable():
			u.combineCounts()
		default:
			u.combine()
		}
	})
}

// each hands the cells to visit, one after the other.
func (u *rollup) each(visit func(c *cell)) {
	if u.part.of == nil {
		for i := range u.cells {
			visit(&u.cells[i])
		}
		return
	}
	var c cell
	t := u.part.stretch()
	for i := range t.Region {
		c = cell{}
		u.subject.fillFrom(&t, i, &c)
		visit(&c)
	}
}

// all are the cells.
func (u *rollup) all() []cell {
	u.making.Do(func() {
		if u.part.of == nil {
			return
		}
		t := u.part.stretch()
		u.cells = cellMemory.Make(u.scratch, t.Len())
		for i := range u.cells {
			u.subject.fillFrom(&t, i, &u.cells[i])
		}
	})
	return u.cells
}

// list lists the regions that the value rests on, and the others, once.
func (u *rollup) list() {
	u.listing.Do(func() {
		cells := u.all()
		u.used = make([]*catalog.Region, 0, len(cells))
		next := 0
		for _, region := range u.expected {
			for next < len(cells) && cells[next].region < region.ID {
				next++
			}
			reason := indicator.NoObservation
			if next < len(cells) && cells[next].region == region.ID {
				reason, _ = u.usable(&cells[next])
			}
			if reason == indicator.NotMissing {
				u.used = append(u.used, region)
			} else {
				u.lacking = append(u.lacking, MissingRegion{region, reason})
			}
		}
	})
}

// order sorts the values, once.
func (u *rollup) order() []float64 {
	u.ordering.Do(func() {
		u.sorted = numberMemory.Clone(u.scratch, u.values())
		slices.Sort(u.sorted)
	})
	return u.sorted
}

// values are those of all cells that have one, in tree order. They must not be changed.
func (u *rollup) values() []float64 {
	u.gathering.Do(func() {
		if u.plain() {
			t := u.part.stretch()
			u.known, _, _ = u.notMissing(&t)
			return
		}
		u.known = numberMemory.Room(u.scratch, u.size())
		u.each(func(c *cell) {
			if c.quantity.Known() {
				u.known = append(u.known, c.quantity.Value)
			}
		})
	})
	return u.known
}

// over is the extent of the values, which takes no list of them where they are plain or have been combined.
func (u *rollup) over() extent {
	u.summing.Do(func() {
		if u.plain() {
			u.sumPlain()
			return
		}
		u.extent = extentOf(u.values())
	})
	return u.extent
}

// mean is that of the values, once it has been worked out.
func (u *rollup) mean() float64 {
	u.averaging.Do(func() { u.average = meanOf(u.values(), u.over().sum) })
	return u.average
}

// stddev is that of the values, once it has been worked out.
func (u *rollup) stddev() float64 {
	u.spreading.Do(func() { u.spread = stddevOf(u.values(), u.mean()) })
	return u.spread
}

// median is that of the values, once it has been worked out.
func (u *rollup) median() float64 {
	u.halving.Do(func() { u.half = median(u.values(), u.over()) })
	return u.half
}

// size is the number of cells.
func (u *rollup) size() int {
	if u.part.of != nil {
		return int(u.part.to - u.part.from)
	}
	return len(u.cells)
}

// usable tells why a cell cannot take part in the group's value; NotMissing if it can, then with its weight where it has one.
func (u *rollup) usable(c *cell) (indicator.Missing, indicator.Quantity) {
	combined, rule := len(u.expected) != 1, u.subject.rule()
	if combined && rule == indicator.RuleRatio && c.countsKnown() {
		return indicator.NotMissing, indicator.Quantity{}
	}
	if !c.quantity.Known() {
		return cmp.Or(c.missing, indicator.UnknownReason), indicator.Quantity{}
	}
	if !combined {
		return indicator.NotMissing, indicator.Quantity{}
	}
	switch rule {
	case indicator.RuleRatio:
		return indicator.NoDenominator, indicator.Quantity{}
	case indicator.RuleWeightedMean:
		weight, ok := u.weight(c.region, c.until)
		if !ok {
			return indicator.NoWeight, indicator.Quantity{}
		}
		return indicator.NotMissing, weight.Quantity
	}
	return indicator.NotMissing, indicator.Quantity{}
}

// weight is a region's weight at the time of its figures, which end with the day until.
func (u *rollup) weight(region int32, until indicator.Day) (datedQuantity, bool) {
	if u.subject.indicator.Weight == nil {
		return datedQuantity{}, false
	}
	return u.weights.on(seriesKey{u.subject.indicator.Weight.ID, 0, region}, until)
}

// combine applies the rule to the usable cells.
func (u *rollup) combine() {
	rule := u.subject.rule()
	var sum combination
	reason := indicator.NoObservation
	var only indicator.Quantity
	known := 0
	u.each(func(c *cell) {
		if c.quantity.Known() {
			u.total += c.quantity.Value // in tree order, like the value
			known++
			u.count += int(c.used.n)
		}
		why, weight := u.usable(c)
		if why != indicator.NotMissing {
			reason = commonReason(reason, why)
			return
		}
		sum.add(rule, c, weight)
		only = c.quantity
	})
	if known == 0 {
		u.total = math.NaN()
	}
	u.conclude(&sum, reason, only)
}

// conclude takes the value from what the usable cells add up to. Only is the quantity of a single cell, and reason is why others are not
// usable.
func (u *rollup) conclude(sum *combination, reason indicator.Missing, only indicator.Quantity) {
	rule := u.subject.rule()
	u.using = sum.n
	u.quantity = indicator.NoQuantity()
	switch {
	case len(u.expected) > 1 && rule == indicator.RuleNone:
		err := indicator.Errorf(indicator.NotAggregatable, "%s does not combine over regions", u.subject.indicator.Code)
		err.Reason = indicator.RuleNone.String()
		err.Hint = "ask for single regions, group by their level, or use mean, median, min or max, which say what they are"
		u.refused = err
	case sum.n == 0:
		u.missing = reason
	case len(u.expected) == 1:
		u.quantity = only
	default:
		if u.quantity = sum.quantity(rule, u.scale()); u.quantity.Known() {
			return
		}
		u.missing = indicator.NoDenominator // there is nothing to divide by
		if rule == indicator.RuleWeightedMean {
			u.missing = indicator.NoWeight
		}
	}
}

// commonReason is why a group has no value: the one reason all its regions share, apart from those with no figure at
// all, or UnknownReason.
func commonReason(reason, another indicator.Missing) indicator.Missing {
	switch {
	case another == indicator.NoObservation || another == reason:
		return reason
	case reason == indicator.NoObservation:
		return another
	default:
		return indicator.UnknownReason
	}
}

// combination is the usable cells of a group, added up.
type combination struct {
	n                      int
	value                  float64 // the sum, the weighted sum, or the smallest or largest
	numerator, denominator float64 // of rates; the denominator of means is the sum of weights
	precision, counts      indicator.Precision
}

// add takes a usable cell in. Weight is that of a weighted mean.
func (s *combination) add(rule indicator.Rule, c *cell, weight indicator.Quantity) {
	s.precision = s.precision.Plus(c.quantity.Precision)
	switch rule {
	case indicator.RuleRatio:
		s.numerator += c.numerator
		s.denominator += c.denominator
		s.counts = s.counts.Plus(c.counts)
	case indicator.RuleWeightedMean:
		s.value += weight.Value * c.quantity.Value
		s.denominator += weight.Value
		s.precision = s.precision.Plus(weight.Precision.Unordered())
	case indicator.RuleMin:
		if s.value = min(s.value, c.quantity.Value); s.n == 0 {
			s.value = c.quantity.Value
		}
	case indicator.RuleMax:
		if s.value = max(s.value, c.quantity.Value); s.n == 0 {
			s.value = c.quantity.Value
		}
	default: // RuleSum
		s.value += c.quantity.Value
	}
	s.n++
}

// quantity is the value of at least one cell under a rule other than RuleNone; missing where there is nothing to divide by. Scale is
// the factor of a rate's numerator over its denominator.
func (s *combination) quantity(rule indicator.Rule, scale float64) indicator.Quantity {
	switch rule {
	case indicator.RuleRatio:
		if s.denominator == 0 {
			return indicator.NoQuantity()
		}
		return indicator.Quantity{Value: scale * s.numerator / s.denominator, Precision: s.counts}
	case indicator.RuleWeightedMean:
		if s.denominator == 0 {
			return indicator.NoQuantity()
		}
		return indicator.Quantity{Value: s.value / s.denominator, Precision: s.precision}
	default:
		return indicator.Quantity{Value: s.value, Precision: s.precision}
	}
}

// scale is the factor of a rate's numerator over its denominator.
func (u *rollup) scale() float64 {
	if u.subject.quotient() {
		return u.subject.scale
	}
	return u.subject.indicator.Scale
}

// sum adds the regions' values up, or refuses to.
func (u *rollup) sum() (float64, error) {
	if u.subject.rule() != indicator.RuleSum {
		err := indicator.Errorf(indicator.NotAdditive, "values of %s do not add up over regions", u.subject.indicator.Code)
		err.Reason = u.subject.rule().String()
		err.Hint = "mean is the unweighted mean"
		if u.subject.rule() != indicator.RuleNone {
			err.Hint = "value combines them by the indicator's own rule; " + err.Hint
		}
		return math.NaN(), err
	}
	u.compute()
	return u.total, nil
}

// weightShare is the share of the weight that the used regions hold, once it has been worked out.
func (u *rollup) weightShare() float64 {
	u.weighing.Do(func() { u.held = u.shareOfWeight() })
	return u.held
}

// shareOfWeight is the share of the weight indicator's sum that the used regions hold; NaN without weights. A region without figures
// counts with its weight at the time of the newest figures of the others.
func (u *rollup) shareOfWeight() float64 {
	if u.subject.indicator.Weight == nil {
		return math.NaN()
	}
	u.list()
	var used, all float64
	newest := indicator.NoDay
	cells := u.all()
	for i := range cells {
		newest = max(newest, cells[i].until)
	}
	if len(cells) == 0 {
		newest = indicator.Forever
	}
	next, at := 0, 0
	for _, region := range u.expected {
		for at < len(cells) && cells[at].region < region.ID {
			at++
		}
		until := newest
		if at < len(cells) && cells[at].region == region.ID {
			until = cells[at].until
		}
		w, ok := u.weight(region.ID, until)
		if !ok {
			continue
		}
		all += w.Value
		for next < len(u.used) && u.used[next].ID < region.ID {
			next++
		}
		if next < len(u.used) && u.used[next] == region {
			used += w.Value
		}
	}
	if all == 0 {
		return math.NaN()
	}
	return used / all
}

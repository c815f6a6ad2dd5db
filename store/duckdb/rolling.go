package duckdb

import (
	"cmp"
	"math"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/statement"
)

// rolledFigure is what the figures of a region in one series roll up to, as far as they have been looked at.
type rolledFigure struct {
	value, numerator, denominator float64
	used                          int32         // figures with a value
	since, until                  indicator.Day // the first and the last day of those with a value; of the newest one where there is none
	precision, counts             indicator.Precision
	missing                       indicator.Missing // why the newest has no value, where none has
	seen                          bool
	outside                       bool             // all of them begin too early
	oldest                        indicator.Day    // the last day of the first one
	from                          indicator.Day    // the first day of the one that until is of
	definition                    int32            // of the first one with a value; of the newest one where there is none
	days                          int32            // that those with a value are about
	span                          indicator.Period // from the first to the last day of any, unless until is later; only where they are added up
}

// gaps reports whether figures that do not overlap leave days uncovered.
func (f *rolledFigure) gaps() bool {
	over := indicator.Period{Start: f.span.Start, End: max(f.span.End, f.until)}
	return f.used > 0 && int(f.days) < over.Days()
}

// reach has a figure reach over a period. It need not where until tells of the period's end.
func (f *rolledFigure) reach(over indicator.Period) {
	if !f.seen {
		f.span.Start = over.Start
	}
	f.span.End = over.End
}

// rolling rolls figures up over time, region by region. They are shown in natural order, or else are scattered: then all series are kept until the end.
type rolling struct {
	catalog   *catalog.Catalog
	columns   statement.Columns
	notBefore indicator.Day    // figures of periods that begin earlier are looked at, and count for nothing
	done      func(r *rolling) // takes each series when all of its figures have been looked at

	seriesName
	rule    indicator.Rule
	period  indicator.Period // shown last
	region  int32            // shown last of it
	begun   bool
	regions []rolledFigure // by region; those outside first..last are zero
	first   int32
	last    int32
	also    map[store.Defined]bool // see store.Stretch

	scattered map[seriesName]*scattered // nil where figures are shown in order
	list      []int32                   // the regions of the series handed out last

	disordered bool // rows came in another order
	overlap    bool // periods that are to be added up overlap
}

func newRolling(c *catalog.Catalog, columns statement.Columns, notBefore indicator.Day, done func(*rolling)) *rolling {
	return &rolling{catalog: c, columns: columns, notBefore: notBefore, done: done, regions: make([]rolledFigure, len(c.Regions())), first: math.MaxInt32, last: -1}
}

// show looks at the rows of a chunk; false where they cannot be rolled up.
func (r *rolling) show(c *figureChunk) bool {
	for from := 0; from < c.rows; {
		of, period := c.at(r.columns, from)
		to := c.periodEnd(from)
		if !r.begin(of, period) || !r.add(c, from, to) {
			return false
		}
		from = to
	}
	return true
}

// begin takes note of what comes next.
func (r *rolling) begin(of seriesName, period indicator.Period) bool {
	switch {
	case r.scattered != nil:
		r.turnTo(of, period)
	case !r.begun:
		r.enter(of, period)
	case r.seriesName == of:
		if r.period == period {
			return true
		}
		if cmp.Or(cmp.Compare(r.period.End, period.End), cmp.Compare(r.period.Start, period.Start)) >= 0 {
			r.disordered = true
			return false
		}
		if period.Start <= r.period.End && r.addsUp() {
			r.overlap = true
			return false
		}
		r.period, r.region = period, -1
	case r.seriesName.compare(of) > 0:
		r.disordered = true
		return false
	default:
		r.end()
		r.enter(of, period)
	}
	return true
}

func (r *rolling) enter(of seriesName, period indicator.Period) {
	r.begun, r.seriesName, r.period, r.region = true, of, period, -1
	r.rule = r.catalog.Indicators()[of.indicator].Rollup.Time
}

// addsUp reports whether no day may count twice.
func (r *rolling) addsUp() bool {
	return r.rule == indicator.RuleSum || r.rule == indicator.RuleMean || r.rule == indicator.RuleRatio
}

// add looks at figures of one series and period.
func (r *rolling) add(c *figureChunk, from, to int) bool {
	inside := r.period.Start >= r.notBefore
	if r.scattered != nil {
		r.mix(c, from, to, inside)
		return true
	}
	before := r.region
	for _, region := range c.region[from:to] {
		if region <= before {
			r.disordered = true
			return false
		}
		before = region
	}
	r.region = before
	r.first, r.last = min(r.first, c.region[from]), max(r.last, before)
	switch {
	case r.rule == indicator.RuleLast:
		r.replace(c, from, to, inside)
	case r.rule == indicator.RuleMin || r.rule == indicator.RuleMax:
		r.combine(c, from, to)
	default:
		r.sum(c, from, to)
		if c.numerator != nil {
			r.sumCounts(c, from, to)
		}
	}
	return true
}

// replace has newer figures with a value take the place of older ones. Those that are not inside are looked at only.
func (r *rolling) replace(c *figureChunk, from, to int, inside bool) {
	for i := from; i < to; i++ {
		f := &r.regions[c.region[i]]
		if !f.seen {
			f.seen, f.outside, f.oldest = true, true, r.period.End
		}
		if !inside {
			continue
		}
		f.outside = false
		if known := c.known(i); known || f.used == 0 {
			f.take(c, i, r.period, known)
		}
	}
}

// sum adds values up, without their counts unless they are the first ones.
func (r *rolling) sum(c *figureChunk, from, to int) {
	regions, figures, period, days := c.region[from:to], r.regions, r.period, int32(r.period.Days()) //nolint:gosec // between two days
	values := c.value[from:to][:len(regions)]
	for i, region := range regions {
		f := &figures[region]
		switch known := c.known(from + i); {
		case f.used == 0:
			f.reach(period)
			f.take(c, from+i, period, known)
		case known:
			f.value += values[i]
			f.used, f.days, f.since, f.until = f.used+1, f.days+days, min(f.since, period.Start), period.End
			if c.precision != nil {
				f.precision = f.precision.Plus(c.precision[from+i])
			}
			if c.definition != nil {
				r.define(region, f, c.definition[from+i])
			}
		default:
			f.reach(period)
		}
	}
}

// sumCounts adds the counts of values up that have been added to others.
func (r *rolling) sumCounts(c *figureChunk, from, to int) {
	regions, figures := c.region[from:to], r.regions
	for i, region := range regions {
		if f := &figures[region]; f.used > 1 && c.known(from+i) {
			f.numerator += c.numeratorAt(from + i)
			f.denominator += c.denominatorAt(from + i)
			f.counts = f.counts.Plus(c.countsPrecision[from+i])
		}
	}
}

// define takes note of the definition of a figure that is added to others of a region, unless it is that of the first.
func (r *rolling) define(region int32, f *rolledFigure, definition int32) {
	if definition == f.definition {
		return
	}
	if r.also == nil {
		r.also = make(map[store.Defined]bool)
	}
	r.also[store.Defined{Region: region, Definition: definition}] = true
}

// combine finds the smallest or the largest values, and adds counts up.
func (r *rolling) combine(c *figureChunk, from, to int) {
	for i := from; i < to; i++ {
		f := &r.regions[c.region[i]]
		known := c.known(i)
		f.reach(r.period)
		if f.used == 0 {
			f.take(c, i, r.period, known)
			continue
		}
		if !known {
			continue
		}
		r.join(c, i, f)
		f.until = r.period.End
	}
}

// join adds a figure with a value to others of its region.
func (r *rolling) join(c *figureChunk, row int, f *rolledFigure) {
	f.used, f.precision, f.days = f.used+1, f.precision.Plus(c.precisionAt(row)), f.days+int32(r.period.Days()) //nolint:gosec // between two days
	f.since = min(f.since, r.period.Start)
	f.combine(c, row, r.rule)
	if c.definition != nil {
		r.define(c.region[row], f, c.definition[row])
	}
}

// combine combines values by a rule, and adds counts up.
func (f *rolledFigure) combine(c *figureChunk, row int, rule indicator.Rule) {
	switch rule {
	case indicator.RuleMin:
		f.value = min(f.value, c.value[row])
	case indicator.RuleMax:
		f.value = max(f.value, c.value[row])
	default:
		f.value += c.value[row]
	}
	if c.numerator != nil {
		f.numerator += c.numeratorAt(row)
		f.denominator += c.denominatorAt(row)
		f.counts = f.counts.Plus(c.countsPrecision[row])
	}
}

// known reports whether a figure has a value. Whatever has none says why.
func (c *figureChunk) known(row int) bool { return c.hasValue.at(row) }

// precisionAt is the precision of a value: exact where none is read, since all are.
func (c *figureChunk) precisionAt(row int) indicator.Precision {
	if c.precision == nil {
		return indicator.Exact
	}
	return c.precision[row]
}

// take takes a figure as it is, with or without a value.
func (f *rolledFigure) take(c *figureChunk, row int, of indicator.Period, known bool) {
	f.seen, f.from, f.since, f.until, f.missing, f.precision = true, of.Start, of.Start, of.End, c.missing[row], c.precisionAt(row)
	if f.value = math.NaN(); known {
		f.value, f.used, f.days = c.value[row], 1, int32(of.Days()) //nolint:gosec // between two days
	}
	if c.definition != nil {
		f.definition = c.definition[row]
	}
	if c.numerator != nil {
		f.numerator, f.denominator, f.counts = c.numeratorAt(row), c.denominatorAt(row), c.countsPrecision[row]
	}
}

func (c *figureChunk) numeratorAt(row int) float64 {
	if !c.hasNumerator.at(row) {
		return math.NaN()
	}
	return c.numerator[row]
}

func (c *figureChunk) denominatorAt(row int) float64 {
	if !c.hasDenominator.at(row) {
		return math.NaN()
	}
	return c.denominator[row]
}

// end hands the last series out, or all if they are scattered.
func (r *rolling) end() {
	if r.scattered != nil {
		r.gather()
		return
	}
	if !r.begun {
		return
	}
	r.done(r)
	clear(r.regions[r.first : r.last+1])
	clear(r.also)
	r.begun, r.first, r.last = false, math.MaxInt32, -1
}

package loader

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// comparison is what an independent evaluation finds by looking for every figure at all others.
type comparison struct {
	how   agreement
	about *store.Report
	named []*store.Report
}

// naive evaluates checks on figures in natural order.
type naive struct {
	*catalog.Catalog
	reports []store.Report
	derived map[int32]bool // sources
}

func (n *naive) known(r *store.Report) bool {
	return r.Missing == indicator.NotMissing && !math.IsNaN(r.Value)
}

// of returns the figures of an indicator.
func (n *naive) of(ind int32) (list []*store.Report) {
	for i := range n.reports {
		if r := &n.reports[i]; r.Indicator == ind {
			list = append(list, r)
		}
	}
	return list
}

// all returns those with a value.
func (n *naive) all(ind int32) []*store.Report {
	return slices.DeleteFunc(n.of(ind), func(r *store.Report) bool { return !n.known(r) })
}

// summed compares a figure with the sum of others.
func summed(check *indicator.Check, r *store.Report, parts []*store.Report, bounded bool) comparison {
	value, precision := 0.0, indicator.Exact
	for _, p := range parts {
		value += p.Value
		precision = precision.Plus(p.Precision)
	}
	how := agrees
	if !bounded || value > r.Value {
		how = agree(value, precision, r.Value, r.Precision, check.Tolerance*math.Abs(r.Value))
	}
	return comparison{how, r, append([]*store.Report{r}, parts[:min(len(parts), maxTerms)]...)}
}

func (n *naive) parts(check *indicator.Check, r *store.Report, all []*store.Report) (parts []*store.Report, ok bool) {
	dimension, err := n.Dimension(check.Dimension)
	if err != nil {
		panic(err)
	}
	for _, v := range dimension.Values {
		i := slices.IndexFunc(all, func(p *store.Report) bool {
			slice := n.Slices()[p.Slice]
			value, fixed := slice.Value(dimension.Code)
			return fixed && value == v.Value && slice.Without(dimension.Code).String() == n.Slices()[r.Slice].String() &&
				p.Region == r.Region && p.Status == r.Status && p.Period == r.Period
		})
		if i < 0 {
			return nil, false
		}
		parts = append(parts, all[i])
	}
	return parts, true
}

func (n *naive) children(r *store.Report, all []*store.Report) (parts []*store.Report, bounded bool) {
	for _, child := range n.Regions()[r.Region].Children {
		if child.Retired() && child.ValidTo < r.Period.End {
			continue
		}
		i := slices.IndexFunc(all, func(p *store.Report) bool {
			return p.Region == child.ID && p.Slice == r.Slice && p.Status == r.Status && p.Period == r.Period
		})
		if i < 0 {
			return nil, false
		}
		parts = append(parts, all[i])
		bounded = bounded || child.Level > indicator.County
	}
	return parts, bounded
}

// pair finds the figure of another indicator that one is compared with.
func pair(r *store.Report, others []*store.Report) *store.Report {
	var same, after, before *store.Report
	for _, o := range others {
		if o.Region != r.Region || o.Slice != r.Slice || o.Status != r.Status {
			continue
		}
		switch {
		case o.Period == r.Period:
			return o
		case o.Period.End == r.Period.End && same == nil:
			same = o
		case o.Period.End > r.Period.End && after == nil:
			after = o
		case o.Period.End < r.Period.End:
			before = o
		}
	}
	for _, o := range []*store.Report{same, after, before} {
		if o != nil && o.Period.Overlaps(r.Period) {
			return o
		}
	}
	return nil
}

// before finds the figure that one follows.
func before(r *store.Report, all []*store.Report) (found *store.Report) {
	for _, p := range all[:slices.Index(all, r)] {
		if p.Region == r.Region && p.Slice == r.Slice && p.Status == r.Status && p.Period.Grain() == r.Period.Grain() &&
			(p.Period.Grain() != indicator.Irregular || p.Period.Start == r.Period.Start) {
			found = p
		}
	}
	return found
}

func (n *naive) comparisons(check *indicator.Check, ind *catalog.Indicator) (list []comparison) {
	all := n.all(ind.ID)
	if check.Kind == indicator.NumeratorLEDenominator { // counts are what it looks at
		all = n.of(ind.ID)
	}
	for _, r := range all {
		add := func(how agreement, named ...*store.Report) { list = append(list, comparison{how, r, append(named, r)}) }
		outside := func(yes bool) {
			if yes {
				add(differs)
			} else {
				add(agrees)
			}
		}
		counted := !math.IsNaN(r.Numerator) && !math.IsNaN(r.Denominator)
		switch check.Kind {
		case indicator.PartsSum:
			if parts, ok := n.parts(check, r, all); ok && !n.derived[r.Source] {
				list = append(list, summed(check, r, parts, false))
			}
		case indicator.ChildrenSum:
			if parts, bounded := n.children(r, all); len(parts) > 0 && !n.derived[r.Source] {
				list = append(list, summed(check, r, parts, bounded))
			}
		case indicator.RateCounts:
			if counted && r.Denominator != 0 && !n.derived[r.Source] {
				_, fraction, _ := strings.Cut(strconv.FormatFloat(r.Value, 'f', -1, 64), ".")
				add(agree(r.Value, r.Precision, 100*r.Numerator/r.Denominator, r.CountsPrecision, 0.5*math.Pow10(-len(fraction))))
			}
		case indicator.NumeratorLEDenominator:
			switch {
			case counted && r.Numerator > r.Denominator:
				add(agree(r.Numerator, r.CountsPrecision, r.Denominator, indicator.Exact, check.Tolerance*r.Denominator))
			case counted:
				add(agrees)
			}
		case indicator.InRange:
			outside(ind.Min != nil && r.Value < *ind.Min || ind.Max != nil && r.Value > *ind.Max)
		case indicator.UnitScale:
			outside(r.Value > 0 && r.Value <= 1)
		case indicator.Jump:
			if p := before(r, all); p != nil && p.Value > 0 && r.Value > 0 {
				change := r.Value / p.Value
				how := agrees
				if change > check.Factor*(1+rounding) || change < (1-rounding)/check.Factor {
					how = differs
				}
				add(how, p)
			}
		case indicator.ShareOf, indicator.SameAs:
			other, err := n.Indicator(check.Other)
			if err != nil {
				panic(err)
			}
			factor := 1.0
			if check.Kind == indicator.ShareOf {
				factor = check.Factor
			}
			if o := pair(r, n.all(other.ID)); o != nil {
				expected := factor * o.Value
				how := agree(r.Value, r.Precision, expected, o.Precision, check.Tolerance*math.Abs(expected))
				list = append(list, comparison{how, r, []*store.Report{r, o}})
			}
		}
	}
	return list
}

// lines are what results must be, one a line: their number of comparisons, of regions where these have one result, and which figures they name.
func (n *naive) lines(check *indicator.Check, ind *catalog.Indicator) (lines []string) {
	line := func(c comparison, count, of int, region string) {
		status, severity := indicator.Passed, check.Severity
		if c.how == differs {
			status = indicator.Failed
		}
		if c.how == within {
			severity = indicator.SeverityNote
		}
		var named []indicator.ObservationKey
		for _, r := range c.named {
			named = append(named, indicator.ObservationKey{
				Region: n.Regions()[r.Region].Code, Indicator: n.Indicators()[r.Indicator].Code, Slice: n.Slices()[r.Slice].String(),
				Period: r.Period.String(), Status: r.Status,
			})
		}
		lines = append(lines, fmt.Sprintln(check.Code, ind.Code, status, severity, region, count, of, named))
	}
	held := make(map[int32][]comparison)
	list := n.comparisons(check, ind)
	slices.SortStableFunc(list, func(a, b comparison) int { return cmp.Compare(a.about.Region, b.about.Region) })
	total := 0
	for _, c := range list {
		if c.how == differs {
			line(c, 1, 0, n.Regions()[c.about.Region].Code)
			continue
		}
		held[c.about.Region] = append(held[c.about.Region], c)
		total++
	}
	better := func(a, b comparison) int {
		return cmp.Or(cmp.Compare(a.about.Slice, b.about.Slice), cmp.Compare(b.about.Period.End, a.about.Period.End))
	}
	var all []comparison
	for region := range n.Regions() {
		if of := held[int32(region)]; len(of) > 0 {
			all = append(all, of...)
			if len(held) <= maxRegions {
				line(slices.MinFunc(of, better), len(of), 0, n.Regions()[region].Code)
			}
		}
	}
	if len(held) > maxRegions {
		line(slices.MinFunc(all, func(a, b comparison) int {
			return cmp.Or(better(a, b), cmp.Compare(a.about.Status, b.about.Status), cmp.Compare(a.about.Period.Start, b.about.Period.Start))
		}), total, len(held), "")
	}
	return lines
}

var moreComparisons = regexp.MustCompile(`; so do(?:es)? ([0-9,]+) more comparisons? (?:of the region|in ([0-9]+) regions)$`)

// resultLine is what lines says of a result.
func resultLine(r *indicator.CheckResult) string {
	count, regions := 1, "0"
	if match := moreComparisons.FindStringSubmatch(r.Message); match != nil {
		more, err := strconv.Atoi(strings.ReplaceAll(match[1], ",", ""))
		if err != nil {
			panic(err)
		}
		count, regions = count+more, cmp.Or(match[2], regions)
	}
	return fmt.Sprintln(r.Check, r.Indicator, r.Status, r.Severity, r.Region, count, regions, r.Observations)
}

// checkedTables has a country, two provinces, counties, one of them retired, and two townships; and every kind of check.
func checkedTables(counties int) catalog.Tables {
	zero, hundred, sum := 0.0, 100.0, indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast, Dimensions: indicator.RuleSum}
	band := []indicator.Breakdown{{Dimension: "band", Complete: true}}
	t := catalog.Tables{
		Indicators: []indicator.Indicator{
			{Code: "grids", NameEn: "Grids", Kind: indicator.Count, Unit: "n", Rollup: sum, Min: &zero, Breakdowns: band},
			{Code: "persons", NameEn: "Persons", Kind: indicator.Count, Unit: "n", Rollup: sum},
			{Code: "rate", NameEn: "Rate", Kind: indicator.Ratio, Unit: "%", Min: &zero, Max: &hundred},
		},
		Dimensions:  []indicator.Dimension{{Code: "band", Values: []indicator.DimensionValue{{Value: "low"}, {Value: "high"}}}},
		Units:       []indicator.Unit{{Code: "%", Quantity: "share", Factor: 1}, {Code: "n", Quantity: "count", Factor: 1}},
		Sources:     []indicator.Source{{Code: "reported"}, {Code: "computed"}},
		Slices:      []indicator.Slice{nil, {{Dimension: "band", Value: "low"}}, {{Dimension: "band", Value: "high"}}},
		Definitions: []string{""},
	}
	region := func(code, parent string, level indicator.Level) *indicator.Region {
		t.Regions = append(t.Regions, indicator.Region{
			Scheme: "T", Code: code, Parent: parent, Level: level, Name: code, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
		return &t.Regions[len(t.Regions)-1]
	}
	region("0", "", indicator.Country)
	region("a", "0", indicator.Province)
	region("b", "0", indicator.Province)
	for i := range counties {
		region(fmt.Sprintf("c%03d", i), "ab"[i%2:i%2+1], indicator.County)
	}
	region("old", "a", indicator.County).ValidTo = indicator.DayOf(2020, 2, 1)
	region("t1", "c000", indicator.Township)
	region("t2", "c000", indicator.Township)
	for i, check := range []indicator.Check{
		{Kind: indicator.PartsSum, Dimension: "band", Tolerance: 0.1}, {Kind: indicator.ChildrenSum, Tolerance: 0.1},
		{Kind: indicator.RateCounts}, {Kind: indicator.NumeratorLEDenominator}, {Kind: indicator.InRange},
		{Kind: indicator.UnitScale}, {Kind: indicator.Jump, Factor: 3}, {Kind: indicator.ShareOf, Indicator: "grids", Other: "persons", Factor: 0.5},
		{Kind: indicator.SameAs, Indicator: "persons", Other: "grids", Tolerance: 0.2}, {Kind: indicator.Jump, Indicator: "rate", Factor: 5},
	} {
		check.Code, check.Severity = fmt.Sprintf("check_%d", i), indicator.SeverityWarning
		t.Checks = append(t.Checks, check)
	}
	return t
}

// scattered are random figures: of each cell one or none.
func scattered(random *rand.Rand, c *catalog.Catalog, share float64) (reports []store.Report) {
	start := indicator.DayOf(2020, 1, 1)
	periods := []indicator.Period{
		indicator.Monthly.Containing(start), indicator.Monthly.Containing(start + 31), indicator.Monthly.Containing(start + 60), indicator.DayPeriod(start + 30),
		{Start: start + 3, End: start + 30}, {Start: start + 3, End: start + 40}, {Start: start + 5, End: start + 40}, {Start: start + 3, End: start + 50},
	}
	one := func(in int) bool { return random.IntN(in) == 0 }
	number := func() float64 { return float64(random.IntN(10)) }
	for ind, sliceCount := range []int{3, 1, 1} {
		for cell := range len(c.Regions()) * sliceCount * len(periods) * 2 {
			if random.Float64() > share {
				continue
			}
			r := store.Report{
				Indicator: int32(ind), Status: indicator.Status(cell % 2), Slice: int32(cell / 2 % sliceCount),
				Period: periods[cell/2/sliceCount%len(periods)], Region: int32(cell / 2 / sliceCount / len(periods)),
				Value: float64(random.IntN(22)-1) / 2, Numerator: nan, Denominator: nan,
			}
			if one(4) {
				r.Precision = indicator.Precision(1 + random.IntN(3))
			}
			if one(6) {
				r.Source = 1
			}
			if ind == 2 && !one(4) {
				if r.Numerator, r.Denominator = number(), number(); one(4) {
					r.CountsPrecision = indicator.AtLeast
				}
				if !one(3) {
					r.Value = math.Round(1000*r.Numerator/max(r.Denominator, 1)) / 10
				}
			}
			if one(8) {
				r.Value, r.Missing, r.Precision = nan, indicator.Suppressed, indicator.Exact
			}
			reports = append(reports, r)
		}
	}
	return reports
}

// Results are those of an evaluation that looks at all figures for each, however the figures are divided.
func TestChecksAgainstNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counties := rapid.SampledFrom([]int{3, 9, maxRegions + 20}).Draw(t, "counties")
		c, err := catalog.New(checkedTables(counties))
		if err != nil {
			t.Fatal(err)
		}
		share := rapid.SampledFrom([]float64{0.1, 0.7}).Draw(t, "share")
		if counties > maxRegions {
			share = 0.1
		}
		reports := scattered(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), c, share)
		if rapid.Bool().Draw(t, "everywhere") { // of which there are enough regions for one result
			for region := range c.Regions() {
				for day := range indicator.Day(2) {
					reports = append(reports, store.Report{
						Region: int32(region), Period: indicator.DayPeriod(day), Value: float64(region % 7), Numerator: nan, Denominator: nan,
					})
				}
			}
		}
		engine := &memory{derived: map[int32]bool{1: true}}
		reader := &memoryReader{engine, reports}
		slices.SortFunc(reports, func(a, b store.Report) int {
			return cmp.Or(cmp.Compare(a.Slice, b.Slice), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Period.End, b.Period.End),
				cmp.Compare(a.Period.Start, b.Period.Start), cmp.Compare(a.Region, b.Region))
		})
		n := &naive{c, reports, engine.derived}
		var want []string
		for i := range c.Tables().Checks {
			check := &c.Tables().Checks[i]
			for j := range c.Indicators() {
				if applies(check, &c.Indicators()[j]) {
					want = append(want, n.lines(check, &c.Indicators()[j])...)
				}
			}
		}
		for _, gathers := range []int64{gatheredRows, rapid.Int64Range(1, 40).Draw(t, "figures kept at a time")} {
			k := checker{reader: reader, catalog: c, gathers: gathers}
			results, err := k.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range results {
				got = append(got, resultLine(&results[i]))
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("results (-want +got):\n%s", diff)
			}
		}
	})
}

// Decimals are those that a value is written with.
func TestDecimals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Float64(),
			rapid.Custom(func(t *rapid.T) float64 {
				return float64(rapid.Int64Range(-1e9, 1e9).Draw(t, "units")) / math.Pow10(rapid.IntRange(0, 18).Draw(t, "decimals"))
			}),
		).Draw(t, "value")
		_, fraction, _ := strings.Cut(strconv.FormatFloat(value, 'f', -1, 64), ".")
		if got := decimals(value); got != len(fraction) {
			t.Fatalf("%v has %d decimals, not %d", value, len(fraction), got)
		}
	})
}

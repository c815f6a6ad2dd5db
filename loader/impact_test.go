package loader

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// plainFigure is a current figure by its codes; the value is NaN where it is missing.
type plainFigure struct {
	region, indicator, slice      string
	day                           indicator.Day
	value, numerator, denominator float64
	load                          int32
}

func (f plainFigure) key() indicator.ObservationKey {
	period := indicator.Period{Start: f.day, End: f.day}
	return indicator.ObservationKey{Region: f.region, Indicator: f.indicator, Slice: f.slice, Period: period.String()}
}

// plainView is a snapshot of such figures under a catalogue with so many counties.
func plainView(t *rapid.T, counties int, figures []plainFigure) *view {
	tables := catalog.Tables{
		Units: []indicator.Unit{{Code: "1", Quantity: "1", Factor: 1}, {Code: "%", Quantity: "ratio", Factor: 0.01}},
		Indicators: []indicator.Indicator{
			{Code: "count", Unit: "1", Kind: indicator.Count, Polarity: indicator.HigherIsBetter, Breakdowns: []indicator.Breakdown{{Dimension: "kind"}}},
			{Code: "total", Unit: "1", Kind: indicator.Count, Polarity: indicator.LowerIsBetter, Breakdowns: []indicator.Breakdown{{Dimension: "kind"}}},
			{Code: "rate", Unit: "%", Kind: indicator.Ratio, Scale: 100, Numerator: "count", Denominator: "total", Breakdowns: []indicator.Breakdown{{Dimension: "kind"}}},
		},
		Dimensions: []indicator.Dimension{{Code: "kind", Values: []indicator.DimensionValue{{Value: "a"}}}},
		Slices:     []indicator.Slice{{}, {{Dimension: "kind", Value: "a"}}},
		// A county more is numbered before the others: the register is sorted by parent, and the parents come first.
		Regions: []indicator.Region{{Code: "C", Scheme: "X", Level: indicator.Country}},
	}
	for n := counties; n > 0; n-- {
		tables.Regions = append(tables.Regions, indicator.Region{Code: fmt.Sprint(n), Scheme: "X", Parent: "C", Level: indicator.County})
	}
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return &view{&plainReader{c, figures}, c}
}

// plainReader answers what the comparison asks.
type plainReader struct {
	catalog *catalog.Catalog
	figures []plainFigure
}

func (r *plainReader) ordinals(f plainFigure) (ind, slice, region int32) {
	for i := range r.catalog.Indicators() {
		if r.catalog.Indicators()[i].Code == f.indicator {
			ind = int32(i)
		}
	}
	for i, s := range r.catalog.Slices() {
		if s.String() == f.slice {
			slice = int32(i)
		}
	}
	for i := range r.catalog.Regions() {
		if r.catalog.Regions()[i].Code == f.region {
			region = int32(i)
		}
	}
	return ind, slice, region
}

func (r *plainReader) Select(_ context.Context, s store.Select) (*store.Rows, error) {
	type row struct {
		ind, slice, region int32
		plainFigure
	}
	order := func(a, b row) int {
		return cmp.Or(cmp.Compare(a.ind, b.ind), cmp.Compare(a.slice, b.slice), cmp.Compare(a.day, b.day), cmp.Compare(a.region, b.region))
	}
	var found []row
	for _, f := range r.figures {
		ind, slice, region := r.ordinals(f)
		if ind == s.Indicators[0] && f.day >= s.Within.Start && f.day <= s.Within.End {
			found = append(found, row{ind, slice, region, f})
		}
	}
	slices.SortFunc(found, order)
	if p := s.After; p != nil {
		last := row{p.Indicator, p.Slice, p.Region, plainFigure{day: p.Period.End}}
		found = slices.DeleteFunc(found, func(f row) bool { return order(f, last) <= 0 })
	}
	rows := &store.Rows{}
	for _, f := range found[:min(len(found), s.Limit)] {
		missing := indicator.NotMissing
		if math.IsNaN(f.value) {
			missing = indicator.Suppressed
		}
		rows.Indicator, rows.Slice, rows.Region = append(rows.Indicator, f.ind), append(rows.Slice, f.slice), append(rows.Region, f.region)
		rows.Status, rows.Missing = append(rows.Status, indicator.Actual), append(rows.Missing, missing)
		rows.Start, rows.End = append(rows.Start, f.day), append(rows.End, f.day)
		rows.Value, rows.Derived = append(rows.Value, f.value), append(rows.Derived, false)
		rows.Numerator, rows.Denominator = append(rows.Numerator, f.numerator), append(rows.Denominator, f.denominator)
	}
	return rows, nil
}

func (r *plainReader) Count(_ context.Context, s store.Select, _ ...store.Key) ([]store.Tally, error) {
	var tallies []store.Tally
	for id := range int32(len(r.catalog.Indicators())) {
		tally := store.Tally{Keys: []int32{id}, First: indicator.Forever, Last: indicator.NoDay}
		regions := make(map[string]bool)
		for _, f := range r.figures {
			if ind, _, _ := r.ordinals(f); ind != id || f.load < s.LoadsFrom || len(s.Indicators) > 0 && s.Indicators[0] != id {
				continue
			}
			regions[f.region] = true
			tally.Rows++
			tally.Regions, tally.First, tally.Last = int64(len(regions)), min(tally.First, f.day), max(tally.Last, f.day)
		}
		if tally.Rows > 0 {
			tallies = append(tallies, tally)
		}
	}
	return tallies, nil
}

// The comparison of two snapshots is what comparing every figure with every figure gives, however small its pages are.
func TestImpactAgreesWithOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counties := rapid.IntRange(1, 5).Draw(t, "counties")
		value := rapid.SampledFrom([]float64{math.NaN(), 0, 1, 2, 3, 5, -4})
		before := make(map[indicator.ObservationKey]plainFigure)
		after := make(map[indicator.ObservationKey]plainFigure)
		draw := func(name string, load int32, among int) plainFigure {
			f := plainFigure{
				region: fmt.Sprint(rapid.IntRange(1, among).Draw(t, name+" region")), indicator: rapid.SampledFrom([]string{"count", "total", "rate"}).Draw(t, name),
				slice: rapid.SampledFrom([]string{"", "kind=a"}).Draw(t, name+" slice"), day: indicator.Day(rapid.IntRange(0, 2).Draw(t, name+" day")),
				value: value.Draw(t, name+" value"), numerator: math.NaN(), denominator: math.NaN(), load: load,
			}
			if f.indicator == "rate" && !math.IsNaN(f.value) && rapid.Bool().Draw(t, name+" counted") {
				f.numerator, f.denominator = rapid.Float64Range(0, 9).Draw(t, name+" numerator"), 10
			}
			return f
		}
		for range rapid.IntRange(0, 20).Draw(t, "before") {
			f := draw("old", 0, counties)
			before[f.key()], after[f.key()] = f, f
		}
		for range rapid.IntRange(0, 10).Draw(t, "batch") {
			f := draw("new", 1, counties+1)
			after[f.key()] = f
		}
		old, fresh := plainView(t, counties, values(before)), plainView(t, counties+1, values(after))
		m := impact{
			before: old, after: fresh, page: rapid.IntRange(1, 7).Draw(t, "page"),
			figures: top[FigureMove]{less: lessFigure}, ranks: top[RankMove]{less: lessRank},
		}
		got, err := m.measure(t.Context(), 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(naiveImpact(fresh.catalog, before, after), got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func values(m map[indicator.ObservationKey]plainFigure) []plainFigure {
	var list []plainFigure
	for _, f := range m {
		list = append(list, f)
	}
	return list
}

// naiveImpact compares every figure with its earlier self, and counts for every rank the figures that are better.
func naiveImpact(c *catalog.Catalog, before, after map[indicator.ObservationKey]plainFigure) *Impact {
	want := &Impact{}
	for _, code := range []string{"count", "rate", "total"} {
		ind, _ := c.Indicator(code)
		counts := IndicatorImpact{Indicator: code}
		regions := [2]map[string]bool{{}, {}}
		for n, side := range []map[indicator.ObservationKey]plainFigure{before, after} {
			for key := range side {
				if key.Indicator == code {
					regions[n][key.Region] = true
				}
			}
		}
		counts.RegionsBefore, counts.RegionsAfter = int64(len(regions[0])), int64(len(regions[1]))
		for key, is := range after {
			was, had := before[key]
			if key.Indicator != code {
				continue
			}
			if !had {
				was.value = nan
			}
			switch {
			case same(was.value, is.value):
			case math.IsNaN(was.value):
				counts.Added++
			case math.IsNaN(is.value):
				counts.Gone++
			default:
				counts.Moved++
				move := FigureMove{Key: key, Unit: ind.Unit, Old: was.value, New: is.value, Points: code == "rate"}
				move.Change = significant(100 * (is.value - was.value) / math.Abs(was.value))
				if was.value == 0 {
					move.Change = nan
				}
				if move.Points {
					move.Change = is.value - was.value
				}
				want.Figures = append(want.Figures, move)
			}
			old, oldOf := naivePlace(before, key, ind)
			place, of := naivePlace(after, key, ind)
			if old > 0 && place > 0 && old != place {
				want.Ranks = append(want.Ranks, RankMove{Key: key, Level: indicator.County, Old: old, OldOf: oldOf, New: place, Of: of})
			}
		}
		if counts.Added+counts.Moved+counts.Gone > 0 {
			want.Indicators = append(want.Indicators, counts)
		}
	}
	want.Moved, want.RanksMoved = int64(len(want.Figures)), int64(len(want.Ranks))
	slices.SortFunc(want.Figures, lessFigure)
	slices.SortFunc(want.Ranks, lessRank)
	want.Figures, want.Ranks = want.Figures[:min(len(want.Figures), MaxMoves)], want.Ranks[:min(len(want.Ranks), MaxMoves)]
	return want
}

// naivePlace is one more than the number of better figures of the group, and the size of the group; 0 without a figure.
func naivePlace(figures map[indicator.ObservationKey]plainFigure, key indicator.ObservationKey, ind *catalog.Indicator) (place, of int) {
	rate := func(f plainFigure) float64 {
		if !math.IsNaN(f.numerator) {
			return 100 * f.numerator / f.denominator
		}
		return f.value
	}
	own, ok := figures[key]
	if !ok || math.IsNaN(own.value) {
		return 0, 0
	}
	place = 1
	for other, f := range figures {
		other.Region = key.Region
		if other != key || math.IsNaN(f.value) {
			continue
		}
		of++
		if better := rate(f) > rate(own); better && ind.Code != "total" || ind.Code == "total" && rate(f) < rate(own) {
			place++
		}
	}
	return place, of
}

// The lists of an impact are bounded and hold what moves most.
func TestTopIsBounded(t *testing.T) {
	moves := top[RankMove]{less: lessRank}
	for n := range 1000 {
		moves.add(RankMove{Key: indicator.ObservationKey{Region: fmt.Sprint(n)}, Old: n * 7 % 1000, New: 0})
	}
	if len(moves.list) != MaxMoves || moves.seen != 1000 || moves.list[0].Old != 999 || moves.list[9].Old != 990 {
		t.Errorf("%d of %d: %+v", len(moves.list), moves.seen, moves.list)
	}
}

package query_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/store"
)

// The orchard is a country of two provinces, A with six counties and B with two. Before 2018-06-19 county a6 was the three
// counties o1, o2 and o3, of which o1 had replaced o0 in 2010; a5 absorbed o9 beside which it had existed.
func orchardTables() catalog.Tables {
	region := func(code, parent string, level indicator.Level) indicator.Region {
		return indicator.Region{Code: code, Scheme: "test", Parent: parent, Level: level, Name: "County " + code, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay}
	}
	retired := func(code, successor string, from, to indicator.Day) indicator.Region {
		r := region(code, "A", indicator.County)
		r.ValidFrom, r.ValidTo, r.Successor = from, to, successor
		return r
	}
	change, earlier := indicator.DayOf(2018, time.June, 19), indicator.DayOf(2010, time.January, 1)
	a6 := region("a6", "A", indicator.County)
	a6.ValidFrom = change
	regions := []indicator.Region{
		region("Z", "", indicator.Country), region("A", "Z", indicator.Province),
		region("a1", "A", indicator.County), region("a2", "A", indicator.County), region("a3", "A", indicator.County),
		region("a4", "A", indicator.County), region("a5", "A", indicator.County), a6,
		retired("o0", "o1", indicator.NoDay, earlier-1), retired("o1", "a6", earlier, change-1),
		retired("o2", "a6", indicator.NoDay, change-1), retired("o3", "a6", indicator.NoDay, change-1),
		retired("o9", "a5", indicator.NoDay, change-1),
		region("B", "Z", indicator.Province), region("b1", "B", indicator.County), region("b2", "B", indicator.County),
	}
	count := func(code string) indicator.Indicator {
		return indicator.Indicator{
			Code: code, Kind: indicator.Count, Unit: "piece", Rollup: indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast},
		}
	}
	low := count("delays")
	low.Polarity = indicator.LowerIsBetter
	rate := indicator.Indicator{
		Code: "rate", Kind: indicator.Ratio, Unit: "%", Scale: 100,
		Rollup: indicator.Rollup{Regions: indicator.RuleRatio, Time: indicator.RuleRatio},
	}
	price := indicator.Indicator{Code: "price", Kind: indicator.Measure, Unit: "coin"}
	return catalog.Tables{
		Regions: regions, Sources: []indicator.Source{{Code: "gazette"}},
		Indicators: []indicator.Indicator{count("apples"), count("pears"), count("people"), low, rate, price, {
			Code: "apples_each", Kind: indicator.Ratio, Unit: "piece", Formula: "apples / people", Numerator: "apples", Denominator: "people",
			Scale: 1, Rollup: indicator.Rollup{Regions: indicator.RuleRatio},
		}},
	}
}

// orchard is a snapshot of figures that looks at every one of them for each answer.
type orchard struct {
	contents *store.Contents
	figures  []store.Report
}

// newOrchard plants figures such as "apples a1 2020 5" or "pears a2 2020 ~7": > marks at least, ~ approximately, and a word is
// a reason for a missing value. Rates are "95/98". All are published on 2020-03-01, or on the day behind an @.
func newOrchard(t testing.TB, lines ...string) *orchard {
	t.Helper()
	c, err := catalog.New(orchardTables())
	if err != nil {
		t.Fatal(err)
	}
	o := &orchard{contents: &store.Contents{Catalog: c, Loads: []indicator.Load{{ID: "l1"}}}}
	for _, line := range lines {
		words := strings.Fields(line)
		ind, indicatorErr := c.Indicator(words[0])
		region, regionErr := c.Region(words[1])
		period, periodErr := indicator.ParsePeriod(words[2])
		if err := errors.Join(indicatorErr, regionErr, periodErr); err != nil {
			t.Fatal(line, err)
		}
		r := store.Report{
			Region: region.ID, Indicator: ind.ID, Period: period, Numerator: math.NaN(), Denominator: math.NaN(), Offset: -1,
			PublishedOn: indicator.DayOf(2020, time.March, 1),
		}
		text, published, _ := strings.Cut(words[3], "@")
		if published != "" {
			if r.PublishedOn, err = indicator.ParseDay(published); err != nil {
				t.Fatal(line, err)
			}
		}
		switch {
		case strings.HasPrefix(text, "~"):
			r.Precision, text = indicator.Approximate, text[1:]
		case strings.HasPrefix(text, ">"):
			r.Precision, text = indicator.AtLeast, text[1:]
		}
		if reason, err := indicator.ParseMissing(text); err == nil {
			r.Value, r.Missing = math.NaN(), reason
		} else if n, _ := fmt.Sscanf(text, "%f/%f", &r.Numerator, &r.Denominator); n == 2 {
			r.Value = 100 * r.Numerator / r.Denominator
		} else if _, err := fmt.Sscanf(text, "%f", &r.Value); err != nil {
			t.Fatal(line, err)
		} else {
			r.Numerator = math.NaN()
		}
		o.figures = append(o.figures, r)
	}
	return o
}

func (o *orchard) session() *query.Session {
	return query.NewSession(o, query.DefaultLimits(), indicator.DayOf(2020, time.May, 1))
}

func (o *orchard) Contents() *store.Contents { return o.contents }

func (o *orchard) Release() {}

func (o *orchard) Count(context.Context, store.Select, ...store.Key) ([]store.Tally, error) {
	return nil, errors.New("nothing is counted here")
}

func (o *orchard) Select(_ context.Context, s store.Select) (*store.Rows, error) {
	in := func(id int32, list []int32) bool { return len(list) == 0 || slices.Contains(list, id) }
	var found []store.Report
	for _, r := range o.figures {
		inside := slices.ContainsFunc(s.Regions, func(span store.Span) bool { return span.From <= r.Region && r.Region < span.To })
		if inside && in(r.Indicator, s.Indicators) && in(r.Slice, s.Slices) && slices.Contains(s.Statuses, r.Status) &&
			(len(s.Levels) == 0 || slices.Contains(s.Levels, o.contents.Catalog.Regions()[r.Region].Level)) && (s.Period == nil || *s.Period == r.Period) &&
			(s.Within == nil || s.Within.Contains(r.Period)) && (s.AsOf == indicator.NoDay || r.PublishedOn <= s.AsOf) &&
			(s.Latest == nil || r.Period.End <= s.Latest.OnOrBefore) {
			found = append(found, r)
		}
	}
	newer := func(a, b store.Report) bool {
		return a.Region == b.Region && a.Indicator == b.Indicator && a.Period.End > b.Period.End
	}
	rows := &store.Rows{}
	slices.SortStableFunc(found, func(a, b store.Report) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Region, b.Region))
	})
	for _, r := range found {
		if s.Latest != nil && slices.ContainsFunc(found, func(other store.Report) bool { return newer(other, r) }) {
			continue
		}
		rows.Indicator, rows.Slice = append(rows.Indicator, r.Indicator), append(rows.Slice, r.Slice)
		rows.Region, rows.Source = append(rows.Region, r.Region), append(rows.Source, r.Source)
		rows.Definition, rows.Status = append(rows.Definition, r.Definition), append(rows.Status, r.Status)
		rows.Start, rows.End = append(rows.Start, r.Period.Start), append(rows.End, r.Period.End)
		rows.Value, rows.Missing = append(rows.Value, r.Value), append(rows.Missing, r.Missing)
		rows.Precision, rows.Derived = append(rows.Precision, r.Precision), append(rows.Derived, false)
		rows.Numerator, rows.Denominator = append(rows.Numerator, r.Numerator), append(rows.Denominator, r.Denominator)
		rows.CountsPrecision = append(rows.CountsPrecision, r.CountsPrecision)
		if s.Evidence {
			rows.Published, rows.Tie, rows.Load = append(rows.Published, r.PublishedOn), append(rows.Tie, 0), append(rows.Load, 0)
			rows.KnownFrom, rows.KnownTo = append(rows.KnownFrom, r.PublishedOn), append(rows.KnownTo, indicator.Forever)
			rows.Inferred, rows.Offset = append(rows.Inferred, false), append(rows.Offset, -1)
			rows.Printed, rows.Note = append(rows.Printed, ""), append(rows.Note, "")
		}
	}
	return rows, nil
}

func counties(codes ...string) *query.RegionSelector {
	return &query.RegionSelector{Codes: codes, Level: indicator.County}
}

func inYear(year int) *query.When {
	p := indicator.Yearly.Containing(indicator.DayOf(year, time.July, 1))
	return &query.When{Period: &p}
}

// close to a relative 1e-9.
func approximately(t testing.TB, what string, got *float64, want float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is nil, want %v", what, want)
	} else if math.Abs(*got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, *got, want)
	}
}

func refusedWith(t testing.TB, err error, code indicator.ErrorCode, path string) {
	t.Helper()
	var typed *indicator.Error
	if !errors.As(err, &typed) || typed.Code != code || strings.Join(typed.Path, ".") != path {
		t.Errorf("error %#v, want %s at %s", err, code, path)
	}
}

func warningCodes(warnings []query.Warning) string {
	var list []string
	for _, w := range warnings {
		list = append(list, string(w.Code))
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

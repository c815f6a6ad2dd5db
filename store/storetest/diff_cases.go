package storetest

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// testDiff compares snapshots of two lines of descent, whose catalogues number everything differently.
func testDiff(t *testing.T, e Engine) {
	first, _ := publish(t, e, load{tables(), []store.Report{
		figureOf(gdp, 1), report(gdp, bix, onDay(4), 2), report(gdp, cod, onDay(4), 3), with(figureOf(rate, 50), func(r *store.Report) { r.Numerator, r.Denominator = 1, 2 }),
		sliced(primary, figureOf(grids, 3)), sliced(secondary, figureOf(grids, 4)), figureOf(price, 7),
	}})
	second, _ := publish(t, e, load{tables(), []store.Report{published(9, figureOf(gdp, 10))}}, everywhere(9, grids)...)
	if err := e.Publish(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	other := tables()
	front := other.Regions[0]
	front.Code, front.Scheme = "02", "other" // the code of bix in another scheme
	other.Regions = append([]indicator.Region{front}, other.Regions...)
	other.Indicators = append([]indicator.Indicator{{Code: "new", Unit: "count"}}, other.Indicators...)
	third, _ := publish(t, e, load{other, []store.Report{
		published(9, report(gdp+1, bix+1, onDay(4), 20)), // the ordinals of this catalogue
		published(9, with(report(rate+1, ada+1, onDay(4), 50), func(r *store.Report) { r.Numerator, r.Denominator = 2, 4 })),
		published(9, precise(indicator.AtLeast, report(price+1, ada+1, onDay(4), 7))),
		published(9, suppressed(report(gdp+1, cod+1, onDay(4), 0))),
		report(0, ada+1, onDay(4), 5),
	}})
	for _, test := range []struct {
		name     string
		from, to string
		want     []string
	}{
		{"a snapshot and itself", first.ID, first.ID, nil},
		{"to a child", first.ID, second.ID, []string{
			"01 gdp  2020-02-04 count: 1 -> 10",
			"01 grids  2020-02-04 count: 7 derived -> nothing",
			"01 grids sector=primary 2020-02-04 count: 3 -> nothing",
			"01 grids sector=secondary 2020-02-04 count: 4 -> nothing",
		}},
		{"back from it", second.ID, first.ID, []string{
			"01 gdp  2020-02-04 count: 10 -> 1",
			"01 grids  2020-02-04 count: nothing -> 7 derived",
			"01 grids sector=primary 2020-02-04 count: nothing -> 3",
			"01 grids sector=secondary 2020-02-04 count: nothing -> 4",
		}},
		{"to another line, with another catalogue", second.ID, third.ID, []string{
			"01 gdp  2020-02-04 count: 10 -> 1",
			"test:02 gdp  2020-02-04 count: 2 -> 20",
			"03 gdp  2020-02-04 count: 3 -> SUPPRESSED",
			"01 grids  2020-02-04 count: nothing -> 7 derived",
			"01 grids sector=primary 2020-02-04 count: nothing -> 3",
			"01 grids sector=secondary 2020-02-04 count: nothing -> 4",
			"01 new  2020-02-04 count: nothing -> 5",
			"01 price  2020-02-04 count: 7 -> 7 AT_LEAST",
			"01 rate  2020-02-04 percent: 50 1/2 -> 50 2/4",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, diffLines(t, e, test.from, test.to)); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
	enough := errors.New("enough")
	from, to := openKept(t, e, first.ID), openKept(t, e, second.ID)
	given := 0
	err := store.Diff(t.Context(), from, to, func(store.Difference) error { given++; return enough })
	if !errors.Is(err, enough) || given != 1 {
		t.Errorf("%d differences were given, %v", given, err)
	}
}

func openKept(t *testing.T, e Engine, id string) store.Snapshot {
	t.Helper()
	s, err := e.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Release)
	return s
}

func diffLines(t *testing.T, e Engine, from, to string) []string {
	t.Helper()
	state := func(f *store.Figure) string {
		if f == nil {
			return "nothing"
		}
		text := f.Missing.String()
		if f.Missing == indicator.NotMissing {
			text = fmt.Sprint(f.Value)
		}
		if !math.IsNaN(f.Numerator) {
			text += fmt.Sprintf(" %v/%v", f.Numerator, f.Denominator)
		}
		if f.Precision != indicator.Exact {
			text += " " + f.Precision.String()
		}
		if f.Derived {
			text += " derived"
		}
		return text
	}
	var out []string
	err := store.Diff(t.Context(), openKept(t, e, from), openKept(t, e, to), func(d store.Difference) error {
		k := d.Key
		out = append(out, fmt.Sprintf("%s %s %s %s %s: %s -> %s", k.Region, k.Indicator, k.Slice, k.Period, d.Unit, state(d.From), state(d.To)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

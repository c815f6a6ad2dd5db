package duckdb

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

func drawReports(t *rapid.T) []store.Report {
	period := rapid.Custom(func(t *rapid.T) indicator.Period {
		end := indicator.Day(rapid.Int32Range(-3, 3).Draw(t, "end"))
		return indicator.Period{Start: end - indicator.Day(rapid.Int32Range(0, 2).Draw(t, "length")), End: end}
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) store.Report {
		return store.Report{
			Indicator: rapid.Int32Range(0, 2).Draw(t, "indicator"), Slice: rapid.Int32Range(0, 2).Draw(t, "slice"),
			Status: indicator.Status(rapid.IntRange(0, 1).Draw(t, "status")), Region: rapid.Int32Range(0, 4).Draw(t, "region"),
			Period: period.Draw(t, "period"),
		}
	}), 0, 60).Draw(t, "reports")
}

// sameFigure reports whether two reports are about one figure, sameSeries whether they are about one region of one series.
func sameFigure(a, b *store.Report) bool { return sameSeries(a, b) && a.Period == b.Period }

func sameSeries(a, b *store.Report) bool {
	return a.Indicator == b.Indicator && a.Slice == b.Slice && a.Status == b.Status && a.Region == b.Region
}

func TestFigureKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := drawReports(t)
		keys := newFigureKeys()
		for from := 0; from < len(reports); from += 7 {
			keys.add(reports[from:min(from+7, len(reports))])
		}
		var crowded []int64
		following := make([]indicator.Day, len(reports))
		for i := range reports {
			next := indicator.Period{Start: indicator.Forever, End: indicator.Forever}
			for j := range reports {
				a, b := &reports[i], &reports[j]
				if i != j && sameFigure(a, b) && !slices.Contains(crowded, int64(i)) {
					crowded = append(crowded, int64(i))
				}
				behind := b.Period.End > a.Period.End || b.Period.End == a.Period.End && b.Period.Start > a.Period.Start
				before := b.Period.End < next.End || b.Period.End == next.End && b.Period.Start < next.Start
				if sameSeries(a, b) && behind && before {
					next = b.Period
				}
			}
			following[i] = next.End
		}
		gotFollowing, gotCrowded := keys.follow()
		slices.Sort(gotCrowded)
		if diff := cmp.Diff(following, gotFollowing); diff != "" {
			t.Errorf("following: %s", diff)
		}
		if diff := cmp.Diff(crowded, gotCrowded); diff != "" {
			t.Errorf("crowded: %s", diff)
		}
	})
}

// Keys that do not fit are given up: the store finds out by itself then.
func TestFigureKeysLost(t *testing.T) {
	for name, report := range map[string]store.Report{
		"a region": {Region: 1 << keyRegionBits}, "no region": {Region: -1}, "an indicator": {Indicator: 1 << keySeriesBits}, "no indicator": {Indicator: -1},
	} {
		keys := newFigureKeys()
		keys.add([]store.Report{{}, report, {}})
		if !keys.lost || keys.chunks != nil {
			t.Errorf("%s beyond the bits: lost %v", name, keys.lost)
		}
	}
	keys := newFigureKeys()
	for number := range int32(1<<keyPeriodBits + 1) {
		keys.add([]store.Report{{Period: indicator.Period{Start: indicator.Day(number), End: indicator.Day(number)}}})
	}
	keys.add([]store.Report{{}})
	if !keys.lost {
		t.Error("more periods than there are numbers are not lost")
	}
}

// What DuckDB finds out about keys that are lost is the same.
func TestLostKeys(t *testing.T) {
	day := func(year int) indicator.Day { return indicator.DayOf(year, time.January, 1) }
	reports := func(from int) []store.Report {
		var reports []store.Report
		for n := range 40 {
			r := tinyReport(float64(n % 3))
			r.Period = indicator.Yearly.Containing(day(2000 + (from+n*7)%23))
			if n%10 == 9 {
				r.Period.Start = r.Period.End
			}
			r.PublishedOn = day(2024 + n%2)
			reports = append(reports, r)
		}
		return reports
	}
	load := func(e *Engine, from int, lose bool) (store.Changes, []content.Part) {
		w, err := e.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		w.(*writer).held = nil
		if err := w.Append(t.Context(), reports(from)); err != nil {
			t.Fatal(err)
		}
		if lose {
			w.(*writer).keys.lose()
		}
		c, err := catalog.New(tinyTables())
		if err != nil {
			t.Fatal(err)
		}
		staged, err := w.Stage(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(t.Context(), indicator.Load{ID: fmt.Sprint("from ", from)}, nil); err != nil {
			t.Fatal(err)
		}
		s, err := e.Pin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Release()
		parts, err := s.(content.Whole).Parts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return staged.Changes, parts
	}
	kept, lost := open(t, t.TempDir(), Options{}), open(t, t.TempDir(), Options{})
	for _, from := range []int{0, 5} {
		wantChanges, want := load(kept, from, false)
		changes, parts := load(lost, from, true)
		if diff := cmp.Diff(wantChanges, changes); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, parts); diff != "" {
			t.Error(diff)
		}
		if wantChanges.Revised == 0 || wantChanges.Added == 0 && from == 0 {
			t.Errorf("too little to compare: %+v", wantChanges)
		}
	}
}

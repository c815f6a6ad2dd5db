package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/store"
)

// testDiscard takes reports back before and after they are appended, of one key or several: what is staged and counted
// is as if they had never come, and what the parent holds of the key stays.
func testDiscard(t *testing.T, e store.Engine) {
	publish(t, e, load{tables(), []store.Report{report(gdp, ada, onDay(3), 10)}})
	before, later, twice, none := report(gdp, ada, onDay(3), 11), report(gdp, bix, onDay(4), 12), report(gdp, cod, onDay(4), 13), report(gdp, dun, onDay(4), 0)
	w := begin(t, e)
	steps := []error{
		w.Discard(t.Context(), nil),
		w.Discard(t.Context(), []store.ReportKey{reportKeyOf(before), reportKeyOf(none)}),
		w.Append(t.Context(), []store.Report{before, later, twice, report(gdp, elm, onDay(4), 3)}),
		w.Append(t.Context(), []store.Report{report(gdp, cod, onDay(4), 14)}),
		w.Discard(t.Context(), []store.ReportKey{reportKeyOf(twice), reportKeyOf(twice), reportKeyOf(later)}),
	}
	for n, err := range steps {
		if err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
	c, err := catalog.New(tables())
	if err != nil {
		t.Fatal(err)
	}
	staged, err := w.Stage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if staged.Changes.Added != 1 || staged.Changes.Revised != 0 || staged.Changes.Unchanged != 0 {
		t.Errorf("changes %+v", staged.Changes)
	}
	s := store.NewSelect()
	s.Indicators = []int32{gdp}
	want := []string{"01 gdp 2020-02-03 = 10", "05 gdp 2020-02-04 = 3"}
	if diff := cmp.Diff(want, lines(c, selectRows(t, staged.Reader, s))); diff != "" {
		t.Error(diff)
	}
	if err := w.Discard(t.Context(), []store.ReportKey{reportKeyOf(before)}); err == nil {
		t.Error("a staged load takes reports back")
	}
	abort(t, w)
}

func reportKeyOf(r store.Report) store.ReportKey {
	return store.ReportKey{
		Region: r.Region, Indicator: r.Indicator, Slice: r.Slice, Status: r.Status, Period: r.Period, PublishedOn: r.PublishedOn,
	}
}

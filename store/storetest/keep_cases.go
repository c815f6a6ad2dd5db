package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// testKeep holds what an operator does with snapshots, and what loads replace, against the contract.
func testKeep(t *testing.T, open func(t *testing.T) Engine) {
	for _, test := range []struct {
		name string
		test func(t *testing.T, e Engine)
	}{
		{"nothing is kept in an empty store", testKeepsNothing},
		{"back and forward", testPublish},
		{"any kept snapshot can be read", testOpenKept},
		{"the newest and the published one are kept", testPrune},
		{"whole snapshots", testVerify},
		{"what differs", testDiff},
		{"not during a load", testKeepLocked},
		{"waiting for a load to end", testBeginWait},
		{"what a batch replaces is counted", testReplaced},
		{"scopes that cannot be replaced", testRefusedScopes},
		{"what was discarded is not withdrawn", testDiscardedStays},
		{"withdrawn as of a day", testWithdrawnAsOf},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.test(t, open(t))
		})
	}
}

// publishNumbers publishes a snapshot for each number, the value of its only figure, and returns their ids.
func publishNumbers(t *testing.T, e Engine, numbers ...int) []string {
	t.Helper()
	var ids []string
	for _, n := range numbers {
		m, _ := publish(t, e, load{tables(), []store.Report{published(n, figureOf(gdp, float64(n)))}})
		ids = append(ids, m.ID)
	}
	return ids
}

// valueOf is the only figure of a snapshot.
func valueOf(t *testing.T, s store.Snapshot) float64 {
	t.Helper()
	rows := selectRows(t, s, store.NewSelect())
	if rows.Len() != 1 {
		t.Fatalf("%d rows", rows.Len())
	}
	return rows.Value[0]
}

func checkKept(t *testing.T, e Engine, published string, want ...string) {
	t.Helper()
	ids, current, err := e.Kept(t.Context())
	if err != nil || !slices.Equal(ids, want) || current != published {
		t.Errorf("kept %v with %q published, %v; want %v with %q", ids, current, err, want, published)
	}
	manifests, err := e.Manifests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, m := range manifests {
		described = append(described, m.ID)
	}
	if !slices.Equal(described, want) {
		t.Errorf("manifests of %v, want %v", described, want)
	}
}

func testKeepsNothing(t *testing.T, e Engine) {
	checkKept(t, e, "")
	var unknown *store.UnknownSnapshotError
	if err := e.Publish(t.Context(), "20200302T030900Z-00000000"); !errors.As(err, &unknown) {
		t.Errorf("publish: %v", err)
	}
	if removed, err := e.Prune(t.Context(), 1); err != nil || len(removed) > 0 {
		t.Errorf("pruned %v, %v", removed, err)
	}
}

func testPublish(t *testing.T, e Engine) {
	ids := publishNumbers(t, e, 1, 2)
	before := pin(t, e)
	if err := e.Publish(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	if got := valueOf(t, pin(t, e)); got != 1 {
		t.Errorf("gone back, the figure is %v", got)
	}
	if got := valueOf(t, before); got != 2 {
		t.Errorf("the pinned figure became %v", got)
	}
	checkKept(t, e, ids[0], ids[1], ids[0])
	if err := e.Publish(t.Context(), ids[0]); err != nil {
		t.Errorf("published again: %v", err)
	}
	// The next load starts from what is published and sorts behind everything.
	ids = append(ids, publishNumbers(t, e, 3)...)
	if m := pin(t, e).Contents().Manifest; m.Parent != ids[0] || m.ID <= ids[1] || len(pin(t, e).Contents().Loads) != 2 {
		t.Errorf("the next load published %+v", m)
	}
	if err := e.Publish(t.Context(), ids[1]); err != nil {
		t.Fatal(err)
	}
	if got := valueOf(t, pin(t, e)); got != 2 {
		t.Errorf("on another line, the figure is %v", got)
	}
	checkKept(t, e, ids[1], ids[2], ids[1], ids[0])
	var unknown *store.UnknownSnapshotError
	if err := e.Publish(t.Context(), "20200302T030900Z-00000000"); !errors.As(err, &unknown) || len(unknown.Kept) != 3 || unknown.Kept[0] != ids[2] {
		t.Errorf("publish of what is not kept: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Publish(ended, ids[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("publish after the end: %v", err)
	}
	checkKept(t, e, ids[1], ids[2], ids[1], ids[0])
}

func testOpenKept(t *testing.T, e Engine) {
	ids := publishNumbers(t, e, 1, 2)
	for range 2 {
		for i, id := range ids {
			s, err := e.Open(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if got := valueOf(t, s); got != float64(i+1) || s.Contents().Manifest.ID != id {
				t.Errorf("snapshot %d has the figure %v", i+1, got)
			}
			s.Release()
		}
	}
	if got := valueOf(t, pin(t, e)); got != 2 {
		t.Errorf("the published figure is %v", got)
	}
	var unknown *store.UnknownSnapshotError
	if _, err := e.Open(t.Context(), ids[0][:8]); !errors.As(err, &unknown) {
		t.Errorf("a part of an id: %v", err)
	}
}

func testPrune(t *testing.T, e Engine) {
	ids := publishNumbers(t, e, 1, 2, 3, 4, 5)
	old, err := e.Open(t.Context(), ids[2])
	if err != nil {
		t.Fatal(err)
	}
	defer old.Release()
	if err := e.Publish(t.Context(), ids[1]); err != nil {
		t.Fatal(err)
	}
	removed, err := e.Prune(t.Context(), 3)
	if err != nil || !slices.Equal(removed, []string{ids[0], ids[2]}) {
		t.Errorf("pruned %v, %v", removed, err)
	}
	checkKept(t, e, ids[1], ids[4], ids[3], ids[1])
	if got := valueOf(t, old); got != 3 {
		t.Errorf("pruned, the pinned figure is %v", got)
	}
	if removed, err := e.Prune(t.Context(), 3); err != nil || len(removed) > 0 {
		t.Errorf("pruned %v more, %v", removed, err)
	}
	if removed, err := e.Prune(t.Context(), 1); err != nil || len(removed) != 2 {
		t.Errorf("pruned %v, %v", removed, err)
	}
	checkKept(t, e, ids[1], ids[1])
	for _, keep := range []int{0, -1} {
		if removed, err := e.Prune(t.Context(), keep); err == nil || len(removed) > 0 {
			t.Errorf("%d were kept: pruned %v, %v", keep, removed, err)
		}
	}
	if got := valueOf(t, pin(t, e)); got != 2 {
		t.Errorf("the published figure is %v", got)
	}
}

func testVerify(t *testing.T, e Engine) {
	var ids []string
	for i, l := range countyLoads() {
		var scopes []store.Scope
		if i > 0 {
			scopes = everywhere(20, price)
		}
		m, _ := publish(t, e, l, scopes...)
		ids = append(ids, m.ID)
	}
	m, _ := publish(t, e, load{tables(), []store.Report{
		figureOf(resumed, 95), figureOf(firms, 98), published(3, figureOf(rate, 97)), published(5, figureOf(firms, 99)),
		sliced(primary, figureOf(grids, 3)), sliced(secondary, figureOf(grids, 4)),
	}})
	for _, id := range append(ids, m.ID) {
		if err := e.Verify(t.Context(), id); err != nil {
			t.Errorf("verify: %v", err)
		}
	}
	var unknown *store.UnknownSnapshotError
	if err := e.Verify(t.Context(), "20200302T030900Z-00000000"); !errors.As(err, &unknown) {
		t.Errorf("verify what is not kept: %v", err)
	}
}

func testKeepLocked(t *testing.T, e Engine) {
	ids := publishNumbers(t, e, 1, 2)
	w := begin(t, e)
	var locked *store.LockedError
	if err := e.Publish(t.Context(), ids[0]); !errors.As(err, &locked) {
		t.Errorf("publish during a load: %v", err)
	}
	if _, err := e.Prune(t.Context(), 1); !errors.As(err, &locked) {
		t.Errorf("prune during a load: %v", err)
	}
	s, err := e.Open(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	s.Release()
	if err := e.Verify(t.Context(), ids[1]); err != nil {
		t.Errorf("verify during a load: %v", err)
	}
	abort(t, w)
	checkKept(t, e, ids[1], ids[1], ids[0])
}

func testBeginWait(t *testing.T, e Engine) {
	ids := publishNumbers(t, e, 1, 2)
	w := begin(t, e)
	ended, cancel := context.WithCancel(t.Context())
	var told []string
	_, err := store.BeginWait(ended, e, func(l *store.LockedError) {
		told = append(told, l.Holder)
		cancel()
	})
	var locked *store.LockedError
	if !errors.Is(err, context.Canceled) || errors.As(err, &locked) || len(told) != 1 || told[0] == "" {
		t.Errorf("waiting for %q until the context ended: %v", told, err)
	}
	past, stop := context.WithTimeout(t.Context(), 1)
	defer stop()
	if _, err := store.BeginWait(past, e, nil); !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &locked) {
		t.Errorf("waiting past the deadline: %v", err)
	}
	waiting := make(chan struct{})
	done := make(chan error)
	first := sync.OnceFunc(func() { close(waiting) }) // a holder that is about to end may be told of once more, without its name
	go func() {
		next, err := store.BeginWait(t.Context(), e, func(*store.LockedError) { first() })
		if err == nil {
			err = next.Abort()
		}
		done <- err
	}()
	<-waiting
	abort(t, w)
	if err := <-done; err != nil {
		t.Errorf("having waited: %v", err)
	}
	if err := store.PublishWait(t.Context(), e, ids[0], nil); err != nil {
		t.Error(err)
	}
	if removed, err := store.PruneWait(t.Context(), e, 1, nil); err != nil || len(removed) != 1 {
		t.Errorf("pruned %v, %v", removed, err)
	}
}

// testReplaced replaces indicators in part of the regions: two figures of ada's gdp come again, the others do not.
func testReplaced(t *testing.T, e Engine) {
	first := countyLoads()[0]
	scopes := []store.Scope{
		{Indicators: []int32{gdp, price}, Regions: []store.Span{{From: east, To: west}}, On: day(20)},
		{Indicators: []int32{gdp, grids}, Regions: []store.Span{{From: ada, To: cod + 1}}, On: day(21)},
	}
	_, changes := publish(t, e, load{tables(), nil}, scopes...)
	want := []store.Replaced{{Indicator: grids}, {Indicator: gdp}, {Indicator: price}}
	if diff := cmp.Diff(want, changes.Replaced); diff != "" {
		t.Errorf("replaced in an empty store (-want +got):\n%s", diff)
	}
	publish(t, e, first)
	_, changes = publish(t, e, load{tables(), []store.Report{
		first.reports[0], published(8, report(gdp, ada, onDay(4), 14)), report(gdp, dun, onDay(9), 1), report(grids, ada, onDay(4), 1),
	}}, scopes...)
	want = []store.Replaced{
		{Indicator: grids, RegionsAfter: 1},
		{Indicator: gdp, RegionsBefore: 3, RegionsAfter: 1, Withdrawn: 5}, // ada's of the 6th, two of bix and two of cod
		{Indicator: price, RegionsBefore: 1, Withdrawn: 1},
	}
	if diff := cmp.Diff(want, changes.Replaced); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	if changes.Withdrawn != 6 || changes.Revised != 7 || changes.Added != 2 || changes.Unchanged != 1 {
		t.Errorf("changes %+v", changes)
	}
	want2 := []string{
		"01 grids 2020-02-04 = 1",
		"01 gdp 2020-02-03 = 10",
		"01 gdp 2020-02-04 = 14",
		"04 gdp 2020-02-09 = 1",
		"04 gdp 2020-02 = 20",
		"04 gdp 2020-02-29 = 21",
	}
	snapshot := pin(t, e)
	if diff := cmp.Diff(want2, lines(snapshot.Contents().Catalog, selectRows(t, snapshot, store.NewSelect()))); diff != "" {
		t.Errorf("current figures (-want +got):\n%s", diff)
	}
}

func testRefusedScopes(t *testing.T, e Engine) {
	for name, s := range map[string]store.Scope{
		"an indicator that there is not": {Indicators: []int32{indicatorCount}, On: day(1)},
		"regions that there are not":     {Indicators: []int32{gdp}, Regions: []store.Span{{From: 0, To: regionCount + 1}}, On: day(1)},
		"no indicator":                   {On: day(1)},
		"no day":                         {Indicators: []int32{gdp}, On: indicator.NoDay},
	} {
		w := begin(t, e)
		if _, err := stage(t.Context(), w, countyLoads()[0], s); err == nil {
			t.Errorf("%s: replaced", name)
		}
		abort(t, w)
	}
	w := begin(t, e)
	if _, err := stage(t.Context(), w, countyLoads()[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Withdraw(t.Context(), everywhere(1, gdp)[0]); err == nil {
		t.Error("a scope was given after the batch was staged")
	}
	abort(t, w)
}

// testDiscardedStays replaces an indicator with a batch in which bix's figure was discarded: it is neither revised nor
// withdrawn.
func testDiscardedStays(t *testing.T, e Engine) {
	publish(t, e, load{tables(), []store.Report{figureOf(gdp, 1), report(gdp, bix, onDay(4), 2)}})
	w := begin(t, e)
	r := published(9, report(gdp, bix, onDay(4), 3))
	key := store.ReportKey{Indicator: r.Indicator, Slice: r.Slice, Status: r.Status, Period: r.Period, Region: r.Region, PublishedOn: r.PublishedOn}
	if err := w.Discard(t.Context(), []store.ReportKey{key}); err != nil {
		t.Fatal(err)
	}
	staged, err := stage(t.Context(), w, load{tables(), []store.Report{r}}, everywhere(9, gdp)...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(store.Changes{Revised: 1, Withdrawn: 1, Replaced: []store.Replaced{{Indicator: gdp, RegionsBefore: 2, Withdrawn: 1}}}, staged.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	want := []string{"02 gdp 2020-02-04 = 2"}
	if diff := cmp.Diff(want, lines(newCatalog(t, tables()), selectRows(t, staged.Reader, store.NewSelect()))); diff != "" {
		t.Errorf("current figures (-want +got):\n%s", diff)
	}
	abort(t, w)
}

// testWithdrawnAsOf reads a withdrawn figure before and after, and what the second load did.
func testWithdrawnAsOf(t *testing.T, e Engine) {
	publish(t, e, load{tables(), []store.Report{figureOf(gdp, 1), report(gdp, bix, onDay(4), 2)}})
	w := begin(t, e)
	staged, err := stage(t.Context(), w, load{tables(), []store.Report{figureOf(gdp, 1)}}, everywhere(9, gdp)...)
	if err != nil {
		t.Fatal(err)
	}
	if !staged.Changes.Any() || staged.Changes.Withdrawn != 1 {
		t.Errorf("changes %+v", staged.Changes)
	}
	if before, after := selectRows(t, staged.Parent, store.NewSelect()).Len(), selectRows(t, staged.Reader, store.NewSelect()).Len(); before != 2 || after != 1 {
		t.Errorf("%d figures before and %d after", before, after)
	}
	if _, err := w.Commit(t.Context(), indicator.Load{ID: "load-2"}, nil); err != nil {
		t.Fatal(err)
	}
	snapshot := pin(t, e)
	for _, test := range []struct {
		asOf, rows int
		latest     bool
	}{{8, 2, false}, {9, 1, false}, {8, 2, true}, {9, 1, true}} {
		s := store.NewSelect()
		s.AsOf = day(test.asOf)
		if test.latest {
			s.Latest = &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
		}
		if n := selectRows(t, snapshot, s).Len(); n != test.rows {
			t.Errorf("%d figures as of day %d, want %d", n, test.asOf, test.rows)
		}
	}
	s := store.NewSelect()
	s.Vintages, s.LoadsFrom = true, 1
	want := []string{"02 gdp 2020-02-04 = WITHDRAWN [2020-02-09 2020-02-09) load 1"}
	if diff := cmp.Diff(want, lines(snapshot.Contents().Catalog, selectRows(t, snapshot, s))); diff != "" {
		t.Errorf("what the load brought (-want +got):\n%s", diff)
	}
}

package storetest

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// testLoad holds the life of loads and snapshots against the contract.
func testLoad(t *testing.T, open func(t *testing.T) store.Engine) {
	for _, test := range []struct {
		name string
		test func(t *testing.T, e store.Engine)
	}{
		{"an empty store", testEmptyStore},
		{"contents", testContents},
		{"one load at a time", testOneLoad},
		{"nothing new", testNothingNew},
		{"checks read what is staged", testStagedReader},
		{"a pinned snapshot stays", testPinnedStays},
		{"another numbering", testRenumbered},
		{"many reports", testMany},
		{"reports that are dropped", testCleared},
		{"reports that cannot be stored", testRefused},
		{"a lost code", testLostCode},
		{"reports taken back", testDiscard},
		{"a context that ended", testCanceled},
		{"concurrent readers", testConcurrent},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.test(t, open(t))
		})
	}
	t.Run("the same content by another history", func(t *testing.T) {
		t.Parallel()
		testContentHash(t, open)
	})
}

func testEmptyStore(t *testing.T, e store.Engine) {
	if _, err := e.Pin(t.Context()); !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("pin of an empty store: %v", err)
	}
	manifests, err := e.Manifests(t.Context())
	if err != nil || len(manifests) != 0 {
		t.Errorf("manifests of an empty store: %v, %v", manifests, err)
	}
	w := begin(t, e)
	if w.Parent() != nil {
		t.Error("the first load has a parent")
	}
	abort(t, w)
}

func begin(t *testing.T, e store.Engine) store.Writer {
	t.Helper()
	w, err := e.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func abort(t *testing.T, w store.Writer) {
	t.Helper()
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
}

func testContents(t *testing.T, e store.Engine) {
	loads := countyLoads()
	first, _ := publish(t, e, loads[0])
	second, _ := publish(t, e, loads[1])
	if first.ID >= second.ID || second.Parent != first.ID || first.Parent != "" || first.ContentHash == second.ContentHash {
		t.Errorf("manifests\n%+v\n%+v", first, second)
	}
	if second.Observations != 11 || second.Regions != 6 || second.Indicators != 2 || second.Load != "load-2" || second.Engine == "" {
		t.Errorf("manifest %+v", second)
	}
	contents := pin(t, e).Contents()
	if diff := cmp.Diff(second, contents.Manifest); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(newCatalog(t, tables()).Tables(), contents.Catalog.Tables(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("catalogue (-want +got):\n%s", diff)
	}
	if len(contents.Loads) != 2 || contents.Loads[0].ID != "load-1" || contents.Loads[1].ID != "load-2" {
		t.Errorf("loads %+v", contents.Loads)
	}
	if len(contents.Checks) != 1 || contents.Checks[0].Message != "load 2" {
		t.Errorf("check results %+v", contents.Checks)
	}
	manifests, err := e.Manifests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]store.Manifest{second, first}, manifests); diff != "" {
		t.Errorf("manifests (-want +got):\n%s", diff)
	}
}

func testOneLoad(t *testing.T, e store.Engine) {
	w := begin(t, e)
	var locked *store.LockedError
	if _, err := e.Begin(t.Context()); !errors.As(err, &locked) || locked.Holder == "" {
		t.Errorf("a second load began: %v", err)
	}
	abort(t, w)
	abort(t, w) // does nothing
	publish(t, e, countyLoads()[0])
	abort(t, begin(t, e)) // the commit unlocked the store
	if _, err := w.Stage(t.Context(), newCatalog(t, tables())); err == nil {
		t.Error("an aborted load was staged")
	}
}

func testNothingNew(t *testing.T, e store.Engine) {
	l := countyLoads()[0]
	first, _ := publish(t, e, l)
	w := begin(t, e)
	staged, err := stage(t.Context(), w, l)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(store.Changes{Unchanged: int64(len(l.reports))}, staged.Changes); diff != "" || staged.Changes.Any() {
		t.Errorf("changes of the same load again (-want +got):\n%s", diff)
	}
	if n := selectRows(t, staged.Reader, store.NewSelect()).Len(); n != len(l.reports) {
		t.Errorf("%d rows are staged", n)
	}
	abort(t, w)
	if got := pin(t, e).Contents().Manifest; got != first {
		t.Errorf("an aborted load published %+v", got)
	}
	again, changes := publish(t, e, l) // a loader may want to publish new check results
	if again.ContentHash != first.ContentHash || again.ID <= first.ID || changes.Any() {
		t.Errorf("the same content was published as %+v", again)
	}
	renamed := tables()
	renamed.Indicators[gdp].NameEn = "Gross domestic product"
	if _, changes := publish(t, e, load{tables: renamed}); !changes.Catalog || !changes.Any() {
		t.Errorf("another catalogue changes %+v", changes)
	}
}

func testStagedReader(t *testing.T, e store.Engine) {
	loads := countyLoads()
	publish(t, e, loads[0])
	w := begin(t, e)
	staged, err := stage(t.Context(), w, loads[1])
	if err != nil {
		t.Fatal(err)
	}
	s := store.NewSelect()
	s.Sources = []int32{yearbook}
	want := []string{"01 gdp 2020-02-04 = 15 APPROXIMATE yearbook"}
	if diff := cmp.Diff(want, lines(w.Parent().Catalog, selectRows(t, staged.Reader, s))); diff != "" {
		t.Errorf("staged rows (-want +got):\n%s", diff)
	}
	if n := selectRows(t, pin(t, e), s).Len(); n != 0 {
		t.Errorf("%d staged rows are published", n)
	}
	abort(t, w)
}

func testPinnedStays(t *testing.T, e store.Engine) {
	loads := countyLoads()
	first, _ := publish(t, e, loads[0])
	old := pin(t, e)
	second, _ := publish(t, e, loads[1])
	if got := pin(t, e).Contents().Manifest.ID; got != second.ID {
		t.Errorf("pinned %s after %s was committed", got, second.ID)
	}
	if got := old.Contents().Manifest.ID; got != first.ID {
		t.Errorf("the pinned snapshot became %s", got)
	}
	if n := selectRows(t, old, store.NewSelect()).Len(); n != 10 {
		t.Errorf("the pinned snapshot has %d rows", n)
	}
}

// testRenumbered loads under a catalogue in which everything has another ordinal.
func testRenumbered(t *testing.T, e store.Engine) {
	l := countyLoads()
	all := []batch{{reports: l[0].reports}, {reports: l[1].reports}}
	publish(t, e, l[0])
	publish(t, e, l[1])
	before := newCatalog(t, tables())
	s := store.NewSelect()
	s.Vintages = true
	s.Order.By = store.ByPublished
	want := lines(before, rowsOf(selectFigures(evaluate(before, all), s), s))

	other := tables()
	front := other.Regions[0]
	front.Code, front.Scheme = "01", "other" // the code of ada in another scheme
	other.Regions = append([]indicator.Region{front}, other.Regions...)
	other.Indicators = append([]indicator.Indicator{{Code: "new", Unit: "count"}}, other.Indicators...)
	other.Sources = []indicator.Source{other.Sources[gazette], {Code: "new"}, other.Sources[yearbook]}
	other.Definitions = []string{"", "new", "with the cities"}
	other.Slices[1], other.Slices[2] = other.Slices[2], other.Slices[1]
	if _, changes := publish(t, e, load{tables: other}); changes.Added+changes.Revised+changes.Unchanged != 0 || !changes.Catalog {
		t.Errorf("another catalogue without reports changes %+v", changes)
	}
	snapshot := pin(t, e)
	if diff := cmp.Diff(want, lines(snapshot.Contents().Catalog, selectRows(t, snapshot, s))); diff != "" {
		t.Errorf("vintages (-want +got):\n%s", diff)
	}
	s = store.NewSelect()
	s.Sources = []int32{1 + yearbook}
	if n := selectRows(t, snapshot, s).Len(); n != 1 {
		t.Errorf("%d figures of the yearbook", n)
	}
}

func testRefused(t *testing.T, e store.Engine) {
	bad := map[string]func(r *store.Report){
		"no value and no reason":         func(r *store.Report) { r.Value = math.NaN() },
		"an infinite value":              func(r *store.Report) { r.Value = math.Inf(1) },
		"an infinite count":              func(r *store.Report) { r.Denominator = math.Inf(-1) },
		"a reason found by queries only": func(r *store.Report) { r.Missing = indicator.NoObservation },
		"a period that ends too early":   func(r *store.Report) { r.Period.End = r.Period.Start - 1 },
		"a status that does not exist":   func(r *store.Report) { r.Status = 7 },
		"a text that is not UTF-8":       func(r *store.Report) { r.Note = "\xff" },
	}
	for name, change := range bad {
		w := begin(t, e)
		if err := w.Append(t.Context(), []store.Report{with(figureOf(gdp, 1), change)}); err == nil {
			t.Errorf("%s was appended", name)
		}
		abort(t, w)
	}
	for name, change := range map[string]func(r *store.Report){
		"region": func(r *store.Report) { r.Region = regionCount }, "slice": func(r *store.Report) { r.Slice = -1 },
		"source": func(r *store.Report) { r.Source = sourceCount }, "definition": func(r *store.Report) { r.Definition = definitionCount },
	} {
		w := begin(t, e)
		if _, err := stage(t.Context(), w, load{tables(), []store.Report{with(figureOf(gdp, 1), change)}}); err == nil {
			t.Errorf("a %s that the catalogue lacks was staged", name)
		}
		abort(t, w)
	}
	if _, err := e.Pin(t.Context()); !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("a refused load published something: %v", err)
	}
}

func testLostCode(t *testing.T, e store.Engine) {
	publish(t, e, countyLoads()[0])
	for name, lose := range map[string]func(t *catalog.Tables){
		"a region":     func(t *catalog.Tables) { t.Regions = t.Regions[:len(t.Regions)-1] },
		"an indicator": func(t *catalog.Tables) { t.Indicators = t.Indicators[:len(t.Indicators)-1] },
		"a slice":      func(t *catalog.Tables) { t.Slices = t.Slices[:len(t.Slices)-1] },
		"a definition": func(t *catalog.Tables) { t.Definitions = []string{""} },
	} {
		less := tables()
		lose(&less)
		w := begin(t, e)
		if _, err := stage(t.Context(), w, load{tables: less}); err == nil {
			t.Errorf("a catalogue that lost %s was staged", name)
		}
		abort(t, w)
	}
}

func testCanceled(t *testing.T, e store.Engine) {
	publish(t, e, countyLoads()[0])
	snapshot := pin(t, e)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := snapshot.Select(ctx, store.NewSelect()); !errors.Is(err, context.Canceled) {
		t.Errorf("select: %v", err)
	}
	if _, err := snapshot.Count(ctx, store.NewSelect()); !errors.Is(err, context.Canceled) {
		t.Errorf("count: %v", err)
	}
	w := begin(t, e)
	if _, err := stage(ctx, w, countyLoads()[1]); !errors.Is(err, context.Canceled) {
		t.Errorf("stage: %v", err)
	}
	abort(t, w)
	if n := selectRows(t, snapshot, store.NewSelect()).Len(); n != 10 {
		t.Errorf("%d rows after canceled queries", n)
	}
}

func testConcurrent(t *testing.T, e store.Engine) {
	loads := countyLoads()
	publish(t, e, loads[0])
	want := map[int]bool{10: true, 11: true} // before and after the second load
	var readers sync.WaitGroup
	defer readers.Wait()
	done := make(chan struct{})
	defer close(done)
	for range 4 {
		readers.Go(func() {
			for {
				s, err := e.Pin(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				rows, err := s.Select(context.Background(), store.NewSelect())
				if err != nil || !want[rows.Len()] || int64(rows.Len()) != s.Contents().Manifest.Observations {
					t.Errorf("read %v, %v", rows, err)
				}
				s.Release()
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	publish(t, e, loads[1])
}

// testContentHash reaches one content in one load and in three of another order.
func testContentHash(t *testing.T, open func(t *testing.T) store.Engine) {
	loads := countyLoads()
	first, second := loads[0].reports, loads[1].reports[1:]
	var hashes []string
	for _, batches := range [][][]store.Report{
		{append(append([]store.Report{report(gdp, west, onDay(4), 0)}, first...), second...)},
		{second[2:], first[3:], append(append([]store.Report{report(gdp, west, onDay(4), math.Copysign(0, -1))}, second[:2]...), first[:3]...)},
	} {
		e := open(t)
		var m store.Manifest
		for _, batch := range batches {
			m, _ = publish(t, e, load{tables(), batch})
		}
		hashes = append(hashes, m.ContentHash)
	}
	if hashes[0] != hashes[1] || len(hashes[0]) != 64 {
		t.Errorf("content hashes %v", hashes)
	}
}

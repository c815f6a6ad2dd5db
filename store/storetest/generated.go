package storetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// testGenerated loads generated reports and holds everything that can be read against the naive evaluation.
func (r reads) testGenerated(t *testing.T) {
	loads := rapid.Custom(drawLoads).Example(5)
	e := r.open(t)
	c := newCatalog(t, wideTables())
	for i := range loads {
		_, changes := publish(t, e, load{wideTables(), loads[i].reports}, loads[i].scopes...)
		if (changes.Replaced == nil) != (loads[i].scopes == nil) {
			t.Errorf("load %d replaces %v", i+1, changes.Replaced)
		}
		changes.Replaced = nil // a test of its own
		if diff := cmp.Diff(changesOf(loads[:i+1]), changes); diff != "" {
			t.Errorf("changes of load %d (-want +got):\n%s", i+1, diff)
		}
	}
	all := evaluate(c, loads)
	snapshot := pin(t, e)

	t.Run("merge", func(t *testing.T) { compareRegions(t, snapshot, all) })
	t.Run("select", checkSelect(snapshot, all, drawSelect))
	t.Run("count", checkCount(snapshot, all, drawSelect))
	t.Run("pages", rapid.MakeCheck(func(t *rapid.T) {
		s := drawSelect(t)
		s.Evidence, s.Omit = true, 0
		whole := selectRows(t, snapshot, s)
		size := rapid.IntRange(max(1, whole.Len()/7), whole.Len()+2).Draw(t, "size")
		diffRows(t, c, whole, readPages(t, snapshot, s, size))
	}))
	if placed, ok := snapshot.(store.Placed); ok {
		t.Run("places", func(t *testing.T) { comparePlaces(t, snapshot, placed) })
	}
	for _, wrap := range r.wraps {
		snapshot := pin(t, wrap(t, e))
		t.Run("select wrapped", checkSelect(snapshot, all, drawCurrent))
		t.Run("count wrapped", checkCount(snapshot, all, drawCurrent))
	}
}

// comparePlaces reads all current figures by place.
func comparePlaces(t *testing.T, snapshot store.Snapshot, placed store.Placed) {
	tallies, err := snapshot.Count(t.Context(), store.NewSelect(), store.KeyIndicator, store.KeySlice, store.KeyStatus)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]store.Series, len(tallies))
	for i, tally := range tallies {
		want[i] = store.Series{Indicator: tally.Keys[0], Slice: tally.Keys[1], Status: indicator.Status(tally.Keys[2]), Rows: tally.Rows}
	}
	got, err := placed.Series(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
	all, rows := selectRows(t, snapshot, store.NewSelect()), &store.Rows{}
	step := int64(all.Len()/3 + 1)
	for at := range int64(4) { // the last has nothing any more
		part, err := placed.Range(t.Context(), at*step, (at+1)*step)
		if err != nil {
			t.Fatal(err)
		}
		appendRows(rows, part)
	}
	diffRows(t, snapshot.Contents().Catalog, all, rows)
}

// drawCurrent draws a selection of current figures, mostly without what takes more than the figures themselves.
func drawCurrent(t *rapid.T) store.Select {
	s := drawSelect(t)
	s.AsOf, s.Vintages, s.LoadsFrom = indicator.NoDay, false, 0
	s.Evidence = s.Evidence && rapid.IntRange(1, 8).Draw(t, "evidence kept") == 1
	return s
}

func checkSelect(snapshot store.Snapshot, all []figure, draw func(t *rapid.T) store.Select) func(t *testing.T) {
	return rapid.MakeCheck(func(t *rapid.T) {
		s := draw(t)
		want := selectFigures(all, s)
		diffRows(t, snapshot.Contents().Catalog, rowsOf(want, s), selectRows(t, snapshot, s))
	})
}

func checkCount(snapshot store.Snapshot, all []figure, draw func(t *rapid.T) store.Select) func(t *testing.T) {
	return rapid.MakeCheck(func(t *rapid.T) {
		s := draw(t)
		keys := []store.Key{store.KeyIndicator, store.KeyRegion, store.KeySlice, store.KeyStatus, store.KeyMissing, store.KeySource}
		by := rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 3, func(k store.Key) store.Key { return k }).Draw(t, "by")
		got, err := snapshot.Count(t.Context(), s, by...)
		if err != nil {
			t.Fatalf("count: %v", err)
		}
		if diff := cmp.Diff(countFigures(selectFigures(all, s), by), got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("tallies (-want +got):\n%s", diff)
		}
	})
}

// compareRegions compares all vintages region by region, which keeps a difference small enough to think about.
func compareRegions(t *testing.T, snapshot store.Snapshot, all []figure) {
	derived := 0
	for _, f := range all {
		if f.Derived {
			derived++
		}
	}
	withdrawn := slices.ContainsFunc(all, func(f figure) bool { return f.Missing == indicator.Withdrawn })
	if derived < len(all)/20 || !withdrawn {
		t.Errorf("%d of %d generated figures are derived, some withdrawn: %t; too few to test anything", derived, len(all), withdrawn)
	}
	for region := regionCount; region < regionCount+generatedCounties; region++ {
		s := store.NewSelect()
		s.Vintages = true
		s.Regions = []store.Span{{From: region, To: region + 1}}
		diffRows(t, snapshot.Contents().Catalog, rowsOf(selectFigures(all, s), s), selectRows(t, snapshot, s))
	}
}

// readPages reads a selection page by page, each behind the last row of the one before.
func readPages(t fatal, r store.Reader, s store.Select, size int) *store.Rows {
	t.Helper()
	s.Limit = size
	all := &store.Rows{}
	for {
		page := selectRows(t, r, s)
		appendRows(all, page)
		if page.Len() < size {
			return all
		}
		if page.Len() > size {
			t.Fatalf("a page of %d rows, not %d", page.Len(), size)
		}
		s.After = new(positionOf(page, page.Len()-1))
	}
}

// positionOf is the position of a row with evidence.
func positionOf(r *store.Rows, i int) store.Position {
	p := store.Position{
		Indicator: r.Indicator[i], Slice: r.Slice[i], Status: r.Status[i], Region: r.Region[i],
		KnownFrom: r.KnownFrom[i], Tie: r.Tie[i], Published: r.Published[i], Value: r.Value[i],
	}
	p.Period.Start, p.Period.End = r.Start[i], r.End[i]
	return p
}

func appendRows(all, page *store.Rows) {
	all.Indicator = append(all.Indicator, page.Indicator...)
	all.Slice = append(all.Slice, page.Slice...)
	all.Region = append(all.Region, page.Region...)
	all.Source = append(all.Source, page.Source...)
	all.Definition = append(all.Definition, page.Definition...)
	all.Status = append(all.Status, page.Status...)
	all.Start = append(all.Start, page.Start...)
	all.End = append(all.End, page.End...)
	all.Value = append(all.Value, page.Value...)
	all.Missing = append(all.Missing, page.Missing...)
	all.Precision = append(all.Precision, page.Precision...)
	all.Numerator = append(all.Numerator, page.Numerator...)
	all.Denominator = append(all.Denominator, page.Denominator...)
	all.CountsPrecision = append(all.CountsPrecision, page.CountsPrecision...)
	all.Derived = append(all.Derived, page.Derived...)
	all.Published = append(all.Published, page.Published...)
	all.KnownFrom = append(all.KnownFrom, page.KnownFrom...)
	all.KnownTo = append(all.KnownTo, page.KnownTo...)
	all.Tie = append(all.Tie, page.Tie...)
	all.Load = append(all.Load, page.Load...)
	all.Inferred = append(all.Inferred, page.Inferred...)
	all.Offset = append(all.Offset, page.Offset...)
	all.Printed = append(all.Printed, page.Printed...)
	all.Note = append(all.Note, page.Note...)
}

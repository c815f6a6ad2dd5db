package duckdb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/storetest"
)

// The shares by which every load amends, or writes everything in order again, or merges everything.
var (
	toAmend = shares{tail: math.MaxInt32, touched: math.MaxInt32}
	toRenew = shares{tail: -1, touched: math.MaxInt32}
	toMerge = shares{tail: -1, touched: -1}
)

// Loads that amend answer like all others.
func TestStoreOfAmendments(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Engine {
		e := open(t, t.TempDir(), Options{})
		e.most = toAmend
		return e
	}, inMemory)
}

// amendment is a load of a test.
type amendment struct {
	reports []store.Report
	discard []store.ReportKey
	scopes  []store.Scope
	tables  catalog.Tables
}

// amended is what a load leaves.
type amended struct {
	Changes  store.Changes
	Manifest store.Manifest
	Parts    []content.Part
	Touched  []int32
}

// load loads, verifies what it left, and reads it.
func (a *amendment) load(t *testing.T, e *Engine) amended {
	t.Helper()
	w, err := e.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := w.Append(t.Context(), a.reports); err != nil {
		t.Fatal(err)
	}
	if err := w.Discard(t.Context(), a.discard); err != nil {
		t.Fatal(err)
	}
	for _, s := range a.scopes {
		if err := w.Withdraw(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	c, err := catalog.New(a.tables)
	if err != nil {
		t.Fatal(err)
	}
	staged, err := w.Stage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := staged.Reader.Select(t.Context(), store.NewSelect())
	if err != nil {
		t.Fatal(err)
	}
	checkTouched(t, staged, rows)
	m, err := w.Commit(t.Context(), indicator.Load{ID: "a load"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Verify(t.Context(), m.ID); err != nil {
		t.Error(err)
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
	comparePlaces(t, s.(*pinned), rows)
	compareWhole(t, s.(*pinned), parts)
	return amended{staged.Changes, m, parts, staged.Touched}
}

// checkTouched looks for figures that a load has changed and that are of no indicator that it tells of.
func checkTouched(t *testing.T, staged *store.Staged, rows *store.Rows) {
	t.Helper()
	if staged.Touched == nil {
		return
	}
	before, err := staged.Parent.Select(t.Context(), store.NewSelect())
	if err != nil {
		t.Fatal(err)
	}
	of := func(r *store.Rows, id int32) *store.Rows {
		from, _ := slices.BinarySearch(r.Indicator, id)
		to, _ := slices.BinarySearch(r.Indicator, id+1)
		piece := *r
		piece.Cut(from, to)
		return &piece
	}
	for id := range max(rows.Indicator[rows.Len()-1], before.Indicator[before.Len()-1]) + 1 {
		if !slices.Contains(staged.Touched, id) && !storetest.SameRows(of(before, id), of(rows, id)) {
			t.Errorf("figures of indicator %d have changed, which is not among %v", id, staged.Touched)
		}
	}
}

// comparePlaces reads the current figures piece by piece, and looks whether they are stored as the manifest says.
func comparePlaces(t *testing.T, p *pinned, want *store.Rows) {
	t.Helper()
	want.Drop(^store.FigureColumns)
	step := max(1, int64(want.Len())/7)
	for from := int64(0); from < int64(want.Len()); from += step {
		got, err := p.Range(t.Context(), from, from+step)
		if err != nil {
			t.Fatal(err)
		}
		piece := *want
		piece.Cut(int(from), int(min(from+step, int64(want.Len()))))
		if storetest.SameRows(&piece, got) {
			continue
		}
		if diff := cmp.Diff(&piece, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("figures %d to %d (-selected +by place):\n%s", from, from+step, diff)
		}
	}
	for _, table := range []struct {
		name, order string
		tail        int64
	}{{observationTable, figureKey, p.behind.Current}, {pastTable, figureKey + ", known_from, tie", p.behind.Past}} {
		seam, err := p.seam(t.Context(), table.name, table.tail)
		if err != nil {
			t.Fatal(err)
		}
		for _, half := range []string{"<", ">="} {
			from := " FROM " + table.name + " WHERE rowid " + half + " " + literal(seam)
			if n, err := oneNumber(t.Context(), p.db.query, "SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY rowid) AS place, row_number() OVER (ORDER BY "+
				table.order+") AS wanted"+from+") WHERE place <> wanted"); err != nil || n > 0 {
				t.Errorf("%d rows of %s are not in order: %v", n, from, err)
			}
		}
	}
}

// compareWhole counts the rows that are read as parts.
func compareWhole(t *testing.T, p *pinned, parts []content.Part) {
	t.Helper()
	for _, part := range parts {
		pieces, err := p.pieces(t.Context(), tableOf(part), p.behind.of(part.Current), content.Part{Number: part.Number, Rows: wholeRows + 1})
		if err != nil {
			t.Fatal(err)
		}
		rows := int64(0)
		for _, piece := range pieces {
			n, err := oneNumber(t.Context(), p.db.query, "SELECT count(*) FROM "+tableOf(part)+" WHERE "+piece)
			if err != nil {
				t.Fatal(err)
			}
			rows += n
		}
		if rows != part.Rows {
			t.Errorf("part %d has %d rows in %d pieces, and %d in all", part.Number, rows, len(pieces), part.Rows)
		}
	}
}

// Loads that amend, or write what they do in order again, leave the same rows as loads that merge everything, in every column, whatever was loaded before.
func TestAmendments(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			merging, renewing, amending := open(t, t.TempDir(), Options{}), open(t, t.TempDir(), Options{}), open(t, t.TempDir(), Options{})
			merging.most, renewing.most, amending.most = toMerge, toRenew, toAmend
			draw := drawAmendments{rand.New(rand.NewPCG(seed, 1)), heldTables()} //nolint:gosec // no secret
			kinds := []string{"few", "again", "periods", "scope", "discard", "source", "more", "indicator", "region"}
			draw.random.Shuffle(len(kinds), func(i, k int) { kinds[i], kinds[k] = kinds[k], kinds[i] })
			for _, kind := range append([]string{"first"}, kinds...) {
				load := draw.next(kind)
				want := load.load(t, merging)
				anew := kind == "first" || kind == "indicator" || kind == "region"
				for how, e := range map[string]*Engine{"renewed": renewing, "amended": amending} {
					got := load.load(t, e)
					if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Manifest{}, "ID", "Parent", "PublishedAt"),
						cmpopts.IgnoreFields(amended{}, "Touched")); diff != "" {
						t.Fatalf("%s, a load of %v (-merged +%s):\n%s", kind, kinds, how, diff)
					}
					if (got.Touched == nil) != anew {
						t.Errorf("%s, %s: figures of indicators %v may have changed", kind, how, got.Touched)
					}
				}
				if behind := amending.current.behind; (behind == tail{}) != anew {
					t.Errorf("%s: %+v are in the tail", kind, behind)
				}
			}
		})
	}
}

// drawAmendments draws loads into one store.
type drawAmendments struct {
	random *rand.Rand
	tables catalog.Tables
}

func (d *drawAmendments) next(kind string) *amendment {
	a := &amendment{reports: heldReports(d.random, 60)}
	switch kind {
	case "first":
		a.reports = heldReports(d.random, 1500)
	case "more":
		a.reports = heldReports(d.random, 300)
	case "periods":
		for i := range a.reports {
			a.reports[i].Period.Start += 10
			a.reports[i].Period.End += 10
		}
	case "scope":
		from := d.random.Int32N(heldCounties)
		a.scopes = []store.Scope{{Indicators: []int32{d.random.Int32N(4)}, Regions: []store.Span{{From: from, To: from + 9}}, On: 12}}
	case "discard":
		for _, r := range a.reports[:20] {
			a.discard = append(a.discard, store.ReportKey{
				Region: r.Region, Indicator: r.Indicator, Slice: r.Slice, Status: r.Status, Period: r.Period, PublishedOn: r.PublishedOn,
			})
		}
	case "source":
		d.tables.Sources = append(d.tables.Sources, indicator.Source{Code: "another", Title: "Another"})
		a.reports[0].Source = int32(len(d.tables.Sources) - 1)
	case "indicator": // what there was takes part in it
		rate := d.tables.Indicators[2]
		rate.Code, rate.Denominator, rate.Breakdowns = "share", "gdp", nil
		d.tables.Indicators = append(d.tables.Indicators, rate)
	case "region": // the numbers of those behind it change
		regions := slices.Clone(d.tables.Regions)
		county := regions[1]
		county.Code = "0999"
		d.tables.Regions = slices.Insert(regions, 1+d.random.IntN(heldCounties), county)
	}
	a.tables = d.tables
	return a
}

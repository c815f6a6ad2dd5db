package loader

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// failing is what rapid's and other tests can say.
type failing interface {
	Helper()
	Fatal(args ...any)
}

func newCatalog(t failing, tables catalog.Tables) *catalog.Catalog {
	t.Helper()
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Results that are taken from the parent are those that would be found, whatever of figures and catalogue a load changes.
func TestStandingResults(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		before := newCatalog(t, checkedTables(9))
		engine := &memory{derived: map[int32]bool{1: true}}
		reports := scattered(random, before, 0.5)
		results, err := runChecks(t.Context(), nil, &store.Staged{Reader: &memoryReader{engine, reports}}, before)
		if err != nil {
			t.Fatal(err)
		}
		parent := &store.Contents{Catalog: before, Checks: results, Loads: []indicator.Load{{ChecksEdition: rapid.IntRange(checksEdition-1, checksEdition).Draw(t, "edition")}}}

		tables := checkedTables(9)
		some := func(label string) bool { return rapid.IntRange(1, 5).Draw(t, label) == 1 }
		if some("a region ends") {
			tables.Regions[4].ValidTo = indicator.DayOf(2020, 1, 15)
		}
		if some("a range changes") {
			low := 3.0
			tables.Indicators[0].Min = &low
		}
		if some("a check changes") {
			tables.Checks[6].Factor = 2
		}
		if some("a check comes first") {
			tables.Checks = slices.Insert(tables.Checks, 0, indicator.Check{Code: "another", Kind: indicator.Jump, Factor: 4})
		}
		if some("a check goes") {
			tables.Checks = slices.Delete(tables.Checks, 7, 8)
		}
		if some("a part more") {
			tables.Dimensions[0].Values = append(tables.Dimensions[0].Values, indicator.DimensionValue{Value: "middle"})
		}
		now := newCatalog(t, tables)
		touched := rapid.SliceOfDistinct(rapid.Int32Range(0, 2), rapid.ID[int32]).Draw(t, "touched")
		after := slices.DeleteFunc(slices.Clone(reports), func(r store.Report) bool {
			return slices.Contains(touched, r.Indicator) && random.IntN(9) == 0
		})
		for i := range after {
			if slices.Contains(touched, after[i].Indicator) && random.IntN(9) == 0 {
				after[i].Value++
			}
		}
		staged := &store.Staged{Reader: &memoryReader{engine, after}, Touched: touched}
		got, err := runChecks(t.Context(), parent, staged, now)
		if err != nil {
			t.Fatal(err)
		}
		staged.Touched = nil
		want, err := runChecks(t.Context(), parent, staged, now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("results (-all found, +some taken from the parent):\n%s", diff)
		}
	})
}

// Figures are read of what may have changed alone.
func TestStandingResultsAreNotFoundAgain(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, checkedTables(3))
	for _, test := range []struct {
		name    string
		edition int
		touched []int32
		want    int32 // selects
	}{
		{"nothing is touched", checksEdition, []int32{}, 0},
		{"a rate, which nothing is compared with", checksEdition, []int32{2}, 1},
		{"grids, and persons, which are compared with them", checksEdition, []int32{0}, 4},
		{"nobody knows what is touched", checksEdition, nil, 4},
		{"another edition", checksEdition - 1, []int32{}, 4},
	} {
		engine := &memory{}
		reader := &memoryReader{engine, scattered(rand.New(rand.NewPCG(1, 2)), c, 0.5)}
		parent := &store.Contents{Catalog: c, Loads: []indicator.Load{{ChecksEdition: test.edition}}}
		if _, err := runChecks(t.Context(), parent, &store.Staged{Reader: reader, Touched: test.touched}, c); err != nil {
			t.Fatal(err)
		}
		if got := engine.selects.Load(); got != test.want {
			t.Errorf("%s: %d selects, not %d", test.name, got, test.want)
		}
	}
}

// What checks find and say of the same figures is of one edition. Who changes it raises checksEdition, and has the new sum here.
func TestChecksEdition(t *testing.T) {
	t.Parallel()
	hash := sha256.New()
	for _, counties := range []int{9, maxRegions + 20} {
		c := newCatalog(t, checkedTables(counties))
		reports := scattered(rand.New(rand.NewPCG(1, 2)), c, 0.4)
		engine := &memory{derived: map[int32]bool{1: true}}
		results, err := runChecks(t.Context(), nil, &store.Staged{Reader: &memoryReader{engine, reports}}, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, result := range results {
			fmt.Fprintf(hash, "%+v\n", result)
		}
	}
	const want = "3 9d2e952f245f0ddeb6f0474f0bef25165e086b3d081b5d87064ff7c2a421d142"
	if got := fmt.Sprint(checksEdition, " ", hex.EncodeToString(hash.Sum(nil))); got != want {
		t.Errorf("edition and sum of the results are %s, not %s", got, want)
	}
}

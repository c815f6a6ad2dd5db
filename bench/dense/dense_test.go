package dense_test

import (
	"testing"

	"github.com/countyql/countyql/bench/dense"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// What is worked out must be what was selected, whole and in pieces.
func TestSelect(t *testing.T) {
	e := dense.New(6)
	snapshot, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := snapshot.Contents().Catalog
	province, err := c.Region(dense.Province(3))
	if err != nil {
		t.Fatal(err)
	}
	asked := store.NewSelect()
	asked.Regions = []store.Span{{From: province.ID, To: province.End}}
	asked.Indicators = []int32{4, 1}
	asked.Within = &indicator.Period{Start: indicator.DayOf(2019, 2, 1), End: indicator.DayOf(2019, 4, 30)}
	whole, err := snapshot.Select(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	counties := 0
	for id := province.ID; id < province.End; id++ {
		if c.Regions()[id].Level == indicator.County {
			counties++
		}
	}
	if want := 2 * 3 * counties; whole.Len() != want || counties == 0 {
		t.Fatalf("%d rows of %d counties, want %d", whole.Len(), counties, want)
	}
	asked.Limit, asked.Evidence = 100, true
	read := 0
	for {
		page, err := snapshot.Select(t.Context(), asked)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Len() {
			if page.Region[i] != whole.Region[read] || page.Indicator[i] != whole.Indicator[read] || page.End[i] != whole.End[read] {
				t.Fatalf("row %d of the pages is another", read)
			}
			read++
			asked.After = &store.Position{
				Indicator: page.Indicator[i], Slice: page.Slice[i], Status: page.Status[i], Region: page.Region[i],
				Period: indicator.Period{Start: page.Start[i], End: page.End[i]},
			}
		}
		if page.Len() < asked.Limit {
			break
		}
	}
	if read != whole.Len() {
		t.Errorf("%d rows in pages, want %d", read, whole.Len())
	}
}

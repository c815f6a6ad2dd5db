package statement

import (
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/store"
)

// TestUnsorted leaves out the order and nothing else, and only where the first rows are not those that come first.
func TestUnsorted(t *testing.T) {
	var unsorted []string
	for name, change := range renderCases {
		s := store.NewSelect()
		change(&s)
		if _, ok, err := ClickHouse("a", "b", nil).Unsorted(s); ok || err != nil {
			t.Errorf("%s: an engine without a stored order is asked for it: %v", name, err)
		}
		sql, ok, err := DuckDB().Unsorted(s)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			continue
		}
		unsorted = append(unsorted, name)
		want, err := DuckDB().Select(s)
		if err != nil {
			t.Fatal(err)
		}
		order, _ := DuckDB().order(s)
		if want = strings.Replace(want, "\nORDER BY "+order, "", 1); sql != want {
			t.Errorf("%s: %s\nwant %s", name, sql, want)
		}
	}
	for _, name := range []string{"everything", "filters", "latest", "one_period", "regions", "after_natural", "page_within_cap", "latest_as_of"} {
		if !slices.Contains(unsorted, name) {
			t.Errorf("%s is sorted", name)
		}
	}
	for _, name := range []string{"after_natural_descending", "vintages"} {
		if slices.Contains(unsorted, name) {
			t.Errorf("%s is not sorted", name)
		}
	}
	s := store.NewSelect()
	s.Indicators = make([]int32, mostListed+1)
	if _, ok, _ := DuckDB().Unsorted(s); !ok {
		t.Error("a list that is joined with is sorted")
	}
	s.Limit = 1
	if _, ok, _ := DuckDB().Unsorted(s); ok {
		t.Error("the first rows of those that come in any order are not sorted")
	}
	s = store.NewSelect()
	s.AsOf, s.Limit = 18325, 1
	if _, ok, _ := DuckDB().Unsorted(s); ok {
		t.Error("the first of the reports known on a day, which lie in two tables, are not sorted")
	}
	s = store.NewSelect()
	for n := range int32(5) {
		s.Regions = append(s.Regions, store.Span{From: 10 * n, To: 10*n + 1})
	}
	if sql, ok, err := DuckDB().Unsorted(s); !ok || err != nil || !strings.Contains(sql, "region IN (0, 10, 20, 30, 40)") {
		t.Errorf("five regions in all times are not a list: %s, %v", sql, err)
	}
	s.Limit = 1
	if sql, ok, err := DuckDB().Unsorted(s); !ok || err != nil || strings.Contains(sql, " IN ") {
		t.Errorf("the first figures of five regions are joined with a list: %s, %v", sql, err)
	}
}

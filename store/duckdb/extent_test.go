package duckdb

import (
	"testing"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// TestExtents has a nation, a province of two counties, and a province of none.
func TestExtents(t *testing.T) {
	tables := catalog.Tables{Slices: []indicator.Slice{{}}, Definitions: []string{""}}
	add := func(code, parent string, level indicator.Level) {
		tables.Regions = append(tables.Regions, indicator.Region{
			Code: code, Scheme: "test", Parent: parent, Level: level, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
	}
	add("0", "", indicator.Country)
	add("1", "0", indicator.Province)
	add("11", "1", indicator.County)
	add("12", "1", indicator.County)
	add("2", "0", indicator.Province)
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	e := extentsOf(c)
	for name, tc := range map[string]struct {
		regions []store.Span
		levels  []indicator.Level
		want    bool
	}{
		"all counties":                   {[]store.Span{{From: 2, To: 4}}, []indicator.Level{indicator.County}, true},
		"one county":                     {[]store.Span{{From: 2, To: 3}}, []indicator.Level{indicator.County}, false},
		"the other county":               {[]store.Span{{From: 3, To: 5}}, []indicator.Level{indicator.County}, false},
		"counties, of provinces as well": {[]store.Span{{From: 2, To: 4}}, []indicator.Level{indicator.County, indicator.Province}, false},
		"both levels":                    {[]store.Span{{From: 1, To: 5}}, []indicator.Level{indicator.County, indicator.Province}, true},
		"all regions":                    {[]store.Span{{From: 0, To: 5}}, nil, true},
		"all regions but the nation":     {[]store.Span{{From: 1, To: 5}}, nil, false},
		"a level without regions":        {[]store.Span{{From: 2, To: 3}}, []indicator.Level{indicator.Prefecture}, true},
		"in two pieces":                  {[]store.Span{{From: 2, To: 3}, {From: 3, To: 4}}, []indicator.Level{indicator.County}, false},
		"nothing said of regions":        {nil, []indicator.Level{indicator.County}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := store.NewSelect()
			s.Regions, s.Levels = tc.regions, tc.levels
			if got := e.covered(&s); got != tc.want {
				t.Errorf("covered %t", got)
			}
		})
	}
}

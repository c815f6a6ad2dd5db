package statement

import (
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

func TestFollowed(t *testing.T) {
	s := store.NewSelect()
	s.Indicators, s.Slices, s.Omit = []int32{3, 4}, []int32{0}, store.FigureColumns
	s.Regions = []store.Span{{From: 3, To: 4}, {From: 10, To: 20}}
	for engine, dialect := range dialects {
		for name, ends := range map[string]Ends{
			"open":    {From: 18320, To: 18350, NotBefore: indicator.NoDay, NotAfter: indicator.Forever},
			"bounded": {From: 18320, To: 18320, NotBefore: 18000, NotAfter: indicator.Forever, Sorted: true},
			"newest":  {From: 18320, To: indicator.Forever, NotBefore: 18000, NotAfter: 18400},
		} {
			sql, err := dialect.Followed(s, ends)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, engine+"/followed/"+name+".sql", sql+"\n")
		}
	}
}

func TestLastFollowed(t *testing.T) {
	s := store.NewSelect()
	s.Indicators, s.Levels = []int32{3}, []indicator.Level{indicator.County}
	for engine, dialect := range dialects {
		for name, by := range map[string]indicator.Day{"last_by_a_day": 18320, "last": indicator.Forever} {
			sql, err := dialect.LastFollowed(s, by)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, engine+"/followed/"+name+".sql", sql+"\n")
		}
	}
}

// TestEverywhere leaves regions out where they are all there are.
func TestEverywhere(t *testing.T) {
	s := store.NewSelect()
	s.Indicators, s.Regions = []int32{3}, []store.Span{{From: 0, To: 20}}
	dialect := DuckDB()
	everywhere := true
	dialect.Everywhere = func(of *store.Select) bool { return everywhere && len(of.Regions) == 1 }
	for _, name := range []string{"everywhere", "not_everywhere"} {
		sql, err := dialect.CountRows(s)
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, "duckdb/count/"+name+".sql", sql+"\n")
		everywhere = false
	}
}

func TestInexact(t *testing.T) {
	for engine, dialect := range dialects {
		compareGolden(t, engine+"/count/inexact.sql", dialect.Inexact()+"\n")
	}
}

func TestCountRows(t *testing.T) {
	s := store.NewSelect()
	s.Indicators, s.Within = []int32{3, 4}, &indicator.Period{Start: 18000, End: indicator.Forever}
	for engine, dialect := range dialects {
		sql, err := dialect.CountRows(s)
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, engine+"/count/rows.sql", sql+"\n")
	}
}

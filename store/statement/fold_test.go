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
			"open":    {From: 18320, To: 18350, NotBefore: indicator.NoDay},
			"bounded": {From: 18320, To: 18320, NotBefore: 18000, Sorted: true},
		} {
			sql, err := dialect.Followed(s, ends)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, engine+"/followed/"+name+".sql", sql+"\n")
		}
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

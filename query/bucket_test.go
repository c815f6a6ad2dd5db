package query

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
)

// Members that are only out of order by their regions are sorted as all are.
func TestSortedByRegion(t *testing.T) {
	quick := 0
	rapid.Check(t, func(t *rapid.T) {
		members := make([]member, rapid.IntRange(1, 30).Draw(t, "members"))
		one := rapid.IntRange(0, 3).Draw(t, "mostly one") > 0
		for i := range members {
			m := &members[i]
			m.region, m.row = rapid.Int32Range(0, 4).Draw(t, "region"), int32(i)
			m.period.End = indicator.Day(rapid.IntRange(0, 3).Draw(t, "end"))
			m.shown = rapid.Bool().Draw(t, "shown")
			if !one {
				m.subject, m.status = rapid.Int32Range(0, 1).Draw(t, "subject"), indicator.Status(rapid.IntRange(0, 1).Draw(t, "status"))
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "in order of time") > 0 {
			slices.SortStableFunc(members, func(a, b member) int {
				return cmp.Or(cmp.Compare(a.period.End, b.period.End), cmp.Compare(boolInt(a.shown), boolInt(b.shown)))
			})
			for i := range members {
				members[i].row = int32(i)
			}
		}
		got, ok := sortedByRegion(members)
		if !ok {
			return
		}
		quick++
		want := slices.Clone(members)
		slices.SortFunc(want, func(a, b member) int {
			return cmp.Or(compareBuckets(a.bucketKey, b.bucketKey), cmp.Compare(a.row, b.row))
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
	if quick == 0 {
		t.Error("nothing was sorted by regions")
	}
}

package indicator

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPeriod_YearBefore(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2020": "2019", "2020-Q1": "2019-Q1", "2020-02": "2019-02", "2019-02": "2018-02", "2020-W08": "2019-W08",
		"2020-01-25": "2019-01-25", "2020-03-01": "2019-03-01", "2020-01-25/2020-03-02": "2019-01-25/2019-03-02",
		"2021-W01": "2020-W01", // begins on 2021-01-04; 2020-W01 on 2019-12-30
		// There is no such day, and 2019 has 52 weeks.
		"2020-02-29": "", "2020-02-21/2020-02-29": "", "2020-W53": "",
	} {
		got, ok := mustPeriod(t, text).YearBefore()
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("a year before %s: %s, %t; want %q", text, got, ok, want)
		}
	}
}

// Count agrees with walking from period to period.
func TestGrain_Count(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := Day(rapid.IntRange(-20000, 20000).Draw(t, "start"))
		p := Period{start, start + Day(rapid.IntRange(0, 1500).Draw(t, "days"))}
		for _, g := range []Grain{Daily, Weekly, Monthly, Quarterly, Yearly} {
			want := 1
			for at := g.Containing(p.Start); at.End < p.End; at = g.Containing(at.End + 1) {
				want++
			}
			if got := g.Count(p); got != want {
				t.Fatalf("%s has %d of %s, want %d", p, got, g, want)
			}
		}
	})
}

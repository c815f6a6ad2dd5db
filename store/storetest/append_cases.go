package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// manyReports are more reports than an engine takes at once, with nulls and with texts of every length up to forty.
func manyReports(n int) []store.Report {
	reports := make([]store.Report, n)
	for i := range reports {
		r := report(price, ada+int32(i%2), indicator.DayPeriod(indicator.Day(i-n/2)), float64(i%97)-0.5)
		if i%7 == 3 {
			r.Value, r.Missing = math.NaN(), indicator.NotCollected
		}
		if i%11 == 5 {
			r.Numerator, r.Denominator = float64(i), float64(i%3)
		}
		r.Printed = strings.Repeat("近", i%13) + fmt.Sprint(i)[:i%2]
		r.Note, r.Offset = strings.Repeat("n", i%41), int32(i%5)-1
		reports[i] = r
	}
	return reports
}

// testMany appends reports in batches of many sizes and reads all of them back.
func testMany(t *testing.T, e store.Engine) {
	reports := manyReports(9000)
	w := begin(t, e)
	for rest, size := reports, 1; len(rest) > 0; size = size*3 + 1 {
		n := min(size, len(rest))
		if err := w.Append(t.Context(), rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	compareStaged(t, w, reports)
	abort(t, w)
}

// testCleared drops what was appended and appends other reports.
func testCleared(t *testing.T, e store.Engine) {
	w := begin(t, e)
	all := manyReports(5000)
	for _, batch := range [][]store.Report{all, all[:10], nil} {
		if err := w.Append(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		if err := w.Clear(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Append(t.Context(), all[3000:]); err != nil {
		t.Fatal(err)
	}
	compareStaged(t, w, all[3000:])
	abort(t, w)
}

func compareStaged(t *testing.T, w store.Writer, reports []store.Report) {
	t.Helper()
	c := newCatalog(t, tables())
	staged, err := w.Stage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if want := (store.Changes{Added: int64(len(reports)), Catalog: true}); !cmp.Equal(want, staged.Changes) {
		t.Errorf("changes %+v, want %+v", staged.Changes, want)
	}
	s := store.NewSelect()
	s.Evidence = true
	diffRows(t, c, rowsOf(selectFigures(evaluate(c, []batch{{reports: reports}}), s), s), selectRows(t, staged.Reader, s))
}

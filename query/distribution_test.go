package query_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

func distributionRequest(bins int) *query.DistributionRequest {
	request := &query.DistributionRequest{Indicator: "apples", AsOf: indicator.NoDay}
	if bins > 0 {
		request.Bins = &bins
	}
	return request
}

func binsInWords(bins []query.Bin) string {
	text := ""
	for _, b := range bins {
		text += fmt.Sprintf("%g..%g:%d ", b.Lower, b.Upper, b.Count)
	}
	return text
}

func TestDistribution_ByHand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		figures []string
		bins    int
		want    string
		rule    query.BinRule
	}{
		// 0 2 4 6 8 10 12 16: an edge belongs to the bin that it opens, the last one to the last bin.
		{"asked for", []string{"0", "2", "4", "6", "8", "10", "12", "16"}, 4, "0..4:2 4..8:2 8..12:2 12..16:2 ", query.BinsAsked},
		// Quartiles at 3.5 and 10.5: width 2 * 7 / 2 = 7, 16 / 7 = 2.3 bins, so 3.
		{"Freedman and Diaconis", []string{"0", "3", "4", "6", "8", "10", "12", "15"}, 0, "0..5:3 5..10:2 10..15:3 ", query.FreedmanDiaconis},
		// Quartiles at 1 both: ceil(log2 8) + 1 = 4 bins.
		{"Sturges", []string{"1", "1", "1", "1", "1", "1", "1", "9"}, 0, "1..3:7 3..5:0 5..7:0 7..9:1 ", query.Sturges},
		{"all equal", []string{"5", "5", "5"}, 7, "5..5:3 ", query.OneBin},
		{"nothing", nil, 3, "", query.OneBin},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var lines []string
			for i, value := range test.figures {
				lines = append(lines, fmt.Sprintf("apples %s 2020 %s", []string{"a1", "a2", "a3", "a4", "a5", "a6", "b1", "b2"}[i], value))
			}
			d, err := newOrchard(t, lines...).session().Distribution(context.Background(), distributionRequest(test.bins))
			if err != nil {
				t.Fatal(err)
			}
			if got := binsInWords(d.Histogram); got != test.want || d.BinRule != test.rule {
				t.Errorf("%s by rule %d", got, d.BinRule)
			}
			if d.Statistics.N != len(test.figures) || len(d.Missing) != 8-len(test.figures) {
				t.Errorf("n %d, missing %d", d.Statistics.N, len(d.Missing))
			}
		})
	}
}

// Of 1 2 3 4 the quantile 0.1 lies at 0.1 * 3 = 0.3 behind the first.
func TestDistribution_Quantiles(t *testing.T) {
	t.Parallel()
	session := newOrchard(t, "apples a1 2020 4", "apples a2 2020 >2", "apples a3 2020 3", "apples a4 2020 1").session()
	d, err := session.Distribution(context.Background(), distributionRequest(0))
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.Quantiles([]float64{1, 0.1, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{4, 1.3, 2.5} {
		approximately(t, "quantile", list[i], want)
	}
	if d.Precision != indicator.AtLeast || warningCodes(d.Warnings) != "MIXED_PRECISION" {
		t.Errorf("%s %v", d.Precision, d.Warnings)
	}
	_, err = d.Quantiles([]float64{0.5, math.NaN()})
	refusedWith(t, err, indicator.InvalidInput, "p.1")
	_, err = session.Distribution(context.Background(), distributionRequest(1001))
	refusedWith(t, err, indicator.InvalidInput, "bins")
	unknown := distributionRequest(0)
	unknown.Indicator = "plums"
	_, err = session.Distribution(context.Background(), unknown)
	refusedWith(t, err, indicator.UnknownIndicator, "indicator")
}

// Every value is in the one bin whose edges enclose it, the bins touch, and they reach from the smallest to the largest value.
func TestDistribution_Oracle(t *testing.T) {
	t.Parallel()
	codes := []string{"a1", "a2", "a3", "a4", "a5", "a6", "b1", "b2"}
	rapid.Check(t, func(rt *rapid.T) {
		var lines []string
		var values []float64
		for _, code := range codes[:rapid.IntRange(1, 8).Draw(rt, "regions")] {
			v := float64(rapid.IntRange(-30, 30).Draw(rt, "value")) / 10
			values = append(values, v)
			lines = append(lines, fmt.Sprintf("apples %s 2020 %g", code, v))
		}
		d, err := newOrchard(t, lines...).session().Distribution(context.Background(), distributionRequest(rapid.IntRange(0, 9).Draw(rt, "bins")))
		if err != nil {
			rt.Fatal(err)
		}
		bins := d.Histogram
		if bins[0].Lower != slices.Min(values) || bins[len(bins)-1].Upper != slices.Max(values) {
			rt.Fatalf("%v do not reach over %v", bins, values)
		}
		for i, b := range bins {
			count, last := 0, i == len(bins)-1
			for _, v := range values {
				if v >= b.Lower && (v < b.Upper || last && v == b.Upper) {
					count++
				}
			}
			if count != b.Count || math.Abs(b.Share-float64(count)/float64(len(values))) > 1e-12 || !last && b.Upper != bins[i+1].Lower {
				rt.Fatalf("bin %d of %+v, want %d of %v", i, bins, count, values)
			}
		}
	})
}

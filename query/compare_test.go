package query

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
)

func (r CompareRequest) ask(t testing.TB, s *Session) (*Comparison, error) {
	t.Helper()
	if r.AsOf == 0 {
		r.AsOf = indicator.NoDay
	}
	if r.Page.First == 0 {
		r.Page.First = 3000
	}
	return s.Compare(t.Context(), &r)
}

func (r CompareRequest) mustAsk(t testing.TB, s *Session) *Comparison {
	t.Helper()
	c, err := r.ask(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustCompare(t testing.TB, s *Session, r CompareRequest) *IndicatorComparison {
	t.Helper()
	c := r.mustAsk(t, s)
	if len(c.Indicators) != 1 {
		t.Fatalf("%d indicators", len(c.Indicators))
	}
	return c.Indicators[0]
}

func entry(t testing.TB, c *IndicatorComparison, region string) *Entry {
	t.Helper()
	for _, e := range c.Page.Nodes {
		if e.Region.Code == region {
			return e
		}
	}
	t.Fatalf("%s has no entry", region)
	return nil
}

// april is the visits in April 2020: 111 40, 112 8, 113 0, 121 40, 122 6, and 123 not collected.
func april() CompareRequest {
	return CompareRequest{Indicators: []string{"visits"}, Display: within("1"), When: &When{Period: period("2020-04")}}
}

func TestCompare_Entries(t *testing.T) {
	c := mustCompare(t, newSession(t), april())
	// In order 0 6 8 40 40: mean 18.8, median 8. Distances from the median in order 0 2 8 32 32: MAD 8. Squared distances from the
	// mean: 353.44 + 163.84 + 116.64 + 2 x 449.44 = 1532.8, a fourth of that 383.2.
	const mean, median, mad = 18.8, 8.0, 8.0
	stddev := math.Sqrt(383.2)
	want := []struct {
		region     string
		value      float64
		rank       int
		percentile float64
	}{
		{"111", 40, 1, 80}, {"121", 40, 1, 80}, // three are smaller and two equal: (3 + 2/2) / 5
		{"112", 8, 3, 50}, {"122", 6, 4, 30}, {"113", 0, 5, 10},
	}
	if len(c.Page.Nodes) != len(want) || c.Page.TotalCount != len(want) {
		t.Fatalf("%d entries of %d", len(c.Page.Nodes), c.Page.TotalCount)
	}
	for i, w := range want {
		e := c.Page.Nodes[i]
		if e.Region.Code != w.region || e.Quantity.Value != w.value || e.Rank != w.rank || !near(e.Percentile, w.percentile) {
			t.Errorf("entry %d is %s %v, rank %d, percentile %v", i, e.Region.Code, e.Quantity.Value, e.Rank, e.Percentile)
		}
		if got, want := value(e.ZScore), (w.value-mean)/stddev; !near(got, want) {
			t.Errorf("%s: z %v, want %v", w.region, got, want)
		}
		if got, want := value(e.RobustZScore), 0.6745*(w.value-median)/mad; !near(got, want) {
			t.Errorf("%s: robust z %v, want %v", w.region, got, want)
		}
		if got := e.Difference.Value; !near(got, w.value-mean) { // what adds up is compared with its mean
			t.Errorf("%s: difference %v", w.region, got)
		}
		if got := value(e.Ratio); !near(got, w.value/mean) {
			t.Errorf("%s: ratio %v", w.region, got)
		}
		if share, err := e.Share(); err != nil || !near(value(share), w.value/94) {
			t.Errorf("%s: share %v, %v", w.region, value(share), err)
		}
		if e.Standing != NoStanding || e.RankUncertain || e.Observation != nil {
			t.Errorf("%s: standing %d of a neutral indicator, uncertain %t, evidence %v", w.region, e.Standing, e.RankUncertain, e.Observation)
		}
	}
	if got := reasons(c.Missing); got != "123 NOT_COLLECTED" {
		t.Errorf("missing %s", got)
	}
}

func TestCompare_Statistics(t *testing.T) {
	st := mustCompare(t, newSession(t), april()).Statistics
	// Gini by its definition: the mean absolute difference of all 25 ordered pairs over twice the mean. Of 0 6 8 40 40 the
	// differences are 6+8+40+40 + 2+34+34 + 32+32 + 0 = 228, so 2 x 228 / (25 x 2 x 18.8).
	for name, pair := range map[string][2]float64{
		"mean": {value(st.Mean), 18.8}, "group value": {value(st.GroupValue), 94}, "median": {value(st.Median), 8},
		"stddev": {value(st.StdDev), math.Sqrt(383.2)}, "mad": {value(st.MAD), 8}, "min": {value(st.Min), 0}, "max": {value(st.Max), 40},
		"gini": {value(st.Gini), 456 / 940.0}, "variation": {value(st.CoefficientOfVariation), math.Sqrt(383.2) / 18.8},
	} {
		if !near(pair[0], pair[1]) {
			t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
		}
	}
	if st.N != 5 || !slices.Equal(st.Quartiles, []float64{6, 8, 40}) {
		t.Errorf("%d values with quartiles %v", st.N, st.Quartiles)
	}
	empty := april()
	empty.Against = codes("123")
	st = mustCompare(t, newSession(t), empty).Statistics
	if st.N != 0 || st.Quartiles == nil || len(st.Quartiles) != 0 {
		t.Errorf("an empty group has %d values with quartiles %v", st.N, st.Quartiles)
	}
	for name, x := range map[string]*float64{
		"mean": st.Mean, "group value": st.GroupValue, "median": st.Median, "stddev": st.StdDev, "mad": st.MAD, "min": st.Min, "max": st.Max,
		"gini": st.Gini, "variation": st.CoefficientOfVariation,
	} {
		if x != nil {
			t.Errorf("an empty group has the %s %v", name, *x)
		}
	}
}

func TestCompare_Polarity(t *testing.T) {
	s := newSession(t)
	// Prices in February are 6, 7 and about 7, and less is better; the median is 7.
	c := mustCompare(t, s, CompareRequest{Indicators: []string{"price"}, Display: within("1"), When: &When{Period: period("2020-02")}})
	if e := entry(t, c, "111"); e.Rank != 1 || e.Percentile != 100*0.5/3 {
		t.Errorf("the lowest price has rank %d and percentile %v", e.Rank, e.Percentile)
	}
	if a, b := entry(t, c, "112"), entry(t, c, "121"); a.Rank != 2 || b.Rank != 2 {
		t.Errorf("equal prices rank %d and %d", a.Rank, b.Rank)
	}
	// The rate of the group is 98.7755; 111 has 96.94, 121 85.5 and 112 all.
	c = mustCompare(t, s, CompareRequest{Indicators: []string{"rate"}, Display: within("1")})
	if !near(c.Baseline.Value, 100*242.0/245) {
		t.Errorf("baseline %v", c.Baseline.Value)
	}
	for region, want := range map[string]Standing{"111": Worse, "112": Better, "113": Better, "121": Worse} {
		if e := entry(t, c, region); e.Standing != want {
			t.Errorf("%s stands %d, want %d", region, e.Standing, want)
		}
	}
	if e := entry(t, c, "121"); e.Rank != 4 {
		t.Errorf("the lowest rate has rank %d", e.Rank)
	}
	if _, err := entry(t, c, "111").Share(); wantCode(t, err, indicator.NotAdditive).Reason != "RATIO" {
		t.Error("the share of a rate is refused for another reason")
	}
	if got := reasons(c.Missing); got != "122 NOT_PUBLISHED, 123 NO_OBSERVATION" {
		t.Errorf("missing %s", got)
	}
}

func TestCompare_Standing(t *testing.T) {
	const e, l, m, a = indicator.Exact, indicator.AtLeast, indicator.AtMost, indicator.Approximate
	tests := []struct {
		value      float64
		precision  indicator.Precision
		price      Standing // against 20, where less is better
		clinics    Standing // and more
		difference indicator.Precision
	}{
		{20, e, Similar, Similar, e},
		{19, e, Better, Worse, e},
		{21, e, Worse, Better, e},
		{21, l, Worse, Better, l},
		{19, l, Similar, Similar, l}, // may be 20, and more
		{21, m, Similar, Similar, m},
		{19, m, Better, Worse, m},
		{19, a, Similar, Similar, a}, // 18 to 20
		{18, a, Better, Worse, a},    // 17 to 19
		{30, a, Similar, Similar, a}, // 20 to 40
	}
	for _, tt := range tests {
		s := newSession(t,
			fact{"price 123 2021", tt.value, precise(tt.precision)}, fact{"clinics 123 2021", tt.value, precise(tt.precision)},
		)
		for code, want := range map[string]Standing{"price": tt.price, "clinics": tt.clinics} {
			c := mustCompare(t, s, CompareRequest{Indicators: []string{code}, Display: codes("123"), Baseline: &Baseline{Value: new(20.0)}})
			got := entry(t, c, "123")
			if got.Standing != want {
				t.Errorf("%s of %s %v stands %d, want %d", code, tt.precision, tt.value, got.Standing, want)
			}
			if got.Difference.Precision != tt.difference || got.Difference.Value != tt.value-20 {
				t.Errorf("%s of %s %v: difference %+v", code, tt.precision, tt.value, got.Difference)
			}
		}
	}
}

func TestCompare_RankUncertain(t *testing.T) {
	tests := []struct {
		name  string
		facts []fact
		want  string // the regions whose rank is open
	}{
		{"exact values", []fact{{"price 111 2021", 1, nil}, {"price 112 2021", 2, nil}, {"price 113 2021", 2, nil}}, ""},
		{"at least, below another", []fact{{"price 111 2021", 1, precise(indicator.AtLeast)}, {"price 112 2021", 2, nil}, {"price 113 2021", 0, nil}}, "111 112"},
		{"at least, above all", []fact{{"price 111 2021", 3, precise(indicator.AtLeast)}, {"price 112 2021", 2, nil}}, ""},
		{"at most, equal", []fact{{"price 111 2021", 2, precise(indicator.AtMost)}, {"price 112 2021", 2, nil}, {"price 113 2021", 3, nil}}, "111 112"},
		{"about, overlapping", []fact{{"price 111 2021", 20, precise(indicator.Approximate)}, {"price 112 2021", 30, nil}, {"price 113 2021", 31, nil}}, "111 112"},
		{"alone", []fact{{"price 111 2021", 20, precise(indicator.Approximate)}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustCompare(t, newSession(t, tt.facts...), CompareRequest{
				Indicators: []string{"price"}, Display: within("1"), When: &When{Period: period("2021")}, OrderBy: []EntryOrder{{By: EntryByRegion}},
			})
			var open []string
			for _, e := range c.Page.Nodes {
				if e.RankUncertain {
					open = append(open, e.Region.Code)
				}
			}
			if got := strings.Join(open, " "); got != tt.want {
				t.Errorf("the ranks of %s are open, want %s", got, tt.want)
			}
		})
	}
}

func TestCompare_Baseline(t *testing.T) {
	statistic := func(b BaselineStatistic) *Baseline { return &Baseline{Statistic: &b} }
	april, february := &When{Period: period("2020-04")}, &When{Period: period("2020-02")}
	tests := []struct {
		name      string
		indicator string
		when      *When
		baseline  *Baseline
		value     float64
		precision indicator.Precision
	}{
		{"what adds up, by default its mean", "visits", april, nil, 18.8, indicator.Exact},
		{"a rate, by default that of the group", "rate", nil, nil, 100 * 242.0 / 245, indicator.Exact},
		{"a weighted mean, by default", "warmth", february, nil, 4600.0 / 1200, indicator.Exact},
		{"what does not combine, by default its median", "price", february, nil, 7, indicator.Approximate},
		{"group value", "visits", april, statistic(BaselineGroupValue), 94, indicator.Exact},
		{"mean", "price", february, statistic(BaselineMean), 20.0 / 3, indicator.Approximate},
		{"median", "visits", april, statistic(BaselineMedian), 8, indicator.Exact},
		{"best, where less is better", "price", february, statistic(BaselineBest), 6, indicator.Exact},
		{"best, where more is better", "rate", nil, statistic(BaselineBest), 100, indicator.Exact},
		{"a number", "visits", april, &Baseline{Value: new(5.0)}, 5, indicator.Exact},
		{"a region", "visits", april, &Baseline{Region: "112"}, 8, indicator.Exact},
		{"a region replaced by another", "warmth", february, &Baseline{Region: "118"}, 50, indicator.Exact},
		{"a region without a value", "visits", april, &Baseline{Region: "123"}, math.NaN(), indicator.Exact},
		{"a region of another level", "visits", april, &Baseline{Region: "11"}, math.NaN(), indicator.Exact},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustCompare(t, newSession(t), CompareRequest{
				Indicators: []string{tt.indicator}, Display: within("1"), When: tt.when, Baseline: tt.baseline,
			})
			if !near(c.Baseline.Value, tt.value) || c.Baseline.Precision != tt.precision {
				t.Errorf("baseline %+v, want %v %s", c.Baseline, tt.value, tt.precision)
			}
			for _, e := range c.Page.Nodes {
				if !near(e.Difference.Value, e.Quantity.Value-tt.value) {
					t.Errorf("%s: difference %v", e.Region.Code, e.Difference.Value)
				}
				if known := c.Baseline.Known(); !known && (e.Ratio != nil || e.Standing != NoStanding) {
					t.Errorf("%s: ratio %v, standing %d without a baseline", e.Region.Code, e.Ratio, e.Standing)
				}
			}
		})
	}
}

func TestCompare_ZeroBaseline(t *testing.T) {
	r := april()
	r.Baseline = &Baseline{Region: "113"}
	e := entry(t, mustCompare(t, newSession(t), r), "111")
	if e.Ratio != nil || e.Difference.Value != 40 {
		t.Errorf("against zero the ratio is %v and the difference %v", e.Ratio, e.Difference.Value)
	}
}

// The baseline's bound is turned round: 40 less at least 20 is at most 20.
func TestCompare_DifferencePrecision(t *testing.T) {
	c := mustCompare(t, newSession(t), CompareRequest{Indicators: []string{"grids"}, Display: within("1"), Baseline: &Baseline{Region: "112"}})
	if got := entry(t, c, "111").Difference; got.Value != 1027 || got.Precision != indicator.AtMost {
		t.Errorf("1047 less at least 20 is %+v", got)
	}
	if got := entry(t, c, "112").Difference; got.Value != 0 || got.Precision != indicator.Approximate {
		t.Errorf("at least 20 less at least 20 is %+v", got)
	}
}

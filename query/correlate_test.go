package query_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

func correlateRequest(method query.CorrelationMethod) *query.CorrelateRequest {
	return &query.CorrelateRequest{
		X: query.Variable{Indicator: "apples"}, Y: query.Variable{Indicator: "pears"}, Regions: counties("a1", "a2", "a3", "a4", "a5"),
		AsOf: indicator.NoDay, Method: method, Confidence: 0.95, Page: query.PageRequest{First: 100},
	}
}

// x is 1 2 3 4 5 and y is 2 1 4 3 5, so dx is -2 -1 0 1 2 and dy is -1 -2 1 0 2: sum(dx dy) = 2+2+0+0+4 = 8,
// sum(dx^2) = sum(dy^2) = 10, r = 0.8, slope 0.8, intercept 3 - 0.8 * 3 = 0.6.
// t = 0.8 sqrt(3 / 0.36) = 2.3094 with 3 degrees of freedom: p = 0.10409 (R: cor.test).
// atanh(0.8) = 1.098612, s = 1/sqrt(2): 1.098612 -+ 1.959964 * 0.707107 = -0.287292 .. 2.484516, whose tanh are
// -0.279640 and 0.986196.
func TestCorrelate_ByHand(t *testing.T) {
	t.Parallel()
	session := newOrchard(t,
		"apples a1 2020 1", "apples a2 2020 2", "apples a3 2020 3", "apples a4 2020 4", "apples a5 2020 5",
		"pears a1 2020 2", "pears a2 2020 1", "pears a3 2020 4", "pears a4 2020 3", "pears a5 2020 >5",
	).session()
	for _, method := range []query.CorrelationMethod{query.Pearson, query.Spearman} { // the values are their own ranks
		c, err := session.Correlate(context.Background(), correlateRequest(method))
		if err != nil {
			t.Fatal(err)
		}
		approximately(t, "r", c.Coefficient, 0.8)
		approximately(t, "p", c.PValue, 0.104088039661228)
		if c.N != 5 || c.Undefined != query.NotUndefined || c.Precision != indicator.Approximate || len(c.Missing) != 0 {
			t.Errorf("%+v", c)
		}
		if warningCodes(c.Warnings) != "MIXED_PRECISION" || c.Cost.EngineQueries != 2 {
			t.Errorf("warnings %v, cost %+v", c.Warnings, c.Cost)
		}
		if method == query.Spearman {
			if c.Slope != nil || c.Intercept != nil || c.Page.Nodes[0].Residual != nil {
				t.Error("ranks have a line")
			}
			// s = sqrt((1 + 0.32) / 2) = 0.812404: 1.098612 -+ 1.592283
			approximately(t, "lower", &c.Interval.Lower, math.Tanh(1.0986122886681098-1.959963984540054*math.Sqrt(0.66)))
			continue
		}
		approximately(t, "lower", &c.Interval.Lower, math.Tanh(1.0986122886681098-1.959963984540054*math.Sqrt(0.5)))
		approximately(t, "slope", c.Slope, 0.8)
		approximately(t, "intercept", c.Intercept, 0.6)
		approximately(t, "residual", c.Page.Nodes[0].Residual, 2-1.4)
	}
}

func TestCorrelate_Undefined(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		figures   []string
		undefined query.Undefined
		slope     bool
		missing   string
	}{
		{"nothing", nil, query.TooFewPoints, false, "a1 apples NO_OBSERVATION a1 pears NO_OBSERVATION a2 apples NO_OBSERVATION a2 pears NO_OBSERVATION a3 apples NO_OBSERVATION a3 pears NO_OBSERVATION "},
		{"two points", []string{"apples a1 2020 1", "apples a2 2020 2", "pears a1 2020 1", "pears a2 2020 2", "pears a3 2020 SUPPRESSED"}, query.TooFewPoints, false, "a3 apples NO_OBSERVATION a3 pears SUPPRESSED "},
		{"x is 0.1 everywhere", []string{"apples a1 2020 0.1", "apples a2 2020 0.1", "apples a3 2020 0.1", "pears a1 2020 1", "pears a2 2020 2", "pears a3 2020 3"}, query.ZeroVariance, false, ""},
		{"y is 0.1 everywhere", []string{"pears a1 2020 0.1", "pears a2 2020 0.1", "pears a3 2020 0.1", "apples a1 2020 1", "apples a2 2020 2", "apples a3 2020 3"}, query.ZeroVariance, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := correlateRequest(query.Pearson)
			request.Regions = counties("a1", "a2", "a3")
			c, err := newOrchard(t, test.figures...).session().Correlate(context.Background(), request)
			if err != nil {
				t.Fatal(err)
			}
			if c.Undefined != test.undefined || c.Coefficient != nil || c.PValue != nil || c.Interval != nil || (c.Slope != nil) != test.slope {
				t.Errorf("%+v", c)
			}
			missing := ""
			for _, m := range c.Missing {
				missing += fmt.Sprintf("%s %s %s ", m.Region.Code, m.Indicator.Code, m.Reason)
			}
			if missing != test.missing {
				t.Errorf("missing %s", missing)
			}
		})
	}
}

// Points on a line: r = 1, p = 0, and with four of them an interval of no length. Three points have none.
func TestCorrelate_PerfectLine(t *testing.T) {
	t.Parallel()
	figures := []string{"apples a1 2020 1", "apples a2 2020 2", "apples a3 2020 4", "pears a1 2020 -1", "pears a2 2020 -2", "pears a3 2020 -4"}
	c, err := newOrchard(t, figures...).session().Correlate(context.Background(), correlateRequest(query.Pearson))
	if err != nil {
		t.Fatal(err)
	}
	approximately(t, "r", c.Coefficient, -1)
	if c.Interval != nil || len(c.Missing) != 4 {
		t.Errorf("%+v", c)
	}
	c, err = newOrchard(t, append(figures, "apples a4 2020 7", "pears a4 2020 -7")...).session().Correlate(context.Background(), correlateRequest(query.Spearman))
	if err != nil {
		t.Fatal(err)
	}
	approximately(t, "r", c.Coefficient, -1)
	approximately(t, "p", c.PValue, 0)
	approximately(t, "lower", &c.Interval.Lower, -1)
	approximately(t, "upper", &c.Interval.Upper, -1)
}

func TestCorrelate_Refuses(t *testing.T) {
	t.Parallel()
	session := newOrchard(t).session()
	for _, test := range []struct {
		path   string
		code   indicator.ErrorCode
		change func(*query.CorrelateRequest)
	}{
		{"confidence", indicator.InvalidInput, func(r *query.CorrelateRequest) { r.Confidence = 1 }},
		{"y", indicator.UnknownIndicator, func(r *query.CorrelateRequest) { r.Y.Indicator = "plums" }},
		{"xSlice", indicator.UnknownDimension, func(r *query.CorrelateRequest) {
			r.X.Slice = []indicator.Coordinate{{Dimension: "size", Value: "small"}}
		}},
		{"regions", indicator.NotAggregatable, func(r *query.CorrelateRequest) { r.Regions = counties("A", "a1") }},
		{"first", indicator.TooLarge, func(r *query.CorrelateRequest) { r.Page.First = 1 << 30 }},
	} {
		request := correlateRequest(query.Pearson)
		test.change(request)
		_, err := session.Correlate(context.Background(), request)
		refusedWith(t, err, test.code, test.path)
	}
}

// Against the textbook formulas on generated values: r by raw sums, ranks by counting, the p-value by integrating the density
// of t numerically.
func TestCorrelate_Oracle(t *testing.T) {
	t.Parallel()
	codes := []string{"a1", "a2", "a3", "a4", "a5", "a6", "b1", "b2"}
	rapid.Check(t, func(rt *rapid.T) {
		var lines []string
		var x, y []float64
		for _, code := range codes {
			a, b := rapid.IntRange(0, 6).Draw(rt, "apples"), rapid.IntRange(0, 6).Draw(rt, "pears")
			if a > 0 {
				lines = append(lines, fmt.Sprintf("apples %s 2020 %d", code, a))
			}
			if b > 0 {
				lines = append(lines, fmt.Sprintf("pears %s 2020 %d", code, b))
			}
			if a > 0 && b > 0 {
				x, y = append(x, float64(a)), append(y, float64(b))
			}
		}
		method := rapid.SampledFrom([]query.CorrelationMethod{query.Pearson, query.Spearman}).Draw(rt, "method")
		request := correlateRequest(method)
		request.Regions = counties(codes...)
		c, err := newOrchard(t, lines...).session().Correlate(context.Background(), request)
		if err != nil {
			rt.Fatal(err)
		}
		if method == query.Spearman {
			x, y = naiveRanks(x), naiveRanks(y)
		}
		var n, sx, sy, sxx, syy, sxy float64
		for i := range x {
			n, sx, sy, sxx, syy, sxy = n+1, sx+x[i], sy+y[i], sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
		}
		if c.N != len(x) || len(c.Page.Nodes) != len(x) {
			rt.Fatalf("n %d, want %d", c.N, len(x))
		}
		if vx, vy := n*sxx-sx*sx, n*syy-sy*sy; n < 3 || vx < 1e-9 || vy < 1e-9 {
			if c.Coefficient != nil || c.Undefined == query.NotUndefined {
				rt.Fatalf("%+v", c)
			}
			return
		}
		r := (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
		approximately(t, "r", c.Coefficient, r)
		if math.Abs(r) < 0.999 && math.Abs(*c.PValue-naiveP(r, n)) > 1e-4 {
			rt.Fatalf("p %v, want %v for r = %v, n = %v", *c.PValue, naiveP(r, n), r, n)
		}
		if n > 3 && !(c.Interval.Lower <= r+1e-12 && r <= c.Interval.Upper+1e-12) {
			rt.Fatalf("r %v outside %v", r, c.Interval)
		}
	})
}

func naiveRanks(values []float64) []float64 {
	ranks := make([]float64, len(values))
	for i := range values {
		ranks[i] = 0.5
		for j := range values {
			switch {
			case values[j] < values[i]:
				ranks[i]++
			case values[j] == values[i]:
				ranks[i] += 0.5
			}
		}
	}
	return ranks
}

// naiveP integrates Student's density, proportional to cos(u)^(df-1) for t = sqrt(df) tan(u), over |t| beyond the observed one.
func naiveP(r, n float64) float64 {
	df := n - 2
	observed := math.Atan(math.Abs(r) / math.Sqrt(1-r*r)) // of t / sqrt(df)
	const steps = 20000
	var tail, all float64
	for i := range steps {
		u := (float64(i) + 0.5) / steps * math.Pi / 2
		density := math.Pow(math.Cos(u), df-1)
		all += density
		if u >= observed {
			tail += density
		}
	}
	return tail / all
}

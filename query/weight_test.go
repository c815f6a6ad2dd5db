package query_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
)

// Delays are 1 2 2 5 and people 10 30 20 -, of 60: below 1 nobody and half of 10; below 2 are 10 and half of 50; below 5 all 60,
// and a4 adds nobody.
func TestWeightedPercentile(t *testing.T) {
	t.Parallel()
	session := newOrchard(t,
		"delays a1 2020 1", "delays a2 2020 2", "delays a3 2020 2", "delays a4 2020 5", "people a1 2019 10", "people a2 2019 30", "people a3 2019 20",
		"delays b1 2020 2", "people b1 2019 40",
	).session()
	request := compareOf("delays", nil, counties("a1", "a2", "a3", "a4", "b1"))
	request.Against = counties("a1", "a2", "a3", "a4")
	c, err := session.Compare(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{
		"a1": 100 * 5.0 / 60, "a2": 100 * 35.0 / 60, "a3": 100 * 35.0 / 60, "a4": 100,
		"b1": 100 * (10 + 90.0/2) / 100, // as if it joined
	}
	before := session.EngineQueries()
	for _, e := range c.Indicators[0].Page.Nodes {
		got, err := e.WeightedPercentile(context.Background(), session, "people")
		if err != nil {
			t.Fatal(err)
		}
		approximately(t, e.Region.Code, got, want[e.Region.Code])
		if none, err := e.WeightedPercentile(context.Background(), session, "pears"); none != nil || err != nil {
			t.Errorf("%v %v among no weights", none, err)
		}
	}
	if took := session.EngineQueries() - before; took != 2 {
		t.Errorf("%d engine queries for two weights", took)
	}
	entry := c.Indicators[0].Page.Nodes[0]
	_, err = entry.WeightedPercentile(context.Background(), session, "rate")
	refusedWith(t, err, indicator.NotAdditive, "by")
	_, err = entry.WeightedPercentile(context.Background(), session, "plums")
	refusedWith(t, err, indicator.UnknownIndicator, "by")
}

// Ranks are those of a competition: 1 2 2 4. What is better lower ranks from the smallest.
func TestCompare_RanksOfTies(t *testing.T) {
	t.Parallel()
	for ind, want := range map[string]string{"apples": "a4:1 a2:2 a3:2 a1:4 ", "delays": "a1:1 a2:2 a3:2 a4:4 "} {
		session := newOrchard(t, ind+" a1 2020 1", ind+" a2 2020 2", ind+" a3 2020 2", ind+" a4 2020 5").session()
		c, err := session.Compare(context.Background(), compareOf(ind, nil, counties("a1", "a2", "a3", "a4")))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range c.Indicators[0].Page.Nodes {
			got += fmt.Sprintf("%s:%d ", e.Region.Code, e.Rank)
		}
		if got != want {
			t.Errorf("%s ranks %s", ind, got)
		}
	}
}

func TestWeightedPercentile_Oracle(t *testing.T) {
	t.Parallel()
	codes := []string{"a1", "a2", "a3", "a4", "a5", "a6", "b1", "b2"}
	rapid.Check(t, func(rt *rapid.T) {
		var lines []string
		values, weights := map[string]int{}, map[string]int{}
		for _, code := range codes {
			if v := rapid.IntRange(0, 4).Draw(rt, "value"); v > 0 {
				values[code] = v
				lines = append(lines, fmt.Sprintf("apples %s 2020 %d", code, v))
			}
			weights[code] = rapid.IntRange(-1, 4).Draw(rt, "weight")
			lines = append(lines, fmt.Sprintf("people %s 2019 %d", code, weights[code]))
		}
		session := newOrchard(t, lines...).session()
		c, err := session.Compare(context.Background(), compareOf("apples", nil, counties(codes...)))
		if err != nil {
			rt.Fatal(err)
		}
		for _, e := range c.Indicators[0].Page.Nodes {
			var held, all float64
			for code, v := range values {
				w := float64(max(0, weights[code]))
				all += w
				switch own := values[e.Region.Code]; {
				case v < own:
					held += w
				case v == own:
					held += w / 2
				}
			}
			got, err := e.WeightedPercentile(context.Background(), session, "people")
			if err != nil || (got == nil) != (all == 0) || got != nil && math.Abs(*got-100*held/all) > 1e-9 {
				rt.Fatalf("%s: %v %v, want %v of %v", e.Region.Code, got, err, held, all)
			}
		}
	})
}

// Everything that a weight can be asked for by is a total of the time asked about.
func TestWeightedPercentile_OfTheTime(t *testing.T) {
	t.Parallel()
	session := newOrchard(t,
		"apples a1 2017 1", "apples a2 2017 2", "people a1 2016 1", "people a2 2016 3", "people a1 2019 100", "people a2 2019 1",
	).session()
	c, err := session.Compare(context.Background(), compareOf("apples", inYear(2017), counties("a1", "a2")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Indicators[0].Page.Nodes[0].WeightedPercentile(context.Background(), session, "people") // of a2
	if err != nil {
		t.Fatal(err)
	}
	approximately(t, "a2", got, 100*(1+1.5)/4)
}

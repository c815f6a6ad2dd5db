package query_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

func similarRequest(region string, k int, indicators ...string) *query.SimilarRequest {
	return &query.SimilarRequest{Region: region, Indicators: indicators, K: k, AsOf: indicator.NoDay}
}

// Apples are 0 2 4 (mean 2, deviation 2), pears 10 10 40 (mean 20, deviation sqrt(300)). From a1, a2 is 2/2 = 1 and 0 away,
// sqrt(1/2); a3 is 4/2 = 2 and 30/sqrt(300) = sqrt(3) away, sqrt((4 + 3) / 2).
func TestSimilar_ByHand(t *testing.T) {
	t.Parallel()
	session := newOrchard(t,
		"apples a1 2020 0", "apples a2 2020 2", "apples a3 2020 4", "apples a4 2020 1000",
		"pears a1 2020 10", "pears a2 2020 ~10", "pears a3 2020 40", "pears a4 2020 NOT_COLLECTED",
	).session()
	s, err := session.Similar(context.Background(), similarRequest("a1", 10, "apples", "pears"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Compared != 3 || len(s.Neighbours) != 2 || s.Neighbours[0].Region.Code != "a2" || s.Cost.EngineQueries != 1 {
		t.Fatalf("%+v", s)
	}
	approximately(t, "deviation", s.Indicators[1].StdDev, math.Sqrt(300))
	approximately(t, "z", s.Indicators[0].ZScore, -1)
	approximately(t, "distance", &s.Neighbours[0].Distance, math.Sqrt(0.5))
	approximately(t, "distance", &s.Neighbours[1].Distance, math.Sqrt(3.5))
	approximately(t, "share", s.Neighbours[1].Differences[0].Share, 4.0/7)
	approximately(t, "difference", &s.Neighbours[1].Differences[1].Difference.Value, 30)
	if s.Neighbours[0].Precision != indicator.Approximate || s.Neighbours[1].Precision != indicator.Exact {
		t.Errorf("precisions %s, %s", s.Neighbours[0].Precision, s.Neighbours[1].Precision)
	}
	if got := fmt.Sprint(s.Missing[0].Region.Code, " ", s.Missing[0].Indicator.Code, " ", s.Missing[0].Reason); got != "a4 pears NOT_COLLECTED" {
		t.Errorf("missing %s", got)
	}
}

// The region itself lacks pears: nobody is near, its apples are shown, and what is missing is said.
func TestSimilar_Lacking(t *testing.T) {
	t.Parallel()
	session := newOrchard(t, "apples a1 2020 5", "apples a2 2020 5", "pears a2 2020 5", "apples a3 2020 5", "pears a3 2020 5").session()
	s, err := session.Similar(context.Background(), similarRequest("a1", 3, "apples", "pears"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Neighbours) != 0 || s.Indicators[0].Value.Value != 5 || s.Indicators[1].Missing != indicator.NoObservation || s.Missing[0].Region.Code != "a1" {
		t.Errorf("%+v", s)
	}
	if warningCodes(s.Warnings) != "NO_VARIANCE" {
		t.Errorf("%v", s.Warnings)
	}
	s, err = session.Similar(context.Background(), similarRequest("a3", 1, "apples", "pears"))
	if err != nil {
		t.Fatal(err)
	}
	if n := s.Neighbours[0]; n.Region.Code != "a2" || n.Distance != 0 || n.Differences[0].Share != nil {
		t.Errorf("%+v", n)
	}
}

func TestSimilar_Refuses(t *testing.T) {
	t.Parallel()
	session := newOrchard(t).session()
	_, err := session.Similar(context.Background(), similarRequest("a1", 0, "apples"))
	refusedWith(t, err, indicator.InvalidInput, "k")
	_, err = session.Similar(context.Background(), similarRequest("a1", 1<<30, "apples"))
	refusedWith(t, err, indicator.TooLarge, "k")
	_, err = session.Similar(context.Background(), similarRequest("a77", 1, "apples"))
	refusedWith(t, err, indicator.UnknownRegion, "region")
	_, err = session.Similar(context.Background(), similarRequest("a1", 1, "apples", "plums"))
	refusedWith(t, err, indicator.UnknownIndicator, "indicators.1")
	_, err = session.Similar(context.Background(), similarRequest("a1", 1))
	refusedWith(t, err, indicator.InvalidInput, "indicators")
	inside := similarRequest("a1", 1, "apples")
	inside.Regions = counties("A", "B")
	_, err = session.Similar(context.Background(), inside)
	refusedWith(t, err, indicator.NotAggregatable, "regions")
}

// Against distances worked out pair by pair and sorted.
func TestSimilar_Oracle(t *testing.T) {
	t.Parallel()
	codes := []string{"a1", "a2", "a3", "a4", "a5", "a6", "b1", "b2"}
	rapid.Check(t, func(rt *rapid.T) {
		var lines []string
		values := map[string][]float64{}
		for _, code := range codes {
			for _, ind := range []string{"apples", "pears", "people"} {
				if v := rapid.IntRange(0, 5).Draw(rt, "value"); v > 0 {
					values[code] = append(values[code], float64(v))
					lines = append(lines, fmt.Sprintf("%s %s 2020 %d", ind, code, v))
				}
			}
		}
		k := rapid.IntRange(1, 8).Draw(rt, "k")
		s, err := newOrchard(t, lines...).session().Similar(context.Background(), similarRequest("a1", k, "apples", "pears", "people"))
		if err != nil {
			rt.Fatal(err)
		}
		complete := slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return len(values[code]) < 3 })
		if s.Compared != len(complete) {
			rt.Fatalf("%d compared, want %v", s.Compared, complete)
		}
		if len(values["a1"]) < 3 {
			if len(s.Neighbours) != 0 {
				rt.Fatal("neighbours of a region without figures")
			}
			return
		}
		distance := func(code string) float64 {
			var sum float64
			for i := range 3 {
				var mean, variance float64
				for _, c := range complete {
					mean += values[c][i] / float64(len(complete))
				}
				for _, c := range complete {
					variance += (values[c][i] - mean) * (values[c][i] - mean) / float64(len(complete)-1)
				}
				if d := values[code][i] - values["a1"][i]; d != 0 {
					sum += d * d / variance / 3
				}
			}
			return math.Sqrt(sum)
		}
		others := slices.DeleteFunc(slices.Clone(complete), func(code string) bool { return code == "a1" })
		if len(s.Neighbours) != min(k, len(others)) {
			rt.Fatalf("%d neighbours", len(s.Neighbours))
		}
		var distances []float64
		for _, code := range others {
			distances = append(distances, distance(code))
		}
		slices.Sort(distances)
		for i, n := range s.Neighbours {
			if math.Abs(n.Distance-distances[i]) > 1e-9 || math.Abs(n.Distance-distance(n.Region.Code)) > 1e-9 {
				rt.Fatalf("neighbour %d is %s at %v, want %v", i, n.Region.Code, n.Distance, distances)
			}
			if n.Distance == 0 {
				continue
			}
			var shares float64
			for _, d := range n.Differences {
				shares += *d.Share
			}
			if math.Abs(shares-1) > 1e-9 {
				rt.Fatalf("the shares of %s add up to %v", n.Region.Code, shares)
			}
		}
	})
}

func peers(region string, by query.PeersBy, change func(*query.PeersRequest)) *query.RegionSelector {
	request := &query.PeersRequest{Region: region, By: by, Indicator: "people", Band: 2, Indicators: []string{"people"}, K: 2}
	if change != nil {
		change(request)
	}
	return &query.RegionSelector{Level: indicator.County, PeersOf: request}
}

// Peers by people: a1 100, a2 50, a3 200, a4 201, b1 110; a5 has none.
func TestPeers(t *testing.T) {
	t.Parallel()
	session := newOrchard(t, "people a1 2019 100", "people a2 2019 50", "people a3 2019 200", "people a4 2019 201", "people b1 2019 110@2020-04-01").session()
	for _, test := range []struct {
		name     string
		selector *query.RegionSelector
		want     string
		queries  int64
	}{
		{"same parent", peers("a1", query.PeersBySameParent, nil), "a1 a2 a3 a4 a5 a6", 1},
		{"same parent, of a retired region", peers("o2", query.PeersBySameParent, nil), "a1 a2 a3 a4 a5 a6", 1},
		{"from half to double", peers("a1", query.PeersBySizeBand, nil), "a1 a2 a3 b1", 2},
		{"equal size", peers("a1", query.PeersBySizeBand, func(r *query.PeersRequest) { r.Band = 1 }), "a1", 2},
		{"nearest", peers("a1", query.PeersByNearest, nil), "a1 a2 b1", 2},
		{"nearest inside A", peers("a1", query.PeersByNearest, func(r *query.PeersRequest) { r.Within = []string{"A"} }), "a1 a2 a3", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, err := session.Similar(context.Background(), &query.SimilarRequest{Region: "a1", Indicators: []string{"apples"}, K: 1, AsOf: indicator.NoDay, Regions: test.selector})
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, m := range d.Missing { // nobody has apples: everybody asked about is listed
				found = append(found, m.Region.Code)
			}
			if got := strings.Join(found, " "); got != test.want || d.Cost.EngineQueries < test.queries {
				t.Errorf("%s, cost %+v", got, d.Cost)
			}
		})
	}
	// What was published by March knows nothing of b1.
	request := similarRequest("a1", 1, "apples")
	request.Regions, request.AsOf = peers("a1", query.PeersBySizeBand, nil), indicator.DayOf(2020, 3, 2)
	d, err := session.Similar(context.Background(), request)
	if err != nil || len(d.Missing) != 3 || warningCodes(d.Warnings) != "PARTIAL_COVERAGE" {
		t.Errorf("%v %+v", err, d)
	}
}

func TestPeers_Refuses(t *testing.T) {
	t.Parallel()
	session := newOrchard(t, "people a1 2019 100").session()
	for _, test := range []struct {
		path     string
		code     indicator.ErrorCode
		selector *query.RegionSelector
	}{
		{"regions.peersOf.region", indicator.UnknownRegion, peers("a77", query.PeersBySameParent, nil)},
		{"regions.peersOf.indicator", indicator.InvalidInput, peers("a1", query.PeersBySizeBand, func(r *query.PeersRequest) { r.Indicator = "" })},
		{"regions.peersOf.indicator", indicator.UnknownIndicator, peers("a1", query.PeersBySizeBand, func(r *query.PeersRequest) { r.Indicator = "plums" })},
		{"regions.peersOf.indicator", indicator.InvalidInput, peers("a2", query.PeersBySizeBand, nil)},
		{"regions.peersOf.band", indicator.InvalidInput, peers("a1", query.PeersBySizeBand, func(r *query.PeersRequest) { r.Band = 0.5 })},
		{"regions.peersOf.k", indicator.InvalidInput, peers("a1", query.PeersByNearest, func(r *query.PeersRequest) { r.K = 0 })},
		{"regions.peersOf.indicators", indicator.InvalidInput, peers("a2", query.PeersByNearest, nil)},
		{"regions.peersOf.within.0", indicator.UnknownRegion, peers("a1", query.PeersByNearest, func(r *query.PeersRequest) { r.Within = []string{"Q"} })},
	} {
		request := distributionRequest(0)
		request.Regions = test.selector
		_, err := session.Distribution(context.Background(), request)
		refusedWith(t, err, test.code, test.path)
	}
}

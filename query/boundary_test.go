package query_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/storetest"
)

func compareOf(ind string, when *query.When, display *query.RegionSelector) *query.CompareRequest {
	return &query.CompareRequest{
		Indicators: []string{ind}, Display: display, When: when, AsOf: indicator.NoDay, Page: query.PageRequest{First: 100}, Evidence: true,
	}
}

func TestBoundary_FiguresOfPredecessors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		figures []string
		ind     string
		when    *query.When
		want    string // value and precision of a6, or why there is none
		from    string // region of the evidence
		warning string
	}{
		{"added up", []string{"apples o1 2017 10", "apples o2 2017 >20", "apples o3 2017 30"}, "apples", inYear(2017), "60 AT_LEAST", "o1", "BOUNDARY_CHANGE"},
		{"the newest", []string{"apples o1 2017 10", "apples o2 2017 20", "apples o3 2017 30", "apples o3 2016 3"}, "apples", nil, "60 EXACT", "o1", "BOUNDARY_CHANGE"},
		{"the successor's own wins", []string{"apples a6 2017 7", "apples o1 2017 10", "apples o2 2017 20", "apples o3 2017 30"}, "apples", inYear(2017), "7 EXACT", "a6", "BOUNDARY_CHANGE"},
		{"the successor's newest wins", []string{"apples a6 2019 7", "apples o1 2017 10", "apples o2 2017 20", "apples o3 2017 30"}, "apples", nil, "7 EXACT", "a6", ""},
		{"one is lacking", []string{"apples o1 2017 10", "apples o2 2017 20"}, "apples", inYear(2017), "NO_OBSERVATION", "", "BOUNDARY_CHANGE"},
		{"newest of different years", []string{"apples o1 2017 10", "apples o2 2017 20", "apples o3 2016 30"}, "apples", nil, "NO_OBSERVATION", "", "BOUNDARY_CHANGE"},
		{"one is missing", []string{"apples o1 2017 10", "apples o2 2017 SUPPRESSED", "apples o3 2017 30"}, "apples", inYear(2017), "SUPPRESSED", "", ""},
		// o1 has no figure of 2009, but o0, which it replaced.
		{"at one more remove", []string{"apples o0 2009 1", "apples o2 2009 2", "apples o3 2009 3"}, "apples", inYear(2009), "6 EXACT", "o0", "BOUNDARY_CHANGE"},
		// (1 + 2 + 3) / (4 + 4 + 4) = 50 %, not the mean of 25, 50 and 75.
		{"a rate by its counts", []string{"rate o1 2017 1/4", "rate o2 2017 2/4", "rate o3 2017 3/4"}, "rate", inYear(2017), "50 EXACT", "o1", "BOUNDARY_CHANGE"},
		{"a rate without counts", []string{"rate o1 2017 25", "rate o2 2017 2/4", "rate o3 2017 3/4"}, "rate", inYear(2017), "NO_DENOMINATOR", "", ""},
		{"what does not add up", []string{"price o1 2017 1", "price o2 2017 2", "price o3 2017 3"}, "price", inYear(2017), "NO_OBSERVATION", "", "BOUNDARY_CHANGE"},
		// Sixty apples by (1 + 2 + 3) people.
		{"a quotient", []string{
			"apples o1 2017 10", "apples o2 2017 20", "apples o3 2017 30", "people o1 2017 1", "people o2 2017 2", "people o3 2017 3",
		}, "apples_each", inYear(2017), "10 EXACT", "o1", "BOUNDARY_CHANGE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			session := newOrchard(t, test.figures...).session()
			c, err := session.Compare(context.Background(), compareOf(test.ind, test.when, counties("a6", "a1")))
			if err != nil {
				t.Fatal(err)
			}
			answer, got, from := c.Indicators[0], "", ""
			for _, m := range answer.Missing {
				if m.Region.Code == "a6" {
					got = m.Reason.String()
				}
			}
			for _, e := range answer.Page.Nodes {
				got, from = fmt.Sprint(e.Quantity.Value, " ", e.Quantity.Precision), e.Observation.Region.Code
			}
			if got != test.want || from != test.from || warningCodes(answer.Warnings) != test.warning {
				t.Errorf("%s from %s, warnings %v", got, from, answer.Warnings)
			}
			if want := int64(1 + strings.Count(test.ind, "_")); c.Cost.EngineQueries != want {
				t.Errorf("%d engine queries, want %d", c.Cost.EngineQueries, want)
			}
		})
	}
}

// a5 existed beside o9, whose figure is only a part of it.
func TestBoundary_Absorbed(t *testing.T) {
	t.Parallel()
	c, err := newOrchard(t, "apples o9 2017 9").session().Compare(context.Background(), compareOf("apples", inYear(2017), counties("a5")))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Indicators[0].Page.Nodes) != 0 {
		t.Errorf("%+v", c.Indicators[0].Page.Nodes[0])
	}
}

// 10 + 20 + 30 of a6's predecessors and 5 of a1 are 65 of province A, and coverage names those who took part. Where the
// predecessors are asked for themselves, they count once.
func TestBoundary_Aggregate(t *testing.T) {
	t.Parallel()
	session := newOrchard(t, "apples a1 2017 5", "apples o1 2017 10", "apples o2 2017 20", "apples o3 2017 30").session()
	request := &query.AggregateRequest{
		Indicators: []string{"apples"}, When: inYear(2017), AsOf: indicator.NoDay, Page: query.PageRequest{First: 10}, Evidence: true,
		Regions: &query.RegionSelector{Within: []string{"A"}, Level: indicator.County},
	}
	a, err := session.Aggregate(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	group := a.Page.Nodes[0]
	value, _ := group.Value()
	approximately(t, "value", value, 65)
	coverage := group.Coverage()
	var took []string
	for _, r := range coverage.Predecessors {
		took = append(took, r.Code)
	}
	figures, err := group.Observations(t.Context(), query.PageRequest{First: 100})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(took, " ") != "o1 o2 o3" || coverage.Used != 2 || figures.TotalCount != 4 || warningCodes(a.Warnings) != "BOUNDARY_CHANGE" {
		t.Errorf("%v took part, %+v, %v", took, coverage, a.Warnings)
	}
	all := false
	request.Regions.Where = &query.RegionWhere{InForce: &all} // only retired ones
	request.Regions.Codes = []string{"a6"}
	if a, err = session.Aggregate(context.Background(), request); err != nil {
		t.Fatal(err)
	}
	value, _ = a.Page.Nodes[0].Value()
	approximately(t, "value", value, 60)
}

// A figure that begins before the county did, and one of a retired code after its end, are of other boundaries.
func TestBoundary_FigureOfAnotherTime(t *testing.T) {
	t.Parallel()
	session := newOrchard(t, "apples a6 2018 7", "apples a6 2019 8", "apples o1 2019 9", "apples a1 2019 1").session()
	for _, test := range []struct {
		when    *query.When
		regions *query.RegionSelector
		want    string
	}{
		{inYear(2018), counties("a6"), "BOUNDARY_CHANGE"},
		{inYear(2019), counties("a6", "a1"), ""},
		{inYear(2019), &query.RegionSelector{Within: []string{"A"}, Level: indicator.County, Where: &query.RegionWhere{InForce: new(bool)}}, "BOUNDARY_CHANGE"},
		{inYear(2019), counties("o1"), "RETIRED_REGION"},
	} {
		c, err := session.Compare(context.Background(), compareOf("apples", test.when, test.regions))
		if err != nil {
			t.Fatal(err)
		}
		if got := warningCodes(c.Indicators[0].Warnings); got != test.want {
			t.Errorf("warnings %v, want %s", c.Indicators[0].Warnings, test.want)
		}
	}
}

// TestAggregate_FigureLongerThanItsRegion asks for a figure of a month in which a region came into being and ended.
func TestAggregate_FigureLongerThanItsRegion(t *testing.T) {
	memory := new(storetest.Memory)
	march := indicator.Monthly.Containing(indicator.DayOf(2020, time.March, 1))
	if err := memory.Load(t.Context(), foldedTables(), []store.Report{{
		Region: 7, Indicator: 1, Period: march, Value: 5, PublishedOn: 1, Offset: -1, Numerator: math.NaN(), Denominator: math.NaN(),
	}}); err != nil {
		t.Fatal(err)
	}
	pinned, err := memory.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pinned.Release()
	for name, evidence := range map[string]bool{"cell by cell": true, "in stretches": false} {
		answer, err := query.NewSession(pinned, query.DefaultLimits(), indicator.DayOf(2021, time.January, 1)).Aggregate(t.Context(), &query.AggregateRequest{
			Indicators: []string{"i1"}, Regions: &query.RegionSelector{Codes: []string{"23"}}, When: &query.When{Period: &march}, AsOf: indicator.NoDay,
			Page: query.PageRequest{First: 1}, Evidence: evidence,
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Warnings) != 1 || !strings.Contains(answer.Warnings[0].Message, "since 2020-03-15") || !strings.Contains(answer.Warnings[0].Message, "until 2020-03-20") {
			t.Errorf("%s: warnings %v", name, answer.Warnings)
		}
	}
}

package query

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// nearly also takes differences from zero that rounding makes.
func nearly(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

func between(t fataler, from, to string) (before, after *indicator.Period) {
	t.Helper()
	p, err := indicator.ParsePeriod(from)
	if err != nil {
		t.Fatal(err)
	}
	q, err := indicator.ParsePeriod(to)
	if err != nil {
		t.Fatal(err)
	}
	return &p, &q
}

func betweenMonths(t fataler, code string) *MoversRequest {
	t.Helper()
	from, to := between(t, "2020-01", "2020-02")
	return &MoversRequest{
		Indicator: code, Within: "1", From: from, To: to, AsOf: indicator.NoDay, AsOfFrom: indicator.NoDay, AsOfTo: indicator.NoDay,
		OrderBy: MoverOrder{Descending: true}, Page: PageRequest{First: 100},
	}
}

// Simpson's paradox: both counties' rates rise and the group's falls, because its weight moves to the low one.
//
//	a: 90/100 = 90 %, then 19/20 = 95 %;  b: 6/20 = 30 %, then 40/100 = 40 %;  together 96/120 = 80 %, then 59/120 = 49.17 %
//	weights of a: 5/6 and 1/6, of b: 1/6 and 5/6; mean weights 1/2
//	within: 1/2 * 5 + 1/2 * 10 = 7.5;  shift: 92.5 * -2/3 + 35 * 2/3 = -38.33;  7.5 - 38.33 = -30.83 = 49.17 - 80
func TestDecomposition_Simpson(t *testing.T) {
	t.Parallel()
	s := newShelf(t, []store.Report{
		put(shelfRate, shelfA, "2020-01", 90, outOf(90, 100)), put(shelfRate, shelfA, "2020-02", 95, outOf(19, 20)),
		put(shelfRate, shelfB, "2020-01", 30, outOf(6, 20)), put(shelfRate, shelfB, "2020-02", 40, outOf(40, 100)),
		put(shelfRate, shelfC, "2020-01", 50), put(shelfRate, shelfC, "2020-02", 60, outOf(6, 10)), // no counts before
	}).session()
	result, err := s.Movers(t.Context(), betweenMonths(t, "rate"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := result.Decomposition()
	if err != nil {
		t.Fatal(err)
	}
	if !nearly(d.Before.Value, 80) || !nearly(d.After.Value, 5900.0/120) || !nearly(*d.WithinPart, 7.5) || !nearly(*d.ShiftPart, -115.0/3) {
		t.Errorf("%v to %v: within %v, shift %v", d.Before, d.After, *d.WithinPart, *d.ShiftPart)
	}
	if d.Coverage.Used != 2 || d.Coverage.Expected != 3 || d.Coverage.Missing[0].Reason != indicator.NoDenominator {
		t.Errorf("coverage %+v", d.Coverage)
	}
	if n := len(result.Page.Nodes); n != 3 || result.Page.Nodes[0].Change.Value != 10 || result.Page.Nodes[2].Change.Value != 5 {
		t.Errorf("%d movers, the first %+v", n, result.Page.Nodes[0])
	}
}

func TestMovers(t *testing.T) {
	t.Parallel()
	s := newShelf(t, []store.Report{
		put(shelfPart, shelfA, "2020-01", 100, roughly(indicator.AtLeast)), put(shelfPart, shelfA, "2020-02", 80),
		put(shelfPart, shelfB, "2020-01", 0), put(shelfPart, shelfB, "2020-02", 30),
		put(shelfPart, shelfC, "2020-02", 7),
		put(shelfWhole, shelfA, "2020-01", 10), put(shelfWhole, shelfA, "2020-02", 20),
	}, []store.Report{
		put(shelfPart, shelfA, "2020-02", 90, on("2020-03-01")),
		put(shelfPart, shelfC, "2020-02", 0, on("2020-03-01"), withdrawn),
	}).session()
	t.Run("between periods", func(t *testing.T) {
		r, err := s.Movers(t.Context(), betweenMonths(t, "part"))
		if err != nil {
			t.Fatal(err)
		}
		b, a := r.Page.Nodes[0], r.Page.Nodes[1] // |30| before |90 - 100|
		if b.Region.Code != "b" || b.Change.Value != 30 || b.PercentChange != nil {
			t.Errorf("b: %+v", b)
		}
		// At most -10: before was at least 100. 100 * -10 / 100 = -10 %.
		if a.Change.Value != -10 || a.Change.Precision != indicator.AtMost || *a.PercentChange != -10 {
			t.Errorf("a: %+v", a)
		}
		if len(r.MissingBefore) != 1 || r.MissingBefore[0].Reason != indicator.NoObservation || r.MissingAfter[0].Reason != indicator.Suppressed {
			t.Errorf("missing %v, %v", r.MissingBefore, r.MissingAfter)
		}
		if _, err := r.Decomposition(); !errors.Is(err, &indicator.Error{Code: indicator.NotAggregatable}) {
			t.Errorf("decomposition of a count: %v", err)
		}
	})
	t.Run("as of February", func(t *testing.T) {
		request := betweenMonths(t, "part")
		request.AsOf = shelfDay("2020-02-28")
		r, err := s.Movers(t.Context(), request)
		if err != nil || r.Page.Nodes[1].Change.Value != -20 {
			t.Errorf("%+v, %v", r.Page.Nodes[1], err)
		}
	})
	t.Run("between vintages", func(t *testing.T) {
		request := betweenMonths(t, "part")
		request.From, request.To, request.AsOfFrom = nil, nil, shelfDay("2020-02-28")
		r, err := s.Movers(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		// a was revised from 80 to 90, b is the same report, c was taken back.
		a, b := r.Page.Nodes[0], r.Page.Nodes[1]
		if a.Change.Value != 10 || *a.PercentChange != 12.5 || b.Change.Value != 0 || len(r.MissingAfter) != 1 {
			t.Errorf("%+v, %+v, missing %v", a, b, r.MissingAfter)
		}
	})
	t.Run("a derived indicator", func(t *testing.T) {
		request := betweenMonths(t, "quotient")
		request.Evidence = true
		r, err := s.Movers(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		// 90/20 - 100/10 = -5.5, and each side rests on two figures.
		m := r.Page.Nodes[0]
		if m.Change.Value != -5.5 || len(m.BeforeObservations) != 2 || len(m.AfterObservations) != 2 || m.AfterObservation().Indicator.Code != "part" {
			t.Errorf("%+v", m)
		}
		if _, err := r.Decomposition(); err != nil {
			t.Error(err)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for name, change := range map[string]func(r *MoversRequest){
			"nothing to compare":  func(r *MoversRequest) { r.From, r.To = nil, nil },
			"half a pair":         func(r *MoversRequest) { r.To = nil },
			"both":                func(r *MoversRequest) { r.AsOfFrom = shelfDay("2020-02-28") },
			"when beside periods": func(r *MoversRequest) { r.When = &When{} },
			"no such region":      func(r *MoversRequest) { r.Within = "2" },
			"no such indicator":   func(r *MoversRequest) { r.Indicator = "rates" },
		} {
			request := betweenMonths(t, "part")
			change(request)
			var typed *indicator.Error
			if _, err := s.Movers(t.Context(), request); !errors.As(err, &typed) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// The oracle computes every rate and both parts from the drawn counts alone.
func TestDecomposition_Oracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 50)
		type counts struct{ n, d [2]float64 }
		drawn := make(map[int32]counts)
		var reports []store.Report
		for region := shelfA; region <= shelfC; region++ {
			var c counts
			for i, month := range []string{"2020-01", "2020-02"} {
				c.n[i], c.d[i] = float64(count.Draw(t, "part")), float64(1+count.Draw(t, "whole"))
				reports = append(reports, put(shelfRate, region, month, 100*c.n[i]/c.d[i], outOf(c.n[i], c.d[i])))
			}
			drawn[region] = c
		}
		r, err := newShelf(t, reports).session().Movers(t.Context(), betweenMonths(t, "rate"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := r.Decomposition()
		if err != nil {
			t.Fatal(err)
		}
		var n, whole [2]float64
		for _, c := range drawn {
			for i := range 2 {
				n[i] += c.n[i]
				whole[i] += c.d[i]
			}
		}
		within, shift := 0.0, 0.0
		for _, c := range drawn {
			r0, r1 := 100*c.n[0]/c.d[0], 100*c.n[1]/c.d[1]
			w0, w1 := c.d[0]/whole[0], c.d[1]/whole[1]
			within += (w0 + w1) / 2 * (r1 - r0)
			shift += (r0 + r1) / 2 * (w1 - w0)
		}
		change := 100*n[1]/whole[1] - 100*n[0]/whole[0]
		if !nearly(d.Change.Value, change) || !nearly(*d.WithinPart, within) || !nearly(*d.ShiftPart, shift) || !nearly(within+shift, change) {
			t.Fatalf("%v = %v + %v, want %v = %v + %v", d.Change, *d.WithinPart, *d.ShiftPart, change, within, shift)
		}
		if !slices.IsSortedFunc(r.Page.Nodes, func(a, b *Mover) int {
			return cmp.Or(cmp.Compare(math.Abs(b.Change.Value), math.Abs(a.Change.Value)), cmp.Compare(a.Region.ID, b.Region.ID))
		}) {
			t.Fatal("the movers are not sorted by the size of the change")
		}
	})
}

// latestOf asks for the newest figure of a derived indicator.
func latestOf(t *testing.T, s *Session, region *catalog.Region, asOf indicator.Day) *Observation {
	t.Helper()
	found, errs := s.Latest(t.Context(), []LatestRequest{{Region: region, Indicator: "quotient", AsOf: asOf}})
	if errs[0] != nil {
		t.Fatal(errs[0])
	}
	return found[0]
}

func TestLatest_OfAQuotient(t *testing.T) {
	t.Parallel()
	s := newShelf(t, []store.Report{
		put(shelfPart, shelfA, "2020-02", 100), put(shelfWhole, shelfA, "2020-01", 40, roughly(indicator.AtLeast)), put(shelfPart, shelfB, "2020-02", 5),
	}, []store.Report{put(shelfWhole, shelfA, "2020-01", 50, on("2020-03-01"))}).session()
	a, err := s.Catalog().Region("a")
	if err != nil {
		t.Fatal(err)
	}
	// 100 / at least 40 is at most 2.5, and has been known until the divisor was revised.
	then := latestOf(t, s, a, shelfDay("2020-02-28"))
	if *then.Value != 2.5 || then.Precision != indicator.AtMost || then.Current() {
		t.Errorf("then %+v", then)
	}
	now := latestOf(t, s, a, indicator.NoDay)
	if *now.Value != 2 || now.Precision != indicator.Exact || !now.Derived || now.PublishedOn != shelfDay("2020-03-01") || now.Load.ID != "A" {
		t.Errorf("now %+v", now)
	}
	again, err := s.ByKey(t.Context(), []indicator.ObservationKey{now.Key()})
	if err != nil || again[0] == nil || *again[0].Value != 2 {
		t.Errorf("by its key: %v, %v", again, err)
	}
	b, err := s.Catalog().Region("b")
	if err != nil {
		t.Fatal(err)
	}
	if o := latestOf(t, s, b, indicator.NoDay); o.Value != nil || o.Missing != indicator.NoDenominator {
		t.Errorf("without a divisor: %+v", o)
	}
}

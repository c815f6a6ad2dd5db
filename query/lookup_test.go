package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

func regionsOf(t testing.TB, s *Session, codes ...string) []*catalog.Region {
	t.Helper()
	var list []*catalog.Region
	for _, code := range codes {
		r, err := s.catalog.Region(code)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func TestLatest_Batch(t *testing.T) {
	s := newSession(t)
	regions := regionsOf(t, s, "111", "112", "123", "122", "11")
	var requests []LatestRequest
	for _, r := range regions {
		requests = append(requests, LatestRequest{Region: r, Indicator: "visits", AsOf: indicator.NoDay, Details: AllDetails})
	}
	requests = append(requests,
		LatestRequest{Region: regions[0], Indicator: "grids", Slice: "size=small", AsOf: indicator.NoDay, Details: AllDetails},
		LatestRequest{Region: regions[0], Indicator: "visits", Status: indicator.Forecast, AsOf: indicator.NoDay, Details: AllDetails},
		LatestRequest{Region: regions[0], Indicator: "visits", AsOf: day(19), Details: AllDetails},
		LatestRequest{Region: regions[0], Indicator: "grids", Slice: "colour=blue", AsOf: indicator.NoDay, Details: AllDetails},
		LatestRequest{Region: regions[0], Indicator: "clinics_per_10k", AsOf: indicator.NoDay, Details: AllDetails},
		LatestRequest{Region: regions[0], Indicator: "visit", AsOf: indicator.NoDay, Details: AllDetails},
		LatestRequest{Region: regions[0], Indicator: "grids", Slice: "size=tiny", AsOf: indicator.NoDay, Details: AllDetails},
		LatestRequest{Region: regions[0], Indicator: "grids", Slice: "size", AsOf: indicator.NoDay, Details: AllDetails},
	)
	found, errs := s.Latest(t.Context(), requests)
	want := []string{"40", "8", "NOT_COLLECTED", "6", "", "334", "99", "", "", "", "UNKNOWN_INDICATOR", "UNKNOWN_DIMENSION", "INVALID_INPUT"}
	for i, w := range want {
		got := ""
		switch o := found[i]; {
		case errs[i] != nil:
			got = string(errs[i].(*indicator.Error).Code)
		case o == nil:
		case o.Value == nil:
			got = o.Missing.String()
		default:
			got = o.Printed
		}
		if got != w {
			t.Errorf("request %d: %q, want %q", i, got, w)
		}
	}
	// One query for each way of asking: visits of five regions, forecasts, the past, the slice, and two for the parts of the
	// derived indicator.
	if s.EngineQueries() != 6 {
		t.Errorf("%d queries", s.EngineQueries())
	}
	wantPath(t, wantCode(t, errs[10], indicator.UnknownIndicator), "indicator")
	wantPath(t, wantCode(t, errs[11], indicator.UnknownDimension), "slice")
}

func TestRegionIndicators(t *testing.T) {
	s := newSession(t)
	lists, err := s.RegionIndicators(t.Context(), regionsOf(t, s, "121", "11", "123"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"population clinics grids visits rate coldest price", "", "population grids visits"} {
		var got []string
		for _, ind := range lists[i] {
			got = append(got, ind.Code)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("region %d has %s, want %s", i, strings.Join(got, " "), want)
		}
	}
	if s.EngineQueries() != 1 {
		t.Errorf("%d queries", s.EngineQueries())
	}
}

// Pages of the figures of several regions are those of each region alone: from one query for all and one that counts, or where there are
// many figures from one for each.
func TestRegionObservations(t *testing.T) {
	for name, together := range map[string]int{"together": readTogether, "each by itself": 0} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			s.together = together
			where := Everything()
			where.Regions, where.Indicators = codes("114"), []string{"visits", "clinics"} // its regions are ignored
			regions := regionsOf(t, s, "121", "11", "123")
			want := [][]string{
				{"clinics 121 2020-02-18", "visits 121 2020-04"}, nil, {"visits 123 2020-01", "visits 123 2020-02", "visits 123 2020-03", "visits 123 2020-04"},
			}
			pages, err := s.RegionObservations(t.Context(), regions, where, PageRequest{First: 3}, AllDetails)
			if queries := map[int]int64{readTogether: 2, 0: 4}[together]; err != nil || s.EngineQueries() != queries {
				t.Fatalf("%d queries, %v", s.EngineQueries(), err)
			}
			for i, region := range regions {
				first, rest := want[i], []string(nil)
				if len(first) > 3 {
					first, rest = first[:3], first[3:]
				}
				alone, err := s.RegionObservations(t.Context(), regions[i:i+1], where, PageRequest{First: 3}, AllDetails)
				if err != nil {
					t.Fatal(err)
				}
				checkPage(t, region.Code+" alone", alone[0], first, len(want[i]), false, rest != nil)
				checkPage(t, region.Code, pages[i], first, len(want[i]), false, rest != nil)
				if rest == nil {
					continue
				}
				behind := PageRequest{First: 3, After: *pages[i].PageInfo.EndCursor()}
				for what, asked := range map[string][]*catalog.Region{"alone": regions[i : i+1], "with another": {region, regions[0]}} {
					pages, err := s.RegionObservations(t.Context(), asked, where, behind, AllDetails)
					if err != nil {
						t.Fatal(err)
					}
					checkPage(t, region.Code+" behind, "+what, pages[0], rest, len(want[i]), true, false)
				}
			}
			for _, asked := range [][]*catalog.Region{regions, regions[:1]} {
				if _, err := s.RegionObservations(t.Context(), asked, Everything(), PageRequest{First: -1}, AllDetails); err == nil {
					t.Error("a page of less than nothing is not refused")
				}
				if _, err := s.RegionObservations(t.Context(), asked, Everything(), PageRequest{After: "x"}, AllDetails); err == nil {
					t.Error("a cursor that is none is not refused")
				}
				where.Indicators = []string{}
				pages, err := s.RegionObservations(t.Context(), asked, where, PageRequest{First: 3}, AllDetails)
				if err != nil {
					t.Fatal(err)
				}
				checkPage(t, "of no indicator", pages[0], nil, 0, false, false)
			}
		})
	}
}

func checkPage(t *testing.T, what string, page *ObservationPage, want []string, total int, previous, next bool) {
	t.Helper()
	info := page.PageInfo
	got, err := page.Count(t.Context())
	if err != nil || got != total || !slices.Equal(named(page.Nodes), want) || info.HasPreviousPage != previous || info.HasNextPage != next {
		t.Errorf("%s: %q of %d, %v, before %t, behind %t", what, named(page.Nodes), got, err, info.HasPreviousPage, info.HasNextPage)
	}
}

func TestSourceObservations(t *testing.T) {
	for name, together := range map[string]int{"together": readTogether, "each by itself": 0} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			s.together = together
			sources := s.catalog.Sources()
			request := PageRequest{First: 2}
			pages, err := s.SourceObservations(t.Context(), []*catalog.Source{&sources[1], &sources[0]}, request, 0)
			if err != nil {
				t.Fatal(err)
			}
			alone, err := s.SourceObservations(t.Context(), []*catalog.Source{&sources[0]}, request, 0)
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, "the yearbook", pages[0], []string{"grids 123 2020-01-31"}, 1, false, false)
			for what, page := range map[string]*ObservationPage{"alone": alone[0], "with another": pages[1]} {
				checkPage(t, "the gazette "+what, page, named(alone[0].Nodes)[:2], len(fixtureFacts())-1, false, true)
			}
		})
	}
}

func TestIndicatorSlices(t *testing.T) {
	s := newSession(t)
	var asked []*catalog.Indicator
	for _, code := range []string{"grids", "clinics_per_10k", "growth"} {
		ind, err := s.Catalog().Indicator(code)
		if err != nil {
			t.Fatal(err)
		}
		asked = append(asked, ind)
	}
	lists, err := s.IndicatorSlices(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, len(lists))
	for i, list := range lists {
		for _, part := range list {
			got[i] += fmt.Sprintf("%s %d/%d, ", part.Slice, part.Observations, part.Regions)
		}
	}
	want := []string{
		// As the dimensions have their values, and not as the slices were met.
		" 4/4, colour=red 1/1, colour=red;size=small 1/1, size=small 2/2, size=medium 1/1, size=large 1/1, ",
		" 5/5, ", // the clinics, which are divided by a population
		" 1/1, ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if took := s.EngineQueries(); took != 1 {
		t.Errorf("%d engine queries for all", took)
	}
}

func TestAvailability(t *testing.T) {
	s := newSession(t)
	list, err := s.Availability(t.Context(), []string{"visits", "clinics_per_10k", "rate"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 {
		t.Fatalf("%d indicators", len(list))
	}
	// 4 + 3 + 4 + 1 + 4 + 4 months, five figures of 2019 and a forecast
	visits := list[0]
	if visits.Observations != 26 || visits.Regions != 6 || visits.First.String() != "2019-01-01" || visits.Last.String() != "2020-04-30" {
		t.Errorf("visits: %+v", visits)
	}
	if !slices.Equal(visits.Gaps, []Gap{{indicator.NotCollected, 1}}) {
		t.Errorf("visits lack %v", visits.Gaps)
	}
	if derived := list[1]; derived.Observations != 0 || derived.First != indicator.NoDay || derived.Last != indicator.NoDay || derived.Gaps != nil {
		t.Errorf("a derived indicator: %+v", derived)
	}
	if !slices.Equal(list[2].Gaps, []Gap{{indicator.NotPublished, 1}}) {
		t.Errorf("rates lack %v", list[2].Gaps)
	}

	list, err = s.Availability(t.Context(), nil, codes("123"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range list {
		got = append(got, a.Indicator.Code)
	}
	if strings.Join(got, " ") != "population grids visits" { // those that have figures, in catalogue order
		t.Errorf("123 has %q", got)
	}
	before := s.EngineQueries()
	if list, err := s.Availability(t.Context(), []string{}, nil); err != nil || len(list) != 0 || s.EngineQueries() != before {
		t.Errorf("of no indicator: %v, %v", list, err)
	}
	_, err = s.Availability(t.Context(), []string{"visits", "visit"}, nil)
	wantPath(t, wantCode(t, err, indicator.UnknownIndicator), "indicators.1")
	_, err = s.Availability(t.Context(), nil, codes("114"))
	wantPath(t, wantCode(t, err, indicator.UnknownRegion), "regions.codes.0")
}

func TestRegions_List(t *testing.T) {
	s := newSession(t)
	tests := []struct {
		name   string
		where  *RegionWhere
		orders []RegionOrder
		want   string
	}{
		{"all by code", nil, nil, "1 11 111 112 113 118 119 12 121 122 123"},
		{"by level, lowest first", &RegionWhere{InForce: new(true)}, []RegionOrder{{RegionByLevel, true}}, "111 112 113 121 122 123 11 12 1"},
		{"by name", &RegionWhere{Levels: []indicator.Level{indicator.County}, InForce: new(true)}, []RegionOrder{{By: RegionByName}}, "111 112 113 121 122 123"},
		{"by name, last first", &RegionWhere{NameContains: "o"}, []RegionOrder{{RegionByName, true}}, "1 12 119 118 11 121"}, // Wood South Old Old North Dogwood
		{"of another scheme", &RegionWhere{Scheme: "other"}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []*catalog.Region
			request := PageRequest{First: 4}
			for {
				page, err := s.Regions(tt.where, tt.orders, request)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Nodes...)
				if !page.PageInfo.HasNextPage {
					break
				}
				request.After = *page.PageInfo.EndCursor()
			}
			if regionCodes(got) != tt.want {
				t.Errorf("%s, want %s", regionCodes(got), tt.want)
			}
		})
	}
	province := regionsOf(t, s, "1")[0]
	county := indicator.County
	for want, level := range map[string]*indicator.Level{"11 12": nil, "111 112 113 118 119 121 122 123": &county} {
		page, err := s.Children(province, level, PageRequest{First: 100})
		if err != nil || regionCodes(page.Nodes) != want {
			t.Errorf("children %s, %v; want %s", regionCodes(page.Nodes), err, want)
		}
	}
}

func TestIndicators_List(t *testing.T) {
	s := newSession(t)
	tests := []struct {
		name  string
		where *IndicatorWhere
		want  string
	}{
		{"derived", &IndicatorWhere{Derived: new(true)}, "clinics_per_10k grids_per_clinic"},
		{"by dimension", &IndicatorWhere{Dimension: "size"}, "grids"},
		{"by kind", &IndicatorWhere{Kinds: []indicator.Kind{indicator.Growth, indicator.Ratio}, Derived: new(false)}, "rate growth"},
		{"by name", &IndicatorWhere{NameContains: "CLINIC"}, "clinics clinics_per_10k grids_per_clinic"},
	}
	for _, tt := range tests {
		page, err := s.Indicators(tt.where, PageRequest{First: 100})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, ind := range page.Nodes {
			got = append(got, ind.Code)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %s", tt.name, got, tt.want)
		}
	}
	_, err := s.Indicators(&IndicatorWhere{Dimension: "sizes"}, PageRequest{})
	wantPath(t, wantCode(t, err, indicator.UnknownDimension), "where.dimension")
}

func TestChecks(t *testing.T) {
	m := newStore(t, fixtureTables(), nil)
	result := func(check, region, ind string, severity indicator.Severity, status indicator.CheckStatus) indicator.CheckResult {
		return indicator.CheckResult{Check: check, Region: region, Indicator: ind, Severity: severity, Status: status}
	}
	m.contents.Checks = []indicator.CheckResult{
		result("b", "111", "grids", indicator.SeverityNote, indicator.Failed), result("a", "112", "grids", indicator.SeverityNote, indicator.Failed),
		result("a", "test:111", "visits", indicator.SeverityWarning, indicator.Passed), result("c", "", "", indicator.SeverityWarning, indicator.Failed),
	}
	s := NewSession(m, DefaultLimits(), today)
	failed := indicator.Failed
	for want, where := range map[string]*CheckWhere{
		"c a112 b111 atest:111": nil,
		"c a112 b111":           {Status: &failed},
		"b111 atest:111":        {Regions: codes("111")},
		"a112 b111":             {Indicators: []string{"grids"}},
		"c atest:111":           {Severities: []indicator.Severity{indicator.SeverityWarning}},
		"b111":                  {Codes: []string{"b"}},
	} {
		page, err := s.Checks(t.Context(), where, PageRequest{First: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range page.Nodes {
			got = append(got, c.Check+c.Region)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%+v: %q, want %s", where, got, want)
		}
	}
	_, err := s.Checks(t.Context(), &CheckWhere{Indicators: []string{"visit"}}, PageRequest{})
	wantPath(t, wantCode(t, err, indicator.UnknownIndicator), "where.indicators.0")
}

func TestService(t *testing.T) {
	m := newStore(t, fixtureTables(), fixtureFacts())
	service := &Service{Engine: m, Limits: DefaultLimits(), Now: today.Time}
	s, release, err := service.Open(access.With(t.Context(), access.Public()))
	if err != nil {
		t.Fatal(err)
	}
	if m.pinned != 1 || s.today != today {
		t.Errorf("%d snapshots pinned on %s", m.pinned, s.today)
	}
	page, err := service.Snapshots(t.Context(), s, PageRequest{First: 10})
	if err != nil || page.TotalCount != 2 || page.Nodes[0].ID != "s1" || page.Nodes[0].Load.ID != "l1" || page.Nodes[1].Load != nil {
		t.Errorf("snapshots %v, %v", page, err)
	}
	if got := s.Snapshot(); got.ID != "s1" || got.Parent != "s0" {
		t.Errorf("snapshot %+v", got)
	}
	loads, err := s.Loads(PageRequest{First: 10})
	if err != nil || len(loads.Nodes) != 2 || loads.Nodes[0].ID != "l1" { // newest first
		t.Errorf("loads %v, %v", loads, err)
	}
	release()
	if m.pinned != 0 {
		t.Errorf("%d snapshots are still pinned", m.pinned)
	}
}

func TestSearch(t *testing.T) {
	s := newSession(t)
	hits, err := s.Search("birch", 5)
	if err != nil || len(hits) != 1 || hits[0].Region.Code != "112" {
		t.Errorf("%v, %v", hits, err)
	}
	_, err = s.Search(" ", 5)
	wantPath(t, wantCode(t, err, indicator.InvalidInput), "text")
	_, err = s.Search("birch", 101)
	wantPath(t, wantCode(t, err, indicator.TooLarge), "first")
}

// The store's interfaces are what the package is tested against.
var (
	_ store.Engine   = (*memory)(nil)
	_ store.Snapshot = (*memory)(nil)
)

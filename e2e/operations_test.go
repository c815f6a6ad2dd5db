package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/web"
)

// The playground's example operations run on the bundled data without errors.
func TestExamples(t *testing.T) {
	examples := web.Examples()
	names, err := fs.Glob(examples, "*.graphql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			body := post(t, readFile(t, examples, name), readFile(t, examples, strings.TrimSuffix(name, ".graphql")+".json"))
			var answer struct {
				Data   map[string]any
				Errors []any
			}
			if err := json.Unmarshal(body, &answer); err != nil || len(answer.Errors) > 0 || len(answer.Data) == 0 {
				t.Errorf("%v: %s", err, body)
			}
		})
	}
}

// The number of engine queries of an operation does not grow with the number of objects it shows. Not parallel: it counts the
// queries of the whole server.
func TestEngineQueries(t *testing.T) {
	for _, test := range []struct {
		name, document string
		most           int64
	}{
		{"catalogue alone", `{ regions(first: 1000) { nodes { name parent { name } ancestors { name } } } search(text: "区") { matched } }`, 0},
		{"aggregate", `{ aggregate(input: {indicators: ["grids"], groupBy: [{region: COUNTY}]}) { groups { value coverage { used } observations { nodes { printed source { title } region { parent { name } } } } } totals { value } } }`, 1},
		{"aggregate of a quotient", `{ aggregate(input: {indicators: ["households_per_grid", "persons_per_grid"], groupBy: [{region: COUNTY}]}) { groups { value } } }`, 2},
		{"compare", `{ compare(input: {indicators: ["volunteer_teams", "grids", "party_members_deployed"], display: {within: ["CN"]}}) { indicators { entries { rank observation { printed load { id } source { code } } } } } }`, 1},
		{"weighted percentiles", `{ compare(input: {indicators: ["volunteer_teams", "party_members_deployed"], display: {within: ["CN"]}}) { indicators { entries { weightedPercentile(by: "resident_population") } } } }`, 2},
		{"correlate", `{ correlate(input: {x: "volunteer_teams", y: "party_members_deployed"}) { points { xObservation { printed load { id } } yObservation { source { code } } } missing { region { name } } } }`, 2},
		{"distribution", `{ distribution(input: {indicator: "party_members_deployed"}) { histogram { count } quantiles(p: [0.5]) missing { region { name } } } }`, 1},
		{"similar", `{ similar(input: {region: "370105", indicators: ["party_members_deployed", "persons_per_grid"]}) { neighbours { region { name } differences { value } } } }`, 2},
		{"peers", `{ distribution(input: {indicator: "volunteer_teams", regions: {peersOf: {region: "370105", by: NEAREST, indicators: ["party_members_deployed"]}}}) { statistics { n } } }`, 2},
		{"series", `{ series(input: {indicators: ["grids", "volunteer_teams", "gdp_growth"], regions: {within: ["CN"]}, status: [ACTUAL, FORECAST], grain: MONTH}) { series { region { name } points { value yearOnYear observations { printed load { id } source { code } } } } } }`, 1},
		{"series of quotients", `{ series(input: {indicators: ["households_per_grid", "persons_per_grid"], regions: {within: ["CN"]}}) { series { points { value } } } }`, 2},
		{"a page of observations", `{ observations(where: {}, first: 200) { totalCount nodes { region { name } indicator { name } source { title } } } }`, 2},
		{"revisions of a page", `{ observations(where: {}, first: 200) { nodes { firstPublished revisions { value } } } }`, 4},
		{"latest of two regions", `{ a: region(code: "370105") { ...f } b: region(code: "370102") { ...f } } fragment f on Region { grids: latest(indicator: "grids") { value } teams: latest(indicator: "volunteer_teams") { value } }`, 1},
		{"latest of many regions", `{ regions(where: {levels: [COUNTY]}, first: 3000) { nodes { latest(indicator: "grids") { value } } } }`, 4},
		{"figures of many regions", `{ regions(where: {levels: [COUNTY]}, first: 300) { nodes { observations { totalCount } indicators { code } } } }`, 6},
		{"slices of every indicator", `{ indicators(first: 500) { nodes { slices { regions slice { value name } } } } }`, 4},
		{"availability of every indicator", `{ indicators(first: 500) { nodes { availability { observations } } } }`, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := testServer.queries.Load()
			ask[map[string]any](t, test.document)
			if took := testServer.queries.Load() - before; took > test.most {
				t.Errorf("%d engine queries, at most %d wanted", took, test.most)
			}
		})
	}
}

// Observations page through everything exactly once, in every order.
func TestObservations_PagesAreTheWhole(t *testing.T) {
	type page struct {
		Observations struct {
			TotalCount int
			Nodes      []struct{ ID string }
			PageInfo   struct {
				HasNextPage bool
				EndCursor   string
			}
		}
	}
	for _, order := range []string{"INDICATOR", "REGION", "PERIOD", "VALUE", "PUBLISHED"} {
		for _, direction := range []string{"ASC", "DESC"} {
			t.Run(order+" "+direction, func(t *testing.T) {
				document := `{ observations(where: {}, orderBy: {by: %s, direction: %s}, first: %d, after: "%s") { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`
				whole := ask[page](t, fmt.Sprintf(document, order, direction, 1000, ""))
				var paged []struct{ ID string }
				for after, more := "", true; more; {
					p := ask[page](t, fmt.Sprintf(document, order, direction, 37, after))
					paged = append(paged, p.Observations.Nodes...)
					after, more = p.Observations.PageInfo.EndCursor, p.Observations.PageInfo.HasNextPage
				}
				if len(paged) != whole.Observations.TotalCount || fmt.Sprint(paged) != fmt.Sprint(whole.Observations.Nodes) {
					t.Errorf("%d figures in pages, %d at once, or another order", len(paged), whole.Observations.TotalCount)
				}
			})
		}
	}
}

// Every kind of node is found again by its identifier.
func TestNode_RoundTrip(t *testing.T) {
	type node struct{ ID string }
	found := ask[struct {
		Region, Indicator, Source node
		Observations              struct{ Nodes []node }
	}](t, `{ region(code: "370105") { id } indicator(code: "grids") { id } source(code: "jinan_daily_2020_03_30") { id }
		observations(where: {indicators: ["grids"]}) { nodes { id } } }`)
	nodes := slices.Concat(found.Observations.Nodes, []node{found.Region, found.Indicator, found.Source})
	for _, n := range nodes {
		again := ask[struct{ Node *node }](t, fmt.Sprintf(`{ node(id: %q) { id } }`, n.ID))
		if again.Node == nil || again.Node.ID != n.ID {
			t.Errorf("node(id: %q) is %v", n.ID, again.Node)
		}
	}
	if gone := ask[struct{ Node *node }](t, `{ node(id: "UmVnaW9uH3g6eQ") { id } }`); gone.Node != nil {
		t.Errorf("an identifier of nothing finds %v", gone.Node)
	}
}

func TestHTTP(t *testing.T) {
	for _, test := range []struct {
		method, path, contentType, body string
		status                          int
		contains                        string
	}{
		{http.MethodGet, "/healthz", "", "", http.StatusOK, "ok"},
		{http.MethodGet, "/readyz", "", "", http.StatusOK, "ready"},
		{http.MethodGet, "/schema.graphql", "", "", http.StatusOK, "type AggregateGroup"},
		{http.MethodGet, "/", "", "", http.StatusOK, "make build"}, // this server has no pages
		{http.MethodPost, "/", "", "", http.StatusMethodNotAllowed, "GET"},
		{http.MethodGet, "/nothing", "", "", http.StatusNotFound, "not found"},
		{http.MethodGet, "/graphql?query=%7Bsnapshot%7Bobservations%7D%7D", "", "", http.StatusOK, "observations"},
	} {
		t.Run(test.method+" "+test.path+" "+test.contains, func(t *testing.T) {
			request, err := http.NewRequest(test.method, serverURL(t)+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", test.contentType)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != test.status || !strings.Contains(string(body), test.contains) {
				t.Errorf("%d %s", response.StatusCode, body)
			}
			if response.Header.Get("Content-Security-Policy") == "" || response.Header.Get("X-Request-Id") == "" {
				t.Errorf("headers %v", response.Header)
			}
		})
	}
}

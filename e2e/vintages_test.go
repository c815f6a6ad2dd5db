package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/countyql/countyql/indicator"
)

const vintages = "testdata/packages/vintages/"

// Nothing of the bundled data is published in the future: what had been published by today is what is current, in every query.
func TestAsOfToday(t *testing.T) {
	t.Parallel()
	today := indicator.DayAt(time.Now()).String()
	paths, err := filepath.Glob("testdata/*/*/query.graphql")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, path := range paths {
		dir := filepath.Dir(path)
		document, err := parser.ParseQuery(&ast.Source{Input: string(readFile(t, os.DirFS(dir), "query.graphql"))})
		if err != nil {
			continue // a case of a malformed document
		}
		n := 0
		for _, operation := range document.Operations {
			n += askAsOf(operation.SelectionSet, today)
		}
		if n == 0 {
			continue
		}
		asked += n
		t.Run(strings.TrimPrefix(filepath.ToSlash(dir), "testdata/"), func(t *testing.T) {
			var b strings.Builder
			formatter.NewFormatter(&b).FormatQueryDocument(document)
			got := post(t, []byte(b.String()), readFile(t, os.DirFS(dir), "variables.json"))
			if diff := diffJSON(t, readFile(t, os.DirFS(dir), "want.json"), got); diff != "" && !strings.Contains(string(got), `"locations"`) {
				t.Errorf("as of %s -want +got:\n%s", today, diff)
			}
		})
	}
	if asked < 20 {
		t.Errorf("%d fields asked as of today, too few to tell", asked)
	}
}

// askAsOf adds the day to every field that takes one and does not have it, and counts them.
func askAsOf(selections ast.SelectionSet, day string) int {
	value := &ast.Value{Raw: day, Kind: ast.StringValue}
	n := 0
	for _, selection := range selections {
		field, ok := selection.(*ast.Field)
		if !ok {
			continue
		}
		n += askAsOf(field.SelectionSet, day)
		input := field.Arguments.ForName("input")
		switch {
		case input != nil && input.Value.Kind == ast.ObjectValue:
			if input.Value.Children.ForName("asOf") == nil && input.Value.Children.ForName("asOfFrom") == nil {
				input.Value.Children = append(input.Value.Children, &ast.ChildValue{Name: "asOf", Value: value})
				n++
			}
		case field.Name == "latest" || field.Name == "observations" && field.Arguments.ForName("where") != nil && field.Arguments.ForName("asOf") == nil:
			field.Arguments = append(field.Arguments, &ast.Argument{Name: "asOf", Value: value})
			n++
		}
	}
	return n
}

// A snapshot that is not kept, or not an ancestor, is refused with those that will do.
func TestChanges_Since(t *testing.T) {
	t.Parallel()
	url, snapshots := serve(t, vintages+"first", vintages+"second")
	var answer struct {
		Data   struct{ Changes struct{ TotalCount int } }
		Errors []struct {
			Extensions struct {
				Code                  string
				Argument, Suggestions []string
			}
		}
	}
	changes := func(since string) {
		t.Helper()
		answer.Errors = nil
		body := postTo(t, url, []byte(`query($since: ID!) { changes(since: $since) { totalCount } }`), []byte(`{"since": "`+since+`"}`))
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
	}
	changes("yesterday")
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "INVALID_INPUT" || answer.Errors[0].Extensions.Argument[0] != "since" ||
		!slices.Equal(answer.Errors[0].Extensions.Suggestions, []string{snapshots[1], snapshots[0]}) {
		t.Errorf("errors %+v, want the suggestions %v", answer.Errors, snapshots)
	}
	if changes(snapshots[1]); len(answer.Errors) > 0 || answer.Data.Changes.TotalCount != 0 {
		t.Errorf("since itself: %+v", answer)
	}
}

// A few engine queries answer, however many rows there are. Not parallel: it counts the queries of the whole server.
func TestEngineQueries_OfVintages(t *testing.T) {
	snapshot := ask[struct{ Snapshot struct{ ID string } }](t, `{ snapshot { id } }`).Snapshot.ID
	for _, test := range []struct {
		name, document string
		most           int64
	}{
		{"movers", `{ movers(input: {indicator: "grids", asOfFrom: "2020-04-01"}) { entries { change observations { printed } } } }`, 2},
		{"movers of a quotient", `{ movers(input: {indicator: "households_per_grid", asOfFrom: "2020-04-01"}) { entries { change } decomposition { shiftPart } } }`, 4},
		{"forecasts", `{ forecasts(input: {indicators: ["gdp_growth", "retail_sales_growth", "grids"]}) { indicators { pending { forecastObservation { printed } } } } }`, 1},
		{"changes", `{ changes(since: "` + snapshot + `") { totalCount nodes { kind previous { value } } } }`, 2},
		{"latest of a quotient in many regions", `{ regions(where: {levels: [COUNTY]}, first: 3000) { nodes { latest(indicator: "households_per_grid") { value } } } }`, 8},
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

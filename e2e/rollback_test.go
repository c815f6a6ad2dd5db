package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// teamsDocument asks for the figure of withTeams, now and as of the days around its withdrawal.
const teamsDocument = `{
	snapshot { id }
	snapshots { totalCount nodes { id } }
	region(code: "140403") {
		now: latest(indicator: "volunteer_teams") { value revisions { value missing publishedOn } }
		before: latest(indicator: "volunteer_teams", asOf: "2021-03-31") { value }
		after: latest(indicator: "volunteer_teams", asOf: "2021-04-01") { value }
	}
}`

// changesDocument asks for what came after a snapshot.
const changesDocument = `{ changes(since: %q) { totalCount nodes {
	kind observation { region { code } value missing publishedOn load { withdrawn revised } revisions { value missing publishedOn } } previous { value }
} } }`

// lastPublished is the newest report of every package: what a package lacks is withdrawn from its day.
const lastPublished = "370105,volunteer_teams,,2021-03-31,ACTUAL,7,,EXACT,,,,,,sichuan_daily_2020_03_11,2021-04-01,false,,\n"

// askAt posts a document and returns what is under data.
func askAt(t *testing.T, url, document string) any {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Data, Errors any }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Errors != nil {
		t.Fatalf("%s: %v", document, answer.Errors)
	}
	return answer.Data
}

func wantJSON(t *testing.T, what, want string, got any) {
	t.Helper()
	var expected any
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// A load replaces an indicator and lacks one figure, which is withdrawn and stays in history; then somebody goes back to the
// snapshot before, and another load starts from that.
func TestWithdrawnAndBack(t *testing.T) {
	t.Parallel()
	engine, err := duckdb.Open(t.TempDir(), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	load := func(teams int, replace ...loader.Replace) string {
		t.Helper()
		l := loader.Loader{
			Engine: engine, Logger: slog.New(slog.DiscardHandler),
			Options: loader.Options{Replace: replace, AllowShrink: true},
		}
		files := withTeams(t, teams)
		files["observations.csv"].Data = append(files["observations.csv"].Data, lastPublished...)
		result, err := l.Load(t.Context(), loader.Input{Name: "package", FS: files})
		if err != nil {
			t.Fatal(err)
		}
		return result.Manifest.ID
	}
	first := load(2)
	second := load(0, loader.Replace{Indicators: []string{"volunteer_teams"}, Regions: []string{"140403"}})
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	listening := httptest.NewServer(server.New(service, server.Options{Logger: slog.New(slog.DiscardHandler)}))
	t.Cleanup(func() {
		listening.Close()
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})

	history := `[{"value": 2, "missing": null, "publishedOn": "2021-01-02"}, {"value": 1, "missing": null, "publishedOn": "2021-01-01"}]`
	known := `{"value": 2, "revisions": ` + history + `}`
	state := func(current, now, after string, kept ...string) string {
		var nodes []string
		for _, id := range kept {
			nodes = append(nodes, fmt.Sprintf(`{"id": %q}`, id))
		}
		return fmt.Sprintf(`{"snapshot": {"id": %q}, "snapshots": {"totalCount": %d, "nodes": [%s]}, "region": {"now": %s, "before": {"value": 2}, "after": %s}}`,
			current, len(kept), strings.Join(nodes, ", "), now, after)
	}
	wantJSON(t, "withdrawn", state(second, "null", "null", second, first), askAt(t, listening.URL, teamsDocument))
	wantJSON(t, "changes", `{"changes": {"totalCount": 1, "nodes": [{
		"kind": "WITHDRAWN", "previous": {"value": 2}, "observation": {
			"region": {"code": "140403"}, "value": null, "missing": "WITHDRAWN", "publishedOn": "2021-04-01", "load": {"withdrawn": 1, "revised": 1},
			"revisions": [{"value": null, "missing": "WITHDRAWN", "publishedOn": "2021-04-01"}, `+history[1:]+`
	}}]}}`, askAt(t, listening.URL, fmt.Sprintf(changesDocument, first)))

	if err := engine.Publish(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	wantJSON(t, "gone back", state(first, known, `{"value": 2}`, second, first), askAt(t, listening.URL, teamsDocument))
	third := load(3)
	if err := engine.Publish(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	wantJSON(t, "on the other line", state(second, "null", "null", third, second, first), askAt(t, listening.URL, teamsDocument))
}

package clickhouse

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	service "github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store"
)

// loadBundled loads the bundled data.
func loadBundled(t *testing.T, e store.Engine) {
	t.Helper()
	bundled := loader.Loader{Engine: e, Logger: slog.New(slog.DiscardHandler)}
	if _, err := bundled.Load(t.Context(), loader.Input{Name: "bundled", FS: data.FS}); err != nil {
		t.Fatal(err)
	}
}

// serveGraphQL answers from an engine over HTTP.
func serveGraphQL(t *testing.T, e store.Engine) string {
	t.Helper()
	asked := &query.Service{Engine: e, Limits: query.DefaultLimits(), Gate: query.NewGate(16, 256), Now: time.Now}
	listening := httptest.NewServer(service.New(asked, service.Options{Logger: slog.New(slog.DiscardHandler)}))
	t.Cleanup(listening.Close)
	return listening.URL
}

func post(t *testing.T, url string, document, variables []byte) []byte {
	t.Helper()
	request := map[string]any{"query": string(document)}
	if variables != nil {
		request["variables"] = json.RawMessage(variables)
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestGolden asks every question of the end-to-end tests through the real server, which reads by the account that may only read, and
// wants the answers that DuckDB gives.
func TestGolden(t *testing.T) {
	queries, err := filepath.Glob("../../e2e/testdata/*/*/query.graphql")
	if err != nil || len(queries) < 50 {
		t.Fatalf("%d cases: %v", len(queries), err)
	}
	for name, c := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.start(t)
			e := c.openLoader(t, "", Options{})
			loadBundled(t, e)
			url := serveGraphQL(t, open(t, c.url("reader", e.config.Database), Options{}))
			for _, path := range queries {
				dir := filepath.Dir(path)
				t.Run(filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir), func(t *testing.T) {
					document, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					variables, err := os.ReadFile(filepath.Join(dir, "variables.json"))
					if err != nil && !os.IsNotExist(err) {
						t.Fatal(err)
					}
					var want, got any
					text, err := os.ReadFile(filepath.Join(dir, "want.json"))
					if err == nil {
						err = json.Unmarshal(text, &want)
					}
					if err == nil {
						err = json.Unmarshal(post(t, url, document, variables), &got)
					}
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
				})
			}
		})
	}
}

// TestUnavailable tells a client of a dead shard by a typed error, with nothing in its place.
func TestUnavailable(t *testing.T) {
	c := twoByOne
	c.start(t)
	e := c.openLoader(t, "", Options{})
	loadBundled(t, e)
	url := serveGraphQL(t, e)
	document := []byte(`{ observations(where: {indicators: ["gdp_growth"]}) { nodes { value } } }`)
	if _, err := c.control("kill 2"); err != nil {
		t.Fatal(err)
	}
	defer c.control("start 2")
	var answer struct {
		Data   map[string]any
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	body := post(t, url, document, nil)
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "UNAVAILABLE" || answer.Data["observations"] != nil {
		t.Errorf("answer %s", body)
	}
}

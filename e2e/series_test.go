package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// seriesFigures are months of a flow with a gap, its days around two Spring Festivals, the ends of months of a stock, and a
// revision. The bundled figures are about one period each.
var seriesFigures = []string{
	"2019-01,direct_bus_trips,40,2020-05-01", "2019-02,direct_bus_trips,50,2020-05-01",
	"2020-01,direct_bus_trips,10,2020-05-01", "2020-02,direct_bus_trips,30,2020-05-01", "2020-04,direct_bus_trips,60,2020-05-01",
	"2020-02,direct_bus_trips,25,2020-06-01",
	"2019-02-05,workers_transported,100,2020-05-01", "2019-02-06,workers_transported,200,2020-05-01",
	"2020-01-25,workers_transported,20,2020-05-01", "2020-01-26,workers_transported,30,2020-05-01",
	"2020-01-31,grids,4,2020-05-01", "2020-02-29,grids,5,2020-05-01", "2020-03-31,grids,6,2020-05-01",
}

// TestSeries runs testdata/packages/series/<case> over figures of several periods. Run with -update to rewrite want.json.
func TestSeries(t *testing.T) {
	t.Parallel()
	url := serveSeries(t)
	cases, err := filepath.Glob("testdata/packages/series/*/query.graphql")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"query": string(readFile(t, os.DirFS(dir), "query.graphql"))})
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.Post(url+"/graphql", "application/json", bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			got, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(filepath.Join(dir, "want.json"), indent(t, got), 0o644); err != nil { //nolint:gosec // a fixture
					t.Fatal(err)
				}
			}
			if diff := diffJSON(t, readFile(t, os.DirFS(dir), "want.json"), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// serveSeries serves the bundled package with seriesFigures of Luzhou in the place of its figures.
func serveSeries(t *testing.T) (url string) {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(data.FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		files[name] = &fstest.MapFile{Data: readFile(t, data.FS, name)}
	}
	header, _, _ := bytes.Cut(files["observations.csv"].Data, []byte("\n"))
	rows := append(bytes.Clone(header), '\n')
	for _, figure := range seriesFigures {
		words := bytes.Split([]byte(figure), []byte(","))
		rows = fmt.Appendf(rows, "140403,%s,,%s,ACTUAL,%s,,EXACT,,,,,,luzhou_2020_02_18,%s,false,,\n", words[1], words[0], words[2], words[3])
	}
	files["observations.csv"] = &fstest.MapFile{Data: rows}
	engine, err := duckdb.Open(t.TempDir(), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() }) // the directory goes with it
	l := loader.Loader{Engine: engine, Logger: slog.New(slog.DiscardHandler)}
	if _, err := l.Load(t.Context(), loader.Input{Name: "series", FS: files}); err != nil {
		t.Fatal(err)
	}
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	listening := httptest.NewServer(server.New(service, server.Options{Logger: slog.New(slog.DiscardHandler)}))
	t.Cleanup(listening.Close)
	return listening.URL
}

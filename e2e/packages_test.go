package e2e

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// serve loads packages one after the other into a store of its own and serves them. It returns the server's address and the
// snapshot that each load published.
func serve(t *testing.T, packages ...string) (url string, snapshots []string) {
	t.Helper()
	engine, err := duckdb.Open(t.TempDir(), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	logger := slog.New(slog.DiscardHandler)
	l := loader.Loader{Engine: engine, Logger: logger}
	for _, dir := range packages {
		result, err := l.Load(t.Context(), loader.Input{Name: dir, FS: os.DirFS(dir)})
		if err != nil {
			t.Fatal(err)
		}
		snapshots = append(snapshots, result.Manifest.ID)
	}
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	listening := httptest.NewServer(server.New(service, server.Options{Logger: logger}))
	t.Cleanup(listening.Close)
	return listening.URL, snapshots
}

// TestPackages asks the cases of each folder of testdata/packages of a store that holds the folder's data packages, loaded in
// the order of their names. Cases that take a snapshot get the one of the first load as $since.
//
//   - vintages: two loads report the same figures on different days, and every query answers with what was known.
//   - series: months of a flow with a gap and a revision, days around two Spring Festivals, ends of months of a stock.
//   - hand: six counties with figures that can be checked in the head. Its queries say how.
func TestPackages(t *testing.T) {
	t.Parallel()
	for _, folder := range glob(t, "testdata/packages/*") {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			var packages []string
			for _, path := range glob(t, folder+"/*/datapackage.json") {
				packages = append(packages, filepath.Dir(path))
			}
			url, snapshots := serve(t, packages...)
			variables, err := json.Marshal(map[string]string{"since": snapshots[0]})
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range glob(t, folder+"/*/query.graphql") {
				dir := filepath.Dir(path)
				t.Run(filepath.Base(dir), func(t *testing.T) {
					document := readFile(t, os.DirFS(dir), "query.graphql")
					if strings.Contains(string(document), "$since") {
						checkGolden(t, dir, postTo(t, url, document, variables))
					} else {
						checkGolden(t, dir, postTo(t, url, document, nil))
					}
				})
			}
		})
	}
}

// glob returns the paths that match, sorted; none fails the test.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no files: %v", pattern, err)
	}
	return paths
}

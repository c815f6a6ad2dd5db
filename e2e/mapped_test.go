package e2e

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// TestMappedExamples loads the examples of docs/loading.md one after the other behind the bundled data, and asks the cases of
// testdata/mapped/examples: each table's figures are found in its own scheme and hierarchy, and no other register disturbs them.
func TestMappedExamples(t *testing.T) {
	t.Parallel()
	engine, err := duckdb.Open(t.TempDir(), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	logger := slog.New(slog.DiscardHandler)
	l := loader.Loader{Engine: engine, Logger: logger}
	inputs := []loader.Input{{Name: "bundled", FS: data.FS}}
	for _, path := range glob(t, "../docs/examples/*/mapping.yaml") {
		inputs = append(inputs, mappedInput(t, path))
	}
	for _, input := range inputs {
		if _, err := l.Load(t.Context(), input); err != nil {
			t.Fatalf("%s: %v", input.Name, err)
		}
	}
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	listening := httptest.NewServer(server.New(service, server.Options{Logger: logger}))
	t.Cleanup(listening.Close)
	for _, path := range glob(t, "testdata/mapped/examples/*/query.graphql") {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			checkGolden(t, dir, postTo(t, listening.URL, readFile(t, os.DirFS(dir), "query.graphql"), nil))
		})
	}
}

// mappedInput is the table beside a mapping file.
func mappedInput(t *testing.T, path string) loader.Input {
	t.Helper()
	input := loader.Input{Name: path}
	for _, table := range glob(t, filepath.Join(filepath.Dir(path), "*")) {
		if table == path {
			continue
		}
		info, err := os.Stat(table)
		if err != nil {
			t.Fatal(err)
		}
		input.Files = append(input.Files, loader.InputFile{Name: table, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(table) }})
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if input.Mapping, err = loader.ParseMapping(path, text); err != nil {
		t.Fatal(err)
	}
	return input
}

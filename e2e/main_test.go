// Package e2e tests the service as its users meet it: the bundled data loaded into DuckDB and asked over HTTP.
package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// testServer is the server under test; all tests of the package share it, since opening DuckDB and loading take most of
// the time.
var testServer struct {
	url     string
	queries atomic.Int64 // engine queries so far
	service *query.Service
}

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "countyql-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	engine, err := duckdb.Open(dir, duckdb.Options{
		OnQuery: func(context.Context, string, time.Duration) { testServer.queries.Add(1) },
	})
	if err != nil {
		return 0, err
	}
	defer func() { _ = engine.Close() }() // the directory goes with it
	logger := slog.New(slog.DiscardHandler)
	bundled := loader.Loader{Engine: engine, Logger: logger}
	if _, err := bundled.Load(context.Background(), loader.Input{Name: "bundled", FS: data.FS}); err != nil {
		return 0, err
	}
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Gate: query.NewGate(16, 256), Now: time.Now}
	testServer.service = service
	listening := httptest.NewServer(server.New(service, server.Options{Logger: logger}))
	defer listening.Close()
	testServer.url = listening.URL
	return m.Run(), nil
}

func serverURL(t *testing.T) string {
	t.Helper()
	return testServer.url
}

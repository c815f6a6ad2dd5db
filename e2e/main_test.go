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

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
	"github.com/countyql/countyql/store/resident"
	"github.com/countyql/countyql/telemetry"
)

// testServer is the server under test; all tests of the package share it, since opening DuckDB and loading take most of
// the time.
var testServer struct {
	url     string
	memory  string       // the URL of a server that answers from memory what it can, over the same engine
	queries atomic.Int64 // engine queries so far
	service *query.Service
	spans   *tracetest.InMemoryExporter
}

func TestMain(m *testing.M) {
	scratch.Poison() // whoever reads what is given back fails a test
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
	testServer.spans = tracetest.NewInMemoryExporter()
	measured := telemetry.New(telemetry.Options{Traces: sdktrace.NewTracerProvider(
		sdktrace.WithSyncer(testServer.spans), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample())))})
	engine, err := duckdb.Open(dir, duckdb.Options{
		OnQuery: func(ctx context.Context, query store.Executed) {
			testServer.queries.Add(1)
			measured.Query(ctx, query)
		},
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
	listening := httptest.NewServer(server.New(service, server.Options{Logger: logger, Telemetry: measured}))
	defer listening.Close()
	testServer.url = listening.URL
	columns := resident.New(engine, resident.Options{Bytes: 1 << 30})
	if err := columns.Warm(context.Background()); err != nil {
		return 0, err
	}
	fromMemory := &query.Service{Engine: columns, Limits: query.DefaultLimits(), Gate: query.NewGate(16, 256), Now: time.Now}
	second := httptest.NewServer(server.New(fromMemory, server.Options{Logger: logger}))
	defer second.Close()
	testServer.memory = second.URL
	return m.Run(), nil
}

func serverURL(t *testing.T) string {
	t.Helper()
	return testServer.url
}

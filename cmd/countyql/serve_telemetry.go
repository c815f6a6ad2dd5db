package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/telemetry"
)

// telemetryFlags say how a server tells how it is doing.
type telemetryFlags struct {
	LogFormat     string        `default:"text" enum:"text,json" env:"COUNTYQL_LOG_FORMAT" placeholder:"text|json" help:"What the log looks like (default ${default})."`
	LogLevel      logLevel      `default:"INFO" env:"COUNTYQL_LOG_LEVEL" placeholder:"LEVEL" help:"The least that is logged: DEBUG, INFO, WARN or ERROR (default ${default})."`
	Slow          time.Duration `default:"1s" env:"COUNTYQL_SLOW" help:"Log engine queries that take so long, with their plan; 0 logs none (default ${default})."`
	SlowPerMinute int           `default:"10" env:"COUNTYQL_SLOW_PER_MINUTE" placeholder:"N" help:"Most slow queries logged in a minute (default ${default})."`
	OTLP          string        `name:"otlp" env:"COUNTYQL_OTLP" placeholder:"URL" help:"Send traces to this receiver of OTLP over HTTP, such as http://localhost:4318. Default: OTEL_EXPORTER_OTLP_ENDPOINT, else none."`
	MetricsListen string        `env:"COUNTYQL_METRICS_LISTEN" placeholder:"HOST:PORT" help:"Also serve /metrics, /healthz and /readyz here, without a token."`
	MetricsName   []string      `env:"COUNTYQL_METRICS_NAME" placeholder:"NAME,…" help:"Operations that metrics tell apart by name. Default: those of --documents, else the first 100 that succeed."`
	Pprof         bool          `env:"COUNTYQL_PPROF" help:"Serve profiles at /debug/pprof/ to administrators and this machine."`
}

// logLevel is the flag --log-level.
type logLevel struct{ slog.Level }

// UnmarshalText reads a level by its name, in letters of either case.
func (l *logLevel) UnmarshalText(text []byte) error {
	if err := l.Level.UnmarshalText(text); err != nil {
		return fmt.Errorf("%q is no level: write DEBUG, INFO, WARN or ERROR", text)
	}
	return nil
}

// check refuses values that make no sense.
func (f *telemetryFlags) check() error {
	switch {
	case f.Slow < 0:
		return &usageError{"--slow is " + f.Slow.String(), "give a length of time, or 0 to log no query"}
	case f.SlowPerMinute < 1:
		return &usageError{"--slow-per-minute is less than 1", "--slow 0 logs no query"}
	}
	return nil
}

// logger writes the log.
func (f *telemetryFlags) logger(w io.Writer) (*slog.Logger, error) {
	return telemetry.NewLogger(w, telemetry.LogOptions{Format: f.LogFormat, Level: f.LogLevel.Level})
}

// open prepares to measure, with the names of operations that are known beforehand, and to trace. The function delivers what has not
// been delivered when the server has ended.
func (f *telemetryFlags) open(ctx context.Context, known []string, logger *slog.Logger) (*telemetry.Telemetry, func() error, error) {
	this := currentBuild()
	traces, flush, err := telemetry.OpenTraces(ctx, telemetry.TraceOptions{Endpoint: f.OTLP, Version: this.Version, Logger: logger})
	if err != nil {
		return nil, nil, err
	}
	if len(f.MetricsName) > 0 {
		known = f.MetricsName
	}
	metrics := telemetry.NewMetrics(telemetry.MetricsOptions{Operations: known, Build: map[string]string{
		"version": this.Version, "revision": this.Revision, "go": this.Go, "duckdb_driver": this.DuckDB,
	}})
	t := telemetry.New(telemetry.Options{
		Metrics: metrics, Traces: traces, Logger: logger, Slow: telemetry.SlowOptions{After: f.Slow, PerMinute: f.SlowPerMinute},
	})
	const patience = 5 * time.Second
	return t, func() error {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		return flush(ending)
	}, nil
}

// watch reports how busy the engine is, and what is kept of scopes.
func watch(metrics *telemetry.Metrics, service *query.Service) {
	gate := service.Gate
	metrics.Gauge("scope_views", "Scopes of which it is kept what they show.", func() float64 { scopes, _, _ := service.ScopeViews(); return float64(scopes) })
	metrics.Counter("scope_views_kept_total", "Sessions of a scope that found its view kept.", func() float64 { _, kept, _ := service.ScopeViews(); return float64(kept) })
	metrics.Counter("scope_views_made_total", "Views of scopes that had to be made.", func() float64 { _, _, made := service.ScopeViews(); return float64(made) })
	metrics.Gauge("engine_queries_running", "Engine queries that run.", func() float64 { return float64(gate.Running()) })
	metrics.Gauge("engine_queries_waiting", "Engine queries that wait for their turn.", func() float64 { return float64(gate.Waiting()) })
}

// serveOperations serves metrics on an address of their own, if there is one, until the returned function is called.
func (f *telemetryFlags) serveOperations(ctx context.Context, handler *server.Handler, logger *slog.Logger) (stop func() error, err error) {
	if f.MetricsListen == "" {
		return func() error { return nil }, nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", f.MetricsListen)
	if err != nil {
		return nil, err
	}
	logger.InfoContext(ctx, "serving metrics", "address", listener.Addr().String())
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(serving, listener, handler, server.Times{Grace: time.Second}) }()
	return func() error {
		cancel()
		if err := <-ended; !errors.Is(err, context.DeadlineExceeded) { // somebody was still reading metrics
			return err
		}
		return nil
	}, nil
}

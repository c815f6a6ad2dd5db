package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TraceOptions say where traces go.
type TraceOptions struct {
	// Endpoint is the base URL of a receiver of OTLP over HTTP, such as http://localhost:4318. Default: what the environment says in
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT; without either nothing is traced.
	Endpoint string
	// Version is that of this build.
	Version string
	// Logger is told of traces that cannot be delivered. Default: slog.Default().
	Logger *slog.Logger
}

// OpenTraces returns a provider of tracers that delivers traces in the background, and the function that delivers the rest at the
// end. Sampling, headers and the service's name follow the OTEL_* variables of the environment.
func OpenTraces(ctx context.Context, options TraceOptions) (trace.TracerProvider, func(context.Context) error, error) {
	var to []otlptracehttp.Option
	switch {
	case options.Endpoint != "":
		address, err := url.Parse(options.Endpoint)
		if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
			return nil, nil, fmt.Errorf("%q is no address of an OTLP receiver: write http://HOST:4318", options.Endpoint)
		}
		to = append(to, otlptracehttp.WithEndpointURL(address.JoinPath("v1", "traces").String()))
	case os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "":
		return noop.NewTracerProvider(), func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx, to...)
	if err != nil {
		return nil, nil, fmt.Errorf("traces: %w", err)
	}
	described, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName("countyql"), semconv.ServiceVersion(options.Version)),
		resource.WithHost(), resource.WithProcessPID(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, nil, fmt.Errorf("traces: %w", err)
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(&logging{SpanExporter: exporter, logger: options.Logger}), sdktrace.WithResource(described))
	return provider, provider.Shutdown, nil
}

// logging logs that spans cannot be delivered, and that they can again.
type logging struct {
	sdktrace.SpanExporter
	logger  *slog.Logger
	failing atomic.Bool
}

// ExportSpans delivers spans. That it could not is said here and nowhere else.
func (l *logging) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := l.SpanExporter.ExportSpans(ctx, spans)
	switch before := l.failing.Swap(err != nil); {
	case err != nil && !before:
		l.logger.WarnContext(ctx, "traces cannot be delivered", "error", err)
	case err == nil && before:
		l.logger.InfoContext(ctx, "traces are delivered again")
	}
	return nil
}

// engineSpan adds the span of an engine query that has ended.
func engineSpan(ctx context.Context, tracer trace.Tracer, sql string, rows int, took time.Duration, err error) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return // of a request that is not sampled, or of none
	}
	end := time.Now()
	_, span := tracer.Start(ctx, "engine query", trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(end.Add(-took)),
		trace.WithAttributes(semconv.DBSystemNameKey.String("duckdb"), semconv.DBQueryText(sql), attribute.Int("db.response.returned_rows", rows)))
	failed(span, err)
	span.End(trace.WithTimestamp(end))
}

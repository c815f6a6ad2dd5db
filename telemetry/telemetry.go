package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/countyql/countyql/store"
)

// Telemetry measures, traces and logs requests from HTTP to the engine. It is safe for concurrent use.
type Telemetry struct {
	*Metrics

	tracer trace.Tracer
	traced bool // spans go somewhere
	slow   *slowLog
}

// Options configure telemetry.
type Options struct {
	// Metrics counts. Default: new ones.
	Metrics *Metrics
	// Traces are where spans go. Default: nowhere.
	Traces trace.TracerProvider
	// Slow says which engine queries are logged with their plan. Default: none.
	Slow SlowOptions
	// Logger gets slow queries. Default: slog.Default().
	Logger *slog.Logger
}

// New returns telemetry.
func New(options Options) *Telemetry {
	if options.Metrics == nil {
		options.Metrics = NewMetrics(MetricsOptions{})
	}
	if options.Traces == nil {
		options.Traces = noop.NewTracerProvider()
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	_, nowhere := options.Traces.(noop.TracerProvider)
	return &Telemetry{
		Metrics: options.Metrics, tracer: options.Traces.Tracer("github.com/countyql/countyql"), traced: !nowhere,
		slow: newSlowLog(options.Slow, options.Logger),
	}
}

// Response is how a request over HTTP was answered.
type Response struct {
	Route  string // the pattern it matched, never its path
	Status int
	Took   time.Duration
	Open   bool // the connection stayed open for long by itself
}

// Request begins the span of a request over HTTP, as part of the trace that its traceparent header names, and counts it at its end.
func (t *Telemetry) Request(r *http.Request) (context.Context, func(Response)) {
	t.inFlight.Inc()
	ctx, method := r.Context(), methodLabel(r.Method)
	counted := func(a Response) {
		t.inFlight.Dec()
		series := t.requests.of(requestLabels{a.Route, method, a.Status})
		series.total.Inc()
		if !a.Open {
			series.took.Observe(a.Took.Seconds())
		}
	}
	if t.traced || r.Header.Get("Traceparent") != "" { // which the log names also where nothing is traced
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	}
	if !t.traced {
		return ctx, counted
	}
	ctx, span := t.tracer.Start(ctx, method, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		semconv.HTTPRequestMethodKey.String(method), semconv.URLPath(r.URL.Path), attribute.String("countyql.request", RequestID(ctx)),
	))
	return ctx, func(a Response) {
		counted(a)
		span.SetName(method + " " + a.Route)
		span.SetAttributes(semconv.HTTPRoute(a.Route), semconv.HTTPResponseStatusCode(a.Status))
		if a.Status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Finished is how an operation went.
type Finished struct {
	Errors        int
	Cells         int64
	Rows          int64
	EngineQueries int64
}

// export is the kind of operation whose answer is a file.
const export = "export"

// Operation begins the span of a GraphQL operation or an export and counts it at its end. Kind is query, mutation, subscription or
// export; name is the client's and may be empty.
func (t *Telemetry) Operation(ctx context.Context, kind, name string) (context.Context, func(Finished)) {
	start := time.Now()
	counted := func(f Finished) {
		labels := operationLabels{name, "ok"}
		if f.Errors > 0 {
			labels.outcome = "error"
		}
		if kind != export { // whose names are the server's own
			labels.operation = t.names.label(name, f.Errors == 0)
		}
		series := t.operations.of(labels)
		series.total.Inc()
		series.took.Observe(time.Since(start).Seconds())
	}
	if !t.traced {
		return ctx, counted
	}
	shown := kind
	if name != "" && len(name) <= longestOwn {
		shown += " " + name
	}
	ctx, span := t.tracer.Start(ctx, shown, trace.WithAttributes(
		semconv.GraphQLOperationTypeKey.String(kind), semconv.GraphQLOperationName(name)))
	return ctx, func(f Finished) {
		counted(f)
		if f.Errors > 0 {
			span.SetStatus(codes.Error, "")
		}
		span.SetAttributes(attribute.Int64("countyql.cells", f.Cells), attribute.Int64("countyql.rows", f.Rows),
			attribute.Int64("countyql.engine_queries", f.EngineQueries), attribute.Int("countyql.errors", f.Errors))
		span.End()
	}
}

// Field begins the span of a root field, within which it is planned and answered.
func (t *Telemetry) Field(ctx context.Context, name string) (context.Context, func(error)) {
	if !t.traced {
		return ctx, func(error) {}
	}
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, func(err error) {
		failed(span, err)
		span.End()
	}
}

// Query is told of every query of the engine.
func (t *Telemetry) Query(ctx context.Context, query store.Executed) {
	outcome := "ok"
	switch {
	case query.Err == nil:
	case errors.Is(query.Err, context.Canceled), errors.Is(query.Err, context.DeadlineExceeded):
		outcome = "canceled"
	default:
		outcome = "error"
	}
	t.queries.WithLabelValues(outcome).Inc()
	t.queryFor.Observe(query.Took.Seconds())
	t.queryRows.Add(float64(query.Rows))
	engineSpan(ctx, t.tracer, query.SQL, query.Rows, query.Took, query.Err)
	if t.slow.is(query.Took) {
		t.Metrics.slow.Inc()
		t.slow.log(ctx, query)
	}
}

// failed marks a span as failed. What the error says stays out of it: it may quote a client.
func failed(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
}

// methodLabel is one of a few methods; clients may send any.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "OTHER"
}

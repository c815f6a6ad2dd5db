package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/telemetry"
)

// record is the context of a request, and what is logged of it. A connection may carry several operations at a time.
type record struct {
	context.Context // the connection's

	id        string
	principal atomic.Pointer[access.Principal] // nil until it is known who asks, and the same from then on
	address   netip.Addr                       // where rates are bounded
	answer    answerWriter

	mu    sync.Mutex
	noted noted
}

// Value has the record itself and the principal among the values of the context: a context for each would be looked through by all
// who look for something else.
func (r *record) Value(key any) any {
	switch key.(type) {
	case telemetry.RequestKey:
		return r
	case access.Key:
		if principal := r.principal.Load(); principal != nil {
			return principal
		}
	}
	return r.Context.Value(key)
}

// ID identifies the request.
func (r *record) ID() string { return r.id }

// noted is what becomes known of a request while it is answered.
type noted struct {
	answer        string // how the last came: kept, shared, made, unchanged; empty where answers are not kept
	operation     string // the last
	engineQueries int64  // of all
}

// note writes down what has become known.
func (r *record) note(write func(*noted)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	write(&r.noted)
}

func (r *record) read() noted {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.noted
}

// observer tells telemetry, and the line that is logged of a request, of its operations.
type observer struct{ telemetry *telemetry.Telemetry }

var _ graph.Observer = observer{}

// Operation follows an operation.
func (o observer) Operation(ctx context.Context, kind, name string) (context.Context, func(graph.Finished)) {
	ctx, end := o.telemetry.Operation(ctx, kind, name)
	return ctx, func(f graph.Finished) {
		recordOf(ctx).note(func(n *noted) {
			n.operation = name
			n.engineQueries += f.Spent.EngineQueries
		})
		end(telemetry.Finished{Errors: f.Errors, Cells: f.Spent.Cells, Rows: f.Spent.Rows, EngineQueries: f.Spent.EngineQueries})
	}
}

// Field follows a root field.
func (o observer) Field(ctx context.Context, name string) (context.Context, func(error)) {
	return o.telemetry.Field(ctx, name)
}

// Refused counts an error.
func (o observer) Refused(_ context.Context, code, limit string) { o.telemetry.Refused(code, limit) }

// Panicked counts a panic.
func (o observer) Panicked(context.Context) { o.telemetry.Panicked() }

// observed measures and traces every request, and logs one line of each.
func observed(next http.Handler, t *telemetry.Telemetry, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx, end := t.Request(r)
		if ctx != r.Context() { // the routes write the pattern that it matches into this one
			r = r.WithContext(ctx)
		}
		rec := recordOf(ctx)
		rec.answer = answerWriter{ResponseWriter: w, status: http.StatusOK}
		status := &rec.answer
		defer func() { // also of a request that is broken off by a panic
			took := time.Since(start)
			end(telemetry.Response{Route: route(r), Status: status.status, Took: took, Open: status.open()})
			if status.status == http.StatusRequestEntityTooLarge {
				t.Refused(string(indicator.TooLarge), "body")
			}
			known, name := rec.read(), ""
			if principal := rec.principal.Load(); principal != nil {
				name = principal.Name // empty without a token
			}
			if !logger.Enabled(ctx, slog.LevelInfo) {
				return
			}
			line := slog.NewRecord(start.Add(took), slog.LevelInfo, "request", 0) // without the place in the program, which is always this one
			line.AddAttrs(slog.String("principal", name), slog.String("method", r.Method),
				slog.String("path", r.URL.Path), slog.Int("status", status.status), slog.String("operation", known.operation),
				slog.Int64("engineQueries", known.engineQueries), slog.String("answer", known.answer),
				slog.Duration("took", took.Round(time.Microsecond)), slog.String("request", rec.id))
			_ = logger.Handler().Handle(ctx, line) // as slog does: a log that fails is not the client's
		}()
		next.ServeHTTP(status, r)
	})
}

// route is the pattern that a request matched, without a method.
func route(r *http.Request) string {
	if at := strings.IndexByte(r.Pattern, '/'); at >= 0 {
		return r.Pattern[at:]
	}
	return "none"
}

// answerWriter notes the status of an answer, and whether it has begun.
type answerWriter struct {
	http.ResponseWriter
	status int
	began  bool
}

// WriteHeader begins the answer.
func (w *answerWriter) WriteHeader(status int) {
	w.status, w.began = status, true
	if status == http.StatusNotModified {
		for _, name := range ofContent {
			delete(w.Header(), name)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write goes on with the answer.
func (w *answerWriter) Write(part []byte) (int, error) {
	w.began = true
	return w.ResponseWriter.Write(part)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// open reports whether the connection was to stay open: a WebSocket or a stream of events.
func (w *answerWriter) open() bool {
	return w.status == http.StatusSwitchingProtocols || strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
}

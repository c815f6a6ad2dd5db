package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// LogOptions say what the log looks like.
type LogOptions struct {
	// Format is text or json. Default: text.
	Format string
	// Level is the least that is logged. Default: Info.
	Level slog.Level
}

// NewLogger returns a logger that adds to every line the request and the trace it belongs to, as request and trace. Warnings and errors
// do not wait in a LogBuffer.
func NewLogger(w io.Writer, options LogOptions) (*slog.Logger, error) {
	flush := func() error { return nil }
	if lines, ok := w.(*LogBuffer); ok {
		flush = lines.Flush
	}
	handling := &slog.HandlerOptions{Level: options.Level}
	switch options.Format {
	case "", "text":
		return slog.New(correlated{slog.NewTextHandler(w, handling), flush}), nil
	case "json":
		handling.ReplaceAttr = inSeconds
		return slog.New(correlated{slog.NewJSONHandler(w, handling), flush}), nil
	}
	return nil, fmt.Errorf("a log is text or json, not %q", options.Format)
}

// inSeconds writes lengths of time as numbers of seconds: JSON has no better way, and nanoseconds would be slog's.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}

// correlated adds what a line belongs to.
type correlated struct {
	slog.Handler

	flush func() error
}

// Handle writes a line.
func (h correlated) Handle(ctx context.Context, line slog.Record) error {
	if id := RequestID(ctx); id != "" && !has(line, requestAttr) {
		line.AddAttrs(slog.String(requestAttr, id))
	}
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		line.AddAttrs(slog.String("trace", span.TraceID().String()))
	}
	err := h.Handler.Handle(ctx, line)
	if err == nil && line.Level >= slog.LevelWarn {
		err = h.flush()
	}
	return err
}

// has reports whether a line has an attribute.
func has(line slog.Record, key string) bool {
	found := false
	line.Attrs(func(a slog.Attr) bool {
		found = a.Key == key
		return !found
	})
	return found
}

// WithAttrs keeps adding.
func (h correlated) WithAttrs(attrs []slog.Attr) slog.Handler {
	return correlated{h.Handler.WithAttrs(attrs), h.flush}
}

// WithGroup keeps adding.
func (h correlated) WithGroup(name string) slog.Handler {
	return correlated{h.Handler.WithGroup(name), h.flush}
}

const requestAttr = "request"

// RequestKey is the key of a context's value that is its Request.
type RequestKey struct{}

// Request is what is known of a request.
type Request interface {
	// ID identifies it in the log, in traces and to its client.
	ID() string
}

// RequestOf is the request of a context; nil where there is none.
func RequestOf(ctx context.Context) Request {
	r, _ := ctx.Value(RequestKey{}).(Request)
	return r
}

// RequestID is the identifier of a context's request; empty where there is none.
func RequestID(ctx context.Context) string {
	if r := RequestOf(ctx); r != nil {
		return r.ID()
	}
	return ""
}

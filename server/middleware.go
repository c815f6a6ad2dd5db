package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/countyql/countyql/graph"
)

type recordKey struct{}

// record is what is logged of a request.
type record struct {
	id            string
	principal     string // empty without a token
	operation     string
	engineQueries int64
	answer        string // how it came: kept, shared, made, unchanged; empty where answers are not kept
}

// identify gives every request an identifier, for the log and for INTERNAL errors, and returns it as X-Request-Id.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{id: rand.Text()}
		w.Header().Set("X-Request-Id", rec.id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), recordKey{}, rec)))
	})
}

func recordOf(ctx context.Context) *record {
	rec, ok := ctx.Value(recordKey{}).(*record)
	if !ok {
		return &record{}
	}
	return rec
}

func requestID(ctx context.Context) string { return recordOf(ctx).id }

func observe(ctx context.Context, operation string, engineQueries int64) {
	rec := recordOf(ctx)
	rec.operation, rec.engineQueries = operation, engineQueries
}

// logged writes one line per request.
func logged(next http.Handler, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { // also of a request that is broken off by a panic
			rec := recordOf(r.Context())
			logger.InfoContext(r.Context(), "request", "id", rec.id, "principal", rec.principal, "method", r.Method, "path", r.URL.Path, "status", status.status,
				"operation", rec.operation, "engineQueries", rec.engineQueries, "answer", rec.answer, "took", time.Since(start).Round(time.Microsecond))
		}()
		next.ServeHTTP(status, r)
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// contentSecurityPolicy keeps pages from loading anything from elsewhere. GraphiQL's editor sets styles from script, draws icons
// from data and runs its language services in workers.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// secured sets the headers that make browsers careful.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// limited refuses bodies beyond a number of bytes: at once where the length is declared, while reading otherwise.
func limited(next http.Handler, most int64) http.Handler {
	bounded := http.MaxBytesHandler(next, most)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength <= most {
			bounded.ServeHTTP(w, r)
			return
		}
		graph.WriteRefusal(w, r.Header.Values("Accept"), http.StatusRequestEntityTooLarge, graph.BodyTooLarge(most, r.ContentLength))
	})
}

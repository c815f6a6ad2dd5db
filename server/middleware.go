package server

import (
	"context"
	"crypto/rand"
	"net/http"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/telemetry"
)

type recordKey struct{}

// identify gives every request an identifier, for the log and for INTERNAL errors, and returns it as X-Request-Id.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{id: rand.Text()}
		w.Header().Set("X-Request-Id", rec.id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(telemetry.WithRequest(r.Context(), rec.id), recordKey{}, rec)))
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

// contentSecurityPolicy keeps pages from loading anything from elsewhere. GraphiQL's editor sets styles from script, draws icons
// from data and runs its language services in workers.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// The headers that make browsers careful. Their values are the same for all answers, and nobody adds to them.
var careful = [...]struct {
	name  string // as http.Header writes it
	value []string
}{
	{"Content-Security-Policy", []string{contentSecurityPolicy}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"Referrer-Policy", []string{"no-referrer"}},
}

// secured sets the headers that make browsers careful.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for i := range careful {
			h[careful[i].name] = careful[i].value[:1:1]
		}
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

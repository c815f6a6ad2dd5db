package server

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/telemetry"
)

// identify gives every request an identifier, for the log and for INTERNAL errors, and returns it as X-Request-Id.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{Context: r.Context(), id: newID()}
		w.Header()["X-Request-Id"] = []string{rec.id} // as http.Header writes it
		next.ServeHTTP(w, r.WithContext(rec))
	})
}

// newID is an identifier that no other request has.
func newID() string {
	var id [16]byte
	binary.NativeEndian.PutUint64(id[:], rand.Uint64())  //nolint:gosec // it is no secret
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64()) //nolint:gosec // likewise
	return hex.EncodeToString(id[:])
}

func recordOf(ctx context.Context) *record {
	if rec, ok := telemetry.RequestOf(ctx).(*record); ok {
		return rec
	}
	return &record{Context: ctx}
}

func requestID(ctx context.Context) string { return recordOf(ctx).id }

// pagePolicy keeps pages from loading anything from elsewhere. GraphiQL's editor sets styles from script, draws icons
// from data and runs its language services in workers. dataPolicy keeps an answer that a browser shows from loading anything at all.
const (
	pagePolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
		"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	dataPolicy = "default-src 'none'; frame-ancestors 'none'"
)

// The headers that make browsers careful. Their values are the same for all answers, and nobody adds to them. Names are as http.Header
// writes them.
var (
	policyOfPages, policyOfData = []string{pagePolicy}, []string{dataPolicy}
	nothingSniffed, nothingTold = []string{"nosniff"}, []string{"no-referrer"}
)

// ofContent names the headers above, which belong to content: a client that is told that what it has is unchanged has them with it (RFC 9110,
// section 15.4.5). Each takes some twentieth of what such an answer takes.
var ofContent = []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"}

// secured sets the headers that make browsers careful with data.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Security-Policy"] = policyOfData
		h["X-Content-Type-Options"] = nothingSniffed
		next.ServeHTTP(w, r)
	})
}

// securedPages sets those for pages, which load parts of their own.
func securedPages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Security-Policy"] = policyOfPages
		h["Referrer-Policy"] = nothingTold
		next.ServeHTTP(w, r)
	})
}

// limited refuses bodies beyond a number of bytes: at once where the length is declared, which a body does not exceed, while reading otherwise.
func limited(next http.Handler, most int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > most {
			graph.WriteRefusal(w, r.Header.Values("Accept"), http.StatusRequestEntityTooLarge, graph.BodyTooLarge(most, r.ContentLength))
			return
		}
		if r.ContentLength < 0 {
			r.Body = http.MaxBytesReader(w, r.Body, most)
		}
		next.ServeHTTP(w, r)
	})
}

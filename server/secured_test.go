package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/countyql/countyql/query"
)

// Browsers load nothing for data, and for pages what is the server's own.
func TestSecured(t *testing.T) {
	t.Parallel()
	handler := New(&query.Service{}, Options{Pages: fstest.MapFS{"index.html": {Data: []byte("<html >")}}})
	for path, want := range map[string]string{"/": "script-src 'self'", "/schema.graphql": "default-src 'none'; frame-ancestors 'none'", "/graphql": "default-src 'none'; frame-ancestors 'none'"} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		h := recorder.Header()
		policy := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || !strings.Contains(policy, want) || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, h)
		}
		if (path == "/") != (h.Get("Referrer-Policy") == "no-referrer") {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// What a client has is told to be unchanged by what may have changed alone.
func TestSecured_unchanged(t *testing.T) {
	t.Parallel()
	handler := New(&query.Service{}, Options{Pages: fstest.MapFS{"index.html": {Data: []byte("<html >"), ModTime: time.Unix(1, 0)}}})
	get := func(since string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		request.Header.Set("If-Modified-Since", since)
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		return recorder
	}
	first := get("")
	again := get(first.Header().Get("Last-Modified"))
	if again.Code != http.StatusNotModified {
		t.Fatalf("%d %v", again.Code, again.Header())
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if first.Header().Get(name) == "" || again.Header().Get(name) != "" {
			t.Errorf("%s is %q at first and %q again", name, first.Header().Get(name), again.Header().Get(name))
		}
	}
	for _, name := range []string{"Last-Modified", "Cache-Control", "X-Request-Id"} {
		if again.Header().Get(name) == "" {
			t.Errorf("%s is missing: %v", name, again.Header())
		}
	}
}

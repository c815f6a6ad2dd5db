package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

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

package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/query"
)

func TestParseOrigins(t *testing.T) {
	t.Parallel()
	good := []string{"*", "https://example.org", "http://localhost:5173", "http://[::1]:8080", "https://xn--bcher-kva.example"}
	if got, err := ParseOrigins(good); err != nil || !slices.Equal(got, good) {
		t.Errorf("%q, %v", got, err)
	}
	for text, hint := range map[string]string{
		"https://example.org/": "write https://example.org", "https://example.org/a?b": "write https://example.org", "example.org": "with the scheme",
		"HTTPS://Example.org": "write https://example.org", "https://example.org:443": "write https://example.org", "http://example.org:80": "write http://example.org",
		"https://a@example.org": "write https://example.org", "ftp://example.org": "with the scheme", "null": "with the scheme", "": "with the scheme",
		"https://*.example.org": "in full", "https://bücher.example": "xn--", "https://": "with the scheme", "https://:80": "with the scheme",
	} {
		if _, err := ParseOrigins([]string{"*", text}); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Pages of the origins that are listed can read answers, refusals too; pages of others cannot, and learn nothing from asking.
func TestOrigins(t *testing.T) {
	t.Parallel()
	listed := Options{Logger: slog.New(slog.DiscardHandler), Origins: Origins{"https://example.org"}, Access: Access{Verifier: somebody, Required: true}}
	closed := listed
	closed.Origins = nil
	open := Options{Logger: listed.Logger, Origins: Origins{AnyOrigin}}
	for _, test := range []struct {
		name    string
		options Options
		origin  string
		allowed string
	}{
		{"listed", listed, "https://example.org", "https://example.org"},
		{"not listed", listed, "https://example.com", ""},
		{"a part of a name", listed, "https://example.org.example.com", ""},
		{"another scheme", listed, "http://example.org", ""},
		{"another port", listed, "https://example.org:444", ""},
		{"nobody", listed, "null", ""},
		{"no list", closed, "https://example.org", ""},
		{"any", open, "https://example.com", "*"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			handler := New(&query.Service{}, test.options)
			ask := func(method, path string, header ...string) *httptest.ResponseRecorder {
				r := httptest.NewRequest(method, path, http.NoBody)
				r.Header.Set("Origin", test.origin)
				for i := 0; i < len(header); i += 2 {
					r.Header.Set(header[i], header[i+1])
				}
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, r)
				return answer
			}
			for _, path := range []string{"/graphql", "/v1/export/aggregate.csv", "/v1/loads", "/schema.graphql"} {
				preflight := ask(http.MethodOptions, path, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type,idempotency-key")
				plain := ask(http.MethodGet, path)
				if path == "/v1/loads" { // none are taken
					continue
				}
				for kind, answer := range map[string]*httptest.ResponseRecorder{"preflight": preflight, "answer": plain} {
					h := answer.Header()
					if got := h.Get("Access-Control-Allow-Origin"); got != test.allowed {
						t.Errorf("%s %s: allowed %q, want %q", kind, path, got, test.allowed)
					}
					if h.Get("Access-Control-Allow-Credentials") != "" {
						t.Errorf("%s %s: credentials", kind, path)
					}
					if varies := strings.Contains(strings.Join(h.Values("Vary"), ","), "Origin"); varies != (len(test.options.Origins) > 0) {
						t.Errorf("%s %s: Vary is %q", kind, path, h.Values("Vary"))
					}
				}
				if test.allowed == "" {
					continue
				}
				h := preflight.Header()
				if preflight.Code != http.StatusNoContent || h.Get("Access-Control-Allow-Methods") != "POST" || h.Get("Access-Control-Max-Age") != "600" ||
					!strings.Contains(h.Get("Access-Control-Allow-Headers"), "idempotency-key") {
					t.Errorf("preflight %s: %d %v", path, preflight.Code, h)
				}
				for _, name := range []string{"X-Request-Id", "Etag", "Retry-After", "Content-Disposition", "X-Snapshot", "X-Warnings"} {
					if !strings.Contains(plain.Header().Get("Access-Control-Expose-Headers"), name) {
						t.Errorf("%s does not show %s", path, name)
					}
				}
			}
			for _, path := range []string{"/", "/healthz", "/metrics"} {
				if got := ask(http.MethodGet, path).Header().Get("Access-Control-Allow-Origin"); got != "" {
					t.Errorf("%s is for %s", path, got)
				}
			}
		})
	}
}

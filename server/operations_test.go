package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/countyql/countyql/query"
)

// Measurements are for administrators, and for this machine where nobody else can speak through it.
func TestOperations_whom(t *testing.T) {
	t.Parallel()
	options := Options{Logger: slog.New(slog.DiscardHandler), Access: Access{Verifier: somebody}, Profiles: true}
	service := &query.Service{}
	open := New(service, options)
	options.Profiles = false
	closed := New(service, options)
	for _, test := range []struct {
		name, from, host string
		header, value    string
		want             int
	}{
		{"this machine", "127.0.0.1:1", "localhost:8080", "", "", 200},
		{"this machine by IPv6", "[::1]:1", "[::1]:8080", "", "", 200},
		{"elsewhere", "192.0.2.1:1", "localhost:8080", "", "", 401},
		{"a proxy here", "127.0.0.1:1", "localhost", "X-Forwarded-For", "192.0.2.1", 401},
		{"another proxy here", "127.0.0.1:1", "localhost", "Forwarded", "for=192.0.2.1", 401},
		{"a name that means this machine", "127.0.0.1:1", "rebound.example:8080", "", "", 401},
		{"a reader", "192.0.2.1:1", "county.example", "Authorization", "Bearer r", 403},
		{"a loader", "192.0.2.1:1", "county.example", "Authorization", "Bearer l", 403},
		{"an administrator", "192.0.2.1:1", "county.example", "Authorization", "Bearer a", 200},
		{"somebody else", "192.0.2.1:1", "county.example", "Authorization", "Bearer x", 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			status := func(handler http.Handler, path string) int {
				request := httptest.NewRequest(http.MethodGet, path, nil)
				request.RemoteAddr, request.Host = test.from, test.host
				if test.header != "" {
					request.Header.Set(test.header, test.value)
				}
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, request)
				return answer.Code
			}
			for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/cmdline"} {
				if got := status(open, path); got != test.want {
					t.Errorf("%s: status %d, want %d", path, got, test.want)
				}
			}
			if got := status(closed, "/debug/pprof/"); got != http.StatusNotFound {
				t.Errorf("profiles that are not served: status %d", got)
			}
		})
	}
}

// Clients choose paths, methods and names of hosts; none of them becomes a label.
func TestMetrics_labels(t *testing.T) {
	t.Parallel()
	options := Options{Logger: slog.New(slog.DiscardHandler)}
	handler := New(&query.Service{}, options)
	ask := func(handler http.Handler, method, path string) string {
		request := httptest.NewRequest(method, path, nil)
		request.RemoteAddr, request.Host = "127.0.0.1:1", "localhost"
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		return answer.Body.String()
	}
	ask(handler, "BREW", "/secret-path")
	ask(handler, http.MethodGet, "/v1/export/secret-file")
	ask(handler, http.MethodPost, "/healthz")
	metrics := ask(handler, http.MethodGet, "/metrics")
	for _, want := range []string{
		`countyql_http_requests_total{method="OTHER",route="/",status="405"} 1`,
		`countyql_http_requests_total{method="GET",route="/v1/export/{file}",status="404"} 1`,
		`countyql_http_requests_in_flight 1`,
		`countyql_errors_total{code="INVALID_INPUT"} 1`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("no %s in %s", want, metrics)
		}
	}
	if strings.Contains(metrics, "secret") || strings.Contains(metrics, "BREW") {
		t.Error("a client's words are labels")
	}
}

package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// asker sends requests to a handler behind authentication and rates, on a clock that stands still unless it is moved.
type asker struct {
	handler http.Handler
	now     time.Time
	refused int
}

func newAsker(t *testing.T, r Rate, a Access) *asker {
	t.Helper()
	s := &asker{now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	a.pace = newPace(r, func(code, limit string) {
		if code != "OVERLOADED" || limit != "rate" {
			t.Errorf("counted as %s %s", code, limit)
		}
		s.refused++
	})
	if a.pace != nil {
		a.pace.now = func() time.Time { return s.now }
	}
	options := Options{Rate: r, Access: a.withDefaults(), Logger: slog.New(slog.DiscardHandler)}
	answered := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	s.handler = identify(located(authenticated(paced(answered, a.pace), options.Access, options.Logger), options))
	return s
}

func (s *asker) ask(address, token string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/graphql", http.NoBody)
	r.RemoteAddr = address + ":1"
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, r)
	return answer
}

func (s *asker) want(t *testing.T, address, token string, statuses ...int) {
	t.Helper()
	for i, want := range statuses {
		if got := s.ask(address, token); got.Code != want {
			t.Fatalf("%s %q, request %d: %d, want %d: %s", address, token, i, got.Code, want, got.Body)
		}
	}
}

// A client has its burst, and then what comes back with time; others are not concerned.
func TestRate(t *testing.T) {
	t.Parallel()
	s := newAsker(t, Rate{PerSecond: .5, Burst: 2}, Access{Verifier: somebody})
	s.want(t, "192.0.2.1", "", 200, 200, 429, 429)
	s.want(t, "192.0.2.2", "", 200)
	s.want(t, "192.0.2.1", "r", 200, 200, 429)
	s.want(t, "192.0.2.9", "r", 429) // the same, from elsewhere
	s.want(t, "192.0.2.9", "l", 200)
	refusal := s.ask("192.0.2.1", "")
	for _, want := range []string{`"code":"OVERLOADED"`, `"limitName":"rate"`, `"limit":2`, `"estimate":3`, `"retryAfter":2`, `"hint":`} {
		if !strings.Contains(refusal.Body.String(), want) {
			t.Errorf("no %s in %s", want, refusal.Body)
		}
	}
	if h := refusal.Header(); h.Get("Retry-After") != "2" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	if s.refused != 5 {
		t.Errorf("%d refusals are counted", s.refused)
	}
	s.now = s.now.Add(2 * time.Second)
	s.want(t, "192.0.2.1", "", 200, 429)
	s.now = s.now.Add(time.Hour)
	s.want(t, "192.0.2.1", "", 200, 200, 429)
}

// An IPv6 client has a /64 to choose addresses from, and what it writes into headers is not believed.
func TestRate_addresses(t *testing.T) {
	t.Parallel()
	s := newAsker(t, Rate{PerSecond: .001, Burst: 1, Proxies: proxies(t, "10.0.0.0/8")}, Access{})
	s.want(t, "[2001:db8::1]", "", 200)
	s.want(t, "[2001:db8::ffff:1]", "", 429)
	s.want(t, "[2001:db8:0:1::1]", "", 200)
	for i, want := range []int{200, 429, 429} {
		if got := s.ask("192.0.2.1", "", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i)); got.Code != want {
			t.Errorf("a client that invents addresses: %d, want %d", got.Code, want)
		}
	}
	for i := range 3 {
		if got := s.ask("10.0.0.1", "", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i)); got.Code != http.StatusOK {
			t.Errorf("a client of a proxy: %d", got.Code)
		}
	}
	if got := s.ask("10.0.0.2", "", "X-Forwarded-For", "1.2.3.4, 203.0.113.1"); got.Code != http.StatusTooManyRequests {
		t.Errorf("the same client by another proxy: %d", got.Code)
	}
}

// Whoever sends bad tokens is soon told nothing of any, not even of a good one; those whose token was good before go on.
func TestRate_guessing(t *testing.T) {
	t.Parallel()
	verified := 0
	s := newAsker(t, Rate{PerSecond: 1, Burst: 3}, Access{Verifier: counting{&verified}, Required: true})
	s.want(t, "192.0.2.1", "r", 200)
	s.want(t, "192.0.2.1", "x", 401, 401, 401, 429)
	before := verified
	s.want(t, "192.0.2.1", "l", 429)
	if verified != before {
		t.Error("a token was looked at")
	}
	s.want(t, "192.0.2.2", "l", 200)
	s.want(t, "192.0.2.1", "r", 200)
	s.want(t, "192.0.2.1", "", 401, 401, 401, 429)
	s.now = s.now.Add(time.Second)
	s.want(t, "192.0.2.1", "x", 401, 429)
	s.now = s.now.Add(2 * time.Second)
	s.want(t, "192.0.2.1", "l", 200)
}

// counting is somebody, and counts the tokens that are looked at.
type counting struct{ verified *int }

func (c counting) Verify(ctx context.Context, token string) (*access.Principal, error) {
	*c.verified++
	return somebody.Verify(ctx, token)
}

// Where it cannot be told whether a token is good, nobody has guessed.
func TestRate_unavailable(t *testing.T) {
	t.Parallel()
	s := newAsker(t, Rate{PerSecond: .001, Burst: 1}, Access{Verifier: unavailable{}})
	s.want(t, "192.0.2.1", "r", 503, 503, 503)
}

type unavailable struct{}

func (unavailable) Verify(context.Context, string) (*access.Principal, error) {
	return nil, indicator.Errorf(indicator.Unavailable, "the keys cannot be had")
}

// Without a rate nobody is refused; pages, health and metrics never are.
func TestRate_without(t *testing.T) {
	t.Parallel()
	s := newAsker(t, Rate{}, Access{Verifier: somebody})
	for range 100 {
		s.want(t, "192.0.2.1", "", 200)
	}
	handler := New(&query.Service{}, Options{Logger: slog.New(slog.DiscardHandler), Rate: Rate{PerSecond: .001, Burst: 1}})
	status := func(path string) int {
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		r.RemoteAddr, r.Host = "127.0.0.1:1", "localhost"
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		return answer.Code
	}
	if first, second := status("/schema.graphql"), status("/schema.graphql"); first != http.StatusOK || second != http.StatusTooManyRequests {
		t.Errorf("%d, then %d", first, second)
	}
	for _, path := range []string{"/", "/healthz", "/metrics"} {
		for range 3 {
			if got := status(path); got != http.StatusOK {
				t.Errorf("%s: %d", path, got)
			}
		}
	}
}

func TestRate_defaults(t *testing.T) {
	t.Parallel()
	for per, want := range map[float64]int{.1: 20, 10: 20, 10.2: 21, 50: 100, 1e300: 1<<31 - 1} {
		if got := (Rate{PerSecond: per}).withDefaults().Burst; got != want {
			t.Errorf("%g a second: a burst of %d, want %d", per, got, want)
		}
	}
}

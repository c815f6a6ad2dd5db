package server

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/telemetry"
)

// A panic answers with a typed error that tells nothing of it, or breaks off an answer that has begun.
func TestContained(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	measured := telemetry.New(telemetry.Options{})
	server := httptest.NewServer(identify(contained(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			_, _ = io.WriteString(w, strings.Repeat("a", 100_000))
		}
		panic("something secret")
	}), measured, slog.New(slog.NewTextHandler(&log, nil)))))
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusInternalServerError || !strings.Contains(string(body), `"code":"INTERNAL"`) || strings.Contains(string(body), "secret") {
		t.Errorf("%v %d %s", err, response.StatusCode, body)
	}
	begun, err := http.Get(server.URL + "/begun")
	if err == nil {
		defer begun.Body.Close()
		_, err = io.ReadAll(begun.Body)
	}
	if err == nil {
		t.Error("an answer that was broken off looks whole")
	}
	if text := log.String(); !strings.Contains(text, "something secret") {
		t.Errorf("logged: %s", text)
	}
	metrics := httptest.NewRecorder()
	measured.Handler().ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(metrics.Body.String(), "countyql_panics_total 2\n") {
		t.Errorf("panics are not counted: %s", metrics.Body)
	}
}

// Long texts are compressed as the client accepts, short ones and streams of events are not.
func TestCompressed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		accept, media string
		size          int
		want          string
	}{
		{"gzip, zstd", "application/graphql-response+json", 10_000, "zstd"},
		{"gzip", "application/json", 10_000, "gzip"},
		{"gzip", "application/json", 100, ""},
		{"", "application/json", 10_000, ""},
		{"gzip", "text/event-stream", 10_000, ""},
	} {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		request.Header.Set("Accept-Encoding", test.accept)
		compressed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", test.media)
			_, _ = io.WriteString(w, strings.Repeat("a", test.size))
		})).ServeHTTP(recorder, request)
		if got := recorder.Header().Get("Content-Encoding"); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
		if !strings.Contains(strings.Join(recorder.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%+v: Vary is %v", test, recorder.Header().Values("Vary"))
		}
	}
}

// At the end readiness turns false first; a request that goes on beyond the grace is interrupted, and said to be.
func TestServe_End(t *testing.T) {
	t.Parallel()
	begun, interrupted := make(chan struct{}), make(chan struct{})
	handler := &Handler{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(interrupted)
	})}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, listener, handler, Times{}) }()
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err == nil {
			_ = response.Body.Close()
		}
	}()
	<-begun
	end()
	if err := <-served; err == nil || !strings.Contains(err.Error(), "still running") {
		t.Errorf("Serve returned %v", err)
	}
	<-interrupted
	recorder := httptest.NewRecorder()
	handler.serveReady(recorder, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody), nil)
	if recorder.Code != http.StatusServiceUnavailable {
		t.Errorf("ready is %d", recorder.Code)
	}
}

// A request whose body does not come is refused when its time is over; who has sent all of one may wait for longer.
func TestServe_BodyTime(t *testing.T) {
	t.Parallel()
	handler := New(&query.Service{}, Options{Logger: slog.New(slog.DiscardHandler)})
	answer := make(chan struct{})
	routes := http.NewServeMux()
	routes.Handle("/", handler)
	routes.HandleFunc("/later", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-answer:
			_, _ = io.WriteString(w, "here it is")
		case <-r.Context().Done():
			w.WriteHeader(http.StatusTeapot)
		}
	})
	var running sync.WaitGroup
	server := (&Handler{Handler: routes}).server(t.Context(), &running)
	if server.ReadHeaderTimeout <= 0 || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 {
		t.Errorf("connections without bounds: %+v", server)
	}
	server.ReadTimeout = time.Second
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	defer server.Close()
	send := func(path, body string) net.Conn {
		connection, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(connection, "POST "+path+" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n"+body)
		if err != nil {
			t.Fatal(err)
		}
		return connection
	}
	whole := send("/later", `{"query":1`)
	defer whole.Close()
	read := func(connection net.Conn) (int, string) {
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(body)
	}
	for _, path := range []string{"/graphql", "/v1/export/aggregate.csv"} {
		begun := send(path, `{"que`)
		defer begun.Close()
		if status, body := read(begun); status != http.StatusRequestTimeout || !strings.Contains(body, `"code":"TIMEOUT"`) {
			t.Errorf("%s, whose body does not come: %d %s", path, status, body)
		}
	}
	close(answer) // the time of the first is over too
	if status, body := read(whole); status != http.StatusOK {
		t.Errorf("the answer that took longer: %d %s", status, body)
	}
}

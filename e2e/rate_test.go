package e2e

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/telemetry"
)

// ratedServer serves the bundled data to clients who may each ask for so many operations and then for no more.
func ratedServer(t *testing.T, burst int) (url string) {
	t.Helper()
	logger := slog.New(slog.DiscardHandler)
	uploads, err := server.NewUploads(testServer.service, filepath.Join(t.TempDir(), "uploads"), server.UploadOptions{Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server.New(testServer.service, server.Options{
		Logger: logger, Rate: server.Rate{PerSecond: 1e-6, Burst: burst}, Access: server.Access{Verifier: roles{}}, Uploads: uploads,
		Telemetry: telemetry.New(telemetry.Options{Logger: logger}),
	}))
	t.Cleanup(func() {
		listening.Close()
		if err := uploads.Close(); err != nil {
			t.Error(err)
		}
	})
	return listening.URL
}

// replied is an answer without its body.
type replied struct {
	status int
	header http.Header
}

// ratedAnswer sends a request and returns the answer and its body.
func ratedAnswer(t *testing.T, method, url, body string, header ...string) (replied, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return replied{response.StatusCode, response.Header}, string(text)
}

// However an operation comes, it counts, and is refused when there have been too many.
func TestRate_Carriers(t *testing.T) {
	t.Parallel()
	const document = `{"query":"{ snapshot { id } }"}`
	const export = "/v1/export/observations.csv?input=" + `%7B%22where%22%3A%7B%22indicators%22%3A%5B%22grids%22%5D%7D%7D`
	for name, ask := range map[string]func(t *testing.T, url string) (replied, string){
		"POST": func(t *testing.T, url string) (replied, string) {
			return ratedAnswer(t, http.MethodPost, url+"/graphql", document, "Content-Type", "application/json")
		},
		"GET": func(t *testing.T, url string) (replied, string) {
			return ratedAnswer(t, http.MethodGet, url+"/graphql?query=%7Bsnapshot%7Bid%7D%7D", "")
		},
		"events": func(t *testing.T, url string) (replied, string) {
			return ratedAnswer(t, http.MethodPost, url+"/graphql", document, "Content-Type", "application/json", "Accept", mediaEvents)
		},
		"export": func(t *testing.T, url string) (replied, string) {
			return ratedAnswer(t, http.MethodGet, url+export, "")
		},
		"upload": func(t *testing.T, url string) (replied, string) {
			return ratedAnswer(t, http.MethodPost, url+"/v1/loads?dryRun=maybe", "a", "Content-Type", "text/csv", "Authorization", "Bearer loader")
		},
		"schema": func(t *testing.T, url string) (replied, string) {
			return ratedAnswer(t, http.MethodGet, url+"/schema.graphql", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := ratedServer(t, 2)
			for range 2 {
				if response, body := ask(t, url); response.status == http.StatusTooManyRequests {
					t.Fatalf("too early: %s", body)
				}
			}
			response, body := ask(t, url)
			if response.status != http.StatusTooManyRequests || !strings.Contains(body, `"OVERLOADED"`) || !strings.Contains(body, `"limitName":"rate"`) ||
				response.header.Get("Retry-After") != "1000000" || response.header.Get("X-Request-Id") == "" {
				t.Errorf("%d %v %s", response.status, response.header, body)
			}
			if other, body := ratedAnswer(t, http.MethodPost, url+"/graphql", document, "Content-Type", "application/json", "Authorization", "Bearer reader"); other.status != http.StatusOK {
				t.Errorf("somebody else: %d %s", other.status, body)
			}
			if _, metrics := ratedAnswer(t, http.MethodGet, url+"/metrics", ""); !strings.Contains(metrics, "countyql_refusals_total{limit=\"rate\"} 1\n") {
				t.Error("the refusal is not counted")
			}
		})
	}
}

// Each operation of a WebSocket counts, for whoever has opened it, and so does the opening.
func TestRate_WebSocket(t *testing.T) {
	t.Parallel()
	url := ratedServer(t, 3)
	conn := dial(t, url, "graphql-transport-ws")
	write(t, conn, frame{Type: "connection_init", Payload: []byte(`{"Authorization":"Bearer reader"}`)})
	wantFrame(t, conn, "", "connection_ack")
	for i := range 3 {
		write(t, conn, subscribing("1", `{ budget { limits { name limit left } } }`))
		wantFrame(t, conn, "1", "next", fmt.Sprintf(`{"name":"rate","limit":3,"left":%d}`, 2-i))
		wantFrame(t, conn, "1", "complete")
	}
	write(t, conn, subscribing("1", `{ snapshot { id } }`))
	wantFrame(t, conn, "1", "error", `"OVERLOADED"`, `"limitName":"rate"`, `"retryAfter":`)
	write(t, conn, subscribing("1", `subscription { snapshotPublished { id } }`))
	wantFrame(t, conn, "1", "error", `"OVERLOADED"`)
	write(t, conn, frame{Type: "ping"})
	wantFrame(t, conn, "", "pong")

	for range 2 { // the third of this address
		dial(t, url, "graphql-transport-ws")
	}
	_, response, err := websocket.Dial(t.Context(), url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if response == nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err == nil || response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") == "" {
		t.Errorf("%v", err)
	}
}

// The greeting of a WebSocket is no place to guess tokens.
func TestRate_WebSocketGuessing(t *testing.T) {
	t.Parallel()
	url := ratedServer(t, 3)
	greet := func(token string) websocket.StatusCode {
		conn := dial(t, url, "graphql-transport-ws")
		write(t, conn, frame{Type: "connection_init", Payload: fmt.Appendf(nil, `{"Authorization":"Bearer %s"}`, token)})
		_, message, err := conn.Read(t.Context())
		if err == nil && !bytes.Contains(message, []byte("connection_ack")) {
			t.Errorf("%s", message)
		}
		return websocket.CloseStatus(err)
	}
	for range 3 {
		response, body := ratedAnswer(t, http.MethodGet, url+"/schema.graphql", "", "Authorization", "Bearer x")
		if response.status != http.StatusUnauthorized {
			t.Fatalf("%d %s", response.status, body)
		}
	}
	if got := greet("reader"); got != websocket.StatusTryAgainLater {
		t.Errorf("closed with %d", got)
	}
}

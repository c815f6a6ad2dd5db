package e2e

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/server"
)

// Pages of the server itself and of the origins that are listed can open WebSockets; pages of others cannot.
func TestOrigins_WebSocket(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		listed server.Origins
		origin string // empty for the server's own
		status int
	}{
		{"no page", nil, "none", http.StatusSwitchingProtocols},
		{"its own", nil, "", http.StatusSwitchingProtocols},
		{"its own beside a list", server.Origins{"https://example.org"}, "", http.StatusSwitchingProtocols},
		{"listed", server.Origins{"https://example.com", "https://example.org"}, "https://example.org", http.StatusSwitchingProtocols},
		{"another", server.Origins{"https://example.org"}, "https://example.com", http.StatusForbidden},
		{"another scheme", server.Origins{"https://example.org"}, "http://example.org", http.StatusForbidden},
		{"no list", nil, "https://example.org", http.StatusForbidden},
		{"any", server.Origins{server.AnyOrigin}, "https://example.org", http.StatusSwitchingProtocols},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			listening := httptest.NewServer(server.New(testServer.service, server.Options{Logger: slog.New(slog.DiscardHandler), Origins: test.listed}))
			defer listening.Close()
			header := http.Header{}
			switch test.origin {
			case "none":
			case "":
				header.Set("Origin", listening.URL)
			default:
				header.Set("Origin", test.origin)
			}
			conn, response, err := websocket.Dial(t.Context(), listening.URL+"/graphql", &websocket.DialOptions{
				Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header,
			})
			if response == nil {
				t.Fatal(err)
			}
			if response.Body != nil {
				response.Body.Close()
			}
			if response.StatusCode != test.status {
				t.Fatalf("%v, %v", response, err)
			}
			if err == nil {
				_ = conn.CloseNow()
			}
		})
	}
}

// A file of an export names everything its answer depends on.
func TestOrigins_Export(t *testing.T) {
	t.Parallel()
	listening := httptest.NewServer(server.New(testServer.service, server.Options{Logger: slog.New(slog.DiscardHandler), Origins: server.Origins{"https://example.org"}}))
	defer listening.Close()
	const export = "/v1/export/observations.csv?where=%7B%22indicators%22%3A%5B%22grids%22%5D%7D"
	response, body := ratedAnswer(t, http.MethodGet, listening.URL+export, "", "Origin", "https://example.org")
	vary := strings.Split(strings.Join(response.header.Values("Vary"), ", "), ", ")
	if response.status != http.StatusOK || !slices.Contains(vary, "Origin") || !slices.Contains(vary, "Authorization") ||
		response.header.Get("Access-Control-Allow-Origin") != "https://example.org" || response.header.Get("Content-Disposition") == "" {
		t.Errorf("%d %v %.300s", response.status, response.header, body)
	}
}

// However many operations a client begins on one connection, no more run than may; each that ends makes room for one.
func TestWebSocket_FloodOfRunningOperations(t *testing.T) {
	t.Parallel()
	const most, begun = 5, 200
	const events = `subscription { snapshotPublished { id } }`
	s := streamingServer(t, server.Options{Streams: graph.Streams{Operations: most}})
	conn := dial(t, s.url, "graphql-transport-ws")
	write(t, conn, hello)
	wantFrame(t, conn, "", "connection_ack")
	for i := range begun {
		write(t, conn, subscribing(fmt.Sprint(i), events))
	}
	for i := most; i < begun; i++ {
		wantFrame(t, conn, fmt.Sprint(i), "error", `"OVERLOADED"`, `"limitName":"operations"`, `"limit":5`)
	}
	write(t, conn, frame{ID: "0", Type: "complete"}, subscribing("again", `{ budget { limits { name limit } } }`))
	wantFrame(t, conn, "again", "next", `{"name":"operations","limit":5}`)
	wantFrame(t, conn, "again", "complete")
	id, running := s.load(2), map[string]bool{}
	write(t, conn, subscribing("last", events))
	for range most - 1 {
		f := read(t, conn)
		if f.Type != "next" || running[f.ID] || !strings.Contains(string(f.Payload), id) {
			t.Fatalf("%s %s %s", f.ID, f.Type, f.Payload)
		}
		running[f.ID] = true
	}
}

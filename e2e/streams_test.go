package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
)

type frame struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

var hello = frame{Type: "connection_init"}

func subscribing(id, document string) frame {
	payload, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		panic(err)
	}
	return frame{id, "subscribe", payload}
}

// streaming is a server that announces what is loaded into it.
type streaming struct {
	url     string
	handler *server.Handler
	engine  store.Engine
	load    func(teams int) (snapshot string)
	queries func() int64 // of the engine, so far
}

func streamingServer(t *testing.T, options server.Options) streaming {
	t.Helper()
	publications := query.NewPublications()
	var queries atomic.Int64
	engine, err := duckdb.Open(t.TempDir(), duckdb.Options{
		OnPublish: func(store.Manifest) { publications.Announce() },
		OnQuery:   func(context.Context, store.Executed) { queries.Add(1) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	options.Logger = slog.New(slog.DiscardHandler)
	l := loader.Loader{Engine: engine, Logger: options.Logger}
	load := func(teams int) string {
		t.Helper()
		result, err := l.Load(t.Context(), loader.Input{Name: "revision", FS: withTeams(t, teams)})
		if err != nil {
			t.Fatal(err)
		}
		return result.Manifest.ID
	}
	load(1)
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now, Publications: publications}
	handler := server.New(service, options)
	listening := httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	return streaming{listening.URL, handler, engine, load, queries.Load}
}

// helloAs is the greeting of the bearer of a token, or of nobody.
func helloAs(token string) frame {
	if token == "" {
		return hello
	}
	return frame{Type: "connection_init", Payload: json.RawMessage(`{"Authorization": "Bearer ` + token + `"}`)}
}

// dial opens a WebSocket that is closed with the test.
func dial(t *testing.T, url string, subprotocols ...string) *websocket.Conn {
	t.Helper()
	conn := connect(t, url, subprotocols...)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

func connect(t *testing.T, url string, subprotocols ...string) *websocket.Conn {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), url+"/graphql", &websocket.DialOptions{Subprotocols: subprotocols})
	if err != nil {
		t.Fatal(err)
	}
	if response.Body != nil {
		response.Body.Close()
	}
	return conn
}

func write(t *testing.T, conn *websocket.Conn, frames ...frame) {
	t.Helper()
	for _, f := range frames {
		if err := wsjson.Write(t.Context(), conn, f); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, conn *websocket.Conn) frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var f frame
	if err := wsjson.Read(ctx, conn, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func wantFrame(t *testing.T, conn *websocket.Conn, id, kind string, contains ...string) frame {
	t.Helper()
	f := read(t, conn)
	if f.ID != id || f.Type != kind || slices.ContainsFunc(contains, func(s string) bool { return !strings.Contains(string(f.Payload), s) }) {
		t.Fatalf("%s %s %s, want %s %s %q", f.ID, f.Type, f.Payload, id, kind, contains)
	}
	return f
}

// Every breach of graphql-transport-ws closes the connection with the code that the protocol names.
func TestWebSocket_Closes(t *testing.T) {
	t.Parallel()
	const events = `subscription { snapshotPublished { id } }`
	hasty := streamingServer(t, server.Options{Streams: graph.Streams{Initialisation: 50 * time.Millisecond}})
	// Messages are bounded so that one beyond it is read at once: a connection that is closed with something unread may lose the code.
	patient := streamingServer(t, server.Options{MaxBody: 1 << 10, Streams: graph.Streams{Initialisation: time.Hour}})
	for _, test := range []struct {
		name        string
		subprotocol string
		frames      []any
		code        websocket.StatusCode
	}{
		{"another subprotocol", "graphql-ws", nil, 4406},
		{"no subprotocol", "", nil, 4406},
		{"silence", "graphql-transport-ws", nil, 4408},
		{"subscribing before the greeting", "graphql-transport-ws", []any{subscribing("1", events)}, 4401},
		{"completing before the greeting", "graphql-transport-ws", []any{frame{ID: "1", Type: "complete"}}, 4400},
		{"greeting twice", "graphql-transport-ws", []any{hello, hello}, 4429},
		{"one identifier twice", "graphql-transport-ws", []any{hello, subscribing("1", events), subscribing("1", events)}, 4409},
		{"a long identifier twice", "graphql-transport-ws", []any{hello, subscribing(strings.Repeat("x", 500), events), subscribing(strings.Repeat("x", 500), events)}, 4409},
		{"an unknown message", "graphql-transport-ws", []any{hello, frame{Type: "greeting"}}, 4400},
		{"no JSON", "graphql-transport-ws", []any{hello, "{"}, 4400},
		{"a list", "graphql-transport-ws", []any{hello, "[]"}, 4400},
		{"bytes", "graphql-transport-ws", []any{hello, []byte("{}")}, 4400},
		{"no identifier", "graphql-transport-ws", []any{hello, subscribing("", events)}, 4400},
		{"no payload", "graphql-transport-ws", []any{hello, frame{ID: "1", Type: "subscribe"}}, 4400},
		{"a bad token", "graphql-transport-ws", []any{frame{Type: "connection_init", Payload: json.RawMessage(`{"Authorization": "Bearer none"}`)}}, 4403},
		{"a message without end", "graphql-transport-ws", []any{hello, strings.Repeat("x", 2<<10)}, websocket.StatusMessageTooBig},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var offered []string
			if test.subprotocol != "" {
				offered = append(offered, test.subprotocol)
			}
			s := patient
			if test.name == "silence" {
				s = hasty
			}
			conn := dial(t, s.url, offered...)
			for _, f := range test.frames {
				var err error
				switch f := f.(type) {
				case string:
					err = conn.Write(t.Context(), websocket.MessageText, []byte(f))
				case []byte:
					err = conn.Write(t.Context(), websocket.MessageBinary, f)
				default:
					err = wsjson.Write(t.Context(), conn, f)
				}
				if err != nil {
					break // it is closed already
				}
			}
			for {
				if _, _, err := conn.Read(t.Context()); err != nil {
					if got := websocket.CloseStatus(err); got != test.code {
						t.Errorf("closed with %d, want %d: %v", got, test.code, err)
					}
					return
				}
			}
		})
	}
}

// Subscribers are told of each new snapshot, over either transport, and not of the one that is there. Queries are answered too.
func TestSubscriptions(t *testing.T) {
	t.Parallel()
	const events = `subscription { snapshotPublished { id observations load { added revised } } }`
	s := streamingServer(t, server.Options{Streams: graph.Streams{Operations: 2, Connections: 2, Ping: 20 * time.Millisecond}})
	conn := dial(t, s.url, "graphql-transport-ws")
	write(t, conn, hello, frame{Type: "ping", Payload: json.RawMessage(`{"n":1}`)}, subscribing("events", events))
	wantFrame(t, conn, "", "connection_ack")
	wantFrame(t, conn, "", "pong", `"n":1`)
	write(t, conn, subscribing("q", `{ region(code: "370105") { nameEn } }`))
	wantFrame(t, conn, "q", "next", `"Tianqiao"`)
	wantFrame(t, conn, "q", "complete")
	write(t, conn, subscribing("q", `{ region(code: "370105") { colour } }`))
	wantFrame(t, conn, "q", "error", "INVALID_INPUT", "colour")
	write(t, conn, subscribing("q", `query($n: Int!) { regions(first: $n) { totalCount } }`))
	wantFrame(t, conn, "q", "error", "INVALID_INPUT")
	write(t, conn, subscribing("q", strings.Repeat("{ a", 100_000)))
	wantFrame(t, conn, "q", "error", "TOO_LARGE")
	write(t, conn, subscribing("other", events), subscribing("third", events))
	wantFrame(t, conn, "third", "error", "OVERLOADED", `"operations"`)
	write(t, conn, frame{ID: "other", Type: "complete"}, frame{ID: "never", Type: "complete"})

	lines := sse(t, s.url, http.MethodPost, events)
	for line := range lines { // the stream has begun when something is sent
		if line == ": ping" {
			break
		}
	}
	if status, body := refusedStream(t, s.url); status != http.StatusServiceUnavailable || !strings.Contains(body, "OVERLOADED") {
		t.Errorf("%d %s", status, body)
	}
	write(t, conn, frame{Type: "ping"}) // what was sent before has been read
	wantFrame(t, conn, "", "pong")

	for _, teams := range []int{2, 3} {
		id := s.load(teams)
		wantFrame(t, conn, "events", "next", id, `"revised":1`)
		if got := nextEvent(lines); !strings.Contains(got, id) || !strings.Contains(got, `"revised":1`) {
			t.Errorf("event %s, want %s", got, id)
		}
	}
}

// refusedStream asks for events on a server that has no room for more.
func refusedStream(t *testing.T, url string) (int, string) {
	t.Helper()
	response := askEvents(t, url, http.MethodPost, `{ snapshot { id } }`)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func askEvents(t *testing.T, url, method, document string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url+"/graphql", strings.NewReader(string(encode(t, map[string]string{"query": document}))))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// sse asks for events and sends the lines of the answer.
func sse(t *testing.T, url, method, document string) <-chan string {
	t.Helper()
	response := askEvents(t, url, method, document) //nolint:bodyclose // closed when the lines end
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%d %v", response.StatusCode, response.Header)
	}
	lines := make(chan string)
	go func() {
		defer response.Body.Close()
		defer close(lines)
		for scanner := bufio.NewScanner(response.Body); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			case <-t.Context().Done():
				return
			}
		}
	}()
	return lines
}

func nextEvent(lines <-chan string) string {
	for line := range lines {
		if data, found := strings.CutPrefix(line, "data: "); found {
			return data
		}
	}
	return ""
}

// A query over server-sent events is one event, and then that it is complete, with a line of data, without which browsers would
// not see it. What cannot run is refused as over HTTP.
func TestServerSentEvents_Query(t *testing.T) {
	t.Parallel()
	var got []string
	for line := range sse(t, serverURL(t), http.MethodPost, `{ region(code: "370105") { nameEn } }`) {
		got = append(got, line)
	}
	want := []string{": ", "", "event: next", `data: {"data":{"region":{"nameEn":"Tianqiao"}}}`, "", "event: complete", "data:", ""}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for document, contains := range map[string]string{`{ nothing }`: "INVALID_INPUT", `{`: "INVALID_INPUT"} {
		response := askEvents(t, serverURL(t), http.MethodPost, document)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), contains) {
			t.Errorf("%s: %v %d %s", document, err, response.StatusCode, body)
		}
	}
}

// A server that ends lets go of those who listen, so that it can end, and tells WebSockets so.
func TestStreams_EndWithTheServer(t *testing.T) {
	t.Parallel()
	const events = `subscription { snapshotPublished { id } }`
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := streamingServer(t, server.Options{}).handler
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener, handler, server.Times{Grace: time.Hour}) }()
	url := "http://" + listener.Addr().String()
	conn := dial(t, url, "graphql-transport-ws")
	write(t, conn, hello, subscribing("1", events))
	wantFrame(t, conn, "", "connection_ack")
	lines := sse(t, url, http.MethodPost, events)
	<-lines
	stop()
	for line := range lines {
		if strings.Contains(line, "complete") {
			t.Error("the stream is complete, and clients will not come again")
		}
	}
	for {
		if _, _, err = conn.Read(t.Context()); err != nil {
			break
		}
	}
	if got := websocket.CloseStatus(err); got != websocket.StatusGoingAway {
		t.Errorf("closed with %d: %v", got, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

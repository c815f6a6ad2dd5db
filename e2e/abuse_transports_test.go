package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/server"
)

const mediaEvents = "text/event-stream"

// carrier takes a request, which need not be well formed, to the server at a URL, as the bearer of a token or as nobody, and returns
// the status and the answer. Where a transport has no status, 200 stands for an operation that was carried out, and 400 for a
// refusal; a connection that was closed instead of an answer has an answer made up with the code.
type carrier func(t *testing.T, server, token string, request []byte) (status int, answer []byte)

// carriers has one for each transport, and one for a document that is sent once and then meant by its hash.
var carriers = map[string]carrier{
	"POST": func(t *testing.T, server, token string, request []byte) (int, []byte) {
		return carried(t, http.MethodPost, server+"/graphql", token, mediaGraphQL, request)
	},
	"GET": func(t *testing.T, server, token string, request []byte) (int, []byte) {
		return carried(t, http.MethodGet, server+"/graphql?"+inURL(request), token, mediaGraphQL, nil)
	},
	"events by POST": func(t *testing.T, server, token string, request []byte) (int, []byte) {
		return carried(t, http.MethodPost, server+"/graphql", token, mediaEvents, request)
	},
	"events by GET": func(t *testing.T, server, token string, request []byte) (int, []byte) {
		return carried(t, http.MethodGet, server+"/graphql?"+inURL(request), token, mediaEvents, nil)
	},
	"WebSocket": func(t *testing.T, server, token string, request []byte) (int, []byte) {
		conn := connect(t, server, "graphql-transport-ws")
		defer func() { _ = conn.CloseNow() }()
		write(t, conn, helloAs(token))
		wantFrame(t, conn, "", "connection_ack")
		_ = conn.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil, `{"id":"1","type":"subscribe","payload":%s}`, request)) // it may be closed before the end
		return socketAnswer(t, conn)
	},
	"hash": func(t *testing.T, server, token string, request []byte) (int, []byte) {
		target := server + "/graphql"
		var fields map[string]json.RawMessage
		var text string
		if !utf8.Valid(request) || json.Unmarshal(request, &fields) != nil || fields["extensions"] != nil || json.Unmarshal(fields["query"], &text) != nil || text == "" {
			return carried(t, http.MethodPost, target, token, mediaGraphQL, request) // there is nothing to hash
		}
		fields["extensions"] = encode(t, persisted(document.Hash(text)))
		status, answer := carried(t, http.MethodPost, target, token, mediaGraphQL, encode(t, fields))
		delete(fields, "query")
		again, by := carried(t, http.MethodPost, target, token, mediaGraphQL, encode(t, fields))
		if strings.Contains(string(by), "PERSISTED_QUERY_NOT_FOUND") { // it was not worth remembering
			return status, answer
		}
		return again, by
	},
}

// inURL has the parameters of a request as those of a URL; what is not JSON in UTF-8 is taken for a document.
func inURL(request []byte) string {
	var fields map[string]json.RawMessage
	if !utf8.Valid(request) || json.Unmarshal(request, &fields) != nil {
		return "query=" + url.QueryEscape(string(request))
	}
	values := url.Values{}
	for name, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		values.Set(name, text)
	}
	return values.Encode()
}

func carried(t *testing.T, method, target, token, accept string, body []byte) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("Content-Type", mediaJSON)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
		t.Errorf("503 without Retry-After: %.300s", answer)
	}
	if response.StatusCode == http.StatusRequestHeaderFieldsTooLarge { // of net/http, which knows nothing of GraphQL
		return response.StatusCode, madeUp("TOO_LARGE")
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), mediaEvents) {
		event, complete := strings.CutSuffix(string(answer), "event: complete\ndata:\n\n")
		_, event, found := strings.Cut(event, "data: ")
		if !complete || !found {
			t.Errorf("events %.300q", answer)
		}
		answer = []byte(strings.TrimSuffix(event, "\n\n"))
	}
	return response.StatusCode, answer
}

// madeUp is a refusal with a code.
func madeUp(code string) []byte {
	return fmt.Appendf(nil, `{"errors":[{"extensions":{"code":%q}}]}`, code)
}

func socketAnswer(t *testing.T, conn *websocket.Conn) (int, []byte) {
	t.Helper()
	conn.SetReadLimit(1 << 20)
	var f frame
	_, message, err := conn.Read(t.Context())
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == websocket.StatusMessageTooBig:
		return http.StatusRequestEntityTooLarge, madeUp("TOO_LARGE")
	case errors.As(err, &closed) && (closed.Code == 4400 || closed.Code == websocket.StatusInvalidFramePayloadData):
		return http.StatusBadRequest, madeUp("INVALID_INPUT")
	case err != nil:
		t.Fatal(err)
	}
	if err := json.Unmarshal(message, &f); err != nil {
		t.Fatal(err)
	}
	switch {
	case f.Type == "next" && f.ID == "1":
		return http.StatusOK, f.Payload
	case f.Type == "error" && f.ID == "1":
		return http.StatusBadRequest, fmt.Appendf(nil, `{"errors":%s}`, f.Payload)
	}
	t.Fatalf("%.300s", message)
	return 0, nil
}

// refusedOn asks that a request is refused as the client's mistake, shortly.
func refusedOn(t *testing.T, status int, answer []byte) {
	t.Helper()
	if code := harmless(t, status, answer); code != "INVALID_INPUT" && code != "TOO_LARGE" {
		t.Errorf("the code is %q: %.300s", code, answer)
	}
	if len(answer) > longestRefusal {
		t.Errorf("%d bytes: %.300s", len(answer), answer)
	}
}

// Documents that are meant to harm are refused by a short answer on every transport, read nothing and leave nothing behind. Not
// parallel: it counts the server's queries and memory.
func TestAbuse_Documents(t *testing.T) {
	before, queries := heap(), testServer.queries.Load()
	for transport, carry := range carriers {
		t.Run(transport, func(t *testing.T) {
			for name, abuse := range abuses() {
				t.Run(name, func(t *testing.T) {
					for range 2 {
						status, answer := carry(t, serverURL(t), "", abuse.request(t))
						refusedOn(t, status, answer)
					}
				})
			}
		})
	}
	if after := heap(); after > before+mostLeft {
		t.Errorf("%d MB in use, %d before", after>>20, before>>20)
	}
	if asked := testServer.queries.Load() - queries; asked != 0 {
		t.Errorf("%d engine queries", asked)
	}
	ask[map[string]any](t, `{ snapshot { id } }`)
}

// envelopes are requests that are none, or hardly, whatever the document.
var envelopes = map[string]string{
	"nothing":               ``,
	"space":                 " \n",
	"null":                  `null`,
	"a list":                `[]`,
	"a batch":               `[{"query": "{ __typename }"}, {"query": "{ __typename }"}]`,
	"a text":                `"{ __typename }"`,
	"a number":              `1e999`,
	"an object":             `{}`,
	"half":                  `{"query": "{ __typename }"`,
	"nested lists":          strings.Repeat("[", 1_000_000),
	"nested objects":        strings.Repeat(`{"a":`, 200_000),
	"text behind":           `{"query": "{ __typename }"} {"query": "{ __typename }"}`,
	"a zero":                "{\"query\": \"{ __typename }\x00\"}",
	"a byte order mark":     "\ufeff{\"query\": \"{ __typename }\"}",
	"no UTF-8":              "{\"query\": \"{ search(text: \\\"\xff\xfe\\\") { matched } }\"}",
	"half a character":      `{"query": "{ search(text: \"` + "\xe5\x8c" + `\") { matched } }"}`,
	"query a number":        `{"query": 1}`,
	"query null":            `{"query": null}`,
	"query empty":           `{"query": ""}`,
	"query an object":       `{"query": {"query": "{ __typename }"}}`,
	"variables a list":      `{"query": "{ __typename }", "variables": []}`,
	"variables a text":      `{"query": "{ __typename }", "variables": "{"}`,
	"operation an object":   `{"query": "{ __typename }", "operationName": {}}`,
	"operation unknown":     `{"query": "{ __typename }", "operationName": "` + strings.Repeat("x", 100_000) + `"}`,
	"extensions a number":   `{"query": "{ __typename }", "extensions": 7}`,
	"variables nested":      `{"query": "{ __typename }", "variables": {"a": ` + strings.Repeat("[", 11_000) + strings.Repeat("]", 11_000) + `}}`,
	"variables cut":         `{"query": "{ __typename }", "variables": {"a": ` + strings.Repeat("[", 5_000) + `}}`,
	"a Go type's name":      `{"query": "query($v: Int!) { regions(first: $v) { totalCount } }", "variables": {"v": {"a": []}}}`,
	"a variable too large":  `{"query": "query($v: Int!) { regions(first: $v) { totalCount } }", "variables": {"v": 1e400}}`,
	"a variable not known":  `{"query": "query($v: Nothing!) { regions(first: $v) { totalCount } }", "variables": {"v": 1}}`,
	"two without a name":    `{"query": "query a { __typename } query b { __typename }"}`,
	"more than a body":      `{"query": "{ __typename }", "extensions": {"a": "` + strings.Repeat("x", 3<<20) + `"}}`,
	"half a surrogate pair": `{"query": "query($v: Date) { observations(where: {}, asOf: $v) { totalCount } }", "variables": {"v": "\ud800"}}`,
}

// Requests that are none are refused on every transport.
func TestAbuse_Envelopes(t *testing.T) {
	t.Parallel()
	for transport, carry := range carriers {
		for name, envelope := range envelopes {
			t.Run(transport+"/"+name, func(t *testing.T) {
				t.Parallel()
				status, answer := carry(t, serverURL(t), "", []byte(envelope))
				refusedOn(t, status, answer)
			})
		}
	}
}

// What comes with the greeting of a WebSocket is no more trusted than what follows.
func TestAbuse_Greetings(t *testing.T) {
	t.Parallel()
	for name, payload := range map[string]string{
		"a text": `"x"`, "a list": `[]`, "a number": `1e999`, "nested lists": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
		"cut": `{"a":`, "no UTF-8": "{\"a\": \"\xff\"}", "too long": `{"a": "` + strings.Repeat("x", 2<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, serverURL(t), "graphql-transport-ws")
			_ = conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init","payload":`+payload+`}`)) // it may be closed before the end
			status, answer := socketAnswer(t, conn)
			refusedOn(t, status, answer)
		})
	}
	for name, payload := range map[string]string{"null": `null`, "nothing": `{}`, "many": `{` + each(10_000, `"a%d":{},`) + `"z":1}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, serverURL(t), "graphql-transport-ws")
			write(t, conn, frame{Type: "connection_init", Payload: json.RawMessage(payload)})
			wantFrame(t, conn, "", "connection_ack")
		})
	}
}

// Operations that are begun and completed again and again, without waiting for their answers, end each on its own: the identifier of
// one that was completed can be used for another, which is answered and completed.
func TestAbuse_FloodOfOperations(t *testing.T) {
	t.Parallel()
	const operations, floods = 3, 400
	s := streamingServer(t, server.Options{Streams: graph.Streams{Operations: operations}})
	conn := dial(t, s.url, "graphql-transport-ws")
	conn.SetReadLimit(-1)
	write(t, conn, hello)
	wantFrame(t, conn, "", "connection_ack")
	sent := make(chan error, 1)
	go func() {
		for i := range floods {
			document := `{ regions(first: ` + strconv.Itoa(1+i%500) + `) { nodes { code } } }`
			for _, f := range []frame{subscribing("a", document), {ID: "a", Type: "complete"}} {
				message, err := json.Marshal(f)
				if err == nil {
					err = conn.Write(t.Context(), websocket.MessageText, message)
				}
				if err != nil {
					sent <- err
					return
				}
			}
		}
		message, err := json.Marshal(subscribing("a", `{ region(code: "370105") { nameEn } }`))
		if err == nil {
			err = conn.Write(t.Context(), websocket.MessageText, message)
		}
		sent <- err
	}()
	for {
		f := read(t, conn)
		if f.Type == "next" && strings.Contains(string(f.Payload), "Tianqiao") {
			break
		}
		if f.ID != "a" || f.Type != "next" && f.Type != "complete" || f.Type == "next" && !strings.Contains(string(f.Payload), `"regions"`) {
			t.Fatalf("%s %s %.200s", f.ID, f.Type, f.Payload)
		}
	}
	wantFrame(t, conn, "a", "complete")
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

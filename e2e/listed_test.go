package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/server"
)

// requested is the status and the body of an answer to a request: a GET of the parameters, or a POST of them as JSON.
func requested(t *testing.T, address, method, accept string, parameters map[string]any) (int, string, http.Header) {
	t.Helper()
	values, body := url.Values{}, io.Reader(nil)
	if method == http.MethodPost {
		encoded, err := json.Marshal(parameters)
		if err != nil {
			t.Fatal(err)
		}
		body = strings.NewReader(string(encoded))
	} else {
		for name, value := range parameters {
			text, plain := value.(string)
			if !plain {
				encoded, err := json.Marshal(value)
				if err != nil {
					t.Fatal(err)
				}
				text = string(encoded)
			}
			values.Set(name, text)
		}
	}
	request, err := http.NewRequest(method, address+"/graphql?"+values.Encode(), body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer), response.Header
}

func persisted(hash string) map[string]any {
	return map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}
}

// A client sends the hash of a document, is asked for the document, sends both, and from then on the hash alone. A document that
// cannot run is not remembered.
func TestPersistedQueries(t *testing.T) {
	t.Parallel()
	s := streamingServer(t, server.Options{})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		text := `query q($code: String!) { region(code: $code) { nameEn } } # by ` + method
		hash := document.Hash(text)
		parameters := map[string]any{"extensions": persisted(hash), "variables": map[string]string{"code": "370105"}}
		status, answer, header := requested(t, s.url, method, "application/json", parameters)
		if want := `{"errors":[{"message":"PersistedQueryNotFound","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}`; status != http.StatusOK || answer != want || header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %v", method, status, answer, header)
		}
		parameters["query"] = text
		for range 2 {
			if _, answer, _ := requested(t, s.url, method, "application/json", parameters); answer != `{"data":{"region":{"nameEn":"Tianqiao"}}}` {
				t.Errorf("%s: %s", method, answer)
			}
			delete(parameters, "query")
		}
	}
	for name, test := range map[string]struct {
		parameters map[string]any
		want       []string
	}{
		"another hash":   {map[string]any{"query": "{ snapshot { id } }", "extensions": persisted(document.Hash("{ x }"))}, []string{"INVALID_INPUT", "sha256Hash is not the hash of query", `["extensions","persistedQuery","sha256Hash"]`}},
		"no hash":        {map[string]any{"extensions": persisted("abc")}, []string{"INVALID_INPUT", "SHA-256"}},
		"capitals":       {map[string]any{"extensions": persisted(strings.Repeat("A", 64))}, []string{"INVALID_INPUT", "small letters"}},
		"version 2":      {map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 2, "sha256Hash": document.Hash("")}}}, []string{"INVALID_INPUT", "version"}},
		"a text":         {map[string]any{"extensions": map[string]any{"persistedQuery": "x"}}, []string{"INVALID_INPUT", "persistedQuery"}},
		"null":           {map[string]any{"extensions": map[string]any{"persistedQuery": nil}}, []string{"INVALID_INPUT", "query is missing"}},
		"without a list": {map[string]any{"id": "newest"}, []string{"INVALID_INPUT", "query is missing"}},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			_, answer, _ := requested(t, s.url, method, "application/json", test.parameters)
			for _, want := range test.want {
				if !strings.Contains(answer, want) {
					t.Errorf("%s by %s: %s, want %q", name, method, answer, want)
				}
			}
		}
	}
	const broken = "{ snapshot { colour } }"
	parameters := map[string]any{"query": broken, "extensions": persisted(document.Hash(broken))}
	if _, answer, _ := requested(t, s.url, http.MethodPost, "application/json", parameters); !strings.Contains(answer, "colour") {
		t.Error(answer)
	}
	delete(parameters, "query")
	if _, answer, _ := requested(t, s.url, http.MethodPost, "application/json", parameters); !strings.Contains(answer, "PersistedQueryNotFound") {
		t.Errorf("a document that cannot run is remembered: %s", answer)
	}
	// The hash is enough on the other transports too.
	const kept = "{ snapshot { id } }"
	parameters = map[string]any{"query": kept, "extensions": persisted(document.Hash(kept))}
	requested(t, s.url, http.MethodPost, "application/json", parameters)
	delete(parameters, "query")
	if _, answer, _ := requested(t, s.url, http.MethodGet, "text/event-stream", parameters); !strings.Contains(answer, `"data":{"snapshot"`) {
		t.Error(answer)
	}
	payload, err := json.Marshal(parameters)
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, s.url, "graphql-transport-ws")
	write(t, conn, hello, frame{"1", "subscribe", payload}, frame{"2", "subscribe", json.RawMessage(strings.Replace(string(payload), document.Hash(kept), document.Hash("x"), 1))})
	wantFrame(t, conn, "", "connection_ack")
	answers := map[string]string{}
	for range 3 {
		f := read(t, conn)
		answers[f.ID+" "+f.Type] = string(f.Payload)
	}
	if !strings.Contains(answers["1 next"], `"data":{"snapshot"`) || !strings.Contains(answers["2 error"], "PERSISTED_QUERY_NOT_FOUND") {
		t.Errorf("%v", answers)
	}
}

// Only documents of the list are answered, by name, by hash or by text, on every transport. Files are not documents.
func TestListedDocuments(t *testing.T) {
	t.Parallel()
	const one, events = `query one($code: String!) { region(code: $code) { nameEn } }`, `subscription { snapshotPublished { id } }`
	dir := t.TempDir()
	for name, text := range map[string]string{
		"one.graphql": one + "\n", "two.graphql": `query a { region(code: "370105") { nameEn } } query b { region(code: "140403") { code } }`, "events.graphql": events,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := graph.ReadDocuments(dir, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := streamingServer(t, server.Options{List: list})
	code := map[string]string{"code": "370105"}
	for name, test := range map[string]struct {
		parameters map[string]any
		want       string // empty: FORBIDDEN
	}{
		"by name":           {map[string]any{"id": "one", "variables": code}, `"Tianqiao"`},
		"by hash":           {map[string]any{"id": document.Hash(one), "variables": code}, `"Tianqiao"`},
		"by extension":      {map[string]any{"extensions": persisted(document.Hash(one + "\n")), "variables": code}, `"Tianqiao"`},
		"by text":           {map[string]any{"query": one, "variables": code}, `"Tianqiao"`},
		"by all":            {map[string]any{"id": "one", "query": one, "extensions": persisted(document.Hash(one)), "variables": code}, `"Tianqiao"`},
		"of two":            {map[string]any{"id": "two", "operationName": "b"}, `"140403"`},
		"of two, unnamed":   {map[string]any{"id": "two"}, "say which one: operationName"},
		"two at once":       {map[string]any{"id": "two", "query": one}, "names several documents"},
		"unknown name":      {map[string]any{"id": "three"}, ""},
		"a path":            {map[string]any{"id": "../one"}, ""},
		"unknown hash":      {map[string]any{"extensions": persisted(document.Hash("{ snapshot { id } }"))}, ""},
		"another text":      {map[string]any{"query": "{ snapshot { id } }"}, ""},
		"remembering":       {map[string]any{"query": "{ snapshot { id } }", "extensions": persisted(document.Hash("{ snapshot { id } }"))}, ""},
		"worded otherwise":  {map[string]any{"query": strings.Replace(one, "{ nameEn", "{  nameEn", 1), "variables": code}, ""},
		"introspection":     {map[string]any{"query": "{ __schema { types { name } } }"}, ""},
		"a malformed text":  {map[string]any{"query": "{"}, ""},
		"nothing":           {map[string]any{}, "query is missing"},
		"a listed and more": {map[string]any{"query": one + " query more { snapshot { id } }", "operationName": "more"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := test.want
			if want == "" {
				want = `"code":"FORBIDDEN"`
			}
			for _, way := range [][2]string{
				{http.MethodGet, "application/json"}, {http.MethodPost, "application/json"}, {http.MethodPost, "application/graphql-response+json"},
				{http.MethodGet, "text/event-stream"}, {http.MethodPost, "text/event-stream"},
			} {
				status, answer, header := requested(t, s.url, way[0], way[1], test.parameters)
				if forbidden := status == http.StatusForbidden; !strings.Contains(answer, want) || forbidden != (test.want == "") || forbidden && header.Get("Cache-Control") != "no-store" {
					t.Errorf("%v: %d %s", way, status, answer)
				}
			}
			payload, err := json.Marshal(test.parameters)
			if err != nil {
				t.Fatal(err)
			}
			conn := dial(t, s.url, "graphql-transport-ws")
			write(t, conn, hello, frame{"1", "subscribe", payload})
			wantFrame(t, conn, "", "connection_ack")
			wantFrame(t, conn, "1", map[bool]string{true: "next", false: "error"}[strings.HasPrefix(want, `"1`) || strings.HasPrefix(want, `"T`)], want)
		})
	}
	conn := dial(t, s.url, "graphql-transport-ws")
	write(t, conn, hello, frame{"1", "subscribe", json.RawMessage(`{"id": "events"}`)}, subscribing("2", `subscription { snapshotPublished { observations } }`))
	wantFrame(t, conn, "", "connection_ack")
	wantFrame(t, conn, "2", "error", "FORBIDDEN")
	if status, _, body := exported(t, s.url, "observations.csv", `{"where": {}}`); status != http.StatusOK {
		t.Errorf("an export: %d %s", status, body)
	}
}

// A listed document has a tag, and proxies may give its answer again to those without a token.
func TestListedDocuments_AreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "one.graphql"), []byte(`query($code: String!) { region(code: $code) { nameEn } }`), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := graph.ReadDocuments(dir, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := streamingServer(t, server.Options{
		List: list, Keeping: graph.Keeping{MaxAge: 60e9}, Access: server.Access{Verifier: scopedVerifier{}},
	})
	address := s.url + "/graphql?id=one&variables=" + url.QueryEscape(`{"code": "370105"}`)
	for token, want := range map[string]string{"": "public, max-age=60", "province": "private, no-cache"} {
		first := asBearer(t, token, http.MethodGet, address, "", "")
		if again := asBearer(t, token, http.MethodGet, address, first.tag, ""); first.tag == "" || again.status != http.StatusNotModified || again.control != want || first.control != want {
			t.Errorf("%q: %+v, then %+v", token, first, again)
		}
	}
}

package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// exchange is one HTTP request to the GraphQL endpoint and what must come of it.
type exchange struct {
	name, method, query string // query: the URL's
	contentType, accept string
	body                io.Reader

	status   int
	media    string // of the answer; empty: application/json
	code     string // of the first error; empty: there is none
	contains string
}

func (x *exchange) do(t *testing.T) *http.Response {
	t.Helper()
	request, err := http.NewRequest(x.method, serverURL(t)+"/graphql"+x.query, x.body)
	if err != nil {
		t.Fatal(err)
	}
	if x.contentType != "" {
		request.Header.Set("Content-Type", x.contentType)
	}
	if x.accept != "" {
		request.Header.Set("Accept", x.accept)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// GraphQL over HTTP: methods, media types, parameters, and the status of each kind of failure.
func TestGraphQLOverHTTP(t *testing.T) {
	t.Parallel()
	const document = `{ snapshot { observations } }`
	posted := func(text string) io.Reader {
		body, err := json.Marshal(map[string]string{"query": text})
		if err != nil {
			t.Fatal(err)
		}
		return strings.NewReader(string(body))
	}
	body := strings.NewReader
	get := func(parameters ...string) string {
		values := url.Values{}
		for i := 0; i < len(parameters); i += 2 {
			values.Add(parameters[i], parameters[i+1])
		}
		return "?" + values.Encode()
	}
	for _, x := range []exchange{
		{name: "post", method: "POST", contentType: mediaJSON, body: posted(document), status: 200, contains: `"data":{"snapshot"`},
		{name: "charset", method: "POST", contentType: "application/json; charset=UTF-8", body: posted(document), status: 200},
		{name: "get", method: "GET", query: get("query", document), status: 200, contains: `"data":{"snapshot"`},
		{name: "head", method: "HEAD", query: get("query", document), status: 200},
		{name: "variables over GET", method: "GET", query: get("query", `query($c: String!) { region(code: $c) { code } }`, "variables", `{"c":"370105"}`), status: 200, contains: "370105"},
		{name: "options", method: "OPTIONS", status: 204, media: "none"},

		{name: "the newer media type", method: "POST", accept: mediaGraphQL, contentType: mediaJSON, body: posted(document), status: 200, media: mediaGraphQL},
		{name: "weights", method: "GET", query: get("query", document), accept: mediaJSON + ";q=0.4, " + mediaGraphQL + ";q=0.5", status: 200, media: mediaGraphQL},
		{name: "a weight of zero", method: "GET", query: get("query", document), accept: mediaJSON + ";q=0, */*", status: 200, media: mediaGraphQL},
		{name: "everything that urql reads", method: "GET", query: get("query", document), accept: mediaGraphQL + ", application/graphql+json, " + mediaJSON + ", text/event-stream, multipart/mixed", status: 200},
		{name: "rather JSON than events", method: "GET", query: get("query", document), accept: "text/event-stream;q=0.5, " + mediaJSON, status: 200},
		{name: "events refused", method: "GET", query: get("query", document), accept: "text/event-stream;q=0, */*", status: 200},
		{name: "rather events", method: "GET", query: get("query", document), accept: mediaJSON + ";q=0.5, text/event-stream", status: 200, media: mediaEvents, contains: "event: next"},
		{name: "events first", method: "GET", query: get("query", document), accept: "text/event-stream, " + mediaJSON, status: 200, media: mediaEvents, contains: "event: next"},
		{name: "anything", method: "GET", query: get("query", document), accept: "text/html, */*;q=0.1", status: 200},
		{name: "nothing offered", method: "GET", query: get("query", document), accept: "text/html", status: 406, code: "INVALID_INPUT"},

		{name: "put", method: "PUT", contentType: mediaJSON, body: posted(document), status: 405, code: "INVALID_INPUT"},
		{name: "a mutation over GET", method: "GET", query: get("query", `mutation { pruneSnapshots(keep: 1) }`), accept: mediaGraphQL, status: 405, media: mediaGraphQL, code: "INVALID_INPUT"},
		{name: "a form", method: "POST", contentType: "application/x-www-form-urlencoded", body: body("query={snapshot{id}}"), status: 415, code: "INVALID_INPUT", contains: "Content-Type: application/json"},
		{name: "parts", method: "POST", contentType: "multipart/form-data; boundary=x", body: body("--x--"), status: 415, code: "INVALID_INPUT"},
		{name: "text", method: "POST", contentType: "text/plain", body: posted(document), status: 415, code: "INVALID_INPUT"},
		{name: "no content type", method: "POST", body: posted(document), status: 415, code: "INVALID_INPUT"},
		{name: "another charset", method: "POST", contentType: "application/json; charset=gb18030", body: posted(document), status: 415, code: "INVALID_INPUT"},

		{name: "not JSON", method: "POST", contentType: mediaJSON, body: body("{"), status: 400, code: "INVALID_INPUT"},
		{name: "no body", method: "POST", contentType: mediaJSON, status: 400, code: "INVALID_INPUT"},
		{name: "a batch", method: "POST", contentType: mediaJSON, body: body(`[{"query":"{snapshot{id}}"}]`), status: 400, code: "INVALID_INPUT", contains: "batches"},
		{name: "text behind", method: "POST", contentType: mediaJSON, body: body(`{"query":"{snapshot{id}}"} {}`), status: 400, code: "INVALID_INPUT"},
		{name: "not UTF-8", method: "POST", contentType: mediaJSON, body: body("{\"query\":\"{search(text:\\\"\xff\\\"){matched}}\"}"), status: 400, code: "INVALID_INPUT", contains: "UTF-8"},
		{name: "not UTF-8 over GET", method: "GET", query: "?query=%FF", status: 400, code: "INVALID_INPUT", contains: "UTF-8"},
		{name: "twice", method: "GET", query: get("query", document, "query", document), status: 400, code: "INVALID_INPUT"},
		{name: "no query", method: "GET", status: 400, code: "INVALID_INPUT", contains: "query is missing"},
		{name: "a query that is no text", method: "POST", contentType: mediaJSON, body: body(`{"query":1}`), status: 400, code: "INVALID_INPUT", contains: "query is not a text"},
		{name: "variables that are a list", method: "POST", contentType: mediaJSON, body: body(`{"query":"{snapshot{id}}","variables":[]}`), status: 400, code: "INVALID_INPUT", contains: "variables is not an object"},
		{name: "variables that are no JSON", method: "GET", query: get("query", document, "variables", "{} {}"), status: 400, code: "INVALID_INPUT", contains: "variables is not an object"},

		{name: "does not parse", method: "POST", contentType: mediaJSON, body: posted("{"), status: 200, code: "INVALID_INPUT"},
		{name: "does not parse, newer", method: "POST", contentType: mediaJSON, accept: mediaGraphQL, body: posted("{"), status: 400, media: mediaGraphQL, code: "INVALID_INPUT"},
		{name: "not valid", method: "POST", contentType: mediaJSON, accept: mediaGraphQL, body: posted("{ nothing }"), status: 400, media: mediaGraphQL, code: "INVALID_INPUT"},
		{name: "which operation", method: "POST", contentType: mediaJSON, accept: mediaGraphQL, body: posted("query a { __typename } query b { __typename }"), status: 400, media: mediaGraphQL, code: "INVALID_INPUT", contains: "operationName"},
		{name: "no such operation", method: "GET", query: get("query", "query a { __typename }", "operationName", "b"), accept: mediaGraphQL, status: 400, media: mediaGraphQL, code: "INVALID_INPUT"},
		{name: "a variable of another shape", method: "GET", query: get("query", `query($r: RegionSelector) { availability(regions: $r) { observations } }`, "variables", `{"r": [1.5]}`), accept: mediaGraphQL, status: 400, media: mediaGraphQL, code: "INVALID_INPUT", contains: "must be a RegionSelector, not a list"},
		{name: "a failed field", method: "POST", contentType: mediaJSON, accept: mediaGraphQL, body: posted(`{ region(code: "0") { code } }`), status: 200, media: mediaGraphQL, code: "UNKNOWN_REGION", contains: `"data":null`},
		{name: "parts later", method: "GET", query: get("query", `{ ... @defer { snapshot { id } } }`), accept: mediaGraphQL, status: 400, media: mediaGraphQL, code: "INVALID_INPUT", contains: "defer"},

		{name: "a long body", method: "POST", contentType: mediaJSON, body: posted(strings.Repeat(" ", 1<<20) + document), status: 413, code: "TOO_LARGE", contains: `"limitName":"body"`},
		{name: "a long body in chunks", method: "POST", contentType: mediaJSON, body: io.MultiReader(posted(strings.Repeat(" ", 1<<20) + document)), status: 413, code: "TOO_LARGE", contains: `"limitName":"body"`},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			response := x.do(t)
			defer response.Body.Close()
			text, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != x.status || !strings.Contains(string(text), x.contains) {
				t.Errorf("%d %s", response.StatusCode, text)
			}
			if response.StatusCode == http.StatusMethodNotAllowed && response.Header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
			media := x.media
			if media == "" {
				media = mediaJSON
			}
			if got := response.Header.Get("Content-Type"); got != media+"; charset=utf-8" && media != "none" {
				t.Errorf("Content-Type is %q", got)
			}
			if x.method == http.MethodHead || x.method == http.MethodOptions || media == mediaEvents {
				return
			}
			var answer struct {
				Data   *json.RawMessage
				Errors []struct{ Extensions struct{ Code string } }
			}
			if err := json.Unmarshal(text, &answer); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			code := ""
			if len(answer.Errors) > 0 {
				code = answer.Errors[0].Extensions.Code
			}
			if code != x.code {
				t.Errorf("the code is %q: %s", code, text)
			}
			if refused := response.StatusCode >= 400; refused && strings.Contains(string(text), `"data"`) {
				t.Errorf("data in the answer to a request that was not carried out: %s", text)
			}
		})
	}
}

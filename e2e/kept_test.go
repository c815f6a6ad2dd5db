package e2e

import (
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/countyql/countyql/server"
)

// An answer is given again without asking the engine, however the question is spelled, until another snapshot is served. Who has it
// is told so. Errors are worked out again.
func TestKeptAnswers(t *testing.T) {
	t.Parallel()
	s := streamingServer(t, server.Options{})
	get := func(document, tag string) (int, http.Header, string) {
		t.Helper()
		request, err := http.NewRequest(http.MethodGet, s.url+"/graphql?query="+url.QueryEscape(document), nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("If-None-Match", tag)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, response.Header, string(body)
	}
	const question = `{ aggregate(input: {indicators: ["volunteer_teams"], regions: {codes: ["140403"]}}) { groups { value } cost { engineQueries } } }`
	const reworded = "{aggregate(input:{regions:{codes:[\"140403\"]}\n indicators:[\"volunteer_teams\"]}){groups{value},cost{engineQueries}}}"
	before := s.queries()
	status, header, first := get(question, "")
	if status != http.StatusOK || s.queries() == before || header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("%d %v %s", status, header, first)
	}
	before = s.queries()
	for _, document := range []string{question, reworded, "# a comment\n" + question} {
		_, again, body := get(document, "")
		if body != first || again.Get("ETag") != header.Get("ETag") || s.queries() != before {
			t.Errorf("%s: %s with %d engine queries", document, body, s.queries()-before)
		}
		if status, _, body := get(document, `"x", `+header.Get("ETag")); status != http.StatusNotModified || body != "" {
			t.Errorf("%d %s", status, body)
		}
	}
	if body := postTo(t, s.url, []byte(question), nil); string(body) != first || s.queries() != before {
		t.Errorf("POST: %s", body)
	}
	if _, header, _ := get(`{ aggregate(input: {indicators: ["nothing"]}) { groups { value } } }`, ""); header.Get("ETag") != "" {
		t.Errorf("an error has a tag: %v", header)
	}
	s.load(2)
	status, newer, second := get(question, header.Get("ETag"))
	if status != http.StatusOK || second == first || newer.Get("ETag") == header.Get("ETag") {
		t.Errorf("%d %s", status, second)
	}
}

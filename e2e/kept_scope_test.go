package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// scopedAnswer is what somebody is given.
type scopedAnswer struct {
	status             int
	tag, control, body string
}

// asBearer sends a request as the bearer of a token, or as nobody.
func asBearer(t *testing.T, token, method, address, tag, body string) scopedAnswer {
	t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
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
	if vary := strings.Join(response.Header.Values("Vary"), ", "); !slices.Contains(strings.Split(vary, ", "), "Authorization") {
		t.Errorf("%s %s: Vary is %q", method, address, vary)
	}
	return scopedAnswer{response.StatusCode, response.Header.Get("ETag"), response.Header.Get("Cache-Control"), string(answer)}
}

// Whoever asks what somebody of another scope has been answered gets an answer of their own: neither the one kept nor word that
// theirs is unchanged. Equal scopes share.
func TestKeptAnswers_ofAScope(t *testing.T) {
	t.Parallel()
	address, _ := twoLoads(t, bundled(t))
	const document = `{ observations(where: {}) { totalCount nodes { region { code } indicator { code } value } } }`
	posted, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	bearers := []string{"", "province", "counties", "topics", "county", "unknown"}
	for name, ask := range map[string]func(t *testing.T, token, tag string) scopedAnswer{
		"GET": func(t *testing.T, token, tag string) scopedAnswer {
			t.Helper()
			return asBearer(t, token, http.MethodGet, address+"/graphql?query="+url.QueryEscape(document), tag, "")
		},
		"POST": func(t *testing.T, token, tag string) scopedAnswer {
			t.Helper()
			return asBearer(t, token, http.MethodPost, address+"/graphql", tag, string(posted))
		},
		"export by GET": func(t *testing.T, token, tag string) scopedAnswer {
			t.Helper()
			return asBearer(t, token, http.MethodGet, address+"/v1/export/observations.csv?where="+url.QueryEscape("{}"), tag, "")
		},
		"export by POST": func(t *testing.T, token, tag string) scopedAnswer {
			t.Helper()
			return asBearer(t, token, http.MethodPost, address+"/v1/export/observations.csv", tag, `{"where": {}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			firsts := make(map[string]scopedAnswer)
			for _, token := range bearers {
				ask(t, token, "") // what is asked again is kept
				first := ask(t, token, "")
				if first.status != http.StatusOK || first.tag == "" {
					t.Fatalf("%s: %+v", token, first)
				}
				for other, theirs := range firsts {
					if first.tag == theirs.tag || first.body == theirs.body {
						t.Errorf("%q and %q share an answer", token, other)
					}
				}
				firsts[token] = first
			}
			for _, token := range bearers {
				if again := ask(t, token, ""); again != firsts[token] {
					t.Errorf("%q is answered otherwise the second time", token)
				}
				for other, theirs := range firsts {
					got := ask(t, token, theirs.tag)
					if unchanged := got.status == http.StatusNotModified; unchanged != (token == other && name != "POST") {
						t.Errorf("%q with the tag of %q: %d", token, other, got.status)
					} else if !unchanged && got.body != firsts[token].body {
						t.Errorf("%q with the tag of %q is answered otherwise", token, other)
					}
				}
			}
			if twin := ask(t, "everything", firsts[""].tag); twin.tag != firsts[""].tag {
				t.Error("equal scopes have tags of their own")
			}
		})
	}
}

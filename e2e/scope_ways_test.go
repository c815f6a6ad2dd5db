package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/server"
)

// plain leaves what names the snapshot or the load out of a text.
func plain(text string, snapshots []string) string {
	for _, id := range snapshots {
		text = strings.ReplaceAll(text, id, "a snapshot")
	}
	return loadName.ReplaceAllString(text, "a load")
}

// exportAs asks for a file as the bearer of a token.
func exportAs(t *testing.T, address, token, file, arguments string) (int, http.Header, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/v1/export/"+file, strings.NewReader(arguments))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaJSON)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, body
}

// scopedFiles are asked for within scopes: everything there is, codes that are hidden, and figures that rest on hidden ones.
var scopedFiles = []struct{ field, arguments string }{
	{"observations", `{"where": {}}`},
	{"observations", `{"where": {"regions": {"codes": ["510402"]}}}`},
	{"aggregate", `{"input": {"indicators": ["party_members_deployed", "grids"], "groupBy": [{"region": "PROVINCE"}]}}`},
	{"aggregate", `{"input": {"indicators": ["checkpoints"]}}`},
	{"compare", `{"input": {"indicators": ["party_members_deployed"], "display": {"within": ["CN"]}}}`},
	{"compare", `{"input": {"indicators": ["party_members_deployed"], "display": {"codes": ["370105"]}, "baseline": {"region": "220721"}}}`},
	{"series", `{"input": {"indicators": ["party_members_deployed"], "regions": {"within": ["CN"]}}}`},
}

// Files, and what an operation took, are of a scope as answers are: the same as from data without what it hides, to the headers.
func TestScope_FilesAndStats(t *testing.T) {
	t.Parallel()
	all := bundled(t)
	allURL, allSnapshots := twoLoads(t, all)
	for _, name := range []string{"province", "topics"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			partURL, partSnapshots := twoLoads(t, without(t, all, scopes[name]))
			differ := 0
			for _, file := range scopedFiles {
				for extension, read := range exportReaders {
					got, want := scopedFile(t, allURL, name, file.field+"."+extension, file.arguments, allSnapshots, read), scopedFile(t, partURL, name, file.field+"."+extension, file.arguments, partSnapshots, read)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s.%s %s: -without what is hidden +with it:\n%s", file.field, extension, file.arguments, diff)
					}
					if !reflect.DeepEqual(got, scopedFile(t, allURL, "", file.field+"."+extension, file.arguments, allSnapshots, read)) {
						differ++
					}
				}
			}
			if differ < len(exportReaders) {
				t.Errorf("%d files differ from those of all data, so that nothing is tested", differ)
			}
			for field, documents := range scopeDocuments {
				for _, document := range documents {
					// Fields of many objects are asked in batches, of which a slow machine makes more, and each reads for itself.
					diff := "not asked"
					for attempt := 0; diff != "" && attempt < 5; attempt++ {
						diff = cmp.Diff(statsOf(t, partURL, name, document, partSnapshots), statsOf(t, allURL, name, document, allSnapshots))
					}
					if diff != "" {
						t.Errorf("what %s took: -without what is hidden +with it:\n%s\n%s", field, diff, document)
					}
				}
			}
		})
	}
}

// scopedFile is everything that a client can tell of a file but for the names of snapshots.
func scopedFile(t *testing.T, address, token, file, arguments string, snapshots []string, read func(*testing.T, []byte) []exportedRow) map[string]any {
	t.Helper()
	status, header, body := exportAs(t, address, token, file, arguments)
	told := map[string]any{"status": status}
	for name := range header {
		if !slices.Contains([]string{"Date", "X-Request-Id", "Etag", "Content-Length"}, name) { // of the snapshot, whose name is in the file
			told[name] = plain(strings.Join(header.Values(name), ", "), snapshots)
		}
	}
	if status != http.StatusOK {
		told["body"] = plain(string(body), snapshots)
		return told
	}
	rows := read(t, body)
	for _, row := range rows {
		for column, value := range row {
			row[column] = plain(value, snapshots)
		}
	}
	told["rows"] = rows
	return told
}

// statsOf is what an operation took, times left out, with its errors.
func statsOf(t *testing.T, address, token, document string, snapshots []string) map[string]any {
	t.Helper()
	document = strings.NewReplacer("SINCE", snapshots[0], "SNAPSHOT", snapshots[1]).Replace(document)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/graphql", strings.NewReader(string(encode(t, map[string]string{"query": document}))))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaJSON)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("X-Countyql-Stats", "1")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Extensions struct{ Stats map[string]any }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Extensions.Stats["values"] == nil {
		t.Fatalf("%v: %v", err, answer)
	}
	for _, varies := range []string{"snapshot", "engineQueries", "engineMs", "queuedMs", "ms"} { // queries: as many as objects happen not to ask together
		delete(answer.Extensions.Stats, varies)
	}
	return answer.Extensions.Stats
}

// A cursor that somebody else has been given leads nowhere but within the scope of who uses it, and a document that somebody else has
// sent is answered, by its hash, as it would be by its text.
func TestScope_WhatOthersHaveSent(t *testing.T) {
	t.Parallel()
	address, _ := twoLoads(t, bundled(t))
	ask := func(token, way string, request map[string]any) string {
		_, answer := carriers[way](t, address, token, encode(t, request))
		return string(answer)
	}
	pages := map[string]string{
		"observations by value":  `query($after: String) { page: observations(where: {}, orderBy: {by: VALUE}, first: %d, after: $after) { totalCount nodes { region { code } indicator { code } value } pageInfo { endCursor } } }`,
		"observations by region": `query($after: String) { page: observations(where: {}, orderBy: {by: REGION}, first: %d, after: $after) { totalCount nodes { region { code } indicator { code } value } pageInfo { endCursor } } }`,
		"regions":                `query($after: String) { page: regions(first: %d, after: $after) { totalCount nodes { code name } pageInfo { endCursor } } }`,
		"indicators":             `query($after: String) { page: indicators(first: %d, after: $after) { totalCount nodes { code } pageInfo { endCursor } } }`,
		"sources":                `query($after: String) { page: sources(first: %d, after: $after) { totalCount nodes { code } pageInfo { endCursor } } }`,
		"checks":                 `query($after: String) { page: checks(first: %d, after: $after) { totalCount nodes { code region { code } message } pageInfo { endCursor } } }`,
	}
	type page struct {
		Data struct {
			Page struct {
				TotalCount int
				Nodes      []any
				PageInfo   struct{ EndCursor string }
			}
		}
	}
	decode := func(text string) (p page) {
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	const everything = 5000
	for name, format := range pages {
		whole, some := fmt.Sprintf(format, everything), fmt.Sprintf(format, 3)
		cursor := decode(ask("", "POST", map[string]any{"query": some})).Data.Page.PageInfo.EndCursor
		if cursor == "" {
			t.Fatalf("%s: no cursor", name)
		}
		for _, token := range []string{"province", "counties", "county"} {
			shown := decode(ask(token, "POST", map[string]any{"query": whole})).Data.Page
			text := ask(token, "POST", map[string]any{"query": whole, "variables": map[string]string{"after": cursor}})
			after := decode(text).Data.Page
			if after.TotalCount != shown.TotalCount && !strings.Contains(text, `"INVALID_INPUT"`) {
				t.Errorf("%s as %s: %d in all, %d with somebody else's cursor", name, token, shown.TotalCount, after.TotalCount)
			}
			for _, node := range after.Nodes {
				if !slices.ContainsFunc(shown.Nodes, func(other any) bool { return cmp.Equal(node, other) }) {
					t.Errorf("%s as %s: somebody else's cursor shows %v", name, token, node)
				}
			}
			by := map[string]any{"extensions": persisted(document.Hash(whole))}
			ask("", "POST", map[string]any{"query": whole, "extensions": by["extensions"]})
			for way := range carriers {
				if got, want := ask(token, way, by), ask(token, way, map[string]any{"query": whole}); got != want {
					t.Errorf("%s as %s by %s: %.300s\nby the hash, by its text %.300s", name, token, way, got, want)
				}
			}
		}
	}
}

// What a subscriber is told of a publication is what the scope shows of it.
func TestScope_Events(t *testing.T) {
	t.Parallel()
	const events = `subscription { snapshotPublished { observations regions indicators contentHash load { added revised withdrawn unchanged rejected files { name sha256 } } } }`
	s := streamingServer(t, server.Options{Access: server.Access{Verifier: scopedVerifier{}}})
	told := make(map[string]string)
	for _, token := range []string{"", "province", "unknown"} {
		conn := dial(t, s.url, "graphql-transport-ws")
		write(t, conn, helloAs(token), subscribing("1", events))
		wantFrame(t, conn, "", "connection_ack")
		write(t, conn, subscribing("2", `{ snapshot { observations regions indicators contentHash load { added revised withdrawn unchanged rejected files { name sha256 } } } }`))
		wantFrame(t, conn, "2", "next")
		wantFrame(t, conn, "2", "complete")
		defer func() {
			event := wantFrame(t, conn, "1", "next")
			write(t, conn, subscribing("3", `{ snapshot { observations regions indicators contentHash load { added revised withdrawn unchanged rejected files { name sha256 } } } }`))
			asked := wantFrame(t, conn, "3", "next")
			told[token] = string(event.Payload)
			if got, want := told[token], strings.Replace(string(asked.Payload), `"snapshot":`, `"snapshotPublished":`, 1); got != want {
				t.Errorf("%q is told %s, and answered %s", token, got, want)
			}
			if shown := strings.Contains(told[token], `"revised":1`); shown != (token == "") {
				t.Errorf("%q is told %s", token, told[token])
			}
		}()
	}
	s.load(2)
}

// Who has a scope may load nothing, and is told no more than that, whatever is sent; nor may they change which snapshot is served, or
// see what the server counts.
func TestScope_MayOnlyAsk(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{})
	multipart, multipartType := form(t, [3]string{"mapping", "m.yaml", mapping}, [3]string{"file", "foreign.csv", "place,day,teams\n510402,2021-01-01,1\n"})
	first, before := "", s.snapshots()
	for name, u := range map[string]sent{
		"in scope": {body: teams("1")}, "hidden": {body: strings.ReplaceAll(teams("1"), "370105", "510402")}, "unknown": {body: strings.ReplaceAll(teams("1"), "370105", "999999")},
		"dry run": {target: "?dryRun=true", body: teams("1")}, "withdrawing": {target: "?replace=region=510402", body: teams("1")}, "malformed": {target: "?colour=red", body: "\x00"},
		"nothing": {}, "a form": {body: multipart, header: map[string]string{"Content-Type": multipartType}}, "another type": {body: "x", header: map[string]string{"Content-Type": "image/png"}},
		"a key": {body: teams("1"), header: map[string]string{"Idempotency-Key": "k"}}, "events": {body: teams("1"), header: map[string]string{"Accept": mediaEvents}},
		"another method": {method: http.MethodPut, body: teams("1")},
	} {
		u.token = "part"
		response, _, body := s.send(u)
		if first == "" {
			first = string(body)
		}
		if response.StatusCode != http.StatusForbidden || string(body) != first || !strings.Contains(first, "scope") {
			t.Errorf("%s: %d %s, another was told %s", name, response.StatusCode, body, first)
		}
	}
	if s.snapshots() != before {
		t.Error("something was published")
	}
	first = ""
	for _, id := range []string{s.newest(), "nothing", "../CURRENT"} {
		_, answer := carriers["POST"](t, s.url, "adminpart", encode(t, map[string]string{"query": fmt.Sprintf(`mutation { publishSnapshot(id: %q) { id } }`, id)}))
		if first == "" {
			first = string(answer)
		}
		if string(answer) != first || !strings.Contains(first, `"FORBIDDEN"`) {
			t.Errorf("%s: %s, of another %s", id, answer, first)
		}
	}
	for token, status := range map[string]int{"": http.StatusUnauthorized, "reader": http.StatusForbidden, "part": http.StatusForbidden, "adminpart": http.StatusForbidden, "admin": http.StatusOK} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/metrics", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Forwarded-For", "192.0.2.1") // or it would be this machine's
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if counted := strings.Contains(string(body), "countyql_"); response.StatusCode != status || counted != (status == http.StatusOK) {
			t.Errorf("metrics as %q: %d", token, response.StatusCode)
		}
	}
	s.stop()
}

func (s *uploadServer) newest() string {
	s.t.Helper()
	manifests, err := s.engine.Manifests(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return manifests[0].ID
}

// A hidden code is as unknown as one that there is not, by every transport and in files.
func TestScope_HiddenIsUnknown(t *testing.T) {
	t.Parallel()
	address, snapshots := twoLoads(t, bundled(t))
	hidden, unknown := "510402", "990402" // as near to a code in scope
	same := func(what string, answer func(code string) string) {
		t.Helper()
		if got, want := plain(answer(hidden), snapshots), strings.ReplaceAll(plain(answer(unknown), snapshots), unknown, hidden); got != want {
			t.Errorf("%s: a hidden code is told %s\nan unknown one %s", what, got, want)
		}
	}
	for way, carry := range carriers {
		same(way, func(code string) string {
			status, answer := carry(t, address, "province", encode(t, map[string]string{"query": `{ region(code: "` + code + `") { name } }`}))
			return fmt.Sprint(status, string(answer))
		})
	}
	for field, arguments := range map[string]string{
		"observations": `{"where": {"regions": {"codes": ["CODE"]}}}`, "aggregate": `{"input": {"indicators": ["grids"], "regions": {"codes": ["CODE"]}}}`,
		"compare": `{"input": {"indicators": ["grids"], "display": {"codes": ["CODE"]}}}`, "series": `{"input": {"indicators": ["grids"], "regions": {"within": ["CODE"]}}}`,
	} {
		for extension := range exportReaders {
			same(field+"."+extension, func(code string) string {
				status, header, body := exportAs(t, address, "province", field+"."+extension+"?filename="+url.QueryEscape("grids "+hidden), strings.ReplaceAll(arguments, "CODE", code))
				header.Del("Date")
				header.Del("X-Request-Id")
				return fmt.Sprint(status, header, string(body))
			})
		}
	}
}

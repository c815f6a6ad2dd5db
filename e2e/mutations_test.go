package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countyql/countyql/server"
)

// Administrators, and nobody else, publish and prune snapshots. Everybody sees what was published: queries, answers that are kept,
// and subscriptions.
func TestMutations(t *testing.T) {
	t.Parallel()
	var audit bytes.Buffer
	s := streamingServer(t, server.Options{Access: server.Access{Verifier: roles{}}, Audit: slog.New(slog.NewJSONHandler(&audit, nil))})
	first := s.teams(t)
	second := s.load(2)

	publish := func(id string) string {
		return fmt.Sprintf(`mutation { publishSnapshot(id: %q) { id parent observations load { id } } }`, id)
	}
	for _, test := range []struct {
		token, document string
		status          int
		code, contains  string
	}{
		{"", publish(first.id), 401, "UNAUTHENTICATED", "role admin"},
		{"", `mutation { pruneSnapshots(keep: 1) }`, 401, "UNAUTHENTICATED", "role admin"},
		{"reader", publish(first.id), 403, "FORBIDDEN", "role reader"},
		{"loader", publish(first.id), 403, "FORBIDDEN", "role loader"},
		{"loader", `mutation { pruneSnapshots(keep: 1) }`, 403, "FORBIDDEN", "role loader"},
		{"adminpart", publish(first.id), 403, "FORBIDDEN", "scope"},
		{"admin", publish("nothing"), 200, "INVALID_INPUT", `"suggestions":["` + second + `","` + first.id + `"]`},
		{"admin", publish("../CURRENT"), 200, "INVALID_INPUT", `"argument":["id"]`},
		{"admin", `mutation { pruneSnapshots(keep: 0) }`, 200, "INVALID_INPUT", `"argument":["keep"]`},
	} {
		status, header, body := s.mutate(t, test.token, test.document)
		if status != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) || !strings.Contains(body, test.contains) {
			t.Errorf("%s, %s: %d %s", test.token, test.document, status, body)
		}
		if challenged := header.Get("WWW-Authenticate") != ""; challenged != (status == http.StatusUnauthorized) {
			t.Errorf("%s, %s: %d with the challenge %q", test.token, test.document, status, header.Get("WWW-Authenticate"))
		}
	}
	response, err := http.Get(s.url + "/graphql?query=" + url.QueryEscape(publish(first.id)))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", response.StatusCode)
	}
	if got := s.teams(t); got.id != second || got.value != 2 {
		t.Fatalf("what was refused has changed something: %+v", got)
	}

	writer, err := s.engine.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{publish(first.id), `mutation { pruneSnapshots(keep: 1) }`} {
		if status, header, body := s.mutate(t, "admin", document); status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" ||
			!strings.Contains(body, `"code":"OVERLOADED"`) || !strings.Contains(body, `"hint"`) || strings.Contains(body, "pid") {
			t.Errorf("during a load: %d %s", status, body)
		}
	}
	if err := writer.Abort(); err != nil {
		t.Fatal(err)
	}

	conn := dial(t, s.url, "graphql-transport-ws")
	write(t, conn, hello)
	wantFrame(t, conn, "", "connection_ack")
	write(t, conn, subscribing("s", `subscription { snapshotPublished { id } }`), subscribing("q", `{ snapshot { id } }`))
	wantFrame(t, conn, "q", "next", second)
	wantFrame(t, conn, "q", "complete")

	status, _, body := s.mutate(t, "admin", publish(first.id))
	if want := fmt.Sprintf(`"publishSnapshot":{"id":%q,"parent":null,"observations":`, first.id); status != http.StatusOK || !strings.Contains(body, want) {
		t.Fatalf("%d %s", status, body)
	}
	if got := s.teams(t); got != first {
		t.Errorf("after going back: %+v, want %+v", got, first)
	}
	wantFrame(t, conn, "s", "next", first.id)
	if _, _, body := s.mutate(t, "admin", publish(second)); !strings.Contains(body, second) {
		t.Error(body)
	}
	if got := s.teams(t); got.id != second || got.value != 2 {
		t.Errorf("after going forward: %+v", got)
	}
	wantFrame(t, conn, "s", "next", second)

	for _, removed := range []string{fmt.Sprintf("[%q]", first.id), "[]"} {
		if _, _, body := s.mutate(t, "admin", `mutation { pruneSnapshots(keep: 1) }`); body != `{"data":{"pruneSnapshots":`+removed+`}}` {
			t.Errorf("%s, want %s", body, removed)
		}
	}
	if _, _, body := s.mutate(t, "admin", publish(first.id)); !strings.Contains(body, "INVALID_INPUT") {
		t.Errorf("a snapshot that was removed: %s", body)
	}
	for _, want := range []string{
		`"msg":"publishSnapshot"`, `"principal":"admin","asked":"` + first.id + `","outcome":"done","snapshots":["` + first.id + `"]`,
		`"principal":"loader"`, `"outcome":"FORBIDDEN"`, `"principal":"","asked":null,"outcome":"UNAUTHENTICATED"`, `"outcome":"OVERLOADED"`, `"msg":"pruneSnapshots"`, `"asked":1,"outcome":"done"`,
	} {
		if !strings.Contains(audit.String(), want) {
			t.Errorf("the audit log lacks %s:\n%s", want, audit.String())
		}
	}
}

// teamsServed is which snapshot is served and the figure of withTeams in it.
type teamsServed struct {
	id    string
	value float64
}

func (s streaming) teams(t *testing.T) teamsServed {
	t.Helper()
	var answer struct {
		Data struct {
			Snapshot struct{ ID string }
			Region   struct{ Latest struct{ Value float64 } }
		}
	}
	text := postTo(t, s.url, []byte(`{ snapshot { id } region(code: "140403") { latest(indicator: "volunteer_teams") { value } } }`), nil)
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	return teamsServed{answer.Data.Snapshot.ID, answer.Data.Region.Latest.Value}
}

// mutate posts a document as the bearer of a token, or as nobody.
func (s streaming) mutate(t *testing.T, token, document string) (int, http.Header, string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
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
	return response.StatusCode, response.Header, string(answer)
}

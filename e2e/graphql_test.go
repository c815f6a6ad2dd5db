package e2e

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "rewrite the wanted answers")

// relativeTolerance of numbers: engines may add in another order.
const relativeTolerance = 1e-9

// TestGolden runs testdata/<topic>/<case>/query.graphql, with variables.json where there is one, through the real handler over
// the bundled data, and compares the whole response with want.json: order exactly, numbers to a relative 1e-9. Identifiers,
// times and hashes that differ from run to run are left out of the queries. The second answer is one from memory. Run with -update to rewrite want.json, and read
// the difference.
func TestGolden(t *testing.T) {
	t.Parallel()
	queries, err := filepath.Glob("testdata/*/*/query.graphql")
	if err != nil || len(queries) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range queries {
		dir := filepath.Dir(path)
		t.Run(strings.TrimPrefix(filepath.ToSlash(dir), "testdata/"), func(t *testing.T) {
			t.Parallel()
			document, variables := readFile(t, os.DirFS(dir), "query.graphql"), readFile(t, os.DirFS(dir), "variables.json")
			checkGolden(t, dir, post(t, document, variables))
			checkGolden(t, dir, postTo(t, testServer.memory, document, variables))
		})
	}
}

// checkGolden compares an answer with the want.json of a case's directory, or rewrites it.
func checkGolden(t *testing.T, dir string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join(dir, "want.json"), indent(t, got), 0o644); err != nil { //nolint:gosec // a fixture
			t.Fatal(err)
		}
	}
	if diff := diffJSON(t, readFile(t, os.DirFS(dir), "want.json"), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// readFile returns nil for a file that does not exist.
func readFile(t *testing.T, files fs.FS, name string) []byte {
	t.Helper()
	text, err := fs.ReadFile(files, name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return text
}

// post sends an operation to the server under test and returns the response's body.
func post(t *testing.T, document, variables []byte) []byte {
	t.Helper()
	return postTo(t, serverURL(t), document, variables)
}

func postTo(t *testing.T, url string, document, variables []byte) []byte {
	t.Helper()
	request := map[string]any{"query": string(document)}
	if variables != nil {
		request["variables"] = json.RawMessage(variables)
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// ask posts a query without variables and decodes its data; errors fail the test.
func ask[T any](t *testing.T, document string) T {
	t.Helper()
	var answer struct {
		Data   T
		Errors []struct{ Message string }
	}
	body := post(t, []byte(document), nil)
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if len(answer.Errors) > 0 {
		t.Fatalf("%s: %s", document, body)
	}
	return answer.Data
}

func indent(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func diffJSON(t *testing.T, want, got []byte) string {
	t.Helper()
	var wanted, found any
	if err := json.Unmarshal(want, &wanted); err != nil {
		t.Fatalf("want.json: %v (run with -update to write it)", err)
	}
	if err := json.Unmarshal(got, &found); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	return cmp.Diff(wanted, found, cmpopts.EquateApprox(relativeTolerance, 0))
}

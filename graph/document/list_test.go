package document

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A document has the name of its file and the hash of its text, with the white space around it and without.
func TestReadList(t *testing.T) {
	t.Parallel()
	const text = `query newest { snapshot { id } }`
	dir := written(t, map[string]string{
		"newest.graphql": "\n" + text + "\n", "two.graphql": "\ufeffquery a { snapshot { id } } query b { snapshot { engine } }",
		Hash(text) + ".graphql": text, ".graphql": "{", "read.me": "not GraphQL", "newest.json": "{}",
	})
	list, err := ReadList(dir, newTestChecker(t, Options{}))
	if err != nil || list.Size() != 3 {
		t.Fatalf("%v: %+v", err, list)
	}
	if diff := cmp.Diff([]string{"a", "b", "newest"}, list.Operations()); diff != "" {
		t.Error(diff)
	}
	for _, id := range []string{"newest", Hash(text), Hash("\n" + text + "\n")} {
		if got, found := list.Find(id); !found || got != text {
			t.Errorf("%s is %q", id, got)
		}
	}
	for _, id := range []string{"", "newest.graphql", "Newest", "read", text} {
		if got, found := list.Find(id); found {
			t.Errorf("%q is %q", id, got)
		}
	}
	for given, has := range map[string]bool{text: true, text + "\n\n": true, "": false, "newest": false, `query newest { snapshot {id} }`: false, "{ snapshot { engine } }": false} {
		if list.Has(given) != has {
			t.Errorf("has %q: %t", given, !has)
		}
	}
}

// Every problem of every document is told with its place, and nothing is served.
func TestReadList_Problems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files    map[string]string
		problems []string
	}{
		"nothing there":  {map[string]string{"read.me": ""}, nil},
		"unknown fields": {map[string]string{"a.graphql": "{\n  snapshot { colour }\n}", "b.graphql": "{ snapshot { id } }", "c.graphql": "{ shape }"}, []string{`a.graphql:2:14: Cannot query field "colour" on type "Snapshot".`, `c.graphql:1:3: Cannot query field "shape" on type "Query".`}},
		"malformed":      {map[string]string{"a.graphql": "{\n\n  snapshot {"}, []string{"a.graphql:3:13: Expected Name, found <EOF>"}},
		"empty":          {map[string]string{"a.graphql": "# nothing"}, []string{"a.graphql: the document has no operation"}},
		"two without name": {map[string]string{"a.graphql": "{ snapshot { id } }\nquery b { snapshot { id } }"}, []string{
			"a.graphql:1:1: This anonymous operation must be the only defined operation.",
		}},
		"beyond a limit": {map[string]string{"a.graphql": "{ " + strings.Repeat("snapshot { id } ", 60) + "}"}, []string{"a.graphql: the document has 60 fields at the root of an operation, and 50 are allowed (send several requests)"}},
		"not UTF-8":      {map[string]string{"a.graphql": "{ snapshot { id } } # \xff"}, []string{"a.graphql: the file is not UTF-8 (encode it as UTF-8)"}},
		"another's hash": {map[string]string{Hash("") + ".graphql": "{ snapshot { id } }"}, []string{fmt.Sprintf(
			"%s.graphql: the file is named by a hash that is not its text's (name it %s, or otherwise)", Hash(""), Hash("{ snapshot { id } }"))}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := written(t, test.files)
			list, err := ReadList(dir, newTestChecker(t, Options{NoSuggestions: true}))
			var refused *ListError
			if !errors.As(err, &refused) || list != nil {
				t.Fatalf("%v, %v", list, err)
			}
			var want []string
			for _, problem := range test.problems {
				want = append(want, filepath.Join(dir, problem))
			}
			if diff := cmp.Diff(want, refused.Problems); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(err.Error(), dir) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := ReadList(filepath.Join(t.TempDir(), "absent"), newTestChecker(t, Options{})); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// Texts make room for others by their size.
func TestRemembered(t *testing.T) {
	t.Parallel()
	const most, size, texts = 100_000, 5000, 100
	r := NewRemembered(most)
	for i := range texts {
		text := fmt.Sprint(i) + strings.Repeat(" ", size)
		r.Keep(Hash(text), text)
		r.texts.CleanUp()
	}
	found := 0
	for i := range texts {
		text := fmt.Sprint(i) + strings.Repeat(" ", size)
		if got, ok := r.Find(Hash(text)); ok {
			found++
			if got != text {
				t.Errorf("%d is %q", i, got[:10])
			}
		}
	}
	if found == 0 || found > most/size {
		t.Errorf("%d texts of %d bytes kept in %d", found, size, most)
	}
}

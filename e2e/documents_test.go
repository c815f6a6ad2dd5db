package e2e

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/countyql/countyql/schema"
)

// recipes is the folder of the pages for clients.
const recipes = "docs/clients"

// Every GraphQL document that the documentation shows, or that the code beside it sends, is valid.
func TestDocumentation_DocumentsAreValid(t *testing.T) {
	t.Parallel()
	definition, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: schema.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	files := documentation(t)
	for name, text := range files {
		for _, document := range documentsIn(text) {
			if _, err := gqlparser.LoadQueryWithRules(definition, document, rules.NewDefaultRules()); err != nil {
				t.Errorf("%s: %v in\n%s", name, err, document)
			}
		}
	}
	// What is not found is not held to anything: each page has a document, a folder that has one, or asks for a file.
	for name := range files {
		if path.Dir(name) != recipes || path.Ext(name) != ".md" || path.Base(name) == "README.md" {
			continue
		}
		found := len(documentsIn(files[name]))
		for other, text := range files {
			if strings.HasPrefix(other, strings.TrimSuffix(name, ".md")+"/") {
				found += len(documentsIn(text))
			}
		}
		if found == 0 && !strings.Contains(files[name], "v1/export/") {
			t.Errorf("no document was found for %s", name)
		}
	}
	if len(documentsIn(files["README.md"])) == 0 {
		t.Error("no document was found in README.md")
	}
}

// documentation is the text of every file of the documentation and its recipes, by name; what tools have generated or fetched is
// left out.
func documentation(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	root := os.DirFS("..")
	read := func(name string) {
		files[name] = string(readFile(t, root, name))
	}
	read("README.md")
	err := fs.WalkDir(root, "docs", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{"node_modules", "dist", "gql", "__pycache__"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		written := []string{".md", ".py", ".ts", ".js", ".go", ".graphql"}
		if strings.HasPrefix(name, recipes+"/grafana/") {
			written = append(written, ".json")
		}
		generated := []string{"schema.graphql", "generated.go"}
		if slices.Contains(written, filepath.Ext(name)) && !slices.Contains(generated, entry.Name()) {
			read(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var (
	fence     = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	named     = regexp.MustCompile(`\b(?:query|mutation|subscription) [A-Z]\w*\s*[({]`)
	anonymous = regexp.MustCompile(`query=\{`)
)

// fences are the blocks of one language in a page.
func fences(page, language string) []string {
	var found []string
	for _, match := range fence.FindAllStringSubmatch(page, -1) {
		if match[1] == language {
			found = append(found, match[2])
		}
	}
	return found
}

// documentsIn finds GraphQL documents in a text of any language: named operations, blocks marked as GraphQL, and `query={` in
// addresses. Where the text is a literal of JSON or M, its quotes are taken back.
func documentsIn(text string) []string {
	var found []string
	for _, at := range named.FindAllStringIndex(text, -1) {
		found = append(found, balanced(text[at[0]:]))
	}
	for _, at := range anonymous.FindAllStringIndex(text, -1) {
		found = append(found, balanced(text[at[1]-1:]))
	}
	for _, block := range fences(text, "graphql") {
		if !named.MatchString(block) {
			found = append(found, block)
		}
	}
	literal := strings.NewReplacer(`\"`, `"`, `\n`, "\n", `""`, `"`)
	for i := range found {
		found[i] = literal.Replace(found[i])
	}
	return found
}

// balanced is the beginning of a text, up to the brace that closes the selection of an operation.
func balanced(text string) string {
	braces, parentheses := 0, 0
	for i, letter := range text {
		switch letter {
		case '(':
			parentheses++
		case ')':
			parentheses--
		case '{':
			braces++
		case '}':
			braces--
			if braces == 0 && parentheses == 0 {
				return text[:i+1]
			}
		}
	}
	return text
}

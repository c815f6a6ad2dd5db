package web_test

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/countyql/countyql/web"
)

// TestDist holds the built pages to what the server and its content security policy rely on. Unbuilt, it holds that
// the placeholder is all there is.
func TestDist(t *testing.T) {
	files, built := web.Dist()
	if !built {
		var names []string
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(names) != 1 || names[0] != ".keep" {
			t.Errorf("Dist reports unbuilt pages but holds %q, want only .keep", names)
		}
		return
	}

	var (
		reference    = regexp.MustCompile(`(?:src|href)="([^"]*)"`)
		script       = regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)
		inlineStyle  = regexp.MustCompile(`<style|\sstyle=`)
		inlineHandle = regexp.MustCompile(`\son[a-z]+=`)
	)
	for _, page := range []string{"index.html", "playground/index.html"} {
		t.Run(page, func(t *testing.T) {
			content, err := fs.ReadFile(files, page)
			if err != nil {
				t.Fatal(err)
			}
			html := string(content)
			assets := 0
			for _, match := range reference.FindAllStringSubmatch(html, -1) {
				target := match[1]
				if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") {
					t.Errorf("refers to %q, want a path on the same server", target)
				}
				if strings.HasPrefix(target, "/assets/") {
					assets++
					if _, err := fs.Stat(files, target[1:]); err != nil {
						t.Errorf("refers to %q, which was not built: %v", target, err)
					}
				}
			}
			if assets == 0 {
				t.Error("refers to no asset")
			}
			for _, match := range script.FindAllStringSubmatch(html, -1) {
				if !strings.Contains(match[1], "src=") || strings.TrimSpace(match[2]) != "" {
					t.Errorf("has an inline script: %s", match[0])
				}
			}
			if found := inlineStyle.FindString(html); found != "" {
				t.Errorf("has an inline style: %s", found)
			}
			if found := inlineHandle.FindString(html); found != "" {
				t.Errorf("has an inline event handler: %s", found)
			}
		})
	}
}

// TestExamples holds the examples to the form that the playground and the tests of the server read.
func TestExamples(t *testing.T) {
	files := web.Examples()
	names, err := fs.Glob(files, "*")
	if err != nil {
		t.Fatal(err)
	}
	var (
		form      = regexp.MustCompile(`^[0-9]{2}-[a-z]+(-[a-z]+)*\.(graphql|json)$`)
		operation = regexp.MustCompile(`(?m)^query ([A-Z][A-Za-z]*)(\(.*\))? \{$`)
		seen      = map[string]string{}
	)
	for _, name := range names {
		if !form.MatchString(name) {
			t.Errorf("%s: want a name of the form NN-name.graphql or NN-name.json", name)
			continue
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		base, isVariables := strings.CutSuffix(name, ".json")
		if isVariables {
			var variables map[string]any
			if err := json.Unmarshal(content, &variables); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := fs.Stat(files, base+".graphql"); err != nil {
				t.Errorf("%s: variables of no operation: %v", name, err)
			}
			continue
		}
		text := string(content)
		if !strings.HasPrefix(text, "# ") {
			t.Errorf("%s: want a leading comment whose first line is the title", name)
		}
		found := operation.FindAllStringSubmatch(text, -1)
		if len(found) != 1 {
			t.Errorf("%s: %d named queries, want 1", name, len(found))
			continue
		}
		// The playground shows the operation's name on the tab.
		if other, ok := seen[found[0][1]]; ok {
			t.Errorf("%s: its query has the name of the one in %s", name, other)
		}
		seen[found[0][1]] = name
		base = strings.TrimSuffix(name, ".graphql")
		_, err = fs.Stat(files, base+".json")
		if declares := found[0][2] != ""; declares != (err == nil) {
			t.Errorf("%s: declares variables: %t, has a file of variables: %t", name, declares, err == nil)
		}
	}
	if len(seen) == 0 {
		t.Error("no examples")
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The commands that docs/loading.md shows are those that the script runs, and the mappings that it shows are those loaded.
func TestLoadingIsDocumented(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	document, script := read("../../docs/loading.md"), "\n"+read("testdata/loading.txtar")
	var mappings strings.Builder
	names, err := filepath.Glob("../../docs/examples/*/mapping.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		mappings.WriteString(read(name) + "\n")
	}
	blocks := regexp.MustCompile("(?ms)^```(sh|yaml)\n(.*?)^```$").FindAllStringSubmatch(document, -1)
	shown := map[string]int{}
	for _, block := range blocks {
		shown[block[1]]++
		if block[1] == "yaml" {
			if !strings.Contains(mappings.String(), "\n"+block[2]) {
				t.Errorf("no mapping has these lines:\n%s", block[2])
			}
			continue
		}
		for line := range strings.Lines(block[2]) {
			command, _, _ := strings.Cut(line, "  #")
			if !strings.Contains(script, "\nexec "+strings.TrimSpace(command)+"\n") {
				t.Errorf("the script does not run %s", command)
			}
		}
	}
	if shown["sh"] <= len(names) || shown["yaml"] < len(names) {
		t.Errorf("blocks %v for %d examples", shown, len(names))
	}
}

package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The stage of the image that builds the pages has every file outside web/ that they are built from.
func TestDeploy_PagesHaveTheirFiles(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	stage, _, found := strings.Cut(string(text), "FROM golang")
	if !found {
		t.Fatal("the image has no stage of Go")
	}
	var copied []string
	for _, line := range strings.Split(stage, "\n") {
		if words := strings.Fields(line); len(words) > 2 && words[0] == "COPY" {
			copied = append(copied, words[1:len(words)-1]...)
		}
	}
	root := os.DirFS("../..")
	relative := regexp.MustCompile(`["'](\.\./[^"'?]+)`)
	outside := 0
	err = fs.WalkDir(root, "web", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"node_modules", "dist", "tests", "test-results"}, entry.Name()):
			return fs.SkipDir
		case !slices.Contains([]string{".ts", ".tsx", ".mjs"}, path.Ext(name)):
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		for _, match := range relative.FindAllStringSubmatch(string(source), -1) {
			used := path.Join(path.Dir(name), match[1])
			if strings.HasPrefix(used, "web/") || strings.HasPrefix(used, "..") {
				continue
			}
			outside++
			if !slices.ContainsFunc(copied, func(c string) bool { return used == c || strings.HasPrefix(used, c+"/") }) {
				t.Errorf("%s is built from %s, which the image does not copy", name, used)
			}
		}
		return nil
	})
	if err != nil || outside == 0 {
		t.Errorf("%d files outside web/, %v", outside, err)
	}
}

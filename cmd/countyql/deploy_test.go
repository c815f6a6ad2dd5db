package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// settings are all flags of the command line and all variables that it reads.
func settings(t *testing.T) (flags, variables map[string]bool) {
	t.Helper()
	flags, variables = map[string]bool{}, map[string]bool{}
	err := kong.Visit(newParser(&cli{}, io.Discard, io.Discard).Model, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			flags[flag.Name] = true
			for _, name := range flag.Envs {
				variables[name] = true
			}
		}
		return next(nil)
	})
	if err != nil || len(flags) == 0 || len(variables) == 0 {
		t.Fatalf("%d flags, %d variables, %v", len(flags), len(variables), err)
	}
	return flags, variables
}

// What the files of deploy/ set exists, and those in YAML can be read.
func TestDeploy(t *testing.T) {
	t.Parallel()
	flags, variables := settings(t)
	files, err := filepath.Glob("../../deploy/*")
	if err != nil || len(files) < 4 {
		t.Fatalf("%q, %v", files, err)
	}
	variable := regexp.MustCompile(`COUNTYQL_[A-Z_]+`)
	flag := regexp.MustCompile(`--([a-z][a-z-]+)`)
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range variable.FindAllString(string(text), -1) {
			if !variables[name] {
				t.Errorf("%s: there is no variable %s", path, name)
			}
		}
		for number, line := range strings.Split(string(text), "\n") {
			// Only lines that run countyql: other programs have flags of their own.
			if !regexp.MustCompile(`^\s*(command: |args: |ExecStart=|CMD \["serve|HEALTHCHECK .* CMD )`).MatchString(line) {
				continue
			}
			if _, after, found := strings.Cut(line, " CMD "); found {
				line = after
			}
			for _, found := range flag.FindAllStringSubmatch(line, -1) {
				if !flags[found[1]] {
					t.Errorf("%s:%d: there is no flag --%s", path, number+1, found[1])
				}
			}
		}
		if filepath.Ext(path) != ".yaml" {
			continue
		}
		parsed, err := parser.ParseBytes(text, 0)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for _, document := range parsed.Docs {
			if _, ok := document.Body.(*ast.MappingNode); !ok {
				t.Errorf("%s: a document is no mapping but %T", path, document.Body)
			}
		}
	}
}

// The reference in docs/ is what the command line is.
func TestReference(t *testing.T) {
	t.Parallel()
	var written strings.Builder
	if code := run(t.Context(), []string{"reference"}, strings.NewReader(""), &written, io.Discard); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != written.String() {
		t.Error("docs/configuration.md is not current: make generate")
	}
}

// FuzzConfig reads any file without a panic, and what it accepts are settings that exist.
func FuzzConfig(f *testing.F) {
	for _, text := range []string{"", "listen: a\n", "auth: yes\nmetrics-name: [a, b]\n", "- a", "slow: {a: 1}", "? a\n: b", "a: &x 1\nb: *x", "\x00", "---\nlisten: b\n---\nauth: no"} {
		f.Add(text)
	}
	parser := newParser(&cli{}, io.Discard, io.Discard)
	ctx, err := kong.Trace(parser, []string{"serve"})
	if err != nil {
		f.Fatal(err)
	}
	flags := configurable(ctx)
	known := map[string]bool{}
	for _, flag := range flags {
		known[flag.Name] = true
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := readConfig("c.yaml", []byte(text), flags)
		if err != nil {
			return
		}
		for name := range file.values {
			if !known[name] {
				t.Errorf("%q is accepted", name)
			}
		}
	})
}

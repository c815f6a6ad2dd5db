// Package countyql holds the project's tests of its own structure.
package countyql

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/countyql/countyql/"

// allowedImports says which packages of ours a package may import, tests not counted: figures flow from files to the loader, the
// store, the query, GraphQL and the server, and imports point the other way only. A package stands for those below it.
var allowedImports = map[string][]string{
	"indicator":        {},
	"access":           {"indicator"},
	"catalog":          {"indicator"},
	"store":            {"indicator", "catalog"},
	"store/statement":  {"store", "indicator"},
	"store/content":    {"store", "indicator", "catalog"},
	"store/duckdb":     {"store/statement", "store/content", "store", "indicator", "catalog"},
	"store/clickhouse": {"store/statement", "store/content", "store", "indicator", "catalog"},
	"store/resident":   {"store", "indicator", "catalog", "scratch"},
	"scratch":          {},
	"query":            {"access", "indicator", "catalog", "store", "scratch"},
	"loader":           {"loader/plain", "loader/mapping", "loader/tabular", "indicator", "catalog", "store"},
	"loader/plain":     {},
	"loader/mapping":   {"loader/tabular", "indicator"},
	"loader/tabular":   {},
	"schema":           {},
	"export":           {"indicator", "catalog", "query"},
	"graph":            {"indicator", "catalog", "query", "export", "schema", "scratch"},
	"server":           {"access", "telemetry", "loader", "loader/tabular", "graph", "export", "query", "indicator", "catalog", "store", "schema"},
	"telemetry":        {"store"},
	"data":             {},
	"web":              {},
	"bench/star":       {"indicator"},
	"bench/question":   {},
	"bench/race":       {"bench/question"},
	"bench/raw":        {"bench/star", "bench/question", "bench/race"},
	"bench/dense":      {"indicator", "catalog", "store", "scratch"},
}

// driver may be imported by store/duckdb alone, and by what a benchmark compares it with.
const driver = "github.com/duckdb/"

var driverUsers = []string{"store/duckdb", "bench/raw"}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg, ours := strings.CutPrefix(fields[0], module)
		if !ours {
			continue
		}
		rule := longestPrefix(pkg)
		seen[rule] = true
		for _, imported := range fields[1:] {
			if strings.HasPrefix(imported, driver) && !slices.Contains(driverUsers, rule) {
				t.Errorf("%s imports %s: only %v may know the driver", pkg, imported, driverUsers)
			}
			target, ours := strings.CutPrefix(imported, module)
			if !ours || rule == "" || longestPrefix(target) == rule {
				continue
			}
			if !slices.Contains(allowedImports[rule], longestPrefix(target)) {
				t.Errorf("%s imports %s: %s may import %v only", pkg, target, rule, allowedImports[rule])
			}
		}
	}
	for rule := range allowedImports {
		if !seen[rule] {
			t.Errorf("there is no package %s: mend the table", rule)
		}
	}
}

// longestPrefix is the entry of the table that a package falls under; empty for commands and tests, which may import anything.
func longestPrefix(pkg string) string {
	best := ""
	for rule := range allowedImports {
		if (pkg == rule || strings.HasPrefix(pkg, rule+"/")) && len(rule) > len(best) {
			best = rule
		}
	}
	return best
}

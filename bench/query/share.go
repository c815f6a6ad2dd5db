package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/countyql/countyql/bench/race"
)

// module is what the names of the product's functions begin with.
const module = "github.com/countyql/countyql/"

// common is what the names of functions begin with that everybody calls: a sample of theirs is of who does, like those of Go's own.
var common = []string{module + "scratch.", module + "indicator.", module + "catalog."}

func isOf(function string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(function, name) })
}

// part is what a server does with its time. A sample is of the innermost function that is named here: a system call is of who calls it.
type part struct {
	name  string
	names []string // what names of its functions begin with
}

// parts are looked through in this order for each function.
var parts = []part{
	{"figures", []string{module + "store"}},
	{"question", []string{module + "query"}},
	{"writing", []string{module + "export", module + "graph.encode", module + "graph.init.", module + "graph.append", module + "graph.(*written", module + "graph.(*encoding"}},
	{"GraphQL", []string{module + "graph", "github.com/99designs/gqlgen/", "github.com/vektah/gqlparser/", "github.com/tidwall/gjson"}},
	{"around", []string{module}}, // log, metrics, identity, limits
	{"HTTP", []string{"net/http", "bufio.", "net."}},
	{"collector", []string{"runtime.gcBgMarkWorker", "runtime.bgsweep", "runtime.bgscavenge"}},
}

// rest is what is no function's above: the scheduler, and DuckDB's own threads.
const rest = "rest"

// partOf is what a sample is of.
func partOf(sample *profile.Sample) string {
	for _, location := range sample.Location {
		for _, line := range location.Line { // innermost first
			for _, p := range parts {
				if line.Function != nil && isOf(line.Function.Name, p.names) && !isOf(line.Function.Name, common) {
					return p.name
				}
			}
		}
	}
	return rest
}

// shares reads a CPU profile and returns the share of each part, of 1.
func shares(path string) (map[string]float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	taken, err := profile.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	all, of := 0.0, make(map[string]float64)
	for _, sample := range taken.Sample {
		spent := float64(sample.Value[len(sample.Value)-1]) // of processor time
		of[partOf(sample)] += spent
		all += spent
	}
	for name := range of {
		of[name] /= all
	}
	return of, nil
}

// profiles prints where each line's processor time went.
func (r *report) profiles(lines []race.Line, of []map[string]float64) {
	r.printf("| processor time of the server, %% | |")
	for _, p := range parts {
		r.printf(" %s |", p.name)
	}
	r.printf(" %s |\n|---|---|%s\n", rest, strings.Repeat("--:|", len(parts)+1))
	for i, line := range lines {
		r.printf("| %s | %s |", line.Question.ID, line.Form)
		for _, p := range parts {
			r.printf(" %.0f |", 100*of[i][p.name])
		}
		r.printf(" %.0f |\n", 100*of[i][rest])
	}
	r.printf("\n")
}

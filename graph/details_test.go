package graph

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/query"
)

// TestObservationDetails knows every field of an observation: one that it does not know has all details read.
func TestObservationDetails(t *testing.T) {
	want := []string{"__typename"}
	for _, field := range served().Types["Observation"].Fields {
		want = append(want, field.Name)
	}
	var got []string
	all := query.Details(0)
	for name, details := range observationDetails {
		got, all = append(got, name), all|details
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if all != query.AllDetails {
		t.Errorf("no field asks for %b", query.AllDetails&^all)
	}
}

// TestDetails asks for each field of observations alone: it is as it is beside all others.
func TestDetails(t *testing.T) {
	t.Parallel()
	server, _ := bothWays()
	schema := served()
	var fields []string
	for _, field := range schema.Types["Observation"].Fields {
		text := field.Name
		switch {
		case text == "period":
			text += " { label inferred }"
		case text == "slice":
			text += " { dimension { code } }"
		case text == "revisions" || text == "firstPublished" || text == "lag":
			continue // of other reports
		case text == "load":
			text += " { id }"
		case schema.Types[field.Type.Name()].Kind == ast.Object:
			text += " { code }"
		}
		fields = append(fields, text)
	}
	read := func(question, selection string) []map[string]any {
		var answer struct {
			Data struct {
				Observations struct{ Nodes []map[string]any }
				Region       map[string]any
			}
			Errors []any
		}
		text := answered(t, server, fmt.Sprintf(question, selection), nil)
		data, _, _ := strings.Cut(text, `,"extensions"`) // which it breaks off in
		if err := json.Unmarshal([]byte(data+"}"), &answer); err != nil || len(answer.Errors) > 0 {
			t.Fatalf("%s: %v, %.300s", selection, err, text)
		}
		if answer.Data.Region != nil {
			latest, _ := answer.Data.Region["latest"].(map[string]any)
			return []map[string]any{latest}
		}
		return answer.Data.Observations.Nodes
	}
	for _, question := range []string{
		`{ observations(where: {indicators: ["rate_000"], regions: {within: ["12"]}}, first: 20) { nodes { %s } } }`,
		`{ observations(where: {indicators: ["rate_000"], regions: {within: ["12"]}}, first: 20) { edges { cursor } ... { nodes { %s } } } }`,
		`{ region(code: "110000000") { latest(indicator: "rate_000") { %s } } }`,
	} {
		whole := read(question, strings.Join(fields, " "))
		if len(whole) == 0 || len(whole[0]) == 0 {
			t.Fatalf("%s has no answer", question)
		}
		for _, field := range fields {
			name, _, _ := strings.Cut(field, " ")
			for i, node := range read(question, field) {
				if diff := cmp.Diff(whole[i][name], node[name]); diff != "" {
					t.Fatalf("%s of %d (-beside others +alone):\n%s", name, i, diff)
				}
			}
		}
	}
}

package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/schema"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// scopes are those that the tests ask with, by name, which is also the token. Its bearers of several names have the same.
var scopes = map[string]access.Scope{
	"province": {Regions: []string{"37"}},
	"counties": {
		Regions: []string{"140403", "370105"},
		Indicators: []string{
			"work_resumption_rate", "enterprises", "enterprises_resumed", "party_members_deployed", "persons_screened", "gdp_growth", "grids",
			"households_per_grid", // needs households_screened, too
		},
	},
	"topics":  {Indicators: []string{"volunteer_teams", "gdp_growth", "medics_dispatched", "party_members_deployed", "grids", "work_resumption_rate"}},
	"county":  {Regions: []string{"370105"}}, // the province around it has a figure of its own
	"unknown": {Regions: []string{"no such region"}},
}

type scopedVerifier struct{}

func (scopedVerifier) Verify(_ context.Context, token string) (*access.Principal, error) {
	return &access.Principal{Name: token, Role: access.Reader, Scope: scopes[token]}, nil
}

// twoLoads serves a package in two loads, every other figure in the first, and returns the two snapshots.
func twoLoads(t *testing.T, files fstest.MapFS) (url string, snapshots []string) {
	t.Helper()
	engine, err := duckdb.Open(t.TempDir(), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	logger := slog.New(slog.DiscardHandler)
	l := loader.Loader{Engine: engine, Logger: logger}
	half := copyOf(files)
	half["observations.csv"] = &fstest.MapFile{Data: rows(t, files, "observations.csv", func(row map[string]string) bool { return len(row["printed"])%2 == 0 })}
	for _, input := range []fs.FS{half, files} {
		result, err := l.Load(t.Context(), loader.Input{Name: "scope", FS: input})
		if err != nil {
			t.Fatal(err)
		}
		snapshots = append(snapshots, result.Manifest.ID)
	}
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	listening := httptest.NewServer(server.New(service, server.Options{Logger: logger, Access: server.Access{Verifier: scopedVerifier{}}}))
	t.Cleanup(listening.Close)
	return listening.URL, snapshots
}

func copyOf(files fstest.MapFS) fstest.MapFS {
	copied := fstest.MapFS{}
	for name, file := range files {
		copied[name] = file
	}
	return copied
}

// rows are the lines of a table that are kept, as CSV with its header.
func rows(t *testing.T, files fs.FS, name string, keep func(map[string]string) bool) []byte {
	t.Helper()
	file, err := files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i, record := range records {
		row := make(map[string]string)
		for j, name := range records[0] {
			row[name] = record[j]
		}
		if i == 0 || keep(row) {
			w.Write(record)
		}
	}
	w.Flush()
	return b.Bytes()
}

// without is the bundled package without anything that a scope hides.
func without(t *testing.T, files fstest.MapFS, scope access.Scope) fstest.MapFS {
	t.Helper()
	parents, enclosing := make(map[string]string), make(map[string]bool)
	rows(t, files, "regions.csv", func(row map[string]string) bool {
		parents[row["code"]] = row["parent"]
		return false
	})
	inside := func(code string) bool {
		for at := code; at != ""; at = parents[at] {
			if slices.Contains(scope.Regions, at) {
				return true
			}
		}
		return len(scope.Regions) == 0
	}
	rows(t, files, "regions.csv", func(row map[string]string) bool {
		// A retired region counts as part of the one that replaced it.
		if inside(row["code"]) || row["successor"] != "" && inside(row["successor"]) {
			for at := row["code"]; at != ""; at = parents[at] {
				enclosing[at] = true
			}
		}
		return false
	})
	shown := make(map[string]bool)
	for range 3 { // parts are never deeper
		rows(t, files, "indicators.csv", func(row map[string]string) bool {
			named := len(scope.Indicators) == 0 || slices.Contains(scope.Indicators, row["code"])
			for _, part := range []string{row["numerator"], row["denominator"], row["weight"]} {
				named = named && (part == "" || len(scope.Indicators) == 0 || slices.Contains(scope.Indicators, part))
			}
			shown[row["code"]] = named
			return false
		})
	}
	sources, dimensions := make(map[string]bool), make(map[string]bool)
	kept := copyOf(files)
	filter := func(name string, keep func(map[string]string) bool) {
		kept[name] = &fstest.MapFile{Data: rows(t, files, name, keep)}
	}
	filter("regions.csv", func(row map[string]string) bool { return enclosing[row["code"]] })
	filter("indicators.csv", func(row map[string]string) bool { return shown[row["code"]] })
	filter("observations.csv", func(row map[string]string) bool {
		keep := (inside(row["region"])) && shown[row["indicator"]]
		if keep {
			sources[row["source"]] = true
		}
		return keep
	})
	filter("sources.csv", func(row map[string]string) bool { return sources[row["code"]] })
	filter("breakdowns.csv", func(row map[string]string) bool {
		if shown[row["indicator"]] {
			dimensions[row["dimension"]] = true
		}
		return shown[row["indicator"]]
	})
	filter("dimensions.csv", func(row map[string]string) bool { return dimensions[row["code"]] })
	filter("dimension_values.csv", func(row map[string]string) bool { return dimensions[row["dimension"]] })
	filter("checks.csv", func(row map[string]string) bool {
		return (row["indicator"] == "" || shown[row["indicator"]]) && (row["other"] == "" || shown[row["other"]])
	})
	return kept
}

func bundled(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(data.FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(data.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}

// askAs posts a document as the bearer of a token, or as nobody. What names the load or the snapshot is left out of the answer.
func askAs(t *testing.T, url, token, document string, snapshots []string) string {
	t.Helper()
	quoted := func(text string) string { return `"` + text + `"` }
	identifier := func(fields ...string) string {
		return quoted(base64.RawURLEncoding.EncodeToString([]byte(strings.Join(fields, "\x1f"))))
	}
	document = strings.NewReplacer(
		`"SINCE"`, quoted(snapshots[0]), `"SNAPSHOT"`, quoted(snapshots[1]), `"HIDDENREGION"`, identifier("Region", "GB/T 2260:510402"),
		`"HIDDENINDICATOR"`, identifier("Indicator", "projects"), `"HIDDENSOURCE"`, identifier("Source", "sichuan_daily_2020_03_11"),
		`"HIDDENFIGURE"`, identifier("Observation", "GB/T 2260:510402", "volunteer_teams", "", "2020-03-11", "ACTUAL"),
		`"REGION"`, identifier("Region", "GB/T 2260:370105"), `"COUNTRY"`, identifier("Region", "ISO 3166-1:CN"),
	).Replace(document)
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range snapshots {
		answer = bytes.ReplaceAll(answer, []byte(id), []byte("a snapshot"))
	}
	return loadName.ReplaceAllString(string(answer), "a load")
}

var loadName = regexp.MustCompile(`[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}(-[0-9]+)?`)

// What a scope hides does not matter: whoever has the scope gets the same answers from all data as from data without what it
// hides. Every root field of the schema is asked.
func TestScope_hiddenDataDoesNotMatter(t *testing.T) {
	t.Parallel()
	all := bundled(t)
	allURL, allSnapshots := twoLoads(t, all)
	documents := make(map[string][]string)
	for name, list := range scopeDocuments {
		documents[name] = append(slices.Clone(list), equivalenceDocuments[name])
	}
	definition := gqlparser.MustLoadSchema(&ast.Source{Input: schema.SDL()})
	for _, field := range definition.Query.Fields {
		if !strings.HasPrefix(field.Name, "__") && len(scopeDocuments[field.Name]) == 0 {
			t.Errorf("nobody tries to look behind a scope with %s: add documents to scopeDocuments", field.Name)
		}
	}
	for name, scope := range scopes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			partURL, partSnapshots := allURL, allSnapshots
			if name != "unknown" { // of nothing there are no loads
				partURL, partSnapshots = twoLoads(t, without(t, all, scope))
			}
			for field, list := range documents {
				var differs, answers bool
				for _, document := range list {
					whole := askAs(t, allURL, "", document, allSnapshots)
					got := askAs(t, allURL, name, document, allSnapshots)
					want := askAs(t, partURL, name, document, partSnapshots)
					if diff := cmp.Diff(strings.Split(want, ","), strings.Split(got, ",")); diff != "" {
						t.Errorf("%s: -without what is hidden +with it:\n%s\n%s", field, diff, document)
					}
					differs = differs || whole != got
					answers = answers || !strings.Contains(got, `"errors"`)
				}
				if !differs && field != "budget" { // limits are about no data
					t.Errorf("%s: no document shows what the scope hides", field)
				}
				if !answers && name == "province" {
					t.Errorf("%s: no document is answered", field)
				}
			}
		})
	}
}

// A scope of which nothing is known shows nothing, rather than everything.
func TestScope_unknownShowsNothing(t *testing.T) {
	t.Parallel()
	url, snapshots := twoLoads(t, bundled(t))
	got := askAs(t, url, "unknown", `{ regions { totalCount } observations(where: {}) { totalCount } sources { totalCount } availability { observations } checks { totalCount } }`, snapshots)
	want := `{"data":{"regions":{"totalCount":0},"observations":{"totalCount":0},"sources":{"totalCount":0},"availability":[],"checks":{"totalCount":0}}}`
	if got != want {
		t.Errorf("%s", got)
	}
}

// The words of the ADR, on one example.
func TestScope_example(t *testing.T) {
	t.Parallel()
	url, snapshots := twoLoads(t, bundled(t))
	for document, want := range map[string]string{
		`{ region(code: "CN") { name observations { totalCount } } }`:                                                                                   `{"data":{"region":{"name":"中国","observations":{"totalCount":0}}}}`,
		`{ region(code: "510402") { name } }`:                                                                                                           `UNKNOWN_REGION`,
		`{ aggregate(input: {indicators: ["checkpoints"], regions: {codes: ["CN"]}}) { groups { value } } }`:                                            `FORBIDDEN`,
		`{ aggregate(input: {indicators: ["party_members_deployed"], groupBy: [{region: COUNTRY}]}) { groups { region { code } coverage { used } } } }`: `{"data":{"aggregate":{"groups":[{"region":{"code":"CN"},"coverage":{"used":2}}]}}}`,
		`{ snapshot { observations contentHash } }`:                                                                                                     `{"data":{"snapshot":{"observations":null,"contentHash":null}}}`,
	} {
		if got := askAs(t, url, "province", document, snapshots); !strings.Contains(got, want) {
			t.Errorf("%s\nanswers %s\nwant %s", document, got, want)
		}
	}
}

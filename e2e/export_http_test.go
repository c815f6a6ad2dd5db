package e2e

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
)

// A file is refused with the very error that GraphQL answers with.
func TestExport_ErrorsAreGraphQLs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ field, arguments string }{
		{"observations", `{}`},
		{"observations", `{"where": null}`},
		{"observations", `{"where": {"colour": "red"}}`},
		{"observations", `{"where": {"indicators": ["grid"]}}`},
		{"observations", `{"where": {"status": ["EXPECTED"]}}`},
		{"observations", `{"where": {}, "asOf": "2020-02-30"}`},
		{"observations", `{"where": {}, "after": "x"}`},
		{"observations", `{"where": {}, "first": -1}`},
		{"observations", `{"where": {}, "first": "ten"}`},
		{"aggregate", `{"input": {}}`},
		{"aggregate", `{"input": {"indicators": ["grids"], "when": {}}}`},
		{"aggregate", `{"input": {"indicators": ["grids"], "when": {"period": "2020", "within": "2020"}}}`},
		{"aggregate", `{"input": {"indicators": ["grids"], "groupBy": [{}]}}`},
		{"aggregate", `{"input": {"indicators": ["grids"], "regions": {"codes": ["37", "370105"]}}}`},
		{"aggregate", `{"input": {"indicators": ["grids"], "per": {"indicator": "work_resumption_rate"}}}`},
		{"compare", `{"input": {"indicators": ["grids"], "display": {"within": ["ZZ"]}}}`},
		{"compare", `{"input": {"indicators": ["grids"], "display": {}, "baseline": {"value": 1, "region": "37"}}}`},
		{"series", `{"input": {"indicators": ["grids"], "regions": {}, "from": "2020-02-01", "to": "2020-01-01"}}`},
		{"series", `{"input": {"indicators": ["grids"], "regions": {}, "grain": "FORTNIGHT"}}`},
	} {
		t.Run(test.field+" "+test.arguments, func(t *testing.T) {
			t.Parallel()
			variables := "$input: " + strings.ToUpper(test.field[:1]) + test.field[1:] + "Input!"
			if test.field == "observations" {
				variables = "$where: ObservationWhere!, $asOf: Date, $orderBy: ObservationOrder, $first: Int, $after: String"
			}
			document := fmt.Sprintf("query(%s) { %s { __typename } }", variables, exportPaths[test.field].field)
			want := errorsOf(t, post(t, []byte(document), []byte(test.arguments)))
			status, header, body := exported(t, serverURL(t), test.field+".csv", test.arguments)
			if diff := cmp.Diff(want, errorsOf(t, body)); diff != "" || status/100 != 4 || header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%d %v -graphql +export:\n%s", status, header, diff)
			}
		})
	}
}

// errorsOf are the errors of an answer without their places in the document, which an export does not have.
func errorsOf(t *testing.T, body []byte) []any {
	t.Helper()
	var answer struct{ Errors []any }
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Errors) == 0 {
		t.Fatalf("%v in %s", err, body)
	}
	for _, e := range answer.Errors {
		delete(e.(map[string]any), "locations")
	}
	return answer.Errors
}

func TestExport_HTTP(t *testing.T) {
	t.Parallel()
	const everything = "where=%7B%7D"
	for _, test := range []struct {
		method, path, contentType, body string
		status                          int
		contains                        string
		headers                         map[string]string
	}{
		{"GET", "observations.csv?" + everything, "", "", 200, "region_code,region_name", map[string]string{
			"Content-Type": "text/csv; charset=utf-8; header=present", "Cache-Control": "private, no-cache",
		}},
		{"GET", "observations.csv?bom=true&" + everything, "", "", 200, "\ufeffregion_code", nil},
		{"GET", "observations.json?asOf=2020-03-11&first=1&" + everything, "", "", 200, `"region_code":"`, map[string]string{
			"Content-Type": "application/jsonl; charset=utf-8",
		}},
		{"GET", "observations.csv?filename=" + url.QueryEscape(`天桥 "区".csv`) + "&" + everything, "", "", 200, "", map[string]string{
			"Content-Disposition": `attachment; filename="__ ___.csv"; filename*=UTF-8''%E5%A4%A9%E6%A1%A5%20%22%E5%8C%BA%22.csv`,
		}},
		{"GET", "observations.csv?filename=..%2Fx&" + everything, "", "", 400, "is not the name of a file", nil},
		{"GET", "observations.csv?columns=value,region_code&first=1&" + everything, "", "", 200, "value,region_code\n", nil},
		{"GET", "observations.csv?columns=value,valeu&" + everything, "", "", 400, `there is no column \"valeu\"; did you mean value?`, nil},
		{"GET", "observations.csv?columns=&" + everything, "", "", 400, "columns names no column", nil},
		{"HEAD", "observations.csv?columns=nothing&" + everything, "", "", 400, "", nil},
		{"POST", "aggregate.arrow?columns=mean,mean", "application/json", `{"input": {"indicators": ["grids"]}}`, 400, "named twice", nil},
		{"GET", "observations.csv?warnings=no&" + everything, "", "", 400, "warnings is neither true nor false", nil},
		{"GET", "observations.csv?bom=yes&" + everything, "", "", 400, "INVALID_INPUT", nil},
		{"GET", "observations.csv?" + everything + "&" + everything, "", "", 400, "given 2 times", nil},
		{"GET", "observations.csv?limit=5&" + everything, "", "", 400, "no argument", nil},
		{"GET", "observations.csv?where=%7B", "", "", 400, "not JSON", nil},
		{"GET", "observations.csv?first=2", "", "", 400, "where must be defined (give it as JSON, such as {})", nil},
		{"GET", "observations.csv?asOf=soon&" + everything, "", "", 400, "not a date", nil},
		{"GET", "aggregate.csv", "", "", 400, `input must be defined (give it as JSON, such as {\"indicators\":[\"code\"]})`, nil},
		{"GET", "observations.xls?" + everything, "", "", 404, "there is no export", nil},
		{"GET", "regions.csv", "", "", 404, "there is no export", nil},
		{"GET", "observations", "", "", 404, "there is no export", nil},
		{"DELETE", "observations.csv", "", "", 405, "not allowed", map[string]string{"Allow": "GET, HEAD, POST"}},
		{"POST", "observations.csv", "text/plain", `{"where": {}}`, 415, "application/json", nil},
		{"POST", "observations.csv", "application/json", `{"where": {}} {}`, 400, "nothing after it", nil},
		{"POST", "observations.csv", "application/json", `null`, 400, "not a JSON object", nil},
		{"POST", "observations.csv?" + everything, "application/json", `{}`, 400, "in its body", nil},
		{"POST", "observations.csv", "application/json", `{"where": {}, "colour": 1}`, 400, "no argument", nil},
		{"POST", "observations.csv", "application/json", `{"where": {}` + strings.Repeat(" ", 2<<20) + `}`, 413, "TOO_LARGE", nil},
		{"POST", "aggregate.csv", "application/json", `{"input": {"indicators": ["grids"], "dryRun": true}}`, 400, "dry run", nil},
		{"HEAD", "observations.parquet?" + everything, "", "", 200, "", map[string]string{"Content-Type": "application/vnd.apache.parquet"}},
	} {
		t.Run(test.method+" "+test.path+" "+test.contains, func(t *testing.T) {
			t.Parallel()
			request, err := http.NewRequest(test.method, serverURL(t)+"/v1/export/"+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", test.contentType)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != test.status || !strings.Contains(string(body), test.contains) {
				t.Errorf("%v: %d %s", err, response.StatusCode, body)
			}
			for name, want := range test.headers {
				if got := response.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if test.status == http.StatusOK && (response.Header.Get("X-Snapshot") == "" || response.Header.Get("ETag") == "") {
				t.Errorf("headers %v", response.Header)
			}
		})
	}
}

// generatedRows is more than a walk reads at once.
const generatedRows = 45_000

// generated is the bundled package with a figure of one indicator for each of many days, its value a multiple of its row's number.
func generated(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	maps.Copy(files, withTeams(t, 1))
	var b strings.Builder
	start := indicator.DayOf(1900, 1, 1)
	for i := range generatedRows {
		fmt.Fprintf(&b, "140403,volunteer_teams,,%s,FORECAST,%d,,EXACT,,,,,,sichuan_daily_2020_03_11,2020-03-11,false,,\n", start+indicator.Day(i), 7*i)
	}
	text := files["observations.csv"].Data
	files["observations.csv"] = &fstest.MapFile{Data: append(text[:len(text):len(text)], b.String()...)}
	return files
}

// failing is an engine whose selections fail from some time on.
type failing struct {
	store.Engine
	fail    atomic.Bool
	queries atomic.Int64
}

func (e *failing) Pin(ctx context.Context) (store.Snapshot, error) {
	snapshot, err := e.Engine.Pin(ctx)
	return &failingSnapshot{snapshot, e}, err
}

type failingSnapshot struct {
	store.Snapshot
	engine *failing
}

func (s *failingSnapshot) Select(ctx context.Context, selection store.Select) (*store.Rows, error) {
	s.engine.queries.Add(1)
	if s.engine.fail.Load() && selection.After != nil {
		return nil, errors.New("the disk is on fire")
	}
	return s.Snapshot.Select(ctx, selection)
}

func (s *failingSnapshot) Count(ctx context.Context, selection store.Select, by ...store.Key) ([]store.Tally, error) {
	s.engine.queries.Add(1)
	return s.Snapshot.Count(ctx, selection, by...)
}

// Files of many figures: complete, broken off where the engine fails, refused where they are too long, not sent again where nothing changed.
func TestExport_OfManyFigures(t *testing.T) {
	t.Parallel()
	duck, err := duckdb.Open(t.TempDir(), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = duck.Close() })
	logger := slog.New(slog.DiscardHandler)
	l := loader.Loader{Engine: duck, Logger: logger}
	if _, err := l.Load(t.Context(), loader.Input{Name: "generated", FS: generated(t)}); err != nil {
		t.Fatal(err)
	}
	engine := &failing{Engine: duck}
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	listening := httptest.NewServer(server.New(service, server.Options{Logger: logger, ExportRows: generatedRows}))
	t.Cleanup(listening.Close)
	const forecasts = `{"where": {"indicators": ["volunteer_teams"], "status": ["FORECAST"]}, "orderBy": {"by": "VALUE"}}`

	_, header, body := exported(t, listening.URL, "observations.csv", forecasts)
	lines, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || len(lines) != 1+generatedRows {
		t.Fatalf("%v: %d lines", err, len(lines))
	}
	column := 13
	if lines[0][column] != "value" {
		t.Fatalf("column %d is %s", column, lines[0][column])
	}
	for i, line := range lines[1:] {
		if line[column] != fmt.Sprint(7*i) {
			t.Fatalf("line %d has the value %s", i+2, line[column])
		}
	}

	before := engine.queries.Load()
	request, err := http.NewRequest(http.MethodPost, listening.URL+"/v1/export/observations.csv", strings.NewReader(forecasts))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("If-None-Match", `"other", `+header.Get("ETag"))
	again, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	again.Body.Close()
	if again.StatusCode != http.StatusNotModified || engine.queries.Load() != before {
		t.Errorf("%d, %d engine queries", again.StatusCode, engine.queries.Load()-before)
	}

	status, _, refusal := exported(t, listening.URL, "observations.csv", `{"where": {"indicators": ["volunteer_teams"]}}`)
	if status != http.StatusBadRequest || !strings.Contains(string(refusal), `"limitName":"exportRows"`) {
		t.Errorf("%d %s", status, refusal)
	}

	engine.fail.Store(true)
	for _, extension := range []string{"csv", "jsonl", "parquet", "arrow"} {
		broken, err := http.Post(listening.URL+"/v1/export/observations."+extension, "application/json", strings.NewReader(forecasts))
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(broken.Body)
		broken.Body.Close()
		begun := broken.StatusCode == http.StatusOK && errors.Is(err, io.ErrUnexpectedEOF)
		refused := broken.StatusCode == http.StatusInternalServerError && strings.Contains(string(part), "INTERNAL") && !strings.Contains(string(part), "fire")
		if !begun && !refused || extension == "csv" && !begun {
			t.Errorf("%s: %d, %d bytes, %v", extension, broken.StatusCode, len(part), err)
		}
	}
}

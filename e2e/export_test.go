package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/countyql/countyql/indicator"
)

// exportQuestions are asked over GraphQL and as files of every format, of the bundled data and of packages of the tests.
var exportQuestions = []struct{ field, arguments string }{
	{"observations", `{"where": {}}`},
	{"observations", `{"where": {"precision": ["EXACT", "AT_LEAST"], "status": ["ACTUAL", "TARGET"]}, "asOf": "2020-03-31", "orderBy": {"by": "VALUE", "direction": "DESC"}}`},
	{"observations", `{"where": {"slice": [], "anySlice": false}, "orderBy": {"by": "PUBLISHED"}, "first": 7}`},
	{"observations", `{"where": {"indicators": []}}`},
	{"aggregate", `{"input": {"indicators": ["*"]}}`},
	{"aggregate", `{"input": {"indicators": ["*"], "groupBy": [{"region": "COUNTY"}, {"period": "MONTH"}]}}`},
	{"aggregate", `{"input": {"indicators": ["*"], "when": {"within": "2000-01-01/2040-12-31"}, "groupBy": [{"region": "COUNTY"}]}}`},
	{"aggregate", `{"input": {"indicators": ["*"], "groupBy": [{"source": true}], "minCoverage": 0.01, "orderBy": [{"by": "VALUE", "direction": "DESC"}]}}`},
	{"compare", `{"input": {"indicators": ["*"], "display": {}}}`},
	{"compare", `{"input": {"indicators": ["*"], "display": {}, "baseline": {"statistic": "BEST"}, "orderBy": [{"by": "REGION"}], "first": 2}}`},
	{"series", `{"input": {"indicators": ["*"], "regions": {}, "status": ["ACTUAL", "FORECAST"]}}`},
	{"series", `{"input": {"indicators": ["*"], "regions": {}, "fill": "PREVIOUS", "align": {"event": "2020-01-25", "with": "2019-02-05"}}}`},
}

// The file of a question has the figures that GraphQL answers with: the same rows in the same order, numbers to the last digit.
func TestExport_IsTheAnswer(t *testing.T) {
	t.Parallel()
	for name, packages := range map[string][]string{
		"bundled": nil, "vintages": {vintages + "first", vintages + "second"}, "hand": glob(t, "testdata/packages/hand/*/datapackage.json"),
		"series": glob(t, "testdata/packages/series/*/datapackage.json"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := serverURL(t)
			if packages != nil {
				for i := range packages {
					packages[i] = strings.TrimSuffix(packages[i], "/datapackage.json")
				}
				url, _ = serve(t, packages...)
			}
			compareExports(t, url)
		})
	}
}

func compareExports(t *testing.T, url string) {
	t.Helper()
	rows := 0
	for _, question := range exportQuestions {
		for _, indicators := range indicatorsOf(t, url) {
			arguments := strings.ReplaceAll(question.arguments, `["*"]`, indicators)
			want := answerRows(t, url, question.field, arguments)
			rows += len(want)
			for _, extension := range []string{"csv", "jsonl", "parquet", "arrow"} {
				status, _, body := exported(t, url, question.field+"."+extension+"?missing=false", arguments)
				if status != http.StatusOK {
					t.Errorf("%s: %d %s", arguments, status, body)
					continue
				}
				if diff := cmp.Diff(want, exportReaders[extension](t, body)); diff != "" {
					t.Errorf("%s.%s %s -graphql +export:\n%s", question.field, extension, arguments, diff)
				}
			}
			if arguments == question.arguments {
				break // it names no indicators
			}
		}
	}
	if rows < 100 {
		t.Errorf("%d rows compared, too few to tell", rows)
	}
}

// indicatorsOf are the indicators of a server in lists of a few: one that cannot be asked for spoils its own list only.
func indicatorsOf(t *testing.T, url string) []string {
	t.Helper()
	var answer struct {
		Data struct {
			Availability []struct{ Indicator struct{ Code string } }
		}
	}
	if err := json.Unmarshal(postTo(t, url, []byte(`{ availability { indicator { code } } }`), nil), &answer); err != nil {
		t.Fatal(err)
	}
	var lists []string
	var codes []string
	for _, a := range answer.Data.Availability {
		codes = append(codes, a.Indicator.Code)
	}
	const some = 12
	for list := range slices.Chunk(codes, some) {
		lists = append(lists, string(encode(t, list)))
	}
	if len(lists) == 0 {
		t.Fatal("nothing is available")
	}
	return lists[:min(len(lists), 3)]
}

// exported asks for a file by POST.
func exported(t *testing.T, url, file, arguments string) (status int, header http.Header, body []byte) {
	t.Helper()
	response, err := http.Post(url+"/v1/export/"+file, "application/json", strings.NewReader(arguments))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, body
}

type exportedRow map[string]string // without nulls

// answerRows are the rows that GraphQL answers with.
func answerRows(t *testing.T, url, field, arguments string) []exportedRow {
	t.Helper()
	asked := exportPaths[field]
	variables := "$input: " + strings.ToUpper(field[:1]) + field[1:] + "Input!"
	if field == "observations" {
		variables = "$where: ObservationWhere!, $asOf: Date, $orderBy: ObservationOrder, $first: Int, $after: String"
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(arguments), &values); err != nil {
		t.Fatal(err)
	}
	paged := values // where the page size is given
	if input, ok := values["input"].(map[string]any); ok {
		paged = input
	}
	if _, given := paged["first"]; !given {
		paged["first"] = 10_000
	}
	document := fmt.Sprintf("query(%s) { %s { %s } }", variables, asked.field, selection(asked.rows, 0, asked.columns))
	decoder := json.NewDecoder(bytes.NewReader(postTo(t, url, []byte(document), encode(t, values))))
	decoder.UseNumber()
	var answer struct {
		Data   map[string]any
		Errors []struct {
			Message    string
			Path       []any
			Extensions struct{ Code string }
		}
	}
	if err := decoder.Decode(&answer); err != nil || answer.Data == nil {
		t.Fatalf("%v: %v", err, answer.Errors)
	}
	refused := make(map[string]string) // by path
	for _, e := range answer.Errors {
		refused[fmt.Sprint(e.Path)] = e.Extensions.Code
	}
	var rows []exportedRow
	eachObject(answer.Data[field], asked.rows, []any{field}, func(path []any, objects []any) {
		row := exportedRow{}
		for column, place := range asked.columns {
			levels := strings.Count(place, "../")
			place = strings.TrimPrefix(place, "../")
			if name, isRefusal := strings.CutSuffix(place, "!"); isRefusal {
				if code := refused[fmt.Sprint(append(slices.Clone(path), name))]; code != "" {
					row[column] = code
				}
				continue
			}
			if text, known := plainAt(objects[len(objects)-1-levels], place); known {
				row[column] = text
			}
		}
		if _, known := row["difference"]; !known && field == "compare" {
			delete(row, "difference_precision") // there is a precision in GraphQL where there is no difference
		}
		if _, known := row["baseline"]; !known && field == "compare" {
			delete(row, "baseline_precision")
		}
		rows = append(rows, row)
	})
	return rows
}

// eachObject visits the rows with their paths and the objects that they lie in, outermost first.
func eachObject(object any, lists []string, path []any, visit func(path []any, objects []any), above ...any) {
	objects := append(slices.Clone(above), object)
	if len(lists) == 0 {
		visit(path, objects)
		return
	}
	for i, item := range object.(map[string]any)[lists[0]].([]any) {
		eachObject(item, lists[1:], append(slices.Clone(path), lists[0], json.Number(strconv.Itoa(i))), visit, objects...)
	}
}

func plainAt(object any, path string) (string, bool) {
	for step := range strings.SplitSeq(path, ".") {
		fields, ok := object.(map[string]any)
		if !ok {
			return "", false
		}
		object = fields[step]
	}
	switch value := object.(type) {
	case nil:
		return "", false
	case []any: // a slice
		var parts []string
		for _, part := range value {
			code, _ := plainAt(part, "dimension.code")
			name, _ := plainAt(part, "value")
			parts = append(parts, code+"="+name)
		}
		return strings.Join(parts, ";"), len(parts) > 0
	default:
		return fmt.Sprint(value), true
	}
}

var exportReaders = map[string]func(*testing.T, []byte) []exportedRow{
	"csv": csvRows, "jsonl": jsonRows, "parquet": parquetRows, "arrow": arrowRows,
}

func csvRows(t *testing.T, file []byte) []exportedRow {
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []exportedRow
	for _, line := range lines[1:] {
		row := exportedRow{}
		for i, text := range line {
			if text != "" {
				row[lines[0][i]] = text
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func jsonRows(t *testing.T, file []byte) []exportedRow {
	var rows []exportedRow
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.UseNumber()
	for decoder.More() {
		var object map[string]any
		if err := decoder.Decode(&object); err != nil {
			t.Fatal(err)
		}
		row := exportedRow{}
		for name, value := range object {
			if value != nil {
				row[name] = fmt.Sprint(value)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func parquetRows(t *testing.T, content []byte) []exportedRow {
	file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	fields := file.Schema().Fields()
	var rows []exportedRow
	for _, group := range file.RowGroups() {
		reader := group.Rows()
		buffer := make([]parquet.Row, 64)
		for done := false; !done; {
			n, err := reader.ReadRows(buffer)
			if err != nil && err != io.EOF {
				t.Fatal(err)
			}
			done = err == io.EOF
			for _, values := range buffer[:n] {
				row := exportedRow{}
				for i, value := range values {
					if !value.IsNull() {
						row[fields[i].Name()] = parquetText(value)
					}
				}
				rows = append(rows, row)
			}
		}
		reader.Close()
	}
	return rows
}

func parquetText(value parquet.Value) string {
	switch value.Kind() {
	case parquet.Double:
		return string(indicator.AppendShown(nil, value.Double()))
	case parquet.Int32: // dates alone
		return indicator.Day(value.Int32()).String()
	default:
		return value.String()
	}
}

func arrowRows(t *testing.T, file []byte) []exportedRow {
	reader, err := ipc.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var rows []exportedRow
	for reader.Next() {
		batch := reader.RecordBatch()
		for i := range int(batch.NumRows()) {
			row := exportedRow{}
			for j, column := range batch.Columns() {
				if column.IsValid(i) {
					row[batch.ColumnName(j)] = arrowText(column, i)
				}
			}
			rows = append(rows, row)
		}
	}
	if reader.Err() != nil {
		t.Fatal(reader.Err())
	}
	return rows
}

func arrowText(column interface{ ValueStr(int) string }, i int) string {
	if numbers, ok := column.(*array.Float64); ok {
		return string(indicator.AppendShown(nil, numbers.Value(i)))
	}
	return column.ValueStr(i)
}

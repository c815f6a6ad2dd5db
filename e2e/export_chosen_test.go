package e2e

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A file of some columns has what the whole file has in them, though other figures are read for it: each column alone, in turn in
// every format, and all of them from the last to the first.
func TestExport_ChosenColumns(t *testing.T) {
	t.Parallel()
	for name, packages := range map[string][]string{
		"bundled": nil, "vintages": {vintages + "first", vintages + "second"}, "series": {"testdata/packages/series/months"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := serverURL(t)
			if packages != nil {
				url, _ = serve(t, packages...)
			}
			shown := 0
			for _, question := range exportQuestions {
				arguments := strings.ReplaceAll(question.arguments, `["*"]`, fewIndicators(t, url))
				shown += compareChosen(t, url, question.field, arguments)
			}
			if shown < 100 {
				t.Errorf("columns have %d values, too few to tell", shown)
			}
		})
	}
}

// fewIndicators are some that can be asked for together.
func fewIndicators(t *testing.T, url string) string {
	t.Helper()
	var codes []string
	if err := json.Unmarshal([]byte(indicatorsOf(t, url)[0]), &codes); err != nil {
		t.Fatal(err)
	}
	return string(encode(t, codes[:min(len(codes), 2)]))
}

// compareChosen returns how many values the columns have.
func compareChosen(t *testing.T, url, field, arguments string) (shown int) {
	t.Helper()
	status, whole, body := exported(t, url, field+".csv", arguments)
	if status != http.StatusOK {
		return 0 // what is refused is refused elsewhere
	}
	header, err := csv.NewReader(strings.NewReader(string(body))).Read()
	if err != nil {
		t.Fatal(err)
	}
	rows := csvRows(t, body)
	formats := []string{"csv", "arrow", "jsonl", "parquet"}
	for i, column := range header {
		var want []exportedRow
		for _, row := range rows {
			alone := exportedRow{}
			if text, known := row[column]; known {
				alone[column] = text
				shown++
			}
			want = append(want, alone)
		}
		format := formats[i%len(formats)]
		status, some, file := exported(t, url, field+"."+format+"?columns="+column, arguments)
		if status != http.StatusOK {
			t.Errorf("%s %s: %d %s", field, column, status, file)
			continue
		}
		if diff := cmp.Diff(want, exportReaders[format](t, file)); diff != "" {
			t.Errorf("%s.%s, %s of %s -whole +alone:\n%s", field, format, column, arguments, diff)
		}
		if some.Get("X-Warnings") != whole.Get("X-Warnings") || some.Get("ETag") == whole.Get("ETag") || some.Get("X-Snapshot") != whole.Get("X-Snapshot") {
			t.Errorf("%s %s: %v, of the whole file %v", field, column, some, whole)
		}
	}
	_, unwarned, file := exported(t, url, field+".csv?warnings=false", arguments)
	if diff := cmp.Diff(rows, csvRows(t, file)); diff != "" || unwarned.Get("X-Warnings") != "" || unwarned.Get("ETag") == whole.Get("ETag") {
		t.Errorf("%s of %s with warnings %q -warned +unwarned:\n%s", field, arguments, unwarned.Get("X-Warnings"), diff)
	}
	slices.Reverse(header)
	_, _, file = exported(t, url, field+".csv?columns="+strings.Join(header, "%2C%20"), arguments)
	first, _, _ := strings.Cut(string(file), "\n")
	if diff := cmp.Diff(rows, csvRows(t, file)); diff != "" || first != strings.Join(header, ",") {
		t.Errorf("%s, %s of %s -whole +reversed:\n%s", field, first, arguments, diff)
	}
	return shown
}

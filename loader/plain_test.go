package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reading is everything that reading figures brings about.
type reading struct {
	Reports     []string
	Slices      []string
	Definitions []string
	Files       string
	Rows        int64
	Bytes       int64
}

// readFigures reads the figures of a package by one path; it returns false if the plain path leaves them to the careful one.
// The error lists what is wrong with the figures, and the rows that come twice.
func readFigures(ctx context.Context, files fstest.MapFS, plainly bool) (*reading, bool, error) {
	w := &memoryWriter{memory: &memory{}}
	r := &run{input: Input{FS: files}, writer: w, progress: func(Progress) {}, problems: &problems{}}
	d, err := readDescriptor(files, r.problems)
	if err != nil {
		return nil, false, err
	}
	tables, err := mapCatalogue(d, nil, r.problems, func(*table) {})
	if err != nil {
		return nil, false, err
	}
	o, err := openObservations(d, tables.build(), tables, r.problems)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", err, r.problems.err())
	}
	defer func() { o.table.close() }()
	if plainly {
		if !plainTable(o.table) {
			return nil, false, nil
		}
		if done, err := r.plain(ctx, o); !done || err != nil {
			return nil, false, err
		}
	} else if err := r.carefully(ctx, o, false); err != nil {
		return nil, false, err
	}
	if err := r.problems.err(); err != nil || r.result.Duplicates > 0 {
		return nil, false, fmt.Errorf("%d duplicates: %w", r.result.Duplicates, err)
	}
	out := &reading{Definitions: tables.Definitions, Rows: r.figureRows, Bytes: r.last.Bytes}
	if r.last.Rows != r.figureRows {
		return nil, false, fmt.Errorf("%d rows of progress for %d rows", r.last.Rows, r.figureRows)
	}
	for i := range w.batch {
		out.Reports = append(out.Reports, fmt.Sprintf("%+v", w.batch[i]))
	}
	for _, s := range tables.Slices {
		out.Slices = append(out.Slices, s.String())
	}
	out.Files = fmt.Sprintf("%+v", r.result.Files)
	return out, true, nil
}

// diffPaths reads figures by both paths. The plain path may leave a file to the careful one, but if it reads it, the careful
// path finds nothing wrong and reads the same.
func diffPaths(ctx context.Context, files fstest.MapFS) (plainly bool, diff string) {
	got, plainly, err := readFigures(ctx, files, true)
	if err != nil {
		return plainly, "the plain path: " + err.Error()
	}
	if !plainly {
		return false, ""
	}
	want, ok, err := readFigures(ctx, files, false)
	if !ok {
		return true, fmt.Sprintf("the plain path read what is wrong: %v", err)
	}
	return true, cmp.Diff(want, got)
}

// typedMini is the small package with these figures and types of columns.
func typedMini(t testing.TB, text string, types map[string]string, missing []string) fstest.MapFS {
	files := make(fstest.MapFS)
	names, err := os.ReadDir("testdata/mini")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile("testdata/mini/" + name.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[name.Name()] = &fstest.MapFile{Data: data}
	}
	var described struct {
		Name      string            `json:"name"`
		Resources []json.RawMessage `json:"resources"`
	}
	if err := json.Unmarshal(files[PackageFile].Data, &described); err != nil {
		t.Fatal(err)
	}
	var fields []map[string]any
	header, _, _ := strings.Cut(strings.TrimPrefix(text, "\ufeff"), "\n")
	for name := range strings.SplitSeq(strings.TrimSuffix(header, "\r"), ",") {
		field := map[string]any{"name": name}
		if types[name] != "" {
			field["type"] = types[name]
		}
		fields = append(fields, field)
	}
	observations, err := json.Marshal(map[string]any{
		"name": "observations", "path": "observations.csv", "schema": map[string]any{"fields": fields, "missingValues": missing},
	})
	if err != nil {
		t.Fatal(err)
	}
	described.Resources[len(described.Resources)-1] = observations
	data, err := json.Marshal(described)
	if err != nil {
		t.Fatal(err)
	}
	files[PackageFile], files["observations.csv"] = &fstest.MapFile{Data: data}, &fstest.MapFile{Data: []byte(text)}
	return files
}

// Files that must be read plainly: all of the first, and the second with a row that is not plain but right.
func TestPlainly(t *testing.T) {
	rows := []string{
		figure(nil),
		figure(map[string]string{"region": "370124", "value": "-0.50", "indicator": "growth", "period": "2020-Q1", "status": "FORECAST"}),
		figure(map[string]string{"region": "370124", "slice": "households=lt_100", "definition": "another", "note": `"so", 近`}),
		figure(map[string]string{"region": "3701", "indicator": "loans", "value": "4.35", "unit": "CNY_10k", "printed": "4.35万元", "offset": "7"}),
		figure(map[string]string{"region": "3701", "indicator": "resumption_rate", "value": "75.0", "numerator": "3", "denominator": "4"}),
		figure(map[string]string{"region": "GB/T 2260:3701", "value": "", "missing": "UNKNOWN", "published_on": "2020-04-01", "period_inferred": "true"}),
		figure(map[string]string{"region": "37", "value": "近2000个", "definition": "a third"}),
		figure(map[string]string{"region": "37", "indicator": "duty", "value": "半天"}),
	}
	for name, text := range map[string]string{
		"lines":                 figuresOf(rows...),
		"carriage returns":      strings.ReplaceAll(figuresOf(rows...), "\n", "\r\n"),
		"a mark":                "\ufeff" + figuresOf(rows...),
		"no end":                strings.TrimSuffix(figuresOf(rows...), "\n"),
		"empty lines":           strings.ReplaceAll(figuresOf(rows...), "\n370", "\n\n\n370"),
		"no rows":               observationsHeader,
		"a quoted number":       strings.ReplaceAll(figuresOf(rows...), ",1,", `,"1",`),
		"more than one block":   figuresOf(manyRows(9000)...),
		"more than many blocks": figuresOf(manyRows(40_000)...),
	} {
		for _, types := range []map[string]string{nil, {"value": "any", "offset": "integer", "published_on": "date", "numerator": "number", "period_inferred": "boolean"}} {
			plainly, diff := diffPaths(t.Context(), typedMini(t, text, types, nil))
			if !plainly || diff != "" {
				t.Errorf("%s: plainly %v: %s", name, plainly, diff)
			}
		}
	}
	conflict := []string{figure(nil), figure(map[string]string{"value": "2"})}
	if plainly, diff := diffPaths(t.Context(), typedMini(t, figuresOf(conflict...), nil, nil)); plainly || diff != "" {
		t.Errorf("a figure reported twice was read plainly: %s", diff)
	}
}

// manyRows are rows in which new slices and definitions come late.
func manyRows(n int) []string {
	rows := make([]string, n)
	for i := range rows {
		cells := map[string]string{"period": fmt.Sprintf("%04d", 1000+i%8000), "region": []string{"370105", "370124", "3701", "37", "CN"}[i/8000]}
		if i%1000 == 999 {
			cells["slice"] = []string{"households=lt_100", "households=gt_300", "households=100-300", ""}[i/1000%4]
			cells["definition"] = fmt.Sprint("definition ", i)
		}
		rows[i] = figure(cells)
	}
	return rows
}

// plainCells are cells of each column, most of them right.
var plainCells = map[string][]string{
	"region":    {"370105", "370124", "3701", "GB/T 2260:37", "370106", "", " 370105", "\ufeff370105", "37\u200b"},
	"indicator": {"grids", "grids", "persons", "loans", "duty", "resumption_rate", "resumption_rate", "growth", "persons_per_grid", "gridz", ""},
	"slice":     {"", "", "households=lt_100", "households=gt_300", "sector=industry", "households=lt_100;sector=industry", "sector", "x=y"},
	"period":    {"2020", "2020-02", "2020-Q1", "2020-W08", "2020-02-18", "2020-01-25/2020-03-02", "0000", "epoch", "2020-13", "infinity", ""},
	"status":    {"", "ACTUAL", "FORECAST", "TARGET", "actual"},
	"value": {
		"1", "12", "0", "-0", "007", "3.50", "0.1", "-1.5", "100", "123456789012345", "1234567890123456", "9007199254740992", "9007199254740993", "1e3", "1.", ".5", "+1",
		"1_000", "NaN", "inf", "1e999", "1e-400", "0x10", "97%", "2万余", "近2000个", "1,047", "１２", "", "", "-", "1 ", "\x001", "4.35", "0.000001",
	},
	"unit":            {"", "", "", "CNY", "CNY_10k", "h", "d", "grid", "person", "%", "1", "nothing"},
	"precision":       {"", "", "", "AT_LEAST", "APPROXIMATE", "ROUGH"},
	"numerator":       {"", "", "", "3", "0", "-3", "近2000家", "1.5", "9007199254740993", "x"},
	"denominator":     {"", "", "", "4", "0", "20000左右", "1e3"},
	"missing":         {"", "", "", "UNKNOWN", "NOT_COLLECTED", "NO_WEIGHT", "-"},
	"printed":         {"", "近2000个", "\"", "a,b", "\u0085", "\xff"},
	"offset":          {"", "0", "12", "-1", "1.5", "007", "99999999999"},
	"source":          {"daily", "daily", "undated", "dayly", ""},
	"published_on":    {"", "2020-03-30", "2020-04-01", "2020-02-30", "today"},
	"period_inferred": {"", "true", "false", "1", "maybe"},
	"definition":      {"", "", "with the cities", "another"},
	"note":            {"", "so", "so, \"what\"", "a\nb"},
}

func drawText(t *rapid.T, name string, faults int) string {
	cells := plainCells[name]
	i := 0
	if rapid.IntRange(0, 99).Draw(t, "fault") < faults {
		i = rapid.IntRange(0, len(cells)-1).Draw(t, name)
	} else if name == "region" || name == "period" || name == "value" {
		i = rapid.IntRange(0, 3).Draw(t, name)
	}
	return cells[i]
}

func drawCell(t *rapid.T, name string, faults int) string {
	text := drawText(t, name, faults)
	if strings.ContainsAny(text, ",\"\n") || rapid.IntRange(0, 19).Draw(t, "quoted") == 0 {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

func drawFile(t *rapid.T) (text string, types map[string]string, missing []string) {
	columns := strings.Split(strings.TrimSpace(observationsHeader), ",")
	columns = rapid.Permutation(columns).Draw(t, "columns")
	optional := []string{"note", "definition", "offset", "printed", "unit", "status", "slice", "period_inferred"}
	for _, name := range optional {
		if rapid.IntRange(0, 3).Draw(t, "without "+name) == 0 {
			columns = slices.DeleteFunc(columns, func(c string) bool { return c == name })
		}
	}
	end := rapid.SampledFrom([]string{"\n", "\n", "\r\n"}).Draw(t, "end")
	faults := rapid.SampledFrom([]int{0, 2, 10}).Draw(t, "faults")
	var b strings.Builder
	if rapid.IntRange(0, 9).Draw(t, "mark") == 0 {
		b.WriteString("\ufeff")
	}
	b.WriteString(strings.Join(columns, ",") + end)
	for range rapid.IntRange(0, 12).Draw(t, "rows") {
		for i, name := range columns {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(drawCell(t, name, faults))
		}
		b.WriteString(rapid.SampledFrom([]string{end, end, end, end, "\n\n", "\r\r\n", "", ",x\n"}[:4+faults/3]).Draw(t, "line end"))
	}
	text = b.String()
	if rapid.Bool().Draw(t, "without a last end") {
		text = strings.TrimSuffix(text, end)
	}
	types = map[string]string{}
	for name, kinds := range map[string][]string{
		"value": {"", "number", "any"}, "offset": {"", "integer"}, "published_on": {"", "date"}, "numerator": {"", "number"}, "period_inferred": {"", "boolean"},
	} {
		types[name] = rapid.SampledFrom(kinds).Draw(t, "type of "+name)
	}
	if rapid.IntRange(0, 4).Draw(t, "markers") == 0 {
		missing = []string{"", "-", "007"}
	}
	return text, types, missing
}

func TestPlainEqualsCareful(t *testing.T) {
	plainly := 0
	rapid.Check(t, func(r *rapid.T) {
		text, types, missing := drawFile(r)
		ok, diff := diffPaths(t.Context(), typedMini(t, text, types, missing))
		if diff != "" {
			r.Fatalf("%s\n%s", text, diff)
		}
		if ok {
			plainly++
		}
	})
	if plainly < 10 {
		t.Errorf("%d files were read plainly, too few to compare", plainly)
	}
}

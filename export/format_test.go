package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// The names are not in alphabetical order, which a format could fall back to.
var everyKind = []Column{{"z_text", Text}, {"number", Number}, {"integer", Integer}, {"flag", Boolean}, {"a_day", Date}}

// What is written in any format is read back by its readers as it was.
func TestFormats_RoundTrip(t *testing.T) {
	t.Parallel()
	readers := map[string]func(*rapid.T, []byte) [][]any{"csv": readCSV, "jsonl": readJSONLines, "parquet": readParquet, "arrow": readArrow}
	for extension, read := range readers {
		t.Run(extension, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				rows := drawRows(t)
				format, _ := FormatOf(extension)
				var b bytes.Buffer
				w, err := format.Open(&b, everyKind, Options{Snapshot: "s1", Warnings: []query.Warning{{Code: "MIXED_PERIODS", Message: "两"}}})
				if err != nil {
					t.Fatal(err)
				}
				kept := make([]Cell, len(everyKind)) // like a table, that uses one row again and again
				for _, row := range rows {
					copy(kept, row)
					if err := w.Write(kept); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(values(rows), read(t, b.Bytes())); diff != "" {
					t.Fatalf("-written +read:\n%s", diff)
				}
			})
		})
	}
}

func drawRows(t *rapid.T) [][]Cell {
	words := rapid.OneOf(rapid.StringN(1, 12, -1), rapid.SampledFrom([]string{"370105", "=1+1", `a "b", c`, "天桥区\n第二行", "two\r\nlines", "\u2028", "<&>"}))
	numbers := rapid.OneOf(rapid.Float64Range(-1e12, 1e12), rapid.SampledFrom([]float64{0, 1e-9, 0.1, 1e21, 98.7755102041, 1 << 53}))
	rows := make([][]Cell, rapid.IntRange(0, 2*parquetBatch+1).Draw(t, "rows"))
	text, number, day := words.Draw(t, "text"), numbers.Draw(t, "number"), rapid.Int32Range(-100_000, 100_000).Draw(t, "day")
	nulls := rapid.IntRange(1, 7).Draw(t, "nulls")
	for i := range rows {
		rows[i] = []Cell{
			{Known: i%nulls != 1, Text: text + strconv.Itoa(i%10)},
			{Known: i%nulls != 2, Number: indicator.Shown(number * float64(i%3))},
			{Known: i%nulls != 3, Integer: int64(day) * int64(i)},
			{Known: i%nulls != 4, Integer: int64(i % 2)},
			{Known: i%nulls != 5, Integer: int64(day) + int64(i)},
		}
	}
	return rows
}

// values are cells as plain values, nil for nulls.
func values(rows [][]Cell) [][]any {
	var list [][]any
	for _, row := range rows {
		plain := make([]any, len(row))
		for i, cell := range row {
			if !cell.Known {
				continue
			}
			plain[i] = []any{cell.Text, cell.Number, cell.Integer, cell.Integer != 0, indicator.Day(cell.Integer)}[i]
		}
		list = append(list, plain)
	}
	return list
}

// parsed reads a value of a column from text; the empty text is null.
func parsed(t *rapid.T, column int, text string) any {
	if text == "" {
		return nil
	}
	var value any
	var err error
	switch everyKind[column].Kind {
	case Number:
		value, err = strconv.ParseFloat(text, 64)
	case Integer:
		value, err = strconv.ParseInt(text, 10, 64)
	case Boolean:
		value, err = strconv.ParseBool(text)
	case Date:
		value, err = indicator.ParseDay(text)
	default:
		value = text
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func readCSV(t *rapid.T, file []byte) [][]any {
	// The reader takes "\r\n" inside a cell for "\n", so that the two stand apart while it reads; lines of the file end in "\n".
	const ends, apart = "\r\n", "\r\ue000\n"
	lines, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(string(file), ends, apart))).ReadAll()
	if err != nil || len(lines) == 0 || strings.Join(lines[0], " ") != "z_text number integer flag a_day" {
		t.Fatalf("%v: %q", err, lines)
	}
	var rows [][]any
	for _, line := range lines[1:] {
		row := make([]any, len(line))
		for i, text := range line {
			row[i] = parsed(t, i, strings.ReplaceAll(text, apart, ends))
		}
		rows = append(rows, row)
	}
	return rows
}

func readJSONLines(t *rapid.T, file []byte) [][]any {
	var rows [][]any
	for line := range bytes.Lines(file) {
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		var object map[string]any
		if err := decoder.Decode(&object); err != nil || len(object) != len(everyKind) {
			t.Fatalf("%v in %s", err, line)
		}
		row := make([]any, len(everyKind))
		for i, column := range everyKind {
			switch value := object[column.Name].(type) {
			case json.Number:
				row[i] = parsed(t, i, value.String())
			case string:
				row[i] = parsed(t, i, value)
			default:
				row[i] = value
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func readParquet(t *rapid.T, content []byte) [][]any {
	file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	if snapshot, _ := file.Lookup(snapshotKey); snapshot != "s1" {
		t.Errorf("snapshot %q", snapshot)
	}
	for i, field := range file.Schema().Fields() {
		if field.Name() != everyKind[i].Name || !field.Optional() {
			t.Errorf("column %d is %s", i, field.Name())
		}
	}
	reader := parquet.NewGenericReader[any](file)
	var rows [][]any
	buffer := make([]parquet.Row, 100)
	for {
		n, err := reader.ReadRows(buffer)
		for _, values := range buffer[:n] {
			row := make([]any, len(values))
			for i, value := range values {
				if !value.IsNull() {
					row[i] = plainParquet(everyKind[i].Kind, value)
				}
			}
			rows = append(rows, row)
		}
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func plainParquet(kind Kind, value parquet.Value) any {
	switch kind {
	case Number:
		return value.Double()
	case Integer:
		return value.Int64()
	case Boolean:
		return value.Boolean()
	case Date:
		return indicator.Day(value.Int32())
	default:
		return string(value.ByteArray())
	}
}

func readArrow(t *rapid.T, file []byte) [][]any {
	reader, err := ipc.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	metadata := reader.Schema().Metadata()
	if warnings, _ := metadata.GetValue(warningsKey); warnings != `[{"code":"MIXED_PERIODS","message":"两"}]` {
		t.Errorf("warnings %q", warnings)
	}
	var rows [][]any
	for reader.Next() {
		batch := reader.RecordBatch()
		for i := range int(batch.NumRows()) {
			row := make([]any, batch.NumCols())
			for j, column := range batch.Columns() {
				if column.IsNull(i) {
					continue
				}
				switch column := column.(type) {
				case *array.Float64:
					row[j] = column.Value(i)
				case *array.Int64:
					row[j] = column.Value(i)
				case *array.Boolean:
					row[j] = column.Value(i)
				case *array.Date32:
					row[j] = indicator.Day(column.Value(i))
				case *array.String:
					row[j] = column.Value(i)
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

// Spreadsheets take texts for formulas only where they are asked not to be protected, and see UTF-8 where they are told.
func TestCSV_ForSpreadsheets(t *testing.T) {
	t.Parallel()
	row := []Cell{{Known: true, Text: "=1+1"}, {Known: true, Number: -1}, {}, {}, {}}
	for _, test := range []struct {
		options Options
		want    string
	}{
		{Options{}, "=1+1,-1,,,\n"},
		{Options{Excel: true}, "'=1+1,-1,,,\n"},
		{Options{BOM: true}, "=1+1,-1,,,\n"},
	} {
		var b bytes.Buffer
		w, err := newCSV(&b, everyKind, test.options)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		text, marked := strings.CutPrefix(b.String(), "\ufeff")
		if marked != test.options.BOM || text != "z_text,number,integer,flag,a_day\n"+test.want {
			t.Errorf("%+v: %q", test.options, b.String())
		}
	}
}

// cellOf is the cell of an item in a column.
func cellOf[T any](c column[T], item T) (cell Cell) {
	c.fill(item, &cell)
	return cell
}

// A null is told from every value, and what is no number is null.
func TestColumns_Nulls(t *testing.T) {
	t.Parallel()
	nan, zero := math.NaN(), 0.0
	for _, test := range []struct {
		got, want Cell
	}{
		{cellOf(text("x", func(string) string { return "" }), ""), Cell{}},
		{cellOf(number("x", func(*float64) *float64 { return &nan }), nil), Cell{}},
		{cellOf(number("x", func(x *float64) *float64 { return x }), nil), Cell{}},
		{cellOf(number("x", func(x *float64) *float64 { return x }), &zero), Cell{Known: true}},
		{cellOf(boolean("x", func(b *bool) *bool { return b }), nil), Cell{}},
		{cellOf(integer("x", func(n *int) *int { return n }), nil), Cell{}},
		{cellOf(date("x", func(d indicator.Day) indicator.Day { return d }), indicator.DayOf(1970, 1, 1)), Cell{Known: true}},
	} {
		if test.got != test.want {
			t.Errorf("%+v, want %+v", test.got, test.want)
		}
	}
	if got := cellOf(date("x", func(d indicator.Day) indicator.Day { return d }), indicator.NoDay); got.Known {
		t.Error("no day is known")
	}
	column, cell := number("x", func(x *float64) *float64 { return x }), Cell{}
	for _, x := range []*float64{&zero, nil, &zero} { // a cell is filled again and again
		if column.fill(x, &cell); cell.Known != (x != nil) {
			t.Errorf("%v is known: %t", x, cell.Known)
		}
	}
}

package loader

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"
)

// parquetColumn is a column of figures, with a value for each text that a cell may have.
type parquetColumn struct {
	name  string
	node  parquet.Node
	value func(text string) parquet.Value
}

// drawColumn chooses the type and the encoding of a column.
func drawColumn(t *rapid.T, name string) parquetColumn {
	number := func(of func(float64) parquet.Value) func(string) parquet.Value {
		return func(text string) parquet.Value {
			if x, err := strconv.ParseFloat(text, 64); err == nil {
				return of(x)
			}
			return parquet.NullValue()
		}
	}
	c := parquetColumn{name, parquet.String(), func(text string) parquet.Value { return parquet.ByteArrayValue([]byte(text)) }}
	kinds := map[string][]string{
		"region": {"", "", "", "", "", "int"}, "value": {"", "double", "double", "float", "int", "decimal"}, "numerator": {"", "double", "int"}, "denominator": {"", "double"},
		"offset": {"", "int", "unsigned"}, "published_on": {"", "date", "timestamp"}, "period_inferred": {"", "boolean"}, "period": {"", "", "", "", "", "int"},
	}[name]
	switch kind := rapid.SampledFrom(append(kinds, "")).Draw(t, "type of "+name); kind {
	case "double":
		c.node, c.value = parquet.Leaf(parquet.DoubleType), number(parquet.DoubleValue)
	case "float":
		c.node, c.value = parquet.Leaf(parquet.FloatType), number(func(x float64) parquet.Value { return parquet.FloatValue(float32(x)) })
	case "int":
		c.node, c.value = parquet.Int(64), number(func(x float64) parquet.Value { return parquet.Int64Value(int64(x)) })
	case "unsigned":
		c.node, c.value = parquet.Uint(32), number(func(x float64) parquet.Value { return parquet.Int32Value(int32(uint32(int64(x)))) })
	case "decimal":
		c.node, c.value = parquet.Decimal(2, 18, parquet.Int64Type), number(func(x float64) parquet.Value { return parquet.Int64Value(int64(x * 100)) })
	case "date", "timestamp":
		days := map[string]int32{"2020-03-30": 18351, "2020-04-01": 18353, "today": math.MaxInt32}
		c.node = parquet.Date()
		if kind == "timestamp" {
			c.node = parquet.Timestamp(parquet.Millisecond)
		}
		c.value = func(text string) parquet.Value {
			day, ok := days[text]
			switch {
			case !ok:
				return parquet.NullValue()
			case kind == "timestamp":
				return parquet.Int64Value(int64(day) * 24 * 60 * 60 * 1000)
			}
			return parquet.Int32Value(day)
		}
	case "boolean":
		c.node = parquet.Leaf(parquet.BooleanType)
		c.value = func(text string) parquet.Value {
			if text == "" {
				return parquet.NullValue()
			}
			return parquet.BooleanValue(text == "true")
		}
	}
	if c.node.Type().Kind() != parquet.Boolean && rapid.Bool().Draw(t, "dictionary of "+name) {
		c.node = parquet.Encoded(c.node, &parquet.RLEDictionary)
	}
	return c
}

// writeParquet writes a file of the columns; without nulls, where they are empty texts, the columns are required.
func writeParquet(t interface{ Fatal(...any) }, columns []parquetColumn, rows [][]string, options ...parquet.WriterOption) []byte {
	group := make(parquet.Group)
	required := make([]bool, len(columns))
	for i, c := range columns {
		required[i] = !slices.ContainsFunc(rows, func(row []string) bool { return row[i] == "" || c.value(row[i]).IsNull() })
		if group[c.name] = c.node; !required[i] {
			group[c.name] = parquet.Optional(c.node)
		}
	}
	schema := parquet.NewSchema("figures", group)
	var b bytes.Buffer
	w := parquet.NewWriter(&b, append(options, schema)...)
	for _, texts := range rows {
		row := make(parquet.Row, len(columns))
		for i, c := range columns {
			at := slices.IndexFunc(schema.Columns(), func(path []string) bool { return path[0] == c.name })
			value, level := parquet.NullValue(), 0
			if texts[i] != "" {
				value = c.value(texts[i])
			}
			if !value.IsNull() && !required[i] {
				level = 1
			}
			row[at] = value.Level(0, level, at)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parquetMini is the small package with these figures in Parquet.
func parquetMini(t testing.TB, columns []parquetColumn, data []byte) fstest.MapFS {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	files := typedMini(t, strings.Join(names, ",")+"\n", map[string]string{"value": "any"}, nil)
	text := strings.ReplaceAll(string(files[PackageFile].Data), "observations.csv", "observations.parquet")
	files[PackageFile] = &fstest.MapFile{Data: []byte(text)}
	files["observations.parquet"] = &fstest.MapFile{Data: data}
	return files
}

func TestPlainParquetEqualsCareful(t *testing.T) {
	plainly := 0
	rapid.Check(t, func(r *rapid.T) {
		names := strings.Split(strings.TrimSpace(observationsHeader), ",")
		columns := make([]parquetColumn, len(names))
		for i, name := range names {
			columns[i] = drawColumn(r, name)
		}
		faults := rapid.SampledFrom([]int{0, 0, 2, 10}).Draw(r, "faults")
		rows := make([][]string, rapid.IntRange(0, 6).Draw(r, "rows"))
		for n := range rows {
			for _, name := range names {
				rows[n] = append(rows[n], drawText(r, name, faults))
			}
		}
		options := []parquet.WriterOption{
			parquet.MaxRowsPerRowGroup(rapid.Int64Range(1, 8).Draw(r, "rows of a group")), parquet.PageBufferSize(rapid.IntRange(1, 64).Draw(r, "page")),
			parquet.DataPageVersion(rapid.IntRange(1, 2).Draw(r, "version")),
		}
		ok, diff := diffPaths(t.Context(), parquetMini(t, columns, writeParquet(r, columns, rows, options...)))
		if diff != "" {
			r.Fatalf("%q\n%s", rows, diff)
		}
		if ok && len(rows) > 0 {
			plainly++
		}
	})
	if plainly < 5 {
		t.Errorf("%d files were read plainly, too few to compare", plainly)
	}
}

// Rows of many pages and groups, whose ends are not the same in all columns, must be read plainly.
func TestPlainlyParquet(t *testing.T) {
	names := strings.Split(strings.TrimSpace(observationsHeader), ",")
	columns := make([]parquetColumn, len(names))
	for i, name := range names {
		columns[i] = parquetColumn{name, parquet.String(), func(text string) parquet.Value { return parquet.ByteArrayValue([]byte(text)) }}
		switch name {
		case "value":
			columns[i].node, columns[i].value = parquet.Leaf(parquet.DoubleType), func(text string) parquet.Value {
				x, err := strconv.ParseFloat(text, 64)
				if err != nil {
					t.Fatal(err)
				}
				return parquet.DoubleValue(x / 8)
			}
		case "region", "definition", "slice":
			columns[i].node = parquet.Encoded(columns[i].node, &parquet.RLEDictionary)
		}
	}
	var rows [][]string
	for _, text := range manyRows(20_000) {
		cells := strings.Split(text, ",")
		at := slices.Index(names, "indicator")
		cells[at] = "loans" // an amount, which may have decimals
		cells[slices.Index(names, "slice")] = ""
		rows = append(rows, cells)
	}
	data := writeParquet(t, columns, rows, parquet.MaxRowsPerRowGroup(7000), parquet.PageBufferSize(2000))
	if plainly, diff := diffPaths(t.Context(), parquetMini(t, columns, data)); !plainly || diff != "" {
		t.Errorf("plainly %v: %s", plainly, diff)
	}
	if plainly, _ := diffPaths(t.Context(), parquetMini(t, columns, data[:len(data)/2])); plainly {
		t.Error("half a file was read plainly")
	}
}

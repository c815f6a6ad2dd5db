package question

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// Rows reads an answer: a cell is a string, a float64, or nil.
func (w Way) Rows(body []byte) ([][]any, error) {
	switch w.Form {
	case CSV:
		return w.csvRows(body)
	case Arrow:
		return w.arrowRows(body)
	}
	var answer struct {
		Data   map[string]any
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("an answer that is not JSON: %w", err)
	}
	if len(answer.Errors) > 0 {
		return nil, errors.New(answer.Errors[0].Message)
	}
	var rows [][]any
	w.walk(answer.Data, nil, w.Path, &rows)
	return rows, nil
}

// walk follows the path through objects and lists and reads a row of each object at its end, or rows of an object of arrays.
func (w Way) walk(value, outer any, path []string, rows *[][]any) {
	if list, ok := value.([]any); ok {
		for _, item := range list {
			w.walk(item, outer, path, rows)
		}
		return
	}
	if len(path) > 0 {
		if object, ok := value.(map[string]any); ok {
			w.walk(object[path[0]], value, path[1:], rows)
		}
		return
	}
	row := make([]any, len(w.Fields))
	length := -1
	for i, field := range w.Fields {
		from := value
		if rest, further := strings.CutPrefix(field, "^"); further {
			from, field = outer, rest
		}
		row[i] = lookup(from, field)
		if column, ok := row[i].([]any); ok {
			length = len(column)
		}
	}
	if length < 0 {
		*rows = append(*rows, row)
		return
	}
	for n := range length {
		cells := slices.Clone(row)
		for i, cell := range cells {
			if column, ok := cell.([]any); ok {
				cells[i] = column[n]
			}
		}
		*rows = append(*rows, cells)
	}
}

func lookup(value any, field string) any {
	for name := range strings.SplitSeq(field, ".") {
		if list, ok := value.([]any); ok {
			n, err := strconv.Atoi(name)
			if err != nil || n >= len(list) {
				return nil
			}
			value = list[n]
			continue
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}

func (w Way) csvRows(body []byte) ([][]any, error) {
	records, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, record := range records[1:] {
		row := make([]any, len(w.Fields))
		for i, field := range w.Fields {
			at := slices.Index(records[0], field)
			if at < 0 {
				return nil, fmt.Errorf("the file has no column %s", field)
			}
			row[i] = cell(record[at], field)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// cell reads a text: codes and labels stay texts though they look like numbers.
func cell(text, field string) any {
	switch {
	case text == "":
		return nil
	case strings.HasSuffix(field, "_code"), field == "period", field == "precision":
		return text
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return x
	}
	return text
}

func (w Way) arrowRows(body []byte) ([][]any, error) {
	r, err := ipc.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var rows [][]any
	for r.Next() {
		batch := r.RecordBatch()
		for n := range int(batch.NumRows()) {
			row := make([]any, len(w.Fields))
			for i, field := range w.Fields {
				at := batch.Schema().FieldIndices(field)
				if len(at) == 0 {
					return nil, fmt.Errorf("the file has no column %s", field)
				}
				row[i] = arrowCell(batch.Column(at[0]), n, field)
			}
			rows = append(rows, row)
		}
	}
	return rows, r.Err()
}

func arrowCell(column arrow.Array, row int, field string) any {
	if column.IsNull(row) {
		return nil
	}
	if numbers, ok := column.(*array.Float64); ok {
		return numbers.Value(row)
	}
	return cell(column.ValueStr(row), field)
}

// Named turns the ordinals and days of an SQL answer into codes and labels, and drops the column after the last name.
func (q *Question) Named(d *Domain, rows [][]any) [][]any {
	named := make([][]any, len(rows))
	for n, row := range rows {
		cells := slices.Clone(row[:len(q.Names)])
		for i, name := range q.Names {
			x, ok := cells[i].(float64)
			if !ok {
				continue
			}
			switch name {
			case "region", "province":
				cells[i] = code(d.Regions, int(x))
			case "indicator":
				cells[i] = code(d.Indicators, int(x))
			case "precision":
				cells[i] = code(d.Precisions, int(x))
			case "period":
				cells[i] = d.label(int(x))
			}
		}
		named[n] = cells
	}
	return named
}

// digits is to how many significant digits or decimals numbers must agree, whichever is less; the last may be rounded either way.
const digits = 12

// Differ says where two answers differ, nil if they agree.
func (q *Question) Differ(a, b [][]any) error {
	if len(a) != len(b) {
		return fmt.Errorf("%d rows and %d rows", len(a), len(b))
	}
	if len(a) == 0 {
		return errors.New("both answers are empty")
	}
	for _, rows := range [][][]any{a, b} {
		if q.Comparable != nil {
			for _, row := range rows {
				q.Comparable(row)
			}
		}
		if !q.Ordered {
			slices.SortFunc(rows, func(x, y []any) int { return slices.CompareFunc(x, y, compareKeys) })
		}
	}
	for n := range a {
		for i := range a[n] {
			if !agree(a[n][i], b[n][i]) {
				return fmt.Errorf("row %d, %s: %v and %v", n+1, q.Names[i], a[n], b[n])
			}
		}
	}
	return nil
}

// compareKeys orders rows by their texts: numbers differ in their last digits.
func compareKeys(a, b any) int {
	x, _ := a.(string)
	y, _ := b.(string)
	return cmp.Compare(x, y)
}

func agree(a, b any) bool {
	x, ok := a.(float64)
	y, both := b.(float64)
	if !ok || !both {
		return a == b
	}
	return x == y || math.Abs(x-y) <= math.Pow10(1-digits)*math.Max(math.Max(math.Abs(x), math.Abs(y)), 0.1)
}

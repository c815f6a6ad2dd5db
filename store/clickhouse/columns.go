package clickhouse

import (
	"slices"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/statement"
)

// stored are rows on their way to a server, with what is not part of them.
type stored struct {
	*content.Figures
	part    content.Part
	regions []catalog.Region
}

// column is a column of the table of figures.
type column struct {
	name, kind string
	// add appends the cells of some rows to a buffer, a slice of the client's type for the column or nil.
	add func(buffer any, from *stored, rows []int) any
}

func columnOf[C any](name, kind string, cell func(from *stored, row int) C) column {
	return column{name: name, kind: kind, add: func(buffer any, from *stored, rows []int) any {
		out, _ := buffer.([]C)
		out = slices.Grow(out, len(rows))
		for _, row := range rows {
			out = append(out, cell(from, row))
		}
		return out
	}}
}

func flag(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// zeroed is a number without a negative zero, which equals zero and would be another text.
func zeroed(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x
}

// figureTable are the columns of the table of figures. Absent numbers are NaN, the days that a row has not are NoDay, and
// days count from 1970-01-01. value_rank is the statement.Rank of the value.
var figureTable = []column{
	columnOf("is_current", "UInt8", func(f *stored, _ int) uint8 { return flag(f.part.Current) }),
	columnOf("part", "UInt8", func(f *stored, _ int) uint8 { return uint8(f.part.Number) }),
	columnOf("indicator", "Int32", func(f *stored, row int) int32 { return f.Indicator[row] }),
	columnOf("slice", "Int32", func(f *stored, row int) int32 { return f.Slice[row] }),
	columnOf("status", "Int8", func(f *stored, row int) int8 { return int8(f.Status[row]) }),
	columnOf("period_start", "Int32", func(f *stored, row int) int32 { return int32(f.Start[row]) }),
	columnOf("period_end", "Int32", func(f *stored, row int) int32 { return int32(f.End[row]) }),
	columnOf("region", "Int32", func(f *stored, row int) int32 { return f.Region[row] }),
	columnOf("level", "Int8", func(f *stored, row int) int8 { return int8(f.regions[f.Region[row]].Level) }),
	columnOf("value", "Float64", func(f *stored, row int) float64 { return zeroed(f.Value[row]) }),
	columnOf(rankColumn, "Int64", func(f *stored, row int) int64 { return statement.Rank(f.Value[row]) }),
	columnOf("missing", "Int8", func(f *stored, row int) int8 { return int8(f.Missing[row]) }),
	columnOf("precision", "Int8", func(f *stored, row int) int8 { return int8(f.Precision[row]) }),
	columnOf("numerator", "Float64", func(f *stored, row int) float64 { return zeroed(f.Numerator[row]) }),
	columnOf("denominator", "Float64", func(f *stored, row int) float64 { return zeroed(f.Denominator[row]) }),
	columnOf("counts_precision", "Int8", func(f *stored, row int) int8 { return int8(f.CountsPrecision[row]) }),
	columnOf("source", "Int32", func(f *stored, row int) int32 { return f.Source[row] }),
	columnOf("definition", "Int32", func(f *stored, row int) int32 { return f.Definition[row] }),
	columnOf("published", "Int32", func(f *stored, row int) int32 { return int32(f.Published[row]) }),
	columnOf("known_from", "Int32", func(f *stored, row int) int32 { return int32(f.KnownFrom[row]) }),
	columnOf("known_to", "Int32", func(f *stored, row int) int32 { return int32(f.KnownTo[row]) }),
	columnOf("tie", "Int32", func(f *stored, row int) int32 { return f.Tie[row] }),
	columnOf("load", "Int32", func(f *stored, row int) int32 { return f.Load[row] }),
	columnOf("derived", "UInt8", func(f *stored, row int) uint8 { return flag(f.Derived[row]) }),
	columnOf("filled", "UInt8", func(f *stored, row int) uint8 { return flag(f.Filled[row]) }),
	columnOf("inferred", "UInt8", func(f *stored, row int) uint8 { return flag(f.Inferred[row]) }),
	columnOf("printed", "String", func(f *stored, row int) string { return f.Printed[row] }),
	columnOf("printed_offset", "Int32", func(f *stored, row int) int32 { return f.Offset[row] }),
	columnOf("note", "String", func(f *stored, row int) string { return f.Note[row] }),
	columnOf("withdraws", "Int32", func(f *stored, row int) int32 { return int32(f.Withdraws[row]) }),
	columnOf("next_end", "Int32", func(f *stored, row int) int32 { return int32(f.NextEnd[row]) }),
}

const rankColumn = "value_rank"

// columnNames are the names of all columns as a list.
func columnNames() string {
	names := make([]string, len(figureTable))
	for i, c := range figureTable {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// block is rows to be sent to the servers of one shard, with what they must be found to be.
type block struct {
	columns []any
	rows    int
}

// add appends rows.
func (b *block) add(from *stored, rows []int) {
	if b.columns == nil {
		b.columns = make([]any, len(figureTable))
	}
	for i, c := range figureTable {
		b.columns[i] = c.add(b.columns[i], from, rows)
	}
	b.rows += len(rows)
}

// tally is what a server must be found to hold of a part: rows, and the sums of their ranks and regions, which wrap.
type tally struct {
	rows          int64
	ranks, places int64
}

func (t *tally) add(from *stored, rows []int) {
	t.rows += int64(len(rows))
	for _, row := range rows {
		t.ranks += statement.Rank(from.Value[row])
		t.places += int64(from.Region[row])
	}
}

package statement

import (
	"math"

	"github.com/countyql/countyql/store"
)

// Dialect is in what engines differ. Its texts are SQL of the program's own.
type Dialect struct {
	// Observation is the table of current figures and Report that of all reports. Series is what the newest period of
	// each series is looked up in, all reports too: a table whose rows are those of whole series.
	Observation, Report, Series string
	// Current is the condition that keeps current figures where Observation holds others too; empty where it does not.
	Current string
	// PartOf numbers the part of the table that holds an indicator, which is its column part; nil where there are no parts. Files of other
	// parts are not opened.
	PartOf func(indicator int32) int
	// Stored is a column by which current figures are in their natural order; empty where there is none.
	Stored string
	// Tail says that some current figures are stored behind the others, so that Stored tells the order of the others alone.
	Tail bool
	// Everywhere reports whether the regions of a selection are all that figures of its levels are of, so that nothing need be said of them; nil where
	// nobody knows.
	Everywhere func(s *store.Select) bool
	// Int32 and Int64 are the names of types.
	Int32, Int64 string
	// ValueOrder sorts by the value, absent ones last in either direction.
	ValueOrder func(descending bool) string
	// ValueAbsent is the condition that there is no value.
	ValueAbsent string
	// ValueBound is a value as ValueOrder compares it: the column and the literal.
	ValueBound func(value float64) (column, literal string)
}

// DuckDB is the dialect of a snapshot file attached as snapshot.
func DuckDB() *Dialect {
	return &Dialect{
		Observation: "snapshot.observation",
		Report:      "snapshot.report",
		Series:      "snapshot.report",
		Stored:      "rowid",
		Int32:       "INTEGER",
		Int64:       "BIGINT",
		ValueOrder:  func(descending bool) string { return "value" + direction(descending) + " NULLS LAST" },
		ValueAbsent: "value IS NULL",
		ValueBound:  func(value float64) (column, literal string) { return "value", Literal(value) },
	}
}

// ClickHouse is the dialect of a table that is spread over servers by region, and of the part of it on each server. It holds all
// reports. Its column value_rank is the Rank of the value: old servers sort doubles wrongly where they limit the rows, and read
// literals of doubles only nearly.
func ClickHouse(spread, part string, partOf func(indicator int32) int) *Dialect {
	absent := "value_rank = " + Literal(int64(AbsentRank))
	return &Dialect{
		Observation: spread,
		Report:      spread,
		Series:      part, // the series of a region are on one server
		Current:     "is_current = 1",
		PartOf:      partOf,
		Int32:       "Int32",
		Int64:       "Int64",
		ValueOrder: func(descending bool) string {
			if descending {
				return absent + ", value_rank DESC"
			}
			return "value_rank"
		},
		ValueAbsent: absent,
		ValueBound:  func(value float64) (column, literal string) { return "value_rank", Literal(Rank(value)) },
	}
}

// AbsentRank is the Rank of no value.
const AbsentRank = math.MaxInt64

// Rank is an integer for each value, in the order of the values; NaN, which stands for none, comes last.
func Rank(value float64) int64 {
	switch {
	case math.IsNaN(value):
		return AbsentRank
	case value == 0:
		return 0 // of either sign
	}
	bits := int64(math.Float64bits(value))
	if bits < 0 {
		bits ^= math.MaxInt64
	}
	return bits
}

func direction(descending bool) string {
	if descending {
		return " DESC"
	}
	return ""
}

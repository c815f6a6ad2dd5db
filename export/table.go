package export

import (
	"context"
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Kind is the type of a column's cells.
type Kind int8

// The kinds.
const (
	Text Kind = iota
	Number
	Integer
	Boolean
	Date // a calendar day
)

// Column is one column of a file. Every column may hold nulls.
type Column struct {
	Name string
	Kind Kind
}

// Cell is one value of a row; null unless Known. Texts are in Text, numbers in Number; integers, booleans as 0 and 1, and dates
// as days since 1970-01-01 in Integer. The column tells which.
type Cell struct {
	Known   bool
	Text    string
	Number  float64
	Integer int64
}

// Table is an answer as rows.
type Table struct {
	Columns []Column
	// Warnings are what should be known before the figures are used.
	Warnings []query.Warning
	// Each calls yield with every row, in order, until it fails. The cells are valid during the call only. It is called once.
	Each func(ctx context.Context, yield func(row []Cell) error) error
}

// column is a column of a table over items of type T.
type column[T any] struct {
	Column
	cell func(T) Cell
}

func columnsOf[T any](columns []column[T]) []Column {
	list := make([]Column, len(columns))
	for i := range columns {
		list[i] = columns[i].Column
	}
	return list
}

// tableOf lays items out in columns. Each makes the items.
func tableOf[T any](columns []column[T], warnings []query.Warning, each func(ctx context.Context, yield func(T) error) error) *Table {
	row := make([]Cell, len(columns))
	return &Table{
		Columns:  columnsOf(columns),
		Warnings: warnings,
		Each: func(ctx context.Context, yield func([]Cell) error) error {
			return each(ctx, func(item T) error {
				for i := range columns {
					row[i] = columns[i].cell(item)
				}
				return yield(row)
			})
		},
	}
}

// text is a column of texts; the empty text is null.
func text[T any](name string, get func(T) string) column[T] {
	return column[T]{Column{name, Text}, func(item T) Cell {
		s := get(item)
		return Cell{Known: s != "", Text: s}
	}}
}

// number is a column of numbers as answers show them; nil is null.
func number[T any](name string, get func(T) *float64) column[T] {
	return column[T]{Column{name, Number}, func(item T) Cell {
		x := get(item)
		if x == nil || math.IsNaN(*x) || math.IsInf(*x, 0) {
			return Cell{}
		}
		return Cell{Known: true, Number: indicator.Shown(*x)}
	}}
}

// integer is a column of integers; nil is null.
func integer[T any](name string, get func(T) *int) column[T] {
	return column[T]{Column{name, Integer}, func(item T) Cell {
		if n := get(item); n != nil {
			return Cell{Known: true, Integer: int64(*n)}
		}
		return Cell{}
	}}
}

// count is a column of integers that are never null.
func count[T any](name string, get func(T) int) column[T] {
	return column[T]{Column{name, Integer}, func(item T) Cell { return Cell{Known: true, Integer: int64(get(item))} }}
}

// boolean is a column of booleans; nil is null.
func boolean[T any](name string, get func(T) *bool) column[T] {
	return column[T]{Column{name, Boolean}, func(item T) Cell {
		b := get(item)
		switch {
		case b == nil:
			return Cell{}
		case *b:
			return Cell{Known: true, Integer: 1}
		}
		return Cell{Known: true}
	}}
}

// date is a column of days; NoDay is null.
func date[T any](name string, get func(T) indicator.Day) column[T] {
	return column[T]{Column{name, Date}, func(item T) Cell {
		day := get(item)
		return Cell{Known: day != indicator.NoDay, Integer: int64(day)}
	}}
}

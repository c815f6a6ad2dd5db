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
	// Rows is how many rows there are; 0 where that is not known before they are made.
	Rows int
	// Warnings are what should be known before the figures are used.
	Warnings []query.Warning
	// Each calls yield with every row, in order, until it fails. The cells are valid during the call only. It is called once.
	Each func(ctx context.Context, yield func(row []Cell) error) error
}

// column is a column of a table over items of type T.
type column[T any] struct {
	Column
	// fill writes the item's cell into one of this column, known or not.
	fill func(item T, cell *Cell)
	// needs is what the question has to read or work out for it, in the bits of its kind of question.
	needs needs
}

// needs are things that a question reads or works out for some columns only.
type needs uint64

// needing says what columns need.
func needing[T any](what needs, columns ...column[T]) []column[T] {
	for i := range columns {
		columns[i].needs |= what
	}
	return columns
}

// needsOf is what any of the columns needs.
func needsOf[T any](columns []column[T]) (all needs) {
	for i := range columns {
		all |= columns[i].needs
	}
	return all
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
					columns[i].fill(item, &row[i])
				}
				return yield(row)
			})
		},
	}
}

// text is a column of texts; the empty text is null.
func text[T any](name string, get func(T) string) column[T] {
	return column[T]{Column: Column{name, Text}, fill: func(item T, cell *Cell) {
		cell.Text = get(item)
		cell.Known = cell.Text != ""
	}}
}

// number is a column of numbers as answers show them; nil is null.
func number[T any](name string, get func(T) *float64) column[T] {
	return plainNumber(name, func(item T) float64 {
		if x := get(item); x != nil {
			return *x
		}
		return math.NaN()
	})
}

// plainNumber is a column of numbers as answers show them; NaN is null.
func plainNumber[T any](name string, get func(T) float64) column[T] {
	return column[T]{Column: Column{name, Number}, fill: func(item T, cell *Cell) {
		x := get(item)
		if cell.Known = !math.IsNaN(x) && !math.IsInf(x, 0); cell.Known {
			cell.Number = indicator.Shown(x)
		}
	}}
}

// integer is a column of integers; nil is null.
func integer[T any](name string, get func(T) *int) column[T] {
	return column[T]{Column: Column{name, Integer}, fill: func(item T, cell *Cell) {
		n := get(item)
		if cell.Known = n != nil; cell.Known {
			cell.Integer = int64(*n)
		}
	}}
}

// count is a column of integers that are never null.
func count[T any](name string, get func(T) int) column[T] {
	return column[T]{Column: Column{name, Integer}, fill: func(item T, cell *Cell) { cell.Known, cell.Integer = true, int64(get(item)) }}
}

// boolean is a column of booleans; nil is null.
func boolean[T any](name string, get func(T) *bool) column[T] {
	return column[T]{Column: Column{name, Boolean}, fill: func(item T, cell *Cell) {
		b := get(item)
		cell.Known, cell.Integer = b != nil, 0
		if b != nil && *b {
			cell.Integer = 1
		}
	}}
}

// date is a column of days; NoDay is null.
func date[T any](name string, get func(T) indicator.Day) column[T] {
	return column[T]{Column: Column{name, Date}, fill: func(item T, cell *Cell) {
		day := get(item)
		cell.Known, cell.Integer = day != indicator.NoDay, int64(day)
	}}
}

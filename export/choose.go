package export

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/countyql/countyql/indicator"
)

// CheckColumns tells whether a question has the columns of the names, without asking it: an INVALID_INPUT error says which it has not, or which is
// named twice.
func CheckColumns(question Question, names []string) error {
	_, err := choose(question.Columns(), Column.name, names)
	return err
}

func (c Column) name() string { return c.Name }

// chosen are the columns of the names, in their order; all where nothing is named.
func chosen[T any](columns []column[T], names []string) ([]column[T], error) {
	return choose(columns, func(c column[T]) string { return c.Name }, names)
}

func choose[C any](columns []C, nameOf func(C) string, names []string) ([]C, error) {
	if names == nil {
		return columns, nil
	}
	list := make([]C, 0, min(len(names), len(columns)))
	for i, name := range names {
		at := slices.IndexFunc(columns, func(c C) bool { return nameOf(c) == name })
		if at < 0 {
			known := make([]string, len(columns))
			for k := range columns {
				known[k] = nameOf(columns[k])
			}
			return nil, unknownColumn(name, known).At("columns", strconv.Itoa(i))
		}
		if slices.Contains(names[:i], name) {
			err := indicator.Errorf(indicator.InvalidInput, "the column %s is named twice", name)
			err.Hint = "name it once"
			return nil, err.At("columns", strconv.Itoa(i))
		}
		list = append(list, columns[at])
	}
	return list, nil
}

const (
	// longestName is from how many bytes on a text is not taken for the mistyped name of a column.
	longestName = 64
	// mostSuggested is how many columns are suggested.
	mostSuggested = 5
)

// unknownColumn suggests the columns that are spelt like the name or are about the same, such as those of regions for "region".
func unknownColumn(name string, known []string) *indicator.Error {
	if len(name) > longestName {
		err := indicator.Errorf(indicator.InvalidInput, "a column is named with %d bytes, and no column's name is so long", len(name))
		err.Hint = "the columns are " + strings.Join(known, ", ")
		return err
	}
	err := indicator.Errorf(indicator.InvalidInput, "there is no column %q", name)
	wanted := strings.ToLower(name)
	distance := func(column string) int {
		if wanted != "" && (strings.HasPrefix(column, wanted) || strings.HasSuffix(column, "_"+wanted)) {
			return 0
		}
		return levenshtein.ComputeDistance(wanted, column)
	}
	for _, column := range known {
		if distance(column) <= (len(wanted)+2)/3 {
			err.Suggestions = append(err.Suggestions, column)
		}
	}
	slices.SortStableFunc(err.Suggestions, func(a, b string) int { return cmp.Compare(distance(a), distance(b)) })
	err.Suggestions = err.Suggestions[:min(mostSuggested, len(err.Suggestions))]
	if len(err.Suggestions) == 0 {
		err.Hint = "the columns are " + strings.Join(known, ", ")
	}
	return err
}

package loader

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// cellCheck is what a schema demands of the cells of one column.
type cellCheck struct {
	field    *field
	required bool
	trivial  bool
}

// newCellCheck joins what the package's schema and the table itself demand.
func newCellCheck(res *resource, f *field) cellCheck {
	c := cellCheck{field: f, required: f.required || slices.Contains(tableColumns[res.name], f.name+"!")}
	c.trivial = !c.required && (f.kind == "string" || f.kind == "any") && f.enum == nil && f.pattern == nil &&
		f.minimum == nil && f.maximum == nil
	return c
}

// check returns what is wrong with a cell; an empty message if nothing is. The empty cell is null.
func (c *cellCheck) check(text string) (message, hint, code string) {
	if c.trivial {
		return "", "", ""
	}
	if text == "" {
		if c.required {
			return "the cell is empty", "every row needs one", CodeRequired
		}
		return "", "", ""
	}
	f := c.field
	var number float64
	var err error
	switch f.kind {
	case "integer":
		var n int64
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return quote(text) + " is not a whole number", "", CodeConstraint
		}
		number = float64(n)
	case "number":
		if number, err = parseNumber(text); err != nil {
			return quote(text) + " is not a number", "", CodeConstraint
		}
	case "boolean":
		if _, err := parseBoolean(text); err != nil {
			return err.Error(), "write true or false", CodeConstraint
		}
	case "date":
		if _, err := indicator.ParseDay(text); err != nil {
			return quote(text) + " is not a date", "write a date as 2020-02-18", CodeConstraint
		}
	}
	switch {
	case f.enum != nil && !slices.Contains(f.enum, text):
		return quote(text) + " is not allowed here", "use one of " + strings.Join(f.enum, ", "), CodeConstraint
	case f.pattern != nil && !f.pattern.MatchString(text):
		return quote(text) + " does not match the pattern " + f.pattern.String(), "", CodeConstraint
	case f.minimum != nil && number < *f.minimum:
		return fmt.Sprintf("%s is below the minimum %s", text, formatNumber(*f.minimum)), "", CodeConstraint
	case f.maximum != nil && number > *f.maximum:
		return fmt.Sprintf("%s is above the maximum %s", text, formatNumber(*f.maximum)), "", CodeConstraint
	}
	return "", "", ""
}

// parseNumber reads a finite decimal number in plain notation, as 12, -0.5 or 1.2e6.
func parseNumber(text string) (float64, error) {
	for i := range len(text) {
		// ParseFloat also reads hexadecimal numbers, infinities and NaN, none of which is a figure.
		if c := text[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, strconv.ErrSyntax
		}
	}
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, errBounds
	case err != nil:
		return 0, strconv.ErrSyntax
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	return value, withinBounds(value, !strings.ContainsAny(mantissa, "123456789"))
}

// errBounds is the error of numbers that a double cannot hold: it would make infinity of them, or 0.
var errBounds = errors.New("is beyond the bounds of numbers")

// smallest is the magnitude below which a double loses digits.
const smallest = 0x1p-1022

// withinBounds says whether a double holds the number that it was made of, of which is known whether it is zero.
func withinBounds(value float64, zero bool) error {
	if math.IsInf(value, 0) || !zero && math.Abs(value) < smallest {
		return errBounds
	}
	return nil
}

// parseBoolean reads the Frictionless spellings of true and false.
func parseBoolean(text string) (bool, error) {
	switch text {
	case "true", "True", "TRUE", "1":
		return true, nil
	case "false", "False", "FALSE", "0":
		return false, nil
	}
	return false, fmt.Errorf("%s is neither true nor false", quote(text))
}

// keySet finds rows that repeat the primary key or a unique cell of an earlier row.
type keySet struct {
	columns [][]string // each a set of columns whose texts together are unique
	seen    []map[string]spot
}

// newKeySet returns nil if the schema asks for no uniqueness.
func newKeySet(res *resource) *keySet {
	k := &keySet{}
	if len(res.primaryKey) > 0 {
		k.columns = append(k.columns, res.primaryKey)
	}
	for _, f := range res.fields {
		if f.unique {
			k.columns = append(k.columns, []string{f.name})
		}
	}
	for range k.columns {
		k.seen = append(k.seen, make(map[string]spot))
	}
	if len(k.columns) == 0 {
		return nil
	}
	return k
}

// add remembers a row and returns a message if an earlier row has the same key, with the column to point at.
func (k *keySet) add(t *table, r row) (column int, message string) {
	for i, columns := range k.columns {
		texts := make([]string, len(columns))
		for j, name := range columns {
			texts[j] = r.cell(name)
		}
		key := strings.Join(texts, "\x00") // no cell holds a control character
		if len(columns) == 1 && key == "" {
			continue
		}
		if first, repeated := k.seen[i][key]; repeated {
			return t.columns[columns[0]], fmt.Sprintf("%s is on %s already", quote(strings.Join(texts, ", ")), t.nameSpot(first))
		}
		k.seen[i][key] = t.spot()
	}
	return 0, ""
}

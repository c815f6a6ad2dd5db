package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/countyql/countyql/loader/tabular"
)

// nextRow reads the next foreign row that holds figures.
func (t *table) nextRow() error {
	for {
		cells := t.header.ahead
		t.header.ahead = nil
		if cells == nil {
			var err error
			if cells, err = t.foreign.Next(); err != nil {
				var malformed *tabular.Malformed
				if t.ended && errors.As(err, &malformed) && !malformed.Fatal {
					continue // a footnote
				}
				return err
			}
		}
		if t.ended {
			continue // footnotes are read for the file to be whole
		}
		problem := t.takeRow(cells)
		if strings.Join(t.cells, "") == "" && problem == nil {
			continue
		}
		if len(t.rows.end) > 0 && t.meets(t.rows.end) {
			t.ended = true
			continue
		}
		if !t.wanted() {
			continue
		}
		if problem != nil {
			return problem
		}
		t.pending = 0
		return nil
	}
}

// takeRow makes the row's cells tidy, fills those that repeat the row above, and takes columns apart.
func (t *table) takeRow(cells []string) error {
	width := len(t.header.columns)
	if t.cells == nil {
		t.cells = make([]string, width)
	}
	own := width
	for _, s := range t.rows.splits {
		own -= len(s.into)
	}
	var problem error
	for i := range own {
		t.cells[i] = ""
		if i < len(cells) {
			t.cells[i] = tidy(cells[i])
		}
	}
	for i := own; i < len(cells); i++ {
		if extra := tidy(cells[i]); extra != "" && problem == nil {
			problem = t.problem(origin{cell: i}, CodeColumn, extra,
				fmt.Sprintf("the row has %d cells, the header %d", len(cells), own), "a cell with a separator stands in quotes")
		}
	}
	t.fillDown(own, false)
	at := own
	for _, s := range t.rows.splits {
		parts := strings.Split(t.cells[s.column], s.by)
		if len(parts) != len(s.into) {
			if problem == nil {
				problem = t.problem(origin{cell: t.header.columns[s.column].cell}, CodeValue, t.cells[s.column],
					fmt.Sprintf("the text has %d parts, and %s are expected", len(parts), strings.Join(s.into, s.by)), "")
			}
			parts = make([]string, len(s.into))
		}
		for _, part := range parts {
			t.cells[at] = tidy(part)
			at++
		}
	}
	t.fillDown(own, true)
	return problem
}

// fillDown gives empty cells the text above them: those of the file's own columns, or those that splits made.
func (t *table) fillDown(own int, split bool) {
	for i, index := range t.rows.fill {
		if (index >= own) != split {
			continue
		}
		if t.cells[index] == "" {
			t.cells[index] = t.filled[i]
		}
		t.filled[i] = strings.Clone(t.cells[index])
	}
}

// meets reports whether a row meets all conditions.
func (t *table) meets(conditions []boundCondition) bool {
	for _, c := range conditions {
		if !t.holds(&c) {
			return false
		}
	}
	return true
}

func (t *table) holds(c *boundCondition) bool {
	if c.index < 0 {
		return c.holds(firstText(t.cells))
	}
	return c.holds(t.cells[c.index])
}

// wanted reports whether a row is kept and not dropped.
func (t *table) wanted() bool {
	for _, c := range t.rows.drop {
		if t.holds(&c) {
			return false
		}
	}
	return t.meets(t.rows.keep)
}

// problem describes what is wrong with the row's figure.
func (t *table) problem(at origin, code, text, message, hint string) *tabular.Malformed {
	return &tabular.Malformed{Place: t.placeOf(at), Code: code, Text: shorten(text), Message: message, Hint: hint}
}

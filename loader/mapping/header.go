package mapping

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/countyql/countyql/loader/tabular"
)

// header is what stands above the rows of a foreign table.
type header struct {
	columns []column
	index   map[string]int // by name, and by #3; -1 where several columns share a name
	place   tabular.Place  // of its first row
	ahead   []string       // the first row of figures, where it was read to count the columns
}

// column is one column of a foreign table. Columns that a split made come last.
type column struct {
	name   string
	texts  []string // the header rows' texts, from the top, with gaps filled
	places []tabular.Place
	cell   int // where the row's cell is that the column is, or is a part of
}

// between stands between the texts of a column's name that are in several header rows.
const between = " / "

// readHeader skips what stands before the header and reads it.
func (f *File) readHeader(t tabular.Table) (*header, error) {
	if names := t.Columns(); names != nil {
		return f.named(t, names)
	}
	skipped := 0
	next := func() ([]string, error) {
		for {
			cells, err := t.Next()
			if err != nil {
				return nil, err
			}
			if strings.Join(cells, "") != "" {
				return cells, nil
			}
		}
	}
	for ; skipped < f.skip; skipped++ {
		if _, err := t.Next(); err != nil {
			return nil, missingHeader(t, err)
		}
	}
	cells, err := next()
	for ; f.skipUntil != "" && err == nil && !strings.HasPrefix(firstText(cells), f.skipUntil); skipped++ {
		if skipped == maxSkip {
			return nil, fatal(t.Place(-1), fmt.Sprintf("none of the first %d rows begins with %q", maxSkip, f.skipUntil))
		}
		cells, err = next()
	}
	if err != nil {
		return nil, missingHeader(t, err)
	}
	if f.header == 0 {
		return f.numbered(t, cells), nil
	}
	h := &header{place: t.Place(-1)}
	for row := range max(1, f.header) {
		if row > 0 {
			if cells, err = t.Next(); err != nil {
				return nil, missingHeader(t, err)
			}
		}
		f.addRow(h, t, cells, row, row < f.header-1)
	}
	for i := range h.columns {
		h.columns[i].name = joinTexts(h.columns[i].texts)
	}
	h.reindex()
	return h, nil
}

func missingHeader(t tabular.Table, err error) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	return fatal(t.Place(-1), "the table ends before its header")
}

func fatal(place tabular.Place, message string) error {
	return &tabular.Malformed{Place: place, Code: CodeColumn, Message: message, Fatal: true,
		Hint: "mend file: {skip: ..., header: ...} in the mapping"}
}

// named is the header of a format that names its columns.
func (f *File) named(t tabular.Table, names []string) (*header, error) {
	if f.header > 0 || f.skip > 0 || f.skipUntil != "" {
		return nil, fatal(t.Place(-1), "the table's format names its columns: there are no header rows and none to skip")
	}
	h := &header{place: t.Place(-1)}
	for i, name := range names {
		h.columns = append(h.columns, column{name: tidy(name), texts: []string{tidy(name)}, places: []tabular.Place{h.place}, cell: i})
	}
	h.reindex()
	return h, nil
}

// numbered is the header of a table without one; the row given is the first of figures.
func (f *File) numbered(t tabular.Table, cells []string) *header {
	h := &header{place: t.Place(-1), ahead: slices.Clone(cells)}
	for i := range cells {
		h.columns = append(h.columns, column{name: position(i), texts: []string{position(i)}, places: []tabular.Place{t.Place(i)}, cell: i})
	}
	h.reindex()
	return h
}

// addRow adds a header row. An upper row's empty cells have the text to their left: that is how merged cells are written.
func (f *File) addRow(h *header, t tabular.Table, cells []string, row int, upper bool) {
	for len(h.columns) < len(cells) {
		i := len(h.columns)
		c := column{cell: i}
		for above := range row {
			left := ""
			if f.fill && i > 0 {
				left = h.columns[i-1].texts[above]
			}
			c.texts = append(c.texts, left)
			c.places = append(c.places, h.place)
		}
		h.columns = append(h.columns, c)
	}
	for i := range h.columns {
		written := ""
		if i < len(cells) {
			written = tidy(cells[i])
		}
		if written == "" && upper && i > 0 {
			written = h.columns[i-1].texts[row]
		}
		h.columns[i].texts = append(h.columns[i].texts, written)
		h.columns[i].places = append(h.columns[i].places, t.Place(i))
	}
}

func joinTexts(texts []string) string {
	var parts []string
	for _, text := range texts {
		if text != "" && (len(parts) == 0 || parts[len(parts)-1] != text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, between)
}

func firstText(cells []string) string {
	i := slices.IndexFunc(cells, func(cell string) bool { return tidy(cell) != "" })
	if i < 0 {
		return ""
	}
	return tidy(cells[i])
}

// reindex makes the lookup of columns by name.
func (h *header) reindex() {
	h.index = make(map[string]int, 2*len(h.columns))
	for i := range h.columns {
		h.index[position(i)] = i
	}
	for i, c := range h.columns {
		if at, taken := h.index[c.name]; taken && at != i {
			i = -1
		}
		if c.name != "" {
			h.index[c.name] = i
		}
	}
}

// find returns the column of a name, or why there is none.
func (h *header) find(name string) (index int, message, hint string) {
	index, ok := h.index[tidy(name)]
	switch {
	case !ok:
		names := make([]string, 0, len(h.columns))
		for _, c := range h.columns {
			if c.name != "" {
				names = append(names, c.name)
			}
		}
		return -1, fmt.Sprintf("%s has no column %q", h.place.File, shorten(name)), suggestion(name, names)
	case index < 0:
		var positions []string
		for i, c := range h.columns {
			if c.name == tidy(name) {
				positions = append(positions, position(i))
			}
		}
		return -1, fmt.Sprintf("%s has %d columns %q", h.place.File, len(positions), shorten(name)),
			"name one by its place: " + strings.Join(positions[:min(8, len(positions))], ", ")
	}
	return index, "", ""
}

package mapping

import (
	"errors"
	"io"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/tabular"
)

// Whatever a mapping file holds, it is refused with places in it or it has what a load needs.
func FuzzParse(f *testing.F) {
	f.Add(good)
	for _, c := range applied {
		f.Add(c.mapping + "\n" + head)
	}
	for _, c := range refused {
		if len(c.mapping) < 1000 {
			f.Add(c.mapping)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse("m.yaml", []byte(text))
		if err == nil {
			if len(m.values) == 0 {
				t.Error("no values")
			}
			return
		}
		var invalid *Invalid
		if !errors.As(err, &invalid) || len(invalid.Problems) == 0 {
			t.Fatalf("error %v", err)
		}
		for _, p := range invalid.Problems {
			if p.Place.File != "m.yaml" || p.Place.Line < 1 || p.Place.Column < 1 || p.Message == "" || p.Code != CodeMapping {
				t.Errorf("%+v", p)
			}
		}
	})
}

// What a mapping makes of any table is figures with a period that reads, or problems in the table; and what is suggested
// for the table parses.
func FuzzApply(f *testing.F) {
	for _, c := range applied {
		f.Add(c.mapping+"\n"+head, c.table)
	}
	for _, c := range suggested {
		f.Add(good, c.table)
	}
	f.Fuzz(func(t *testing.T, text, written string) {
		m, err := Parse("m.yaml", []byte(text))
		if err != nil {
			return
		}
		mapped, err := New(m, anyTable(written), places)
		var invalid *Invalid
		var malformed *tabular.Malformed
		if err != nil {
			if !errors.As(err, &invalid) && !errors.As(err, &malformed) {
				t.Fatalf("error %v", err)
			}
			return
		}
		for {
			cells, err := mapped.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if errors.As(err, &malformed) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(cells) != len(Columns) {
				t.Fatalf("%d cells", len(cells))
			}
			if _, err := indicator.ParsePeriod(cells[colPeriod]); err != nil {
				t.Error(err)
			}
			if cells[colValue] == "" && cells[colMissing] == "" {
				t.Errorf("neither value nor reason: %q", cells)
			}
			for i := range cells {
				if mapped.Place(i).File == "" {
					t.Errorf("%s has no place", Columns[i])
				}
			}
		}
		suggestion, err := Suggest(anyTable(written), "f.csv", places)
		if err != nil {
			return
		}
		if _, err := Parse("s.yaml", suggestion); err != nil {
			t.Errorf("%v\n%s", err, suggestion)
		}
	})
}

// anyTable reads a text as lines of cells; every text is one.
func anyTable(written string) *memoryTable {
	table := &memoryTable{}
	row := []string{""}
	quoted := false
	for _, r := range written {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			row = append(row, "")
		case r == '\n' && !quoted:
			table.rows = append(table.rows, row)
			row = []string{""}
		default:
			row[len(row)-1] += string(r)
		}
	}
	table.rows = append(table.rows, row)
	return table
}

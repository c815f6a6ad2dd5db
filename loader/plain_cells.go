package loader

import (
	"slices"

	"github.com/countyql/countyql/loader/plain"
	"github.com/countyql/countyql/loader/tabular"
)

// plainColumns are the positions of the columns in a row; -1 where the file does not have one.
type plainColumns struct {
	region, indicator, slice, period, status, value, unit, precision, numerator, denominator, missing, printed, offset, source,
	publishedOn, periodInferred, definition, note int
}

func newPlainColumns(positions map[string]int) plainColumns {
	at := func(name string) int {
		if i, ok := positions[name]; ok {
			return i
		}
		return -1
	}
	return plainColumns{
		region: at("region"), indicator: at("indicator"), slice: at("slice"), period: at("period"), status: at("status"),
		value: at("value"), unit: at("unit"), precision: at("precision"), numerator: at("numerator"), denominator: at("denominator"),
		missing: at("missing"), printed: at("printed"), offset: at("offset"), source: at("source"), publishedOn: at("published_on"),
		periodInferred: at("period_inferred"), definition: at("definition"), note: at("note"),
	}
}

// plainSchema is what the schema demands of cells.
type plainSchema struct {
	checks  []cellCheck
	markers []string // texts but the empty one that stand for null
	number  []bool   // by column: a decimal number meets all demands
}

func newPlainSchema(t *table) plainSchema {
	s := plainSchema{checks: t.checks, number: make([]bool, len(t.checks))}
	for _, marker := range t.resource.missing {
		if marker != "" {
			s.markers = append(s.markers, marker)
		}
	}
	for i := range t.checks {
		f := t.checks[i].field
		s.number[i] = f.enum == nil && f.pattern == nil && f.minimum == nil && f.maximum == nil &&
			slices.Contains([]string{"string", "any", "number"}, f.kind) && len(s.markers) == 0
	}
	return s
}

// maxPlainText bounds the bytes of a cell. Readers of tables allow no less.
const maxPlainText = 16 << 10

// admit returns the text of a cell, and false if it is not what it should be.
func (s *plainSchema) admit(column int, text string) (string, bool) {
	if bad, _ := tabular.BadCharacter(text); bad != "" || len(text) > maxPlainText {
		return "", false
	}
	if slices.Contains(s.markers, text) {
		text = ""
	}
	message, _, _ := s.checks[column].check(text)
	return text, message == ""
}

// decimal reads a cell as a number.
func (s *plainSchema) decimal(column int, text []byte) (plain.Decimal, bool) {
	if !s.number[column] {
		return plain.Decimal{}, false
	}
	return plain.ParseDecimal(text)
}

// known reads the cells of one column, of which there are few different ones.
type known[V any] struct {
	schema *plainSchema
	column int
	parse  func(text string) (V, error)
	cells  map[string]*knownCell[V]
	last   *knownCell[V]
}

// knownCell is a cell that was read before.
type knownCell[V any] struct {
	text  string
	value V
}

// maxKnown bounds the cells that are remembered.
const maxKnown = 1 << 16

func newKnown[V any](s *plainSchema, column int, parse func(text string) (V, error)) *known[V] {
	return &known[V]{schema: s, column: column, parse: parse, cells: make(map[string]*knownCell[V])}
}

// of returns the value of the column's cell in a row, and false if the cell is not what it should be. A column that the
// file does not have is empty.
func (k *known[V]) of(row [][]byte) (V, bool) {
	var text []byte
	if k.column >= 0 {
		text = row[k.column]
	}
	if k.last != nil && k.last.text == string(text) {
		return k.last.value, true
	}
	cell := k.cells[string(text)]
	if cell == nil {
		var ok bool
		if cell, ok = k.read(string(text)); !ok {
			var none V
			return none, false
		}
		if len(k.cells) >= maxKnown {
			clear(k.cells)
		}
		k.cells[cell.text] = cell
	}
	k.last = cell
	return cell.value, true
}

func (k *known[V]) read(text string) (*knownCell[V], bool) {
	admitted := text
	if k.column >= 0 {
		var ok bool
		if admitted, ok = k.schema.admit(k.column, text); !ok {
			return nil, false
		}
	}
	value, err := k.parse(admitted)
	return &knownCell[V]{text: text, value: value}, err == nil
}

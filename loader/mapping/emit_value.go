package mapping

import (
	"fmt"
	"strings"
)

// fillValue fills value, missing, printed and what flags say.
func (t *table) fillValue(v *boundValue) (outcome, error) {
	at := origin{cell: t.header.columns[v.column].cell}
	t.origins[colValue], t.origins[colMissing], t.origins[colPrinted] = at, at, at
	raw := t.cells[v.column]
	written, letters, result, err := t.flagsOf(v, raw)
	if err != nil || result != taken {
		return result, err
	}
	if reason, missing := v.missing[written]; missing {
		if reason == skipMissing {
			return leftOut, nil
		}
		written, t.out[colMissing] = "", reason
	}
	if result, err := t.applyFlags(v, letters, at); err != nil || result != taken {
		return result, err
	}
	if written == "" {
		if t.out[colMissing] == "" {
			return bad, t.problem(at, CodeValue, "", "the cell is empty",
				`say in missing what empty cells mean: missing: {"": NOT_PUBLISHED}, or {"": skip} where they hold no figure`)
		}
		t.out[colPrecision] = "" // of nothing
		return taken, nil
	}
	number := written
	if v.numbers != nil {
		plain, ok := v.numbers.plain(number)
		if !ok {
			return bad, t.notWritten(v.numbers, at, written)
		}
		number = plain
	}
	if v.factor != nil {
		product, ok := multiply(number, v.factor)
		if !ok {
			return bad, t.problem(at, CodeValue, written, fmt.Sprintf("%q cannot be multiplied by the factor: it is no plain number", shorten(written)),
				"name a unit instead of the factor; values as printed keep their rounding words then")
		}
		number = product
	}
	t.out[colValue] = number
	if number != raw && t.out[colPrinted] == "" {
		t.out[colPrinted] = raw
	}
	return taken, nil
}

// flagsOf returns a value without its flags, and the flags.
func (t *table) flagsOf(v *boundValue, raw string) (string, []string, outcome, error) {
	switch {
	case v.flags == nil:
		return raw, nil, taken, nil
	case v.flag == nil:
		written, letters := v.flags.cut(raw, v.missing)
		return written, letters, taken, nil
	}
	written, _, result, err := t.eval(v.flag)
	return raw, v.flags.split(written), result, err
}

// applyFlags fills what flags say. A flag goes before what the mapping says for all values.
func (t *table) applyFlags(v *boundValue, letters []string, at origin) (outcome, error) {
	if v.flag != nil {
		at = origin{cell: t.header.columns[v.flag.index].cell}
	}
	for _, letter := range letters {
		meaning, ok := v.flags.codes[letter]
		if !ok {
			return bad, t.problem(at, CodeValue, letter, fmt.Sprintf("the flag %q has no meaning", shorten(letter)),
				"add it to codes of flags; there are "+strings.Join(v.flags.known, ", "))
		}
		if meaning.skip {
			return leftOut, nil
		}
		for _, said := range []struct {
			column int
			text   string
		}{{colStatus, meaning.status}, {colPrecision, meaning.precision}, {colMissing, meaning.missing}} {
			if said.text != "" {
				t.out[said.column], t.origins[said.column] = said.text, at
			}
		}
		if meaning.note != "" {
			if t.out[colNote] != "" {
				meaning.note = t.out[colNote] + "; " + meaning.note
			}
			t.out[colNote], t.origins[colNote] = meaning.note, at
		}
	}
	return taken, nil
}

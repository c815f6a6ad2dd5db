package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/tabular"
)

// plainColumns are the columns that one text fills as it is.
var plainColumns = []int{
	colIndicator, colStatus, colPrecision, colPrinted, colOffset, colSource, colPeriodInferred, colDefinition, colNote,
}

// figure fills the row for one value of the foreign row. What may leave the figure out comes first: what is left out need
// not be readable.
func (t *table) figure(v *boundValue) (outcome, error) {
	for i := range t.out {
		t.out[i], t.origins[i] = "", origin{cell: -1}
	}
	for _, column := range plainColumns {
		if result, err := t.fillText(v.texts[column], column); err != nil || result != taken {
			return result, err
		}
	}
	for _, fill := range []func(*boundValue) (outcome, error){t.fillSlice, t.fillValue, t.fillRegion, t.fillUnit, t.fillCounts} {
		if result, err := fill(v); err != nil || result != taken {
			return result, err
		}
	}
	if result, err := t.fillPeriod(v.period, colPeriod); err != nil || result != taken {
		return result, err
	}
	if v.day == nil {
		return taken, nil
	}
	return t.fillPeriod(v.day, colPublishedOn)
}

// eval returns what a text is for the row.
func (t *table) eval(b *boundText) (string, origin, outcome, error) {
	if b.kind == joined {
		return t.evalJoined(b)
	}
	if b.index < 0 {
		return b.fixed, origin{cell: fixedPlace, place: b.where}, taken, nil
	}
	at := origin{cell: t.header.columns[b.index].cell}
	raw := t.cells[b.index]
	written, result, message := b.shape(raw)
	if result == bad {
		return "", at, bad, t.problem(at, CodeValue, raw, b.name+": "+message, listed(b.text))
	}
	return written, at, result, nil
}

func (t *table) evalJoined(b *boundText) (string, origin, outcome, error) {
	var all strings.Builder
	first := origin{cell: fixedPlace, place: b.place}
	for i := range b.parts {
		written, at, result, err := t.eval(&b.parts[i])
		if err != nil || result != taken {
			return "", at, result, err
		}
		if at.cell >= 0 && first.cell < 0 {
			first = at
		}
		if written == "" {
			return "", at, bad, t.problem(at, CodeValue, "", "a part of the text is empty", "")
		}
		all.WriteString(written)
	}
	written, result, message := b.shape(all.String())
	if result == bad {
		return "", first, bad, t.problem(first, CodeValue, all.String(), message, listed(b.text))
	}
	return written, first, result, nil
}

// fillText fills a column by a text; nil leaves it empty.
func (t *table) fillText(b *boundText, column int) (outcome, error) {
	if b == nil {
		return taken, nil
	}
	written, at, result, err := t.eval(b)
	t.out[column], t.origins[column] = written, at
	return result, err
}

func (t *table) fillSlice(v *boundValue) (outcome, error) {
	var all []string
	for i := range v.slice {
		written, at, result, err := t.eval(&v.slice[i])
		if err != nil || result != taken {
			return result, err
		}
		if written == "" {
			continue
		}
		if strings.ContainsAny(written, ";=") {
			return bad, t.problem(at, CodeValue, written, "a value of a dimension holds neither ; nor =", "say in codes what it means")
		}
		if len(all) == 0 {
			t.origins[colSlice] = at
		}
		all = append(all, v.figure.slice[i].dimension+"="+written)
	}
	t.out[colSlice] = strings.Join(all, ";")
	return taken, nil
}

// fillUnit fills the unit by its code, where it is known by that or by its name.
func (t *table) fillUnit(v *boundValue) (outcome, error) {
	result, err := t.fillText(v.texts[colUnit], colUnit)
	if code, ok := t.resolver.Unit(t.out[colUnit]); ok && t.out[colUnit] != "" {
		t.out[colUnit] = code
	}
	return result, err
}

// fillCounts fills numerator and denominator.
func (t *table) fillCounts(v *boundValue) (outcome, error) {
	for _, column := range []int{colNumerator, colDenominator} {
		if result, err := t.fillText(v.texts[column], column); err != nil || result != taken {
			return result, err
		}
		written := t.out[column]
		if _, missing := v.missing[written]; missing {
			t.out[column] = ""
			continue
		}
		if v.numbers != nil && written != "" {
			plain, ok := v.numbers.plain(written)
			if !ok {
				return bad, t.notWritten(v.numbers, t.origins[column], written)
			}
			t.out[column] = plain
		}
	}
	return taken, nil
}

// fillRegion fills the region's code.
func (t *table) fillRegion(v *boundValue) (outcome, error) {
	if v.region.code != nil {
		written, at, result, err := t.eval(v.region.code)
		if v.region.scheme != "" && written != "" {
			written = v.region.scheme + ":" + written
		}
		t.out[colRegion], t.origins[colRegion] = written, at
		return t.ofRow(v, result, err)
	}
	name := Name{Scheme: v.region.scheme, Levels: v.region.levels}
	var result outcome
	var err error
	name.Text, t.origins[colRegion], result, err = t.eval(v.region.name)
	if err != nil || result != taken {
		return t.ofRow(v, result, err)
	}
	if v.region.within != nil {
		var at origin
		if name.Within, at, result, err = t.eval(v.region.within); err != nil || result != taken {
			return t.ofRow(v, result, err)
		}
		if name.Within == "" {
			return t.ofRow(v, bad, t.problem(at, CodeValue, "", "it is not said in which region "+name.Text+" lies", ""))
		}
	}
	t.out[colRegion], err = t.resolve(v.region.region, name, t.origins[colRegion])
	return t.ofRow(v, taken, err)
}

// ofRow passes on over the rest of the row where what is wrong with the region is wrong with all figures of it.
func (t *table) ofRow(v *boundValue, result outcome, err error) (outcome, error) {
	if v.wholeRow && (err != nil || result == leftOut) {
		t.pending = len(t.values)
	}
	return result, err
}

// mostCached bounds the names and the periods that are remembered.
const mostCached = 100_000

// resolve finds a region by its name.
func (t *table) resolve(of *region, name Name, at origin) (string, error) {
	key := nameKey{of, name.Text, name.Within}
	found, ok := t.regions[key]
	if !ok {
		found.codes, found.err = t.resolver.Region(name)
		if len(t.regions) < mostCached {
			t.regions[nameKey{of, strings.Clone(name.Text), strings.Clone(name.Within)}] = found
		}
	}
	switch {
	case len(found.codes) == 1:
		return found.codes[0], nil
	case len(found.codes) > 1:
		return "", t.problem(at, string(indicator.UnknownRegion), name.Text, fmt.Sprintf("%q names %d regions", shorten(name.Text), len(found.codes)),
			"it could be "+strings.Join(found.codes[:min(5, len(found.codes))], ", ")+"; say within which region it lies, or its level")
	}
	var typed *indicator.Error
	if !errors.As(found.err, &typed) {
		return "", found.err
	}
	hint := typed.Hint
	if len(typed.Suggestions) > 0 {
		hint = "did you mean " + strings.Join(typed.Suggestions, ", ") + "?"
	}
	return "", t.problem(at, string(typed.Code), name.Text, typed.Message, hint)
}

// fillPeriod fills a column of periods; the day of publication is one of a single day.
func (t *table) fillPeriod(p *boundPeriod, column int) (outcome, error) {
	read, at, result, err := t.period(p)
	t.origins[column] = at
	if err != nil || result != taken {
		return result, err
	}
	if column == colPublishedOn && read.Days() != 1 {
		return bad, t.problem(at, CodeValue, read.String(), "the day of publication is not one day", "")
	}
	t.out[column] = read.String()
	return taken, nil
}

func (t *table) period(p *boundPeriod) (indicator.Period, origin, outcome, error) {
	var read indicator.Period
	var at origin
	switch {
	case p.from != nil:
		from, at, result, err := t.period(p.from)
		if err != nil || result != taken {
			return from, at, result, err
		}
		to, _, result, err := t.period(p.to)
		if err == nil && result == taken && to.End < from.Start {
			err = t.problem(at, CodeValue, from.String()+"/"+to.String(), "the period ends before it starts", "")
		}
		return indicator.Period{Start: from.Start, End: to.End}, at, result, err
	case p.whole == nil:
		var d date
		var all []string
		for i := range p.parts {
			written, part, result, err := t.eval(&p.parts[i])
			if err != nil || result != taken {
				return read, part, result, err
			}
			if i == 0 || at.cell < 0 {
				at = part
			}
			d.part(p.period.parts[i].name, strings.TrimSuffix(written, ".0"))
			all = append(all, written)
		}
		read, ok := d.period()
		if !ok {
			return read, at, bad, t.problem(at, CodeValue, strings.Join(all, " "), fmt.Sprintf("%q is not a period", strings.Join(all, " ")), "")
		}
		return t.around(p, read, at)
	}
	written, at, result, err := t.eval(p.whole)
	if err != nil || result != taken {
		return read, at, result, err
	}
	known := t.periods[p.period]
	found, ok := known[written]
	if !ok {
		found.period, found.ok = p.read(written)
		if known == nil {
			known = make(map[string]periodText)
			t.periods[p.period] = known
		}
		if len(known) < mostCached {
			known[strings.Clone(written)] = found
		}
	}
	if !found.ok {
		hint := periodHint
		if p.layout != nil {
			hint = "the mapping's layout is another"
		}
		return read, at, bad, t.problem(at, CodeValue, written, fmt.Sprintf("%q is not a period", shorten(written)), hint)
	}
	return t.around(p, found.period, at)
}

// around applies the grain that the mapping asks for.
func (t *table) around(p *boundPeriod, read indicator.Period, at origin) (indicator.Period, origin, outcome, error) {
	longer, ok := p.longer(read)
	if !ok {
		return read, at, bad, t.problem(at, CodeValue, read.String(), read.String()+" lies in no "+p.grain.String(), "")
	}
	return longer, at, taken, nil
}

// notWritten says that a number is not written as the mapping says.
func (t *table) notWritten(f *numbers, at origin, written string) *tabular.Malformed {
	message := fmt.Sprintf("%q is not written with decimals behind %q", shorten(written), f.decimal)
	if f.thousands != "" {
		message += fmt.Sprintf(" and %q between thousands", f.thousands)
	}
	return t.problem(at, CodeValue, written, message, "mend numbers in the mapping")
}

package mapping

import (
	"slices"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// flags says what the letters mean that stand behind values or in a column of their own.
type flags struct {
	column *text // nil if they stand behind the value
	codes  map[string]flag
	known  []string // the codes, the longest first
}

// flag is what one letter says of a figure; what is empty is not said.
type flag struct {
	status, precision, missing, note string
	skip                             bool // the figure is left out
}

func readFlags(n node) *flags {
	f := &flags{codes: make(map[string]flag)}
	n.fields([]field{
		{"column", func(n node) {
			f.column = &text{place: n.place(), kind: fromColumn}
			f.column.name, _ = n.required()
		}},
		{"codes", func(n node) {
			for _, m := range n.members() {
				f.codes[tidy(m.name)] = readFlag(m.value)
			}
		}},
	})
	for code := range f.codes {
		if code != "" {
			f.known = append(f.known, code)
		}
	}
	if len(f.codes) == 0 {
		n.fail("write codes: {p: {note: provisional}}", "it is not said what the flags mean")
	}
	slices.SortFunc(f.known, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return f
}

func readFlag(n node) flag {
	var f flag
	if n.isScalar() && n.scalar() == skipMissing {
		return flag{skip: true}
	}
	if n.isScalar() && n.scalar() == "" {
		return f // it says nothing
	}
	n.fields([]field{
		{"status", func(n node) {
			f.status, _ = n.required()
			if _, err := indicator.ParseStatus(f.status); err != nil {
				n.fail("use one of ACTUAL, FORECAST, TARGET", "%q is no status", shorten(f.status))
			}
		}},
		{"precision", func(n node) {
			f.precision, _ = n.required()
			if _, err := indicator.ParsePrecision(f.precision); err != nil {
				n.fail("use one of EXACT, APPROXIMATE, AT_LEAST, AT_MOST", "%q is no precision", shorten(f.precision))
			}
		}},
		{"missing", func(n node) {
			f.missing, _ = n.required()
			checkReason(n, f.missing)
		}},
		{"note", func(n node) { f.note, _ = n.required() }},
	})
	return f
}

// cut takes the flags off the end of a value: 123.4 p, 123.4p, : c. Only what is known, or stands behind a space, is one.
func (f *flags) cut(value string, missing map[string]string) (rest string, found []string) {
	rest = value
	if _, marker := missing[value]; marker {
		return value, nil
	}
	if i := strings.IndexByte(value, ' '); i > 0 && endsFigure(value[:i], missing) {
		return value[:i], f.split(value[i+1:])
	}
	for {
		i := slices.IndexFunc(f.known, func(code string) bool { return strings.HasSuffix(rest, code) })
		if i < 0 || len(rest) == len(f.known[i]) {
			break
		}
		found = append([]string{f.known[i]}, found...)
		rest = strings.TrimRight(strings.TrimSuffix(rest, f.known[i]), " ")
	}
	if !endsFigure(rest, missing) {
		return value, nil
	}
	return rest, found
}

func endsFigure(text string, missing map[string]string) bool {
	if _, ok := missing[text]; ok {
		return true
	}
	return text != "" && strings.ContainsAny(text[len(text)-1:], "0123456789%.") && strings.ContainsAny(text, "0123456789")
}

// split separates flags that stand together: "b p", "bp", "b;p".
func (f *flags) split(written string) []string {
	var found []string
	for _, word := range strings.FieldsFunc(written, func(r rune) bool { return r == ' ' || r == ';' || r == ',' }) {
		letters := f.letters(word)
		if letters == nil {
			letters = []string{word}
		}
		found = append(found, letters...)
	}
	return found
}

// letters takes a word apart into known flags; nil if it does not come out even.
func (f *flags) letters(word string) []string {
	if _, ok := f.codes[word]; ok {
		return []string{word}
	}
	var found []string
	for word != "" {
		i := slices.IndexFunc(f.known, func(code string) bool { return strings.HasPrefix(word, code) })
		if i < 0 {
			return nil
		}
		found = append(found, f.known[i])
		word = word[len(f.known[i]):]
	}
	return found
}

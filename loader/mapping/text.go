package mapping

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countyql/countyql/loader/tabular"
)

// textKind says where a text is taken from.
type textKind int8

const (
	constant   textKind = iota // the mapping file
	fromColumn                 // a cell of the row
	fromHeader                 // a header cell above the value
	fromGroup                  // a group of the pattern that the value's column name matches
	joined                     // several texts one behind the other
)

// unlisted says what becomes of a text that a code table does not list.
type unlisted int8

const (
	reject unlisted = iota
	keep
	skip // the figure is left out
)

// text is a rule that gives a text for each figure.
type text struct {
	place tabular.Place
	kind  textKind
	name  string // the constant, the column's or the group's name
	row   int    // of the header, from 1
	parts []text // what is joined

	from, length int // the part that is cut out, from 1; length 0 is the rest, from 0 is all
	pad          int // characters to which zeros are put before
	prefix       string
	codes        map[string]string // what texts mean; nil if they stand for themselves
	unlisted     unlisted
}

// readText reads a rule: a scalar is a constant, a list is joined, keys say more.
func readText(n node) *text {
	t := &text{place: n.place()}
	switch {
	case n.isScalar():
		t.name = n.scalar()
	case n.isList():
		t.join(n)
	default:
		n.fields(t.fields())
		t.check(n)
	}
	return t
}

// fields are the keys of a text; others may stand beside them.
func (t *text) fields() []field {
	is := func(kind textKind) func(node) {
		return func(n node) {
			if t.named() {
				n.fail("say only one of column, header, group, join", "there are two places to take the text from")
			}
			t.kind = kind
			t.place = n.place()
			switch kind {
			case fromHeader:
				t.row = n.count(1, maxHeader)
			case joined:
				t.join(n)
			default:
				t.name, _ = n.required()
			}
		}
	}
	return []field{
		{"column", is(fromColumn)},
		{"header", is(fromHeader)},
		{"group", is(fromGroup)},
		{"join", is(joined)},
		{"cut", func(n node) {
			t.from = 1
			n.fields([]field{
				{"from", func(n node) { t.from = n.count(1, maxCell) }},
				{"length", func(n node) { t.length = n.count(1, maxCell) }},
			})
		}},
		{"pad", func(n node) { t.pad = n.count(1, 64) }},
		{"prefix", func(n node) { t.prefix, _ = n.required() }},
		{"codes", func(n node) { t.codes = readCodes(n) }},
		{"unlisted", func(n node) {
			t.unlisted = unlisted(max(0, slices.Index([]string{"reject", "keep", "skip"}, n.one("reject", "keep", "skip"))))
		}},
	}
}

func (t *text) named() bool { return t.kind != constant }

// check reports what keys do not go together.
func (t *text) check(n node) {
	if !t.named() {
		n.fail("write column: NAME, header: ROW, group: NAME or join: [...], or the text itself", "it is not said where the text is taken from")
	}
	if t.codes == nil && t.unlisted != reject {
		n.fail("add codes", "unlisted says what becomes of texts that codes does not list, and there are no codes")
	}
}

func (t *text) join(n node) {
	t.kind = joined
	items := n.items()
	if len(items) == 0 {
		n.fail("", "there is nothing to join")
	}
	for _, item := range items {
		t.parts = append(t.parts, *readText(item))
	}
}

// readCodes reads a table from texts to texts.
func readCodes(n node) map[string]string {
	codes := make(map[string]string)
	for _, m := range n.members() {
		codes[tidy(m.name)], _ = m.value.text()
	}
	return codes
}

// walk calls a function for the text and those it is joined of.
func (t *text) walk(visit func(*text)) {
	visit(t)
	for i := range t.parts {
		t.parts[i].walk(visit)
	}
}

// shape cuts, pads, prefixes and translates a text, in this order. The empty text stays empty unless the codes list it.
func (t *text) shape(raw string) (string, outcome, string) {
	s := tidy(raw)
	if s != "" {
		if t.from > 0 {
			runes := []rune(s)
			if len(runes) < t.from-1+max(1, t.length) {
				return "", bad, "the text is too short to be cut"
			}
			runes = runes[t.from-1:]
			if t.length > 0 {
				runes = runes[:t.length]
			}
			s = string(runes)
		}
		if missing := t.pad - utf8.RuneCountInString(s); missing > 0 {
			s = strings.Repeat("0", missing) + s
		}
		s = t.prefix + s
	}
	if t.codes == nil {
		return s, taken, ""
	}
	if code, ok := t.codes[s]; ok {
		return code, taken, ""
	}
	switch {
	case t.unlisted == skip:
		return "", leftOut, ""
	case t.unlisted == keep || s == "":
		return s, taken, ""
	}
	return "", bad, "codes does not list the text"
}

// outcome says what became of a text or a figure.
type outcome int8

const (
	taken   outcome = iota
	leftOut         // the figure is none of those that are wanted
	bad             // the figure is wanted and cannot be read
)

var spaces = regexp.MustCompile(`[\s\x{00a0}\x{3000}\x{2009}\x{202f}]+`)

// tidy takes the spaces off both ends of a text, and writes each run of them inside as one.
func tidy(raw string) string {
	if !strings.ContainsFunc(raw, isSpace) {
		return raw
	}
	return strings.Trim(spaces.ReplaceAllString(raw, " "), " ")
}

func isSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\v', '\f', '\u00a0', '\u3000', '\u2009', '\u202f':
		return true
	}
	return false
}

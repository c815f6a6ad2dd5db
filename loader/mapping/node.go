package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/countyql/countyql/loader/tabular"
)

// reader collects what is wrong with one mapping file.
type reader struct {
	file     string
	problems []tabular.Malformed
}

// node is one value of the file. Its place is its own for a scalar, and its key's for what stands below a key.
type node struct {
	reader *reader
	yaml   ast.Node // nil where a key has no value
	key    *token.Token
}

// member is a key of a mapping and its value.
type member struct {
	name  string
	key   node
	value node
}

// field is a key that a mapping may have.
type field struct {
	name string
	read func(node)
}

func (n node) place() tabular.Place {
	at := n.key
	if n.yaml != nil && (n.isScalar() || at == nil) {
		at = n.yaml.GetToken()
	}
	if at == nil || at.Position == nil {
		return tabular.Place{File: n.reader.file, Line: 1, Column: 1}
	}
	return tabular.Place{File: n.reader.file, Line: at.Position.Line, Column: at.Position.Column}
}

// fail reports a problem at the node.
func (n node) fail(hint, format string, args ...any) {
	text := ""
	if n.isScalar() {
		text = shorten(n.scalar())
	}
	n.reader.problems = append(n.reader.problems, tabular.Malformed{
		Place: n.place(), Code: CodeMapping, Text: text, Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// isScalar reports whether the node is one text; a key without a value is the empty one.
func (n node) isScalar() bool {
	switch n.yaml.(type) {
	case nil, *ast.NullNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.LiteralNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return true
	}
	return false
}

func (n node) isList() bool {
	_, ok := n.yaml.(*ast.SequenceNode)
	return ok
}

func (n node) isMapping() bool {
	switch n.yaml.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// scalar is a scalar's text as it is written: 01001 stays 01001, no stays no.
func (n node) scalar() string {
	switch y := n.yaml.(type) {
	case nil, *ast.NullNode:
		return ""
	case *ast.LiteralNode:
		return strings.TrimRight(y.Value.Value, "\n")
	case *ast.StringNode:
		return y.Value
	}
	return n.yaml.GetToken().Value
}

// text returns a scalar's text, and reports a problem if the node is none.
func (n node) text() (string, bool) {
	if !n.isScalar() {
		n.fail("", "a text is expected here")
		return "", false
	}
	return n.scalar(), true
}

// required is text that is not empty.
func (n node) required() (string, bool) {
	text, ok := n.text()
	if ok && text == "" {
		n.fail("", "a text is expected here, and there is none")
	}
	return text, ok && text != ""
}

// count returns a whole number of the range.
func (n node) count(low, high int) int {
	text, ok := n.text()
	if !ok {
		return low
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < low || number > high {
		n.fail("", "%q is not a whole number from %d to %d", shorten(text), low, high)
		return low
	}
	return number
}

// boolean returns true or false.
func (n node) boolean() bool {
	text, ok := n.text()
	if ok && text != "true" && text != "false" {
		n.fail("", "%q is neither true nor false", shorten(text))
	}
	return text == "true"
}

// members returns the keys of a mapping.
func (n node) members() []member {
	var values []*ast.MappingValueNode
	switch y := n.yaml.(type) {
	case *ast.MappingNode:
		values = y.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{y}
	default:
		n.fail("write key: value pairs", "keys with values are expected here")
		return nil
	}
	members := make([]member, 0, len(values))
	for _, v := range values {
		key := node{reader: n.reader, yaml: v.Key, key: v.Key.GetToken()}
		if !key.isScalar() {
			key.fail("", "a key is one text")
			continue
		}
		name := key.scalar()
		if _, null := v.Key.(*ast.NullNode); null {
			name = v.Key.GetToken().Value // ~ and null as texts that tables hold
		}
		members = append(members, member{name, key, node{reader: n.reader, yaml: v.Value, key: key.key}})
	}
	return members
}

// items returns the elements of a list; a scalar or mapping is a list of one.
func (n node) items() []node {
	list, ok := n.yaml.(*ast.SequenceNode)
	if !ok {
		return []node{n}
	}
	items := make([]node, len(list.Values))
	for i, v := range list.Values {
		items[i] = node{reader: n.reader, yaml: v}
		if items[i].isMapping() {
			if m := items[i].members(); len(m) > 0 {
				items[i].key = m[0].key.key
			}
		}
	}
	return items
}

// fields hands the values of a mapping to those that read them. Other keys are problems.
func (n node) fields(known []field) {
	for _, m := range n.members() {
		i := slices.IndexFunc(known, func(f field) bool { return f.name == m.name })
		if i >= 0 {
			known[i].read(m.value)
			continue
		}
		names := make([]string, len(known))
		for i, f := range known {
			names[i] = f.name
		}
		m.key.fail(suggestion(m.name, names), "there is no key %q here", shorten(m.name))
	}
}

// one returns which of the names a node says.
func (n node) one(names ...string) string {
	text, ok := n.required()
	if ok && !slices.Contains(names, text) {
		n.fail(suggestion(text, names), "%q is not known here", shorten(text))
		return ""
	}
	return text
}

// suggestion is a hint that names what is known and close to a text, or else all that is known.
func suggestion(text string, known []string) string {
	distance := func(name string) int {
		return levenshtein.ComputeDistance(strings.ToLower(text), strings.ToLower(name))
	}
	var near []string
	for _, name := range known {
		runes := len([]rune(name))
		if len(text) < 64 && runes < 64 && distance(name) <= min(runes-1, (runes+2)/3) {
			near = append(near, name)
		}
	}
	if len(near) > 0 {
		slices.SortStableFunc(near, func(a, b string) int { return distance(a) - distance(b) })
		return "did you mean " + strings.Join(near[:min(3, len(near))], ", ") + "?"
	}
	if len(known) == 0 {
		return ""
	}
	list := strings.Join(known[:min(24, len(known))], ", ")
	if len(known) > 24 {
		list += fmt.Sprintf(" and %d more", len(known)-24)
	}
	return "there are " + list
}

// longestShown bounds the characters of a text that a problem repeats.
const longestShown = 60

func shorten(text string) string {
	if runes := []rune(text); len(runes) > longestShown {
		return string(runes[:longestShown]) + "…"
	}
	return text
}

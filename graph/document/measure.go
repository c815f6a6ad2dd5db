package document

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Size is what a document was found to have, and what finding it took. Counts stop at about two billion.
type Size struct {
	Fields, Aliases, RootFields, Directives, Depth, Visits, Comparisons, ListItems int64
	// Introspects says that the schema is asked for.
	Introspects bool
	// Work is the number of nodes looked at: what the measuring itself took.
	Work int64
}

// extent is what a selection set has, fragments put in place.
type extent struct {
	fields, aliases, top, directives, depth int64
}

func (e *extent) add(other extent) {
	e.fields, e.aliases = saturated(e.fields+other.fields), saturated(e.aliases+other.aliases)
	e.top, e.directives = saturated(e.top+other.top), saturated(e.directives+other.directives)
	e.depth = max(e.depth, other.depth)
}

func saturated(n int64) int64 { return min(n, countless) }

// measurer measures one document. Fragments are measured once each, however often they are spread.
type measurer struct {
	limits    Limits
	fragments map[string]*ast.FragmentDefinition
	extents   map[string]*extent // nil while a fragment is being measured
	reached   map[string]bool    // fragments that an operation spreads, directly or not
	nodes     map[string]int64   // of each fragment as written
	spreads   map[string][]string
	size      Size
}

// measure holds a parsed document against the limits and returns its size as far as it got.
func measure(document *ast.QueryDocument, limits Limits) (Size, error) {
	m := &measurer{
		limits: limits, fragments: make(map[string]*ast.FragmentDefinition), extents: make(map[string]*extent),
		reached: make(map[string]bool), nodes: make(map[string]int64), spreads: make(map[string][]string),
	}
	err := m.run(document)
	return m.size, err
}

func (m *measurer) run(document *ast.QueryDocument) error {
	if n := len(document.Fragments); n > m.limits.Fragments {
		return tooLarge("fragments", m.limits.Fragments, int64(n), "fragments", "use fewer fragments")
	}
	for _, f := range document.Fragments {
		if m.fragments[f.Name] != nil {
			return at(f.Position, "There can be only one fragment named %q.", f.Name)
		}
		m.fragments[f.Name] = f
		m.nodes[f.Name] = m.written(f.SelectionSet, f.Directives, f.Name)
	}
	total := extent{}
	for _, operation := range document.Operations {
		whole, err := m.selections(operation.SelectionSet, 1)
		if err != nil {
			return err
		}
		m.size.RootFields = max(m.size.RootFields, whole.top)
		whole.directives += int64(len(operation.Directives))
		total.add(whole)
		m.variables(operation)
	}
	m.size.Fields, m.size.Aliases, m.size.Directives, m.size.Depth = total.fields, total.aliases, total.directives, total.depth
	for _, f := range document.Fragments {
		if !m.reached[f.Name] {
			return at(f.Position, "Fragment %q is never used.", f.Name)
		}
	}
	if err := m.check(); err != nil {
		return err
	}
	return m.validation(document)
}

// check holds what has been counted against the limits.
func (m *measurer) check() error {
	for _, c := range []struct {
		name       string
		limit      int
		found      int64
		what, hint string
	}{
		{"depth", m.limits.Depth, m.size.Depth, "levels of fields inside each other", "ask for what lies deeper in a request of its own"},
		{"rootFields", m.limits.RootFields, m.size.RootFields, "fields at the root of an operation", "send several requests"},
		{"aliases", m.limits.Aliases, m.size.Aliases, "aliases, fragments put in place", "send several requests"},
		{"directives", m.limits.Directives, m.size.Directives, "directives, fragments put in place", "send several requests"},
		{"fields", m.limits.Fields, m.size.Fields, "fields, fragments put in place", "send several requests"},
		{"listItems", m.limits.ListItems, m.size.ListItems, "items in lists", "select by region or dimension instead of listing codes"},
	} {
		if c.found > int64(c.limit) {
			return tooLarge(c.name, c.limit, c.found, c.what, c.hint)
		}
	}
	return nil
}

// selections is the extent of a selection set whose fields lie at a depth.
func (m *measurer) selections(set ast.SelectionSet, depth int64) (extent, error) {
	var whole extent
	for _, s := range set {
		m.size.Work++
		part, err := m.selection(s, depth)
		if err != nil {
			return whole, err
		}
		whole.add(part)
	}
	return whole, nil
}

func (m *measurer) selection(s ast.Selection, depth int64) (extent, error) {
	switch s := s.(type) {
	case *ast.Field:
		part, err := m.selections(s.SelectionSet, depth+1)
		part.top, part.depth = 1, max(part.depth, depth)
		part.fields++
		part.directives += int64(len(s.Directives))
		if s.Alias != s.Name {
			part.aliases++
		}
		m.size.Introspects = m.size.Introspects || s.Name == "__schema" || s.Name == "__type"
		for _, a := range s.Arguments {
			m.value(a.Value)
		}
		return part, err
	case *ast.InlineFragment:
		part, err := m.selections(s.SelectionSet, depth)
		part.directives += int64(len(s.Directives))
		return part, err
	case *ast.FragmentSpread:
		part, err := m.fragment(s)
		part.directives += int64(len(s.Directives))
		if part.depth > 0 {
			part.depth += depth - 1
		}
		return part, err
	}
	return extent{}, nil
}

// fragment is the extent of what a spread stands for, as if it stood at the root.
func (m *measurer) fragment(spread *ast.FragmentSpread) (extent, error) {
	f := m.fragments[spread.Name]
	if f == nil {
		return extent{}, at(spread.Position, "Unknown fragment %q.", spread.Name)
	}
	if known, begun := m.extents[f.Name]; begun {
		if known == nil {
			return extent{}, at(spread.Position, "Cannot spread fragment %q within itself.", f.Name)
		}
		return *known, nil
	}
	m.reached[f.Name] = true
	m.extents[f.Name] = nil
	whole, err := m.selections(f.SelectionSet, 1)
	if err != nil {
		return whole, err
	}
	whole.directives += int64(len(f.Directives))
	m.extents[f.Name] = &whole
	return whole, nil
}

func (m *measurer) variables(operation *ast.OperationDefinition) {
	for _, v := range operation.VariableDefinitions {
		m.size.Directives += int64(len(v.Directives))
		if v.DefaultValue != nil {
			m.value(v.DefaultValue)
		}
	}
}

// value counts the items of lists.
func (m *measurer) value(v *ast.Value) {
	m.size.Work++
	if v.Kind == ast.ListValue {
		m.size.ListItems += int64(len(v.Children))
	}
	for _, child := range v.Children {
		m.value(child.Value)
	}
}

// written counts the nodes of a selection set as it stands, and notes what it spreads.
func (m *measurer) written(set ast.SelectionSet, directives ast.DirectiveList, owner string) int64 {
	n := int64(len(directives))
	for _, s := range set {
		m.size.Work++
		n++
		switch s := s.(type) {
		case *ast.Field:
			n += m.written(s.SelectionSet, s.Directives, owner)
			for _, a := range s.Arguments {
				n += nodesOf(a.Value)
			}
		case *ast.InlineFragment:
			n += m.written(s.SelectionSet, s.Directives, owner)
		case *ast.FragmentSpread:
			n += int64(len(s.Directives))
			m.spreads[owner] = append(m.spreads[owner], s.Name)
		}
	}
	return n
}

func nodesOf(v *ast.Value) int64 {
	n := int64(1)
	for _, child := range v.Children {
		n += nodesOf(child.Value)
	}
	return n
}

// at is a refusal in the words of the validator, at a place in the document.
func at(position *ast.Position, format string, args ...any) error {
	err := gqlerror.ErrorPosf(position, "%s", fmt.Sprintf(format, args...))
	err.Extensions = nil
	return err
}

package document

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// validation bounds what validating the document will take. It comes after the check of the number of fields, which bounds
// what it takes itself.
func (m *measurer) validation(document *ast.QueryDocument) error {
	if err := m.visits(document); err != nil {
		return err
	}
	for _, operation := range document.Operations {
		if err := m.compare([]ast.SelectionSet{operation.SelectionSet}); err != nil {
			return err
		}
	}
	return nil
}

// visits counts the nodes that the validator looks at: it walks each operation and each fragment by itself, into all that
// is spread there.
func (m *measurer) visits(document *ast.QueryDocument) error {
	for i, operation := range document.Operations {
		root := fmt.Sprintf("operation %d", i) // not the name of a fragment: it has a space
		m.nodes[root] = m.written(operation.SelectionSet, operation.Directives, root)
		m.size.Visits += m.nodesFrom(root)
	}
	for _, f := range document.Fragments {
		m.size.Visits += m.nodesFrom(f.Name)
	}
	if m.size.Visits > int64(m.limits.Visits) {
		return tooLarge("visits", m.limits.Visits, m.size.Visits, "nodes to validate, each fragment with all that it spreads", "use fewer fragments and operations")
	}
	return nil
}

func (m *measurer) nodesFrom(root string) int64 {
	seen := map[string]bool{root: true}
	n := m.nodes[root]
	for pending := m.spreads[root]; len(pending) > 0; {
		name := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		m.size.Work++
		if !seen[name] {
			seen[name] = true
			n += m.nodes[name]
			pending = append(pending, m.spreads[name]...)
		}
	}
	return n
}

// compare counts the pairs of fields that answer under one name at one place of the answer, and of the fragments spread
// there: the validator compares each pair, again for each operation and fragment that it walks.
func (m *measurer) compare(sets []ast.SelectionSet) error {
	fields := make(map[string][]*ast.Field)
	var names []string
	spread := make(map[string]bool)
	var spreads int64
	var collect func(set ast.SelectionSet)
	collect = func(set ast.SelectionSet) {
		for _, s := range set {
			m.size.Work++
			switch s := s.(type) {
			case *ast.Field:
				if fields[s.Alias] == nil {
					names = append(names, s.Alias)
				}
				fields[s.Alias] = append(fields[s.Alias], s)
			case *ast.InlineFragment:
				collect(s.SelectionSet)
			case *ast.FragmentSpread:
				spreads++
				if !spread[s.Name] {
					spread[s.Name] = true
					collect(m.fragments[s.Name].SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		collect(set)
	}
	walks := int64(1 + len(m.fragments))
	if err := m.compared(pairs(spreads) * walks); err != nil {
		return err
	}
	for _, name := range names {
		same := fields[name]
		if err := m.compared(pairs(int64(len(same))) * walks); err != nil {
			return err
		}
		var inside []ast.SelectionSet
		for _, f := range same {
			if len(f.SelectionSet) > 0 {
				inside = append(inside, f.SelectionSet)
			}
		}
		if len(inside) == 0 {
			continue
		}
		if err := m.compare(inside); err != nil {
			return err
		}
	}
	return nil
}

func pairs(n int64) int64 { return n * (n - 1) / 2 }

func (m *measurer) compared(n int64) error {
	m.size.Comparisons = saturated(m.size.Comparisons + n)
	if m.size.Comparisons > int64(m.limits.Comparisons) {
		return tooLarge("comparisons", m.limits.Comparisons, m.size.Comparisons, "pairs of fields under the same name to compare", "ask for each field once")
	}
	return nil
}

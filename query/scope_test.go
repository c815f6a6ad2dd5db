package query

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Nobody gets a session without it being known who asks.
func TestOpen_needsAPrincipal(t *testing.T) {
	service := &Service{Engine: newStore(t, fixtureTables(), fixtureFacts()), Limits: DefaultLimits(), Now: today.Time}
	if _, _, err := service.Open(t.Context()); !errors.Is(err, &indicator.Error{Code: indicator.Unauthenticated}) {
		t.Errorf("without a principal: %v", err)
	}
	if _, _, err := service.Open(access.With(t.Context(), &access.Principal{Name: "x"})); !errors.Is(err, &indicator.Error{Code: indicator.Unauthenticated}) {
		t.Errorf("without a role: %v", err)
	}
}

// Snapshots are pinned at one place of the project's own code, which wraps them: whoever pins another could select anything.
func TestPin_oncePerRequest(t *testing.T) {
	var found []string
	for _, dir := range []string{".", "../graph", "../server"} {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), dir+"/"+file.Name(), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Pin" {
					found = append(found, dir+"/"+file.Name())
				}
				return true
			})
		}
	}
	if !slices.Equal(found, []string{"./service.go"}) {
		t.Errorf("snapshots are pinned in %v: use Service.Open, which knows who asks", found)
	}
}

// Whatever is selected, what comes back are the rows within the scope that the same selection finds without it, in the same
// order, and counting agrees.
func TestScoped_selectsWithinTheScope(t *testing.T) {
	whole := newStore(t, fixtureTables(), fixtureFacts())
	c := whole.contents.Catalog
	rapid.Check(t, func(t *rapid.T) {
		var scope access.Scope
		for _, r := range c.Regions() {
			if rapid.Float64Range(0, 1).Draw(t, "region") < 0.2 {
				scope.Regions = append(scope.Regions, r.QualifiedCode())
			}
		}
		for _, ind := range c.Indicators() {
			if rapid.Float64Range(0, 1).Draw(t, "indicator") < 0.5 {
				scope.Indicators = append(scope.Indicators, ind.Code)
			}
		}
		v, err := newView(t.Context(), whole, scope)
		if err != nil {
			t.Fatal(err)
		}
		part := &scoped{whole, v}
		regions, indicators := v.contents.Catalog.Regions(), v.contents.Catalog.Indicators()

		selection, asked := store.NewSelect(), store.NewSelect()
		selection.Evidence, asked.Evidence = true, true
		selection.Vintages = rapid.Bool().Draw(t, "vintages")
		selection.Order.Descending = rapid.Bool().Draw(t, "descending")
		asked.Vintages, asked.Order = selection.Vintages, selection.Order
		if len(regions) > 0 && rapid.Bool().Draw(t, "some regions") {
			from := rapid.IntRange(0, len(regions)-1).Draw(t, "from")
			to := rapid.IntRange(from, len(regions)).Draw(t, "to")
			selection.Regions = []store.Span{{From: int32(from), To: int32(to)}}
		} else {
			selection.Regions = []store.Span{{From: 0, To: int32(len(regions))}}
		}
		var filter []string
		for _, ind := range indicators {
			if rapid.Bool().Draw(t, "ask") {
				selection.Indicators = append(selection.Indicators, ind.ID)
				filter = append(filter, ind.Code)
			}
		}
		rows, err := part.Select(t.Context(), selection)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for i := range rows.Len() {
			o := NewSession(part, DefaultLimits(), today).observation(rows, i)
			got = append(got, o.identity()+" "+o.Source.Code)
		}
		everything, err := whole.Select(t.Context(), asked)
		if err != nil {
			t.Fatal(err)
		}
		for i := range everything.Len() {
			o := NewSession(whole, DefaultLimits(), today).observation(everything, i)
			in := slices.ContainsFunc(regions, func(r catalog.Region) bool {
				return r.QualifiedCode() == o.Region.QualifiedCode() && r.ID >= selection.Regions[0].From && r.ID < selection.Regions[0].To
			}) && inScope(scope, o)
			if in && (len(filter) == 0 || slices.Contains(filter, o.Indicator.Code)) {
				want = append(want, o.identity()+" "+o.Source.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("scope %+v, selection %+v:\ngot  %v\nwant %v", scope, selection, got, want)
		}
		tallies, err := part.Count(t.Context(), selection)
		if err != nil || tallies[0].Rows != int64(len(want)) {
			t.Fatalf("counted %v, %v; want %d", tallies, err, len(want))
		}
	})
}

// inScope says it as the documentation does: the region, one around it or one that replaced it is named, and the indicator with
// all its parts.
func inScope(scope access.Scope, o *Observation) bool {
	named := func(ind *catalog.Indicator) bool {
		return ind == nil || len(scope.Indicators) == 0 || slices.Contains(scope.Indicators, ind.Code)
	}
	inside := len(scope.Regions) == 0
	for r := o.Region; r != nil; r = r.Successor {
		for around := r; around != nil; around = around.Parent {
			inside = inside || slices.Contains(scope.Regions, around.QualifiedCode())
		}
	}
	return inside && named(o.Indicator) && named(o.Indicator.Numerator) && named(o.Indicator.Denominator) && named(o.Indicator.Weight)
}

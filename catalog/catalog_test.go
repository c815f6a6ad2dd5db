package catalog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
)

func TestRegions_PreOrder(t *testing.T) {
	c := build(t, fixture())
	var names []string
	for i, r := range c.Regions() {
		names = append(names, r.QualifiedCode())
		if r.ID != int32(i) {
			t.Errorf("%s is number %d at position %d", r.Code, r.ID, i)
		}
		for j := range c.Regions() {
			other := &c.Regions()[j]
			inside := false
			for a := other; a != nil; a = a.Parent {
				inside = inside || a.ID == r.ID
			}
			if r.Contains(other) != inside {
				t.Errorf("%s contains %s: %t", r.Code, other.Code, r.Contains(other))
			}
		}
	}
	// Siblings keep the order of the table: Tianqiao stands before Pingyin there.
	want := "CN 37 370100 370105 370124 14 140400 140401 140402 140403 140502 140303"
	if got := strings.ReplaceAll(strings.Join(names[:12], " "), gb+":", ""); got != want {
		t.Errorf("regions are in the order %s, want %s", got, want)
	}
	if got := strings.Join(names[12:], " "); got != "ONS:UK ONS:140400" {
		t.Errorf("the second tree is %s", got)
	}
}

func TestRegion_AncestorsAndChildren(t *testing.T) {
	c := build(t, fixture())
	tianqiao := mustRegion(t, c, "370105")
	for level, want := range map[indicator.Level]string{
		indicator.Country: "CN", indicator.Province: "37", indicator.Prefecture: "370100", indicator.County: "370105",
	} {
		if a := tianqiao.Ancestor(level); a == nil || a.Code != want {
			t.Errorf("the %s of Tianqiao is %v, want %s", level, a, want)
		}
	}
	for _, level := range []indicator.Level{indicator.Township, indicator.Community} {
		if a := tianqiao.Ancestor(level); a != nil {
			t.Errorf("the %s of Tianqiao is %s", level, a.Code)
		}
	}
	if a := mustRegion(t, c, "140502").Ancestor(indicator.Prefecture); a != nil {
		t.Errorf("a county directly under a province has the prefecture %s", a.Code)
	}
	jinan := mustRegion(t, c, "370100")
	if len(jinan.Children) != 2 || jinan.Children[0] != tianqiao || jinan.Children[1].Parent != jinan {
		t.Errorf("Jinan has the children %v", jinan.Children)
	}
	if root := mustRegion(t, c, "CN"); root.Parent != nil {
		t.Errorf("the country lies in %s", root.Parent.Code)
	}
}

func TestRegion_Successor(t *testing.T) {
	c := build(t, fixture())
	old, luzhou := mustRegion(t, c, "140402"), mustRegion(t, c, "140403")
	if !old.Retired() || old.Successor != luzhou {
		t.Errorf("140402 is retired: %t, for %v", old.Retired(), old.Successor)
	}
	if luzhou.Retired() || luzhou.Successor != nil || luzhou.Current() != luzhou {
		t.Error("140403 is in force and stands for itself")
	}
	if got := mustRegion(t, c, "140401").Current(); got != luzhou {
		t.Errorf("140401, replaced by 140402, replaced by 140403, stands for %s", got.Code)
	}
}

func TestRegion_SharedCode(t *testing.T) {
	c := build(t, fixture())
	_, err := c.Region("140400")
	typed := wantCode(t, err, indicator.UnknownRegion)
	if want := []string{gb + ":140400", ons + ":140400"}; !slices.Equal(typed.Suggestions, want) {
		t.Errorf("suggestions %q, want %q", typed.Suggestions, want)
	}
	for _, code := range typed.Suggestions {
		if r := mustRegion(t, c, code); r.QualifiedCode() != code {
			t.Errorf("%s found %s", code, r.QualifiedCode())
		}
	}
	// A parent's code means the one in the region's own scheme.
	if p := mustRegion(t, c, "140403").Parent; p.Scheme != gb {
		t.Errorf("Luzhou lies in %s", p.QualifiedCode())
	}
}

func wantCode(t *testing.T, err error, code indicator.ErrorCode) *indicator.Error {
	t.Helper()
	var typed *indicator.Error
	if !errors.As(err, &typed) {
		t.Fatalf("error %v is not an *indicator.Error", err)
	}
	if typed.Code != code {
		t.Errorf("code %s, want %s", typed.Code, code)
	}
	return typed
}

func TestCodeOf(t *testing.T) {
	c := build(t, fixture())
	qualified := 0
	for i := range c.Regions() {
		r := &c.Regions()[i]
		code := c.CodeOf(r)
		if found, err := c.Region(code); err != nil || found != r {
			t.Errorf("%s %s: %s finds %v, %v", r.Scheme, r.Code, code, found, err)
		}
		if code != r.Code {
			qualified++
		}
	}
	if qualified != 2 {
		t.Errorf("%d regions are named by their schemes, and 2 share a code", qualified)
	}
}

func TestLookups_UnknownCodes(t *testing.T) {
	c := build(t, fixture())
	tests := []struct {
		name        string
		find        func() error
		code        indicator.ErrorCode
		suggestions []string
	}{
		{"prefix of regions", func() error { _, err := c.Region("37010"); return err }, indicator.UnknownRegion, []string{"370100", "370105"}},
		{"one digit off", func() error { _, err := c.Region("140503"); return err }, indicator.UnknownRegion, []string{"140403", "140502", "140303", "140400", "140401"}},
		{"name for a code", func() error { _, err := c.Region("平阴"); return err }, indicator.UnknownRegion, []string{"370124"}},
		{"code shared by two schemes", func() error { _, err := c.Region("14040"); return err }, indicator.UnknownRegion, []string{"140400", "140401", "140402", "140403"}},
		{"beginning of an indicator", func() error { _, err := c.Indicator("gdp"); return err }, indicator.UnknownIndicator, []string{"gdp_growth"}},
		{"misspelt indicator", func() error { _, err := c.Indicator("comunities"); return err }, indicator.UnknownIndicator, []string{"communities"}},
		{"other letter case", func() error { _, err := c.Indicator("Grids"); return err }, indicator.UnknownIndicator, []string{"grids", "grids_per_community"}},
		{"like nothing", func() error { _, err := c.Indicator("zzzzzz"); return err }, indicator.UnknownIndicator, nil},
		{"empty", func() error { _, err := c.Indicator(""); return err }, indicator.UnknownIndicator, nil},
		{"beginning of a source", func() error { _, err := c.Source("gazette"); return err }, indicator.UnknownSource, []string{"gazette-2020-02"}},
		{"misspelt dimension", func() error { _, err := c.Dimension("household"); return err }, indicator.UnknownDimension, []string{"households"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			typed := wantCode(t, tt.find(), tt.code)
			if typed.Message == "" || typed.Hint == "" {
				t.Errorf("message %q with hint %q", typed.Message, typed.Hint)
			}
			if len(typed.Suggestions) > maxSuggestions {
				t.Errorf("%d suggestions", len(typed.Suggestions))
			}
			if len(tt.suggestions) == 0 && len(typed.Suggestions) == 0 {
				return
			}
			if !slices.Equal(typed.Suggestions, tt.suggestions) {
				t.Errorf("suggestions %q, want %q", typed.Suggestions, tt.suggestions)
			}
		})
	}
}

func TestCheckSlice(t *testing.T) {
	c := build(t, fixture())
	slice := func(text string) indicator.Slice {
		s, err := indicator.ParseSlice(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, text := range []string{"", "households=gt_300", "households=lt_100;sector=primary"} {
		if err := c.CheckSlice(slice(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	typed := wantCode(t, c.CheckSlice(slice("house=lt_100")), indicator.UnknownDimension)
	if !slices.Equal(typed.Suggestions, []string{"households"}) {
		t.Errorf("suggestions for a dimension: %q", typed.Suggestions)
	}
	typed = wantCode(t, c.CheckSlice(slice("households=lt_10")), indicator.UnknownDimension)
	if !slices.Equal(typed.Suggestions, []string{"lt_100"}) {
		t.Errorf("suggestions for a value: %q", typed.Suggestions)
	}
}

func TestOrdinals(t *testing.T) {
	tables := fixture()
	tables.Slices = tables.Slices[1:] // the total goes first though nobody listed it
	c := build(t, tables)
	if id, ok := c.SliceID(indicator.Slice{}); !ok || id != 0 {
		t.Errorf("the total has the ordinal %d, %t", id, ok)
	}
	part := indicator.Slice{{Dimension: "households", Value: "lt_100"}}
	if id, ok := c.SliceID(part); !ok || c.Slices()[id].String() != part.String() {
		t.Errorf("the part has the ordinal %d, %t", id, ok)
	}
	if _, ok := c.SliceID(indicator.Slice{{Dimension: "households", Value: "gt_300"}}); ok {
		t.Error("a slice without figures has an ordinal")
	}
	if id, ok := c.DefinitionID(""); !ok || id != 0 || c.Definition(0) != "" {
		t.Error("no departure from the definition is not the ordinal 0")
	}
	for i := range c.Indicators() {
		if c.Indicators()[i].ID != int32(i) {
			t.Errorf("indicator %d has the ordinal %d", i, c.Indicators()[i].ID)
		}
	}
	derived, err := c.Indicator("grids_per_community")
	if err != nil {
		t.Fatal(err)
	}
	if derived.Numerator.Code != "grids" || derived.Denominator.Code != "communities" || derived.Weight != nil {
		t.Errorf("the derived indicator is %v over %v", derived.Numerator, derived.Denominator)
	}
	if b, ok := derived.Numerator.Breakdown("households"); !ok || !b.Complete {
		t.Errorf("grids by households: %v, %t", b, ok)
	}
	if _, ok := derived.Numerator.Breakdown("sector"); ok {
		t.Error("grids are broken down by sector")
	}
}

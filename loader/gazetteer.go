package loader

import (
	"slices"
	"strings"
	"unicode"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/mapping"
)

// gazetteer finds the regions, units and indicators that a mapped table names.
type gazetteer struct {
	catalog *catalog.Catalog
	codes   map[string]bool              // with and without their scheme
	names   map[string][]*catalog.Region // by name, English name and alias
	short   map[string][]*catalog.Region // by the name without the word for what sort of region it is
	units   *converter
	// indicators are codes by code, name and alias; empty where several share it.
	indicators map[string]string
}

var _ mapping.Resolver = (*gazetteer)(nil)

func newGazetteer(c *catalog.Catalog) *gazetteer {
	g := &gazetteer{
		catalog: c,
		codes:   make(map[string]bool, 2*len(c.Regions())),
		names:   make(map[string][]*catalog.Region, 2*len(c.Regions())),
		short:   make(map[string][]*catalog.Region),
		units:   newConverter(c),

		indicators: make(map[string]string, 4*len(c.Indicators())),
	}
	for i := range c.Indicators() {
		ind := &c.Indicators()[i]
		for _, name := range append([]string{ind.NameZh, ind.NameEn}, ind.Aliases...) {
			if code, shared := g.indicators[foldName(name)]; shared && code != ind.Code {
				g.indicators[foldName(name)] = ""
			} else {
				g.indicators[foldName(name)] = ind.Code
			}
		}
	}
	for i := range c.Indicators() {
		g.indicators[c.Indicators()[i].Code] = c.Indicators()[i].Code
	}
	for i := range c.Regions() {
		r := &c.Regions()[i]
		g.codes[r.Code], g.codes[r.QualifiedCode()] = true, true
		for _, name := range append([]string{r.Name, r.NameEn}, r.Aliases...) {
			add(g.names, foldName(name), r)
		}
		if name := withoutSort(r.Name); name != "" {
			add(g.short, foldName(name), r)
		}
	}
	return g
}

func add(index map[string][]*catalog.Region, name string, r *catalog.Region) {
	if name != "" && !slices.Contains(index[name], r) {
		index[name] = append(index[name], r)
	}
}

// foldName brings a name to the form that it is looked up by: lower case, and no spaces where there are Chinese characters,
// which tables space out to fill a column.
func foldName(name string) string {
	words := strings.Fields(strings.ToLower(name))
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return strings.Join(words, "")
	}
	return strings.Join(words, " ")
}

// sorts are the words for what sort of region a name names, the longer before the shorter.
var sorts = []string{"特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "新区", "省", "市", "州", "盟", "县", "旗", "区"}

// withoutSort is a name without the word for the sort of region: 武汉 of 武汉市. It is empty where less than two characters are
// left.
func withoutSort(name string) string {
	for _, sort := range sorts {
		if short, ok := strings.CutSuffix(name, sort); ok {
			if len([]rune(short)) < 2 {
				return ""
			}
			return short
		}
	}
	return ""
}

// Known reports whether there is a region of the code.
func (g *gazetteer) Known(code, scheme string) bool {
	if scheme != "" {
		code = scheme + ":" + code
	}
	return g.codes[code]
}

// Unit finds a unit by its code or a name.
func (g *gazetteer) Unit(name string) (string, bool) {
	if _, ok := g.units.units[name]; ok {
		return name, true
	}
	if u, ok := g.units.word(fold(name)); ok {
		return u.Code, true
	}
	return "", false
}

// Indicator finds an indicator by its code or a name that no other has.
func (g *gazetteer) Indicator(name string) (string, bool) {
	code := g.indicators[foldName(name)]
	return code, code != "" && name != ""
}

// Region finds the regions that a name means: of those with exactly this name, or else of those whose name it is without
// 市, 县 and the like. Regions in force go before retired ones, and those inside a region before the region itself.
func (g *gazetteer) Region(name mapping.Name) ([]string, error) {
	around, err := g.around(name.Within)
	if err != nil {
		return nil, err
	}
	var found, itself []*catalog.Region
	for _, index := range []map[string][]*catalog.Region{g.names, g.short} {
		for _, r := range index[foldName(name.Text)] {
			switch {
			case name.Scheme != "" && r.Scheme != name.Scheme, len(name.Levels) > 0 && !slices.Contains(name.Levels, r.Level):
			case slices.Contains(around, r):
				itself = append(itself, r)
			case around == nil || slices.ContainsFunc(around, func(a *catalog.Region) bool { return a.Contains(r) }):
				found = append(found, r)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		found = itself
	}
	if inForce := slices.DeleteFunc(slices.Clone(found), (*catalog.Region).Retired); len(inForce) > 0 {
		found = inForce
	}
	if len(found) == 0 {
		return nil, g.unknown(name)
	}
	codes := make([]string, len(found))
	for i, r := range found {
		codes[i] = r.QualifiedCode()
	}
	return codes, nil
}

// around finds the regions in which another is looked for, by code or name; nil if it may be anywhere.
func (g *gazetteer) around(text string) ([]*catalog.Region, error) {
	if text == "" {
		return nil, nil
	}
	if g.codes[text] {
		r, err := g.catalog.Region(text)
		if err != nil {
			return nil, err
		}
		return []*catalog.Region{r}, nil
	}
	for _, index := range []map[string][]*catalog.Region{g.names, g.short} {
		if found := index[foldName(text)]; len(found) > 0 {
			return found, nil
		}
	}
	return nil, g.unknown(mapping.Name{Text: text})
}

// maxNamed bounds the regions that are suggested for a name.
const maxNamed = 3

func (g *gazetteer) unknown(name mapping.Name) error {
	err := indicator.Errorf(indicator.UnknownRegion, "there is no region %s", quote(name.Text))
	if name.Within != "" {
		err.Message += " within " + quote(name.Within)
	}
	if len(name.Levels) > 0 {
		levels := make([]string, len(name.Levels))
		for i, l := range name.Levels {
			levels[i] = l.String()
		}
		err.Message += " of level " + strings.Join(levels, " or ")
	}
	err.Hint = "say in codes which name is meant, or add the region or an alias"
	// Where nothing is found by the whole name, its beginning may be enough: 恩施 of 恩施州.
	for text := []rune(name.Text); len(text) > 1 && len(err.Suggestions) == 0; text = text[:len(text)-1] {
		for _, hit := range g.catalog.Search(string(text), 4*maxNamed) {
			if hit.Kind == catalog.HitRegion && len(err.Suggestions) < maxNamed {
				err.Suggestions = append(err.Suggestions, hit.Region.Name+" ("+hit.Region.Code+")")
			}
		}
		if len(text) > maxQuoted {
			break // no name, and long to take apart
		}
	}
	return err
}

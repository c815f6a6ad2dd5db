package catalog

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// HitKind says what a search hit is.
type HitKind int8

// The kinds of search hits, in the order in which equal scores are listed.
const (
	HitRegion HitKind = iota
	HitIndicator
	HitSource
)

// Hit is something found by Search: exactly one of Region, Indicator and Source is set.
type Hit struct {
	Kind      HitKind
	Region    *Region
	Indicator *Indicator
	Source    *Source
	// Matched is the name or code that matched.
	Matched string
	// Score orders hits, 1 for an exact match, then falling.
	Score float64
}

type searchTerm struct {
	text string // folded
	name string // as written
	kind HitKind
	id   int32
	code bool
}

type searchIndex struct {
	terms   []searchTerm
	catalog *Catalog
}

// countySuffixes are left off when native names are searched: 天桥 finds 天桥区. The longest suffix is listed first.
var countySuffixes = []string{"自治县", "自治州", "自治区", "地区", "新区", "区", "县", "市", "省", "州", "盟", "旗"}

func newSearchIndex(c *Catalog) searchIndex {
	index := searchIndex{catalog: c}
	add := func(kind HitKind, id int32, code bool, names ...string) {
		for _, name := range names {
			if name != "" {
				index.terms = append(index.terms, searchTerm{fold(name), name, kind, id, code})
			}
		}
	}
	for i := range c.regions {
		r := &c.regions[i]
		add(HitRegion, r.ID, true, r.Code)
		add(HitRegion, r.ID, false, r.Name, r.NameEn)
		add(HitRegion, r.ID, false, r.Aliases...)
		for _, suffix := range countySuffixes {
			if stem := strings.TrimSuffix(r.Name, suffix); stem != r.Name {
				if utf8.RuneCountInString(stem) > 1 {
					index.terms = append(index.terms, searchTerm{fold(stem), r.Name, HitRegion, r.ID, false})
				}
				break
			}
		}
	}
	for i := range c.indicators {
		ind := &c.indicators[i]
		add(HitIndicator, ind.ID, true, ind.Code)
		add(HitIndicator, ind.ID, false, ind.NameZh, ind.NameEn)
		add(HitIndicator, ind.ID, false, ind.Aliases...)
	}
	for i := range c.sources {
		s := &c.sources[i]
		add(HitSource, s.ID, true, s.Code)
		add(HitSource, s.ID, false, s.Title, s.Publisher)
	}
	return index
}

// fold makes texts comparable: lower case, and spaces, hyphens, apostrophes and underscores left out.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '_', '\'', '’':
			return -1
		}
		return r
	}, strings.ToLower(text))
}

// Search finds regions, indicators and sources by code, native name, English name, pinyin or alias, best first and at
// most limit of them. Equal names are all returned; equal scores are ordered by kind and then catalogue order.
func (c *Catalog) Search(text string, limit int) []Hit {
	return c.search.find(text, limit, func(HitKind) bool { return true })
}

func (x *searchIndex) find(text string, limit int, want func(HitKind) bool) []Hit {
	needle := fold(text)
	if needle == "" || limit <= 0 {
		return nil
	}
	type id struct {
		kind HitKind
		id   int32
	}
	best := make(map[id]Hit)
	for _, term := range x.terms {
		if !want(term.kind) {
			continue
		}
		score := matchScore(needle, term.text)
		if score == 0 {
			continue
		}
		key := id{term.kind, term.id}
		if known, ok := best[key]; ok && known.Score >= score {
			continue
		}
		best[key] = x.hit(term, score)
	}
	hits := make([]Hit, 0, len(best))
	for _, hit := range best {
		hits = append(hits, hit)
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.id(), b.id()))
	})
	return hits[:min(limit, len(hits))]
}

// matchScore is 1 for equal texts, between 0.6 and 0.9 for a prefix, between 0.3 and 0.6 for a substring, by how much
// of the term the needle covers, and 0 for no match.
func matchScore(needle, term string) float64 {
	cover := float64(len(needle)) / float64(len(term))
	switch {
	case needle == term:
		return 1
	case strings.HasPrefix(term, needle):
		return 0.6 + 0.3*cover
	case strings.Contains(term, needle):
		return 0.3 + 0.3*cover
	}
	return 0
}

func (x *searchIndex) hit(term searchTerm, score float64) Hit {
	hit := Hit{Kind: term.kind, Matched: term.name, Score: score}
	switch term.kind {
	case HitRegion:
		hit.Region = &x.catalog.regions[term.id]
	case HitIndicator:
		hit.Indicator = &x.catalog.indicators[term.id]
	case HitSource:
		hit.Source = &x.catalog.sources[term.id]
	}
	return hit
}

func (h Hit) id() int32 {
	switch h.Kind {
	case HitRegion:
		return h.Region.ID
	case HitIndicator:
		return h.Indicator.ID
	default:
		return h.Source.ID
	}
}

func (h Hit) code() string {
	switch h.Kind {
	case HitRegion:
		return h.Region.Code
	case HitIndicator:
		return h.Indicator.Code
	default:
		return h.Source.Code
	}
}

const maxSuggestions = 5

// longestCode is the length in bytes beyond which a text is not taken for a mistyped code.
const longestCode = 200

// shown is an unknown code as messages repeat it: the beginning of one that is too long.
func shown(unknown string) string {
	if len(unknown) <= longestCode {
		return unknown
	}
	return strings.ToValidUTF8(unknown[:longestCode], "") + "…"
}

// suggest returns codes close to an unknown one: what a search for it finds, then the codes that differ by few letters.
func (x *searchIndex) suggest(unknown string, kind HitKind) []string {
	if len(unknown) > longestCode {
		return nil
	}
	var codes []string
	for _, hit := range x.find(unknown, maxSuggestions, func(k HitKind) bool { return k == kind }) {
		if code := hit.code(); !slices.Contains(codes, code) { // two schemes may share it
			codes = append(codes, code)
		}
	}
	if len(codes) < maxSuggestions {
		var known []string
		for _, term := range x.terms {
			if term.kind == kind && term.code && !slices.Contains(codes, term.name) {
				known = append(known, term.name)
			}
		}
		codes = append(codes, closest(unknown, known)...)
	}
	return codes[:min(maxSuggestions, len(codes))]
}

// closest returns the known texts within an edit distance of a third of the unknown one's length, nearest first and each once.
func closest(unknown string, known []string) []string {
	if len(unknown) > longestCode {
		return nil
	}
	type candidate struct {
		text     string
		distance int
	}
	bound := max(1, utf8.RuneCountInString(unknown)/3)
	var candidates []candidate
	for _, text := range known {
		if d := editDistance(unknown, text, bound); d <= bound || strings.HasPrefix(text, unknown) && unknown != "" {
			candidates = append(candidates, candidate{text, d})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	texts := make([]string, 0, maxSuggestions)
	for _, c := range candidates {
		if !slices.Contains(texts, c.text) {
			if texts = append(texts, c.text); len(texts) == maxSuggestions {
				break
			}
		}
	}
	return texts
}

// editDistance is the Levenshtein distance in runes, or any number above bound once it must exceed it.
func editDistance(a, b string, bound int) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	if abs(len(x)-len(y)) > bound {
		return bound + 1
	}
	previous := make([]int, len(y)+1)
	current := make([]int, len(y)+1)
	for j := range previous {
		previous[j] = j
	}
	for i, rx := range x {
		current[0] = i + 1
		for j, ry := range y {
			substitution := previous[j]
			if rx != ry {
				substitution++
			}
			current[j+1] = min(substitution, previous[j+1]+1, current[j]+1)
		}
		previous, current = current, previous
	}
	return previous[len(y)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

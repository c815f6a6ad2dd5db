package catalog

import (
	"slices"
	"testing"
)

func hitCodes(hits []Hit) []string {
	codes := make([]string, len(hits))
	for i, hit := range hits {
		codes[i] = hit.code()
	}
	return codes
}

func TestSearch(t *testing.T) {
	c := build(t, fixture())
	tests := []struct {
		name, text string
		want       []string
		matched    string // of the first hit
		exact      int    // so many hits with the score 1
	}{
		{"native name", "天桥区", []string{"370105"}, "天桥区", 1},
		{"stem of a native name", "天桥", []string{"370105"}, "天桥区", 1},
		{"English name", "tianqiao district", []string{"370105"}, "Tianqiao District", 1},
		{"English name run together", "TianqiaoDistrict", []string{"370105"}, "Tianqiao District", 1},
		{"beginning of an English name", "Pingy", []string{"370124"}, "Pingyin County", 0},
		{"alias", "tianqiao qu", []string{"370105"}, "Tianqiao Qu", 1},
		{"code", "370105", []string{"370105"}, "370105", 1},
		{"ambiguous name", "城区", []string{"140402", "140502", "140303", "140401"}, "城区", 3},
		{"code of two schemes", "140400", []string{"140400", "140400"}, "140400", 2},
		{"indicator by its Chinese alias", "网格", []string{"grids", "grids_per_community"}, "网格", 1},
		{"indicator by its code", "gdp_growth", []string{"gdp_growth"}, "gdp_growth", 1},
		{"indicator with a space for the underscore", "GDP Growth", []string{"gdp_growth"}, "gdp_growth", 1},
		{"source by its publisher", "county press", []string{"gazette-2020-02"}, "County Press", 1},
		{"inside a name", "of February", []string{"gazette-2020-02"}, "Gazette of February 2020", 0},
		{"unlike everything", "Atlantis", nil, "", 0},
		{"nothing", "", nil, "", 0},
		{"only what is left out", " - _ ", nil, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hits := c.Search(tt.text, 10)
			if got := hitCodes(hits); !slices.Equal(got, tt.want) {
				t.Fatalf("found %q, want %q", got, tt.want)
			}
			exact := 0
			for i, hit := range hits {
				if hit.Score == 1 {
					exact++
				}
				if hit.Score <= 0 || hit.Score > 1 || i > 0 && hit.Score > hits[i-1].Score {
					t.Errorf("hit %d has the score %v", i, hit.Score)
				}
			}
			if exact != tt.exact {
				t.Errorf("%d hits are exact, want %d", exact, tt.exact)
			}
			if len(hits) > 0 && hits[0].Matched != tt.matched {
				t.Errorf("matched %q, want %q", hits[0].Matched, tt.matched)
			}
		})
	}
}

// Each hit is exactly one thing, and only once however many of its names match.
func TestSearch_HitsAreDistinct(t *testing.T) {
	c := build(t, fixture())
	seen := make(map[string]bool)
	for _, hit := range c.Search("n", 100) {
		set := 0
		for _, found := range []bool{hit.Region != nil, hit.Indicator != nil, hit.Source != nil} {
			if found {
				set++
			}
		}
		if set != 1 {
			t.Errorf("a hit is %d things: %+v", set, hit)
		}
		if hit.Region != nil {
			if seen[hit.Region.QualifiedCode()] {
				t.Errorf("%s was found twice", hit.Region.QualifiedCode())
			}
			seen[hit.Region.QualifiedCode()] = true
		}
	}
	if len(seen) == 0 {
		t.Error("no region has an n in its name")
	}
}

func TestSearch_Limit(t *testing.T) {
	c := build(t, fixture())
	all := c.Search("1", 100)
	for limit := range len(all) + 2 {
		got := c.Search("1", limit)
		if want := all[:min(limit, len(all))]; !slices.Equal(hitCodes(got), hitCodes(want)) {
			t.Errorf("the best %d are %q, want %q", limit, hitCodes(got), hitCodes(want))
		}
	}
	if got := c.Search("1", -1); len(got) != 0 {
		t.Errorf("at most -1 hits are %d", len(got))
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"grid", "grids", 1},
		{"kitten", "sitting", 3},
		{"GDP", "gdp", 0},
		{"天桥", "天河", 1}, // runes, not bytes
	}
	for _, tt := range tests {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := editDistance(pair[0], pair[1], 5); got != tt.want {
				t.Errorf("%q and %q are %d apart, want %d", pair[0], pair[1], got, tt.want)
			}
		}
	}
	if got := editDistance("a", "abcdef", 2); got <= 2 {
		t.Errorf("a distance of 5 is %d under the bound 2", got)
	}
}

// Codes that several schemes share are suggested once, and leave room for others.
func TestClosest_SharedCodes(t *testing.T) {
	t.Parallel()
	known := []string{"140400", "140401", "140400", "140401", "140402", "150000", "140403", "140404", "140405"}
	if got, want := closest("140409", known), []string{"140400", "140401", "140402", "140403", "140404"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

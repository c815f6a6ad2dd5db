package loader

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseReplace(t *testing.T) {
	for text, want := range map[string]Replace{
		"indicator=gdp":                         {Indicators: []string{"gdp"}},
		"indicator=gdp,population":              {Indicators: []string{"gdp", "population"}},
		"indicator=gdp,region=37":               {Indicators: []string{"gdp"}, Regions: []string{"37"}},
		"region=37,us-fips:01001,indicator=gdp": {Indicators: []string{"gdp"}, Regions: []string{"37", "us-fips:01001"}},
		"indicator = gdp , indicator=b":         {Indicators: []string{"gdp", "b"}},
	} {
		got, err := ParseReplace(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if again, err := ParseReplace(got.String()); err != nil || !cmp.Equal(again, got) {
			t.Errorf("%q is written %s and read as %+v, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "gdp", "region=37", "indicator=", "indicator=a,,b", "indicator=a,county=37", "=a"} {
		var scope *ScopeError
		if got, err := ParseReplace(text); !errors.As(err, &scope) || scope.Scope != text {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}

package loader

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
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

// What the input lacks is withdrawn from the newest day of publication in it, whichever way it is read.
func TestWithdrawnFromTheNewestDay(t *testing.T) {
	day, err := indicator.ParseDay("2020-05-17")
	if err != nil {
		t.Fatal(err)
	}
	newest := map[string]string{"period": "2020-03-01", "published_on": "2020-05-17"}
	for name, value := range map[string]string{"plain": "1047", "printed": "1047个"} {
		engine := &memory{}
		l := newLoader(engine)
		l.Options.Replace = []Replace{{Indicators: []string{"grids", "duty"}, Regions: []string{"3701", "370124"}}}
		rows := figuresOf(figure(nil), figure(newest), figure(map[string]string{"period": "2020-03-02", "value": value}))
		if _, err := l.Load(t.Context(), Input{FS: mini(t, map[string]string{"observations.csv": rows})}); err != nil {
			t.Fatal(err)
		}
		c := engine.contents.Catalog
		if len(engine.withdrawn) != 1 || engine.withdrawn[0].On != day || len(engine.withdrawn[0].Indicators) != 2 {
			t.Fatalf("%s: withdrawn %+v", name, engine.withdrawn)
		}
		for n, code := range []string{"3701", "370124"} {
			region, err := c.Region(code)
			if err != nil {
				t.Fatal(err)
			}
			if got := engine.withdrawn[0].Regions[n]; got.From != region.ID || got.To != region.End {
				t.Errorf("%s: %s is withdrawn as %+v", name, code, got)
			}
		}
	}
}

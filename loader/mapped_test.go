package loader

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/mapping"
	"github.com/countyql/countyql/loader/tabular"
)

// examples are what docs/loading.md loads, and the figures that come of it.
var examples = []struct {
	name, file string
	figures    []string
}{
	{"us-counties", "population.csv", []string{
		"us-fips:01001 census_population 2010 54571 person", "us-fips:01001 census_population 2020 58805 person",
		"us-fips:01003 census_population 2010 182265 person", "us-fips:01003 census_population 2020 231767 person",
		"us-fips:06037 census_population 2010 9818605 person", "us-fips:06037 census_population 2020 10014009 person",
		"us-fips:17031 census_population 2010 5194675 person", "us-fips:17031 census_population 2020 5275541 person",
		"us-fips:48201 census_population 2010 4092459 person", "us-fips:48201 census_population 2020 4731145 person",
	}},
	{"epidemic", "日报.csv", []string{
		"GB/T 2260:3701 cases_to_date 2020-02-09 44 person", "GB/T 2260:3701 cases_to_date 2020-02-10 45 person",
		"GB/T 2260:3701 new_cases 2020-02-09 2 person", "GB/T 2260:3701 new_cases 2020-02-10 1 person",
		"GB/T 2260:3701 recovered_to_date 2020-02-09 11 person", "GB/T 2260:3701 recovered_to_date 2020-02-10 12 person",
		"GB/T 2260:4201 cases_to_date 2020-02-09 16902 person", "GB/T 2260:4201 cases_to_date 2020-02-10 18400 person AT_LEAST",
		"GB/T 2260:4201 new_cases 2020-02-09 1921 person", "GB/T 2260:4201 new_cases 2020-02-10 1552 person",
		"GB/T 2260:4201 recovered_to_date 2020-02-09 1046 person", "GB/T 2260:4201 recovered_to_date 2020-02-10 1206 person",
		"GB/T 2260:4211 cases_to_date 2020-02-09 2252 person", "GB/T 2260:4211 cases_to_date 2020-02-10 2332 person",
		"GB/T 2260:4211 new_cases 2020-02-09 115 person", "GB/T 2260:4211 new_cases 2020-02-10 80 person",
		"GB/T 2260:4211 recovered_to_date 2020-02-09 164 person", "GB/T 2260:4211 recovered_to_date 2020-02-10 193 person",
		"GB/T 2260:4228 cases_to_date 2020-02-09 184 person", "GB/T 2260:4228 cases_to_date 2020-02-10 187 person",
		"GB/T 2260:4228 new_cases 2020-02-09 5 person", "GB/T 2260:4228 new_cases 2020-02-10 3 person",
		"GB/T 2260:4228 recovered_to_date 2020-02-09 NaN person NOT_PUBLISHED", "GB/T 2260:4228 recovered_to_date 2020-02-10 26 person",
	}},
	{"yearbook", "年鉴.xlsx", []string{
		"GB/T 2260:370105 yearbook_gdp 2018 501.23456 CNY_100m", "GB/T 2260:370105 yearbook_gdp 2019 546.78901 CNY_100m",
		"GB/T 2260:370105 yearbook_population 2018 699000 person", "GB/T 2260:370105 yearbook_population 2019 703500 person",
		"GB/T 2260:370124 yearbook_gdp 2018 240.1122 CNY_100m", "GB/T 2260:370124 yearbook_gdp 2019 NaN CNY_100m NOT_PUBLISHED",
		"GB/T 2260:370124 yearbook_population 2018 374500 person", "GB/T 2260:370124 yearbook_population 2019 375200 person",
	}},
	{"sdmx", "employment.csv", []string{
		"GB/T 2260:370105 employed_persons 2019-Q4 181400 person (181.4)",
		"GB/T 2260:370105 employed_persons 2020-Q1 176000 person APPROXIMATE (176) estimated",
		"GB/T 2260:370105 employed_persons sex=female 2019-Q4 80250 person (80.25)",
		"GB/T 2260:370105 employed_persons sex=male 2019-Q4 101150 person (101.15)",
		"GB/T 2260:370124 employed_persons 2019-Q4 NaN person NOT_COLLECTED survey not held",
		"GB/T 2260:370124 employed_persons 2020-Q1 63200 person FORECAST (63.2) from the annual plan",
	}},
	{"eurostat", "demo_pop.tsv", []string{
		"NUTS:AT130 population_1_january 2020 1911191 person", "NUTS:AT130 population_1_january 2021 1920949 person",
		"NUTS:AT130 population_1_january 2022 1931593 person (1931593 p) provisional",
		"NUTS:DE212 population_1_january 2020 1484226 person",
		"NUTS:DE212 population_1_january 2021 1488202 person (1488202 b) break in the series",
		"NUTS:DE212 population_1_january 2022 NaN person NOT_PUBLISHED",
		"NUTS:DE600 population_1_january 2020 1847253 person", "NUTS:DE600 population_1_january 2021 1852478 person",
		"NUTS:DE600 population_1_january 2022 1853935 person APPROXIMATE (1853935 ep) provisional",
		"NUTS:DE94H population_1_january 2020 NaN person SUPPRESSED", "NUTS:DE94H population_1_january 2021 NaN person SUPPRESSED",
		"NUTS:DE94H population_1_january 2022 NaN person NOT_PUBLISHED",
	}},
}

// exampleInput is an example of the documentation.
func exampleInput(t *testing.T, dir, file, mappingText string) Input {
	t.Helper()
	dir = filepath.Join("../docs/examples", dir)
	if mappingText == "" {
		text, err := os.ReadFile(filepath.Join(dir, "mapping.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		mappingText = string(text)
	}
	parsed, err := ParseMapping("mapping.yaml", []byte(mappingText))
	if err != nil {
		t.Fatal(err)
	}
	return Input{Name: dir, Mapping: parsed, Files: []InputFile{{Name: file, Size: -1, Open: func() (io.ReadCloser, error) {
		return os.Open(filepath.Join(dir, file))
	}}}}
}

// withBundled is an engine that holds the bundled data.
func withBundled(t *testing.T) (*memory, *Loader) {
	t.Helper()
	engine := &memory{}
	l := &Loader{Engine: engine, Logger: slog.New(slog.DiscardHandler)}
	if _, err := l.Load(t.Context(), Input{Name: "bundled", FS: os.DirFS("../data")}); err != nil {
		t.Fatal(err)
	}
	return engine, l
}

func TestMapping_Examples(t *testing.T) {
	t.Parallel()
	engine, l := withBundled(t)
	for _, e := range examples {
		result, err := l.Load(t.Context(), exampleInput(t, e.name, e.file, ""))
		if err != nil {
			t.Errorf("%s: %v", e.name, err)
			continue
		}
		var got []string
		c := engine.contents.Catalog
		for _, r := range engine.reports {
			ind := c.Indicators()[r.Indicator]
			said := []string{
				c.Regions()[r.Region].QualifiedCode(), ind.Code, c.Slices()[r.Slice].String(), r.Period.String(), fmt.Sprintf("%.12g", r.Value), ind.Unit,
				r.Missing.String(), strings.TrimPrefix(r.Status.String(), "ACTUAL"), strings.TrimPrefix(r.Precision.String(), "EXACT"),
			}
			if r.Printed != "" {
				said = append(said, "("+r.Printed+")")
			}
			got = append(got, strings.Join(strings.Fields(strings.Join(append(said, r.Note), " ")), " "))
		}
		slices.Sort(got)
		if diff := cmp.Diff(e.figures, got); diff != "" {
			t.Errorf("%s: %s", e.name, diff)
		}
		names := []string{e.file, "mapping.yaml"}
		for i, f := range result.Files {
			if f.Name != names[1-i] || f.SHA256 == "" {
				t.Errorf("%s: file %+v", e.name, f)
			}
		}
	}
}

// What a mapping says wrongly, and what a mapped table holds, is reported where it stands.
func TestMapping_Rejected(t *testing.T) {
	t.Parallel()
	_, l := withBundled(t)
	text, err := os.ReadFile("../docs/examples/sdmx/mapping.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, replaced, want string }{
		{"region: {column: REF_AREA", "region: {column: REFAREA", `mapping.yaml:4:18: employment.csv has no column "REFAREA" (did you mean REF_AREA?)`},
		{"F: female, ", "", `employment.csv:3:36: SEX: codes does not list the text (add it to codes, or say unlisted: skip; codes has M, _T)`},
		{"indicator: employed_persons\n", "indicator: employed\n", `mapping.yaml:6:12: indicator: there is no indicator "employed" (did you mean employed_persons, employees?)`},
		{"kind: COUNT", "kind: COUN", `mapping.yaml:25:94: kind: "COUN" is not a kind`},
		{"- {dimension: sex, value: male", "- {dimension: six, value: male", `mapping.yaml:23:19: dimension: dimension "six" does not exist (add it to dimensions, or correct the code)`},
		{"unit: person,", "unit: persons,", `mapping.yaml:25:80: unit: unit "persons" does not exist`},
	} {
		_, err := l.Load(t.Context(), exampleInput(t, "sdmx", "employment.csv", strings.Replace(string(text), c.old, c.replaced, 1)))
		var rejected *Rejected
		if !errors.As(err, &rejected) {
			t.Errorf("%s: %v", c.replaced, err)
			continue
		}
		if first, _, _ := strings.Cut(rejected.Error(), "\n"); !strings.HasPrefix(first, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.replaced, first, c.want)
		}
	}
}

func TestGazetteer(t *testing.T) {
	t.Parallel()
	c, err := ReadCatalog(t.Context(), Input{Name: "bundled", FS: os.DirFS("../data")})
	if err != nil {
		t.Fatal(err)
	}
	g := newGazetteer(c)
	prefectures, counties := []indicator.Level{indicator.Prefecture}, []indicator.Level{indicator.County}
	for _, q := range []struct {
		name mapping.Name
		want string // codes, or the message and what is suggested
	}{
		{mapping.Name{Text: "济南市"}, "GB/T 2260:3701"},
		{mapping.Name{Text: "泉城"}, "GB/T 2260:3701"},
		{mapping.Name{Text: "JINAN"}, "GB/T 2260:3701"},
		{mapping.Name{Text: "平　阴　县"}, "GB/T 2260:370124"},
		{mapping.Name{Text: "武汉", Levels: prefectures}, "GB/T 2260:4201"},
		{mapping.Name{Text: "朝阳区"}, "GB/T 2260:110105 GB/T 2260:220104"},
		{mapping.Name{Text: "朝阳区", Within: "北京"}, "GB/T 2260:110105"},
		{mapping.Name{Text: "朝阳区", Within: "22"}, "GB/T 2260:220104"},
		{mapping.Name{Text: "朝阳区", Within: "GB/T 2260:22"}, "GB/T 2260:220104"},
		{mapping.Name{Text: "朝阳", Levels: prefectures}, "GB/T 2260:2113"},
		{mapping.Name{Text: "吉林", Within: "吉林省"}, "GB/T 2260:2202"},
		{mapping.Name{Text: "北京市", Within: "北京市"}, "GB/T 2260:11"},
		{mapping.Name{Text: "济南市", Scheme: "us-fips"}, `there is no region "济南市"; 济南市 (3701)`},
		{mapping.Name{Text: "济南市", Levels: counties}, `there is no region "济南市" of level COUNTY; 济南市 (3701)`},
		{mapping.Name{Text: "天桥区", Within: "湖北省"}, `there is no region "天桥区" within "湖北省"; 天桥区 (370105)`},
		{mapping.Name{Text: "恩施州", Within: "湖北省"}, `there is no region "恩施州" within "湖北省"; 恩施市 (422801)`},
		{mapping.Name{Text: "天桥区", Within: "天朝"}, `there is no region "天朝"; `},
	} {
		codes, err := g.Region(q.name)
		got := strings.Join(codes, " ")
		var typed *indicator.Error
		if errors.As(err, &typed) {
			got = typed.Message + "; " + strings.Join(typed.Suggestions[:min(1, len(typed.Suggestions))], "")
		}
		if got != q.want {
			t.Errorf("%+v:\n got %s\nwant %s", q.name, got, q.want)
		}
	}
	for name, want := range map[string]string{"万元": "CNY_10k", "CNY_10k": "CNY_10k", "ten thousand yuan": "CNY_10k", "‰": "‰", "公里": "km", "furlong": ""} {
		if code, ok := g.Unit(name); code != want || ok != (want != "") {
			t.Errorf("unit %s is %s", name, code)
		}
	}
	for name, want := range map[string]string{"grids": "grids", "面积": "land_area", "land area": "land_area", "": "", "nothing": ""} {
		if code, ok := g.Indicator(name); code != want || ok != (want != "") {
			t.Errorf("indicator %s is %s", name, code)
		}
	}
	if !g.Known("370105", "") || !g.Known("370105", "GB/T 2260") || g.Known("370105", "us-fips") || g.Known("370199", "") {
		t.Error("codes are known wrongly")
	}
}

// A retired region gives way to the one in force of the same name.
func TestGazetteer_Retired(t *testing.T) {
	t.Parallel()
	tables := catalog.Tables{Regions: []indicator.Region{
		{Code: "1", Scheme: "s", Level: indicator.County, Name: "郊区", ValidFrom: indicator.NoDay, ValidTo: 100, Successor: "2"},
		{Code: "2", Scheme: "s", Level: indicator.County, Name: "潞州区", Aliases: []string{"郊区"}, ValidFrom: 101, ValidTo: indicator.NoDay},
		{Code: "3", Scheme: "s", Level: indicator.County, Name: "城区", ValidFrom: indicator.NoDay, ValidTo: 100},
	}}
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	g := newGazetteer(c)
	for name, want := range map[string]string{"郊区": "s:2", "城区": "s:3"} {
		codes, err := g.Region(mapping.Name{Text: name})
		if err != nil || len(codes) != 1 || codes[0] != want {
			t.Errorf("%s is %v, %v", name, codes, err)
		}
	}
}

// A mapping declares rows of the tables that are ours.
func TestMapping_Columns(t *testing.T) {
	t.Parallel()
	want := map[string][]string{}
	for name, columns := range tableColumns {
		if name != tableObservations {
			want[name] = columns
		}
	}
	if diff := cmp.Diff(want, mapping.Tables); diff != "" {
		t.Error(diff)
	}
	var columns []string
	for _, column := range tableColumns[tableObservations] {
		columns = append(columns, strings.TrimSuffix(column, "!"))
	}
	if diff := cmp.Diff(columns, mapping.Columns); diff != "" {
		t.Error(diff)
	}
	var _ tabular.Table = mapping.Declared{}.Table()
}

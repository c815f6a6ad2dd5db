package mapping

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/tabular"
)

// memoryTable is a table written as CSV in a test, one line a row.
type memoryTable struct {
	rows    [][]string
	columns []string
	at      int
	closed  bool
}

func tableOf(t testing.TB, text string) *memoryTable {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return &memoryTable{rows: rows}
}

func (m *memoryTable) Columns() []string { return m.columns }

func (m *memoryTable) Next() ([]string, error) {
	if m.at == len(m.rows) {
		return nil, io.EOF
	}
	m.at++
	if m.rows[m.at-1][0] == "BROKEN" {
		return nil, &tabular.Malformed{Place: m.Place(-1), Code: "SYNTAX", Message: "broken"}
	}
	return slices.Clone(m.rows[m.at-1]), nil
}

func (m *memoryTable) Place(cell int) tabular.Place {
	return tabular.Place{File: "t.csv", Line: m.at, Column: cell + 1}
}

func (m *memoryTable) Close() error {
	m.closed = true
	return nil
}

// gazetteer knows a few regions.
type gazetteer map[string][]string // codes by name

func (g gazetteer) Region(name Name) ([]string, error) {
	var found []string
	for _, code := range g[name.Text] {
		if strings.HasPrefix(code, strings.Join(g[name.Within], "")) {
			found = append(found, code)
		}
	}
	if found != nil {
		return found, nil
	}
	return nil, &indicator.Error{
		Code: indicator.UnknownRegion, Message: fmt.Sprintf("there is no %q", name.Text), Suggestions: []string{"42"},
	}
}

func (g gazetteer) Known(code, _ string) bool {
	for _, codes := range g {
		if slices.Contains(codes, code) {
			return true
		}
	}
	return false
}

func (g gazetteer) Unit(name string) (string, bool) {
	code, ok := map[string]string{"万元": "CNY_10k", "CNY_10k": "CNY_10k", "%": "%"}[name]
	return code, ok
}

func (g gazetteer) Indicator(name string) (string, bool) {
	return "migrants", name == "流动人口" || name == "migrants"
}

var places = gazetteer{"湖北省": {"42"}, "北京市": {"11"}, "武汉市": {"4201"}, "朝阳区": {"110105", "220104"}, "天桥区": {"370105"}, "平阴县": {"370124"}}

// apply maps a table and returns what it yields, one line a row: the cells that are not empty, or the problem.
func apply(t testing.TB, mapping string, foreign tabular.Table) []string {
	t.Helper()
	m, err := Parse("m.yaml", []byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := New(m, foreign, places)
	if err != nil {
		return strings.Split(err.Error(), "\n")
	}
	defer mapped.Close()
	var lines []string
	for {
		cells, err := mapped.Next()
		if errors.Is(err, io.EOF) {
			return lines
		}
		var malformed *tabular.Malformed
		switch {
		case errors.As(err, &malformed):
			lines = append(lines, fmt.Sprintf("%s %s [%s]", malformed.Error(), malformed.Code, malformed.Text))
			continue
		case err != nil:
			t.Fatal(err)
		}
		var said []string
		for i, cell := range cells {
			if cell != "" && Columns[i] != "source" {
				place := mapped.Place(i)
				said = append(said, fmt.Sprintf("%s=%s@%s%d:%d", Columns[i], cell, place.File[:1], place.Line, place.Column))
			}
		}
		lines = append(lines, strings.Join(said, " "))
	}
}

const head = "source: s\n"

// applied are mappings of tables and what they yield.
var applied = []struct {
	name, mapping, table string
	want                 []string
}{
	{
		"wide by year, codes padded",
		"region: {code: {column: FIPS, pad: 5}, scheme: us-fips}\nindicator: population\nmissing: {\"\": skip, NA: NOT_PUBLISHED}\n" +
			"values: [{matching: '^(?P<year>\\d{4})$', period: {group: year}}]",
		"FIPS,County,2019,2020\n1001,Autauga,55869,\n01003,Baldwin,NA,231767\n",
		[]string{
			"region=us-fips:01001@t2:1 indicator=population@m2:12 period=2019@t1:3 value=55869@t2:3",
			"region=us-fips:01003@t3:1 indicator=population@m2:12 period=2019@t1:3 missing=NOT_PUBLISHED@t3:3",
			"region=us-fips:01003@t3:1 indicator=population@m2:12 period=2020@t1:4 value=231767@t3:4",
		},
	},
	{
		"code of two columns, period of two columns",
		"region: {code: [{column: state, pad: 2}, {column: county, pad: 3}]}\nperiod: {year: {column: y}, month: {column: m}}\n" +
			"values: [{column: v, indicator: jobs, factor: 1000}]",
		"state,county,y,m,v\n1,1,2020,3,1.5\n1,,2020,3,1\n1,1,2020,13,1\n1,1,2020,4,1.5万\n",
		[]string{
			"region=01001@t2:1 indicator=jobs@m3:33 period=2020-03@t2:3 value=1500@t2:5 printed=1.5@t2:5",
			"t.csv:3:2: a part of the text is empty VALUE []",
			`t.csv:4:3: "2020 13" is not a period VALUE [2020 13]`,
			`t.csv:5:5: "1.5万" cannot be multiplied by the factor: it is no plain number VALUE [1.5万]`,
		},
	},
	{
		"names within parents, several values, date in Chinese",
		"region: {name: {column: 城市}, within: {column: 省份}, level: [PREFECTURE, COUNTY]}\nperiod: {column: 日期}\n" +
			"values: [{columns: {确诊: confirmed, 治愈: recovered}}]",
		"省份,城市,日期,确诊,治愈\n湖北省,武汉市,2020年2月3日,5142,\n北京市,朝阳区,2020/2/3,12,3\n,朝阳区,2020/2/3,1,1\n江西省,朝 阳区,2020/2/3,1,1\n中国,朝阳区,2020/2/3,1,1\n",
		[]string{
			"region=4201@t2:2 indicator=confirmed@m3:25 period=2020-02-03@t2:3 value=5142@t2:4",
			"t.csv:2:5: the cell is empty VALUE []",
			"region=110105@t3:2 indicator=confirmed@m3:25 period=2020-02-03@t3:3 value=12@t3:4",
			"region=110105@t3:2 indicator=recovered@m3:40 period=2020-02-03@t3:3 value=3@t3:5",
			"t.csv:4:1: it is not said in which region 朝阳区 lies VALUE []",
			`t.csv:5:2: there is no "朝 阳区" UNKNOWN_REGION [朝 阳区]`,
			`t.csv:6:2: "朝阳区" names 2 regions UNKNOWN_REGION [朝阳区]`,
		},
	},
	{
		"two header rows, titles and footnotes, units by name",
		"file: {skip: {until: 地区}, header: 2}\nrows: {end: {matches: '^注'}, drop: [{equals: 合计}]}\nregion: {name: {column: 地区}}\n" +
			"period: {header: 1}\nunit: 万元\nvalues: [{matching: 'GDP|人口', indicator: {header: 2, codes: {GDP: gdp}, unlisted: skip}}]",
		"表 3  主要指标\n地区,2019年,,2020年,\n,GDP,人口,GDP,人口\n合计,1,2,3,4\n天桥区,\"1,200.5\",9,约1300,9\n\n注：初步数,,\n1,2,3,4,5,6\n",
		[]string{
			"region=370105@t5:1 indicator=gdp@t3:2 period=2019@t2:2 value=1,200.5@t5:2 unit=CNY_10k@m5:7",
			"region=370105@t5:1 indicator=gdp@t3:4 period=2020@t2:4 value=约1300@t5:4 unit=CNY_10k@m5:7",
		},
	},
	{
		"combined key, flags behind values",
		"split: [{column: 'freq,unit,geo\\TIME', by: ',', into: [freq, unit, geo]}]\nrows: {keep: [{column: freq, equals: A}]}\n" +
			"region: {code: {column: geo}}\nunit: {column: unit, codes: {PC: '%'}}\nmissing: {':': NOT_PUBLISHED}\n" +
			"flags: {codes: {p: {note: provisional}, e: {precision: APPROXIMATE}, c: {missing: SUPPRESSED}, f: {status: FORECAST}}}\n" +
			"values: [{matching: '^\\d+$', indicator: rate, period: {header: 1}}]",
		"\"freq,unit,geo\\TIME\",2019 ,2020 \n\"A,PC,DE11\",5.1 ,5.2 pe\n\"A,PC,DE12\",: ,: c\n\"M,PC,DE12\",: ,: c\n\"A,PC\",1,2\n\"A,PC,DE13\",3f,4 x\n",
		[]string{
			"region=DE11@t2:1 indicator=rate@m7:41 period=2019@t1:2 value=5.1@t2:2 unit=%@t2:1",
			"region=DE11@t2:1 indicator=rate@m7:41 period=2020@t1:3 value=5.2@t2:3 unit=%@t2:1 precision=APPROXIMATE@t2:3 printed=5.2 pe@t2:3 note=provisional@t2:3",
			"region=DE12@t3:1 indicator=rate@m7:41 period=2019@t1:2 unit=%@t3:1 missing=NOT_PUBLISHED@t3:2",
			"region=DE12@t3:1 indicator=rate@m7:41 period=2020@t1:3 unit=%@t3:1 missing=SUPPRESSED@t3:3",
			"region=DE13@t6:1 indicator=rate@m7:41 period=2019@t1:2 status=FORECAST@t6:2 value=3@t6:2 unit=%@t6:1 printed=3f@t6:2",
			`t.csv:6:3: the flag "x" has no meaning VALUE [x]`,
		},
	},
	{
		"long with flag column, slices and code tables",
		"region: {code: {column: GEO, cut: {from: 4}, prefix: X}}\nperiod: {column: T, layout: \"'M'MM.YYYY\"}\n" +
			"slice: {sex: {column: SEX, codes: {F: female, T: ''}}, kind: all}\nstatus: {column: S, codes: {A: ACTUAL, F: FORECAST}}\n" +
			"numbers: {decimal: ',', thousands: '.'}\nflags: {column: OBS, codes: {A: '', M: {missing: NOT_COLLECTED}, X: skip}}\n" +
			"values: {column: V, indicator: {column: I, codes: {POP: population}, unlisted: skip}, numerator: {column: N}, denominator: '2'}",
		"GEO,T,SEX,S,I,OBS,V,N\nXXX1,M02.2020,F,A,POP,A,\"1.234,5\",\"1,5\"\nXXX1,M02.2020,T,F,POP,M,,\nXXX1,M02.2020,T,F,POP,X,,\nXXX1,x,T,F,GDP,X,,\n" +
			"XXX1,M02.2020,U,A,POP,A,1,1\nXX,M02.2020,F,A,POP,A,1,1\nXXX1,M30.2020,F,A,POP,A,1,1\nXXX1,M02.2020,F,A,POP,A,\"1,234.5\",1\n",
		[]string{
			"region=X1@t2:1 indicator=population@t2:5 slice=kind=all;sex=female@m3:62 period=2020-02@t2:2 status=ACTUAL@t2:4 value=1234.5@t2:7 numerator=1.5@t2:8 denominator=2@m7:124 printed=1.234,5@t2:7",
			"region=X1@t3:1 indicator=population@t3:5 slice=kind=all@m3:62 period=2020-02@t3:2 status=FORECAST@t3:4 denominator=2@m7:124 missing=NOT_COLLECTED@t3:6",
			"t.csv:6:3: SEX: codes does not list the text VALUE [U]",
			"t.csv:7:1: GEO: the text is too short to be cut VALUE [XX]",
			`t.csv:8:2: "M30.2020" is not a period VALUE [M30.2020]`,
			`t.csv:9:7: "1,234.5" is not written with decimals behind "," and "." between thousands VALUE [1,234.5]`,
		},
	},
	{
		"no header, filled down, rows with too much, broken rows",
		"file: {header: 0}\nrows: {fill: '#1'}\nregion: {name: {column: '#2'}, within: {column: '#1'}}\nperiod: {from: 2020-01, to: 2020-06}\n" +
			"published_on: 2020-07-01\nvalues: [{column: '#3', indicator: i}]",
		"北京市,朝阳区,1\n,朝阳区,2\nBROKEN\n,朝阳区,3,4\n,朝阳区,5,\n",
		[]string{
			"region=110105@t1:2 indicator=i@m6:36 period=2020-01-01/2020-06-30@m4:16 value=1@t1:3 published_on=2020-07-01@m5:15",
			"region=110105@t2:2 indicator=i@m6:36 period=2020-01-01/2020-06-30@m4:16 value=2@t2:3 published_on=2020-07-01@m5:15",
			"t.csv:3:0: broken SYNTAX []",
			"t.csv:4:4: the row has 4 cells, the header 3 COLUMN [4]",
			"region=110105@t5:2 indicator=i@m6:36 period=2020-01-01/2020-06-30@m4:16 value=5@t5:3 published_on=2020-07-01@m5:15",
		},
	},
	{
		"what the table does not have",
		"region: {column: Kode}\nperiod: {header: 3}\nrows: {keep: [{column: b, equals: x}]}\nvalues: [{column: Valeu, indicator: i}, {matching: '^x', indicator: i}, {column: Value, indicator: i}]",
		"Code,b,b,Value\n",
		[]string{
			"m.yaml:3:16: t.csv has 2 columns \"b\" (name one by its place: #2, #3)",
			"m.yaml:4:19: t.csv has no column \"Valeu\" (did you mean Value?)",
			"m.yaml:4:42: no column of t.csv matches ^x (there are Code, b, b, Value)",
			"m.yaml:1:18: t.csv has no column \"Kode\" (did you mean Code?)",
			"m.yaml:2:18: the header has not so many rows (say in file how many there are: header: 2)",
		},
	},
	{"nothing", "region: r\nperiod: 2020\nvalues: [{column: v, indicator: i}]", "", []string{"t.csv:0:0: the table ends before its header"}},
	{
		"a long period", "region: r\nperiod: {column: d, grain: YEAR}\nvalues: [{column: v, indicator: i}]",
		"d,v\n2020-05-01,1\n2020-05-01/2021-01-01,2\n",
		[]string{
			"region=r@m1:9 indicator=i@m3:33 period=2020@t2:1 value=1@t2:2",
			"t.csv:3:1: 2020-05-01/2021-01-01 lies in no YEAR VALUE [2020-05-01/2021-01-01]",
		},
	},
}

func TestApply(t *testing.T) {
	t.Parallel()
	for _, c := range applied {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, apply(t, c.mapping+"\n"+head, tableOf(t, c.table))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

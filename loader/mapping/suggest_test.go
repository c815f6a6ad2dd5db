package mapping

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// suggested are tables and what is suggested for them.
var suggested = []struct {
	name, table string
	want        string   // the lines before declare, without comments
	figures     []string // what the suggestion yields at once; nil if not asked
}{
	{
		"codes and a date", "区划代码,日期,确诊\n110105,2020-02-03,12\n370105,2020-02-03,-\n370124,2020-02-04,\n",
		"region: {column: 区划代码}|period: {column: 日期}|source: file|missing:|  '': skip|  '-': NOT_PUBLISHED|values:|  - {column: 确诊, indicator: indicator_1}|",
		[]string{
			"region=110105@t2:1 indicator=indicator_1@m10:29 period=2020-02-03@t2:2 value=12@t2:3",
			"region=370105@t3:1 indicator=indicator_1@m10:29 period=2020-02-03@t3:2 missing=NOT_PUBLISHED@t3:3",
		},
	},
	{
		"FIPS wide", "FIPS,County Name,2019,2020\n1001,Autauga,\"55,869\",\n01003,Baldwin,NA,231767\n",
		"region:|  code: {column: FIPS, pad: 5}|  scheme: us-fips|period: {header: 1}|source: file|missing:|  '': skip|  NA: NOT_PUBLISHED|values:|  - matching: '^\\d{4}$'|    indicator: file|",
		[]string{
			"region=us-fips:01001@t2:1 indicator=file@m13:16 period=2019@t1:3 value=55,869@t2:3",
			"region=us-fips:01003@t3:1 indicator=file@m13:16 period=2019@t1:3 missing=NOT_PUBLISHED@t3:3",
			"region=us-fips:01003@t3:1 indicator=file@m13:16 period=2020@t1:4 value=231767@t3:4",
		},
	},
	{
		"state and county, American dates", "STATE,COUNTY,date,cases\n1,1,3/14/2020,12\n1,3,3/15/2020,1\n",
		"region:|  code: [{column: STATE, pad: 2}, {column: COUNTY, pad: 3}]|  scheme: us-fips|period: {column: date, layout: M/D/YYYY}|source: file|values:|  - {column: cases, indicator: cases}|",
		[]string{
			"region=us-fips:01001@t2:1 indicator=cases@m9:32 period=2020-03-14@t2:3 value=12@t2:4",
			"region=us-fips:01003@t3:1 indicator=cases@m9:32 period=2020-03-15@t3:3 value=1@t3:4",
		},
	},
	{
		"names within provinces", "省份,城市,年,月,确诊人数,治愈率（%）\n湖北省,武汉市,2020,2,5142,1.5%\n北京市,朝阳区,2020,2,5,20%\n",
		"region:|  name: {column: 城市}|  within: {column: 省份}|  level: [PREFECTURE, COUNTY]|period: {year: {column: 年}, month: {column: 月}}|source: file|values:|" +
			"  - {column: 确诊人数, indicator: indicator_1}|  - {column: '治愈率（%）', indicator: indicator_2}|",
		nil,
	},
	{
		"titles, two header rows, footnotes", "主要指标,,,,\n地区,2019年,,2020年,\n,GDP（万元）,人口,GDP（万元）,人口\n天桥区,1,2,3,4\n平阴县,1,2,3,4\n注：初步数,,,,\n",
		"file:|  skip: 1|  header: 2|rows:|  end: {matches: '^注'}|region:|  name: {column: 地区}|  level: [PREFECTURE, COUNTY]|period: {header: 1}|source: file|values:|" +
			"  - columns: ['2019年 / GDP（万元）', '2019年 / 人口', '2020年 / GDP（万元）', '2020年 / 人口']|    indicator:|      header: 2|      codes:|        'GDP（万元）': gdp|        人口: indicator_2|",
		nil,
	},
	{
		"Eurostat", "\"freq,unit,geo\\TIME_PERIOD\",2019 ,2020 \n\"A,PC,DE11\",5.1 ,5.2 p\n\"A,PC,DE12\",: ,: c\n",
		"split:|  - {column: 'freq,unit,geo\\TIME_PERIOD', by: ',', into: [freq, unit, geo]}|region: {column: geo}|period: {header: 1}|source: file|missing:|  ':': NOT_PUBLISHED|" +
			"flags:|  codes:|    p: {note: p}|    c: {note: c}|unit:|  column: unit|  codes:|    PC: PC|values:|  - matching: '^\\d{4}$'|    indicator: file|",
		nil,
	},
	{
		"SDMX", "DATAFLOW,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nX:Y(1.0),A,370105,POP,2019,5.1,A\nX:Y(1.0),A,370124,POP,2020,,M\n",
		"region: {column: REF_AREA}|period: {column: TIME_PERIOD}|source: file|missing:|  '': skip|flags:|  column: OBS_STATUS|  codes:|    '': ''|    A: {note: A}|    M: {note: M}|" +
			"values:|  - column: OBS_VALUE|    indicator:|      column: INDICATOR|      codes:|        POP: pop|",
		nil,
	},
	{"known indicators", "区划代码,年份,流动人口（人）\n110105,2020,5\n", "region: {column: 区划代码}|period: {column: 年份}|source: file|values:|  - {column: '流动人口（人）', indicator: migrants}|", nil},
	{"one column", "a\nb\nc\n", "region: {column: a}|period: {column: PERIOD}|source: file|values:|  - column: '#1'|    indicator: file|", nil},
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	for _, c := range suggested {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			suggested, err := Suggest(tableOf(t, c.table), "dir/file.csv.gz", places)
			if err != nil {
				t.Fatal(err)
			}
			var lines strings.Builder
			for line := range strings.Lines(string(suggested)) {
				if strings.HasPrefix(line, "declare:") {
					break
				}
				before, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "  # edit")
				if !strings.HasPrefix(before, "#") {
					lines.WriteString(before + "|")
				}
			}
			if diff := cmp.Diff(strings.Split(c.want, "|"), strings.Split(lines.String(), "|")); diff != "" {
				t.Error(diff, string(suggested))
			}
			got := apply(t, string(suggested), tableOf(t, c.table))
			if c.figures == nil {
				if len(got) == 0 && c.name != "one column" {
					t.Error("the suggestion yields nothing")
				}
				return
			}
			if diff := cmp.Diff(c.figures, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is suggested for any table parses and fits the table.
func TestSuggest_AnyTable(t *testing.T) {
	t.Parallel()
	cell := rapid.SampledFrom([]string{
		"", "天桥区", "370105", "2020", "2020年", "2020-02", "1/2/2020", "12", "1,234", "1.234,5", "5 p", "-", "NA", "GDP", "a:b", "'x'", "#c", "{y", "注", "freq,geo\\T", "\\", "a\"b",
	})
	rapid.Check(t, func(r *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 6), 1, 8).Draw(r, "rows")
		foreign := func() *memoryTable { return &memoryTable{rows: rows} }
		suggested, err := Suggest(foreign(), "f.csv", places)
		if err != nil {
			return // no row holds anything
		}
		m, err := Parse("m.yaml", suggested)
		if err != nil {
			r.Fatalf("%v\n%s", err, suggested)
		}
		for _, d := range m.Declared() {
			if cells, err := d.Table().Next(); err != nil || len(cells) == 0 {
				r.Fatalf("%s: %v", d.Name, err)
			}
		}
	})
}

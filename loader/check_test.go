package loader

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// found loads figures into an empty store with one declared check and returns its results, one a line.
func found(t *testing.T, check string, rows ...map[string]string) string {
	t.Helper()
	engine := &memory{}
	var figures []string
	for _, cells := range rows {
		figures = append(figures, figure(cells))
	}
	result, err := newLoader(engine).Check(t.Context(), Input{FS: mini(t, map[string]string{
		"checks.csv":       "code,kind,severity,indicator,dimension,other,factor,tolerance,description\n" + check + "\n",
		"observations.csv": figuresOf(figures...),
	})})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range result.Checks {
		if r.Status == indicator.Passed && len(r.Observations) == 0 {
			t.Errorf("%s names no figures", r.Check)
		}
		lines = append(lines, strings.Join([]string{r.Status.String(), r.Severity.String(), r.Region, r.Indicator, r.Message + ": " + r.Arithmetic}, " "))
	}
	return strings.Join(lines, "\n")
}

func TestChecks(t *testing.T) {
	type rows = []map[string]string
	grids := func(total, small, middle, large string) rows {
		return rows{
			{"value": total},
			{"slice": "households=lt_100", "value": small},
			{"slice": "households=100-300", "value": middle},
			{"slice": "households=gt_300", "value": large},
		}
	}
	rate := func(value, n, d string) rows {
		return rows{{"indicator": "resumption_rate", "value": value, "numerator": n, "denominator": d}}
	}
	pair := func(migrants, persons string) rows {
		return rows{{"indicator": "migrants", "value": migrants}, {"indicator": "persons", "value": persons}}
	}
	children := func(parent, one, two string) rows {
		return rows{
			{"region": "3701", "value": parent},
			{"region": "370105", "value": one},
			{"region": "370124", "value": two},
		}
	}
	series := func(values ...string) rows {
		var list rows
		for i, v := range values {
			list = append(list, map[string]string{"period": "2020-0" + string(rune('1'+i)), "value": v})
		}
		return list
	}
	const (
		parts  = "c,PARTS_SUM,WARNING,grids,households,,,,"
		rates  = "c,RATE_COUNTS,WARNING,,,,,,"
		shares = "c,NUMERATOR_LE_DENOMINATOR,WARNING,,,,,,"
		sums   = "c,CHILDREN_SUM,WARNING,,,,,0.01,"
		jumps  = "c,JUMP,WARNING,,,,10,,"
		half   = "c,SHARE_OF,WARNING,migrants,,persons,0.5,0.1,"
	)
	for _, c := range []struct {
		name  string
		check string
		rows  rows
		want  string
	}{
		{"parts", parts, grids("1047", "334", "687", "26"),
			"PASSED WARNING 370105 grids the parts add up to the total: 334 + 687 + 26 = 1,047, and the total is 1,047"},
		{"parts and another total", parts, grids("1048", "334", "687", "26"),
			"FAILED WARNING 370105 grids the parts do not add up to the total: 334 + 687 + 26 = 1,047, and the total is 1,048"},
		{"parts that are lower bounds", parts, grids("1048", "330余", "687", "26"),
			"PASSED NOTE 370105 grids the parts add up to the total, within tolerance and precision: at least 330 + 687 + 26 = at least 1,043, and the total is 1,048"},
		{"lower bounds above the total", parts, grids("1040", "330余", "687", "26"),
			"FAILED WARNING 370105 grids the parts do not add up to the total: at least 330 + 687 + 26 = at least 1,043, and the total is 1,040"},
		{"about the total", parts, grids("约1000", "334", "687", "26"),
			"PASSED NOTE 370105 grids the parts add up to the total, within tolerance and precision: 334 + 687 + 26 = 1,047, and the total is about 1,000"},
		{"tolerance decides over about", "c,PARTS_SUM,WARNING,grids,households,,,0.01,", grids("约1000", "334", "687", "26"),
			"FAILED WARNING 370105 grids the parts do not add up to the total: 334 + 687 + 26 = 1,047, and the total is about 1,000"},
		{"a part is not reported", parts, grids("1048", "334", "687", "26")[:3], ""},
		{"a part is missing", parts, append(grids("1048", "334", "687", "26")[:3],
			map[string]string{"slice": "households=gt_300", "value": "", "missing": "SUPPRESSED"}), ""},
		{"parts of every indicator with some", "c,PARTS_SUM,WARNING,,households,,,,", grids("1047", "334", "687", "26"),
			"PASSED WARNING 370105 grids the parts add up to the total: 334 + 687 + 26 = 1,047, and the total is 1,047"},

		{"rate", rates, rate("62.5", "5", "8"),
			"PASSED WARNING 370105 resumption_rate the rate is that of its counts: 5 / 8 × 100 = 62.5, and 62.5 is reported"},
		{"rounded rate", rates, rate("97", "95", "98"),
			"PASSED NOTE 370105 resumption_rate the rate agrees with its counts within rounding and precision: 95 / 98 × 100 = 96.9388, and 97 is reported"},
		{"rate rounded to a decimal", rates, rate("97.0", "95", "98"),
			"PASSED NOTE 370105 resumption_rate the rate agrees with its counts within rounding and precision: 95 / 98 × 100 = 96.9388, and 97 is reported"},
		{"rate beyond rounding", rates, rate("96.8", "95", "98"),
			"FAILED WARNING 370105 resumption_rate the rate is not that of its counts: 95 / 98 × 100 = 96.9388, and 96.8 is reported"},
		{"approximate rate and a narrow tolerance", "c,RATE_COUNTS,NOTE,,,,,0.05,", rate("97%左右", "95", "98"),
			"FAILED NOTE 370105 resumption_rate the rate is not that of its counts: 95 / 98 × 100 = 96.9388, and about 97 is reported"},
		{"rate of about", "c,RATE_COUNTS,WARNING,,,,,0.5,", rate("95", "18936", "20000左右"),
			"PASSED NOTE 370105 resumption_rate the rate agrees with its counts within rounding and precision: 18,936 / 20,000 × 100 = about 94.68, and 95 is reported"},
		{"rate without counts", rates, rate("95", "", ""), ""},
		{"rate with one count", rates, rate("50", "530000", ""), ""},

		{"share", shares, rate("62.5", "5", "8"),
			"PASSED WARNING 370105 resumption_rate the numerator does not exceed the denominator: 5 is not more than 8"},
		{"more than the whole", shares, rate("100", "9", "8"),
			"FAILED WARNING 370105 resumption_rate the numerator exceeds the denominator: 9 is more than 8"},
		{"more than at least so many", shares, rate("100", "9", "8余"),
			"PASSED NOTE 370105 resumption_rate the numerator exceeds the denominator, within tolerance and precision: 9 is more than 8"},

		{"range", "c,RANGE,WARNING,,,,,,", rows{{"indicator": "duty", "value": "24"}, {"indicator": "growth", "value": "-400"}},
			"PASSED WARNING 370105 duty the value lies within the range: 24, and the range is from 0 to 24"},

		{"children", sums, children("1047", "1000", "47"),
			"PASSED WARNING 3701 grids the children add up to the region: 1,000 + 47 = 1,047, and 1,047 is reported for 济南市"},
		{"children within tolerance", sums, children("1047", "1000", "50"),
			"PASSED NOTE 3701 grids the children add up to the region, within tolerance and precision: 1,000 + 50 = 1,050, and 1,047 is reported for 济南市"},
		{"children that fall short", sums, children("1047", "1000", "7"),
			"FAILED WARNING 3701 grids the children do not add up to the region: 1,000 + 7 = 1,007, and 1,047 is reported for 济南市"},
		{"a child is not reported", sums, children("1047", "1000", "7")[:2], ""},

		{"no jump", jumps, series("10", "100", "11"),
			"PASSED WARNING 370105 grids the value keeps to the order of the previous one; so does 1 more comparison of the region: " +
				"11 in 2020-03 after 100 in 2020-02 is a factor of 0.11; 0.1 to 10 is expected"},
		{"jumps", jumps, series("10", "101", "10"),
			"FAILED WARNING 370105 grids the value is far from the previous one: 101 in 2020-02 after 10 in 2020-01 is a factor of 10.1; 0.1 to 10 is expected\n" +
				"FAILED WARNING 370105 grids the value is far from the previous one: 10 in 2020-03 after 101 in 2020-02 is a factor of 0.099; 0.1 to 10 is expected"},
		{"nothing to jump from", jumps, series("0", "101", "0"), ""},
		{"months do not follow days", jumps, append(series("10"), map[string]string{"period": "2020-02-18", "value": "1000"}), ""},

		{"fraction", "c,UNIT_SCALE,WARNING,,,,,,", rows{{"indicator": "growth", "value": "0.85"}},
			"FAILED WARNING 370105 growth the value looks like a fraction: 0.85 %, and as a fraction it would be 85 %"},
		{"percentage", "c,UNIT_SCALE,WARNING,,,,,,", rows{{"indicator": "growth", "value": "85"}},
			"PASSED WARNING 370105 growth the value does not look like a fraction: 85 % does not lie between 0 and 1"},

		{"half", half, pair("422000", "845317"),
			"PASSED NOTE 370105 migrants the figure is what persons makes it, within tolerance and precision: 0.5 × 845,317 = 422,658.5, and 422,000 is reported"},
		{"not half", half, pair("53万", "845317"),
			"FAILED WARNING 370105 migrants the figure is not what persons makes it: 0.5 × 845,317 = 422,658.5, and 530,000 is reported"},
		{"half of what nobody reports", half, pair("53万", "845317")[:1], ""},
		{"a flow that ends on the day of a stock", half, rows{
			{"indicator": "migrants", "value": "50"}, {"indicator": "persons", "value": "100", "period": "2020-01-25/2020-03-30"},
			{"indicator": "persons", "value": "400", "period": "2020-03-31"},
		}, "PASSED WARNING 370105 migrants the figure is what persons makes it: 0.5 × 100 = 50, and 50 is reported"},
		{"same", "c,SAME_AS,NOTE,migrants,,persons,,,", pair("200", "200"),
			"PASSED NOTE 370105 migrants the figure is what persons makes it: Persons is 200, and 200 is reported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(t, c.check, c.rows...); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Registers know only some townships: those may fall short of their county.
func TestChildrenBelowCounties(t *testing.T) {
	engine := &memory{}
	regions := "code,scheme,parent,level,name,name_en,aliases,valid_from,valid_to,successor\n" +
		"CN,ISO,,COUNTRY,中国,,,,,\n370105,GB,CN,COUNTY,天桥区,,,,,\n370124,GB,CN,COUNTY,平阴县,,,,,\n" +
		"370105001,GB,370105,TOWNSHIP,甲街道,,,,,\n370124001,GB,370124,TOWNSHIP,乙街道,,,,,\n"
	result, err := newLoader(engine).Check(t.Context(), Input{FS: mini(t, map[string]string{
		"regions.csv": regions,
		"observations.csv": figuresOf(
			figure(map[string]string{"value": "100"}), figure(map[string]string{"region": "370105001", "value": "84"}),
			figure(map[string]string{"region": "370124", "value": "100"}), figure(map[string]string{"region": "370124001", "value": "140"}),
		),
	})})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range result.Checks {
		if r.Check == "children" {
			got = append(got, r.Region+" "+r.Status.String()+" "+r.Message)
		}
	}
	want := []string{"370124 FAILED the children exceed the region", "370105 PASSED the children do not exceed the region"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Where two schemes share a code, results say which region they are about, and which figures.
func TestChecksOfSharedCodes(t *testing.T) {
	t.Parallel()
	result, err := newLoader(&memory{}).Check(t.Context(), Input{FS: mini(t, map[string]string{
		"regions.csv": "code,scheme,parent,level,name,name_en,aliases,valid_from,valid_to,successor\n" +
			"CN,ISO,,COUNTRY,中国,,,,,\n370105,GB,CN,COUNTY,天桥区,,,,,\n370124,GB,CN,COUNTY,平阴县,,,,,\n370105,ONS,CN,COUNTY,别处,,,,,\n",
		"checks.csv":       "code,kind,severity,indicator,dimension,other,factor,tolerance,description\nrange,RANGE,WARNING,grids,,,,,\n",
		"observations.csv": figuresOf(figure(map[string]string{"region": "GB:370105"}), figure(map[string]string{"region": "ONS:370105"}), figure(map[string]string{"region": "370124"})),
	})})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range result.Checks {
		got = append(got, r.Region+" "+r.Observations[0].Region)
	}
	want := []string{"370124 370124", "GB:370105 GB:370105", "ONS:370105 ONS:370105"}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// However many checks are declared, each indicator's figures are read once.
func TestChecksReadEachIndicatorOnce(t *testing.T) {
	engine := &memory{}
	result, err := load(t, engine, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Six indicators have figures that some check applies to, and half_migrants reads persons beside migrants.
	if selects := engine.selects.Load(); selects > 8 {
		t.Errorf("%d selects", selects)
	}
	order := make([]string, 0, len(result.Checks))
	for _, r := range result.Checks {
		if len(order) == 0 || order[len(order)-1] != r.Check {
			order = append(order, r.Check)
		}
	}
	want := []string{"grids_by_households", "rate_counts", "shares", "range", "fractions", "half_migrants"}
	if !slices.Equal(order, want) {
		t.Errorf("results in the order %v, want %v", order, want)
	}
}

// parted is a reader that takes note of how many figures of an indicator are selected at a time, at most.
type parted struct {
	*memoryReader
	indicator int32
	most      int
}

func (p *parted) Select(ctx context.Context, s store.Select) (*store.Rows, error) {
	rows, err := p.memoryReader.Select(ctx, s)
	if err == nil && slices.Contains(s.Indicators, p.indicator) {
		p.most = max(p.most, rows.Len())
	}
	return rows, err
}

// Figures that others are compared with are kept a part of the regions at a time where there are many, however few are compared with them.
func TestChecksKeepPartsOfWhatIsComparedWith(t *testing.T) {
	t.Parallel()
	const counties, days, kept = 12, 10, 40
	tables := checkedTables(counties)
	tables.Checks = slices.DeleteFunc(tables.Checks, func(c indicator.Check) bool { return c.Kind != indicator.ShareOf })
	c := newCatalog(t, tables)
	grids, persons := int32(0), int32(1)
	var reports []store.Report
	for i := range c.Regions() {
		if c.Regions()[i].Level != indicator.County {
			continue
		}
		for day := range indicator.Day(days) {
			one := store.Report{Indicator: persons, Region: int32(i), Period: indicator.DayPeriod(day), Value: 8, Numerator: nan, Denominator: nan}
			if reports = append(reports, one); day == 0 {
				one.Indicator, one.Value = grids, 4
				reports = append(reports, one)
			}
		}
	}
	reader := &parted{memoryReader: &memoryReader{&memory{}, reports}, indicator: persons}
	k := checker{reader: reader, catalog: c, gathers: kept}
	results, err := k.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != counties+1 || slices.ContainsFunc(results, func(r indicator.CheckResult) bool { return r.Status != indicator.Passed }) {
		t.Errorf("%d results, and %d counties have what is expected: %+v", len(results), counties+1, results)
	}
	if reader.most == 0 || reader.most > 2*kept {
		t.Errorf("%d figures are read at a time, and %d are to be kept", reader.most, kept)
	}
}

// A check that fails everywhere is reported as far as anyone will read.
func TestFailuresAreBounded(t *testing.T) {
	var rows []map[string]string
	for day := range 2 * (maxFailures + 5) {
		value := "1"
		if day%2 == 1 {
			value = "1000"
		}
		rows = append(rows, map[string]string{"period": (indicator.DayOf(2015, 1, 1) + indicator.Day(day)).String(), "value": value})
	}
	lines := strings.Split(found(t, "c,JUMP,WARNING,,,,10,,", rows...), "\n")
	if len(lines) != maxFailures+1 || !strings.HasSuffix(lines[maxFailures], "grids 1,009 more figures failed: ") {
		t.Errorf("%d results, the last is %s", len(lines), lines[len(lines)-1])
	}
}

func TestAgree(t *testing.T) {
	const exact, least, most, about = indicator.Exact, indicator.AtLeast, indicator.AtMost, indicator.Approximate
	for _, c := range []struct {
		a         float64
		pa        indicator.Precision
		b         float64
		pb        indicator.Precision
		tolerance float64
		want      agreement
	}{
		{0.1 + 0.2, exact, 0.3, exact, 0, agrees},
		{0, exact, 0, exact, 0, agrees},
		{1047, exact, 1048, exact, 0, differs},
		{1047, exact, 1048, exact, 1, within},
		{97, about, 96.94, exact, 0, within},
		{97, about, 80, exact, 0, differs},
		{97, about, 96, exact, 0.5, differs},
		{100, least, 120, exact, 0, within},
		{120, least, 100, exact, 0, differs},
		{120, most, 100, exact, 0, within},
		{100, most, 120, exact, 0, differs},
		{100, exact, 120, least, 0, differs},
		{120, exact, 100, least, 0, within},
		{100, least, 105, least, 0, within}, // both may be higher: nothing but closeness is known
		{100, least, 200, least, 0, differs},
		{100, least, 200, most, 0, within},
		{200, least, 100, most, 0, differs},
	} {
		if got := agree(c.a, c.pa, c.b, c.pb, c.tolerance); got != c.want {
			t.Errorf("%v %s and %v %s within %v: got %d, want %d", c.a, c.pa, c.b, c.pb, c.tolerance, got, c.want)
		}
		if got := agree(c.b, c.pb, c.a, c.pa, c.tolerance); got != c.want {
			t.Errorf("%v %s and %v %s within %v: got %d the other way round, want %d", c.b, c.pb, c.a, c.pa, c.tolerance, got, c.want)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 1: "1", -1: "-1", 999: "999", 1000: "1,000", -1234567.5: "-1,234,567.5", 96.938775: "96.9388", 0.5: "0.5",
		0.00001: "1e-05", 1e15: "1e+15", 123456: "123,456", math.Copysign(0, -1): "0", 999999.99999: "1,000,000",
	} {
		if got := formatNumber(value); got != want {
			t.Errorf("%v is written %s, want %s", value, got, want)
		}
	}
}

package loader

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/countyql/countyql/indicator"
)

// lint returns the problems of the small package with some files replaced, one a line.
func lint(t *testing.T, replace map[string]string) string {
	t.Helper()
	_, err := Lint(t.Context(), Input{FS: mini(t, replace)})
	var rejected *Rejected
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &rejected):
		t.Fatal(err)
	}
	var lines []string
	for _, p := range rejected.Problems {
		if p.Code == "" || p.Message == "" {
			t.Errorf("a problem says nothing: %+v", p)
		}
		lines = append(lines, p.String())
	}
	if rejected.Total != len(lines) || rejected.Rows > rejected.Total {
		t.Errorf("%d problems in %d rows, and %d are listed", rejected.Total, rejected.Rows, len(lines))
	}
	return strings.Join(lines, "\n")
}

func TestObservationProblems(t *testing.T) {
	for _, c := range []struct {
		name  string
		cells map[string]string
		want  string // behind observations.csv:2:
	}{
		{"value that is no number", map[string]string{"value": "12x"},
			`33: value: "12x" is not a number (write a number, with its rounding words and counted word if printed so: 2万余名, 近2000个, 97%)`},
		{"range as a value", map[string]string{"value": "100-300"},
			`33: value: "100-300" is a range (a range is two figures: give one bound and the precision AT_LEAST or AT_MOST)`},
		{"not finite", map[string]string{"value": "NaN"},
			`33: value: "NaN" is not a number (write a number, or leave the cell empty; missing says why there is no value)`},
		{"infinite", map[string]string{"value": "1e400"},
			`33: value: "1e400" is beyond the bounds of numbers (magnitudes are 0 or from 2.3e-308 to 1.7e308)`},
		{"so small that it would be 0", map[string]string{"value": "1e-400"},
			`33: value: "1e-400" is beyond the bounds of numbers (magnitudes are 0 or from 2.3e-308 to 1.7e308)`},
		{"so small that it would lose digits", map[string]string{"value": "-1.234567E-320"},
			`33: value: "-1.234567E-320" is beyond the bounds of numbers (magnitudes are 0 or from 2.3e-308 to 1.7e308)`},
		{"too large for a count", map[string]string{"value": "9007199254740993"},
			`33: value: "9007199254740993" is too large for a count (counts are exact up to 9,007,199,254,740,991)`},
		{"below the range", map[string]string{"value": "-1"}, `33: value: "-1" is below the minimum 0 of grids`},
		{"above the range, converted", map[string]string{"indicator": "duty", "value": "2天"},
			`32: value: "2天", which is 48 h, is above the maximum 24 of duty`},
		{"neither value nor reason", map[string]string{"value": ""},
			`33: value: there is neither a value nor a reason for its absence (give a value, or the reason for its absence in missing)`},
		{"value and reason", map[string]string{"missing": "UNKNOWN"},
			`39: missing: there is a value and a reason for its absence (leave one of them empty)`},
		{"reason of queries", map[string]string{"value": "", "missing": "NO_WEIGHT"},
			`38: missing: "NO_WEIGHT" is not a reason that data may give (use one of NOT_APPLICABLE, NOT_COLLECTED, NOT_PUBLISHED, SUPPRESSED, UNKNOWN)`},
		{"reason that is none", map[string]string{"value": "", "missing": "DUNNO"},
			`38: missing: "DUNNO" is not a reason that data may give (use one of NOT_APPLICABLE, NOT_COLLECTED, NOT_PUBLISHED, SUPPRESSED, UNKNOWN)`},
		{"missing with a precision", map[string]string{"value": "", "missing": "UNKNOWN", "precision": "AT_MOST"},
			`35: precision: a missing value has no precision (leave it empty)`},

		{"unknown region", map[string]string{"region": "370106"},
			`1: region: there is no region "370106" (did you mean 370105, 3701, 370124, 370199?)`},
		{"unknown indicator", map[string]string{"indicator": "gridz"},
			`8: indicator: there is no indicator "gridz" (did you mean grids?)`},
		{"unknown source", map[string]string{"source": "dayly"}, `42: source: there is no source "dayly" (did you mean daily?)`},
		{"source without a day", map[string]string{"source": "undated"},
			`50: published_on: neither the row nor its source has a day of publication (give one, or the earliest day by which the figure can be true and published_inferred in sources)`},
		{"published on no day", map[string]string{"published_on": "2020-02-30"},
			`48: published_on: "2020-02-30" is not a date (write a date as 2020-02-18)`},
		{"period that is none", map[string]string{"period": "2020-13"},
			`15: period: "2020-13" is not a period (write 2020, 2020-Q1, 2020-02, 2020-W08, 2020-02-18 or 2020-01-25/2020-03-02)`},
		{"period that runs backwards", map[string]string{"period": "2020-03/2020-02"},
			`15: period: period "2020-03/2020-02" ends before it starts (write the earlier day first)`},
		{"status that is none", map[string]string{"status": "EXPECTED"},
			`26: status: "EXPECTED" is not a status (use one of ACTUAL, FORECAST, TARGET)`},
		{"figure of a derived indicator", map[string]string{"indicator": "persons_per_grid"},
			`8: indicator: "persons_per_grid" is derived by the formula persons / grids and has no figures of its own (report its parts)`},
		{"offset before the start", map[string]string{"offset": "-1"}, `41: offset: "-1" is not an offset (count characters from 0)`},
		{"inferred or not", map[string]string{"period_inferred": "maybe"}, `49: period_inferred: "maybe" is neither true nor false`},

		{"slice that is none", map[string]string{"slice": "households"},
			`14: slice: slice "households" is not a list of dimension=value pairs (write pairs joined by a semicolon, as in households=lt_100;sector=primary)`},
		{"dimension that is none", map[string]string{"slice": "houshold=lt_100"},
			`14: slice: there is no dimension "houshold" (did you mean households?)`},
		{"value that the dimension lacks", map[string]string{"slice": "households=lt_10"},
			`14: slice: dimension "households" has no value "lt_10" (did you mean lt_100?)`},
		{"dimension that the indicator lacks", map[string]string{"slice": "sector=industry"},
			`14: slice: "grids" is not broken down by "sector" (it is broken down by households)`},
		{"indicator without dimensions", map[string]string{"indicator": "growth", "slice": "sector=industry"},
			`15: slice: "growth" is not broken down by "sector" (the indicator has no breakdowns: add one to breakdowns)`},
		{"dimension twice", map[string]string{"slice": "households=lt_100;households=gt_300"},
			`14: slice: slice names dimension "households" twice (give one value per dimension)`},

		{"precision against the text", map[string]string{"value": "近2000个", "precision": "AT_LEAST"},
			`41: precision: "近2000个" is printed as APPROXIMATE, and precision says AT_LEAST (leave the precision empty, or write the value as a plain number)`},
		{"precision that is none", map[string]string{"precision": "ROUGH"},
			`36: precision: "ROUGH" is not a precision (use one of EXACT, AT_LEAST, AT_MOST, APPROXIMATE)`},
		{"unit that is none", map[string]string{"unit": "grd"},
			`35: unit: there is no unit "grd" (the indicator's unit is grid; add others to units)`},
		{"unit of another quantity", map[string]string{"unit": "h"},
			`35: unit: unit "h" measures time, and "grid" measures grid (the indicator's unit is grid)`},
		{"printed unit of another quantity", map[string]string{"value": "3小时"},
			`37: unit: the value is printed in "小时", which is no unit of grid (the indicator's unit is grid)`},
		{"printed unit that is none", map[string]string{"value": "3公顷"},
			`37: unit: there is no unit for "公顷" (the indicator's unit is grid)`},
		{"percent of a count", map[string]string{"value": "97%"},
			`37: unit: the value is printed in "%", which is no unit of grid (the indicator's unit is grid)`},

		{"counts of a count", map[string]string{"numerator": "1", "denominator": "2"},
			`37: numerator: "grids" is of kind COUNT and has no counts (only indicators of kind RATIO have)`},
		{"rate of nothing", map[string]string{"indicator": "resumption_rate", "numerator": "0", "denominator": "0"},
			`49: denominator: the denominator is 0 (leave it empty)`},
		{"negative count", map[string]string{"indicator": "resumption_rate", "numerator": "-5", "denominator": "9"},
			`47: numerator: "-5" is negative`},
		{"count that is a rate", map[string]string{"indicator": "resumption_rate", "numerator": "97%", "denominator": "9"},
			`47: numerator: "97%" is a rate, not a count`},
		{"count that is no number", map[string]string{"indicator": "resumption_rate", "numerator": "12x", "denominator": "9"},
			`47: numerator: "12x" is not a number (write a number, with its rounding words and counted word if printed so: 2万余名, 近2000个, 97%)`},
		{"count in a unit", map[string]string{"indicator": "resumption_rate", "numerator": "5小时", "denominator": "9"},
			`47: numerator: the value is printed in "小时", which is no unit of enterprise (the numerator is in enterprise)`},
		{"counts instead of a rate", map[string]string{"indicator": "resumption_rate", "value": "", "numerator": "5", "denominator": "9"},
			`43: value: there is neither a value nor a reason for its absence (report the counts as figures of their own indicators: the rate is derived from them)`},
		{"counts of a missing rate", map[string]string{"indicator": "resumption_rate", "value": "", "missing": "UNKNOWN", "numerator": "5", "denominator": "9"},
			`46: numerator: a missing rate has no counts (report the counts as figures of their own indicators: the rate is derived from them)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := lint(t, map[string]string{"observations.csv": figuresOf(figure(c.cells))})
			if want := "observations.csv:2:" + c.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// Rows that look odd and are right.
func TestObservationsAccepted(t *testing.T) {
	for _, cells := range []map[string]string{
		{"value": "9007199254740991"},
		{"value": "２万余"},
		{"value": "2万余名", "precision": "AT_LEAST"},
		{"value": "1047", "precision": "AT_MOST"},
		{"status": "", "value": "1"},
		{"indicator": "resumption_rate", "value": "一半"},
		{"indicator": "resumption_rate", "value": "950‰"},
		{"indicator": "resumption_rate", "value": "0.95", "unit": "1"},
		{"indicator": "resumption_rate", "numerator": "近2000家", "denominator": "20000左右"},
		{"indicator": "resumption_rate", "numerator": "530000"},
		{"indicator": "loans", "value": "8000万元", "unit": "CNY_10k"},
		{"indicator": "loans", "value": "1.5亿元"},
		{"indicator": "duty", "value": "不到一天"},
		{"indicator": "duty", "value": "up to 3 hours"},
		{"region": "GB/T 2260:370105"},
		{"region": "370199"},
		{"period": "2020-W08"},
		{"printed": "第一行", "note": `"quoted", with a comma`},
	} {
		if got := lint(t, map[string]string{"observations.csv": figuresOf(figure(cells))}); got != "" {
			t.Errorf("%v: %s", cells, got)
		}
	}
}

// contradiction is the problem at a place of the figures of two rows that differ.
func contradiction(place, first, second string) string {
	return "observations.csv:" + place + ": value: lines " + first + " and " + second + " report the same figure differently " +
		"(same region, indicator, slice, period, status and day of publication: keep one of them, or tell them apart by a slice)"
}

func TestDuplicates(t *testing.T) {
	first := figure(map[string]string{"value": "1047"})
	for _, c := range []struct {
		name string
		rows []string
		want string
	}{
		{"conflicting values", []string{first, figure(map[string]string{"value": "1048"})},
			contradiction("2", "2", "3") + "\n" + contradiction("3:33", "2", "3")},
		{"conflicting evidence", []string{first, "", first, figure(map[string]string{"value": "1047", "note": "another"})},
			contradiction("2", "2", "5") + "\n" + contradiction("5:33", "2", "5")},
		{"three that differ", []string{first, figure(map[string]string{"value": "1048"}), figure(map[string]string{"value": "1047"})},
			contradiction("2", "2", "3") + "\n" + contradiction("3:33", "2", "3") + "\n" + contradiction("4:33", "2", "4")},
		{"the same in other words", []string{first, figure(map[string]string{"value": "1,047", "published_on": "2020-03-30"})}, ""},
		{"slices in another order", []string{
			figure(map[string]string{"indicator": "enterprises", "slice": "sector=industry"}),
			figure(map[string]string{"indicator": "enterprises", "slice": "sector=industry", "value": "2"}),
		}, contradiction("2", "2", "3") + "\n" + contradiction("3:54", "2", "3")},
		{"another day of publication", []string{first, figure(map[string]string{"value": "1048", "published_on": "2020-03-31"})}, ""},
		{"another status", []string{first, figure(map[string]string{"value": "1048", "status": "TARGET"})}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lint(t, map[string]string{"observations.csv": figuresOf(c.rows...)}); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Columns count characters, also behind multi-byte cells, quoted cells and line breaks inside a cell.
func TestPositions(t *testing.T) {
	header := "note,value,region,indicator,period,source\n"
	rest := ",370105,grids,2020-03-30,daily\n"
	for _, c := range []struct{ name, text, want string }{
		{"multi-byte", header + "天桥区,12x" + rest, "3:5"},
		{"quoted", header + `"a, ""b""",12x` + rest, "3:12"},
		{"byte order mark", "\ufeff" + header + "天,12x" + rest, "3:3"},
		{"carriage returns", strings.ReplaceAll(header+"天,12x"+rest, "\n", "\r\n"), "3:3"},
		{"blank lines", header + "\n\n天,12x" + rest, "5:3"},
		{"no final newline", header + "天,12x" + strings.TrimSuffix(rest, "\n"), "3:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			// A row before it, so that what was read earlier is forgotten.
			first, tail, _ := strings.Cut(c.text, "\n")
			text := first + "\n平阴,1,370124,grids,2020-03-30,daily\n" + tail
			fsys := mini(t, map[string]string{"observations.csv": text}).(fstest.MapFS)
			fsys[PackageFile] = &fstest.MapFile{Data: []byte(describeMini(t, strings.TrimSpace(header)))}
			_, err := Lint(t.Context(), Input{FS: fsys})
			var rejected *Rejected
			if !errors.As(err, &rejected) || len(rejected.Problems) != 1 {
				t.Fatalf("got %v", err)
			}
			p := rejected.Problems[0]
			if got := fmt.Sprintf("%d:%d", p.Line, p.Column); got != c.want || p.Text != "12x" || p.Field != "value" {
				t.Errorf("got %s %+v, want %s", got, p, c.want)
			}
		})
	}
}

// describeMini is the description of the small package with other columns of observations.
func describeMini(t *testing.T, header string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/mini/" + PackageFile)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, _, ok := strings.Cut(string(data), `    {
      "name": "observations"`)
	if !ok {
		t.Fatal("the small package lists its observations last")
	}
	_, observations, _ := strings.Cut(describe("observations", header), "[")
	return catalogue + observations
}

func TestTextProblems(t *testing.T) {
	valid := figure(nil)
	for _, c := range []struct{ name, text, want string }{
		{"empty file", "", "observations.csv:1:1: the file is empty (write the header " + strings.TrimSpace(observationsHeader) + ")"},
		{"unclosed quote", figuresOf(valid, `"370105,grids`),
			`observations.csv:3:15: extraneous or missing " in quoted-field (a cell with a comma or a quote stands in quotes, and a quote inside is doubled: "say ""yes""")`},
		{"bare quote", figuresOf(`37"0105`+strings.TrimPrefix(valid, "370105"), valid),
			`observations.csv:2:3: bare " in non-quoted-field (a cell with a comma or a quote stands in quotes, and a quote inside is doubled: "say ""yes""")`},
		{"too few cells", figuresOf("370105,grids", valid),
			"observations.csv:2:1: the row has 2 cells, the header 18 (a cell with a comma stands in quotes)"},
		{"too many cells", figuresOf(valid + ",more"),
			"observations.csv:2:1: the row has 19 cells, the header 18 (a cell with a comma stands in quotes)"},
		{"not UTF-8", figuresOf(figure(map[string]string{"printed": "\xcc\xec\xc7\xc5"})),
			"observations.csv:2:40: printed: byte 0xCC is not UTF-8 (save the file as UTF-8 and keep control characters out)"},
		{"UTF-16", "\xff\xfer\x00e\x00g\x00",
			"observations.csv:1:1: the file is not UTF-8: it is UTF-16LE (leave the encoding out, or say utf-16le)"},
		{"invisible character", figuresOf(figure(map[string]string{"region": "370\u200b105"})),
			"observations.csv:2:4: region: invisible character U+200B (save the file as UTF-8 and keep control characters out)"},
		{"byte order mark in a cell", figuresOf("\ufeff" + figure(nil)),
			"observations.csv:2:1: region: invisible character U+FEFF (save the file as UTF-8 and keep control characters out)"},
		{"zero byte", figuresOf(figure(map[string]string{"note": "a\x00"})),
			"observations.csv:2:52: note: control character U+0000 (save the file as UTF-8 and keep control characters out)"},
		{"long text", figuresOf(figure(map[string]string{"note": strings.Repeat("天", 10_001)})),
			"observations.csv:2:51: note: the text has 10,001 characters (a cell holds up to 10,000)"},
		{"longer cell", figuresOf(figure(map[string]string{"note": strings.Repeat("a", 70_000)}), valid),
			"observations.csv:2:51: the cell exceeds the limit cell_bytes of 65536"},
		{"endless row", figuresOf(valid, `"`+strings.Repeat("a\n", 1<<20)),
			"observations.csv:3:1: the row, from here to where it ends, exceeds the limit row_bytes of 1048576"},
		{"control character", figuresOf(figure(map[string]string{"note": "天\u0007桥"})),
			"observations.csv:2:52: note: control character U+0007 (save the file as UTF-8 and keep control characters out)"},
		{"line break in a cell", figuresOf(figure(map[string]string{"note": "a\nb"})),
			"observations.csv:2:52: note: control character U+000A (save the file as UTF-8 and keep control characters out)"},
		{"column that is none", strings.Replace(figuresOf(valid), "printed", "prited", 1),
			`observations.csv:1:89: column "prited" is not in the schema (the schema's header is ` + strings.TrimSpace(observationsHeader) + ")"},
		{"column in capitals", strings.Replace(figuresOf(valid), "printed", " Printed", 1),
			`observations.csv:1:89: column " Printed" is not in the schema (did you mean printed?)`},
		{"semicolons", strings.ReplaceAll(figuresOf(valid), ",", ";"),
			`observations.csv:1:1: "region;indicator;slice;period;status;value;unit;precision;nu…" is one column (cells are separated by commas here, not by semicolons)`},
		{"tabs", strings.ReplaceAll(figuresOf(valid), ",", "\t"),
			`observations.csv:1:1: "region\tindicator\tslice\tperiod\tstatus\tvalue\tunit\tprecision\tnu…" is one column (cells are separated by commas here, not by tabs)`},
		{"header that is no text", strings.Replace(figuresOf(valid), "printed", "\xcc", 1),
			"observations.csv:1:89: byte 0xCC is not UTF-8 (save the file as UTF-8 and keep control characters out)"},
		{"column twice", strings.Replace(figuresOf(valid), "printed", "note", 1),
			`observations.csv:1:148: column "note" is there twice (the schema's header is ` + strings.TrimSpace(observationsHeader) + ")"},
		{"column missing", "region,indicator\n",
			`observations.csv:1:1: column "slice" of the schema is missing (the schema's header is ` + strings.TrimSpace(observationsHeader) + ")"},
		{"required cell", figuresOf(figure(map[string]string{"region": ""})),
			"observations.csv:2:1: region: the cell is empty (every row needs one)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lint(t, map[string]string{"observations.csv": c.text}); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Past the bound problems are counted, and none of them costs a search for suggestions.
func TestProblemsAreBounded(t *testing.T) {
	const rows = 20_000
	var b strings.Builder
	b.WriteString(observationsHeader)
	for n := range rows {
		b.WriteString(figure(map[string]string{"region": fmt.Sprint(900000 + n), "indicator": fmt.Sprintf("unknown_%d", n)}) + "\n")
	}
	_, err := Lint(t.Context(), Input{FS: mini(t, map[string]string{"observations.csv": b.String()})})
	var rejected *Rejected
	if !errors.As(err, &rejected) {
		t.Fatal(err)
	}
	if len(rejected.Problems) != MaxProblems || rejected.Total != 2*rows || rejected.Rows != rows {
		t.Errorf("%d of %d problems in %d rows", len(rejected.Problems), rejected.Total, rejected.Rows)
	}
	if text := err.Error(); !strings.HasSuffix(text, "… and 39,000 more\nrejected: 40,000 problems") {
		t.Errorf("got …%s", text[len(text)-80:])
	}
}

// Suggestions reach whoever reads the problem as a value, too.
func TestProblemIsAValue(t *testing.T) {
	_, err := Lint(t.Context(), Input{FS: mini(t, map[string]string{
		"observations.csv": figuresOf(figure(map[string]string{"indicator": "gridz"})),
	})})
	var rejected *Rejected
	if !errors.As(err, &rejected) || len(rejected.Problems) != 1 {
		t.Fatal(err)
	}
	want := Problem{
		File: "observations.csv", Line: 2, Column: 8, Field: "indicator", Code: string(indicator.UnknownIndicator), Text: "gridz",
		Message: `there is no indicator "gridz"`, Hint: "did you mean grids?",
	}
	if rejected.Problems[0] != want {
		t.Errorf("got %+v", rejected.Problems[0])
	}
}

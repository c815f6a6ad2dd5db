package tabular

import (
	"strings"
	"testing"
)

const pxSample = `CHARSET="ANSI";
AXIS-VERSION="2000";
CODEPAGE="utf-8";
LANGUAGES="zh","en";
TITLE="网格 "
"和人口";
TITLE[en]="Grids";
NOTE="a note";
STUB="地区";
STUB[en]="region";
HEADING="指标","年";
VALUES("地区")="天桥区","平阴县";
CODES("地区")="370105","370124";
VALUES("指标")="网格","人口";
VALUES("年")="2019","2020";
TIMEVAL("年")=TLIST(A1),"2019","2020";
DECIMALS=1;
CELLNOTEX("*","人口")="rounded";
DATA=
1047 1048.5 "..." -3
.. 5 6
"." ;
`

func TestPX(t *testing.T) {
	want := []string{
		"地区|指标|年|value", "370105|网格|2019|1047", "370105|网格|2020|1048.5", "370105|人口|2019|...", "370105|人口|2020|-3",
		"370124|网格|2019|..", "370124|网格|2020|5", "370124|人口|2019|6", "370124|人口|2020|.",
	}
	expect(t, read(t, "a.px", pxSample, Options{}), want...)
	expect(t, read(t, "-", gzipped(t, byteOrderMark+pxSample), Options{}), want...)
	expect(t, read(t, "a.px", inGB18030(t, strings.Replace(pxSample, "utf-8", "gb2312", 1)), Options{}), want...)

	western := "CHARSET=\"ANSI\";STUB=\"l\xe4n\";VALUES(\"l\xe4n\")=\"\xd6rebro\";DATA=1;"
	f, err := Open("a.px", strings.NewReader(western), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readAll(f)
	if err != nil || f.Encoding() != "windows-1252" {
		t.Errorf("%s, %v", f.Encoding(), err)
	}
	expect(t, rows, "län|value", "Örebro|1")
}

func TestPXProblems(t *testing.T) {
	replace := func(old, by string) string { return strings.Replace(pxSample, old, by, 1) }
	for _, c := range []struct{ name, text, want string }{
		{"too few figures", replace(".. 5 6\n", ""), "FATAL SYNTAX a.px:21:6: the data end after 5 of 8 figures"},
		{"too many figures", replace(".. 5 6", ".. 5 6 7"), "FATAL SYNTAX a.px:22:4: there are more than the 8 figures that the variables have room for"},
		{"no data", "STUB=\"a\";\nVALUES(\"a\")=\"b\";\n", "FATAL SYNTAX a.px:3:1: the text ends too early"},
		{"no values", replace(`VALUES("年")="2019","2020";`, ""), `FATAL SYNTAX a.px:19:6: the variable "年" has no values`},
		{"codes", replace(`"370105","370124"`, `"370105"`), `FATAL SYNTAX a.px:19:6: the variable "地区" has 2 values and 1 codes`},
		{"no variables", "DATA=1;", "FATAL SYNTAX a.px:1:6: there are no variables: neither STUB nor HEADING names one"},
		{"open quote", replace(`"a note"`, `"a note`), "FATAL SYNTAX a.px:8:6: the quote is not closed on its line"},
		{"no sign", replace("DECIMALS=", "DECIMALS "), "FATAL SYNTAX a.px:17:10: there should be an = behind DECIMALS"},
		{"twice", replace(`NOTE="a note"`, `STUB="b"`), "FATAL SYNTAX a.px:9:11: STUB is there twice"},
		{"keys", replace(`NOTE="a note"`, `KEYS("地区")=VALUES`), "FATAL SYNTAX a.px:19:6: the data are written with keys, which is not read"},
		{"no figure", replace("1047 ", "# "), "FATAL SYNTAX a.px:20:1: the character '#' is no part of a figure"},
		{"more behind", pxSample + "more", "FATAL SYNTAX a.px:23:1: there is something else behind the data"},
		{"text", replace("a note", strings.Repeat("a", 70_000)), "FATAL LIMIT a.px:8:65544: the text exceeds the limit cell_bytes of 65536"},
		{"codepage", replace("utf-8", "utf-7"), `FATAL ENCODING a.px:1:1: there is no encoding "utf-7"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := read(t, "a.px", c.text, Options{})
			if got := rows[len(rows)-1]; got != c.want {
				t.Errorf("got  %.200s\nwant %s", got, c.want)
			}
		})
	}
	header := `STUB="a";VALUES("a")="` + strings.Repeat("b", 100) + `";` + "DATA=1;"
	expect(t, read(t, "a.px", header, Options{Limits: Limits{HeaderBytes: 50}}), "FATAL LIMIT a.px:1:52: what is said about the data exceeds the limit header_bytes of 50")
}

func FuzzPX(f *testing.F) {
	for _, seed := range []string{pxSample, `STUB="a";VALUES("a")="b";DATA=1`, `A[en]("b")=(1);`, `DATA=`, "STUB=\"\";\nVALUES(\"\")=\"\";DATA=\".\";"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkTable(t, "a.px", text) })
}

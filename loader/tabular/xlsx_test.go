package tabular

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

const (
	ooxml    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	rootRels = `<Relationships><Relationship Id="r" Type="` + ooxml + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRels = `<Relationships>
<Relationship Id="rId1" Type="` + ooxml + `/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="` + ooxml + `/worksheet" Target="/xl/worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="` + ooxml + `/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId4" Type="` + ooxml + `/styles" Target="styles.xml"/></Relationships>`
	oneSheet = `<workbook xmlns:r="` + ooxml + `"><sheets><sheet name="figures" r:id="rId1"/><sheet name="notes" state="hidden" r:id="rId2"/></sheets></workbook>`
	styles   = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" formatCode="#,##0&quot;days&quot;"/></numFmts>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/><xf numFmtId="20"/></cellXfs></styleSheet>`
	texts = `<sst><si><t>region</t></si><si><r><t>天</t></r><r><t xml:space="preserve">桥 </t></r><rPh sb="0" eb="1"><t>tian</t></rPh></si></sst>`
)

// workbookOf is a workbook whose first sheet holds the rows; other parts can be replaced, or left out by the empty text.
func workbookOf(t *testing.T, rows string, replace map[string]string) string {
	t.Helper()
	parts := map[string]string{
		"_rels/.rels": rootRels, "xl/_rels/workbook.xml.rels": bookRels, "xl/workbook.xml": oneSheet, "xl/styles.xml": styles,
		"xl/sharedStrings.xml": texts, "xl/worksheets/sheet2.xml": "<worksheet><sheetData><row><c><v>2</v></c></row></sheetData></worksheet>",
		"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + rows + "</sheetData></worksheet>",
	}
	for name, text := range replace {
		parts[name] = text
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range parts {
		if text == "" {
			continue
		}
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestXLSX(t *testing.T) {
	rows := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>value</t></is></c><c r="C1" t="str"><f>"d"</f><v>day</v></c></row>
<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="3"><v>1.0470000000000001E3</v></c><c r="C3" s="1"><v>43920</v></c></row>
<row r="4"><c r="A4"><v>370105</v></c><c r="C4" s="2"><v>43891</v></c></row>
<row r="5"><c r="B5" t="b"><v>1</v></c><c r="C5" s="4"><v>43920.5</v></c></row>
<row r="6"><c r="A6"/></row>
<row r="7"><c r="A7"><v>0.1</v></c><c r="B7" s="5"><v>0.25</v></c><c r="C7" t="d"><v>2020-03-30T00:00:00Z</v></c></row>
<row r="8"><c r="A8"><f>1+1</f><v>2</v></c><c r="C8" s="1"><v>1</v></c></row>`
	want := []string{
		"region|value|day", "天桥 |1047|2020-03-30", "370105||2020-03-01", "|true|2020-03-30T12:00:00", "0.1|06:00:00|2020-03-30", "2||1900-01-01",
	}
	content := workbookOf(t, rows, nil)
	expect(t, read(t, "a.xlsx", content, Options{}), want...)
	expect(t, read(t, "-", zstandard(t, content), Options{Sheet: "figures"}), want...)
	expect(t, read(t, "a.xlsx", content, Options{Sheet: "notes"}), "2")
	expect(t, read(t, "a.xlsx", workbookOf(t, `<row><c s="1"><v>0</v></c></row>`, map[string]string{
		"xl/workbook.xml": strings.Replace(oneSheet, "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1),
	}), Options{}), "1904-01-01")
}

func TestXLSXPlaces(t *testing.T) {
	f, err := Open("a.xlsx", strings.NewReader(workbookOf(t, `<row r="7"><c r="C7"><v>1</v></c></row>`, nil)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Next(); err != nil || f.Place(2) != (Place{"a.xlsx#figures", 7, 3}) {
		t.Errorf("%+v, %v", f.Place(2), err)
	}
}

func TestXLSXMergedCells(t *testing.T) {
	sheet := `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2020</v></c><c r="C1"/></row>
<row r="2"><c r="B2"><v>3</v></c><c r="C2"><v>4</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells></worksheet>`
	content := workbookOf(t, "", map[string]string{"xl/worksheets/sheet1.xml": sheet})
	expect(t, read(t, "a.xlsx", content, Options{FillMerged: true}), "1|2020|2020", "1|3|4")
	expect(t, read(t, "a.xlsx", content, Options{}), "1|2020", "|3|4")
}

func TestXLSXProblems(t *testing.T) {
	two := strings.Replace(oneSheet, ` state="hidden"`, "", 1)
	good := workbookOf(t, `<row r="1"><c r="A1"><v>1</v></c></row>`, nil)
	sheet := func(rows string) string { return workbookOf(t, rows, nil) }
	for _, c := range []struct {
		name, content, want string
		options             Options
	}{
		{"several sheets", workbookOf(t, "", map[string]string{"xl/workbook.xml": two}), "FATAL SYNTAX a.xlsx:1:1: the workbook has 2 sheets", Options{}},
		{"no such sheet", good, `FATAL SYNTAX a.xlsx:1:1: the workbook has no sheet "figurs"`, Options{Sheet: "figurs"}},
		{"error", sheet(`<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>`), "SYNTAX a.xlsx#figures:2:2: the cell holds the error #N/A", Options{}},
		{"reference error", sheet(`<row r="2"><c r="B2" t="e"><f>X1</f><v>#REF!</v></c></row>`), "SYNTAX a.xlsx#figures:2:2: the cell holds the error #REF!", Options{}},
		{"never computed", sheet(`<row r="2"><c r="A2"><f>1+1</f></c></row>`), "SYNTAX a.xlsx#figures:2:1: the formula was never computed", Options{}},
		{"text that is none", sheet(`<row r="2"><c r="A2" t="s"><v>99</v></c></row>`), `SYNTAX a.xlsx#figures:2:1: the workbook is damaged: "99" is not what the cell says it is`, Options{}},
		{"not a number", sheet(`<row r="2"><c r="A2"><v>NaN</v></c></row>`), `SYNTAX a.xlsx#figures:2:1: the workbook is damaged: "NaN" is not what the cell says it is`, Options{}},
		{"columns", sheet(`<row r="2"><c r="XFD2"><v>1</v></c></row>`), "FATAL LIMIT a.xlsx#figures:2:1: the number of cells in the row exceeds the limit columns of 4096", Options{}},
		{"cell", sheet(`<row r="2"><c r="A2" t="str"><v>` + strings.Repeat("a", 70_000) + `</v></c></row>`), "FATAL LIMIT a.xlsx#figures:2:1: the cell exceeds the limit cell_bytes of 65536", Options{}},
		{"unzipped", good, "FATAL LIMIT a.xlsx:1:1: the unzipped workbook exceeds the limit unzipped_bytes of 100", Options{Limits: Limits{UnzippedBytes: 100}}},
		{"texts", good, "FATAL LIMIT a.xlsx:1:1: the texts of the workbook exceeds the limit text_bytes of 20", Options{Limits: Limits{TextBytes: 20}}},
		{"rows upside down", sheet(`<row r="2"><c><v>1</v></c></row><row r="1"/>`), `FATAL SYNTAX a.xlsx#figures:3:1: the workbook is damaged: there is a row "1"`, Options{}},
		{"cut off", good[:len(good)-30], "FATAL SYNTAX a.xlsx:1:1: the workbook is damaged: zip: not a valid zip file", Options{}},
		{"no workbook", workbookOf(t, "", map[string]string{"_rels/.rels": "<Relationships/>"}), "FATAL SYNTAX a.xlsx:1:1: the archive is no Excel workbook", Options{}},
		{"no XML", workbookOf(t, "", map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><row>"}), "FATAL SYNTAX a.xlsx#figures:1:1: the workbook is damaged: XML syntax error on line 1: unexpected EOF", Options{}},
		{"part that is not there", workbookOf(t, "", map[string]string{"xl/worksheets/sheet1.xml": ""}), `FATAL SYNTAX a.xlsx:1:1: the workbook is damaged: it lacks "xl/worksheets/sheet1.xml"`, Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := read(t, "a.xlsx", c.content, c.options)
			if got := rows[len(rows)-1]; got != c.want {
				t.Errorf("got  %.300s\nwant %s", got, c.want)
			}
		})
	}
}

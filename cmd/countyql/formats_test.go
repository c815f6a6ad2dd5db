package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// figureRow is a row of figures as Parquet has it.
type figureRow struct {
	Region    string  `parquet:"region,dict"`
	Indicator string  `parquet:"indicator,dict"`
	Period    int32   `parquet:"period,date"`
	Value     float64 `parquet:"value"`
	Source    string  `parquet:"source"`
	Note      *string `parquet:"note,optional"`
}

// write writes a CSV file of figures in another format, encoding or compression: write parquet figures.csv figures.parquet.
func write(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[1])
	var out bytes.Buffer
	var err error
	switch args[0] {
	case "gzip":
		w := gzip.NewWriter(&out)
		_, err = io.WriteString(w, text)
		err = errors.Join(err, w.Close())
	case "zstd":
		var w *zstd.Encoder
		w, err = zstd.NewWriter(&out)
		ts.Check(err)
		_, err = io.WriteString(w, text)
		err = errors.Join(err, w.Close())
	case "utf-16le":
		err = binary.Write(&out, binary.LittleEndian, utf16.Encode([]rune("\uFEFF"+text)))
	case "utf-16be":
		err = binary.Write(&out, binary.BigEndian, utf16.Encode([]rune(text)))
	case "utf-8-bom":
		out.WriteString("\uFEFF" + text)
	case "gb18030":
		text, err = simplifiedchinese.GB18030.NewEncoder().String(text)
		out.WriteString(text)
	case "cut":
		out.WriteString(text[:len(text)/2])
	default:
		writeRecords(ts, &out, args[0], text)
	}
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o600))
}

func writeRecords(ts *testscript.TestScript, out io.Writer, format, text string) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	ts.Check(err)
	var objects []map[string]any
	for _, record := range records[1:] {
		object := make(map[string]any)
		for i, cell := range record {
			object[records[0][i]] = cell
			if records[0][i] == "value" {
				object["value"] = json.Number(cell)
			} else if cell == "" {
				object[records[0][i]] = nil
			}
		}
		objects = append(objects, object)
	}
	switch format {
	case "tsv":
		w := csv.NewWriter(out)
		w.Comma = '\t'
		ts.Check(w.WriteAll(records))
	case "json":
		ts.Check(json.NewEncoder(out).Encode(map[string]any{"data": objects}))
	case "ndjson":
		for _, object := range objects {
			ts.Check(json.NewEncoder(out).Encode(object))
		}
	case "parquet":
		var rows []figureRow
		for _, record := range records[1:] {
			row := figureRow{Region: record[0], Indicator: record[1], Source: record[4]}
			_, err := fmt.Sscanf(record[3], "%g", &row.Value)
			ts.Check(err)
			var day int32
			_, err = fmt.Sscanf(record[2], "2020-04-%d", &day)
			ts.Check(err)
			row.Period = 18352 + day // days since 1970
			if record[5] != "" {
				row.Note = &record[5]
			}
			rows = append(rows, row)
		}
		ts.Check(parquet.Write(out, rows, parquet.Compression(&parquet.Snappy)))
	case "xlsx":
		ts.Check(writeWorkbook(out, records))
	default:
		ts.Fatalf("there is no format %s", format)
	}
}

// writeWorkbook writes a workbook with one sheet of texts, and of numbers where a cell is one.
func writeWorkbook(out io.Writer, records [][]string) error {
	const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var sheet strings.Builder
	for _, record := range records {
		sheet.WriteString("<row>")
		for _, cell := range record {
			if json.Valid([]byte(cell)) {
				fmt.Fprintf(&sheet, "<c><v>%s</v></c>", cell)
			} else {
				fmt.Fprintf(&sheet, `<c t="inlineStr"><is><t>%s</t></is></c>`, cell)
			}
		}
		sheet.WriteString("</row>")
	}
	w := zip.NewWriter(out)
	for name, text := range map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="` + relations + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="` + relations + `/worksheet" Target="sheet.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="` + relations + `"><sheets><sheet name="figures" r:id="a"/></sheets></workbook>`,
		"xl/sheet.xml":               "<worksheet><sheetData>" + sheet.String() + "</sheetData></worksheet>",
	} {
		part, err := w.Create(name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, text); err != nil {
			return err
		}
	}
	return w.Close()
}

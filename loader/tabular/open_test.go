package tabular

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// readAll returns a table's rows, its cells joined by bars and its malformed rows as errors; the names of the columns come first
// where the format names them.
func readAll(t Table) (rows []string, err error) {
	if columns := t.Columns(); columns != nil {
		rows = append(rows, strings.Join(columns, "|"))
	}
	for {
		row, err := t.Next()
		var m *Malformed
		switch {
		case err == nil:
			rows = append(rows, strings.Join(row, "|"))
		case errors.Is(err, io.EOF):
			return rows, nil
		case errors.As(err, &m):
			rows = append(rows, describe(m))
		default:
			return rows, err
		}
	}
}

func describe(m *Malformed) string {
	text := m.Code + " " + m.Error()
	if m.Fatal {
		text = "FATAL " + text
	}
	return text
}

// read opens text as a file and reads it; what Open refuses is the only row.
func read(t *testing.T, name, text string, o Options) []string {
	t.Helper()
	f, err := Open(name, strings.NewReader(text), o)
	var m *Malformed
	if errors.As(err, &m) {
		return []string{describe(m)}
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return rows
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// inUTF16 writes text as UTF-16, with a byte order mark if the text has one.
func inUTF16(text string, big bool) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		if big {
			b = append(b, byte(unit>>8), byte(unit))
		} else {
			b = append(b, byte(unit), byte(unit>>8))
		}
	}
	return string(b)
}

func inGB18030(t *testing.T, text string) string {
	t.Helper()
	encoded, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

const (
	sample = "region,name\n370105,天桥区\n370124,平阴县\n"
	// late is text whose first byte beyond ASCII comes behind what is looked at when a file is opened.
	lateRows = 100_000
)

// The same table is read from every encoding and compression, however it comes in pieces.
func TestEncodingsAndCompressions(t *testing.T) {
	late := "region,name\n" + strings.Repeat("370105,Tianqiao\n", lateRows)
	for _, c := range []struct {
		name, content, encoding, compression string
		options                              Options
	}{
		{"plain", sample, "UTF-8", "", Options{}},
		{"marked", byteOrderMark + sample, "UTF-8", "", Options{}},
		{"gzip", gzipped(t, sample), "UTF-8", "gzip", Options{}},
		{"gzip of two members", gzipped(t, sample[:20]) + gzipped(t, sample[20:]), "UTF-8", "gzip", Options{}},
		{"zstd", zstandard(t, sample), "UTF-8", "zstd", Options{}},
		{"UTF-16LE marked", inUTF16(byteOrderMark+sample, false), "UTF-16LE", "", Options{}},
		{"UTF-16BE marked", inUTF16(byteOrderMark+sample, true), "UTF-16BE", "", Options{}},
		{"UTF-16LE", inUTF16(sample, false), "UTF-16LE", "", Options{}},
		{"UTF-16BE", inUTF16(sample, true), "UTF-16BE", "", Options{}},
		{"UTF-16 asked for", inUTF16(sample, true), "UTF-16BE", "", Options{Encoding: "utf-16"}},
		{"GB18030", inGB18030(t, sample), "GB18030", "", Options{}},
		{"GBK asked for", inGB18030(t, sample), "GB18030", "", Options{Encoding: "GBK"}},
		{"GB18030 in zstd", zstandard(t, inGB18030(t, sample)), "GB18030", "zstd", Options{}},
		{"Big5 asked for", "region,name\n370105,\xa4\xd1\xbe\xf4\xb0\xcf\n370124,\xa5\xad\xb3\xb1\xbf\xa4\n", "big5", "", Options{Encoding: "Big5"}},
		{"GB18030 late", inGB18030(t, late+"370105,天桥区\n370124,平阴县\n"), "GB18030", "", Options{}},
		{"UTF-8 late", late + "370105,天桥区\n370124,平阴县\n", "UTF-8", "", Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, reader := range []io.Reader{strings.NewReader(c.content), iotest.HalfReader(strings.NewReader(c.content)), iotest.DataErrReader(strings.NewReader(c.content))} {
				f, err := Open("figures.csv", reader, c.options)
				if err != nil {
					t.Fatal(err)
				}
				rows, err := readAll(f)
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasSuffix(c.name, "late") {
					rows = append(rows[:1], rows[1+lateRows:]...)
				}
				got := strings.ReplaceAll(strings.ReplaceAll(strings.Join(rows, "\n")+"\n", "|", ","), "橋區", "桥区")
				if want := sample; got != want && c.encoding != "big5" {
					t.Errorf("got %q", got)
				}
				if f.Encoding() != c.encoding || f.Compression() != c.compression || f.Format() != CSV || f.Bytes() != int64(len(c.content)) || !f.Sound() {
					t.Errorf("read as %s %s %s, %d of %d bytes", f.Format(), f.Encoding(), f.Compression(), f.Bytes(), len(c.content))
				}
			}
		})
	}
}

func TestDamage(t *testing.T) {
	packed := gzipped(t, sample)
	frame := zstandard(t, sample)
	flip := func(text string, at int) string {
		b := []byte(text)
		b[at] ^= 0xFF
		return string(b)
	}
	for _, c := range []struct {
		name, file, content string
		options             Options
		want                string // the last row
	}{
		{"gzip cut off", "a.csv", packed[:len(packed)-10], Options{}, "FATAL SYNTAX a.csv:4:1: the gzip data ends too early"},
		{"gzip cut off in its header", "a.csv", packed[:5], Options{}, "FATAL SYNTAX a.csv:1:1: the gzip data ends too early"},
		{"gzip checksum", "a.csv", flip(packed, len(packed)-6), Options{}, "FATAL SYNTAX a.csv:4:1: the gzip data has a wrong checksum"},
		{"gzip with more behind", "a.csv", packed + "more, and more", Options{}, "FATAL SYNTAX a.csv:4:1: there is something else behind the gzip data"},
		{"zstd cut off", "a.csv", frame[:len(frame)-6], Options{}, "FATAL SYNTAX a.csv:1:1: the zstd data ends too early"},
		{"zstd checksum", "a.csv", flip(frame, len(frame)-1), Options{}, "FATAL SYNTAX a.csv:1:1: the zstd data has a wrong checksum"},
		{"zstd with more behind", "a.csv", frame + "more", Options{}, "FATAL SYNTAX a.csv:4:1: there is something else behind the zstd data"},
		{"compressed twice", "a.csv", gzipped(t, packed), Options{}, "FATAL SYNTAX a.csv:1:1: the file should be csv, and its content is a compressed file inside a compressed file"},
		{"bomb", "a.csv", gzipped(t, strings.Repeat(strings.Repeat("a", 1<<15)+",b\n", 3000)), Options{}, "FATAL LIMIT a.csv:2049:1: decompressed to compressed bytes exceeds the limit decompressed_ratio of 200"},
		{"long", "a.csv", packed, Options{Limits: Limits{DecompressedBytes: 20}}, "FATAL LIMIT a.csv:4:1: the decompressed content exceeds the limit decompressed_bytes of 20"},
		{"Parquet named CSV", "a.csv", "PAR1....", Options{}, "FATAL SYNTAX a.csv:1:1: the file should be csv, and its content is a Parquet file"},
		{"workbook named CSV", "a.csv", "PK\x03\x04....", Options{}, "FATAL SYNTAX a.csv:1:1: the file should be csv, and its content is a ZIP archive or an Excel workbook"},
		{"old workbook", "a.xlsx", "\xD0\xCF\x11\xE0....", Options{}, "FATAL SYNTAX a.xlsx:1:1: the content is an old or encrypted Excel workbook"},
		{"CSV named workbook", "a.xlsx", sample, Options{}, "FATAL SYNTAX a.xlsx:1:1: the content is no Excel workbook"},
		{"CSV named Parquet", "a.parquet", sample, Options{}, "FATAL SYNTAX a.parquet:1:1: the content is no Parquet file"},
		{"UTF-16 where UTF-8 is said", "a.csv", inUTF16(byteOrderMark+sample, true), Options{Encoding: "UTF-8"}, "FATAL ENCODING a.csv:1:1: the file is not UTF-8: it is UTF-16BE"},
		{"UTF-8 where UTF-16 is said", "a.csv", sample, Options{Encoding: "utf-16"}, "FATAL ENCODING a.csv:1:1: the file is not recognised as UTF-16"},
		{"no encoding", "a.csv", sample, Options{Encoding: "utf-7"}, `FATAL ENCODING a.csv:1:1: there is no encoding "utf-7"`},
		{"half a surrogate pair", "a.csv", inUTF16("a,b\n1,", false) + "\x00\xd8" + inUTF16("\n", false), Options{}, "FATAL ENCODING a.csv:2:3: there are bytes here that are not UTF-16LE"},
		{"half a character", "a.csv", inUTF16("a,b\n1,天", false) + "x", Options{}, "FATAL ENCODING a.csv:2:4: there are bytes here that are not UTF-16LE"},
		{"not the GB18030 that was said", "a.csv", inGB18030(t, "a,b\n天,") + "\xFF\n", Options{Encoding: "gb18030"}, "FATAL ENCODING a.csv:2:3: there are bytes here that are not GB18030"},
		{"GB18030 that ends", "a.csv", inGB18030(t, "a,b\n"+strings.Repeat("天,桥\n", 100_000)) + "\xFF,1\n", Options{}, "FATAL ENCODING a.csv:100002:1: there are bytes here that are not GB18030"},
		// What is neither is passed on, for each cell to be found.
		{"neither", "a.csv", "a,b\nK\xf6ln,\xff\n", Options{}, "K\xf6ln|\xff"},
		{"Latin", "a.csv", "a,b\nK\xf6ln,M\xfcnster\n", Options{}, "K\xf6ln|M\xfcnster"},
		{"damaged UTF-8", "a.csv", "a,b\n天\xcc桥,平阴\n", Options{}, "天\xcc桥|平阴"},
		{"row", "a.csv", strings.Repeat("a,", 700_000), Options{}, "FATAL LIMIT a.csv:1:1: the row, from here to where it ends, exceeds the limit row_bytes of 1048576"},
		{"columns", "a.csv", "a\n" + strings.Repeat(",", 4096) + "\n", Options{}, "FATAL LIMIT a.csv:2:1: the number of cells in the row exceeds the limit columns of 4096"},
		{"cell", "a.csv", "a,b\nc," + strings.Repeat("a", 65_537) + "\n", Options{}, "LIMIT a.csv:2:3: the cell exceeds the limit cell_bytes of 65536"},
		{"stray quote", "a.csv", "a,b\nc,d\"e\n", Options{}, `SYNTAX a.csv:2:4: bare " in non-quoted-field`},
		{"unclosed quote", "a.csv", "a,b\n\"c\nd", Options{}, `FATAL SYNTAX a.csv:2:1: extraneous or missing " in quoted-field`},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := read(t, c.file, c.content, c.options)
			if got := rows[len(rows)-1]; got != c.want {
				t.Errorf("got  %.300s\nwant %s", got, c.want)
			}
		})
	}
}

// An error of reading is passed on as it is.
func TestReadErrors(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, content := range []string{sample, gzipped(t, sample), zstandard(t, sample), inGB18030(t, sample), inUTF16(sample, true)} {
		for _, n := range []int{0, 3, 30} {
			f, err := Open("a.csv", io.MultiReader(strings.NewReader(content[:n]), iotest.ErrReader(broken)), Options{})
			if err == nil {
				_, err = readAll(f)
			}
			if !errors.Is(err, broken) {
				t.Errorf("after %d bytes: %v", n, err)
			}
		}
	}
}

func TestDelimiters(t *testing.T) {
	for _, c := range []struct {
		name, text string
		delimiter  rune
		want       string
	}{
		{"a.tsv", "a\tb\n\"c\td\"\te,f\n", 0, "c\td|e,f"},
		{"a.csv", "a;b\nc;d,e\n", ';', "c|d,e"},
		{"a.csv", "a;b\nc;d,e\n", SniffDelimiter, "c|d,e"},
		{"a.csv", "a|b\n1|2\n", SniffDelimiter, "1|2"},
		{"a.csv", "a\tb\n1,5\t2,5\n", SniffDelimiter, "1,5|2,5"},
		{"a.csv", "a,b\n\"1;2\",2\n", SniffDelimiter, "1;2|2"},
		{"a.csv", "alone\n1\n", SniffDelimiter, "1"},
		{"a.csv", "a;b\n1;2\n", 0, "1;2"},
	} {
		rows := read(t, c.name, c.text, Options{Delimiter: c.delimiter})
		if got := rows[len(rows)-1]; got != c.want {
			t.Errorf("%q by %q: got %q, want %q", c.text, c.delimiter, got, c.want)
		}
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string]string{
		"units.csv": "units csv", "data/units.CSV.gz": "units csv", "units.2020.parquet": "units.2020 parquet", "a.jsonl.zst": "a ndjson",
		"-": "- ", "figures": "figures ", "figures.txt": "figures.txt ", `c:\data\regions.xlsx`: "regions xlsx",
	} {
		base, format := SplitName(name)
		if got := fmt.Sprintf("%s %s", base, format); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{sample, "a,\"b\nc\"\n", inUTF16(sample, false), "a\n\xcc\xec\xc7\xc5\n", "\x1f\x8b", byteOrderMark, "\"", "a\r\n\r\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkTable(t, "a.csv", text) })
}

// checkTable reads a text as a file: whatever it holds, reading ends, what is wrong has a place and a message, and every cell a
// place in the file that does not lie before that of the row.
func checkTable(t *testing.T, name, text string) {
	file, err := Open(name, strings.NewReader(text), Options{Limits: Limits{RowBytes: 4096, HeaderBytes: 1 << 16, DecompressedBytes: 1 << 20}})
	for {
		var row []string
		if err == nil {
			row, err = file.Next()
		}
		var m *Malformed
		switch {
		case errors.As(err, &m):
			if m.Place.File != name || m.Place.Line < 1 || m.Place.Column < 0 || m.Message == "" || m.Code == "" {
				t.Fatalf("%+v", m)
			}
		case errors.Is(err, io.EOF):
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			return
		case err != nil:
			t.Fatalf("%v", err)
		}
		if file == nil {
			return
		}
		err = nil
		start := file.Place(-1)
		for i := range row {
			if p := file.Place(i); p.File != name || p.Line < start.Line || p.Column < 1 || p.Line > strings.Count(text, "\n")+1 && file.Compression() == "" && name == "a.csv" && file.Encoding() == "UTF-8" {
				t.Fatalf("cell %d at %+v, row at %+v", i, p, start)
			}
		}
	}
}

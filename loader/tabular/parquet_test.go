package tabular

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

type parquetRow struct {
	Region  string    `parquet:"region,dict"`
	Note    *string   `parquet:"note,optional"`
	Count   int64     `parquet:"count"`
	Small   uint8     `parquet:"small"`
	Value   float64   `parquet:"value"`
	Float   float32   `parquet:"float"`
	Yes     bool      `parquet:"yes"`
	Day     int32     `parquet:"day,date"`
	Moment  time.Time `parquet:"moment,timestamp(microsecond)"`
	Amount  int64     `parquet:"amount,decimal(2:18)"`
	Amount4 int32     `parquet:"amount4,decimal(4:9)"`
}

func parquetFile[T any](t *testing.T, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	if err := parquet.Write(&b, rows, options...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var parquetRows = []parquetRow{
	{"370105", nil, 1 << 60, 255, 0.1, 0.1, true, 18351, time.Date(2020, 3, 30, 0, 0, 0, 0, time.UTC), 1050, -5},
	{"天桥", new(string), -7, 0, 1e21, 2.5, false, -1, time.Date(1969, 7, 20, 20, 17, 40, 500, time.UTC), -123456, 10000},
}

func TestParquet(t *testing.T) {
	want := []string{
		"region|note|count|small|value|float|yes|day|moment|amount|amount4",
		"370105||1152921504606846976|255|0.1|0.1|true|2020-03-30|2020-03-30|10.50|-0.0005",
		"天桥||-7|0|1000000000000000000000|2.5|false|1969-12-31|1969-07-20T20:17:40|-1234.56|1.0000",
	}
	for name, options := range map[string][]parquet.WriterOption{
		"plain": nil, "snappy": {parquet.Compression(&parquet.Snappy)}, "gzip": {parquet.Compression(&parquet.Gzip)},
		"zstd": {parquet.Compression(&parquet.Zstd)}, "version 1": {parquet.DataPageVersion(1)}, "groups": {parquet.MaxRowsPerRowGroup(1)},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, read(t, "a.parquet", parquetFile(t, parquetRows, options...), Options{}), want...)
		})
	}
	t.Run("in place", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a.parquet")
		content := parquetFile(t, parquetRows)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		f, err := Open(path, file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := readAll(f)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, rows, want...)
		if f.Bytes() != int64(len(content)) || len(f.SHA256()) != 64 || !f.Sound() || f.Encoding() != "" {
			t.Errorf("%d bytes read", f.Bytes())
		}
		if p := f.Place(1); p != (Place{path, 2, 2}) {
			t.Errorf("place %+v", p)
		}
	})
	t.Run("compressed", func(t *testing.T) {
		expect(t, read(t, "-", gzipped(t, parquetFile(t, parquetRows)), Options{}), want...)
	})
}

func TestParquetProblems(t *testing.T) {
	type value struct {
		Value float64 `parquet:"value"`
	}
	good := parquetFile(t, parquetRows)
	flip := func(at int) string {
		b := []byte(good)
		b[at] ^= 0xFF
		return string(b)
	}
	long := []byte(good)
	binary.LittleEndian.PutUint32(long[len(long)-8:], 1<<31)
	for _, c := range []struct{ name, content, want string }{
		{"list", parquetFile(t, []struct{ A []int32 }{{[]int32{1}}}), `FATAL COLUMN a.parquet:1:1: column "A" is nested`},
		{"group", parquetFile(t, []struct{ A struct{ B int32 } }{{}}), `FATAL COLUMN a.parquet:1:1: column "A" is nested`},
		{"NaN", parquetFile(t, []value{{math.NaN()}, {1}}), "SYNTAX a.parquet:1:1: NaN is not a value that can be read"},
		{"infinite", parquetFile(t, []value{{math.Inf(1)}}), "SYNTAX a.parquet:1:1: +Inf is not a value that can be read"},
		{"cut off", good[:len(good)-3], "FATAL SYNTAX a.parquet:1:1: the Parquet file has no end"},
		{"short", "PAR1", "FATAL SYNTAX a.parquet:1:1: the content is no Parquet file"},
		{"footer beyond the file", string(long), "FATAL SYNTAX a.parquet:1:1: the Parquet data is damaged: its footer is longer than the file"},
		{"footer", flip(len(good) - 20), "FATAL SYNTAX a.parquet:1:1: the Parquet data is damaged: "},
		{
			"LZ4", parquetFile(t, parquetRows, parquet.Compression(&parquet.Lz4Raw)),
			"FATAL SYNTAX a.parquet:1:1: the Parquet file is compressed by LZ4_RAW, which is not read",
		},
		{"page header", flip(4), "FATAL SYNTAX a.parquet:1:1: the Parquet data is damaged: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := read(t, "a.parquet", c.content, Options{})
			if c.name == "NaN" {
				expect(t, rows, "value", c.want, "1")
			} else if got := rows[len(rows)-1]; !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %.200s\nwant %s", got, c.want)
			}
		})
	}
	expect(t, read(t, "a.parquet", good, Options{Limits: Limits{PageBytes: 10}}), "FATAL LIMIT a.parquet:1:1: a page exceeds the limit page_bytes of 10")
	expect(t, read(t, "a.parquet", good, Options{Limits: Limits{RowGroupBytes: 20}}), "FATAL LIMIT a.parquet:1:1: a column of a row group exceeds the limit row_group_bytes of 20")
	expect(t, read(t, "a.parquet", good, Options{Limits: Limits{HeaderBytes: 20}}), "FATAL LIMIT a.parquet:1:1: the footer exceeds the limit header_bytes of 20")
	// Wherever a byte is wrong, reading ends, with an error or without.
	for at := 4; at < len(good); at += 11 {
		read(t, "a.parquet", flip(at), Options{})
	}
}

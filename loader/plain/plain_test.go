package plain

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// read reads a text in blocks of a size.
func read(text string, columns, size int) ([][]string, error) {
	var rows [][]string
	blocks, reader := NewBlocks(strings.NewReader(text)), NewRows(columns)
	buffer := make([]byte, size)
	for {
		block, err := blocks.Next(buffer)
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		reader.Reset(block)
		for {
			cells, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return rows, err
			}
			row := make([]string, len(cells))
			for i := range cells {
				row[i] = string(cells[i])
			}
			rows = append(rows, row)
		}
	}
}

// Texts of two columns that must be read.
func TestRows(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"\n\r\n\n":               "",
		"a,b":                    "a|b",
		"a,b\n":                  "a|b",
		"a,b\r\nc,d\r\n":         "a|b c|d",
		"\na,b\n\r\n\nc,d\n\n":   "a|b c|d",
		",\n":                    "|",
		"\"a\",\"b\"\n":          "a|b",
		"\"a\"\"\"\"\",\"\"\n":   "a\"\"|",
		"\"a,\",\"b\"\r\n":       "a,|b",
		"a,\"b\"":                "a|b",
		"a\r,b\n":                "a\r|b",
		"近,\"近\"\n":              "近|近",
		"a,\"x\"\"y\"\nb,\"\"\n": "a|x\"y b|",
	} {
		for size := 12; size < 40; size++ {
			rows, err := read(text, 2, size)
			var lines []string
			for _, row := range rows {
				lines = append(lines, strings.Join(row, "|"))
			}
			if got := strings.Join(lines, " "); got != want || err != nil {
				t.Errorf("%q in blocks of %d bytes: %q, %v", text, size, got, err)
			}
		}
	}
	for _, text := range []string{"a", "a,b,c", "a,b\r", "a,\"b\n\"", "a\"b,c\n", "\"a\"b,c\n", "\"a,b\n", strings.Repeat("a", 50) + ",b\n"} {
		if rows, err := read(text, 2, 40); !errors.Is(err, ErrUnusual) {
			t.Errorf("%q was read as %q, %v", text, rows, err)
		}
	}
}

// A failing reader's error is passed on.
func TestBlocksFail(t *testing.T) {
	failed := errors.New("the disk is gone")
	blocks := NewBlocks(io.MultiReader(strings.NewReader("a,b\n"), &failing{failed}))
	if _, err := blocks.Next(make([]byte, 100)); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// What is read is what encoding/csv reads.
func FuzzRows(f *testing.F) {
	for _, text := range []string{"a,b\n", "a,\"b\"\"\"\r\n", "\n\na,b", "a,b\r", "\"a\nb\",c", "a\"b,c\n", "\r\n,", "a,\"b\"\r\n,\"\"", "\xff,\x00\n"} {
		f.Add(text, 2, 16)
	}
	f.Fuzz(func(t *testing.T, text string, columns, size int) {
		if columns < 1 || columns > 20 || size < 1 || size > 1<<16 {
			return
		}
		got, err := read(text, columns, size)
		if err != nil {
			if !errors.Is(err, ErrUnusual) {
				t.Fatal(err)
			}
			return
		}
		reader := csv.NewReader(strings.NewReader(text))
		reader.FieldsPerRecord = columns
		want, err := reader.ReadAll()
		if err != nil {
			t.Fatalf("%q was read as %q: %v", text, got, err)
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q was read as %q, not %q", text, got, want)
		}
	})
}

// What is read as a decimal number is what strconv reads, also multiplied.
func FuzzDecimal(f *testing.F) {
	for _, text := range []string{"0", "-0", "12", "-0.50", "123456789012345", "0.00000000000001", "1.", ".5", "+1", "1e5", "99999999999999.9"} {
		f.Add([]byte(text), int64(10_000))
	}
	f.Fuzz(func(t *testing.T, text []byte, factor int64) {
		before := bytes.Clone(text)
		d, ok := ParseDecimal(text)
		if !bytes.Equal(before, text) {
			t.Fatalf("%q was changed", before)
		}
		if !ok {
			return
		}
		want, err := strconv.ParseFloat(string(text), 64)
		if got := d.Float(); err != nil || got != want {
			t.Fatalf("%q was read as %v, not %v, %v", text, got, want, err)
		}
		got, ok := d.Times(factor)
		if !ok {
			return
		}
		exact, _ := new(big.Rat).SetString(string(text))
		want, _ = exact.Mul(exact, new(big.Rat).SetInt64(factor)).Float64()
		if got != want || math.IsInf(got, 0) {
			t.Fatalf("%q times %d is %v, not %v", text, factor, got, want)
		}
	})
}

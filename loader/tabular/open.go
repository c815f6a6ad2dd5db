package tabular

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"regexp"

	"golang.org/x/text/encoding/charmap"
)

// File is a table in a file.
type File struct {
	name        string
	format      Format
	compression string
	raw         *meter
	text        *decoder // nil where the format is not text
	content     *bufio.Reader
	limits      Limits
	table       Table
	closers     []func() error
	ended       error
	sound       bool
}

var _ Table = (*File)(nil)

// Open begins to read a table. The name is what places call the file; its ending may say the format. The caller closes the File
// first and then r. If r is a regular file, Parquet and workbooks are read in place; from anything else they are copied to a
// temporary file first. What is wrong with the content is a *Malformed; any other error is one of reading.
func Open(name string, r io.Reader, o Options) (*File, error) {
	f := &File{name: name, raw: newMeter(r), limits: o.Limits.withDefaults()}
	if err := f.open(r, o); err != nil {
		return nil, errors.Join(at(err, 1, 1), f.Close())
	}
	return f, nil
}

func (f *File) open(r io.Reader, o Options) error {
	f.content = bufio.NewReaderSize(f.raw, window)
	start := peek(f.content, 16)
	if f.compression = compression(start); f.compression != "" {
		d, err := newDecompressor(f.name, f.compression, f.content, f.raw, f.limits)
		if err != nil {
			return err
		}
		f.closers = append(f.closers, d.close)
		f.content = bufio.NewReaderSize(d, window)
	}
	start = peek(f.content, 4096)
	f.format = o.Format
	if f.format == "" {
		_, f.format = SplitName(f.name)
	}
	if f.format == "" {
		f.format = formatOf(start)
	}
	if err := f.contradiction(start); err != nil {
		return err
	}
	switch f.format {
	case CSV, TSV:
		return f.openText(o, func() (Table, error) {
			return newCSV(f.name, f.text, o.delimiter(f.format, start), f.limits), nil
		})
	case JSON:
		return f.openText(o, func() (Table, error) {
			objects, err := newArray(f.name, f.text, f.limits)
			if err != nil {
				return nil, err
			}
			return newJSON(f.name, objects, o.Columns)
		})
	case NDJSON:
		return f.openText(o, func() (Table, error) {
			return newJSON(f.name, newLines(f.name, f.text, f.limits), o.Columns)
		})
	case PX:
		if o.Encoding == "" {
			o.Encoding = pxEncoding(start)
		}
		return f.openText(o, func() (Table, error) {
			f.text.legacy = charmap.Windows1252
			return newPX(f.name, f.text, f.limits)
		})
	case Parquet:
		return f.openRandom(r, func(content io.ReaderAt, size int64) (Table, error) {
			return newParquet(f.name, content, size, f.limits)
		})
	case XLSX:
		return f.openRandom(r, func(content io.ReaderAt, size int64) (Table, error) {
			book, err := openWorkbook(f.name, content, size, f.limits)
			if err != nil {
				return nil, err
			}
			sheet, err := book.sheet(o.Sheet)
			if err != nil {
				return nil, err
			}
			return newSheet(book, sheet, o.FillMerged, f.limits)
		})
	}
	return broken(f.name, CodeSyntax, "", "there is no format %q", cut(string(f.format)))
}

// peek returns the first bytes, fewer if there are no more or reading fails: whoever reads on gets the error.
func peek(r *bufio.Reader, n int) []byte {
	start, _ := r.Peek(n)
	return start
}

func (f *File) openText(o Options, open func() (Table, error)) error {
	var err error
	if f.text, err = newDecoder(f.name, f.content, o.Encoding); err != nil {
		return err
	}
	if f.table, err = open(); err != nil {
		f.table = nil // not one that is no Table
	}
	return err
}

func (f *File) openRandom(r io.Reader, open func(content io.ReaderAt, size int64) (Table, error)) error {
	content, size, err := f.random(r)
	if err != nil {
		return err
	}
	if f.table, err = open(content, size); err != nil {
		f.table = nil // not one that is no Table
	}
	return err
}

func (o *Options) delimiter(format Format, start []byte) rune {
	switch {
	case o.Delimiter == SniffDelimiter:
		return sniffedDelimiter(start)
	case o.Delimiter != 0:
		return o.Delimiter
	case format == TSV:
		return '\t'
	}
	return ','
}

var (
	parquetMagic = []byte("PAR1")
	zipMagic     = []byte("PK\x03\x04")
	oldMagic     = []byte{0xD0, 0xCF, 0x11, 0xE0}
	pxStart      = regexp.MustCompile(`^(?:\x{FEFF}|\xEF\xBB\xBF)?\s*[A-Z][A-Z0-9-]*(?:\[[a-zA-Z-]+\])?(?:\("[^"]*"(?:,"[^"]*")*\))?\s*=\s*(?:"|[0-9]|YES|NO)`)
)

// formatOf recognises a format by the first bytes.
func formatOf(start []byte) Format {
	text := bytes.TrimSpace(bytes.TrimPrefix(start, []byte(byteOrderMark)))
	switch {
	case bytes.HasPrefix(start, parquetMagic):
		return Parquet
	case bytes.HasPrefix(start, zipMagic):
		return XLSX
	case bytes.HasPrefix(text, []byte("[")):
		return JSON
	case bytes.HasPrefix(text, []byte("{")):
		if wrapsArray.Match(text) {
			return JSON
		}
		return NDJSON
	case pxStart.Match(start):
		return PX
	}
	return CSV
}

// wrapsArray recognises an object whose first member is an array.
var wrapsArray = regexp.MustCompile(`^\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[`)

// contradiction is an error if the first bytes are those of another format than the one expected.
func (f *File) contradiction(start []byte) error {
	is := ""
	switch {
	case compression(start) != "":
		is = "a compressed file inside a compressed file"
	case bytes.HasPrefix(start, parquetMagic) && f.format != Parquet:
		is = "a Parquet file"
	case bytes.HasPrefix(start, zipMagic) && f.format != XLSX:
		is = "a ZIP archive or an Excel workbook"
	case bytes.HasPrefix(start, oldMagic):
		return broken(f.name, CodeSyntax, "save it as .xlsx without a password", "the content is an old or encrypted Excel workbook")
	case f.format == Parquet && !bytes.HasPrefix(start, parquetMagic):
		return broken(f.name, CodeSyntax, "", "the content is no Parquet file")
	case f.format == XLSX && !bytes.HasPrefix(start, zipMagic):
		return broken(f.name, CodeSyntax, "", "the content is no Excel workbook")
	}
	if is == "" {
		return nil
	}
	return broken(f.name, CodeSyntax, "give the file the name that fits, such as .csv, .csv.gz, .parquet or .xlsx",
		"the file should be %s, and its content is %s", f.format, is)
}

// Columns returns the names of the columns where the format names them.
func (f *File) Columns() []string { return f.table.Columns() }

// Next returns the next row, and io.EOF when the whole file was read and found to be sound.
func (f *File) Next() ([]string, error) {
	if f.ended != nil {
		return nil, f.ended
	}
	row, err := f.table.Next()
	if err != nil {
		return nil, f.end(err)
	}
	if int64(len(row)) > f.limits.Columns {
		f.ended = io.EOF
		m := over(f.name, "the number of cells in the row", "columns", f.limits.Columns)
		m.Place = f.Place(-1)
		return nil, m
	}
	for i := range row {
		if int64(len(row[i])) > f.limits.CellBytes {
			m := over(f.name, "the cell", "cell_bytes", f.limits.CellBytes)
			m.Place, m.Text, m.Fatal = f.Place(i), cut(row[i]), false
			return nil, m
		}
	}
	return row, nil
}

// end makes sure that what follows the last row is sound too, and that nothing is read behind what is fatal.
func (f *File) end(err error) error {
	var m *Malformed
	switch {
	case errors.As(err, &m) && !m.Fatal:
		return err
	case errors.Is(err, io.EOF):
		if _, copyErr := io.Copy(io.Discard, f.content); copyErr != nil {
			place := f.Place(-1)
			f.ended = io.EOF
			return at(copyErr, max(place.Line, 1), 1)
		}
		f.ended, f.sound = io.EOF, true
	case m != nil:
		f.ended = io.EOF
	default:
		f.ended = err
	}
	return err
}

// Place returns where a cell of the row read last stands.
func (f *File) Place(cell int) Place { return f.table.Place(cell) }

// Close releases what was opened, and leaves the reader that Open was given to the caller.
func (f *File) Close() error {
	var errs []error
	if f.table != nil {
		errs = append(errs, f.table.Close())
	}
	for _, c := range f.closers {
		errs = append(errs, c())
	}
	f.table, f.closers = closed{}, nil
	return errors.Join(errs...)
}

// closed is the table of a closed file.
type closed struct{}

func (closed) Columns() []string       { return nil }
func (closed) Next() ([]string, error) { return nil, io.ErrClosedPipe }
func (closed) Place(int) Place         { return Place{} }
func (closed) Close() error            { return nil }

// Sound reports whether the file was read to its end and nothing in it was fatal.
func (f *File) Sound() bool { return f.sound }

// Format is how the file writes its table.
func (f *File) Format() Format { return f.format }

// Compression is gzip or zstd; empty if the file is not compressed.
func (f *File) Compression() string { return f.compression }

// Encoding is what text is read as: UTF-8, UTF-16LE, UTF-16BE, GB18030 or the one asked for. As long as all text was ASCII it is
// UTF-8. It is empty where the format is not text.
func (f *File) Encoding() string {
	switch {
	case f.text == nil:
		return ""
	case f.text.name == "":
		return encodingUTF8
	}
	return f.text.name
}

// Bytes counts the bytes of the file, as it is stored, that have been read.
func (f *File) Bytes() int64 { return f.raw.bytes }

// SHA256 is the hash of the bytes read, in hexadecimal digits: of the whole file once Next has returned io.EOF.
func (f *File) SHA256() string { return hex.EncodeToString(f.raw.hash.Sum(nil)) }

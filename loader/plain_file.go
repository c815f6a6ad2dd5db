package loader

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/countyql/countyql/loader/plain"
	"github.com/countyql/countyql/loader/tabular"
)

// plainTable reports whether a table may be plain: one file of known length, which can be read again, of our columns, that is
// Parquet or has commas between its cells.
func plainTable(t *table) bool {
	f := t.file
	if len(t.resource.files) != 1 || f.size < 0 || f.rows != tabular.Table(f.file) || f.file.Compression() != "" {
		return false
	}
	switch f.file.Format() {
	case tabular.Parquet:
		return true
	case tabular.CSV:
		return (f.options.Delimiter == 0 || f.options.Delimiter == ',') &&
			(f.options.Encoding == "" || strings.EqualFold(f.options.Encoding, "utf-8"))
	}
	return false
}

// plainFile is a file of figures as the plain path reads it.
type plainFile interface {
	// fill gives a block the next rows. Behind the last ones it returns io.EOF, and any other error for what is not plain.
	fill(b *plainBlock) error
	// bytes counts what was read of the file. Once fill has returned io.EOF, sha256 is the hash of all of it, in hexadecimal digits.
	bytes() int64
	sha256() string
	close()
}

// plainRows gives the cells of the rows of a block, which are valid until the next call, and io.EOF behind the last one.
type plainRows interface {
	Next() ([][]byte, error)
}

func openPlain(t *table) (plainFile, error) {
	if blocks := t.file.file.Blocks(); blocks != nil {
		return &plainParquet{file: t.file.file, blocks: blocks}, nil
	}
	content, err := t.resource.files[0].content()
	if err != nil {
		return nil, err
	}
	f := &plainCSV{table: t, content: content, hash: sha256.New(), first: true}
	f.blocks = plain.NewBlocks(f)
	return f, nil
}

// plainParquet reads the columns of the file that is open.
type plainParquet struct {
	file   *tabular.File
	blocks *tabular.Blocks
}

func (f *plainParquet) fill(b *plainBlock) error {
	b.rows = &b.columns
	return f.blocks.Fill(&b.columns)
}

func (f *plainParquet) bytes() int64   { return f.file.Bytes() }
func (f *plainParquet) sha256() string { return f.file.SHA256() }
func (f *plainParquet) close()         { _ = f.blocks.Close() } // all that could be read was read

// plainCSV reads the text from its start.
type plainCSV struct {
	table   *table
	content io.ReadCloser
	blocks  *plain.Blocks
	hash    hash.Hash
	read    int64
	first   bool // the next block begins with the header
}

// blockSize is the text that is read at once: some thousand rows, which are a batch for the store.
const blockSize = 256 << 10

// Read implements io.Reader.
func (f *plainCSV) Read(p []byte) (int, error) {
	n, err := f.content.Read(p)
	f.hash.Write(p[:n])
	f.read += int64(n)
	return n, err
}

func (f *plainCSV) fill(b *plainBlock) error {
	if b.buffer == nil {
		b.buffer = make([]byte, blockSize)
	}
	text, err := f.blocks.Next(b.buffer)
	if err == nil && f.first {
		text, err = f.skipHeader(text)
		f.first = false
	}
	if err != nil {
		return err
	}
	rows, ok := b.rows.(*plain.Rows)
	if !ok {
		rows = plain.NewRows(len(f.table.checks))
		b.rows = rows
	}
	rows.Reset(text)
	return nil
}

// skipHeader returns what is behind the header, which must be the one that was read before.
func (f *plainCSV) skipHeader(text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	end := bytes.IndexByte(text, '\n') + 1
	if end == 0 {
		end = len(text)
	}
	rows := plain.NewRows(len(f.table.checks))
	rows.Reset(slices.Clone(text[:end]))
	cells, err := rows.Next()
	if err != nil {
		return nil, errCareful // io.EOF too: there was a header
	}
	for name, i := range f.table.columns {
		if string(cells[i]) != name {
			return nil, errCareful
		}
	}
	return text[end:], nil
}

func (f *plainCSV) bytes() int64   { return f.read }
func (f *plainCSV) sha256() string { return hex.EncodeToString(f.hash.Sum(nil)) }
func (f *plainCSV) close()         { _ = f.content.Close() } // it was only read

package tabular

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// parquetTable reads the rows of a Parquet file whose columns hold one value each.
type parquetTable struct {
	file    string
	groups  []parquet.RowGroup
	rows    parquet.Rows // of the row group being read; nil between two
	columns []string
	texts   []valueText
	quick   []quickText
	buffer  []parquet.Row
	read    []parquet.Row // of the buffer, not returned yet
	cells   []string
	record  int
	ended   bool
}

// parquetBatch is how many rows are decoded at once.
const parquetBatch = 256

func newParquet(file string, content io.ReaderAt, size int64, limits Limits) (t *parquetTable, err error) {
	defer damaged(file, &err)
	var tail [8]byte
	if size < int64(len(tail)) {
		return nil, broken(file, CodeSyntax, "", "the content is no Parquet file")
	}
	if _, err := content.ReadAt(tail[:], size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	// The library takes the sizes that a file states as they are.
	switch footer := int64(binary.LittleEndian.Uint32(tail[:])); {
	case string(tail[4:]) != "PAR1":
		return nil, broken(file, CodeSyntax, "the file was cut off or is encrypted: write it again", "the Parquet file has no end")
	case footer > size-int64(len(tail)):
		return nil, broken(file, CodeSyntax, "", "the Parquet data is damaged: its footer is longer than the file")
	case footer > limits.HeaderBytes:
		return nil, over(file, "the footer", "header_bytes", limits.HeaderBytes)
	}
	opened, err := parquet.OpenFile(content, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, broken(file, CodeSyntax, "", "the Parquet data is damaged: %v", err)
	}
	t = &parquetTable{file: file, groups: opened.RowGroups()}
	if err := t.describe(opened.Metadata(), limits); err != nil {
		return nil, err
	}
	if err := checkPages(file, content, size, opened.Metadata(), limits); err != nil {
		return nil, err
	}
	t.cells = make([]string, len(t.columns))
	t.buffer = make([]parquet.Row, parquetBatch)
	return t, nil
}

// damaged turns a panic of the Parquet library, which trusts what a file says about itself, into a Malformed.
func damaged(file string, err *error) {
	if thrown := recover(); thrown != nil {
		*err = broken(file, CodeSyntax, "", "the Parquet data is damaged: %v", thrown)
	}
}

// describe finds the columns and how their values are written as text.
func (t *parquetTable) describe(metadata *format.FileMetaData, limits Limits) error {
	for i := range metadata.Schema {
		if i == 0 {
			continue // the root
		}
		e := &metadata.Schema[i]
		place := Place{t.file, 1, i}
		if e.NumChildren.V > 0 || !e.Type.Valid || e.RepetitionType.V == format.Repeated {
			return &Malformed{
				Place: place, Code: CodeColumn, Text: cut(e.Name), Fatal: true,
				Message: fmt.Sprintf("column %q is nested", cut(e.Name)), Hint: "write a file whose columns hold one value each",
			}
		}
		text, ok := textOf(e)
		if !ok {
			return &Malformed{
				Place: place, Code: CodeColumn, Text: cut(e.Name), Fatal: true,
				Message: fmt.Sprintf("column %q holds values of type %s, which is not read", cut(e.Name), typeName(e)),
				Hint:    "write texts, numbers, booleans, dates or times",
			}
		}
		t.columns = append(t.columns, e.Name)
		t.texts = append(t.texts, text)
		t.quick = append(t.quick, quickTextOf(e))
	}
	if int64(len(t.columns)) > limits.Columns {
		return over(t.file, "the number of columns", "columns", limits.Columns)
	}
	return nil
}

// checkPages looks at the sizes that pages state, before anything makes room for them.
func checkPages(file string, content io.ReaderAt, size int64, metadata *format.FileMetaData, limits Limits) error {
	for _, group := range metadata.RowGroups {
		for _, chunk := range group.Columns {
			m := &chunk.MetaData
			if m.Codec == format.Lz4Raw {
				// The library reads zeros for pages that it makes too little room for at first, and does not end on damaged ones.
				return broken(file, CodeSyntax, "write it with zstd or snappy", "the Parquet file is compressed by %s, which is not read", m.Codec)
			}
			start := m.DataPageOffset
			if m.DictionaryPageOffset > 0 && m.DictionaryPageOffset < start {
				start = m.DictionaryPageOffset
			}
			if start < 0 || m.TotalCompressedSize < 0 || m.TotalCompressedSize > size-start {
				return broken(file, CodeSyntax, "", "the Parquet data is damaged: a column lies outside the file")
			}
			if m.TotalUncompressedSize > limits.RowGroupBytes {
				return over(file, "a column of a row group", "row_group_bytes", limits.RowGroupBytes)
			}
			if err := checkChunk(file, content, start, start+m.TotalCompressedSize, limits); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkChunk(file string, content io.ReaderAt, from, to int64, limits Limits) error {
	var protocol thrift.CompactProtocol
	var total int64
	for from < to {
		section := &countingReader{source: io.NewSectionReader(content, from, to-from)}
		buffered := bufio.NewReaderSize(section, 512)
		var header format.PageHeader
		if err := thrift.NewDecoder(protocol.NewReader(buffered)).Decode(&header); err != nil {
			return broken(file, CodeSyntax, "", "the Parquet data is damaged: %v", err)
		}
		total += int64(header.UncompressedPageSize)
		switch {
		case header.UncompressedPageSize < 0 || header.CompressedPageSize < 0:
			return broken(file, CodeSyntax, "", "the Parquet data is damaged: a page has a negative size")
		case int64(header.UncompressedPageSize) > limits.PageBytes:
			return over(file, "a page", "page_bytes", limits.PageBytes)
		case total > limits.RowGroupBytes:
			return over(file, "a column of a row group", "row_group_bytes", limits.RowGroupBytes)
		}
		from += section.bytes - int64(buffered.Buffered()) + int64(header.CompressedPageSize)
	}
	return nil
}

type countingReader struct {
	source io.Reader
	bytes  int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.source.Read(p)
	r.bytes += int64(n)
	return n, err
}

func (t *parquetTable) Columns() []string { return t.columns }

func (t *parquetTable) Next() (row []string, err error) {
	if t.ended {
		return nil, io.EOF
	}
	defer func() {
		var m *Malformed
		if errors.As(err, &m) && m.Fatal {
			t.ended = true
			err = at(err, max(t.record, 1), 1)
		}
	}()
	defer damaged(t.file, &err)
	for len(t.read) == 0 {
		if err := t.fill(); err != nil {
			return nil, err
		}
	}
	values := t.read[0]
	t.read = t.read[1:]
	t.record++
	if len(values) != len(t.columns) {
		return nil, broken(t.file, CodeSyntax, "", "the Parquet data is damaged: the row has %d values", len(values))
	}
	for i := range values {
		t.cells[i] = ""
		if values[i].IsNull() {
			continue
		}
		var ok bool
		if t.cells[i], ok = t.texts[i](values[i]); !ok {
			return nil, &Malformed{
				Place: t.Place(i), Code: CodeSyntax, Text: cut(values[i].String()), Message: fmt.Sprintf("%s is not a value that can be read", cut(values[i].String())),
				Hint: "write null where there is no value",
			}
		}
	}
	return t.cells, nil
}

// fill decodes more rows.
func (t *parquetTable) fill() error {
	if t.rows == nil {
		if len(t.groups) == 0 {
			return io.EOF
		}
		t.rows, t.groups = t.groups[0].Rows(), t.groups[1:]
	}
	n, err := t.rows.ReadRows(t.buffer)
	t.read = t.buffer[:n]
	switch {
	case errors.Is(err, io.EOF):
		err = t.rows.Close()
		t.rows = nil
	case err == nil && n == 0:
		err = io.ErrNoProgress
	}
	if err != nil {
		return broken(t.file, CodeSyntax, "", "the Parquet data is damaged: %v", err)
	}
	return nil
}

func (t *parquetTable) Place(cell int) Place {
	return Place{t.file, max(t.record, 1), max(cell+1, 1)}
}

func (t *parquetTable) Close() (err error) {
	defer damaged(t.file, &err)
	if t.rows == nil {
		return nil
	}
	return t.rows.Close()
}

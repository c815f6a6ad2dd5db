package loader

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"unicode/utf8"
)

const byteOrderMark = "\uFEFF"

// recorder passes a file on to the CSV reader. It hashes and counts the bytes, and keeps those of the record being
// read, because the reader gives positions in bytes and people count characters.
type recorder struct {
	source *bufio.Reader
	hash   hash.Hash
	bytes  int64
	kept   []byte
	offset int64 // the reader's offset of kept[0]
	line   int   // the line kept[0] is in
}

func newRecorder(file io.Reader) *recorder {
	r := &recorder{hash: sha256.New(), line: 1}
	r.source = bufio.NewReader(io.TeeReader(file, r.hash))
	return r
}

// skipByteOrderMark drops the mark from what the reader sees, so that it is not taken for a part of the first column.
func (r *recorder) skipByteOrderMark() error {
	source := r.source
	start, err := source.Peek(len(byteOrderMark))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(start) == byteOrderMark {
		n, err := source.Discard(len(byteOrderMark))
		r.bytes += int64(n)
		return err
	}
	return nil
}

// Read implements io.Reader.
func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.source.Read(p)
	r.bytes += int64(n)
	r.kept = append(r.kept, p[:n]...)
	return n, err
}

// forget drops what stands before an offset of the reader.
func (r *recorder) forget(offset int64) {
	n := int(offset - r.offset)
	r.line += bytes.Count(r.kept[:n], []byte{'\n'})
	r.kept = r.kept[n:]
	r.offset = offset
}

// characters turns a byte column of a kept line, from 1, into a character column.
func (r *recorder) characters(line, column int) int {
	text := r.kept
	for n := r.line; n < line; n++ {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return column
		}
		text = text[end+1:]
	}
	return utf8.RuneCount(text[:min(max(column-1, 0), len(text))]) + 1
}

package tabular

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

var (
	gzipMagic = []byte{0x1F, 0x8B}
	zstdMagic = []byte{0x28, 0xB5, 0x2F, 0xFD}
)

// ratioFrom is how many decompressed bytes are passed before their ratio to the compressed ones counts: small files of repeated
// rows compress far better than any large one.
const ratioFrom = 64 << 20

// compression names what the first bytes of a file show it to be compressed with; empty if nothing.
func compression(start []byte) string {
	switch {
	case bytes.HasPrefix(start, gzipMagic):
		return "gzip"
	case bytes.HasPrefix(start, zstdMagic):
		return "zstd"
	}
	return ""
}

// decompressor passes on what a compressed file holds, within limits. Whatever is wrong with the compression is a Malformed.
type decompressor struct {
	file   string
	kind   string
	source io.Reader
	raw    *meter
	limits Limits
	bytes  int64
	err    error
	close  func() error
}

func newDecompressor(file, kind string, source *bufio.Reader, raw *meter, limits Limits) (*decompressor, error) {
	d := &decompressor{file: file, kind: kind, raw: raw, limits: limits}
	switch kind {
	case "gzip":
		decoder, err := gzip.NewReader(source)
		if err != nil {
			return nil, d.wrap(err)
		}
		d.source, d.close = decoder, func() error { return nil } // its Close only repeats what reading said
	default:
		decoder, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, d.wrap(err)
		}
		d.source, d.close = decoder, func() error { decoder.Close(); return nil }
	}
	return d, nil
}

// Read implements io.Reader.
func (d *decompressor) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.source.Read(p)
	d.bytes += int64(n)
	switch {
	case d.bytes > d.limits.DecompressedBytes:
		err = over(d.file, "the decompressed content", "decompressed_bytes", d.limits.DecompressedBytes)
	case d.bytes > ratioFrom && d.bytes/d.limits.DecompressedRatio > d.raw.bytes:
		err = over(d.file, "decompressed to compressed bytes", "decompressed_ratio", d.limits.DecompressedRatio)
	case err != nil && !errors.Is(err, io.EOF):
		err = d.wrap(err)
	}
	d.err = err
	return n, err
}

// wrap turns a decoder's error into a Malformed, but not those of reading the file itself.
func (d *decompressor) wrap(err error) error {
	if d.raw.err != nil && !errors.Is(d.raw.err, io.EOF) {
		return d.raw.err
	}
	what := fmt.Sprintf("the %s data is damaged: %v", d.kind, err)
	hint := "compress the file again"
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		what, hint = "the "+d.kind+" data ends too early", "the file was cut off: copy it again"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zstd.ErrCRCMismatch):
		what, hint = "the "+d.kind+" data has a wrong checksum", "the file was damaged: copy it again"
	case errors.Is(err, gzip.ErrHeader) && d.bytes > 0, errors.Is(err, zstd.ErrMagicMismatch):
		what = "there is something else behind the " + d.kind + " data"
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return over(d.file, "the window of the zstd data", "zstd_window_bytes", 128<<20)
	}
	return broken(d.file, CodeSyntax, hint, "%s", what)
}

package tabular

import (
	"crypto/sha256"
	"hash"
	"io"
)

// meter hashes and counts the bytes of a file as they are read.
type meter struct {
	source io.Reader
	hash   hash.Hash
	bytes  int64
	err    error // ended reading
}

func newMeter(source io.Reader) *meter { return &meter{source: source, hash: sha256.New()} }

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.source.Read(p)
	m.hash.Write(p[:n])
	m.bytes += int64(n)
	m.err = err
	return n, err
}

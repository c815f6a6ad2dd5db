package tabular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// random gives access to any part of the content: to the file itself where it is a regular one and not compressed, and to a
// temporary copy otherwise. All of the content is read once.
func (f *File) random(r io.Reader) (io.ReaderAt, int64, error) {
	if inPlace, ok := r.(interface {
		io.ReaderAt
		Stat() (fs.FileInfo, error)
	}); ok && f.compression == "" {
		if info, err := inPlace.Stat(); err == nil && info.Mode().IsRegular() {
			if _, err := io.Copy(io.Discard, f.content); err != nil {
				return nil, 0, err
			}
			return inPlace, f.raw.bytes, nil
		}
	}
	spool, err := os.CreateTemp("", "countyql-*")
	if err != nil {
		return nil, 0, fmt.Errorf("make a temporary file: %w", err)
	}
	f.closers = append(f.closers, func() error { return errors.Join(spool.Close(), os.Remove(spool.Name())) })
	size, err := io.Copy(spool, f.content)
	return spool, size, err
}

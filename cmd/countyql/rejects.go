package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/countyql/countyql/loader"
)

// rejectsFile is the file of --rejects while it is written: a temporary one beside it, which takes its name once every
// problem is in it.
type rejectsFile struct {
	path    string
	file    *os.File
	buffer  *bufio.Writer
	rejects *loader.RejectsWriter
}

// createRejects begins the file at a path.
func createRejects(path string) (*rejectsFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &usageError{fmt.Sprintf("--rejects %s is not a file", path), "name a file to be written"}
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		if inner := errors.Unwrap(err); inner != nil { // which is of the temporary file
			err = &fs.PathError{Op: "create", Path: path, Err: inner}
		}
		return nil, fmt.Errorf("write the rejected rows: %w", err)
	}
	f := &rejectsFile{path: path, file: file, buffer: bufio.NewWriter(file)}
	if f.rejects, err = loader.NewRejectsWriter(f.buffer); err != nil {
		return nil, errors.Join(err, f.drop())
	}
	return f, nil
}

// finish gives the file its name if the input was read to its end, whether it was published or not, and drops it if not.
func (f *rejectsFile) finish(err error) error {
	if code := exitCode(err); code != exitOK && code != exitRejected {
		return f.drop()
	}
	err = errors.Join(f.rejects.Flush(), f.buffer.Flush(), f.file.Chmod(0o644), f.file.Close())
	if err == nil {
		err = os.Rename(f.file.Name(), f.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the rejected rows: %w", err), os.Remove(f.file.Name()))
	}
	return nil
}

func (f *rejectsFile) drop() error { return errors.Join(f.file.Close(), os.Remove(f.file.Name())) }

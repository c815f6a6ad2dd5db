package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/countyql/countyql/loader"
)

// pathHelp says what load and check take.
const pathHelp = "A directory with datapackage.json, or files of tables: CSV, TSV, JSON, NDJSON, Parquet, XLSX, PX, also as .gz or .zst; - is standard input."

// stdinPath stands for standard input on the command line.
const stdinPath = "-"

// openInput finds what the paths of a command line mean: one data package, or files without a description.
func (a *app) openInput(paths []string) (loader.Input, error) {
	paths, err := expand(paths)
	if err != nil {
		return loader.Input{}, err
	}
	input := loader.Input{Name: strings.Join(paths, " ")}
	for i, path := range paths {
		if slices.Contains(paths[:i], path) {
			return loader.Input{}, &usageError{path + " is named twice", "name it once"}
		}
		if path == stdinPath {
			input.Files = append(input.Files, loader.InputFile{
				Name: "standard input", Size: -1, Open: func() (io.ReadCloser, error) { return until(a.ctx, a.stdin), nil },
			})
			continue
		}
		info, err := os.Stat(path)
		if err != nil && strings.Contains(path, "://") {
			return loader.Input{}, &usageError{path + " is an address, and only files are read", "download it first"}
		}
		if err != nil {
			return loader.Input{}, err
		}
		isPackage := info.IsDir() || filepath.Base(path) == loader.PackageFile
		switch {
		case isPackage && len(paths) > 1:
			return loader.Input{}, &usageError{path + " is a data package, and there are other paths", "load a package by itself"}
		case isPackage:
			return openPackage(path, info.IsDir())
		}
		// Opening a pipe would wait for whoever writes to it.
		if what := loader.Irregular(info.Mode()); what != "" {
			return loader.Input{}, &usageError{path + " " + what, "give it as standard input: countyql load - < " + path}
		}
		input.Files = append(input.Files, loader.InputFile{
			Name: path, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) },
		})
	}
	return input, nil
}

// until reads a stream until the context ends, though the stream may block: a pipe of which nobody writes or closes the other end.
func until(ctx context.Context, stream io.Reader) io.ReadCloser {
	reader, writer := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = writer.CloseWithError(ctx.Err()) })
	go func() {
		defer stop()
		_, err := io.Copy(writer, stream)
		_ = writer.CloseWithError(err)
	}()
	return reader
}

// expand replaces patterns that the shell has left alone by the files they match.
func expand(paths []string) ([]string, error) {
	var expanded []string
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil || !strings.ContainsAny(path, "*?[") {
			expanded = append(expanded, path)
			continue
		}
		matches, err := filepath.Glob(path)
		if err != nil || len(matches) == 0 {
			return nil, &usageError{"no file matches " + path, "correct the pattern"}
		}
		expanded = append(expanded, matches...)
	}
	return expanded, nil
}

// openPackage opens the data package in a directory, or the one described by a file.
func openPackage(path string, isDir bool) (loader.Input, error) {
	dir := path
	if !isDir {
		dir = filepath.Dir(path)
	}
	files := os.DirFS(dir)
	if _, err := fs.Stat(files, loader.PackageFile); errors.Is(err, fs.ErrNotExist) {
		return loader.Input{}, &usageError{
			fmt.Sprintf("%s holds no %s", dir, loader.PackageFile),
			"describe the tables in a Frictionless data package, or name the files to load",
		}
	}
	return loader.Input{Name: dir, FS: files}, nil
}

package loader

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/mapping"
	"github.com/countyql/countyql/loader/tabular"
)

// source is a file that holds a table, or a part of one.
type source struct {
	name     string // what problems call it
	size     int64  // in bytes, as it is stored; -1 if it is not known
	content  func() (io.ReadCloser, error)
	options  tabular.Options
	mapping  *mapping.Mapping  // of a foreign table; nil if the columns are ours
	declared *mapping.Declared // rows that stand in a mapping file; nil if there is a file of the table
}

// openFile is a source being read.
type openFile struct {
	*source
	content io.Closer
	file    *tabular.File // nil for declared rows
	rows    tabular.Table // of the file, with the columns of one of our tables
	count   int64         // rows read
}

// open opens the file. The error is a *tabular.Malformed if its content cannot be what it should be, and a *mapping.Invalid
// if the mapping does not fit it. The resolver knows what a mapped file names; it is not used for other files.
func (s *source) open(resolver mapping.Resolver) (*openFile, error) {
	if s.declared != nil {
		rows := s.declared.Table()
		return &openFile{source: s, content: rows, rows: rows}, nil
	}
	content, err := s.content()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.name, err)
	}
	file, err := tabular.Open(s.name, content, s.options)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", s.name, err), content.Close())
	}
	rows := tabular.Table(file)
	if s.mapping != nil {
		if rows, err = mapping.New(s.mapping, file, resolver); err != nil {
			return nil, errors.Join(fmt.Errorf("read %s: %w", s.name, err), file.Close(), content.Close())
		}
	}
	return &openFile{source: s, content: content, file: file, rows: rows}, nil
}

func (f *openFile) close() error { return errors.Join(f.rows.Close(), f.content.Close()) }

// ErrChanged says that a file is not as long as it was when the load began.
var ErrChanged = errors.New("the file changed while it was read")

// note says how the file was read, as far as it was, where people should know; it is empty if there is nothing to say.
func (f *openFile) note() string {
	if f.file == nil || f.options.Encoding != "" {
		return ""
	}
	if encoding := f.file.Encoding(); encoding != "" && encoding != "UTF-8" {
		return f.name + " was read as " + encoding
	}
	return ""
}

// loaded describes the file once it has been read to its end.
func (f *openFile) loaded() (indicator.LoadedFile, error) {
	loaded := indicator.LoadedFile{Name: f.name, SHA256: f.file.SHA256(), Bytes: f.file.Bytes(), Rows: f.count}
	if f.file.Sound() && f.size >= 0 && loaded.Bytes != f.size {
		return loaded, fmt.Errorf("read %s: %w: %d bytes were there, %d were read", f.name, ErrChanged, f.size, loaded.Bytes)
	}
	return loaded, nil
}

// Irregular says why a file of a mode cannot be read as one, as in "is a directory"; it is empty for regular files.
func Irregular(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "is a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "is a pipe"
	case mode&fs.ModeSocket != 0:
		return "is a socket"
	case mode&fs.ModeDevice != 0:
		return "is a device"
	case !mode.IsRegular():
		return "is no regular file"
	}
	return ""
}

// packageSources finds the files of a package's resource. What is wrong with them goes to problem; the error is one of reading.
func packageSources(files fs.FS, r *resourceJSON, problem func(format string, args ...any)) ([]source, error) {
	paths, err := r.paths()
	if err != nil {
		problem("%v", err)
		return nil, nil
	}
	options, ok := r.options(problem)
	if !ok {
		return nil, nil
	}
	var sources []source
	for _, path := range paths {
		info, err := fs.Stat(files, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problem("file %s does not exist", quote(path))
			continue
		case err != nil:
			return nil, fmt.Errorf("read the data package: %w", err)
		}
		if what := Irregular(info.Mode()); what != "" {
			// Opening a pipe would wait for whoever writes to it.
			problem("%s %s", quote(path), what)
			continue
		}
		sources = append(sources, source{
			name: path, size: info.Size(), options: options,
			content: func() (io.ReadCloser, error) { return files.Open(path) },
		})
	}
	return sources, nil
}

// paths reads the paths of a resource's files.
func (r *resourceJSON) paths() ([]string, error) {
	var paths stringList
	err := json.Unmarshal(r.Path, &paths)
	outside := func(path string) bool { return !fs.ValidPath(path) || path == "." }
	if err != nil || len(paths) == 0 || slices.ContainsFunc(paths, outside) {
		return nil, errors.New("path must be a file inside the package, or a list of such, written with forward slashes")
	}
	return paths, nil
}

// options reads what a resource says about how its files are written.
func (r *resourceJSON) options(problem func(format string, args ...any)) (tabular.Options, bool) {
	o := tabular.Options{Encoding: r.Encoding, Sheet: r.Dialect.Sheet}
	ok := true
	fail := func(format string, args ...any) {
		ok = false
		problem(format, args...)
	}
	if !tabular.KnownEncoding(r.Encoding) {
		fail("encoding %s is not supported: use utf-8, utf-16 or gb18030", quote(r.Encoding))
	}
	if r.Format != "" {
		o.Format = tabular.Format(strings.ToLower(r.Format))
		if o.Format == "jsonl" {
			o.Format = tabular.NDJSON
		}
		if !slices.Contains(tabular.Formats, o.Format) {
			fail("format %s is not supported: use one of %s", quote(r.Format), formatList())
		}
	} else if r.MediaType != "" {
		o.Format = mediaTypes[strings.TrimSpace(strings.ToLower(strings.Split(r.MediaType, ";")[0]))]
		if o.Format == "" {
			fail("media type %s is not supported: name the format instead, one of %s", quote(r.MediaType), formatList())
		}
	}
	if d := []rune(r.Dialect.Delimiter); len(d) == 1 && d[0] != '"' && d[0] != '\n' && d[0] != '\r' && d[0] != utf8.RuneError {
		o.Delimiter = d[0]
	} else if len(d) > 0 {
		fail("delimiter %s is not supported: use one character", quote(r.Dialect.Delimiter))
	}
	if !slices.Contains([]string{"", "no", "gz", "gzip", "zst", "zstd"}, strings.ToLower(r.Compression)) {
		fail("compression %s is not supported: use gz or zst", quote(r.Compression))
	}
	return o, ok
}

// mediaTypes are the names that media types have for formats.
var mediaTypes = map[string]tabular.Format{
	"text/csv": tabular.CSV, "text/tab-separated-values": tabular.TSV, "application/json": tabular.JSON,
	"application/x-ndjson": tabular.NDJSON, "application/jsonl": tabular.NDJSON, "application/vnd.apache.parquet": tabular.Parquet,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": tabular.XLSX,
}

func formatList() string {
	names := make([]string, len(tabular.Formats))
	for i, f := range tabular.Formats {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

package loader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/mapping"
	"github.com/countyql/countyql/loader/tabular"
)

// Mapping is a mapping file: how foreign tables become observations, and what of the catalogue they need.
type Mapping struct {
	mapping *mapping.Mapping
	file    indicator.LoadedFile
}

// MaxMappingBytes bounds a mapping file.
const MaxMappingBytes = mapping.MaxBytes

// ParseMapping reads a mapping file. The error is a *Rejected that lists what cannot be followed.
func ParseMapping(name string, data []byte) (*Mapping, error) {
	parsed, err := mapping.Parse(name, data)
	var invalid *mapping.Invalid
	if errors.As(err, &invalid) {
		rejected := &problems{}
		for i := range invalid.Problems {
			rejected.add(problemOf(&invalid.Problems[i]))
		}
		return nil, rejected.verdict(MaxRejects{}, 0)
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return &Mapping{parsed, indicator.LoadedFile{Name: name, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))}}, nil
}

// declared are the tables of the catalogue that the mapping has rows of; none if there is no mapping.
func (m *Mapping) declared() []mapping.Declared {
	if m == nil {
		return nil
	}
	return m.mapping.Declared()
}

// options say how a mapped file is to be read.
func (m *Mapping) options() tabular.Options {
	file := &m.mapping.File
	o := tabular.Options{
		Format: tabular.Format(file.Format), Encoding: file.Encoding, Sheet: file.Sheet, FillMerged: file.Merged(),
		Delimiter: tabular.SniffDelimiter,
	}
	if file.Delimiter != "" {
		o.Delimiter, _ = utf8.DecodeRuneInString(file.Delimiter)
	}
	return o
}

// mapped reports whether any of the table's files is foreign.
func (r *resource) mapped() bool {
	for i := range r.files {
		if r.files[i].mapping != nil {
			return true
		}
	}
	return false
}

// SuggestMapping looks at the first rows of a foreign table and writes a first mapping file for it, to be edited. The
// catalogue's regions and units are recognised. The error is a *Rejected if the file is no table.
func SuggestMapping(file InputFile, known *catalog.Catalog) ([]byte, error) {
	s := source{name: file.Name, content: file.Open, options: tabular.Options{Delimiter: tabular.SniffDelimiter}}
	opened, err := s.open(nil)
	if err == nil {
		var suggested []byte
		suggested, err = mapping.Suggest(opened.rows, file.Name, newGazetteer(known))
		err = errors.Join(err, opened.close())
		if err == nil {
			return suggested, nil
		}
	}
	var malformed *tabular.Malformed
	if errors.As(err, &malformed) {
		rejected := &problems{}
		rejected.add(problemOf(malformed))
		return nil, rejected.verdict(MaxRejects{}, 0)
	}
	return nil, fmt.Errorf("suggest a mapping: %w", err)
}

// ReadCatalog reads the catalogue of an input by itself, as Lint does.
func ReadCatalog(ctx context.Context, input Input) (*catalog.Catalog, error) {
	r := run{input: input, discard: true, progress: func(Progress) {}, problems: &problems{}}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	return r.catalog, nil
}

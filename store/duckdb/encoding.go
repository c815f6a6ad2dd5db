package duckdb

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// formatVersion is the version of the tables and encodings in a snapshot file. A file of another version is refused.
const formatVersion = 3

// FormatError says that a snapshot file was written in a format this program does not read.
type FormatError struct {
	Path    string
	Version int
}

// Error names the file and both versions.
func (e *FormatError) Error() string {
	return fmt.Sprintf("snapshot file %s has format version %d and this program reads version %d: use the countyql that wrote it, or load the data into a new store",
		e.Path, e.Version, formatVersion)
}

// manifest is the manifest row of a snapshot file.
type manifest struct {
	Format int
	store.Manifest
	// Figures is the digest of the reported figures alone, which the next load continues.
	Figures digest
}

// digest is a sum of row hashes, modulo 2^128 in two halves: independent of the order of rows, and extended by adding.
type digest struct {
	High, Low uint64
}

func (d digest) plus(e digest) digest { return digest{High: d.High + e.High, Low: d.Low + e.Low} }

// document is one row of a table of JSON bodies: an element of a catalogue table, a load or a check result.
type document struct {
	kind    string
	ordinal int32
	body    string
}

// The kinds of documents of a catalogue.
const (
	kindRegion     = "region"
	kindIndicator  = "indicator"
	kindDimension  = "dimension"
	kindUnit       = "unit"
	kindSource     = "source"
	kindCheck      = "check"
	kindSlice      = "slice"
	kindDefinition = "definition"
)

// encodeCatalog writes the catalogue's rows as JSON with the field names of package indicator.
func encodeCatalog(t catalog.Tables) ([]document, error) {
	var documents []document
	for _, encode := range []func() ([]document, error){
		func() ([]document, error) { return encodeAll(kindRegion, t.Regions) },
		func() ([]document, error) { return encodeAll(kindIndicator, t.Indicators) },
		func() ([]document, error) { return encodeAll(kindDimension, t.Dimensions) },
		func() ([]document, error) { return encodeAll(kindUnit, t.Units) },
		func() ([]document, error) { return encodeAll(kindSource, t.Sources) },
		func() ([]document, error) { return encodeAll(kindCheck, t.Checks) },
		func() ([]document, error) { return encodeAll(kindSlice, t.Slices) },
		func() ([]document, error) { return encodeAll(kindDefinition, t.Definitions) },
	} {
		more, err := encode()
		if err != nil {
			return nil, err
		}
		documents = append(documents, more...)
	}
	return documents, nil
}

func encodeAll[T any](kind string, rows []T) ([]document, error) {
	documents := make([]document, len(rows))
	for i := range rows {
		body, err := json.Marshal(&rows[i])
		if err != nil {
			return nil, fmt.Errorf("encode %s %d: %w", kind, i, err)
		}
		documents[i] = document{kind: kind, ordinal: int32(i), body: string(body)}
	}
	return documents, nil
}

// decodeCatalog reads what encodeCatalog wrote, in any order.
func decodeCatalog(documents []document) (catalog.Tables, error) {
	byKind := make(map[string][]document)
	for _, d := range documents {
		byKind[d.kind] = append(byKind[d.kind], d)
	}
	var t catalog.Tables
	var firstErr error
	keep := func(err error) {
		if firstErr == nil {
			firstErr = err
		}
	}
	keep(decodeAll(byKind[kindRegion], &t.Regions))
	keep(decodeAll(byKind[kindIndicator], &t.Indicators))
	keep(decodeAll(byKind[kindDimension], &t.Dimensions))
	keep(decodeAll(byKind[kindUnit], &t.Units))
	keep(decodeAll(byKind[kindSource], &t.Sources))
	keep(decodeAll(byKind[kindCheck], &t.Checks))
	keep(decodeAll(byKind[kindSlice], &t.Slices))
	keep(decodeAll(byKind[kindDefinition], &t.Definitions))
	return t, firstErr
}

func decodeAll[T any](documents []document, rows *[]T) error {
	if len(documents) == 0 {
		return nil
	}
	*rows = make([]T, len(documents))
	for _, d := range documents {
		if int(d.ordinal) >= len(*rows) || d.ordinal < 0 {
			return fmt.Errorf("decode %s %d: there are %d", d.kind, d.ordinal, len(*rows))
		}
		if err := json.Unmarshal([]byte(d.body), &(*rows)[d.ordinal]); err != nil {
			return fmt.Errorf("decode %s %d: %w", d.kind, d.ordinal, err)
		}
	}
	return nil
}

// sameCatalog compares two encoded catalogues. The order of slices and definitions is the loads' history and says
// nothing; any other order does, such as that of sibling regions.
func sameCatalog(a, b []document) bool {
	return slices.Equal(unordered(a), unordered(b))
}

func unordered(documents []document) []document {
	out := slices.Clone(documents)
	for i, d := range out {
		if d.kind == kindSlice || d.kind == kindDefinition {
			out[i].ordinal = 0
		}
	}
	slices.SortFunc(out, compareDocuments)
	return out
}

func compareDocuments(a, b document) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.ordinal, b.ordinal), cmp.Compare(a.body, b.body))
}

// contentHash is the hash of a catalogue and of the reported figures. It depends on no order: sources, slices and
// definitions come in the order of the loads that brought them, and the same content may be reached in another order.
func contentHash(documents []document, figures digest) string {
	lines := make([]string, len(documents))
	for i, d := range documents {
		lines[i] = d.kind + " " + d.body + "\n"
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, line := range lines {
		h.Write([]byte(line))
	}
	fmt.Fprintf(h, "figures %016x%016x\n", figures.High, figures.Low)
	return hex.EncodeToString(h.Sum(nil))
}

// decodeManifest reads a manifest row. The version is read first: the rest of another version may mean anything.
func decodeManifest(path, body string) (manifest, error) {
	var version struct{ Format int }
	if err := json.Unmarshal([]byte(body), &version); err != nil {
		return manifest{}, fmt.Errorf("snapshot file %s: manifest: %w", path, err)
	}
	if version.Format != formatVersion {
		return manifest{}, &FormatError{Path: path, Version: version.Format}
	}
	var m manifest
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return manifest{}, fmt.Errorf("snapshot file %s: manifest: %w", path, err)
	}
	return m, nil
}

// encodeResults encodes loads or check results in order.
func encodeResults[T indicator.Load | indicator.CheckResult](rows []T) ([]document, error) {
	return encodeAll("", rows)
}

package content

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// Document is one row of a table of JSON bodies: an element of a catalogue table, a load or a check result.
type Document struct {
	Kind    string
	Ordinal int32
	Body    string
}

// The kinds of documents of a catalogue.
const (
	KindRegion     = "region"
	KindIndicator  = "indicator"
	KindDimension  = "dimension"
	KindUnit       = "unit"
	KindSource     = "source"
	KindCheck      = "check"
	KindSlice      = "slice"
	KindDefinition = "definition"
)

// EncodeCatalog writes the catalogue's rows as JSON with the field names of package indicator.
func EncodeCatalog(t catalog.Tables) ([]Document, error) {
	var documents []Document
	for _, encode := range []func() ([]Document, error){
		func() ([]Document, error) { return encodeAll(KindRegion, t.Regions) },
		func() ([]Document, error) { return encodeAll(KindIndicator, t.Indicators) },
		func() ([]Document, error) { return encodeAll(KindDimension, t.Dimensions) },
		func() ([]Document, error) { return encodeAll(KindUnit, t.Units) },
		func() ([]Document, error) { return encodeAll(KindSource, t.Sources) },
		func() ([]Document, error) { return encodeAll(KindCheck, t.Checks) },
		func() ([]Document, error) { return encodeAll(KindSlice, t.Slices) },
		func() ([]Document, error) { return encodeAll(KindDefinition, t.Definitions) },
	} {
		more, err := encode()
		if err != nil {
			return nil, err
		}
		documents = append(documents, more...)
	}
	return documents, nil
}

func encodeAll[T any](kind string, rows []T) ([]Document, error) {
	documents := make([]Document, len(rows))
	for i := range rows {
		body, err := json.Marshal(&rows[i])
		if err != nil {
			return nil, fmt.Errorf("encode %s %d: %w", kind, i, err)
		}
		documents[i] = Document{Kind: kind, Ordinal: int32(i), Body: string(body)}
	}
	return documents, nil
}

// DecodeCatalog reads what EncodeCatalog wrote, in any order.
func DecodeCatalog(documents []Document) (catalog.Tables, error) {
	byKind := make(map[string][]Document)
	for _, d := range documents {
		byKind[d.Kind] = append(byKind[d.Kind], d)
	}
	var t catalog.Tables
	var firstErr error
	keep := func(err error) {
		if firstErr == nil {
			firstErr = err
		}
	}
	keep(decodeAll(byKind[KindRegion], &t.Regions))
	keep(decodeAll(byKind[KindIndicator], &t.Indicators))
	keep(decodeAll(byKind[KindDimension], &t.Dimensions))
	keep(decodeAll(byKind[KindUnit], &t.Units))
	keep(decodeAll(byKind[KindSource], &t.Sources))
	keep(decodeAll(byKind[KindCheck], &t.Checks))
	keep(decodeAll(byKind[KindSlice], &t.Slices))
	keep(decodeAll(byKind[KindDefinition], &t.Definitions))
	return t, firstErr
}

func decodeAll[T any](documents []Document, rows *[]T) error {
	if len(documents) == 0 {
		return nil
	}
	*rows = make([]T, len(documents))
	for _, d := range documents {
		if int(d.Ordinal) >= len(*rows) || d.Ordinal < 0 {
			return fmt.Errorf("decode %s %d: there are %d", d.Kind, d.Ordinal, len(*rows))
		}
		if err := json.Unmarshal([]byte(d.Body), &(*rows)[d.Ordinal]); err != nil {
			return fmt.Errorf("decode %s %d: %w", d.Kind, d.Ordinal, err)
		}
	}
	return nil
}

// SameCatalog compares two encoded catalogues. The order of slices and definitions is the loads' history and says
// nothing; any other order does, such as that of sibling regions.
func SameCatalog(a, b []Document) bool {
	return slices.Equal(unordered(a), unordered(b))
}

func unordered(documents []Document) []Document {
	out := slices.Clone(documents)
	for i, d := range out {
		if d.Kind == KindSlice || d.Kind == KindDefinition {
			out[i].Ordinal = 0
		}
	}
	slices.SortFunc(out, compareDocuments)
	return out
}

func compareDocuments(a, b Document) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Ordinal, b.Ordinal), cmp.Compare(a.Body, b.Body))
}

// Hash is the hash of a snapshot: of its encoded catalogue and of its reported figures. It depends on no order: sources, slices and
// definitions come in the order of the loads that brought them, and the same content may be reached in another order.
func Hash(documents []Document, figures Digest) string {
	lines := make([]string, len(documents))
	for i, d := range documents {
		lines[i] = d.Kind + " " + d.Body + "\n"
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, line := range lines {
		h.Write([]byte(line))
	}
	fmt.Fprintf(h, "figures %016x%016x\n", figures.High, figures.Low)
	return hex.EncodeToString(h.Sum(nil))
}

// EncodeResults writes loads or check results in order.
func EncodeResults[T indicator.Load | indicator.CheckResult](rows []T) ([]Document, error) {
	return encodeAll("", rows)
}

// DecodeResults reads what EncodeResults wrote, in any order.
func DecodeResults[T indicator.Load | indicator.CheckResult](documents []Document) ([]T, error) {
	var rows []T
	err := decodeAll(documents, &rows)
	return rows, err
}

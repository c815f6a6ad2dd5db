package content

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// Digest is a sum of the hashes of reports, modulo 2^128 in two halves: independent of the order of rows, and extended by adding.
type Digest struct {
	High, Low uint64
}

// Plus adds two digests.
func (d Digest) Plus(e Digest) Digest { return Digest{High: d.High + e.High, Low: d.Low + e.Low} }

// Reports are what sources reported, as parallel arrays of equal length.
type Reports struct {
	Region, Indicator, Slice, Source, Definition []int32
	Start, End, Published                        []indicator.Day
	Offset                                       []int32
	// Withdraws is the day of publication of the report that a withdrawal takes back; NoDay for any other report.
	Withdraws                     []indicator.Day
	Status                        []indicator.Status
	Missing                       []indicator.Missing
	Precision, CountsPrecision    []indicator.Precision
	Inferred                      []bool
	Value, Numerator, Denominator []float64 // NaN where there is none
	Printed, Note                 []string
}

// Clear removes all rows.
func (r *Reports) Clear() {
	r.Region, r.Indicator, r.Slice, r.Source, r.Definition = r.Region[:0], r.Indicator[:0], r.Slice[:0], r.Source[:0], r.Definition[:0]
	r.Start, r.End, r.Published, r.Offset, r.Withdraws = r.Start[:0], r.End[:0], r.Published[:0], r.Offset[:0], r.Withdraws[:0]
	r.Status, r.Missing, r.Precision, r.CountsPrecision = r.Status[:0], r.Missing[:0], r.Precision[:0], r.CountsPrecision[:0]
	r.Inferred, r.Value, r.Numerator, r.Denominator = r.Inferred[:0], r.Value[:0], r.Numerator[:0], r.Denominator[:0]
	r.Printed, r.Note = r.Printed[:0], r.Note[:0]
}

// Names are the hashes of a catalogue's codes by ordinals. It is safe for concurrent use.
type Names struct {
	regions, indicators, slices, sources, definitions []uint64
}

// NewNames hashes the codes of a catalogue.
func NewNames(c *catalog.Catalog) *Names {
	name := func(texts ...string) uint64 {
		var b []byte
		for _, text := range texts {
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...)
		}
		sum := sha256.Sum256(b)
		return binary.LittleEndian.Uint64(sum[:])
	}
	var n Names
	for _, r := range c.Regions() {
		n.regions = append(n.regions, name(r.Scheme, r.Code))
	}
	for _, i := range c.Indicators() {
		n.indicators = append(n.indicators, name(i.Code))
	}
	for _, s := range c.Slices() {
		n.slices = append(n.slices, name(s.String()))
	}
	for _, s := range c.Sources() {
		n.sources = append(n.sources, name(s.Code))
	}
	for _, text := range c.Tables().Definitions {
		n.definitions = append(n.definitions, name(text))
	}
	return &n
}

// Sum adds up the hashes of reports. A report is hashed with hashes of codes for ordinals, so that neither the order of rows nor
// the numbering of a catalogue nor the engine matters.
func (n *Names) Sum(r *Reports) (Digest, error) {
	kinds := [...]struct {
		names    []uint64
		ordinals []int32
	}{{n.regions, r.Region}, {n.indicators, r.Indicator}, {n.slices, r.Slice}, {n.sources, r.Source}, {n.definitions, r.Definition}}
	var sum Digest
	var b []byte
	for row := range r.Region {
		b = b[:0]
		for i := range kinds {
			k := &kinds[i]
			ordinal := k.ordinals[row]
			if ordinal < 0 || int(ordinal) >= len(k.names) { // a damaged file may have anything
				return Digest{}, fmt.Errorf("a report has the ordinal %d, and the catalogue has %d", ordinal, len(k.names))
			}
			b = binary.LittleEndian.AppendUint64(b, k.names[ordinal])
		}
		for _, number := range [...]int32{
			int32(r.Start[row]), int32(r.End[row]), int32(r.Published[row]), r.Offset[row], int32(r.Withdraws[row]),
		} {
			b = binary.LittleEndian.AppendUint32(b, uint32(number))
		}
		inferred := byte(0)
		if r.Inferred[row] {
			inferred = 1
		}
		b = append(b, byte(r.Status[row]), byte(r.Missing[row]), byte(r.Precision[row]), byte(r.CountsPrecision[row]), inferred)
		for _, x := range [...]float64{r.Value[row], r.Numerator[row], r.Denominator[row]} {
			b = binary.LittleEndian.AppendUint64(b, canonicalBits(x))
		}
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(r.Printed[row]))), r.Printed[row]...)
		b = append(b, r.Note[row]...)
		hash := sha256.Sum256(b)
		sum = sum.Plus(Digest{High: binary.LittleEndian.Uint64(hash[:]), Low: binary.LittleEndian.Uint64(hash[8:])})
	}
	return sum, nil
}

// canonicalBits are the bits of a number, the same for all that are no number.
func canonicalBits(x float64) uint64 {
	if math.IsNaN(x) {
		x = math.NaN()
	}
	return math.Float64bits(x)
}

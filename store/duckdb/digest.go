package duckdb

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// digestRows is about how many rows are hashed at a time.
const digestRows = 1 << 17

// digest adds the hashes of the batch's new reports and of the withdrawals to the parent's sum: neither is ever removed, so
// that a small load does not read them all.
func (w *writer) digest(ctx context.Context) error {
	parts := []string{"SELECT " + reported + ", withdraws FROM memory.taken"}
	for from := int64(0); from < w.batched; from += digestRows {
		parts = append(parts, "SELECT "+reported+", NULL AS withdraws FROM memory.fresh WHERE seq >= "+literal(from)+" AND seq < "+
			literal(from+digestRows))
	}
	fresh, err := sumHashes(ctx, w.db, parts, w.catalog)
	if err != nil {
		return err
	}
	w.figures = fresh
	if w.parent != nil {
		w.figures = w.parent.figures.plus(fresh)
	}
	return nil
}

// digest adds up the hashes of all reports of a snapshot, of some indicators at a time: history is sorted by them.
func (h *handle) digest(ctx context.Context) (digest, error) {
	r, err := h.db.query(ctx, "SELECT indicator, count(*) FROM "+reportTable+" GROUP BY indicator ORDER BY indicator")
	if err != nil {
		return digest{}, err
	}
	defer r.close()
	s := &scanner{result: r}
	indicators, counts := next[int32](s), next[int64](s)
	if s.err != nil {
		return digest{}, s.err
	}
	var parts []string
	rows, first := int64(0), 0
	for i := range indicators {
		if rows += counts[i]; rows >= digestRows || i == len(indicators)-1 {
			parts = append(parts, reportedRows("snapshot")+" AND indicator BETWEEN "+literal(indicators[first])+" AND "+literal(indicators[i]))
			rows, first = 0, i+1
		}
	}
	return sumHashes(ctx, h.db, parts, h.contents.Catalog)
}

// sumHashes adds up the hashes of the reports that queries select. A report is hashed with hashes of codes for ordinals, so
// that neither the order of rows nor the numbering of a catalogue nor the engine matters.
func sumHashes(ctx context.Context, db *database, parts []string, c *catalog.Catalog) (digest, error) {
	names := newCodeNames(c)
	next := make(chan string, len(parts))
	for _, part := range parts {
		next <- part
	}
	close(next)
	var mu sync.Mutex
	var total digest
	var failed error
	var running sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		running.Go(func() {
			var sum digest
			var err error
			for part := range next {
				if err == nil {
					err = names.add(ctx, db, part, &sum)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total = total.plus(sum)
			if failed == nil {
				failed = err
			}
		})
	}
	running.Wait()
	return total, failed
}

// codeNames are the hashes of codes by ordinals.
type codeNames struct {
	regions, indicators, slices, sources, definitions []uint64
}

func newCodeNames(c *catalog.Catalog) *codeNames {
	name := func(texts ...string) uint64 {
		var b []byte
		for _, text := range texts {
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...)
		}
		sum := sha256.Sum256(b)
		return binary.LittleEndian.Uint64(sum[:])
	}
	var n codeNames
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

// add adds the hashes of the reports that one query selects.
func (n *codeNames) add(ctx context.Context, db *database, part string, sum *digest) error {
	r, err := db.query(ctx, "SELECT region, indicator, slice, source, definition, period_start, period_end, published, printed_offset, "+
		"CAST(coalesce(withdraws, "+literal(indicator.NoDay)+") AS INTEGER), status, missing, precision, counts_precision, "+
		"CAST(inferred AS TINYINT), value, numerator, denominator, printed, note FROM ("+part+")")
	if err != nil {
		return err
	}
	defer r.close()
	s := &scanner{result: r}
	var codes [5][]uint64
	for i, kind := range [][]uint64{n.regions, n.indicators, n.slices, n.sources, n.definitions} {
		if codes[i], err = named(kind, next[int32](s)); err != nil {
			return err
		}
	}
	var numbers [5][]int32
	for i := range numbers {
		numbers[i] = next[int32](s)
	}
	var small [5][]int8
	for i := range small {
		small[i] = next[int8](s)
	}
	var floats [3][]float64
	for i := range floats {
		floats[i] = nextFloats(s)
	}
	printed, notes := nextTexts(s), nextTexts(s)
	if s.err != nil {
		return s.err
	}
	var b []byte
	for row := range r.rows {
		b = b[:0]
		for i := range codes {
			b = binary.LittleEndian.AppendUint64(b, codes[i][row])
		}
		for i := range numbers {
			b = binary.LittleEndian.AppendUint32(b, uint32(numbers[i][row]))
		}
		for i := range small {
			b = append(b, byte(small[i][row]))
		}
		for i := range floats {
			b = binary.LittleEndian.AppendUint64(b, canonicalBits(floats[i][row]))
		}
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(printed[row]))), printed[row]...)
		b = append(b, notes[row]...)
		hash := sha256.Sum256(b)
		*sum = sum.plus(digest{High: binary.LittleEndian.Uint64(hash[:]), Low: binary.LittleEndian.Uint64(hash[8:])})
	}
	return nil
}

// named replaces ordinals by the hashes of their codes, in place of which a damaged file may have anything.
func named(names []uint64, ordinals []int32) ([]uint64, error) {
	out := make([]uint64, len(ordinals))
	for i, ordinal := range ordinals {
		if ordinal < 0 || int(ordinal) >= len(names) {
			return nil, fmt.Errorf("a report has the ordinal %d, and the catalogue has %d", ordinal, len(names))
		}
		out[i] = names[ordinal]
	}
	return out, nil
}

// canonicalBits are the bits of a number, the same for all that are no number.
func canonicalBits(x float64) uint64 {
	if math.IsNaN(x) {
		x = math.NaN()
	}
	return math.Float64bits(x)
}

package duckdb

import (
	"iter"
	"math"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// heldBatch keeps the reports of a batch in Go, series by series, for as long as they are all that there is: a load into an empty
// store, within a bound of memory. There the intervals of reports, and the order of figures, are found by looking at each series
// alone, and DuckDB is given figures in their order, once. Reports that offices list period after period need no sorting at all.
type heldBatch struct {
	series  []*heldSeries // in the order in which they were met
	byName  map[seriesName]*heldSeries
	last    []*heldSeries // by indicator: the series met last
	periods periodNumbers
	extras  [][]heldExtra
	texts   []heldText
	rows    int
	bytes   int64 // what all of this takes, about
	bound   int64 // of bytes
}

// heldSeries are the reports of a series, in the order of appending.
type heldSeries struct {
	name   seriesName
	chunks [][]heldRow
	rows   int
	order  []*heldRow // as settled, where that is not the order of appending
	// history is the place of the first report in the table that totals and rates are derived from, if they are there.
	history   int64
	inHistory bool
}

// heldRow is a report. Those of a series lie behind each other.
type heldRow struct {
	value                      float64 // NaN where missing
	period                     uint32  // its number; once settled, its rank
	region                     int32
	published                  indicator.Day
	source                     int32
	knownTo                    indicator.Day // as settled
	tie                        int32
	extra                      uint32 // the number of its heldExtra, plus one; 0 for a report without
	missing                    indicator.Missing
	precision, countsPrecision indicator.Precision
	flags                      heldFlags
}

type heldFlags uint8

const (
	heldInferred heldFlags = 1 << iota
	heldRepeated           // another report of the batch says the same: this one does not count
)

// heldExtra is what few reports have.
type heldExtra struct {
	numerator, denominator float64 // NaN where unknown
	definition, offset     int32
	text                   uint32 // the number of its heldText, plus one; 0 for none
}

// noExtra is what a report without has.
var noExtra = heldExtra{numerator: math.NaN(), denominator: math.NaN(), offset: -1}

type heldText struct{ printed, note string }

const (
	// The rows of the first and of the largest chunks of a series.
	firstChunk, largestChunk = 16, 4096
	extraChunk               = 4096
	heldRowSize              = 40
	heldExtraSize            = 32
	// heldTextSize is what a text takes beside its bytes.
	heldTextSize = 64
	// maxHeldIndicator bounds the ordinals of indicators: nobody has that many.
	maxHeldIndicator = 1 << 22
)

// newHeldBatch begins a batch of a number of bytes at most, about.
func newHeldBatch(bound int64) *heldBatch {
	return &heldBatch{bound: bound, byName: make(map[seriesName]*heldSeries), periods: newPeriodNumbers()}
}

// add keeps reports, which it copies. It returns how many it took: fewer than all where the batch becomes too large to be held.
func (h *heldBatch) add(batch []store.Report) int {
	for i := range batch {
		r := &batch[i]
		if h.bytes > h.bound || h.rows == math.MaxInt32 || r.Indicator < 0 || r.Indicator >= maxHeldIndicator {
			return i
		}
		s := h.seriesOf(seriesName{r.Indicator, r.Slice, r.Status})
		row := heldRow{
			value: stored(r.Value), period: h.periods.of(r.Period), region: r.Region, published: r.PublishedOn, source: r.Source,
			knownTo: indicator.Forever, extra: h.extraOf(r), missing: r.Missing, precision: r.Precision, countsPrecision: r.CountsPrecision,
		}
		if r.Missing != indicator.NotMissing {
			row.value = math.NaN()
		}
		if r.PeriodInferred {
			row.flags |= heldInferred
		}
		h.bytes += s.add(row)
		h.rows++
	}
	return len(batch)
}

// stored is a number as tables keep it: without a negative zero, which equals zero but would be hashed as another number.
func stored(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x
}

func (h *heldBatch) seriesOf(name seriesName) *heldSeries {
	for int(name.indicator) >= len(h.last) {
		h.last = append(h.last, nil)
	}
	if s := h.last[name.indicator]; s != nil && s.name == name {
		return s
	}
	s := h.byName[name]
	if s == nil {
		s = &heldSeries{name: name}
		h.byName[name] = s
		h.series = append(h.series, s)
	}
	h.last[name.indicator] = s
	return s
}

// add appends a row and returns by how much the memory grew.
func (s *heldSeries) add(row heldRow) (grown int64) {
	n := len(s.chunks)
	if n == 0 || len(s.chunks[n-1]) == cap(s.chunks[n-1]) {
		size := firstChunk
		if n > 0 {
			size = min(2*cap(s.chunks[n-1]), largestChunk)
		}
		s.chunks = append(s.chunks, make([]heldRow, 0, size))
		grown = int64(size) * heldRowSize
		n++
	}
	s.chunks[n-1] = append(s.chunks[n-1], row)
	s.rows++
	return grown
}

// extraOf keeps what few reports have, and returns its number plus one.
func (h *heldBatch) extraOf(r *store.Report) uint32 {
	texts := r.Printed != "" || r.Note != ""
	if r.Numerator != r.Numerator && r.Denominator != r.Denominator && r.Definition == 0 && r.Offset == -1 && !texts {
		return 0
	}
	e := heldExtra{numerator: stored(r.Numerator), denominator: stored(r.Denominator), definition: r.Definition, offset: r.Offset}
	if texts {
		// The texts of a report may be pieces of a whole line of its file.
		h.texts = append(h.texts, heldText{strings.Clone(r.Printed), strings.Clone(r.Note)})
		h.bytes += heldTextSize + int64(len(r.Printed)+len(r.Note))
		e.text = uint32(len(h.texts))
	}
	n := len(h.extras)
	if n == 0 || len(h.extras[n-1]) == extraChunk {
		h.extras = append(h.extras, make([]heldExtra, 0, extraChunk))
		h.bytes += extraChunk * heldExtraSize
		n++
	}
	h.extras[n-1] = append(h.extras[n-1], e)
	return uint32((n-1)*extraChunk + len(h.extras[n-1]))
}

// extra is what few reports have.
func (h *heldBatch) extra(row *heldRow) *heldExtra {
	if row.extra == 0 {
		return &noExtra
	}
	n := int(row.extra - 1)
	return &h.extras[n/extraChunk][n%extraChunk]
}

func (h *heldBatch) text(e *heldExtra) heldText {
	if e.text == 0 {
		return heldText{}
	}
	return h.texts[e.text-1]
}

// all are the reports of a series: once it is settled, those that count, in the order of their figures and of their arrival.
func (s *heldSeries) all() iter.Seq[*heldRow] {
	return func(yield func(*heldRow) bool) {
		if s.order != nil {
			for _, row := range s.order {
				if !yield(row) {
					return
				}
			}
			return
		}
		for _, chunk := range s.chunks {
			for i := range chunk {
				if chunk[i].flags&heldRepeated == 0 && !yield(&chunk[i]) {
					return
				}
			}
		}
	}
}

// report is a row as it was appended, of a period.
func (h *heldBatch) report(s *heldSeries, row *heldRow, period indicator.Period) store.Report {
	e := h.extra(row)
	text := h.text(e)
	return store.Report{
		Region: row.region, Indicator: s.name.indicator, Slice: s.name.slice, Source: row.source, Definition: e.definition,
		Status: s.name.status, Period: period,
		Value: row.value, Missing: row.missing, Precision: row.precision, Numerator: e.numerator, Denominator: e.denominator,
		CountsPrecision: row.countsPrecision, PublishedOn: row.published, PeriodInferred: row.flags&heldInferred != 0,
		Printed: text.printed, Note: text.note, Offset: e.offset,
	}
}

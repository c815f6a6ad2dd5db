package duckdb

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// settled is what the reports of a series, or of all of them, come to.
type settled struct {
	fresh   int64 // reports that count
	several int64 // those of figures that have more than one
	figures int64 // the figures that have more than one
	lost    int64 // reports that take the value of the report before them back
}

func (s *settled) plus(t settled) {
	s.fresh += t.fresh
	s.several += t.several
	s.figures += t.figures
	s.lost += t.lost
}

// settle puts the reports of each series into the order of their figures and of their arrival, drops those that come twice, and gives
// each the interval in which it is the newest: from its publication to that of the one behind it. It returns the periods by rank.
func (h *heldBatch) settle(c *catalog.Catalog) ([]indicator.Period, store.Changes, error) {
	rank, periods := h.periods.rank()
	if err := h.checkOrdinals(c); err != nil {
		return nil, store.Changes{}, err
	}
	var mu sync.Mutex
	var total settled
	err := eachSeries(h.series, func(s *heldSeries) error {
		done := h.settleSeries(s, rank)
		mu.Lock()
		defer mu.Unlock()
		total.plus(done)
		return nil
	})
	revised := total.several - total.figures
	return periods, store.Changes{
		Added: total.fresh - revised, Revised: revised, Withdrawn: total.lost, Unchanged: int64(h.rows) - total.fresh,
	}, err
}

// eachSeries calls a function for every series, on all processors.
func eachSeries[S any](series []S, do func(S) error) error {
	var next atomic.Int64
	var running sync.WaitGroup
	failed := make([]error, min(runtime.GOMAXPROCS(0), len(series)))
	for worker := range failed {
		running.Go(func() {
			for failed[worker] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(series) {
					return
				}
				failed[worker] = do(series[i])
			}
		})
	}
	running.Wait()
	return cmp.Or(failed...)
}

// checkOrdinals refuses a batch with an ordinal that the catalogue does not have.
func (h *heldBatch) checkOrdinals(c *catalog.Catalog) error {
	outside := func(ordinal int32, n int) int64 {
		if ordinal < 0 || int(ordinal) >= n {
			return 1
		}
		return 0
	}
	regions, sources, definitions := len(c.Regions()), len(c.Sources()), len(c.Tables().Definitions)
	var unknown [5]int64 // as references lists them
	for _, s := range h.series {
		unknown[1] += outside(s.name.indicator, len(c.Indicators())) * int64(s.rows)
		unknown[2] += outside(s.name.slice, len(c.Slices())) * int64(s.rows)
		for row := range s.all() {
			unknown[0] += outside(row.region, regions)
			unknown[3] += outside(row.source, sources)
			unknown[4] += outside(h.extra(row).definition, definitions)
		}
	}
	for i, ref := range references {
		if unknown[i] > 0 {
			return fmt.Errorf("%d reports have a %s that the catalogue does not have", unknown[i], ref.kind)
		}
	}
	return nil
}

// figureOrder is a number by which the figures of a series, whose periods are ranked, are in their natural order.
func (r *heldRow) figureOrder() uint64 { return uint64(r.period)<<32 | uint64(r.region) }

// settleSeries settles one series.
func (h *heldBatch) settleSeries(s *heldSeries, rank []uint32) settled {
	sorted := true
	var previous *heldRow
	for _, chunk := range s.chunks {
		for i := range chunk {
			row := &chunk[i]
			row.period = rank[row.period]
			if sorted && previous != nil {
				sorted = compareArrival(previous, row) <= 0
			}
			previous = row
		}
	}
	if !sorted {
		s.sort()
	}
	var done settled
	run := make([]*heldRow, 0, 8) // the reports of one figure
	for row := range s.all() {
		if len(run) > 0 && run[0].figureOrder() != row.figureOrder() {
			done.plus(h.settleFigure(run))
			run = run[:0]
		}
		run = append(run, row)
	}
	if len(run) > 0 {
		done.plus(h.settleFigure(run))
	}
	if s.order != nil && done.fresh < int64(s.rows) {
		s.order = slices.DeleteFunc(s.order, func(row *heldRow) bool { return row.flags&heldRepeated != 0 })
	}
	return done
}

// sort orders the reports of a series. Short keys beside each other are sorted much faster than the reports.
func (s *heldSeries) sort() {
	type arrival struct {
		figure    uint64
		published indicator.Day
		place     uint32 // in the order of appending
	}
	rows, arrivals := make([]*heldRow, 0, s.rows), make([]arrival, 0, s.rows)
	for _, chunk := range s.chunks {
		for i := range chunk {
			arrivals = append(arrivals, arrival{chunk[i].figureOrder(), chunk[i].published, uint32(len(rows))})
			rows = append(rows, &chunk[i])
		}
	}
	slices.SortFunc(arrivals, func(a, b arrival) int {
		switch {
		case a.figure != b.figure:
			return cmp.Compare(a.figure, b.figure)
		case a.published != b.published:
			return cmp.Compare(a.published, b.published)
		}
		return cmp.Compare(a.place, b.place)
	})
	s.order = make([]*heldRow, len(rows))
	for i := range arrivals {
		s.order[i] = rows[arrivals[i].place]
	}
}

// compareArrival orders the reports of a series by their figures and those of one figure by their publication. Among equals
// the order of appending counts.
func compareArrival(a, b *heldRow) int {
	if order := cmp.Compare(a.figureOrder(), b.figureOrder()); order != 0 {
		return order
	}
	return cmp.Compare(a.published, b.published)
}

// settleFigure settles the reports of one figure, in the order of their arrival.
func (h *heldBatch) settleFigure(run []*heldRow) settled {
	if len(run) > 1 {
		run = h.dropRepeated(run)
	}
	n := int64(len(run))
	if n == 1 {
		return settled{fresh: 1}
	}
	done := settled{fresh: n, several: n, figures: 1}
	for i := 1; i < len(run); i++ {
		before, row := run[i-1], run[i]
		before.knownTo = row.published
		if before.published == row.published {
			row.tie = before.tie + 1
		}
		if math.IsNaN(row.value) && !math.IsNaN(before.value) {
			done.lost++
		}
	}
	return done
}

// dropRepeated leaves a report that is given twice at its last place only.
func (h *heldBatch) dropRepeated(run []*heldRow) []*heldRow {
	var met map[heldRest]*heldRow // of the reports of one day
	for i, row := range run {
		if i == 0 || run[i-1].published != row.published {
			met = nil
		}
		if met == nil && (i == len(run)-1 || run[i+1].published != row.published) {
			continue // the only one of its day
		}
		if met == nil {
			met = make(map[heldRest]*heldRow)
		}
		rest := h.rest(row)
		if before := met[rest]; before != nil {
			before.flags |= heldRepeated
		}
		met[rest] = row
	}
	return slices.DeleteFunc(run, func(row *heldRow) bool { return row.flags&heldRepeated != 0 })
}

// heldRest is what a report says about its figure, but for the day of publication, so that equal ones say the same.
type heldRest struct {
	value, numerator, denominator uint64 // their bits
	source, definition, offset    int32
	missing                       indicator.Missing
	precision, countsPrecision    indicator.Precision
	inferred                      bool
	text                          heldText
}

func (h *heldBatch) rest(row *heldRow) heldRest {
	bits := func(x float64) uint64 {
		if math.IsNaN(x) {
			x = math.NaN()
		}
		return math.Float64bits(x)
	}
	e := h.extra(row)
	return heldRest{
		value: bits(row.value), numerator: bits(e.numerator), denominator: bits(e.denominator),
		source: row.source, definition: e.definition, offset: e.offset,
		missing: row.missing, precision: row.precision, countsPrecision: row.countsPrecision, inferred: row.flags&heldInferred != 0,
		text: h.text(e),
	}
}

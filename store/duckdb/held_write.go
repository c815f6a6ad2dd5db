package duckdb

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"github.com/countyql/countyql/indicator"
)

// mostWriters bounds the connections that write a staged file: each has row groups of its own in memory.
const mostWriters = 8

// writeHeld writes the staged file of a held batch, but for what Commit is given. Figures reach DuckDB in their order, so that it has
// nothing to sort: every connection writes the series of one stretch, and what it wrote is put behind what those before it wrote.
func (w *writer) writeHeld(ctx context.Context) error {
	derived, err := w.deriveHeld(ctx)
	if err != nil {
		return err
	}
	if err := w.createStaged(ctx); err != nil {
		return err
	}
	if err := w.writeSeries(ctx, derived); err != nil {
		return err
	}
	return w.db.exec(ctx, "CHECKPOINT staged", "DETACH staged")
}

// writeSeries writes the figures of all series.
func (w *writer) writeSeries(ctx context.Context, derived *derivations) error {
	// Every writer is a thread. More would not help them, but wait for work, which is as busy as work; what comes after has little to do.
	if err := w.db.exec(ctx, "SET threads = 1"); err != nil {
		return err
	}
	stretches := divideSeries(w.heldSeries(derived), min(w.threads(), mostWriters))
	writers := make([]*figureWriter, len(stretches))
	failed := make([]error, len(stretches))
	var running sync.WaitGroup
	var err error
	for i, stretch := range stretches {
		if writers[i], err = w.newFigureWriter(ctx, derived); err != nil {
			failed[i] = err
			break
		}
		running.Go(func() { failed[i] = writers[i].write(ctx, stretch) })
	}
	running.Wait()
	err = cmp.Or(failed...)
	for _, f := range writers {
		if f != nil {
			err = cmp.Or(err, f.end(ctx, err == nil))
		}
	}
	if err != nil {
		return err
	}
	w.counts = countWritten(writers)
	return nil
}

// countWritten counts the current figures that were written, and what they are of.
func countWritten(writers []*figureWriter) *figureCounts {
	c := &figureCounts{}
	regions, indicators := make(map[int32]bool), make(map[int32]bool)
	for _, f := range writers {
		c.observations += f.written
		for indicator := range f.indicators {
			indicators[indicator] = true
		}
		for region, met := range f.regions {
			if met {
				regions[int32(region)] = true
			}
		}
	}
	c.regions, c.indicators = int64(len(regions)), int64(len(indicators))
	return c
}

// threads is the number of threads that a load may use.
func (w *writer) threads() int {
	if n := w.engine.options.Threads; n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// writtenSeries are the figures of a series, reported and derived.
type writtenSeries struct {
	name     seriesName
	reported *heldSeries // nil where all are derived
	derived  []heldFigure
}

func (s *writtenSeries) rows() int {
	if s.reported == nil {
		return len(s.derived)
	}
	return s.reported.rows + len(s.derived)
}

// heldSeries lists all series in natural order.
func (w *writer) heldSeries(d *derivations) []writtenSeries {
	all := make([]writtenSeries, 0, len(w.held.series))
	for _, s := range w.held.series {
		all = append(all, writtenSeries{s.name, s, d.series[s.name]})
	}
	for name, figures := range d.series {
		if w.held.byName[name] == nil {
			all = append(all, writtenSeries{name, nil, figures})
		}
	}
	slices.SortFunc(all, func(a, b writtenSeries) int {
		return a.name.compare(b.name)
	})
	return all
}

// divideSeries divides series into stretches of about as many rows.
func divideSeries(all []writtenSeries, n int) [][]writtenSeries {
	rows := 0
	for i := range all {
		rows += all[i].rows()
	}
	var stretches [][]writtenSeries
	from, met := 0, 0
	for i := range all {
		met += all[i].rows()
		if met*n >= rows*(len(stretches)+1) {
			stretches = append(stretches, all[from:i+1])
			from = i + 1
		}
	}
	return stretches
}

// figureWriter writes a stretch of the figures in a transaction of its own.
type figureWriter struct {
	held          *heldBatch
	derived       *derivations
	periods       []indicator.Period
	levels        []indicator.Level // by region
	load          int32
	db            *database
	conn          *connection
	current, past *figureTable

	figures []heldFigure    // of the series being written
	ends    []indicator.Day // the end of the next period behind each
	met     []metPeriod     // by region
	stamp   uint32

	written    int64 // current figures
	regions    []bool
	indicators map[int32]bool
}

// metPeriod is the earliest period that a region is known to have in a series.
type metPeriod struct {
	stamp, period uint32
	following     indicator.Day
}

// figureTable is a table that is being written.
type figureTable struct {
	*appender
	rows    []storedFigure
	current bool
	flushed int // rows that DuckDB was given since it last took them over
}

func (w *writer) newFigureWriter(ctx context.Context, d *derivations) (*figureWriter, error) {
	regions := w.catalog.Regions()
	f := &figureWriter{
		held: w.held, derived: d, periods: w.periods, load: w.load(), db: w.db, levels: make([]indicator.Level, len(regions)),
		met: make([]metPeriod, len(regions)), regions: make([]bool, len(regions)), indicators: make(map[int32]bool),
	}
	for i := range regions {
		f.levels[i] = regions[i].Level
	}
	var err error
	if f.conn, err = w.db.acquire(); err != nil {
		return nil, err
	}
	if err := f.conn.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		w.db.release(f.conn)
		return nil, err
	}
	if f.current, err = f.open("observation"); err == nil {
		f.current.current = true
		f.past, err = f.open("past")
	}
	if err != nil {
		return nil, errors.Join(err, f.end(ctx, false))
	}
	return f, nil
}

func (f *figureWriter) open(table string) (*figureTable, error) {
	a, err := f.db.appenderOn(f.conn, "staged", table)
	if err != nil {
		return nil, err
	}
	return &figureTable{appender: a, rows: make([]storedFigure, 0, a.room())}, nil
}

// write writes series.
func (f *figureWriter) write(ctx context.Context, stretch []writtenSeries) error {
	for i := range stretch {
		if err := ctx.Err(); err != nil {
			return err
		}
		f.collect(&stretch[i])
		f.follow()
		if err := f.put(ctx, stretch[i].name); err != nil {
			return err
		}
	}
	return errors.Join(f.current.finish(), f.past.finish())
}

// end commits what was written, or drops it, and gives the connection back.
func (f *figureWriter) end(ctx context.Context, commit bool) error {
	for _, table := range []*figureTable{f.current, f.past} {
		if table != nil {
			_ = table.close() // finish has reported what could not be written
		}
	}
	defer f.db.release(f.conn)
	if commit {
		return f.conn.exec(ctx, "COMMIT")
	}
	_ = f.conn.exec(context.WithoutCancel(ctx), "ROLLBACK") // the file is dropped
	return nil
}

// collect lists the figures of a series in their natural order, those of one key by the day from which they were known.
func (f *figureWriter) collect(s *writtenSeries) {
	f.figures = f.figures[:0]
	ordered := len(s.derived) == 0
	if s.reported != nil {
		ordered = f.collectReports(s.reported) && ordered
	}
	f.figures = append(f.figures, s.derived...)
	if ordered {
		return
	}
	slices.SortStableFunc(f.figures, func(a, b heldFigure) int {
		return cmp.Or(cmp.Compare(a.row.figureOrder(), b.row.figureOrder()), cmp.Compare(a.knownFrom(), b.knownFrom()), cmp.Compare(a.row.tie, b.row.tie))
	})
}

// collectReports lists the reports of a series, and says whether they are in order.
func (f *figureWriter) collectReports(s *heldSeries) (ordered bool) {
	report, counted := s.history, []countedReport(nil)
	if s.inHistory {
		counted = f.derived.countedFrom(report)
	}
	ordered = true
	for row := range s.all() {
		if s.inHistory && row.published < row.knownTo {
			report++
			parts := 0
			for ; parts < len(counted) && counted[parts].report == report-1; parts++ {
				f.figures = append(f.figures, heldFigure{row, &counted[parts].part})
			}
			counted = counted[parts:]
			if parts > 0 {
				ordered = false
				continue
			}
		}
		f.figures = append(f.figures, heldFigure{row, nil})
	}
	return ordered
}

func (h heldFigure) knownFrom() indicator.Day {
	if h.part != nil {
		return h.part.knownFrom
	}
	return h.row.published
}

func (h heldFigure) current() bool {
	if h.part != nil {
		return h.part.knownTo == indicator.Forever
	}
	return h.row.knownTo == indicator.Forever
}

// follow finds the end of the next period behind each current figure, from the last to the first.
func (f *figureWriter) follow() {
	f.ends = slices.Grow(f.ends[:0], len(f.figures))[:len(f.figures)]
	f.stamp++
	for i, figure := range slices.Backward(f.figures) {
		if !figure.current() {
			continue
		}
		m := &f.met[figure.row.region]
		switch {
		case m.stamp != f.stamp:
			*m = metPeriod{stamp: f.stamp, period: figure.row.period, following: indicator.Forever}
		case m.period != figure.row.period:
			m.period, m.following = figure.row.period, f.periods[m.period].End
		}
		f.ends[i] = m.following
	}
}

// put gives the figures of a series to their tables.
func (f *figureWriter) put(ctx context.Context, name seriesName) error {
	for i, figure := range f.figures {
		table := f.past
		if figure.current() {
			table = f.current
			f.written++
			f.regions[figure.row.region] = true
			f.indicators[name.indicator] = true
		}
		table.rows = append(table.rows, f.stored(name, figure))
		row := &table.rows[len(table.rows)-1]
		row.nextEnd = f.ends[i]
		if len(table.rows) < cap(table.rows) {
			continue
		}
		if err := errors.Join(table.write(), ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// stored is a figure as tables hold it.
func (f *figureWriter) stored(name seriesName, figure heldFigure) storedFigure {
	row := figure.row
	e := f.held.extra(row)
	s := storedFigure{
		series: name, period: f.periods[row.period], region: row.region, level: f.levels[row.region],
		missing: row.missing, precision: row.precision, countsPrecision: row.countsPrecision,
		value: row.value, numerator: e.numerator, denominator: e.denominator,
		source: row.source, definition: e.definition, offset: e.offset,
		published: row.published, knownFrom: row.published, knownTo: row.knownTo, tie: row.tie, load: f.load,
		inferred: row.flags&heldInferred != 0, withdraws: indicator.NoDay, text: f.held.text(e),
	}
	if part := figure.part; part != nil {
		s.numerator, s.denominator, s.countsPrecision = part.numerator, part.denominator, part.countsPrecision
		s.knownFrom, s.knownTo = part.knownFrom, part.knownTo
		s.derived = part.derived
		s.filled = !part.derived && part.numerator == part.numerator
	}
	return s
}

// write gives the rows to DuckDB. It takes them over by row groups, so that few are in memory twice.
func (t *figureTable) write() error {
	n := len(t.rows)
	if n == 0 {
		return t.err
	}
	fillFigures(t.appender, t.rows)
	if t.current {
		fill(t.appender, t.rows, func(r *storedFigure) indicator.Day { return r.nextEnd })
	}
	t.rows = t.rows[:0]
	if err := t.endRows(n); err != nil {
		return err
	}
	if t.flushed += n; t.flushed < rowGroup {
		return nil
	}
	t.flushed = 0
	return t.flush()
}

// finish gives the last rows to DuckDB.
func (t *figureTable) finish() error { return errors.Join(t.write(), t.close()) }

package duckdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Append adds reports to the batch. A batch with a report that cannot be stored is refused as a whole.
func (w *writer) Append(ctx context.Context, batch []store.Report) error {
	if w.ended || w.catalog != nil {
		return errors.New("append: the load is staged or ended")
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("append: %w", err)
	}
	for i := range batch {
		if err := checkReport(&batch[i]); err != nil {
			return fmt.Errorf("append: report %d: %w", i, err)
		}
	}
	if w.held != nil {
		batch = batch[w.held.add(batch):]
		if len(batch) == 0 {
			return nil
		}
		if err := w.unload(ctx); err != nil {
			return fmt.Errorf("append: %w", err)
		}
	}
	if err := w.appendAll(batch); err != nil {
		return fmt.Errorf("append: %w", err)
	}
	return nil
}

func (w *writer) appendAll(batch []store.Report) error {
	for len(batch) > 0 {
		n := min(len(batch), w.batch.room())
		if err := w.appendReports(batch[:n]); err != nil {
			return err
		}
		batch = batch[n:]
	}
	return nil
}

// unload hands a batch that was held over to DuckDB, which merges it from here on.
func (w *writer) unload(ctx context.Context) error {
	h := w.held
	w.held = nil
	rank, periods := h.periods.rank()
	reports := make([]store.Report, 0, 2048)
	for _, s := range h.series {
		for chunk := range s.chunks {
			for i := range s.chunks[chunk] {
				row := &s.chunks[chunk][i]
				reports = append(reports, h.report(s, row, periods[rank[row.period]]))
				if len(reports) < cap(reports) {
					continue
				}
				if err := w.appendAll(reports); err != nil {
					return err
				}
				reports = reports[:0]
			}
			s.chunks[chunk] = nil // DuckDB has it
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return w.appendAll(reports)
}

// Clear drops everything appended so far.
func (w *writer) Clear(ctx context.Context) error {
	if w.ended || w.catalog != nil {
		return errors.New("clear: the load is staged or ended")
	}
	w.hold()
	err := w.batch.close()
	if err == nil {
		err = w.db.exec(ctx, "DROP TABLE memory.batch", batchTable)
	}
	if err == nil {
		w.appended, w.batched, w.keys = 0, 0, newFigureKeys()
		w.batch, err = w.db.newAppender("memory", "batch")
	}
	if err != nil {
		return fmt.Errorf("clear: %w", err)
	}
	return nil
}

// appendReports writes reports, for which there is room, into the batch.
func (w *writer) appendReports(batch []store.Report) error {
	a := w.batch
	seq := w.appended
	fill(a, batch, func(*store.Report) int64 { seq++; return seq - 1 })
	fill(a, batch, func(r *store.Report) int32 { return r.Indicator })
	fill(a, batch, func(r *store.Report) int32 { return r.Slice })
	fill(a, batch, func(r *store.Report) indicator.Status { return r.Status })
	fill(a, batch, func(r *store.Report) indicator.Day { return r.Period.End })
	fill(a, batch, func(r *store.Report) indicator.Day { return r.Period.Start })
	fill(a, batch, func(r *store.Report) int32 { return r.Region })
	fillFloats(a, batch, func(r *store.Report) float64 {
		if r.Missing != indicator.NotMissing {
			return math.NaN()
		}
		return r.Value
	})
	fill(a, batch, func(r *store.Report) indicator.Missing { return r.Missing })
	fill(a, batch, func(r *store.Report) indicator.Precision { return r.Precision })
	fillFloats(a, batch, func(r *store.Report) float64 { return r.Numerator })
	fillFloats(a, batch, func(r *store.Report) float64 { return r.Denominator })
	fill(a, batch, func(r *store.Report) indicator.Precision { return r.CountsPrecision })
	fill(a, batch, func(r *store.Report) int32 { return r.Source })
	fill(a, batch, func(r *store.Report) int32 { return r.Definition })
	fill(a, batch, func(r *store.Report) indicator.Day { return r.PublishedOn })
	fill(a, batch, func(r *store.Report) bool { return r.PeriodInferred })
	fillTexts(a, batch, func(r *store.Report) string { return r.Printed })
	fill(a, batch, func(r *store.Report) int32 { return r.Offset })
	fillTexts(a, batch, func(r *store.Report) string { return r.Note })
	fillDays(a, batch, func(*store.Report) indicator.Day { return indicator.NoDay })
	load := w.load()
	fill(a, batch, func(*store.Report) int32 { return load })
	fill(a, batch, func(r *store.Report) indicator.Day { return r.PublishedOn })
	fill(a, batch, func(*store.Report) indicator.Day { return indicator.Forever })
	fill(a, batch, func(*store.Report) int32 { return 0 })
	w.appended = seq
	w.batched = seq
	w.keys.add(batch)
	return a.endRows(len(batch))
}

// farthestDay bounds the days of periods, some 270,000 years, so that two of them pack into one 64-bit number.
const farthestDay = 100_000_000

// checkReport refuses what the tables could not hold or would hold with another meaning. Whether ordinals exist is
// checked against the catalogue by Stage.
func checkReport(r *store.Report) error {
	switch {
	case r.Missing == indicator.NotMissing && math.IsNaN(r.Value):
		return errors.New("the value is not a number and no reason says why")
	case r.Missing == indicator.NotMissing && math.IsInf(r.Value, 0), math.IsInf(r.Numerator, 0), math.IsInf(r.Denominator, 0):
		return errors.New("a value is infinite")
	case r.Missing < indicator.NotMissing || !r.Missing.Loadable():
		return fmt.Errorf("missing reason %s cannot be reported", r.Missing)
	case r.Status < indicator.Actual || r.Status > indicator.Target:
		return fmt.Errorf("there is no status %s", r.Status)
	case r.Precision < 0 || r.Precision > indicator.Approximate || r.CountsPrecision < 0 || r.CountsPrecision > indicator.Approximate:
		return errors.New("there is no such precision")
	case r.Period.End < r.Period.Start || r.Period.Start < -farthestDay || r.Period.End > farthestDay:
		return fmt.Errorf("the period from day %d to day %d is not one", r.Period.Start, r.Period.End)
	case r.PublishedOn > farthestDay:
		return fmt.Errorf("day %d of publication is too far", r.PublishedOn)
	case !utf8.ValidString(r.Printed) || !utf8.ValidString(r.Note):
		return errors.New("a text is not UTF-8")
	}
	return nil
}

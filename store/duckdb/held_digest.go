package duckdb

import (
	"context"
	"errors"
	"sync"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store/content"
)

// hashedRows is how many reports are hashed at a time.
const hashedRows = 4096

// digestHeld adds up the hashes of the reports.
func (w *writer) digestHeld(ctx context.Context) error {
	names := content.NewNames(w.catalog)
	var mu sync.Mutex
	var buffers sync.Pool
	return eachSeries(w.held.series, func(s *heldSeries) error {
		reports, ok := buffers.Get().(*content.Reports)
		if !ok {
			reports = new(content.Reports)
		}
		defer buffers.Put(reports)
		var sum content.Digest
		add := func() error {
			more, err := names.Sum(reports)
			sum = sum.Plus(more)
			reports.Clear()
			return err
		}
		for row := range s.all() {
			w.held.describe(reports, s, row, w.periods[row.period])
			if len(reports.Region) < hashedRows {
				continue
			}
			if err := errors.Join(add(), ctx.Err()); err != nil {
				return err
			}
		}
		if err := add(); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		w.figures = w.figures.Plus(sum)
		return nil
	})
}

// describe adds a report to those that are hashed next.
func (h *heldBatch) describe(to *content.Reports, s *heldSeries, row *heldRow, period indicator.Period) {
	e := h.extra(row)
	text := h.text(e)
	to.Region, to.Indicator, to.Slice = append(to.Region, row.region), append(to.Indicator, s.name.indicator), append(to.Slice, s.name.slice)
	to.Source, to.Definition = append(to.Source, row.source), append(to.Definition, e.definition)
	to.Start, to.End, to.Published = append(to.Start, period.Start), append(to.End, period.End), append(to.Published, row.published)
	to.Offset, to.Withdraws = append(to.Offset, e.offset), append(to.Withdraws, indicator.NoDay)
	to.Status, to.Missing = append(to.Status, s.name.status), append(to.Missing, row.missing)
	to.Precision, to.CountsPrecision = append(to.Precision, row.precision), append(to.CountsPrecision, row.countsPrecision)
	to.Inferred = append(to.Inferred, row.flags&heldInferred != 0)
	to.Value, to.Numerator, to.Denominator = append(to.Value, row.value), append(to.Numerator, e.numerator), append(to.Denominator, e.denominator)
	to.Printed, to.Note = append(to.Printed, text.printed), append(to.Note, text.note)
}

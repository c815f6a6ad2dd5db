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
	for i := range batch {
		if err := w.appendReport(&batch[i]); err != nil {
			return fmt.Errorf("append: %w", err)
		}
	}
	return nil
}

func (w *writer) appendReport(r *store.Report) error {
	a := w.batch
	value := r.Value
	if r.Missing != indicator.NotMissing {
		value = math.NaN()
	}
	put(a, w.batched)
	put(a, r.Indicator)
	put(a, r.Slice)
	put(a, r.Status)
	put(a, r.Period.End)
	put(a, r.Period.Start)
	put(a, r.Region)
	a.putFloat(value)
	put(a, r.Missing)
	put(a, r.Precision)
	a.putFloat(r.Numerator)
	a.putFloat(r.Denominator)
	put(a, r.CountsPrecision)
	put(a, r.Source)
	put(a, r.Definition)
	put(a, r.PublishedOn)
	put(a, r.PeriodInferred)
	a.putText(r.Printed)
	put(a, r.Offset)
	a.putText(r.Note)
	w.batched++
	return a.endRow()
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

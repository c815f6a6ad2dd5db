package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/countyql/countyql/store"
)

// discardTable holds the keys of the reports that are taken back.
const discardTable = `CREATE TABLE memory.discarded (
	indicator INTEGER NOT NULL, slice INTEGER NOT NULL, status TINYINT NOT NULL,
	period_end INTEGER NOT NULL, period_start INTEGER NOT NULL, region INTEGER NOT NULL, published INTEGER NOT NULL)`

// Discard notes keys whose reports Stage drops from the batch.
func (w *writer) Discard(ctx context.Context, keys []store.ReportKey) error {
	if w.ended || w.catalog != nil {
		return errors.New("discard: the load is staged or ended")
	}
	if len(keys) == 0 {
		return nil
	}
	if err := w.noteDiscarded(ctx, keys); err != nil {
		return fmt.Errorf("discard: %w", err)
	}
	return nil
}

func (w *writer) noteDiscarded(ctx context.Context, keys []store.ReportKey) error {
	if !w.discards {
		if err := w.db.exec(ctx, discardTable); err != nil {
			return err
		}
		w.discards = true
	}
	a, err := w.db.newAppender("memory", "discarded")
	if err != nil {
		return err
	}
	for i := range keys {
		k := &keys[i]
		put(a, k.Indicator)
		put(a, k.Slice)
		put(a, k.Status)
		put(a, k.Period.End)
		put(a, k.Period.Start)
		put(a, k.Region)
		put(a, k.PublishedOn)
		if err := a.endRow(); err != nil {
			return errors.Join(err, a.close())
		}
	}
	return a.close()
}

// dropDiscarded removes the reports that were taken back from the batch. Their keys stay: what the input has and could not be
// accepted is not withdrawn for its absence.
func (w *writer) dropDiscarded(ctx context.Context) error {
	if !w.discards {
		return nil
	}
	from := "memory.batch b SEMI JOIN memory.discarded d ON " + same("b", "d", figureKey+", published")
	dropped, err := w.count(ctx, from)
	if err != nil {
		return err
	}
	w.batched -= dropped
	return w.db.exec(ctx, "DELETE FROM memory.batch WHERE seq IN (SELECT b.seq FROM "+from+")")
}

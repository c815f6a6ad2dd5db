package duckdb

import (
	"context"
	"runtime"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store/content"
)

// digestRows is about how many rows are hashed at a time.
const digestRows = 1 << 17

// digest adds the hashes of the batch's new reports and of the withdrawals to the parent's sum: neither is ever removed, so
// that a small load does not read them all.
func (w *writer) digest(ctx context.Context) error {
	parts := []string{"SELECT " + reported + ", withdraws FROM memory.taken"}
	for from := int64(0); from < w.appended; from += digestRows {
		parts = append(parts, "SELECT "+reported+", NULL AS withdraws FROM memory.fresh WHERE seq >= "+literal(from)+" AND seq < "+
			literal(from+digestRows))
	}
	fresh, err := sumHashes(ctx, w.db, parts, w.catalog)
	if err != nil {
		return err
	}
	w.figures = fresh
	if w.parent != nil {
		w.figures = w.parent.figures.Plus(fresh)
	}
	return nil
}

// digest adds up the hashes of all reports of a snapshot, of some indicators at a time: history is sorted by them.
func (h *handle) digest(ctx context.Context) (content.Digest, error) {
	r, err := h.db.query(ctx, "SELECT indicator, count(*) FROM "+reportTable+" GROUP BY indicator ORDER BY indicator")
	if err != nil {
		return content.Digest{}, err
	}
	defer r.close()
	s := &scanner{result: r}
	indicators, counts := next[int32](s), next[int64](s)
	if s.err != nil {
		return content.Digest{}, s.err
	}
	var parts []string
	rows, first := int64(0), 0
	for i := range indicators {
		if rows += counts[i]; rows >= digestRows || i == len(indicators)-1 {
			parts = append(parts, reportedRows(reportTable)+" AND indicator BETWEEN "+literal(indicators[first])+" AND "+literal(indicators[i]))
			rows, first = 0, i+1
		}
	}
	return sumHashes(ctx, h.db, parts, h.contents.Catalog)
}

// sumHashes adds up the hashes of the reports that queries select.
func sumHashes(ctx context.Context, db *database, parts []string, c *catalog.Catalog) (content.Digest, error) {
	names := content.NewNames(c)
	next := make(chan string, len(parts))
	for _, part := range parts {
		next <- part
	}
	close(next)
	var mu sync.Mutex
	var total content.Digest
	var failed error
	var running sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		running.Go(func() {
			var sum content.Digest
			var err error
			for part := range next {
				if err == nil {
					err = addHashes(ctx, db, part, names, &sum)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total = total.Plus(sum)
			if failed == nil {
				failed = err
			}
		})
	}
	running.Wait()
	return total, failed
}

// addHashes adds the hashes of the reports that one query selects.
func addHashes(ctx context.Context, db *database, part string, names *content.Names, sum *content.Digest) error {
	r, err := db.query(ctx, "SELECT region, indicator, slice, source, definition, period_start, period_end, published, printed_offset, "+
		"CAST(coalesce(withdraws, "+literal(indicator.NoDay)+") AS INTEGER), status, missing, precision, counts_precision, "+
		"inferred, value, numerator, denominator, printed, note FROM ("+part+")")
	if err != nil {
		return err
	}
	defer r.close()
	s := &scanner{result: r}
	reports := &content.Reports{
		Region: next[int32](s), Indicator: next[int32](s), Slice: next[int32](s), Source: next[int32](s), Definition: next[int32](s),
		Start: next[indicator.Day](s), End: next[indicator.Day](s), Published: next[indicator.Day](s),
		Offset: next[int32](s), Withdraws: next[indicator.Day](s), Status: next[indicator.Status](s), Missing: next[indicator.Missing](s),
		Precision: next[indicator.Precision](s), CountsPrecision: next[indicator.Precision](s), Inferred: next[bool](s),
		Value: nextFloats(s), Numerator: nextFloats(s), Denominator: nextFloats(s), Printed: nextTexts(s), Note: nextTexts(s),
	}
	if s.err != nil {
		return s.err
	}
	more, err := names.Sum(reports)
	*sum = sum.Plus(more)
	return err
}

package duckdb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Withdraw adds a scope that the batch replaces.
func (w *writer) Withdraw(ctx context.Context, s store.Scope) error {
	switch {
	case w.ended || w.catalog != nil:
		return errors.New("withdraw: the load is staged or ended")
	case len(s.Indicators) == 0:
		return errors.New("withdraw: a scope has at least one indicator")
	case s.On < -farthestDay || s.On > farthestDay:
		return fmt.Errorf("withdraw: day %d is not one from which a figure can be withdrawn", s.On)
	}
	w.scopes = append(w.scopes, store.Scope{Indicators: slices.Clone(s.Indicators), Regions: slices.Clone(s.Regions), On: s.On})
	return ctx.Err()
}

// withdraw finds the figures that are withdrawn (table taken, a row for each as history keeps it) and counts by indicator
// what the scopes replace. Where scopes overlap, the earliest day counts.
func (w *writer) withdraw(ctx context.Context) ([]store.Replaced, error) {
	if err := w.db.exec(ctx, "CREATE TABLE memory.taken ("+figureTypes+", withdraws INTEGER)"); err != nil {
		return nil, err
	}
	if len(w.scopes) == 0 {
		return nil, nil
	}
	if err := w.checkScopes(); err != nil {
		return nil, err
	}
	if err := w.fillScopes(ctx); err != nil {
		return nil, err
	}
	kept := " ANTI JOIN memory.batch b ON " + same("o", "b", figureKey)
	if w.discards {
		kept += " ANTI JOIN memory.discarded d ON " + same("o", "d", figureKey)
	}
	within := " JOIN memory.scope s ON f.indicator = s.indicator AND f.region >= s.region_from AND f.region < s.region_to"
	if err := w.db.exec(ctx,
		"CREATE TABLE memory.scoped AS SELECT "+of("f", figureKey)+", any_value(f.source) AS source, any_value(f.published) AS published, "+
			"any_value(f.inferred) AS inferred, min(s.day) AS day FROM ("+w.currentReports()+") f"+within+" GROUP BY "+of("f", figureKey),
		// The row takes its source from the report that it takes back, so that both are found together.
		"INSERT INTO memory.taken SELECT "+of("o", figureKey)+", NULL, "+literal(indicator.Withdrawn)+", 0, NULL, NULL, 0, o.source, 0, "+
			"greatest(o.published, o.day), o.inferred, '', -1, '', o.published FROM memory.scoped o"+kept,
	); err != nil {
		return nil, err
	}
	// Regions are counted before, in the batch, and the figures that are lost.
	r, err := w.db.query(ctx, "SELECT i.indicator, (SELECT count(DISTINCT region) FROM memory.scoped o WHERE o.indicator = i.indicator), "+
		"(SELECT count(DISTINCT region) FROM memory.batch f"+within+" WHERE f.indicator = i.indicator), "+
		"(SELECT count(*) FROM memory.taken t WHERE t.indicator = i.indicator) "+
		"FROM (SELECT DISTINCT indicator FROM memory.scope) i ORDER BY i.indicator")
	if err != nil {
		return nil, err
	}
	defer r.close()
	scan := &scanner{result: r}
	indicators, before, after, taken := next[int32](scan), next[int64](scan), next[int64](scan), next[int64](scan)
	if scan.err != nil {
		return nil, scan.err
	}
	replaced := make([]store.Replaced, len(indicators))
	for i := range replaced {
		replaced[i] = store.Replaced{Indicator: indicators[i], RegionsBefore: before[i], RegionsAfter: after[i], Withdrawn: taken[i]}
	}
	return replaced, w.db.exec(ctx, "DROP TABLE memory.scope", "DROP TABLE memory.scoped")
}

// currentReports selects the parent's current figures that were reported, under the ordinals of the new catalogue.
func (w *writer) currentReports() string {
	if w.parent == nil {
		return "SELECT * FROM memory.old"
	}
	return "SELECT m_indicator.to_ordinal AS indicator, m_slice.to_ordinal AS slice, p.status, p.period_end, p.period_start, " +
		"m_region.to_ordinal AS region, m_source.to_ordinal AS source, p.published, p.inferred FROM parent.observation p" +
		joinMoved("indicator", "slice", "region", "source") + " WHERE NOT p.derived"
}

// checkScopes refuses ordinals that the catalogue does not have.
func (w *writer) checkScopes() error {
	indicators, regions := int32(len(w.catalog.Indicators())), int32(len(w.catalog.Regions()))
	for _, s := range w.scopes {
		for _, id := range s.Indicators {
			if id < 0 || id >= indicators {
				return fmt.Errorf("the catalogue has no indicator %d to withdraw", id)
			}
		}
		for _, span := range s.Regions {
			if span.From < 0 || span.To > regions || span.From > span.To {
				return fmt.Errorf("the catalogue has no regions from %d to %d to withdraw", span.From, span.To)
			}
		}
	}
	return nil
}

// fillScopes writes a row for every indicator and range of regions.
func (w *writer) fillScopes(ctx context.Context) error {
	err := w.db.exec(ctx, "CREATE TABLE memory.scope (indicator INTEGER NOT NULL, region_from INTEGER NOT NULL, "+
		"region_to INTEGER NOT NULL, day INTEGER NOT NULL)")
	if err != nil {
		return err
	}
	a, err := w.db.newAppender("memory", "scope")
	if err != nil {
		return err
	}
	for _, s := range w.scopes {
		spans := s.Regions
		if spans == nil {
			spans = []store.Span{{From: 0, To: int32(len(w.catalog.Regions()))}}
		}
		for _, id := range s.Indicators {
			for _, span := range spans {
				put(a, id)
				put(a, span.From)
				put(a, span.To)
				put(a, s.On)
				_ = a.endRow() // close reports it
			}
		}
	}
	return a.close()
}

package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store/content"
)

// Verify reads a snapshot's file as a whole, which makes DuckDB compare the checksum of every block with figures, and
// recomputes the content hash and the counts of the manifest.
func (e *Engine) Verify(ctx context.Context, id string) error {
	if err := e.checkKept(id); err != nil {
		return err
	}
	h, err := e.openSnapshot(ctx, id)
	if err != nil {
		return err
	}
	defer h.db.close()
	return damaged(ctx, id, h.verify(ctx))
}

func (h *handle) verify(ctx context.Context) error {
	figures, err := h.digest(ctx)
	if err != nil {
		return err
	}
	m := h.contents.Manifest
	if hash := content.Hash(h.documents, figures); figures != h.figures || hash != m.ContentHash {
		return fmt.Errorf("its content has the hash %s and its manifest says %s", hash, m.ContentHash)
	}
	c, err := countFigures(ctx, h.db, observationTable)
	if err != nil {
		return err
	}
	if c.observations != m.Observations || c.regions != m.Regions || c.indicators != m.Indicators {
		return fmt.Errorf("it has %d current figures of %d regions and %d indicators, and its manifest says %d, %d and %d",
			c.observations, c.regions, c.indicators, m.Observations, m.Regions, m.Indicators)
	}
	return h.verifyCurrent(ctx)
}

// verifyCurrent looks whether the table of current figures holds what is current. It reads every column of all reports.
func (h *handle) verifyCurrent(ctx context.Context) error {
	forever := literal(indicator.Forever)
	r, err := h.db.query(ctx, "SELECT (SELECT count(*) FROM "+observationTable+" WHERE known_to <> "+forever+") + "+
		"(SELECT count(*) FROM "+pastTable+" WHERE known_to = "+forever+")")
	if err != nil {
		return err
	}
	defer r.close()
	s := &scanner{result: r}
	misplaced := next[int64](s)
	if s.err != nil {
		return s.err
	}
	if misplaced[0] != 0 {
		return errors.New("its current figures are not the newest of its reports")
	}
	return h.db.exec(ctx, "SELECT CAST(bit_xor(hash("+storedColumns+")) >> 1 AS BIGINT) FROM "+reportTable,
		"SELECT max(next_end) FROM "+observationTable)
}

// figureCounts says how many current figures there are, and of how many regions and indicators.
type figureCounts struct {
	observations, regions, indicators int64
}

// countFigures counts what is in a table of current figures.
func countFigures(ctx context.Context, db *database, table string) (*figureCounts, error) {
	r, err := db.query(ctx, "SELECT count(*), count(DISTINCT region), count(DISTINCT indicator) FROM "+table)
	if err != nil {
		return nil, err
	}
	defer r.close()
	s := &scanner{result: r}
	rows, places, kinds := next[int64](s), next[int64](s), next[int64](s)
	if s.err != nil {
		return nil, s.err
	}
	return &figureCounts{rows[0], places[0], kinds[0]}, nil
}

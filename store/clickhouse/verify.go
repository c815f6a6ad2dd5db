package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/statement"
)

// Verify reads a snapshot on every server that has it, compares what each holds with what the manifest says, and recomputes the content
// hash and the counts of the manifest. Every shard must have a server that answers.
func (e *Engine) Verify(ctx context.Context, id string) error {
	if err := e.checkKept(ctx, id); err != nil {
		return err
	}
	h, err := e.openSnapshot(ctx, id)
	if err != nil {
		return err
	}
	cluster, err := e.cluster(ctx)
	if err != nil {
		return err
	}
	l, err := e.live(ctx, cluster)
	if err != nil {
		return err
	}
	if len(l.shards) != h.manifest.Shards {
		return damaged(id, fmt.Errorf("it is spread over %d shards, and the cluster has %d", h.manifest.Shards, len(l.shards)))
	}
	if err := h.verifyServers(ctx, l); err != nil {
		return err
	}
	if err := h.verifyCounts(ctx); err != nil {
		return err
	}
	return h.verifyHash(ctx)
}

func damaged(id string, err error) error { return &store.DamagedError{ID: id, Err: err} }

// verifyServers compares what each server holds of each part.
func (h *handle) verifyServers(ctx context.Context, l *live) error {
	id := h.manifest.ID
	t := h.engine.tables(id)
	_, figure, _ := strings.Cut(t.figure(), ".")
	held := make([]int, len(l.shards))
	err := l.each(ctx, func(ctx context.Context, shard int, s *server) error {
		names, err := h.engine.tableNames(ctx, s)
		if err != nil {
			return err
		}
		if !slices.Contains(names, figure) {
			h.engine.options.Logger.Warn("a server lacks a snapshot and has it again with the next load", "server", s.address, "snapshot", id)
			return nil
		}
		found, _, err := h.engine.holdings(ctx, s, t.figure(), nil)
		if err != nil {
			return err
		}
		for _, p := range h.manifest.Parts {
			key := keyOf(p.Part)
			if found[key] != p.Shards[shard] {
				return damaged(id, fmt.Errorf("clickhouse server %s holds %d rows of part %d that are not those that were loaded",
					s.address, found[key].Rows, p.Number))
			}
			delete(found, key)
		}
		if len(found) > 0 {
			return damaged(id, fmt.Errorf("clickhouse server %s holds rows of a part that was not loaded", s.address))
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		held[shard]++
		return nil
	})
	if err != nil {
		return err
	}
	if shard := slices.Index(held, 0); shard >= 0 {
		return damaged(id, fmt.Errorf("no server of shard %d has it", shard+1))
	}
	return nil
}

// verifyCounts compares the counts of the manifest, and looks whether the figures that are current are the newest of their reports.
func (h *handle) verifyCounts(ctx context.Context) error {
	all := h.engine.tables(h.manifest.ID).all()
	var observations, regions, indicators, misplaced int64
	err := h.engine.ask(ctx, func(s *server) error {
		settings := client.Settings{"max_execution_time": 0, "skip_unavailable_shards": 0}
		err := s.query(ctx, settings, "SELECT CAST(count(*) AS Int64), CAST(count(DISTINCT region) AS Int64), CAST(count(DISTINCT indicator) AS Int64) FROM "+
			all+" WHERE is_current = 1", func(scan func(...any) error) error { return scan(&observations, &regions, &indicators) })
		if err != nil {
			return err
		}
		return s.query(ctx, settings, "SELECT CAST(count(*) AS Int64) FROM "+all+" WHERE (known_to = "+statement.Literal(indicator.Forever)+
			") != is_current", func(scan func(...any) error) error { return scan(&misplaced) })
	})
	if err != nil {
		return err
	}
	m := h.manifest.Manifest
	switch {
	case observations != m.Observations || regions != m.Regions || indicators != m.Indicators:
		return damaged(m.ID, fmt.Errorf("it has %d current figures of %d regions and %d indicators, and its manifest says %d, %d and %d",
			observations, regions, indicators, m.Observations, m.Regions, m.Indicators))
	case misplaced != 0:
		return damaged(m.ID, errors.New("its current figures are not the newest of its reports"))
	}
	return nil
}

// verifyHash recomputes the content hash.
func (h *handle) verifyHash(ctx context.Context) error {
	names := content.NewNames(h.contents.Catalog)
	var figures content.Digest
	for _, p := range h.manifest.Parts {
		var wrong error
		err := h.Read(ctx, p.Part, func(f *content.Figures) error {
			sum, err := names.Sum(f.Reports())
			figures = figures.Plus(sum)
			wrong = err
			return err
		})
		if wrong != nil {
			return damaged(h.manifest.ID, wrong)
		}
		if err != nil {
			return err
		}
	}
	if hash := content.Hash(h.documents, figures); figures != h.manifest.Figures || hash != h.manifest.ContentHash {
		return damaged(h.manifest.ID, fmt.Errorf("its content has the hash %s and its manifest says %s", hash, h.manifest.ContentHash))
	}
	return nil
}

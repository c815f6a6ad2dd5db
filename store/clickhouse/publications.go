package clickhouse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/countyql/countyql/store"
)

// logTable is the log of publications, whole on every server that was there when they happened. The newest entry says which
// snapshot is published.
const logTable = "publication"

// entryKind is what happened to a snapshot.
type entryKind uint8

const (
	entryPublished entryKind = 1
	entryPruned    entryKind = 2
)

// entry is a row of the log.
type entry struct {
	version uint64 // grows by one; the log is in its order
	kind    entryKind
	id      string
	at      time.Time
}

func (e *Engine) logName() string { return e.config.Database + "." + logTable }

// createLog makes the database and the log on a server.
func (e *Engine) createLog(ctx context.Context, s *server) error {
	return s.exec(ctx, "CREATE DATABASE IF NOT EXISTS "+e.config.Database,
		"CREATE TABLE IF NOT EXISTS "+e.logName()+" (version UInt64, kind UInt8, id String, at Int64) ENGINE = MergeTree ORDER BY version")
}

// history is the log as a whole, oldest entry first.
type history []entry

// history reads the log of all given servers and joins it: one that was away lacks entries. A server that does not answer is left
// out, unless none does.
func (e *Engine) history(ctx context.Context, servers []*server) (history, error) {
	return e.readLog(ctx, servers, "SELECT version, kind, id, at FROM "+e.logName()+" ORDER BY version")
}

// readLog asks all servers at the same time.
func (e *Engine) readLog(ctx context.Context, servers []*server, sql string) (history, error) {
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		all     history
		failed  []error
	)
	for _, s := range servers {
		running.Go(func() {
			var entries history
			err := s.query(ctx, e.config.limits(ctx), sql, func(scan func(...any) error) error {
				var row entry
				var kind uint8
				var at int64
				err := scan(&row.version, &kind, &row.id, &at)
				row.kind, row.at = entryKind(kind), time.Unix(at, 0)
				entries = append(entries, row)
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil && !lacks(err) { // a server without a log has no entries
				failed = append(failed, err)
				return
			}
			all = append(all, entries...)
		})
	}
	running.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, err := range failed {
		if !unavailable(err) || len(failed) == len(servers) {
			return nil, fmt.Errorf("read the log of publications: %w", errors.Join(failed...))
		}
	}
	slices.SortFunc(all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.version, b.version), cmp.Compare(a.id, b.id), cmp.Compare(a.kind, b.kind))
	})
	return slices.CompactFunc(all, func(a, b entry) bool { return a.version == b.version && a.id == b.id && a.kind == b.kind }), nil
}

// published is the id of the published snapshot; empty if there is none.
func (h history) published() string {
	for _, e := range slices.Backward(h) {
		if e.kind == entryPublished {
			return e.id
		}
	}
	return ""
}

// kept are the ids of the snapshots that were published and not pruned since, oldest first.
func (h history) kept() []string {
	last := make(map[string]entryKind)
	for _, e := range h {
		last[e.id] = e.kind
	}
	var ids []string
	for id, kind := range last {
		if kind == entryPublished && idPattern.MatchString(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// prunedAt is when a snapshot was pruned; false if it was not, or published again since.
func (h history) prunedAt(id string) (time.Time, bool) {
	for _, e := range slices.Backward(h) {
		if e.id == id {
			return e.at, e.kind == entryPruned
		}
	}
	return time.Time{}, false
}

// record adds entries to the log of every server that is there. It has happened as soon as one server has it; where none has, the
// error says so.
func (e *Engine) record(ctx context.Context, l *live, kind entryKind, ids ...string) error {
	h, err := e.history(ctx, l.servers())
	if err != nil {
		return err
	}
	version := uint64(0)
	if len(h) > 0 {
		version = h[len(h)-1].version
	}
	var written int
	var failed []error
	for _, s := range l.servers() {
		if err := e.insertEntries(ctx, s, version, kind, ids); err != nil {
			failed = append(failed, err)
			if written > 0 {
				e.options.Logger.Warn("a server's log lacks an entry", "server", s.address, "error", err)
			}
			continue
		}
		written++
	}
	if written == 0 {
		return fmt.Errorf("write the log of publications: %w", errors.Join(failed...))
	}
	return nil
}

func (e *Engine) insertEntries(ctx context.Context, s *server, version uint64, kind entryKind, ids []string) error {
	versions, kinds, times := make([]uint64, len(ids)), make([]uint8, len(ids)), make([]int64, len(ids))
	for i := range ids {
		versions[i], kinds[i], times[i] = version+uint64(i)+1, uint8(kind), e.options.Now().Unix()
	}
	return s.insert(ctx, "INSERT INTO "+e.logName()+" (version, kind, id, at)", []any{versions, kinds, ids, times})
}

// current reads which snapshot is published, from the servers of the URL; store.ErrNoSnapshot if none is.
func (e *Engine) current(ctx context.Context) (string, error) {
	h, err := e.readLog(ctx, e.entries, "SELECT version, kind, id, at FROM "+e.logName()+" WHERE kind = "+
		strconv.Itoa(int(entryPublished))+" ORDER BY version DESC LIMIT 1")
	if err != nil {
		return "", err
	}
	if id := h.published(); id != "" {
		return id, nil
	}
	return "", store.ErrNoSnapshot
}

package clickhouse

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// insertRows is about how many rows are sent in one block, to all servers together, and insertParts how many parts they may be of: every
// part of a block becomes a file on the server.
const (
	insertRows  = 500_000
	insertParts = 50
)

// upload brings a snapshot to the servers of a change.
type upload struct {
	*change
	whole    content.Whole
	tables   tables
	manifest manifest
	// before is the snapshot whose parts are linked where they are the same; nil without one.
	before *handle
	// linked says which servers have the tables of before.
	mu     sync.Mutex
	linked map[*server]bool

	tallies map[partKey][]tally // what was sent, by shard
	blocks  []block             // by shard, to be sent next
	parts   map[partKey]bool    // that the blocks hold
	sendTo  func(*server) bool  // who gets the blocks
}

// partKey names a part.
type partKey struct {
	number  int
	current bool
}

func keyOf(p content.Part) partKey { return partKey{p.Number, p.Current} }

// upload makes the tables of a snapshot on every server, complete and under their names, but does not publish it. Killed or failed, it
// leaves tables that the next change removes.
func (c *change) upload(ctx context.Context, whole content.Whole, before *handle) (store.Manifest, error) {
	u := &upload{
		change: c, whole: whole, tables: c.engine.tables(whole.Contents().Manifest.ID), before: before,
		linked: make(map[*server]bool), tallies: make(map[partKey][]tally), parts: make(map[partKey]bool),
	}
	u.manifest = manifest{Manifest: whole.Contents().Manifest, Figures: whole.Digest(), Shards: len(c.shards)}
	u.blocks = make([]block, len(c.shards))
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"create", u.create}, {"send", u.sendParts}, {"verify", u.verify}, {"describe", u.describe}, {"complete", u.complete},
	} {
		c.engine.atStep(step.name)
		if err := step.run(ctx); err != nil {
			return store.Manifest{}, fmt.Errorf("%s: %w", step.name, err)
		}
		if err := c.lock.held(); err != nil {
			return store.Manifest{}, err
		}
	}
	return u.manifest.Manifest, nil
}

// create makes the tables of the load and finds the servers on which parts can be linked.
func (u *upload) create(ctx context.Context) error {
	if u.before != nil && u.before.manifest.Shards != u.manifest.Shards {
		u.before = nil // its regions are spread otherwise
	}
	return u.each(ctx, func(ctx context.Context, _ int, s *server) error {
		if err := s.exec(ctx, u.tables.createLoading()...); err != nil {
			return err
		}
		if u.before == nil {
			return nil
		}
		names, err := u.engine.tableNames(ctx, s)
		if err != nil {
			return err
		}
		_, figure, _ := strings.Cut(u.engine.tables(u.before.manifest.ID).figure(), ".")
		u.mu.Lock()
		defer u.mu.Unlock()
		u.linked[s] = slices.Contains(names, figure)
		return nil
	})
}

// same returns what the snapshot before holds of a part, if that is the same.
func (u *upload) same(p content.Part) (storedPart, bool) {
	if u.before == nil {
		return storedPart{}, false
	}
	for _, stored := range u.before.manifest.Parts {
		if stored.Part == p {
			return stored, true
		}
	}
	return storedPart{}, false
}

// sendParts links the parts that are the same as before, on servers that have them, and sends the others.
func (u *upload) sendParts(ctx context.Context) error {
	parts, err := u.whole.Parts(ctx)
	if err != nil {
		return err
	}
	var same, changed []content.Part
	for _, p := range parts {
		if _, ok := u.same(p); ok {
			same = append(same, p)
		} else {
			changed = append(changed, p)
		}
		u.manifest.Parts = append(u.manifest.Parts, storedPart{Part: p})
	}
	if err := u.link(ctx, same); err != nil {
		return err
	}
	u.sendTo = func(*server) bool { return true }
	if err := u.send(ctx, changed); err != nil {
		return err
	}
	if slices.ContainsFunc(u.servers(), func(s *server) bool { return !u.linked[s] }) {
		u.sendTo = func(s *server) bool { return !u.linked[s] }
		return u.send(ctx, same)
	}
	return nil
}

// link takes parts over from the snapshot before, file by file, which copies nothing.
func (u *upload) link(ctx context.Context, parts []content.Part) error {
	if len(parts) == 0 {
		return nil
	}
	from := u.engine.tables(u.before.manifest.ID).figure()
	return u.each(ctx, func(ctx context.Context, _ int, s *server) error {
		if !u.linked[s] {
			return nil
		}
		for _, p := range parts {
			partition := fmt.Sprintf("(%d, %d)", flag(p.Current), p.Number)
			if err := s.exec(ctx, "ALTER TABLE "+u.tables.loadingFigure()+" REPLACE PARTITION "+partition+" FROM "+from); err != nil {
				return err
			}
		}
		return nil
	})
}

// send reads parts and sends their rows to the servers that sendTo says.
func (u *upload) send(ctx context.Context, parts []content.Part) error {
	regions := u.whole.Contents().Catalog.Regions()
	for _, p := range parts {
		err := u.whole.Read(ctx, p, func(f *content.Figures) error {
			return u.collect(ctx, &stored{Figures: f, part: p, regions: regions})
		})
		if err != nil {
			return err
		}
	}
	return u.flush(ctx)
}

// collect spreads rows over the shards.
func (u *upload) collect(ctx context.Context, from *stored) error {
	rows := make([][]int, len(u.blocks))
	for row, region := range from.Region {
		if region < 0 || int(region) >= len(from.regions) {
			return fmt.Errorf("a report is of region %d, and the catalogue has %d", region, len(from.regions))
		}
		shard := int(region) % len(rows)
		rows[shard] = append(rows[shard], row)
	}
	key := keyOf(from.part)
	tallies := u.tallies[key]
	if tallies == nil {
		tallies = make([]tally, len(rows))
		u.tallies[key] = tallies
	}
	total := 0
	for shard := range rows {
		u.blocks[shard].add(from, rows[shard])
		tallies[shard].add(from, rows[shard])
		total += u.blocks[shard].rows
	}
	u.parts[key] = true
	if total < insertRows && len(u.parts) < insertParts {
		return nil
	}
	return u.flush(ctx)
}

// flush sends what was collected.
func (u *upload) flush(ctx context.Context) error {
	u.engine.atStep("flush")
	err := u.each(ctx, func(ctx context.Context, shard int, s *server) error {
		if u.blocks[shard].rows == 0 || !u.sendTo(s) {
			return nil
		}
		return s.insert(ctx, "INSERT INTO "+u.tables.loadingFigure()+" ("+columnNames()+")", u.blocks[shard].columns)
	})
	u.blocks = make([]block, len(u.blocks))
	clear(u.parts)
	return err
}

// holdings reads what a server holds, by parts, of those that are wanted or of all.
func (e *Engine) holdings(ctx context.Context, s *server, table string, wanted []partKey) (map[partKey]holding, map[partKey]tally, error) {
	sql := "SELECT part, is_current, CAST(count(*) AS Int64), CAST(sum(" + rankColumn + ") AS Int64), CAST(sum(region) AS Int64), " +
		"sum(cityHash64(" + columnNames() + ")) FROM " + table
	if wanted != nil {
		sql += " WHERE " + partsCondition(wanted)
	}
	held, tallies := make(map[partKey]holding), make(map[partKey]tally)
	settings := client.Settings{"max_execution_time": 0}
	err := s.query(ctx, settings, sql+" GROUP BY part, is_current", func(scan func(...any) error) error {
		var number, current uint8
		var t tally
		var check uint64
		if err := scan(&number, &current, &t.rows, &t.ranks, &t.places, &check); err != nil {
			return err
		}
		key := partKey{int(number), current == 1}
		held[key], tallies[key] = holding{Rows: t.rows, Check: check}, t
		return nil
	})
	return held, tallies, err
}

// partsCondition keeps the rows of some parts.
func partsCondition(parts []partKey) string {
	numbers := map[bool][]string{}
	for _, p := range parts {
		numbers[p.current] = append(numbers[p.current], strconv.Itoa(p.number))
	}
	var alternatives []string
	for _, current := range []bool{true, false} {
		if len(numbers[current]) > 0 {
			alternatives = append(alternatives, fmt.Sprintf("(is_current = %d AND part IN (%s))", flag(current), strings.Join(numbers[current], ", ")))
		}
	}
	return strings.Join(alternatives, " OR ")
}

// verify reads on every server what was sent, compares it with what it should be and the replicas of a shard with each other, and
// notes what each shard holds.
func (u *upload) verify(ctx context.Context) error {
	sent := slices.Collect(maps.Keys(u.tallies))
	found := make([]map[partKey]holding, len(u.shards))
	var mu sync.Mutex
	err := u.each(ctx, func(ctx context.Context, shard int, s *server) error {
		rows, err := u.countRows(ctx, s)
		if err != nil {
			return err
		}
		held := map[partKey]holding{}
		if len(sent) > 0 {
			var tallies map[partKey]tally
			if held, tallies, err = u.engine.holdings(ctx, s, u.tables.loadingFigure(), sent); err != nil {
				return err
			}
			for _, key := range sent {
				if want := u.tallies[key][shard]; tallies[key] != want {
					return fmt.Errorf("clickhouse server %s holds %+v of part %d, and %+v were sent", s.address, tallies[key], key.number, want)
				}
			}
		}
		if err := u.compareLinked(shard, held, rows); err != nil {
			return fmt.Errorf("clickhouse server %s: %w", s.address, err)
		}
		mu.Lock()
		defer mu.Unlock()
		if found[shard] != nil && !maps.Equal(found[shard], held) {
			return fmt.Errorf("clickhouse server %s holds other rows than another replica of shard %d", s.address, shard+1)
		}
		found[shard] = held
		return nil
	})
	if err != nil {
		return err
	}
	for i := range u.manifest.Parts {
		p := &u.manifest.Parts[i]
		if stored, ok := u.same(p.Part); ok {
			p.Shards = stored.Shards
			continue
		}
		for shard := range u.shards {
			p.Shards = append(p.Shards, found[shard][keyOf(p.Part)])
		}
	}
	return nil
}

// compareLinked compares the rows of a table with those that were sent and those that were there before.
func (u *upload) compareLinked(shard int, held map[partKey]holding, rows int64) error {
	want := int64(0)
	for _, p := range u.manifest.Parts {
		stored, same := u.same(p.Part)
		if !same {
			want += held[keyOf(p.Part)].Rows
			continue
		}
		want += stored.Shards[shard].Rows
		if again, ok := held[keyOf(p.Part)]; ok && again.Rows > 0 && again != stored.Shards[shard] {
			return fmt.Errorf("it holds other rows of part %d than before", p.Number)
		}
	}
	if rows != want {
		return fmt.Errorf("it holds %d rows, not %d", rows, want)
	}
	return nil
}

func (u *upload) countRows(ctx context.Context, s *server) (rows int64, err error) {
	err = s.query(ctx, client.Settings{}, "SELECT CAST(count(*) AS Int64) FROM "+u.tables.loadingFigure(), func(scan func(...any) error) error {
		return scan(&rows)
	})
	return rows, err
}

// describe writes the contents on every server.
func (u *upload) describe(ctx context.Context) error {
	c := *u.whole.Contents()
	version, err := u.engine.version(ctx, u.servers()[0])
	if err != nil {
		return err
	}
	u.manifest.Engine = version
	c.Manifest = u.manifest.Manifest
	documents, err := u.manifest.encode(&c)
	if err != nil {
		return err
	}
	kinds, ordinals, bodies := make([]string, len(documents)), make([]int32, len(documents)), make([]string, len(documents))
	for i, d := range documents {
		kinds[i], ordinals[i], bodies[i] = d.Kind, d.Ordinal, d.Body
	}
	return u.each(ctx, func(ctx context.Context, _ int, s *server) error {
		return s.insert(ctx, "INSERT INTO "+u.tables.loadingContents()+" (kind, ordinal, body)", []any{kinds, ordinals, bodies})
	})
}

// version is the engine's name in manifests.
func (e *Engine) version(ctx context.Context, s *server) (string, error) {
	var version string
	err := s.query(ctx, client.Settings{}, "SELECT version()", func(scan func(...any) error) error { return scan(&version) })
	return Scheme + " " + version, err
}

// complete gives the tables their names.
func (u *upload) complete(ctx context.Context) error {
	return u.each(ctx, func(ctx context.Context, _ int, s *server) error {
		return s.exec(ctx, u.tables.complete(u.engine.config.Cluster)...)
	})
}

package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/store"
)

// cluster is what a loader knows of the servers: which of them hold the same figures.
type cluster struct {
	shards [][]*server // by number; the replicas of each
}

// servers are all of them, replicas of one shard side by side.
func (c *cluster) servers() []*server { return slices.Concat(c.shards...) }

// cluster asks the servers of the URL who belongs to the cluster.
func (e *Engine) cluster(ctx context.Context) (*cluster, error) {
	type member struct {
		shard uint32
		host  string
		port  uint16
	}
	var members []member
	err := e.ask(ctx, func(s *server) error {
		members = nil
		return s.query(ctx, e.config.limits(ctx), "SELECT shard_num, host_name, port FROM system.clusters WHERE cluster = "+
			quoted(e.config.Cluster)+" ORDER BY shard_num, replica_num", func(scan func(...any) error) error {
			var m member
			err := scan(&m.shard, &m.host, &m.port)
			members = append(members, m)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("the servers know no cluster %s: name one of those in their remote_servers", e.config.Cluster)
	}
	c := &cluster{}
	last := uint32(0)
	for _, m := range members {
		s, err := e.server(net.JoinHostPort(m.host, strconv.Itoa(int(m.port))))
		if err != nil {
			return nil, err
		}
		if m.shard != last {
			c.shards = append(c.shards, nil)
			last = m.shard
		}
		c.shards[len(c.shards)-1] = append(c.shards[len(c.shards)-1], s)
	}
	return c, nil
}

// server returns the server at an address, which stays connected until the engine is closed.
func (e *Engine) server(address string) (*server, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s, ok := e.servers[address]; ok {
		return s, nil
	}
	s, err := newServer(e.config, address)
	if err == nil {
		e.servers[address] = s
	}
	return s, err
}

// ask lets one server of the URL after the other try until one has an answer: those that answered before come first. A server that
// lacks a table is one that was away when it was made.
func (e *Engine) ask(ctx context.Context, try func(*server) error) error {
	now := time.Now().UnixNano()
	turn := int(e.turn.Add(1))
	order := make([]*server, len(e.entries))
	for i := range order {
		order[i] = e.entries[(turn+i)%len(order)]
	}
	slices.SortStableFunc(order, func(a, b *server) int {
		away := func(s *server) int {
			if s.avoid.Load() > now {
				return 1
			}
			return 0
		}
		return away(a) - away(b)
	})
	var first error
	for _, s := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := try(s)
		if err == nil || !unavailable(err) && !lacks(err) {
			return err
		}
		// That nothing answers says more than that one of the servers has not everything.
		if first == nil || lacks(first) {
			first = err
		}
	}
	return first
}

// live are the servers that a change goes to. Those that fail are left out for its length, as long as each shard has another.
type live struct {
	engine *Engine
	shards [][]*server

	mu   sync.Mutex
	lost map[*server]error
}

// live finds which servers answer. It returns a *store.UnavailableError for a shard without any.
func (e *Engine) live(ctx context.Context, c *cluster) (*live, error) {
	l := &live{engine: e, shards: c.shards, lost: make(map[*server]error)}
	return l, l.each(ctx, func(ctx context.Context, _ int, s *server) error {
		return s.query(ctx, client.Settings{}, "SELECT 1", func(scan func(...any) error) error {
			var one uint8
			return scan(&one)
		})
	})
}

// servers are those that have not failed.
func (l *live) servers() []*server {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Concat(l.shards...), func(s *server) bool { return l.lost[s] != nil })
}

// each runs a step on every server at the same time. A server that cannot be reached is left out from then on; any other error
// ends the change, and so does a shard without a server.
func (l *live) each(ctx context.Context, step func(ctx context.Context, shard int, s *server) error) error {
	shardOf := make(map[*server]int)
	for number, replicas := range l.shards {
		for _, s := range replicas {
			shardOf[s] = number
		}
	}
	var running sync.WaitGroup
	servers := l.servers()
	failed := make([]error, len(servers))
	for i, s := range servers {
		running.Go(func() {
			if failed[i] = step(ctx, shardOf[s], s); unavailable(failed[i]) {
				l.lose(s, failed[i])
				failed[i] = nil
			}
		})
	}
	running.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return l.whole()
}

func (l *live) lose(s *server, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost[s] = err
	l.engine.options.Logger.Warn("a server does not answer: it gets no part of the change and has none until the next load", "server", s.address, "error", err)
}

// whole returns an error if a shard has no server left.
func (l *live) whole() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for number, replicas := range l.shards {
		if slices.ContainsFunc(replicas, func(s *server) bool { return l.lost[s] == nil }) {
			continue
		}
		addresses := make([]string, len(replicas))
		for i, s := range replicas {
			addresses[i] = s.address
		}
		return &store.UnavailableError{Detail: fmt.Sprintf("shard %d has no server that answers, of %s: %v", number+1,
			strings.Join(addresses, ", "), l.lost[replicas[0]])}
	}
	return nil
}

package clickhouse

import (
	"io"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	client "github.com/ClickHouse/clickhouse-go/v2"
)

// one asks a server for a number.
func one(t *testing.T, s *server) error {
	return s.query(t.Context(), client.Settings{}, "SELECT 1", func(scan func(...any) error) error {
		var n uint8
		return scan(&n)
	})
}

// TestConnectionsOfBatches takes connections from the pool right after batches gave them back, where processors are so busy that the
// client's goroutines are late: none of them may close a connection that another query has.
func TestConnectionsOfBatches(t *testing.T) {
	twoByOne.start(t)
	e := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, e, 1)
	s := e.entries[0]
	table := e.config.Database + ".busy"
	if err := s.exec(t.Context(), "CREATE TABLE "+table+" (n Int32) ENGINE = Memory"); err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8 * runtime.NumCPU()))
	var ended atomic.Bool
	var busy, asking sync.WaitGroup
	for range 16 * runtime.NumCPU() {
		busy.Go(func() {
			for !ended.Load() {
			}
		})
	}
	for range 8 {
		asking.Go(func() {
			for range 15 {
				err := s.insert(t.Context(), "INSERT INTO "+table+" (n)", []any{[]int32{1}})
				if err == nil {
					err = s.insert(t.Context(), "INSERT INTO "+table+" (n)", []any{[]int32{2}})
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	asking.Wait()
	ended.Store(true)
	busy.Wait()
	if rows := text(t, e, s, "SELECT toString(count()) FROM "+table); rows != "240" {
		t.Errorf("%s rows arrived", rows)
	}
}

// TestServersRestarted reads and loads by engines whose connections are all of servers that have been started again since.
func TestServersRestarted(t *testing.T) {
	c := twoByOne
	c.start(t)
	e := c.openLoader(t, "", Options{})
	mustCommit(t, e, 1)
	reader := open(t, c.url("reader", e.config.Database), Options{})
	if got := served(t, reader); got != 1 {
		t.Errorf("the served value is %v", got)
	}
	for _, command := range []string{"kill 1", "kill 2", "start 1", "start 2"} {
		if _, err := c.control(command); err != nil {
			t.Fatal(err)
		}
	}
	if got := served(t, reader); got != 1 {
		t.Errorf("after the restart, the served value is %v", got)
	}
	mustCommit(t, e, 2)
	if err := reader.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := served(t, reader); got != 2 {
		t.Errorf("after the next load, the served value is %v", got)
	}
}

// proxy forwards connections to a server, and ends one instead of forwarding what it is sent, whenever it is told to.
type proxy struct {
	address string
	cutNext atomic.Bool
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: listener.Addr().String()}
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	t.Cleanup(func() { listener.Close() })
	running.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { p.forward(from, to) })
		}
	})
	return p
}

func (p *proxy) forward(from net.Conn, to string) {
	defer from.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	var answers sync.WaitGroup
	answers.Go(func() {
		_, _ = io.Copy(from, server) // until one of them ends
		from.Close()
	})
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if err != nil || p.cutNext.CompareAndSwap(true, false) {
			break
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			break
		}
	}
	server.Close()
	answers.Wait()
}

// TestCut ends connections when they are taken from the pool: what may be done twice is, on another connection, and nothing else.
func TestCut(t *testing.T) {
	twoByOne.start(t)
	e := twoByOne.openLoader(t, "", Options{})
	mustCommit(t, e, 1)
	p := newProxy(t, twoByOne.addresses[0])
	s, err := newServer(e.config, p.address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.conn.Close()
	table := e.config.Database + ".cut"
	log := e.config.Database + "." + logTable
	for _, test := range []struct {
		name  string
		run   func() error
		twice bool
	}{
		{"a question", func() error { return one(t, s) }, true},
		{"a removal", func() error { return s.exec(t.Context(), "DROP TABLE IF EXISTS "+table) }, true},
		{"a table", func() error { return s.exec(t.Context(), "CREATE TABLE "+table+" (n Int32) ENGINE = Memory") }, false},
		{"rows", func() error {
			return s.insert(t.Context(), "INSERT INTO "+log+" (version, kind, id, at)", []any{[]uint64{9}, []uint8{3}, []string{"x"}, []int64{0}})
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := one(t, s); err != nil { // there is a connection in the pool
				t.Fatal(err)
			}
			p.cutNext.Store(true)
			err := test.run()
			if p.cutNext.Load() {
				t.Error("no connection was cut")
			}
			if test.twice && err != nil || !test.twice && !unavailable(err) {
				t.Errorf("error %v", err)
			}
		})
	}
	if rows := text(t, e, e.entries[0], "SELECT toString(count()) FROM "+log+" WHERE version = 9"); rows != "1" {
		t.Errorf("%s rows arrived", rows)
	}
}

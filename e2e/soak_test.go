package e2e

import (
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// soak is a server under a mixed load.
type soak struct {
	open, listed string // URLs of a server of any document, and of one of a list, over the same store
	dir          string
	engine       *duckdb.Engine
	questions    []asked
	answered     map[string][]string // names of questions by token with a scope that lets them be answered
	abuses       map[string]abusive
	subscribers  []subscriber
	revision     int // of the known figures, the last loaded

	client *http.Client
	ledger *ledger
	beats  chan struct{} // one for whatever a client has finished, if anybody waits for one
	over   chan struct{} // closed at the end
	failed atomic.Int64  // lines that the server has logged as errors
}

// TestSoak asks a server everything by every transport, as several people, for as long as COUNTYQL_SOAK says, ten seconds by default,
// while the data change, among clients that are slow, leave or mean harm. No request may fail; every answer is from one snapshot and
// has the figures of that; in the end the process is as it was. Not parallel: it measures memory.
func TestSoak(t *testing.T) {
	length := 10 * time.Second
	if text := os.Getenv("COUNTYQL_SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	s := newSoak(t)
	s.hangUp()
	before := atRest(t)
	s.run(t, length)
	s.hangUp()
	after := before.comesBack(t)
	s.checkServer(t)
	s.compareWithAQuietServer(t)
	t.Logf("%s in %s, from %+v to %+v:\n%s", t.Name(), length, before, after, s.ledger)
	for _, must := range []string{"answers like one before", "hashes not known yet", "events", "answers compared with a quiet server's"} {
		if s.ledger.counted(must) == 0 {
			t.Errorf("no %s", must)
		}
	}
	if n := s.ledger.counted("refused for now"); n > 0 {
		t.Errorf("%d requests were refused though the queue should suffice", n)
	}
}

// run lets all clients and the publisher work until the time is over and each of them has done some of its work.
func (s *soak) run(t *testing.T, length time.Duration) {
	t.Helper()
	var clients, publisher sync.WaitGroup
	for _, client := range soakClients {
		for i := range client.number {
			clients.Go(func() { t.Run(client.name, func(t *testing.T) { s.work(t, &client, uint64(i)) }) })
		}
	}
	timeIsOver := time.After(length)
	publisher.Go(func() {
		defer close(s.over)
		t.Run("publisher", func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			for _, act := range soakActs {
				s.publish(t, r, act)
			}
			for !t.Failed() {
				select {
				case <-timeIsOver:
					return
				default:
					s.publish(t, r, pick(r, soakActs))
				}
			}
		})
	})
	publisher.Wait()
	clients.Wait()
}

// work does rounds until the end, and some at least.
func (s *soak) work(t *testing.T, client *soakClient, seed uint64) {
	const least = 3
	r := rand.New(rand.NewPCG(seed, 2))
	for rounds := 0; !t.Failed(); rounds++ {
		select {
		case <-s.over:
			if rounds >= least {
				return
			}
		default:
		}
		client.round(s, t, r)
		s.ledger.count("rounds: " + client.name)
		select {
		case s.beats <- struct{}{}:
		default:
		}
	}
}

// await waits until another client has finished something, or for the end.
func (s *soak) await() {
	select {
	case <-s.beats:
	case <-s.over:
	}
}

// hangUp closes the connections that clients keep for later.
func (s *soak) hangUp() {
	http.DefaultClient.CloseIdleConnections()
	s.client.CloseIdleConnections()
}

// process is what a leak would make grow.
type process struct {
	Goroutines, Files int
	Heap              uint64
}

func processNow(t *testing.T) process {
	t.Helper()
	files, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return process{runtime.NumGoroutine(), len(files), heap()}
}

// atRest waits until nothing ends any more of what the process was made for.
func atRest(t *testing.T) process {
	t.Helper()
	const calm = 5 // looks
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	now := processNow(t)
	for same := 0; same < calm; same++ {
		<-tick.C
		if next := processNow(t); next.Goroutines < now.Goroutines || next.Files < now.Files {
			now, same = next, 0
		}
	}
	return now
}

// comesBack waits until the process is near what it was before. What clients have left behind ends by and by.
func (p process) comesBack(t *testing.T) (now process) {
	t.Helper()
	const goroutines, files = 8, 4 // more than before: timers, caches at work
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	patience := time.After(time.Minute)
	for {
		now = processNow(t)
		if now.Goroutines <= p.Goroutines+goroutines && now.Files <= p.Files+files && now.Heap <= p.Heap+mostLeft {
			return now
		}
		select {
		case <-tick.C:
		case <-patience:
			stacks := make([]byte, 1<<20)
			t.Errorf("%+v before, %+v after\n%s", p, now, stacks[:runtime.Stack(stacks, true)])
			return now
		}
	}
}

// checkServer asks that the server knows of no failure.
func (s *soak) checkServer(t *testing.T) {
	t.Helper()
	metrics := string(s.fetch(t, "", s.open+"/metrics", "").body)
	if !strings.Contains(metrics, "\ncountyql_panics_total 0\n") || strings.Contains(metrics, `countyql_errors_total{code="INTERNAL"}`) || strings.Contains(metrics, `limit="queue"`) {
		t.Errorf("%s", metrics)
	}
	if n := s.failed.Load(); n > 0 {
		t.Errorf("the server has logged %d errors", n)
	}
}

// compareWithAQuietServer asks everything once more of another server, which nobody else asks, for the newest snapshots that there are.
func (s *soak) compareWithAQuietServer(t *testing.T) {
	t.Helper()
	engine, err := duckdb.Open(s.dir, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	quiet := httptest.NewServer(server.New(service, server.Options{
		Logger: slog.New(slog.DiscardHandler), Access: server.Access{Verifier: soakVerifier{}}, Keeping: graph.Keeping{Bytes: -1},
	}))
	defer quiet.Close()
	const newest = 2
	for _, id := range s.kept(t)[:newest] {
		if err := engine.Publish(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if s.ledger.revisionOf(id) == 0 {
			continue // the bundled data without the known figures
		}
		for token := range knownSum {
			for _, q := range s.questions {
				if !q.varies && s.mayAsk(token, &q) {
					status, answer := carriers["POST"](t, quiet.URL, token, encode(t, map[string]string{"query": q.text}))
					if from := s.from(t, &q, token, status, answer); from != id {
						t.Errorf("%s is from %q, want %q", q.name, from, id)
					}
					s.ledger.answer(t, id, token, q.name, answer)
					s.ledger.count("answers compared with a quiet server's")
				}
			}
			for field, arguments := range soakFiles {
				for extension := range exportReaders {
					got := s.fetch(t, token, quiet.URL+"/v1/export/"+field+"."+extension+"?missing=false", arguments)
					s.checkFile(t, token, field, extension, got)
				}
			}
		}
	}
}

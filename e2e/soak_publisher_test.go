package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/loader/report"
	"github.com/countyql/countyql/store/duckdb"
)

// keptSnapshots is how many a prune leaves.
const keptSnapshots = 4

// soakActs are what changes the data while they are asked for.
var soakActs = []string{"an upload", "an upload as events", "a load beside the server", "going back", "a prune"}

// publish changes the data once, and waits until every subscriber has been told.
func (s *soak) publish(t *testing.T, r *rand.Rand, act string) {
	t.Helper()
	before := s.current(t)
	published := ""
	switch act {
	case "an upload", "an upload as events":
		s.revision++
		published = s.upload(t, s.revision, act == "an upload as events")
		s.ledger.revision(t, published, s.revision)
	case "a load beside the server":
		s.revision++
		published = s.loadBeside(t, s.revision)
		s.ledger.revision(t, published, s.revision)
	case "going back":
		others := slices.DeleteFunc(s.kept(t), func(id string) bool { return id == before })
		if len(others) == 0 {
			return
		}
		published = pick(r, others)
		if got := s.administer(t, fmt.Sprintf(`mutation { publishSnapshot(id: %q) { id } }`, published)); got != fmt.Sprintf(`{"data":{"publishSnapshot":{"id":%q}}}`, published) {
			t.Errorf("going back: %s", got)
		}
	case "a prune":
		s.prune(t, before)
	}
	s.ledger.count("publications: " + act)
	if published == "" {
		return
	}
	for _, subscriber := range s.subscribers {
		select {
		case event := <-subscriber.told:
			if !strings.Contains(event, published) {
				t.Errorf("%s is told %q of %s", subscriber.name, event, published)
			}
			s.ledger.count("events")
		case <-time.After(time.Minute):
			t.Errorf("%s is not told of %s", subscriber.name, published)
		}
	}
}

// upload loads a revision over HTTP and returns its snapshot.
func (s *soak) upload(t *testing.T, revision int, events bool) string {
	t.Helper()
	request := s.request(t, "loader", s.open+"/v1/loads", knownTable(revision))
	request.Header.Set("Content-Type", "text/csv")
	request.Header.Set("Idempotency-Key", "revision "+strconv.Itoa(revision))
	if events {
		request.Header.Set("Accept", mediaEvents)
	}
	got := s.do(t, request)
	body := string(got.body)
	if events {
		_, body, _ = strings.Cut(body, "event: result\ndata: ")
		body, _, _ = strings.Cut(body, "\n")
	}
	var outcome report.Outcome
	if err := json.Unmarshal([]byte(body), &outcome); err != nil || got.status != http.StatusOK || !outcome.Published {
		t.Fatalf("%v: %d %s", err, got.status, got.body)
	}
	return outcome.Snapshot
}

// loadBeside loads a revision through an engine of its own, as another process does.
func (s *soak) loadBeside(t *testing.T, revision int) string {
	t.Helper()
	engine, err := duckdb.Open(s.dir, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	beside := loader.Loader{Engine: engine, Logger: slog.New(slog.DiscardHandler)}
	table := knownTable(revision)
	result, err := beside.Load(t.Context(), loader.Input{Name: "beside", Files: []loader.InputFile{{
		Name: "revision.csv", Size: int64(len(table)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(table)), nil },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return result.Manifest.ID
}

// prune removes old snapshots, those that it should.
func (s *soak) prune(t *testing.T, published string) {
	t.Helper()
	others := slices.DeleteFunc(s.kept(t), func(id string) bool { return id == published })
	old := others[min(len(others), keptSnapshots-1):]
	var answer struct {
		Data struct{ PruneSnapshots []string }
	}
	got := s.administer(t, fmt.Sprintf(`mutation { pruneSnapshots(keep: %d) }`, keptSnapshots))
	if err := json.Unmarshal([]byte(got), &answer); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	slices.Sort(old)
	slices.Sort(answer.Data.PruneSnapshots)
	if !slices.Equal(answer.Data.PruneSnapshots, old) {
		t.Errorf("pruned %s, want %v", got, old)
	}
}

// kept are the snapshots that there are, newest first.
func (s *soak) kept(t *testing.T) (ids []string) {
	t.Helper()
	manifests, err := s.engine.Manifests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range manifests {
		ids = append(ids, m.ID)
	}
	return ids
}

// administer carries out a mutation.
func (s *soak) administer(t *testing.T, document string) string {
	t.Helper()
	return string(s.fetch(t, "admin", s.open+"/graphql", string(encode(t, map[string]string{"query": document}))).body)
}

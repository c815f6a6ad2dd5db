package e2e

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
	"github.com/countyql/countyql/telemetry"
)

// soakVerifier knows a token for each scope and each role.
type soakVerifier struct{}

func (soakVerifier) Verify(ctx context.Context, token string) (*access.Principal, error) {
	if _, scoped := knownSum[token]; scoped {
		return scopedVerifier{}.Verify(ctx, token)
	}
	return roles{}.Verify(ctx, token)
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{
		dir: t.TempDir(), abuses: abuses(), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}, ledger: newLedger(),
		beats: make(chan struct{}), over: make(chan struct{}), answered: make(map[string][]string),
	}
	publications := query.NewPublications()
	measured := telemetry.New(telemetry.Options{})
	logger := slog.New(errorCounter{slog.DiscardHandler, t, &s.failed})
	var err error
	s.engine, err = duckdb.Open(s.dir, duckdb.Options{
		Poll: 10 * time.Millisecond, Logger: logger, OnQuery: measured.Query, OnPublish: func(store.Manifest) { publications.Announce() },
	})
	if err != nil {
		t.Fatal(err)
	}
	bundled := loader.Loader{Engine: s.engine, Logger: logger}
	if _, err := bundled.Load(t.Context(), loader.Input{Name: "bundled", FS: data.FS}); err != nil {
		t.Fatal(err)
	}
	service := &query.Service{Engine: s.engine, Limits: query.DefaultLimits(), Gate: query.NewGate(16, 256), Now: time.Now, Publications: publications}
	uploads, err := server.NewUploads(service, filepath.Join(s.dir, "uploads"), server.UploadOptions{Logger: logger, Audit: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	options := server.Options{
		Logger: logger, Audit: slog.New(slog.DiscardHandler), Access: server.Access{Verifier: soakVerifier{}}, Telemetry: measured, Uploads: uploads,
		Keeping: graph.Keeping{Bytes: 1 << 20}, // so little that most are worked out again
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.engine.Follow(ctx); err != nil {
			t.Error(err)
		}
	})
	s.open = listen(ctx, t, &running, server.New(service, options))
	s.questions = soakQuestions(s.regionID(t))
	options.List, options.Keeping = s.list(t), graph.Keeping{Bytes: -1}
	s.listed = listen(ctx, t, &running, server.New(service, options))
	t.Cleanup(func() {
		stop()
		running.Wait()
		if err := uploads.Close(); err != nil {
			t.Error(err)
		}
		if err := s.engine.Close(); err != nil { // also if a snapshot is still in use
			t.Error(err)
		}
	})
	s.revision = 1
	s.ledger.revision(t, s.upload(t, s.revision, false), s.revision)
	s.findAnswered(t)
	s.subscribe(t)
	return s
}

// listen serves a handler as the command line does, until the context ends.
func listen(ctx context.Context, t *testing.T, running *sync.WaitGroup, handler *server.Handler) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	running.Go(func() {
		if err := server.Serve(ctx, listener, handler, server.Times{Grace: time.Minute}); err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// list has all questions by name.
func (s *soak) list(t *testing.T) *document.List {
	t.Helper()
	dir := t.TempDir()
	for _, q := range s.questions {
		if err := os.WriteFile(filepath.Join(dir, q.name+".graphql"), []byte(q.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := graph.ReadDocuments(dir, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// findAnswered finds out which questions the scopes let be answered.
func (s *soak) findAnswered(t *testing.T) {
	t.Helper()
	for token := range knownSum {
		for _, q := range s.questions {
			_, answer := carriers["POST"](t, s.listed, token, encode(t, map[string]any{"id": q.name, "variables": map[string]string{"since": s.current(t)}}))
			if !strings.Contains(string(answer), `"errors"`) {
				s.answered[token] = append(s.answered[token], q.name)
			}
		}
	}
	if all, few := len(s.answered[""]), len(s.answered["province"]); all != len(s.questions) || few < 10 {
		t.Fatalf("of %d questions %d are answered, in a scope %d", len(s.questions), all, few)
	}
}

// errorCounter counts the lines that are logged as errors, and shows them.
type errorCounter struct {
	slog.Handler
	t      *testing.T
	failed *atomic.Int64
}

func (c errorCounter) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelError
}

func (c errorCounter) Handle(_ context.Context, record slog.Record) error {
	c.failed.Add(1)
	var b strings.Builder
	_ = slog.NewTextHandler(&b, nil).Handle(context.Background(), record)
	c.t.Log(b.String())
	return nil
}

func (c errorCounter) WithAttrs([]slog.Attr) slog.Handler { return c }

func (c errorCounter) WithGroup(string) slog.Handler { return c }

// fetched is an answer over HTTP.
type fetched struct {
	status int
	header http.Header
	body   []byte
}

// request is a POST of a body in JSON, or a GET without one, as the bearer of a token.
func (s *soak) request(t *testing.T, token, target, body string) *http.Request {
	t.Helper()
	method, reader := http.MethodGet, io.Reader(http.NoBody)
	if body != "" {
		method, reader = http.MethodPost, strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, target, reader)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaJSON)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request
}

func (s *soak) do(t *testing.T, request *http.Request) fetched {
	t.Helper()
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%v after %.300s", err, body)
	}
	if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
		t.Errorf("503 without Retry-After: %.300s", body)
	}
	return fetched{response.StatusCode, response.Header, body}
}

func (s *soak) fetch(t *testing.T, token, target, body string) fetched {
	t.Helper()
	return s.do(t, s.request(t, token, target, body))
}

// refused asks that a request is refused, shortly and with a code.
func (s *soak) refused(t *testing.T, token, target, body string, status int, code string) {
	t.Helper()
	got := s.fetch(t, token, target, body)
	if got.status != status || harmless(t, got.status, got.body) != code || len(got.body) > longestRefusal {
		t.Errorf("%s as %q: %d %.300s, want %d %s", target, token, got.status, got.body, status, code)
	}
}

// current is the snapshot that is served.
func (s *soak) current(t *testing.T) string {
	t.Helper()
	snapshot, err := s.engine.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Release()
	return snapshot.Contents().Manifest.ID
}

// regionID is the identifier of a region.
func (s *soak) regionID(t *testing.T) string {
	t.Helper()
	var answer struct {
		Data struct{ Region struct{ ID string } }
	}
	if err := json.Unmarshal(postTo(t, s.open, []byte(`{ region(code: "370105") { id } }`), nil), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data.Region.ID
}

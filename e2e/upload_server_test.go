package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/loader/report"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// roles knows a token for each role, named after it.
type roles struct{}

func (roles) Verify(_ context.Context, token string) (*access.Principal, error) {
	switch token {
	case "reader":
		return &access.Principal{Name: token, Role: access.Reader}, nil
	case "loader", "other":
		return &access.Principal{Name: token, Role: access.Loader}, nil
	case "admin":
		return &access.Principal{Name: token, Role: access.Admin}, nil
	case "adminpart":
		return &access.Principal{Name: token, Role: access.Admin, Scope: access.Scope{Regions: []string{"37"}}}, nil
	case "part":
		return &access.Principal{Name: token, Role: access.Loader, Scope: access.Scope{Regions: []string{"37"}}}, nil
	}
	return nil, indicator.Errorf(indicator.Unauthenticated, "the token is not known here")
}

// uploadServer takes uploads into a store of its own with the bundled data.
type uploadServer struct {
	t       *testing.T
	engine  *duckdb.Engine
	dir     string
	uploads *server.Uploads
	url     string
	audit   bytes.Buffer
}

func newUploadServer(t *testing.T, options server.UploadOptions) *uploadServer {
	t.Helper()
	s := &uploadServer{t: t, dir: t.TempDir()}
	var err error
	if s.engine, err = duckdb.Open(s.dir, duckdb.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.engine.Close() })
	bundled := loader.Loader{Engine: s.engine, Logger: slog.New(slog.DiscardHandler)}
	if _, err := bundled.Load(t.Context(), loader.Input{Name: "bundled", FS: data.FS}); err != nil {
		t.Fatal(err)
	}
	s.start(options)
	return s
}

func (s *uploadServer) start(options server.UploadOptions) {
	s.t.Helper()
	logger := slog.New(slog.DiscardHandler)
	options.Logger, options.Audit = logger, slog.New(slog.NewJSONHandler(&s.audit, nil))
	service := &query.Service{Engine: s.engine, Limits: query.DefaultLimits(), Now: time.Now}
	var err error
	if s.uploads, err = server.NewUploads(service, filepath.Join(s.dir, "uploads"), options); err != nil {
		s.t.Fatal(err)
	}
	listening := httptest.NewServer(server.New(service, server.Options{
		Logger: logger, Access: server.Access{Verifier: roles{}}, Uploads: s.uploads,
	}))
	s.url = listening.URL
	s.t.Cleanup(listening.Close)
}

// stop ends the uploads and demands that none has left anything behind.
func (s *uploadServer) stop() {
	s.t.Helper()
	if err := s.uploads.Close(); err != nil {
		s.t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(s.dir, "uploads", "spool-*"))
	if err != nil || len(left) > 0 {
		s.t.Errorf("left behind: %v %v", left, err)
	}
}

func (s *uploadServer) snapshots() int {
	s.t.Helper()
	manifests, err := s.engine.Manifests(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return len(manifests)
}

const observationsHeader = "region,indicator,period,value,source,published_on\n"

// mapping reads a foreign table as figures of one indicator.
const mapping = "region: {column: place}\nperiod: {column: day}\nindicator: volunteer_teams\nsource: jinan_daily_2020_03_30\nvalues: [{column: teams}]\n"

// teams is a table of one figure.
func teams(value string) string {
	return observationsHeader + "370105,volunteer_teams,2021-01-01," + value + ",jinan_daily_2020_03_30,2021-01-02\n"
}

// sent is one upload and what is wanted of it.
type sent struct {
	method, target, token, body string
	header                      map[string]string
}

func (s *uploadServer) request(ctx context.Context, u sent, body io.Reader) *http.Request {
	s.t.Helper()
	if u.method == "" {
		u.method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, u.method, s.url+"/v1/loads"+u.target, body)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/csv")
	if u.token != "-" {
		request.Header.Set("Authorization", "Bearer "+u.token)
	}
	for name, value := range u.header {
		if request.Header.Set(name, value); value == "" {
			request.Header.Del(name)
		}
	}
	return request
}

// refusal is the shape of an answer that did not come to a load.
type refusal struct {
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// reply is what precedes the body of an answer.
type reply struct {
	StatusCode int
	Header     http.Header
}

func (s *uploadServer) send(u sent) (reply, *report.Outcome, []byte) {
	s.t.Helper()
	if u.token == "" {
		u.token = "loader"
	}
	response, err := http.DefaultClient.Do(s.request(s.t.Context(), u, strings.NewReader(u.body)))
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var outcome report.Outcome
	if err := json.Unmarshal(body, &outcome); err != nil && u.header["Accept"] == "" {
		s.t.Fatalf("%v in %s", err, body)
	}
	return reply{response.StatusCode, response.Header}, &outcome, body
}

// stream sends an upload that waits for the store, and returns as soon as it is under way.
func (s *uploadServer) stream(ctx context.Context, u sent) io.ReadCloser {
	s.t.Helper()
	u.token, u.target = "loader", "?wait=10m"
	request := s.request(ctx, u, strings.NewReader(u.body))
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.Body
}

// wait sends an upload that waits for the store; the function makes its client leave.
func (s *uploadServer) wait(u sent) (leave func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	body := s.stream(ctx, u)
	return func() {
		cancel()
		body.Close()
	}
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func form(t *testing.T, parts ...[3]string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		part, err := w.CreateFormFile(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(p[2]))
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

package telemetry

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/countyql/countyql/store"
)

const (
	parentTrace = "0af7651916cd43dd8448eb211c80319c"
	parentSpan  = "b7ad6b7169203331"
)

// receiver is an OTLP receiver that keeps the spans it is sent.
func receiver(t *testing.T) (url string, spans chan *tracepb.Span) {
	t.Helper()
	spans = make(chan *tracepb.Span, 100)
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var sent collector.ExportTraceServiceRequest
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = proto.Unmarshal(body, &sent)
		}
		if err != nil || r.URL.Path != "/base/v1/traces" {
			t.Errorf("%s: %v", r.URL, err)
		}
		for _, resource := range sent.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				for _, span := range scope.GetSpans() {
					spans <- span
				}
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(listening.Close)
	return listening.URL + "/base", spans
}

// A request that names its trace is continued, from HTTP to the engine, and delivered.
func TestTraces_continued(t *testing.T) {
	t.Parallel()
	url, sent := receiver(t)
	provider, flush, err := OpenTraces(t.Context(), TraceOptions{Endpoint: url, Version: "1", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	measured := New(Options{Traces: provider})
	request := httptest.NewRequest(http.MethodPost, "/graphql?secret", nil)
	request.Header.Set("Traceparent", "00-"+parentTrace+"-"+parentSpan+"-01")
	ctx, answered := measured.Request(request)
	operation, finished := measured.Operation(ctx, "query", "Q")
	field, resolved := measured.Field(operation, "aggregate")
	measured.Query(field, store.Executed{SQL: "SELECT 1", Took: time.Millisecond, Rows: 1})
	resolved(errors.New("quotes a client"))
	finished(Finished{Errors: 1})
	answered(Response{Route: "/graphql", Status: 200})
	if err := flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(sent)
	byID := map[string]*tracepb.Span{}
	for span := range sent {
		byID[hex.EncodeToString(span.GetSpanId())] = span
		if got := hex.EncodeToString(span.GetTraceId()); got != parentTrace {
			t.Errorf("%s is of trace %s", span.GetName(), got)
		}
		if text := span.String(); strings.Contains(text, "secret") || strings.Contains(text, "quotes a client") {
			t.Errorf("a client's words are in %s", text)
		}
	}
	parents := map[string]string{}
	for _, span := range byID {
		parent := hex.EncodeToString(span.GetParentSpanId())
		if known := byID[parent]; known != nil {
			parent = known.GetName()
		}
		parents[span.GetName()] = parent
	}
	want := map[string]string{"POST /graphql": parentSpan, "query Q": "POST /graphql", "aggregate": "query Q", "engine query": "aggregate"}
	if diff := cmp.Diff(want, parents); diff != "" {
		t.Error(diff)
	}
}

func TestOpenTraces_refuses(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"localhost:4318", "ftp://localhost", "http://", "://"} {
		if _, _, err := OpenTraces(t.Context(), TraceOptions{Endpoint: endpoint}); err == nil || !strings.Contains(err.Error(), "http://HOST:4318") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

// A receiver that cannot be reached is logged once, and is no error of the server.
func TestTraces_unreachable(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	failing := &logging{SpanExporter: unreachable{}, logger: slog.New(slog.NewTextHandler(&log, nil))}
	for range 3 {
		if err := failing.ExportSpans(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Count(log.String(), "cannot be delivered"); got != 1 {
		t.Errorf("logged %d times: %s", got, &log)
	}
}

func TestLogger(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger, err := NewLogger(&out, LogOptions{Format: "json", Level: slog.LevelWarn})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("Traceparent", "00-"+parentTrace+"-"+parentSpan+"-00")
	ctx, _ := New(Options{}).Request(request.WithContext(context.WithValue(t.Context(), RequestKey{}, Request(named("R1")))))
	logger.InfoContext(ctx, "too low")
	logger.With("a", 1).WarnContext(ctx, "slow", "took", 1500*time.Millisecond)
	logger.WarnContext(ctx, "named", "request", "R2")
	var lines []map[string]any
	for line := range strings.Lines(out.String()) {
		var read map[string]any
		if err := json.Unmarshal([]byte(line), &read); err != nil {
			t.Fatal(err)
		}
		delete(read, "time")
		lines = append(lines, read)
	}
	want := []map[string]any{
		{"level": "WARN", "msg": "slow", "a": 1.0, "took": 1.5, "request": "R1", "trace": parentTrace},
		{"level": "WARN", "msg": "named", "request": "R2", "trace": parentTrace},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if _, err := NewLogger(&out, LogOptions{Format: "xml"}); err == nil {
		t.Error("xml is accepted")
	}
}

// Whatever clients name their operations, there are few labels.
func TestNames_bounded(t *testing.T) {
	t.Parallel()
	learning := newNames(nil)
	labels := map[string]bool{}
	for i := range 500 {
		if got := learning.label("Failed"+strconv.Itoa(i), false); got != other {
			t.Fatalf("a failed operation is labelled %q", got)
		}
	}
	for i := range 500 {
		labels[learning.label("Q"+strconv.Itoa(i), true)] = true
	}
	if len(labels) != mostNames+1 || !labels["Q0"] || !labels[other] {
		t.Errorf("%d labels", len(labels))
	}
	if got := learning.label(strings.Repeat("x", longestOwn+1), true); got != other {
		t.Errorf("a long name is labelled %q", got)
	}
	given := newNames([]string{"Dashboard"})
	got := []string{given.label("Dashboard", false), given.label("Else", true), given.label("", true)}
	if want := []string{"Dashboard", other, anonymous}; !slices.Equal(got, want) {
		t.Errorf("labels %q, want %q", got, want)
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, nil))
	measured := New(Options{Logger: logger, Slow: SlowOptions{After: time.Second, PerMinute: 2}})
	ended, end := context.WithCancel(t.Context())
	end() // the request's time is over
	explained := 0
	ask := func(took time.Duration) {
		measured.Query(ended, store.Executed{SQL: "SELECT 1", Took: took, Explain: func(ctx context.Context) (string, error) {
			explained++
			return "SEQ_SCAN", ctx.Err()
		}})
	}
	ask(time.Second - 1)
	if out.Len() > 0 {
		t.Errorf("logged: %s", &out)
	}
	for range 5 {
		ask(time.Second)
	}
	if got := strings.Count(out.String(), "plan=SEQ_SCAN"); got != 2 || explained != 2 || !strings.Contains(out.String(), `sql="SELECT 1"`) {
		t.Errorf("%d plans logged, %d made: %s", got, explained, &out)
	}
	if got := testutil.ToFloat64(measured.Metrics.slow); got != 5 {
		t.Errorf("%v slow queries counted", got)
	}
}

// What is measured is described in the documentation, and nothing else is.
func TestMetrics_documented(t *testing.T) {
	t.Parallel()
	metrics := NewMetrics(MetricsOptions{})
	metrics.Published(store.Manifest{ID: "s"})
	problems, err := testutil.GatherAndLint(metrics.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	described := make(chan *prometheus.Desc)
	go func() {
		metrics.registry.Describe(described)
		close(described)
	}()
	name := regexp.MustCompile(`"(countyql_[a-z_]+)"`)
	var measured []string
	for desc := range described {
		if found := name.FindStringSubmatch(desc.String()); found != nil {
			measured = append(measured, found[1])
		}
	}
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	lookedUp := regexp.MustCompile("^countyql_(engine_queries_(running|waiting)|resident_.*|scope_views.*|tls_.*)$") // what the server adds
	for _, found := range regexp.MustCompile("(?m)^\\| `(countyql_[a-z_]+)").FindAllSubmatch(page, -1) {
		if text := string(found[1]); !lookedUp.MatchString(text) {
			documented = append(documented, text)
		}
	}
	slices.Sort(measured)
	slices.Sort(documented)
	if diff := cmp.Diff(measured, documented); diff != "" {
		t.Errorf("metrics (-) and docs/operations.md (+): %s", diff)
	}
}

// unreachable is a receiver that cannot be reached.
type unreachable struct{}

func (unreachable) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	return errors.New("connection refused")
}

func (unreachable) Shutdown(context.Context) error { return nil }

// named is a request.
type named string

func (n named) ID() string { return string(n) }

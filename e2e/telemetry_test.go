package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const (
	gridsDocument = `{"query":"query Grids {
		observations(where: {indicators: [\"grids\"]}, first: %d) { totalCount nodes { value } }
		indicators(first: 1) { totalCount }
	}"%s}`
	askedTrace, askedSpan = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
)

// askWith asks for so many figures with more members and headers, and returns the body of the answer.
func askWith(t *testing.T, first, members string, header map[string]string) (body []byte) {
	t.Helper()
	text := strings.NewReplacer("\n", " ", "\t", " ", "%d", first, "%s", members).Replace(gridsDocument)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, serverURL(t)+"/graphql", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err = io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", response.StatusCode, err)
	}
	return body
}

// What an answer took is part of it only for whoever asks.
func TestStats(t *testing.T) {
	plain := askWith(t, "3", "", nil)
	if bytes.Contains(plain, []byte("extensions")) {
		t.Errorf("unasked: %s", plain)
	}
	for name, body := range map[string][]byte{
		"header":    askWith(t, "3", "", map[string]string{"X-Countyql-Stats": "1"}),
		"extension": askWith(t, "3", `,"extensions":{"countyqlStats":true}`, nil),
	} {
		var answer struct {
			Data       json.RawMessage
			Extensions struct {
				Stats struct {
					Snapshot                           string
					EngineQueries, Rows, Cells, Values int64
					EngineMs, Ms                       float64
				}
			}
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		s := answer.Extensions.Stats
		if s.Snapshot == "" || s.EngineQueries < 1 || s.Rows < 3 || s.Values < 6 || s.EngineMs <= 0 || s.Ms <= 0 {
			t.Errorf("%s: stats %+v", name, s)
		}
		if !bytes.Contains(plain, answer.Data) {
			t.Errorf("%s: other data: %s", name, answer.Data)
		}
	}
}

// A request is one trace from HTTP to the engine.
func TestTrace(t *testing.T) {
	askWith(t, "2", "", map[string]string{"Traceparent": "00-" + askedTrace + "-" + askedSpan + "-01"})
	spans := map[string]tracetest.SpanStub{}
	for _, span := range testServer.spans.GetSpans() {
		if span.SpanContext.TraceID().String() == askedTrace {
			spans[span.SpanContext.SpanID().String()] = span
		}
	}
	parents := map[string]string{}
	for _, span := range spans {
		parent := span.Parent.SpanID().String()
		if known, ok := spans[parent]; ok {
			parent = known.Name
		}
		parents[span.Name] = parent
		if span.EndTime.Before(span.StartTime) {
			t.Errorf("%s ends before it begins", span.Name)
		}
	}
	want := map[string]string{
		"POST /graphql": askedSpan, "query Grids": "POST /graphql", "observations": "query Grids", "indicators": "query Grids", "engine query": "observations",
	}
	if diff := cmp.Diff(want, parents); diff != "" {
		t.Error(diff)
	}
}

package race

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countyql/countyql/bench/question"
)

// The client reads bodies of a known length and in chunks, one answer after the other on one connection.
func TestWire(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789"), 20_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		switch r.URL.Path {
		case "/304":
			w.Header().Set("ETag", `"tag"`)
			w.WriteHeader(http.StatusNotModified)
		case "/chunks":
			for part := range bytes.SplitSeq(large, []byte("90")) {
				_, _ = w.Write(part)
				_, _ = io.WriteString(w, "90")
				w.(http.Flusher).Flush()
			}
		default:
			fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("X-Asked"), body)
		}
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	w, err := dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for range 2 {
		for _, c := range []struct {
			request []byte
			status  int
			body    string
		}{
			{Post(address, "/", []byte("{}"), "X-Asked", "a"), 200, "POST a {}"},
			{Get(address, "/304"), 304, ""},
			{Get(address, "/chunks"), 200, string(large) + "90"},
			{Get(address, "/", "X-Asked", "b"), 200, "GET b "},
		} {
			status, err := w.roundTrip(c.request)
			if err != nil || status != c.status || string(w.body) != c.body {
				t.Fatalf("%d, %v, %.40q, want %d, %.40q", status, err, w.body, c.status, c.body)
			}
		}
	}
	if w.tag != `"tag"` {
		t.Errorf("ETag %s", w.tag)
	}
}

// pager answers pages of three and says whether another follows.
func pager(t *testing.T) *Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		page := 1 + strings.Count(string(body), "x") // the cursor of page 1 is x, that of page 2 xx
		fmt.Fprintf(w, `{"data":{"nodes":[{"n":%d}],"page":{"endCursor":"%s","hasNextPage":%v}}}`, page, strings.Repeat("x", page), page < 3)
	}))
	t.Cleanup(server.Close)
	return &Server{Label: "pager", Process: &Process{Address: strings.TrimPrefix(server.URL, "http://")}}
}

func pages() Line {
	return Line{Form: question.Objects, Question: &question.Question{
		ID: "pages", Names: []string{"n"}, Paged: true,
		Ways: []question.Way{{
			Form: question.Objects, Document: "{}", Path: []string{"nodes"}, Fields: []string{"n"},
			Variables: func(_ question.Params, after string) map[string]any { return map[string]any{"after": after} },
		}},
	}}
}

func TestServer_Pages(t *testing.T) {
	side, line := pager(t), pages()
	client, err := side.Connect(t.Context(), line)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, want := range []float64{1, 2, 3, 1} {
		request, err := side.Prepare(line, question.Params{})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Ask(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		rows, err := client.Rows()
		if err != nil || len(rows) != 1 || rows[0][0] != want {
			t.Fatalf("%v, %v, want page %v", rows, err, want)
		}
	}
}

// counting is a side that answers with a number; every request is counted.
type counting struct {
	name   string
	answer float64
	asked  atomic.Int64
	fails  bool
}

func (c *counting) Name() string                                  { return c.name }
func (*counting) Answers(Line) bool                               { return true }
func (*counting) Prepare(Line, question.Params) (Request, error)  { return Request{}, nil }
func (c *counting) Connect(context.Context, Line) (Client, error) { return c, nil }
func (c *counting) Rows() ([][]any, error)                        { return [][]any{{c.answer}}, nil }
func (*counting) Close()                                          {}
func (c *counting) Ask(ctx context.Context, request Request) error {
	c.asked.Add(1)
	if c.fails {
		return io.ErrUnexpectedEOF
	}
	return nil
}

func domain() *question.Domain {
	d := &question.Domain{
		Indicators: []question.Term{{Code: "count_0"}, {Code: "count_1", Ordinal: 1}, {Code: "rate_0", Ordinal: 2}},
		Regions:    []question.Term{{Code: "11"}, {Code: "110101", Ordinal: 1}},
		Periods:    []question.Period{{Label: "2015-01", End: 30}},
	}
	d.Index()
	return d
}

func TestAgree(t *testing.T) {
	line := Line{Question: question.All()[0]}
	line.Question.Names = []string{"n"} // what the sides below answer
	one, same, other := &counting{name: "one", answer: 1}, &counting{name: "same", answer: 1}, &counting{name: "other", answer: 2}
	if rows, err := Agree(t.Context(), domain(), []Line{line}, []Side{one, same}, 3, 1); err != nil || rows[line.Name()] != 1 {
		t.Errorf("%v, %v", rows, err)
	}
	if _, err := Agree(t.Context(), domain(), []Line{line}, []Side{one, same, other}, 3, 1); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("1 and 2 agree: %v", err)
	}
}

func TestLines(t *testing.T) {
	line := Line{Question: question.All()[0]}
	a, b := &counting{name: "a"}, &counting{name: "b"}
	told := 0
	results, err := Lines(t.Context(), domain(), []Line{line}, []Side{a, b}, Options{
		Rounds: 3, Clients: 4, Duration: time.Millisecond, After: func(Line, Side, int, Round) { told++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 2 || results[0].Side != "a" || len(results[0].One) != 3 || len(results[1].Many) != 3 || told != 12 {
		t.Errorf("%+v, told %d", results, told)
	}
	var counted int64
	for _, rounds := range [][]Round{results[0].One, results[0].Many} {
		for _, r := range rounds {
			counted += int64(r.Requests)
			if r.PerSecond <= 0 || r.P99 < r.P50 {
				t.Errorf("%+v", r)
			}
		}
	}
	if counted > a.asked.Load() {
		t.Errorf("%d requests are reported, %d were made", counted, a.asked.Load())
	}
	if _, err := Lines(t.Context(), domain(), []Line{line}, []Side{&counting{fails: true}}, Options{Rounds: 1, Clients: 2}); err == nil {
		t.Error("a side that fails is measured")
	}
}

func TestBest(t *testing.T) {
	rounds := []Round{{P50: 3, PerSecond: 10}, {P50: 2, PerSecond: 20}, {P50: 4, PerSecond: 30}}
	if median, busiest := Best(rounds); median.P50 != 2 || busiest.PerSecond != 30 {
		t.Errorf("%+v, %+v", median, busiest)
	}
}

package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/bench/dense"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/query"
)

// denseIndicators is how many indicators the engine of the benchmarks has.
const denseIndicators = 60

func list(code func(int) string, n, step int) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%q", code(i*step))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// denseQuestions are the questions that dashboards ask most, as documents.
func denseQuestions() map[string]string {
	counts, five := list(dense.Count, 10, 1), list(dense.County, 5, 500)
	latest := "{ region(code: \"" + dense.County(7) + "\") {"
	for i := range 10 {
		latest += fmt.Sprintf(" i%d: latest(indicator: %q) { value }", i, dense.Count(i))
	}
	latest += " } }"
	return map[string]string{
		"Q01 latest of 10 indicators, fields": latest,
		"Q01 latest of 10 indicators": `{ aggregate(input: {indicators: ` + counts + `, regions: {codes: ["` + dense.County(7) + `"]}}) {
			groups { indicator { code } value } } }`,
		"Q02 top 20 of a province": `{ compare(input: {indicators: ["` + dense.Count(1) + `"], display: {within: ["` + dense.Province(3) + `"]}, first: 20}) {
			indicators { entries { region { code name } value rank } } } }`,
		"Q03 sum by province": `{ aggregate(input: {indicators: ["` + dense.Count(1) + `"], groupBy: [{region: PROVINCE}]}) {
			groups { region { code } value } } }`,
		"Q04 rate by province": `{ aggregate(input: {indicators: ["` + dense.Rate(1) + `"], groupBy: [{region: PROVINCE}]}) {
			groups { region { code } value } } }`,
		"Q05 series of 5 counties": `{ series(input: {indicators: ["` + dense.Count(1) + `"], regions: {codes: ` + five + `}}) {
			series { region { code } points { period { label } value } } } }`,
		"Q06 province x month": `{ aggregate(input: {indicators: ["` + dense.Count(1) + `"], groupBy: [{region: PROVINCE}, {period: MONTH}]}) {
			groups { region { code } period { label } value mean median min max } } }`,
		"Q07 5 counties x 20 indicators": `{ aggregate(input: {indicators: ` + list(dense.Count, 20, 1) + `, regions: {codes: ` + five + `}, groupBy: [{region: COUNTY}]}) {
			groups { indicator { code } region { code } value } } }`,
		"Q09 compare all, objects": `{ compare(input: {indicators: ["` + dense.Rate(1) + `"], display: {}}) {
			indicators { entries { region { code name } value rank percentile zScore } } } }`,
		"Q09 compare all, columns": `{ compare(input: {indicators: ["` + dense.Rate(1) + `"], display: {}}) {
			indicators { columns { regions values ranks percentiles zScores } } } }`,
		"Q11 page of observations": `{ observations(where: {indicators: ["` + dense.Count(1) + `"]}, first: 1000) {
			nodes { region { code } indicator { code } period { label } value precision publishedOn } pageInfo { endCursor hasNextPage } } }`,
		"Q12 correlate": `{ correlate(input: {x: "` + dense.Count(1) + `", y: "` + dense.Rate(1) + `"}) { n coefficient pValue } }`,
	}
}

func denseServer(keeping graph.Keeping) (*Handler, *dense.Engine) {
	engine := dense.New(denseIndicators)
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Gate: query.NewGate(16, 256), Now: time.Now}
	return New(service, Options{Logger: slog.New(slog.DiscardHandler), Keeping: keeping}), engine
}

// discard is an answer that goes nowhere.
type discard struct {
	header http.Header
	status int
	bytes  int
	errors bool
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) WriteHeader(status int) { d.status = status }

func (d *discard) Write(part []byte) (int, error) {
	d.errors = d.errors || d.bytes == 0 && bytes.HasPrefix(part, []byte(`{"errors"`))
	d.bytes += len(part)
	return len(part), nil
}

// answerTo sends an operation to a handler, without a network.
func answerTo(tb testing.TB, handler http.Handler, body []byte, header ...string) *discard {
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := &discard{header: http.Header{}, status: http.StatusOK}
	handler.ServeHTTP(answer, request)
	if answer.status != http.StatusOK || answer.errors {
		tb.Fatalf("status %d, errors %t", answer.status, answer.errors)
	}
	return answer
}

func bodyOf(document string) []byte {
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		panic(err) // a text encodes
	}
	return body
}

// measured runs a benchmark and reports the processor time that it takes too: other work on the machine leaves that as it is.
func measured(b *testing.B, step func()) {
	b.ReportAllocs()
	step() // what is made once is not measured
	before := dense.Used()
	for b.Loop() {
		step()
	}
	b.ReportMetric(float64(dense.Used()-before)/float64(b.N), "cpu-ns/op")
}

// BenchmarkAnswers answers questions from the request's body to the answer's bytes. The engine takes next to nothing and nothing is
// kept.
func BenchmarkAnswers(b *testing.B) {
	handler, _ := denseServer(graph.Keeping{Bytes: -1})
	for name, document := range denseQuestions() {
		b.Run(name, func(b *testing.B) {
			body := bodyOf(document)
			var size int
			measured(b, func() { size = answerTo(b, handler, body).bytes })
			b.ReportMetric(float64(size), "answer-B")
		})
	}
}

// BenchmarkKept answers a question again that has been answered, and an empty handler that writes as many bytes.
func BenchmarkKept(b *testing.B) {
	handler, _ := denseServer(graph.Keeping{})
	for _, name := range []string{"Q03 sum by province", "Q09 compare all, columns"} {
		body := bodyOf(denseQuestions()[name])
		size := answerTo(b, handler, body).bytes
		b.Run(name+"/kept", func(b *testing.B) {
			measured(b, func() { answerTo(b, handler, body) })
		})
		b.Run(name+"/empty handler", func(b *testing.B) {
			answer := bytes.Repeat([]byte("x"), size)
			empty := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) })
			measured(b, func() { answerTo(b, empty, body) })
		})
	}
}

// BenchmarkExport writes files: some 100,000 figures with all that is known of each, and the months of every province with all columns and
// with some.
func BenchmarkExport(b *testing.B) {
	handler, _ := denseServer(graph.Keeping{})
	where := `{"where": {"indicators": ` + list(dense.Rate, 2, 1) + `}}`
	months := `{"input": {"indicators": ["` + dense.Count(1) + `"], "groupBy": [{"region": "PROVINCE"}, {"period": "MONTH"}]}}`
	for _, file := range []struct {
		name, path, body string
		least            int // bytes
	}{
		{"csv", "observations.csv", where, 1 << 20},
		{"jsonl", "observations.jsonl", where, 1 << 20},
		{"arrow", "observations.arrow", where, 1 << 20},
		{"province by month, arrow", "aggregate.arrow", months, 1 << 16},
		{"province by month, some, arrow", "aggregate.arrow?columns=region_code,period,sum,mean,min,max,count", months, 1 << 14},
	} {
		b.Run(file.name, func(b *testing.B) {
			measured(b, func() {
				request := httptest.NewRequest(http.MethodPost, "/v1/export/"+file.path, strings.NewReader(file.body))
				request.Header.Set("Content-Type", "application/json")
				answer := &discard{header: http.Header{}, status: http.StatusOK}
				handler.ServeHTTP(answer, request)
				if answer.status != http.StatusOK || answer.bytes < file.least {
					b.Fatalf("status %d, %d bytes", answer.status, answer.bytes)
				}
			})
		})
	}
}

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/server"
)

const (
	// longestRefusal is what an answer to a refused request has at most.
	longestRefusal = 8 << 10
	// mostLeft is what abuse may leave behind in memory: caches, and what the collector has not yet looked at.
	mostLeft = 48 << 20
)

// inner is what no answer may show: SQL, the engine, Go, paths of the machine, stacks.
var inner = regexp.MustCompile(`(?i)duckdb:|catalog error|binder error|parser error|syntax error at|\bselect .* from\b|goroutine \d|\.go:\d|runtime error|reflect\.|interface \{\}|map\[string\]|/tmp/|/root/|panic`)

func each(n int, text string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// abusive is a document that is meant to harm, with the variables it comes with.
type abusive struct{ document, variables string }

// request is what asks it.
func (a abusive) request(t *testing.T) []byte {
	t.Helper()
	request := map[string]any{"query": a.document}
	if a.variables != "" {
		request["variables"] = json.RawMessage(a.variables)
	}
	return encode(t, request)
}

// abuses are all refused before they read anything.
func abuses() map[string]abusive {
	deep := func(n int) string {
		return `{ region(code: "370105") ` + strings.Repeat("{ parent ", n) + "{ code }" + strings.Repeat(" }", n) + " }"
	}
	doubling := "{ ...f0 }" + each(26, " fragment f%d on Query { a%d: snapshot { id } ...g%d } fragment g%d on Query { ...h%d ... { ...h%d } }") // and hN are unknown
	chained := `{ region(code: "1") { ...f0 } }`
	for i := range 60 {
		chained += fmt.Sprintf(" fragment f%d on Region { code ...f%d successor { ...f%d } }", i, i+1, i+1)
	}
	chained += " fragment f60 on Region { code }"
	var doubled, long, short string
	for i := range 500 {
		short += fmt.Sprintf(" fragment f%d on Query { ...f%d }", i, i+1)
		if i < 26 {
			doubled += fmt.Sprintf("fragment f%d on Query{...f%d ...f%d}", i, i+1, i+1)
		}
		if i < 95 {
			long += fmt.Sprintf(" fragment f%d on Query { region(code: \"1\") { code name nameEn level parent { code name } children { totalCount } } a%d: region(code: \"1\") { code successor { code } } ...f%d }", i, i, i+1)
		}
	}
	items := `{"codes": [` + strings.TrimSuffix(strings.Repeat(`"370105",`, 20_000), ",") + `]}`
	return map[string]abusive{
		"2 MB of braces":      {document: strings.Repeat("{a", 1_000_000)},
		"nested braces":       {document: strings.Repeat("{a", 300_000)},
		"nested lists":        {document: "{search(text:" + strings.Repeat("[", 900_000)},
		"nested types":        {document: "query($a:" + strings.Repeat("[", 900_000)},
		"deep":                {document: deep(200)},
		"aliases":             {document: "{ " + each(10_000, "a%d: snapshot { id } ") + "}"},
		"aliases inside":      {document: "{ snapshot { " + each(900, "a%d: id ") + "} }"},
		"one field":           {document: `{ region(code: "1") { ` + strings.Repeat("code ", 20_000) + "} }"},
		"one field, shorter":  {document: `{ region(code: "1") { ` + strings.Repeat("code ", 3_000) + "} }"},
		"long":                {document: "{ " + strings.Repeat("a", 1_000_000) + " }"},
		"cycle":               {document: "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"},
		"doubling":            {document: doubling},
		"doubling, 948 bytes": {document: "{ ...f0 }" + doubled + " fragment f26 on Query { snapshot { id } }"},
		"chained, 20 KB":      {document: "{ ...f0 }" + long + " fragment f95 on Query { snapshot { id } }"},
		"chained, often":      {document: "{ ...f0 }" + short + " fragment f500 on Query { snapshot { id } }"},
		"chained":             {document: chained},
		"unknown fields":      {document: "{ snapshot { " + each(900, "nothing%d ") + "} }"},
		"unknown directives":  {document: "{ snapshot { id " + strings.Repeat("@a ", 1500) + "} }"},
		"40 KB of directives": {document: "{ snapshot { id " + strings.Repeat("@a ", 13_500) + "} }"},
		"items":               {document: `query($codes: [String!]) { availability(regions: {codes: $codes}) { observations } }`, variables: items},
		"deep variables":      {document: `query($d: Date) { observations(where: {}, asOf: $d) { totalCount } }`, variables: `{"d": ` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`},
		"a long text":         {document: `query($t: Date) { observations(where: {}, asOf: $t) { totalCount } }`, variables: `{"t": "` + strings.Repeat("9", 900_000) + `"}`},
		"a zero":              {document: "{ search(text: \"\x00\") { matched } }"},
		"introspection":       {document: "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"},
	}
}

// send posts a document as it is and returns the answer.
func send(t *testing.T, document, variables string) (status int, answer []byte) {
	t.Helper()
	response, err := http.Post(serverURL(t)+"/graphql", mediaJSON, bytes.NewReader(abusive{document, variables}.request(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

// harmless fails the test where an answer tells of the inside or of a failure of the server, and returns the code of its first
// error.
func harmless(t *testing.T, status int, answer []byte) string {
	t.Helper()
	if status >= 500 && status != http.StatusServiceUnavailable {
		t.Errorf("status %d: %.300s", status, answer)
	}
	if found := inner.Find(answer); found != nil {
		t.Errorf("the answer shows %q: %.300s", found, answer)
	}
	var decoded struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal(answer, &decoded); err != nil {
		t.Fatalf("%v in %.300s", err, answer)
	}
	for _, e := range decoded.Errors {
		if e.Extensions.Code == "" || e.Extensions.Code == "INTERNAL" {
			t.Errorf("the code is %q: %.300s", e.Extensions.Code, answer)
		}
	}
	if len(decoded.Errors) == 0 {
		return ""
	}
	return decoded.Errors[0].Extensions.Code
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what has finalizers goes the second time
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What is large only when it is carried out is refused as a whole, once its answer grows too large. Not parallel: it measures
// memory.
func TestAbuse_Answers(t *testing.T) {
	before := heap()
	limited := httptest.NewServer(server.New(testServer.service, server.Options{
		Logger: slog.New(slog.DiscardHandler), Results: graph.ResultLimits{Values: 20_000, Bytes: 290_000},
	}))
	defer limited.Close()
	for _, test := range []struct{ name, document, limit string }{
		{"nested pages", `{ regions(first: 10000) { nodes { parent { parent { children(level: COUNTY, first: 10000) { nodes { code ancestors { code } } } } } } } }`, "values"},
		{"aliases", "{ " + each(50, "a%d: regions(first: 10000) { nodes { code } } ") + "}", "values"},
		{"aliases inside", "{ regions(first: 1000) { nodes { " + each(90, "a%d: code ") + "} } }", "values"},
		{"long names", "{ regions(first: 3000) { nodes { " + strings.Repeat("a", 100) + ": code } } }", "bytes"},
		{"introspection", "{ " + each(40, "a%d: __schema { types { name description fields { name description type { name } } } } ") + "}", "bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := postTo(t, limited.URL, []byte(test.document), nil)
			if code := harmless(t, http.StatusOK, answer); code != "TOO_LARGE" || len(answer) > longestRefusal ||
				!strings.Contains(string(answer), `"limitName":"`+test.limit+`"`) || strings.Contains(string(answer), `"data"`) {
				t.Errorf("%q: %.300s", code, answer)
			}
		})
	}
	if after := heap(); after > before+mostLeft {
		t.Errorf("%d MB in use, %d before", after>>20, before>>20)
	}
}

// What a search is given is text: the wildcards of SQL stand for themselves.
func TestAbuse_WildcardsAreText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"%", "_", "37%", "____"} {
		got := answerOf(t, `query($t: String!) { search(text: $t) { matched } regions(where: {nameContains: $t}) { totalCount } }`, map[string]any{"t": text})
		want := map[string]any{"search": []any{}, "regions": map[string]any{"totalCount": 0.0}}
		if diff := diffJSON(t, encode(t, want), encode(t, got)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// Values of another kind than an argument's are the client's mistake, whatever their kind.
func TestAbuse_KindsOfValues(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"Int", "Float", "String", "Boolean", "ID", "Date", "Period", "Duration", "RegionLevel", "RegionSelector", "[String!]", "[[String]]", "When"} {
		for _, value := range []string{`null`, `true`, `1`, `-1`, `1.5`, `1e400`, `123456789012345678901234567890`, `"x"`, `""`, `[]`, `[1]`, `[[null]]`, `{}`, `{"a": {"b": [1]}}`} {
			for _, document := range []string{
				`query($v: ` + kind + `) { regions(first: $v, after: $v) { totalCount } }`,
				`query($v: ` + kind + `) { observations(where: {}, asOf: $v) { totalCount } }`,
				`query($v: ` + kind + `) { series(input: {indicators: $v, regions: $v, grain: $v, from: $v, align: {event: $v}}) { totalCount } }`,
				`query($v: ` + kind + `) { aggregate(input: {indicators: ["grids"], regions: $v, when: $v, minCoverage: $v}) { totalCount } }`,
				`query($v: ` + kind + `) { availability(indicators: $v, regions: $v) { observations } }`,
				`query($v: ` + kind + `) { snapshot { id @skip(if: $v) } region(code: $v) { code } node(id: $v) { id } }`,
			} {
				status, answer := send(t, document, `{"v": `+value+`}`)
				harmless(t, status, answer)
			}
		}
	}
}

// A client that sends its request slowly, or goes away, keeps nobody else from being answered.
func TestAbuse_SlowClients(t *testing.T) {
	t.Parallel()
	address := strings.TrimPrefix(serverURL(t), "http://")
	for _, begun := range []string{"", "POST /graphql HTTP/1.1\r\nHost: a\r\n", "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"} {
		for range 20 {
			connection, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if _, err := io.WriteString(connection, begun); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask[map[string]any](t, `{ snapshot { id } }`)
}

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/server"
)

// contained fails the test where an answer, whatever its kind, is a failure of the server, tells of its inside, or is long though it
// refuses.
func contained(t *testing.T, what string, status int, header http.Header, body []byte) {
	t.Helper()
	if status >= 500 && status != http.StatusServiceUnavailable && status != http.StatusNotImplemented && status != http.StatusHTTPVersionNotSupported {
		t.Errorf("%.200s: status %d: %.300s", what, status, body) // the two are net/http's, about what is no HTTP
	}
	if found := inner.Find(body); found != nil {
		t.Errorf("%.200s: the answer shows %q: %.300s", what, found, body)
	}
	for name, values := range header {
		if found := inner.FindString(strings.Join(values, "\n")); found != "" {
			t.Errorf("%.200s: the header %s shows %q", what, name, found)
		}
	}
	if status >= 400 && len(body) > longestRefusal {
		t.Errorf("%.200s: %d bytes refuse", what, len(body))
	}
	if strings.HasPrefix(header.Get("Content-Type"), mediaJSON) && len(body) > 0 { // HEAD has none
		harmless(t, status, body)
	}
}

// hostilePaths are what stands between the method and the version of a request, for every route.
func hostilePaths() []string {
	var paths []string
	for _, route := range []string{
		"/", "/playground/", "/assets/", "/graphql", "/schema.graphql", "/healthz", "/readyz", "/debug/pprof/", "/v1/loads", "/v1/export/",
		"/v1/export/observations.csv", "/v1/export/compare.parquet",
	} {
		for _, behind := range []string{
			"", "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", `..\..\windows`, "%00", "%ff%fe", "%", "%zz", "';DROP%20TABLE%20report;--",
			"//evil.example/", "?'%20OR%201=1--=%27", "?query=%00&variables=%00", "?where=%7B%22regions%22:%7B%22codes%22:%5B%22'--%22%5D%7D%7D", "?name=../../etc/passwd&wait=-1s",
			"?a;b", "?%zz", "?filename=..%2f..%2fx&where={}", "#x", strings.Repeat("a/", 4_000), strings.Repeat("%2e%2e%2f", 5_000), "?" + strings.Repeat("a=b&", 20_000), strings.Repeat("x", 2<<20),
		} {
			paths = append(paths, route+behind)
		}
	}
	return append(paths, "*", "//", "/..", "http://elsewhere.example/graphql", "graphql", "", "/%2e%2e", "/index.html/..", "/assets")
}

var hostileHeaders = map[string]string{
	"none":             "",
	"no host":          "\x00",
	"accept":           "Accept: " + strings.Repeat("application/json;q=0.1,", 2_000) + "\r\n",
	"accept, odd":      "Accept: */;q=x,,;/\r\n",
	"content type":     "Content-Type: multipart/form-data; boundary=" + strings.Repeat("x", 5_000) + "\r\n",
	"content type odd": "Content-Type: ;;;=\r\n",
	"encoding":         "Content-Encoding: gzip, zstd, br, x\r\nAccept-Encoding: gzip;q=nan, *;q=-1\r\n",
	"tags":             "If-None-Match: " + strings.Repeat(`"x",`, 5_000) + "\r\n",
	"range":            "Range: bytes=" + strings.Repeat("0-1,", 3_000) + "5-2\r\nIf-Range: x\r\n",
	"authorization":    "Authorization: Bearer ' OR 1=1 --\r\n",
	"long":             "X-Long: " + strings.Repeat("x", 2<<20) + "\r\n",
	"many":             each(20_000, "X-%d: y\r\n"),
	"zero":             "X-Zero: \x00\r\n",
	"two lengths":      "Content-Length: 1\r\nContent-Length: 2\r\n",
	"length and parts": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
	"length":           "Content-Length: -1\r\n",
	"parts":            "Transfer-Encoding: x\r\n",
	"upgrade":          "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 99\r\n",
	"upgrade, odd":     "Upgrade: h2c, TLS/1.0\r\nConnection: Upgrade, HTTP2-Settings\r\n",
	"trace":            "Traceparent: 00-" + strings.Repeat("0", 5_000) + "\r\n",
	"request":          "X-Request-Id: ' OR 1=1 --\r\nIdempotency-Key: " + strings.Repeat("k", 5_000) + "\r\n",
}

// exchanged writes a request as it is, and returns what is answered; status 0 if the connection is closed without an answer.
func exchanged(t *testing.T, address, request string) (int, http.Header, []byte) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sent := make(chan struct{})
	go func() { // what is too long is answered before it has been sent
		defer close(sent)
		_, _ = io.WriteString(conn, request)
	}()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil, nil
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body) // the connection may end before the body does
	conn.Close()
	<-sent
	return response.StatusCode, response.Header, body
}

// No path, method, header or body of any route makes the server fail or show its inside.
func TestAbuse_Routes(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{})
	pages := fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "playground/index.html": {Data: []byte("<!doctype html>")}, "assets/a.js": {Data: []byte("0")}}
	listening := httptest.NewServer(server.New(testServer.service, server.Options{Logger: slog.New(slog.DiscardHandler), Pages: pages, Uploads: s.uploads, Access: server.Access{Verifier: roles{}}, Profiles: true}))
	t.Cleanup(listening.Close)
	try := func(t *testing.T, request string) {
		t.Helper()
		status, header, body := exchanged(t, listening.URL, request)
		contained(t, request, status, header, body)
	}
	const host = "Host: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n"
	t.Run("paths", func(t *testing.T) {
		t.Parallel()
		for _, path := range hostilePaths() {
			try(t, "GET "+path+" HTTP/1.1\r\n"+host+"\r\n")
			try(t, "POST "+path+" HTTP/1.1\r\n"+host+"Authorization: Bearer loader\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
		}
	})
	t.Run("methods", func(t *testing.T) {
		t.Parallel()
		for _, method := range []string{"PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND", "'", strings.Repeat("M", 10_000), "\x00", ""} {
			for _, path := range []string{"/", "/graphql", "/schema.graphql", "/healthz", "/metrics", "/debug/pprof/", "/v1/loads", "/v1/export/observations.csv", "/nowhere"} {
				try(t, method+" "+path+" HTTP/1.1\r\n"+host+"\r\n")
			}
		}
		for _, line := range []string{"GET / HTTP/9.9", "GET / HTTP/1.0", "GET", "\x16\x03\x01", "GET  /  HTTP/1.1", "PRI * HTTP/2.0"} {
			try(t, line+"\r\n"+host+"\r\n")
		}
	})
	t.Run("headers", func(t *testing.T) {
		t.Parallel()
		for name, header := range hostileHeaders {
			for _, path := range []string{"/", "/graphql?query=%7Bsnapshot%7Bid%7D%7D", "/v1/loads", "/v1/export/observations.csv?where=%7B%7D", "/metrics", "/assets/a.js"} {
				for _, method := range []string{"GET", "POST"} {
					try(t, method+" "+path+" HTTP/1.1\r\n"+host+header+"\r\n")
				}
			}
			if name == "none" {
				try(t, "GET / HTTP/1.1\r\n\r\n") // without any
			}
		}
	})
	t.Run("uploads", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"../../etc/passwd.csv", "/etc/passwd", "'; DROP TABLE report; --.csv", "x\x00.csv", strings.Repeat("n", 5_000) + ".csv", "regions.csv", "units.csv", "a.xlsx", "a.parquet", "a.csv.gz", "a.px", "a.sql", "\xff.csv", ""} {
			for _, content := range []string{"", "\x00\x00", observationsHeader + "' OR 1=1 --,volunteer_teams,2021-01-01,1,x,2021-01-02\n", "PK\x03\x04", "PAR1", "\x1f\x8b\x08", gzipped(strings.Repeat("a,", 100_000))} {
				body, contentType := form(t, [3]string{"file", name, content})
				for _, u := range []sent{
					{target: "?name=" + url.QueryEscape(name), body: content, header: map[string]string{"Content-Type": "application/octet-stream"}},
					{body: body, header: map[string]string{"Content-Type": contentType}}, {body: body + "\r\n--", header: map[string]string{"Content-Type": contentType[:len(contentType)-3]}},
					{target: "?replace=region=" + url.QueryEscape(name), body: content},
				} {
					response, _, answer := s.send(u)
					contained(t, fmt.Sprintf("%q as %q%s", content, name, u.target), response.StatusCode, response.Header, answer)
				}
			}
		}
	})
}

// A server of listed documents refuses others as shortly, on every transport, and hostile variables of those on the list.
func TestAbuse_ListedDocuments(t *testing.T) {
	t.Parallel()
	dir, hostile := t.TempDir(), abuses()
	listed := []string{"items", "deep variables", "a long text"} // the others may not be listed
	for i, name := range listed {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.graphql", i)), []byte(hostile[name].document), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := graph.ReadDocuments(dir, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := streamingServer(t, server.Options{List: list, Timeout: time.Minute})
	queries := s.queries()
	for transport, carry := range carriers {
		t.Run(transport, func(t *testing.T) {
			for i, name := range listed {
				variables := []byte(hostile[name].variables)
				for _, id := range []string{fmt.Sprint(i), document.Hash(hostile[name].document)} {
					request := fmt.Appendf(nil, `{"id": %q, "variables": %s}`, id, variables)
					status, answer := carry(t, s.url, "", request)
					refusedOn(t, status, answer)
				}
				status, answer := carry(t, s.url, "", fmt.Appendf(nil, `{"extensions": %s, "variables": %s}`, encode(t, persisted(document.Hash(hostile[name].document))), variables))
				refusedOn(t, status, answer)
			}
			for name, abuse := range hostile {
				unlisted(t, name, carry, s.url, abuse.request(t))
			}
			for _, id := range []string{"../0", "0.graphql", "/etc/passwd", "' OR 1=1 --", "\x00", "0\x00", strings.Repeat("0", 500_000), strings.Repeat("f", 64), "", "\u202e"} {
				unlisted(t, id, carry, s.url, encode(t, map[string]string{"id": id}))
			}
			for name, extension := range map[string]string{"a list": `[]`, "nested": strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000), "no hash": `{"version": 1}`, "a long hash": `{"version": 1, "sha256Hash": "` + strings.Repeat("a", 500_000) + `"}`, "a number": `1e999`} {
				unlisted(t, name, carry, s.url, []byte(`{"extensions": {"persistedQuery": `+extension+`}}`))
			}
		})
	}
	if asked := s.queries() - queries; asked != 0 {
		t.Errorf("%d engine queries", asked)
	}
}

// unlisted asks that a request that means no document of the list is refused, shortly.
func unlisted(t *testing.T, what string, carry carrier, address string, request []byte) {
	t.Helper()
	status, answer := carry(t, address, "", request)
	if code := harmless(t, status, answer); code != "FORBIDDEN" && code != "INVALID_INPUT" && code != "TOO_LARGE" || len(answer) > longestRefusal {
		t.Errorf("%.100q: %d %q, %d bytes: %.300s", what, status, code, len(answer), answer)
	}
}

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/loader/report"
	"github.com/countyql/countyql/server"
)

// What does not come to a load is refused, with a status, a code and a reason, and leaves nothing behind.
func TestUploads_refused(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{MaxBytes: 1000})
	twice, twiceType := form(t, [3]string{"file", "a.csv", teams("1")}, [3]string{"file", "a.csv", teams("2")})
	other, otherType := form(t, [3]string{"data", "a.csv", teams("1")})
	maps, mapsType := form(t, [3]string{"mapping", "a.yaml", mapping}, [3]string{"mapping", "b.yaml", mapping})
	before := s.snapshots()
	for _, test := range []struct {
		name     string
		sent     sent
		status   int
		code     string
		contains string
	}{
		{"no token", sent{token: "-", body: teams("1")}, 401, "UNAUTHENTICATED", "role loader"},
		{"bad token", sent{token: "x", body: teams("1")}, 401, "UNAUTHENTICATED", "not known"},
		{"reader", sent{token: "reader", body: teams("1")}, 403, "FORBIDDEN", "role loader"},
		{"loader with a scope", sent{token: "part", body: teams("1")}, 403, "FORBIDDEN", "scope"},
		{"GET", sent{method: "GET"}, 405, "INVALID_INPUT", "POST"},
		{"unknown parameter", sent{target: "?dryrun=true", body: teams("1")}, 400, "INVALID_INPUT", "dryRun"},
		{"malformed parameter", sent{target: "?dryRun=maybe", body: teams("1")}, 400, "INVALID_INPUT", "dryRun"},
		{"parameter twice", sent{target: "?dryRun=true&dryRun=false", body: teams("1")}, 400, "INVALID_INPUT", "twice"},
		{"replace of nothing", sent{target: "?replace=region=37", body: teams("1")}, 400, "INVALID_INPUT", "replace"},
		{"replace and maxRejects", sent{target: "?replace=indicator=grids&maxRejects=1", body: teams("1")}, 400, "INVALID_INPUT", "together"},
		{"wait too long", sent{target: "?wait=1h", body: teams("1")}, 400, "INVALID_INPUT", "wait"},
		{"negative wait", sent{target: "?wait=-1s", body: teams("1")}, 400, "INVALID_INPUT", "wait"},
		{"slash in the name", sent{target: "?name=..%2Fa.csv", body: teams("1")}, 400, "INVALID_INPUT", "slash"},
		{"control character in the name", sent{target: "?name=a%0A.csv", body: teams("1")}, 400, "INVALID_INPUT", "name"},
		{"name without a format", sent{target: "?name=a.exe", body: teams("1")}, 415, "INVALID_INPUT", "ending"},
		{"form of the web", sent{body: "a=b", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, 415, "INVALID_INPUT", "text/csv"},
		{"plain text", sent{body: teams("1"), header: map[string]string{"Content-Type": "text/plain"}}, 415, "INVALID_INPUT", "text/plain"},
		{"neither name nor type", sent{body: teams("1"), header: map[string]string{"Content-Type": ""}}, 415, "INVALID_INPUT", "name"},
		{"content encoding", sent{body: gzipped(teams("1")), header: map[string]string{"Content-Encoding": "gzip"}}, 415, "INVALID_INPUT", "csv.gz"},
		{"too large", sent{body: strings.Repeat("x", 1001)}, 413, "TOO_LARGE", "1000 bytes"},
		{"two files of one name", sent{body: twice, header: map[string]string{"Content-Type": twiceType}}, 400, "INVALID_INPUT", "a.csv"},
		{"part of another name", sent{body: other, header: map[string]string{"Content-Type": otherType}}, 400, "INVALID_INPUT", "name the parts file"},
		{"two mappings", sent{body: maps, header: map[string]string{"Content-Type": mapsType}}, 400, "INVALID_INPUT", "two mappings"},
		{"cut form", sent{body: twice[:300], header: map[string]string{"Content-Type": twiceType}}, 400, "INVALID_INPUT", "cut"},
		{"empty form", sent{body: "", header: map[string]string{"Content-Type": twiceType}}, 400, "INVALID_INPUT", "form"},
		{"empty key", sent{body: teams("1"), header: map[string]string{"Idempotency-Key": "\t"}}, 400, "INVALID_INPUT", "Idempotency-Key"},
		{"long key", sent{body: teams("1"), header: map[string]string{"Idempotency-Key": strings.Repeat("k", 201)}}, 400, "INVALID_INPUT", "Idempotency-Key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, _, body := s.send(test.sent)
			var got refusal
			if err := json.Unmarshal(body, &got); err != nil || len(got.Errors) != 1 {
				t.Fatalf("%v: %d %s", err, response.StatusCode, body)
			}
			if response.StatusCode != test.status || got.Errors[0].Extensions.Code != test.code || !strings.Contains(string(body), test.contains) {
				t.Errorf("%d %s", response.StatusCode, body)
			}
		})
	}
	// A body whose length is not declared is held to the same bound.
	response, err := http.DefaultClient.Do(s.request(t.Context(), sent{token: "loader"}, io.MultiReader(strings.NewReader(strings.Repeat("x", 2000)))))
	if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%v %v", response, err)
	}
	response.Body.Close()
	if n := s.snapshots(); n != before {
		t.Errorf("%d snapshots, %d before", n, before)
	}
	s.stop()
}

// Uploads go through the loader and are reported on as the command line does.
func TestUploads(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{})
	bad := strings.Replace(teams("1"), "370105", "37010", 1)
	two, twoType := form(t, [3]string{"file", "a.csv", teams("5")}, [3]string{"file", "b.csv.gz", gzipped(strings.ReplaceAll(teams("6"), "370105", "370124"))})
	for _, test := range []struct {
		name   string
		sent   sent
		status int
		check  func(o *report.Outcome) bool
	}{
		{"published", sent{body: teams("1")}, 200, func(o *report.Outcome) bool {
			return o.Published && o.Added == 1 && o.Snapshot != "" && o.Files[0].Name == "upload.csv" && o.Files[0].Rows == 1 && o.Error == nil
		}},
		{"unchanged", sent{body: teams("1")}, 200, func(o *report.Outcome) bool { return !o.Published && o.Unchanged == 1 }},
		{"named and compressed", sent{target: "?name=x.csv.gz", body: gzipped(teams("2")), header: map[string]string{"Content-Type": ""}}, 200, func(o *report.Outcome) bool {
			return o.Published && o.Revised == 1 && o.Files[0].Name == "x.csv.gz"
		}},
		{"dry run", sent{target: "?dryRun=true", body: teams("3")}, 200, func(o *report.Outcome) bool {
			return !o.Published && o.Unchanged == 0 && o.Revised == 1 && o.Impact != nil && len(o.Impact.Figures) == 1 && o.Impact.Figures[0].New == 3
		}},
		{"rejected", sent{body: bad}, 422, func(o *report.Outcome) bool {
			p := o.Error.Problems[0]
			return o.Error.Code == "REJECTED" && p.File == "upload.csv" && p.Line == 2 && p.Column == 1 && p.Code == "UNKNOWN_REGION" && strings.Contains(p.Hint+p.Message, "370105")
		}},
		{"rejected rows left out", sent{target: "?maxRejects=1", body: bad + strings.Replace(teams("4"), observationsHeader, "", 1)}, 200, func(o *report.Outcome) bool {
			return o.Published && o.Rejected == 1 && len(o.Problems) == 1
		}},
		{"nothing in it", sent{body: observationsHeader}, 422, func(o *report.Outcome) bool { return o.Error.Code == "EMPTY" }},
		{"no table", sent{body: "\x00\x01"}, 422, func(o *report.Outcome) bool { return o.Error != nil }},
		{"replaced all, for far fewer", sent{target: "?replace=indicator=volunteer_teams", body: teams("4")}, 422, func(o *report.Outcome) bool { return o.Error.Code == "SHRINK" }},
		{"replaced", sent{target: "?replace=indicator=volunteer_teams,region=37&replace=indicator=volunteer_teams,region=51&allowShrink=true", body: teams("4")}, 200, func(o *report.Outcome) bool {
			return o.Published && o.Withdrawn > 1
		}},
		{"several files", sent{body: two, header: map[string]string{"Content-Type": twoType}}, 200, func(o *report.Outcome) bool {
			return o.Published && len(o.Files) == 2 && o.Files[1].Name == "b.csv.gz" && o.Rows == 2
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := s.snapshots()
			response, outcome, body := s.send(test.sent)
			if response.StatusCode != test.status || !test.check(outcome) {
				t.Errorf("%d %s", response.StatusCode, body)
			}
			if strings.Contains(string(body), s.dir) {
				t.Errorf("the answer shows a path of the server: %s", body)
			}
			if published := s.snapshots() > before; published != outcome.Published {
				t.Errorf("reported %v, a new snapshot %v", outcome.Published, published)
			}
		})
	}
	answer := postTo(t, s.url, []byte(`{ region(code: "370124") { latest(indicator: "volunteer_teams") { value load { files { name } } } } }`), nil)
	if !strings.Contains(string(answer), `"value":6`) || !strings.Contains(string(answer), "b.csv.gz") {
		t.Errorf("after the uploads: %s", answer)
	}
	if log := s.audit.String(); strings.Count(log, "\n") != 11 || strings.Count(log, `"principal":"loader"`) != 11 || !strings.Contains(log, "sha256:") {
		t.Errorf("audit: %s", log)
	}
	s.stop()
}

// A load that holds the store makes an upload fail at once, or wait.
func TestUploads_locked(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{AtOnce: 1})
	writer, err := s.engine.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	response, outcome, body := s.send(sent{body: teams("1")})
	if response.StatusCode != http.StatusConflict || response.Header.Get("Retry-After") == "" || outcome.Error.Code != "LOCKED" || strings.Contains(string(body), "process") {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}

	// One that waits has the only slot, until its client leaves, which ends it.
	leave := s.wait(sent{body: teams("1")})
	if response, _, body := s.send(sent{body: teams("1")}); response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	leave()
	for response.StatusCode = http.StatusServiceUnavailable; response.StatusCode == http.StatusServiceUnavailable; {
		response, outcome, _ = s.send(sent{body: teams("1")})
	}
	if outcome.Error.Code != "LOCKED" {
		t.Errorf("after the client has left: %+v", outcome)
	}
	if err := writer.Abort(); err != nil {
		t.Fatal(err)
	}
	if _, outcome, body := s.send(sent{body: teams("1"), target: "?wait=1m"}); !outcome.Published {
		t.Errorf("%s", body)
	}
	s.stop()
}

// A server that ends ends the loads under way, and nothing of them is published.
func TestUploads_close(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{})
	writer, err := s.engine.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Abort()
	before := s.snapshots()
	events := s.stream(t.Context(), sent{body: teams("1")})
	defer events.Close()
	s.stop()
	body, err := io.ReadAll(events)
	if err != nil || !strings.Contains(string(body), "event: error\n") || !strings.Contains(string(body), `"status":503`) || !strings.Contains(string(body), "INTERRUPTED") {
		t.Errorf("%v %s", err, body)
	}
	if n := s.snapshots(); n != before {
		t.Errorf("%d snapshots, %d before", n, before)
	}
}

// An upload that arrived may take longer to load than its body might have stalled.
func TestUploads_longLoad(t *testing.T) {
	t.Parallel()
	const stall = 250 * time.Millisecond
	s := newUploadServer(t, server.UploadOptions{Stall: stall})
	writer, err := s.engine.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	events := s.stream(t.Context(), sent{body: teams("1")})
	defer events.Close()
	ended := make(chan string, 1)
	go func() {
		body, _ := io.ReadAll(events)
		ended <- string(body)
	}()
	select {
	case body := <-ended:
		t.Errorf("the load ended by itself: %s", body)
		ended <- body
	case <-time.After(4 * stall):
	}
	if err := writer.Abort(); err != nil {
		t.Fatal(err)
	}
	if body := <-ended; !strings.Contains(body, "event: result\n") {
		t.Errorf("%s", body)
	}
	s.stop()
}

func TestUploads_events(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{})
	accept := map[string]string{"Accept": "text/event-stream"}
	response, _, body := s.send(sent{body: teams("1"), header: accept})
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
	var stages []string
	var outcome report.Outcome
	event := ""
	for lines := bufio.NewScanner(bytes.NewReader(body)); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			event = name
		}
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var progress struct {
			Stage              string
			Rows, Bytes, Total int64
		}
		if err := json.Unmarshal([]byte(text), map[string]any{"progress": &progress, "result": &outcome}[event]); err != nil {
			t.Errorf("%s: %v in %s", event, err, text)
		}
		if event == "progress" {
			stages = append(stages, progress.Stage)
		}
	}
	if got := strings.Join(stages, " "); got != "read validate stage check publish" || !outcome.Published || event != "result" {
		t.Errorf("stages %s, %s %+v", got, event, outcome)
	}
	if _, _, body = s.send(sent{body: "region\n", header: accept}); !strings.Contains(string(body), "event: error\ndata: {\"status\":422,") {
		t.Errorf("%s", body)
	}
	s.stop()
}

// A key makes a load happen once, whatever happens to the answer, to the server, or to the record of it.
func TestUploads_idempotency(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{})
	key := map[string]string{"Idempotency-Key": "k1"}
	mapped, mappedType := form(t, [3]string{"mapping", "m.yaml", mapping}, [3]string{"file", "foreign.csv", "place,day,teams\n370105,2021-01-01,1\n"})
	once := sent{body: mapped, header: map[string]string{"Idempotency-Key": "k1", "Content-Type": mappedType}}
	_, first, body := s.send(once)
	if !first.Published {
		t.Fatalf("%s", body)
	}
	if _, other, _ := s.send(sent{body: teams("2")}); !other.Published { // in between, so that a second load would not be unchanged
		t.Fatalf("%+v", other)
	}
	again := func(name string) {
		t.Helper()
		before := s.snapshots()
		response, outcome, body := s.send(once)
		if response.StatusCode != http.StatusOK || response.Header.Get("Idempotency-Replayed") != "true" || outcome.Load != first.Load || outcome.Added != 1 || !outcome.Published {
			t.Errorf("%s: %d %v %s", name, response.StatusCode, response.Header, body)
		}
		if s.snapshots() != before {
			t.Errorf("%s: published again", name)
		}
	}
	again("at once")
	for name, u := range map[string]sent{
		"another body":   {body: teams("3"), header: key},
		"another name":   {body: teams("1"), header: key, target: "?name=b.csv"},
		"another option": {body: teams("1"), header: key, target: "?maxRejects=1"},
	} {
		if response, _, body := s.send(u); response.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(body), "another upload") {
			t.Errorf("%s: %d %s", name, response.StatusCode, body)
		}
	}
	if _, outcome, body := s.send(sent{body: teams("4"), header: key, token: "other"}); !outcome.Published {
		t.Errorf("somebody else's key: %s", body)
	}
	s.stop()
	s.start(server.UploadOptions{})
	again("after a restart")

	// The server ended after the load and before its record.
	records, err := filepath.Glob(filepath.Join(s.dir, "uploads", "keys", "*.json"))
	if err != nil || len(records) != 2 {
		t.Fatalf("%v %v", records, err)
	}
	for _, path := range records {
		var record map[string]any
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &record); err != nil {
			t.Fatal(err)
		}
		delete(record, "report")
		if err := os.WriteFile(path, encode(t, record), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again("without a record of the end")

	// What failed may be mended and tried again with its key.
	mended := map[string]string{"Idempotency-Key": "k2"}
	if response, _, body := s.send(sent{body: "region\n", header: mended}); response.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	if _, outcome, body := s.send(sent{body: teams("5"), header: mended}); !outcome.Published {
		t.Errorf("%s", body)
	}

	// While it is under way nobody else has the key.
	writer, err := s.engine.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[string]string{"Idempotency-Key": "k3"}
	under := s.stream(t.Context(), sent{body: teams("6"), header: waiting})
	defer under.Close()
	response, outcome, body := s.send(sent{body: teams("6"), header: waiting})
	if response.StatusCode != http.StatusConflict || outcome.Error != nil || !strings.Contains(string(body), "under way") || response.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	if err := writer.Abort(); err != nil {
		t.Fatal(err)
	}
	if end, err := io.ReadAll(under); err != nil || !strings.Contains(string(end), "event: result\n") {
		t.Errorf("%v %s", err, end)
	}
	s.stop()
}

// A body of which nothing more arrives is given up.
func TestUploads_stalled(t *testing.T) {
	t.Parallel()
	s := newUploadServer(t, server.UploadOptions{Stall: 50 * time.Millisecond})
	never, end := io.Pipe()
	defer end.Close()
	response, err := http.DefaultClient.Do(s.request(t.Context(), sent{token: "loader"}, io.MultiReader(strings.NewReader(teams("1")), never)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestTimeout {
		t.Errorf("%s", response.Status)
	}
	s.stop()
}

package e2e

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// soakClient is a kind of client. A round is what it does again and again.
type soakClient struct {
	name   string
	number int // at the same time
	round  func(s *soak, t *testing.T, r *rand.Rand)
}

var soakClients = []soakClient{
	{"asking", 4, (*soak).asking},
	{"one connection", 1, (*soak).connected},
	{"files", 2, (*soak).export},
	{"slow readers", 2, (*soak).readSlowly},
	{"slow senders", 1, (*soak).sendSlowly},
	{"leaving", 2, (*soak).leave},
	{"abuse", 2, (*soak).abuse},
}

// asking asks a few questions, each by its own transport.
func (s *soak) asking(t *testing.T, r *rand.Rand) {
	since := s.current(t)
	for range 5 {
		q := pick(r, s.questions)
		if from := s.ask(t, r, &q, since); from != "" {
			since = from
		}
	}
}

// connected asks several questions at a time over one WebSocket, beside a subscription.
func (s *soak) connected(t *testing.T, r *rand.Rand) {
	token := pick(r, slices.Sorted(maps.Keys(knownSum)))
	conn := connect(t, s.open, "graphql-transport-ws")
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(8 << 20)
	write(t, conn, helloAs(token))
	wantFrame(t, conn, "", "connection_ack")
	write(t, conn, subscribing("events", `subscription { snapshotPublished { id } }`))
	running := make(map[string]asked)
	for range 6 {
		q := pick(r, s.questions)
		if q.since || !s.mayAsk(token, &q) {
			continue
		}
		if _, twice := running[q.name]; !twice {
			running[q.name] = q
			write(t, conn, subscribing(q.name, q.text))
		}
	}
	for left := len(running); left > 0; {
		f := read(t, conn)
		q, mine := running[f.ID]
		switch {
		case f.ID == "events" && f.Type == "next":
			s.ledger.count("events beside questions")
		case mine && f.Type == "complete":
			left--
		case mine && f.Type == "next":
			s.ledger.count("questions over one connection")
			if snapshot := s.from(t, &q, token, http.StatusOK, f.Payload); snapshot != "" && !q.varies {
				s.ledger.answer(t, snapshot, token, q.name, f.Payload)
			}
		default:
			t.Fatalf("%s %s %.300s", f.ID, f.Type, f.Payload)
		}
	}
	if r.IntN(2) == 0 {
		_ = conn.Close(websocket.StatusNormalClosure, "") // or it is cut off
	}
}

// readSlowly takes an answer a little at a time: as often as another client has finished something.
func (s *soak) readSlowly(t *testing.T, r *rand.Rand) {
	const window, part = 4 << 10, 2 << 10
	slow := &http.Transport{DisableKeepAlives: true, DisableCompression: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, network, address)
		if tcp, ok := conn.(*net.TCPConn); ok {
			err = errors.Join(err, tcp.SetReadBuffer(window))
		}
		return conn, err
	}}
	token := pick(r, slices.Sorted(maps.Keys(knownSum)))
	q := s.questions[slices.IndexFunc(s.questions, func(q asked) bool { return q.name == "everything" })]
	target, body := s.open+"/v1/export/observations.jsonl", `{"where": {}}`
	if r.IntN(2) == 0 {
		target, body = s.open+"/graphql", string(encode(t, map[string]string{"query": q.text}))
	}
	response, err := slow.RoundTrip(s.request(t, token, target, body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer []byte
	for buffer := make([]byte, part); ; s.await() {
		n, err := response.Body.Read(buffer)
		answer = append(answer, buffer[:n]...)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("after %d bytes: %v", len(answer), err)
		}
	}
	s.ledger.count("answers read slowly")
	if target == s.open+"/graphql" {
		if snapshot := s.from(t, &q, token, response.StatusCode, answer); snapshot != "" {
			s.ledger.answer(t, snapshot, token, q.name, answer)
		}
		return
	}
	s.ledger.answer(t, response.Header.Get("X-Snapshot"), token, "the file of everything", answer)
}

// dribble gives a text a little at a time.
type dribble struct {
	s    *soak
	text *strings.Reader
}

func (d *dribble) Read(part []byte) (int, error) {
	const some = 40
	d.s.await()
	return d.text.Read(part[:min(len(part), some)])
}

// sendSlowly sends a question a little at a time.
func (s *soak) sendSlowly(t *testing.T, r *rand.Rand) {
	q := pick(r, s.questions)
	if q.since {
		return
	}
	request := s.request(t, "", s.open+"/graphql", "-")
	request.Body, request.ContentLength = io.NopCloser(&dribble{s, strings.NewReader(string(encode(t, map[string]string{"query": q.text})))}), -1
	got := s.do(t, request)
	s.ledger.count("questions sent slowly")
	s.from(t, &q, "", got.status, got.body)
}

// leave begins something and goes away.
func (s *soak) leave(t *testing.T, r *rand.Rand) {
	const events = `subscription { snapshotPublished { id } }`
	q := pick(r, s.questions)
	body := string(encode(t, map[string]string{"query": q.text}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	how := pick(r, []string{"a question", "a file", "a body", "an operation", "a subscription by WebSocket", "a subscription by events"})
	s.ledger.count("left in " + how)
	switch how {
	case "a question": // it is on its way
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }})
		if response, err := s.client.Do(s.request(t, "", s.open+"/graphql", body).WithContext(traced)); err == nil { // the answer was faster
			response.Body.Close()
		}
	case "a file":
		response, err := s.client.Do(s.request(t, "", s.open+"/v1/export/observations.csv", `{"where": {}}`).WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if _, err := response.Body.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	case "a body":
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.open, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"query\": ")
	case "an operation", "a subscription by WebSocket":
		conn := connect(t, s.open, "graphql-transport-ws")
		defer func() { _ = conn.CloseNow() }()
		write(t, conn, hello)
		wantFrame(t, conn, "", "connection_ack")
		write(t, conn, subscribing("1", map[bool]string{true: q.text, false: events}[how == "an operation"]))
	case "a subscription by events":
		request := s.request(t, "", s.open+"/graphql", string(encode(t, map[string]string{"query": events}))).WithContext(ctx)
		request.Header.Set("Accept", mediaEvents)
		response, err := s.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if line, err := bufio.NewReader(response.Body).ReadString('\n'); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
}

// abuse sends what is to be refused, by some transport.
func (s *soak) abuse(t *testing.T, r *rand.Rand) {
	by := pick(r, slices.Sorted(maps.Keys(carriers)))
	switch what := pick(r, []string{"a document", "an envelope", "a token", "no path", "a method", "an upload", "an unlisted document", "a mutation"}); what {
	case "a document":
		x := s.abuses[pick(r, slices.Sorted(maps.Keys(s.abuses)))]
		status, answer := carriers[by](t, s.open, "", x.request(t))
		refusedOn(t, status, answer)
	case "an envelope":
		status, answer := carriers[by](t, s.open, "", []byte(envelopes[pick(r, slices.Sorted(maps.Keys(envelopes)))]))
		refusedOn(t, status, answer)
	case "a token":
		s.refused(t, "nobody", s.open+"/graphql", `{"query": "{ snapshot { id } }"}`, http.StatusUnauthorized, "UNAUTHENTICATED")
	case "no path":
		s.refused(t, "", s.open+"/v1/export/'; DROP TABLE report; --.csv", `{}`, http.StatusNotFound, "INVALID_INPUT")
	case "a method":
		request := s.request(t, "", s.open+"/graphql", "{}")
		request.Method = http.MethodPut
		if got := s.do(t, request); got.status != http.StatusMethodNotAllowed || harmless(t, got.status, got.body) != "INVALID_INPUT" {
			t.Errorf("%d %.300s", got.status, got.body)
		}
	case "an upload":
		s.refused(t, "province", s.open+"/v1/loads", knownTable(1), http.StatusForbidden, "FORBIDDEN")
	case "an unlisted document":
		if status, answer := carriers[by](t, s.listed, "", []byte(`{"query": "{ snapshot { id } }"}`)); status == http.StatusOK || harmless(t, status, answer) != "FORBIDDEN" {
			t.Errorf("%s: %d %.300s", by, status, answer)
		}
	case "a mutation":
		s.refused(t, "loader", s.open+"/graphql", `{"query": "mutation { pruneSnapshots(keep: 1) }"}`, http.StatusForbidden, "FORBIDDEN")
	}
	s.ledger.count("refused as they should be")
}

// subscriber is told of every publication for as long as the server runs.
type subscriber struct {
	name string
	told chan string // closed when it is told no more
}

// subscribe begins a subscription of each kind.
func (s *soak) subscribe(t *testing.T) {
	t.Helper()
	const events = `subscription { snapshotPublished { id } }`
	const most = 1000 // the publisher waits for each
	for _, token := range []string{"", "province"} {
		conn := dial(t, s.open, "graphql-transport-ws")
		write(t, conn, helloAs(token), subscribing("1", events))
		wantFrame(t, conn, "", "connection_ack")
		write(t, conn, subscribing("2", `{ snapshot { id } }`)) // what was sent before has been read
		wantFrame(t, conn, "2", "next")
		wantFrame(t, conn, "2", "complete")
		socket := subscriber{"WebSocket as " + token, make(chan string, most)}
		go func() {
			defer close(socket.told)
			for {
				var f frame
				if wsjson.Read(context.Background(), conn, &f) != nil {
					return
				}
				socket.told <- string(f.Payload)
			}
		}()
		request := s.request(t, token, s.open+"/graphql", string(encode(t, map[string]string{"query": events})))
		request.Header.Set("Accept", mediaEvents)
		response, err := s.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		stream := subscriber{"events as " + token, make(chan string, most)}
		lines := bufio.NewScanner(response.Body)
		if !lines.Scan() { // it has begun
			t.Fatal(lines.Err())
		}
		go func() {
			defer close(stream.told)
			for lines.Scan() {
				if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
					stream.told <- data
				}
			}
		}()
		s.subscribers = append(s.subscribers, socket, stream)
	}
}

package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
)

const subprotocol = "graphql-transport-ws"

// The codes that the protocol closes connections with.
const (
	closeInvalid      websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeSubprotocol  websocket.StatusCode = 4406
	closeInitTimeout  websocket.StatusCode = 4408
	closeDuplicate    websocket.StatusCode = 4409
	closeInitTwice    websocket.StatusCode = 4429
)

// socketTransport is graphql-transport-ws: any number of operations over one WebSocket. Pages of other origins can open one only if
// they are listed.
type socketTransport struct {
	internal func(ctx context.Context, err error) *gqlerror.Error
	options  Streams
	gate     *gate
}

// Do serves a connection until it is closed.
func (t socketTransport) Do(w http.ResponseWriter, r *http.Request, exec executor) {
	if !t.gate.enter() {
		t.gate.refuse(w, r)
		return
	}
	defer t.gate.leave()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{subprotocol}, InsecureSkipVerify: t.options.lists(r), // of origins only: the server's own needs no list
	})
	if err != nil {
		return // it has been answered
	}
	conn.SetReadLimit(t.options.MessageBytes)
	if conn.Subprotocol() != subprotocol {
		_ = conn.Close(closeSubprotocol, "Subprotocol not acceptable") // there is nobody to tell
		return
	}
	s := &socket{
		conn: conn, request: r, exec: exec, internal: t.internal, options: t.options,
		active: make(map[string]*operation), slots: make(chan struct{}, t.options.Operations),
	}
	s.serve()
}

// socket is one connection.
type socket struct {
	conn     *websocket.Conn
	request  *http.Request
	exec     executor
	internal func(ctx context.Context, err error) *gqlerror.Error
	options  Streams
	payload  map[string]any // of connection_init
	running  sync.WaitGroup

	// slots has an item for each operation that takes up time, those included that the client has completed and that have not
	// come to their end yet.
	slots chan struct{}

	mu     sync.Mutex
	active map[string]*operation // the operations that the client waits for, by identifier
}

// operation is one that the client has begun. An identifier may name another one once the client has completed it.
type operation struct {
	id     string
	cancel context.CancelFunc
}

// frame is a message of the protocol.
type frame struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// closure is how a connection is closed.
type closure struct {
	code   websocket.StatusCode
	reason string
}

var (
	invalidMessage = &closure{closeInvalid, "Invalid message received"}
	notUTF8        = &closure{websocket.StatusInvalidFramePayloadData, "Invalid UTF-8"}
	forbidden      = &closure{closeForbidden, "Forbidden"}
	tryAgain       = &closure{websocket.StatusTryAgainLater, "Try again later"}
	// clientGone closes nothing: there is no connection any more.
	clientGone = &closure{}
)

func (s *socket) serve() {
	defer func() { _ = s.conn.CloseNow() }() // it may be closed already
	known, end := s.initialise(s.request.Context())
	if end == nil {
		ctx, cancel := context.WithCancel(known)
		s.running.Go(func() { s.watch(ctx) })
		for end == nil {
			end = s.next(ctx)
		}
		cancel()
	}
	s.close(end)
	s.running.Wait()
}

func (s *socket) close(how *closure) {
	if how != clientGone {
		_ = s.conn.Close(how.code, how.reason) // the client may have gone
	}
}

// read reads the next message, and answers pings by itself.
func (s *socket) read(ctx context.Context) (frame, *closure) {
	for {
		kind, text, err := s.conn.Read(ctx)
		if err != nil {
			return frame{}, clientGone
		}
		var message frame
		switch {
		case kind == websocket.MessageText && !utf8.Valid(text):
			return frame{}, notUTF8
		case kind != websocket.MessageText || json.Unmarshal(text, &message) != nil:
			return frame{}, invalidMessage
		}
		switch message.Type {
		case "ping":
			s.write(ctx, frame{Type: "pong", Payload: message.Payload})
		case "pong":
		default:
			return message, nil
		}
	}
}

// write sends a message. A client that does not take it in time loses the connection.
func (s *socket) write(ctx context.Context, message frame) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Stall)
	defer cancel()
	_ = s.conn.Write(ctx, websocket.MessageText, encoded(message)) // reading finds out that the connection is lost
}

// initialise waits for connection_init and returns the context of whoever is there.
func (s *socket) initialise(ctx context.Context) (context.Context, *closure) {
	late := time.AfterFunc(s.options.Initialisation, func() { s.close(&closure{closeInitTimeout, "Connection initialisation timeout"}) })
	defer late.Stop()
	message, end := s.read(ctx)
	switch {
	case end != nil:
		return nil, end
	case message.Type == "subscribe":
		return nil, &closure{closeUnauthorized, "Unauthorized"}
	case message.Type != "connection_init", len(message.Payload) > 0 && json.Unmarshal(message.Payload, &s.payload) != nil:
		return nil, invalidMessage
	}
	known, err := s.options.Authenticate(s.request, s.payload)
	switch code, _ := indicator.CodeOf(err); {
	case code == indicator.Overloaded || code == indicator.Unavailable:
		return nil, tryAgain
	case err != nil:
		return nil, forbidden
	}
	s.write(ctx, frame{Type: "connection_ack"})
	return known, nil
}

// watch tries the connection from time to time and closes it when the client is gone, may not go on, or the server ends.
func (s *socket) watch(ctx context.Context) {
	ping := time.NewTicker(s.options.Ping)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.options.Closing(ctx):
			s.close(&closure{websocket.StatusGoingAway, "the server ends"})
			return
		case <-ping.C:
			if s.mayNot() {
				s.close(forbidden)
				return
			}
			if !s.answers(ctx) {
				_ = s.conn.CloseNow() // nobody is there
				return
			}
		}
	}
}

// answers reports whether the client answers a ping in time.
func (s *socket) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, s.options.Stall)
	defer cancel()
	return s.conn.Ping(ctx) == nil
}

// mayNot reports whether the client's right has ended meanwhile.
func (s *socket) mayNot() bool {
	_, err := s.options.Authenticate(s.request, s.payload)
	return err != nil
}

// next answers a message of an initialised connection. It returns how to close the connection if it has to be.
func (s *socket) next(ctx context.Context) *closure {
	message, end := s.read(ctx)
	if end != nil {
		return end
	}
	switch message.Type {
	case "connection_init":
		return &closure{closeInitTwice, "Too many initialisation requests"}
	case "subscribe":
		return s.subscribe(ctx, message)
	case "complete":
		s.complete(message.ID)
		return nil
	}
	return invalidMessage
}

// complete ends an operation that the client waits for no longer, if it does for one of that identifier.
func (s *socket) complete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op := s.active[id]; op != nil {
		delete(s.active, id)
		op.cancel()
	}
}

// awaited reports whether the client still waits for an operation.
func (s *socket) awaited(op *operation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active[op.id] == op
}

// forget takes an operation off the list of those that the client waits for, and reports whether it was on it.
func (s *socket) forget(op *operation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[op.id] != op {
		return false
	}
	delete(s.active, op.id)
	return true
}

// duplicate is how to end a connection that uses an identifier twice; nil where it is not in use.
func (s *socket) duplicate(id string) *closure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.twice(id)
}

// twice is duplicate where the lock is held.
func (s *socket) twice(id string) *closure {
	const mostNamed = 64 // bytes: a reason has 123 at most
	switch {
	case s.active[id] == nil:
		return nil
	case len(id) > mostNamed:
		return &closure{closeDuplicate, "Subscriber already exists"}
	}
	return &closure{closeDuplicate, "Subscriber for " + id + " already exists"}
}

// enlist puts an operation on the list of those that the client waits for. It does not where there are as many as may be, and ends
// connections that use an identifier twice.
func (s *socket) enlist(op *operation) (begun bool, end *closure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if end := s.twice(op.id); end != nil {
		return false, end
	}
	if len(s.active) >= s.options.Operations {
		return false, nil
	}
	s.active[op.id] = op
	return true, nil
}

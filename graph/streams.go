package graph

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
)

// Streams configure the transports that stay open: WebSocket and server-sent events.
type Streams struct {
	// Connections bounds the open connections of both kinds together. Default: 1000.
	Connections int
	// Operations bounds the operations that run on one WebSocket at a time. Default: 50.
	Operations int
	// MessageBytes bounds a message of a WebSocket. Default: 1 MiB.
	MessageBytes int64
	// Initialisation is how long the client of a WebSocket may take to begin. Default: 10 seconds.
	Initialisation time.Duration
	// Ping is how often a connection is tried, and its client's right to it checked again. Default: 20 seconds.
	Ping time.Duration
	// Stall is how long a client may take nothing, and not answer a ping, before it is dropped. Default: 10 seconds.
	Stall time.Duration
	// Timeout bounds the time of operations but subscriptions. Default: 30 seconds.
	Timeout time.Duration
	// Authenticate puts whoever opens a connection into its context, by the request and, of a WebSocket, the payload of its
	// first message, nil otherwise. Default: the request's own context.
	Authenticate func(r *http.Request, payload map[string]any) (context.Context, error)
	// Admit is asked before each operation of a WebSocket, in the context of whoever opened it; its error refuses the operation, and
	// is an *indicator.Error. Default: all are admitted.
	Admit func(ctx context.Context) error
	// Origins are those whose pages may open WebSockets, such as https://example.org, beside the server's own; * is any.
	Origins []string
	// Closing is closed when the server is about to end. Default: never.
	Closing func(ctx context.Context) <-chan struct{}
}

func (s Streams) withDefaults() Streams {
	const connections, operations, messageBytes = 1000, 50, 1 << 20
	const initialisation, ping, stall, timeout = 10 * time.Second, 20 * time.Second, 10 * time.Second, 30 * time.Second
	s.Connections, s.Operations, s.MessageBytes = positive(s.Connections, connections), positive(s.Operations, operations), positive(s.MessageBytes, messageBytes)
	s.Initialisation, s.Ping = positive(s.Initialisation, initialisation), positive(s.Ping, ping)
	s.Stall, s.Timeout = positive(s.Stall, stall), positive(s.Timeout, timeout)
	if s.Authenticate == nil {
		s.Authenticate = func(r *http.Request, _ map[string]any) (context.Context, error) { return r.Context(), nil }
	}
	if s.Admit == nil {
		s.Admit = func(context.Context) error { return nil }
	}
	if s.Closing == nil {
		s.Closing = func(context.Context) <-chan struct{} { return nil }
	}
	return s
}

func positive[T int | int64 | time.Duration](value, fallback T) T {
	if value > 0 {
		return value
	}
	return fallback
}

// WantsSocket reports whether a request asks for a WebSocket.
func WantsSocket(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }

// WantsEvents reports whether a request would rather have server-sent events than JSON.
func WantsEvents(r *http.Request) bool { return prefersEvents(r.Header.Values("Accept")) }

// lists reports whether a request is from a page of an origin that is listed.
func (s Streams) lists(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && (slices.Contains(s.Origins, "*") || slices.Contains(s.Origins, origin))
}

// gate counts the connections that stay open.
type gate struct {
	most int64
	open atomic.Int64
}

// enter reports whether there is room for one more connection, which then has to leave.
func (g *gate) enter() bool {
	if g.open.Add(1) <= g.most {
		return true
	}
	g.leave()
	return false
}

func (g *gate) leave() { g.open.Add(-1) }

// refuse answers that there is no room.
func (g *gate) refuse(w http.ResponseWriter, r *http.Request) {
	err := indicator.Errorf(indicator.Overloaded, "the server has as many connections open as it may")
	err.Hint = "come again later"
	err.LimitName, err.Limit, err.Estimate = "connections", g.most, g.most+1
	WriteRefusal(w, r.Header.Values("Accept"), http.StatusServiceUnavailable, err)
}

// bounded bounds the time of operations that have one answer.
func (s Streams) bounded(ctx context.Context, op *graphql.OperationContext) (context.Context, context.CancelFunc) {
	if op.Operation.Operation == ast.Subscription {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, s.Timeout)
}

// unexpected is the answer of an operation that panicked.
func unexpected(ctx context.Context, internal func(context.Context, error) *gqlerror.Error, panicked any) *graphql.Response {
	return &graphql.Response{Errors: gqlerror.List{internal(ctx, fmt.Errorf("panic: %v\n%s", panicked, debug.Stack()))}}
}

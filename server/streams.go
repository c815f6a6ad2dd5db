package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/graph"
)

// streams completes the settings of connections that stay open.
func (o Options) streams() graph.Streams {
	streams := o.Streams
	streams.MessageBytes, streams.Timeout = o.MaxBody, o.Timeout
	streams.Origins = o.Origins
	streams.Authenticate, streams.Admit, streams.Closing = o.Access.authenticate, o.Access.pace.step, closing
	return streams
}

// keeping completes the settings of answers that are kept: those of one scope are not for another.
func (o Options) keeping() graph.Keeping {
	keeping := o.Keeping
	keeping.Scope = scopeOf
	keeping.Observe = func(ctx context.Context, how string, bytes uint64) {
		recordOf(ctx).note(func(n *noted) { n.answer = how })
		o.Telemetry.Answered(how, bytes)
		if o.Keeping.Observe != nil {
			o.Keeping.Observe(ctx, how, bytes)
		}
	}
	keeping.Evicted = o.Telemetry.Evicted
	keeping.Packing = packing()
	return keeping
}

// scopeOf stands for what the asker may see, and says whether it is somebody in particular.
func scopeOf(ctx context.Context) (scope string, named bool) {
	principal, known := access.Of(ctx)
	if !known {
		return "", true
	}
	return principal.Scope.Key(), principal.Name != ""
}

// answered gives requests that open a connection which stays, and bounds its times and operations by itself, to the handler as
// they are. A WebSocket tells who opens it in its first message too: browsers cannot set its headers.
func answered(graphql http.Handler, known func(http.Handler) http.Handler, options Options) http.Handler {
	graphql = limited(graphql, options.MaxBody)
	socket, events, plain := untimed(paced(graphql, options.Access.pace)), untimed(known(graphql)), compressed(known(graphql))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case graph.WantsSocket(r):
			socket.ServeHTTP(w, r)
		case graph.WantsEvents(r):
			events.ServeHTTP(w, r)
		default:
			plain.ServeHTTP(w, r)
		}
	})
}

// authenticate finds out who opens a connection: by its Authorization header or, of a WebSocket, by authorization in the payload
// of its first message.
func (a Access) authenticate(r *http.Request, payload map[string]any) (context.Context, error) {
	for name, value := range payload {
		text, ok := value.(string)
		if ok && strings.EqualFold(name, "Authorization") && r.Header.Get("Authorization") == "" {
			r = r.Clone(r.Context())
			r.Header.Set("Authorization", text)
		}
	}
	principal, err := a.principal(r)
	if err != nil {
		return nil, err
	}
	recordOf(r.Context()).principal.CompareAndSwap(nil, principal) // asked again, whether it still may, the connection remains whose it is, and its operations read it
	return r.Context(), nil
}

type closingKey struct{}

// withClosing lets requests know when the server is about to end, which does not end them: they are drained.
func withClosing(ctx context.Context, closing <-chan struct{}) context.Context {
	return context.WithValue(ctx, closingKey{}, closing)
}

// closing is closed when the server that a request belongs to is about to end; nil for one that does not tell.
func closing(ctx context.Context) <-chan struct{} {
	done, _ := ctx.Value(closingKey{}).(<-chan struct{})
	return done
}

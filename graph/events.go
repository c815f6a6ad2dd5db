package graph

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const mediaEvents = "text/event-stream"

// eventTransport answers with server-sent events: one operation per request, each answer an event "next", then one event "complete"
// (the distinct connections mode of graphql-sse). What is refused before it runs is refused as over HTTP.
type eventTransport struct {
	internal func(ctx context.Context, err error) *gqlerror.Error
	options  Streams
	gate     *gate
}

// Do answers a request.
func (t eventTransport) Do(w http.ResponseWriter, r *http.Request, exec executor) {
	w.Header().Add("Vary", "Accept")
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		WriteRefusal(w, nil, http.StatusMethodNotAllowed, missing("events answer GET and POST only", "use POST or GET"))
		return
	}
	if !t.gate.enter() {
		t.gate.refuse(w, r)
		return
	}
	defer t.gate.leave()
	params, refused := decode(r)
	if refused != nil {
		WriteRefusal(w, nil, refused.status, refused.err)
		return
	}
	params.Headers = r.Header
	op, errs := exec.operation(r.Context(), params)
	switch {
	case len(errs) > 0:
		response := exec.DispatchError(r.Context(), errs)
		w.Header().Set("Cache-Control", "no-store")
		send(w, mediaJSON, statusOf(response.Errors), answerOf(response))
		return
	case r.Method == http.MethodGet && op.Operation.Operation == ast.Mutation:
		w.Header().Set("Allow", http.MethodPost)
		WriteRefusal(w, nil, http.StatusMethodNotAllowed, missing("GET carries out no mutations", "send a mutation by POST"))
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	t.stream(ctx, w, r, exec, op)
}

// stream sends the answers of an operation until there are no more, the client is gone or takes nothing, or the server ends.
func (t eventTransport) stream(ctx context.Context, w http.ResponseWriter, r *http.Request, exec executor, op *graphql.OperationContext) {
	out := &eventStream{w, http.NewResponseController(w), t.options.Stall}
	w.Header().Set("Content-Type", mediaEvents+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // proxies would keep events until there are many
	w.WriteHeader(http.StatusOK)
	if out.write(": \n\n") != nil {
		return
	}
	answers := t.answers(ctx, exec, op)
	ping := time.NewTicker(t.options.Ping)
	defer ping.Stop()
	for {
		var err error
		select {
		case response, more := <-answers:
			switch {
			case !more:
				_ = out.write("event: complete\ndata:\n\n") // a client that has gone is not an error
				return
			case t.mayNot(r):
				return
			}
			err = out.write("event: next\ndata: " + string(answerOf(response).encode()) + "\n\n")
		case <-ping.C:
			if t.mayNot(r) {
				return
			}
			err = out.write(": ping\n\n")
		case <-t.options.Closing(r.Context()):
			return // without completing, so that clients come again
		}
		if err != nil {
			return
		}
	}
}

// answers sends the answers of an operation until there are no more or the context ends.
func (t eventTransport) answers(ctx context.Context, exec executor, op *graphql.OperationContext) <-chan *graphql.Response {
	answers := make(chan *graphql.Response)
	go func() {
		defer close(answers)
		defer func() {
			if panicked := recover(); panicked != nil { // outside of a field: those have their own
				select {
				case answers <- unexpected(ctx, t.internal, panicked):
				case <-ctx.Done():
				}
			}
		}()
		limited, cancel := t.options.bounded(ctx, op)
		defer cancel()
		handler, limited := exec.DispatchOperation(limited, op)
		for {
			response := handler(limited)
			once := op.Operation.Operation != ast.Subscription
			switch {
			case response == nil && once:
				response = ended()
			case response == nil:
				return
			}
			select {
			case answers <- response:
			case <-ctx.Done():
				return
			}
			if once {
				return
			}
		}
	}()
	return answers
}

// mayNot reports whether the client's right has ended meanwhile.
func (t eventTransport) mayNot(r *http.Request) bool {
	_, err := t.options.Authenticate(r, nil)
	return err != nil
}

// eventStream writes events at once, and gives up clients that do not take them.
type eventStream struct {
	to         http.ResponseWriter
	controller *http.ResponseController
	stall      time.Duration
}

func (s *eventStream) write(event string) error {
	if err := s.controller.SetWriteDeadline(time.Now().Add(s.stall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.to.Write([]byte(event)); err != nil {
		return err
	}
	return s.controller.Flush()
}

package graph

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/indicator"
)

// subscribe begins an operation of a connection.
func (s *socket) subscribe(ctx context.Context, message frame) *closure {
	var fields map[string]json.RawMessage
	if message.ID == "" || json.Unmarshal(message.Payload, &fields) != nil || fields == nil {
		return invalidMessage
	}
	if err := s.options.Admit(ctx); err != nil {
		return s.refuse(ctx, message.ID, err)
	}
	running, cancel := context.WithCancel(ctx)
	op := &operation{message.ID, cancel}
	begun, end := s.enlist(op)
	if !begun {
		cancel()
		if end == nil {
			s.write(ctx, s.refusal(message.ID))
		}
		return end
	}
	// One that was completed gives its slot back a little later: until then nothing more is read, so that beginning and completing
	// operations again and again does not pile them up.
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		cancel()
		return nil
	}
	s.running.Go(func() {
		defer func() { <-s.slots }()
		defer cancel()
		last := s.answer(running, message.ID, fields, func(f frame) {
			if s.awaited(op) {
				s.write(ctx, f)
			}
		})
		if s.forget(op) { // the client has not said so itself
			s.write(ctx, last)
		}
	})
	return nil
}

// refuse refuses an operation that is not admitted. One of an identifier that is in use ends the connection all the same.
func (s *socket) refuse(ctx context.Context, id string, err error) *closure {
	if end := s.duplicate(id); end != nil {
		return end
	}
	var known *indicator.Error
	if !errors.As(err, &known) {
		known = indicator.Errorf(indicator.Internal, "internal error")
	}
	s.write(ctx, failure(id, &graphql.Response{Errors: typed(known)}))
	return nil
}

// refusal refuses one operation more than may run.
func (s *socket) refusal(id string) frame {
	err := indicator.Errorf(indicator.Overloaded, "the connection has as many operations running as it may")
	err.Hint = "complete one, or open another connection"
	err.LimitName, err.Limit, err.Estimate = "operations", int64(s.options.Operations), int64(s.options.Operations)+1
	return failure(id, &graphql.Response{Errors: typed(err)})
}

// failure is the message that an operation does not run.
func failure(id string, response *graphql.Response) frame {
	return frame{ID: id, Type: "error", Payload: encoded(boundedErrors(response))}
}

// answer sends the answers of an operation and returns the message that ends it. Messages are not sent under the operation's own
// context, whose end would break the connection off in the middle of one.
func (s *socket) answer(ctx context.Context, id string, fields map[string]json.RawMessage, to func(frame)) (last frame) {
	defer func() {
		if panicked := recover(); panicked != nil { // outside of a field: those have their own
			last = failure(id, unexpected(ctx, s.internal, panicked))
		}
	}()
	params, refused := parametersOf(fields)
	if refused != nil {
		return failure(id, &graphql.Response{Errors: typed(refused.err)})
	}
	params.Headers = s.request.Header
	op, errs := s.exec.operation(ctx, params)
	if len(errs) > 0 {
		return failure(id, s.exec.DispatchError(ctx, errs))
	}
	ctx, cancel := s.options.bounded(ctx, op)
	defer cancel()
	handler, ctx := s.exec.DispatchOperation(ctx, op)
	if op.Operation.Operation != ast.Subscription {
		response := handler(ctx)
		if response == nil {
			response = ended()
		}
		to(next(id, response))
		return frame{ID: id, Type: "complete"}
	}
	for response := handler(ctx); response != nil; response = handler(ctx) {
		if s.mayNot() {
			s.close(forbidden)
			break
		}
		to(next(id, response))
	}
	return frame{ID: id, Type: "complete"}
}

func next(id string, response *graphql.Response) frame {
	return frame{ID: id, Type: "next", Payload: answerOf(response).encode()}
}

package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
)

// httpTransport is GraphQL over HTTP: one operation per POST or GET, answered by one JSON object. HEAD is GET without the
// body. GET carries out queries only.
type httpTransport struct {
	answers *keeper // nil if answers are not kept
	timeout time.Duration
	// internal logs an error and returns what clients may see of it.
	internal func(ctx context.Context, err error) *gqlerror.Error
}

// varies is what in a request an answer depends on: also whether it is refused.
const varies = "Accept, Authorization"

const allowedMethods = "GET, HEAD, POST, OPTIONS"

// Do answers a request.
func (t httpTransport) Do(w http.ResponseWriter, r *http.Request, exec executor) {
	h := w.Header()
	h["Vary"] = append(h["Vary"], varies) // as http.Header writes it
	accept := r.Header.Values("Accept")
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	case http.MethodOptions:
		w.Header().Set("Allow", allowedMethods)
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		w.Header().Set("Allow", allowedMethods)
		WriteRefusal(w, accept, http.StatusMethodNotAllowed, missing("the method "+clipped(r.Method)+" is not supported", "use POST or GET"))
		return
	}
	media := answerType(accept)
	if media == "" {
		WriteRefusal(w, accept, http.StatusNotAcceptable, missing("no answer can have the media types accepted", "accept "+mediaJSON+" or "+mediaGraphQL))
		return
	}
	raw, refused := encodedParameters(r)
	if refused != nil {
		WriteRefusal(w, accept, refused.status, refused.err)
		return
	}
	seen := t.answers.recognise(r, raw)
	if t.answers.again(w, r, media, seen) {
		return
	}
	params, refused := decodeParameters(r.Method, raw)
	if refused != nil {
		WriteRefusal(w, accept, refused.status, refused.err)
		return
	}
	params.Headers = r.Header
	defer func() {
		if panicked := recover(); panicked != nil { // outside of a field: those have their own
			shown := t.internal(r.Context(), fmt.Errorf("panic: %v\n%s", panicked, debug.Stack()))
			send(w, media, http.StatusInternalServerError, answer{Errors: gqlerror.List{shown}})
		}
	}()
	if errs := exec.documents.find(params); len(errs) > 0 {
		response := exec.DispatchError(r.Context(), errs)
		w.Header().Set("Cache-Control", "no-store")
		write(w, media, statusOf(response.Errors), response)
		return
	}
	if params.Query == "" {
		WriteRefusal(w, accept, http.StatusBadRequest, noQuery())
		return
	}
	run := func(ctx context.Context) (*graphql.Response, int) {
		return t.execute(r.WithContext(ctx), exec, &params.RawParams)
	}
	if t.answers.serve(w, r, media, seen, &params.RawParams, run, t.internal) {
		return
	}
	ctx := r.Context()
	if t.timeout > 0 {
		limited, cancel := context.WithTimeout(ctx, t.timeout)
		defer cancel()
		ctx = limited
	}
	response, status := run(ctx)
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	write(w, media, status, response)
}

// execute carries out an operation and returns its answer with the status that it has under application/graphql-response+json.
func (t httpTransport) execute(r *http.Request, exec executor, params *graphql.RawParams) (*graphql.Response, int) {
	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return exec.DispatchError(ctx, errs), http.StatusBadRequest
	}
	if r.Method != http.MethodPost && op.Operation.Operation != ast.Query {
		errs := wrapped(missing("GET carries out queries only", "send a "+string(op.Operation.Operation)+" by POST"))
		return exec.DispatchError(ctx, errs), http.StatusMethodNotAllowed
	}
	if op.Operation.Operation == ast.Subscription {
		return exec.DispatchError(ctx, wrapped(missing("one answer cannot carry a subscription", "subscribe over WebSocket or server-sent events"))), http.StatusBadRequest
	}
	handler, ctx := exec.DispatchOperation(ctx, op)
	response := handler(ctx)
	if response == nil { // the request has ended
		response = ended()
	}
	if response.Data != nil {
		return response, http.StatusOK
	}
	return response, statusOf(response.Errors)
}

// ended is the answer to an operation whose time was over before there was one.
func ended() *graphql.Response {
	return &graphql.Response{Errors: typed(indicator.Errorf(indicator.Timeout, "the request has ended"))}
}

// statusOf is the status of an answer without data.
func statusOf(errs gqlerror.List) int {
	if len(errs) == 0 {
		return http.StatusOK
	}
	code, _ := errs[0].Extensions["code"].(string)
	switch indicator.ErrorCode(code) {
	case indicator.Unauthenticated:
		return http.StatusUnauthorized
	case indicator.Forbidden:
		return http.StatusForbidden
	case indicator.Timeout, indicator.Overloaded, indicator.Unavailable:
		return http.StatusServiceUnavailable
	case indicator.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// answer is a response on the wire. Unlike gqlgen's it has no data where there are none: null data are those of an operation
// that failed, none are those of one that did not begin.
type answer struct {
	Errors     gqlerror.List
	Data       json.RawMessage
	Extensions map[string]any
}

// retrySeconds is what a client that came at a bad moment is told to wait.
const retrySeconds = 1

// write sends an answer. Under application/json a status of 400, that of a document which cannot run, is 200, as that media
// type wants it; statuses that are about the request or the server stay.
func write(w http.ResponseWriter, media string, status int, response *graphql.Response) {
	if media == mediaJSON && status == http.StatusBadRequest {
		status = http.StatusOK
	}
	send(w, media, status, answerOf(response))
}

func send(w http.ResponseWriter, media string, status int, a answer) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retrySeconds))
	}
	if status == http.StatusUnauthorized && w.Header().Get("WWW-Authenticate") == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="countyql"`)
	}
	head, tail := a.around()
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+len(a.Data)+len(tail)))
	w.WriteHeader(status)
	for _, part := range [][]byte{head, a.Data, tail} {
		_, _ = w.Write(part) // a client that has gone is not an error
	}
}

// around is what stands before and behind the data.
func (a answer) around() (head, tail []byte) {
	head, tail = []byte("{"), []byte("}")
	if len(a.Errors) > 0 {
		head = slices.Concat(head, []byte(`"errors":`), encoded(a.Errors))
	}
	if a.Data != nil {
		if len(a.Errors) > 0 {
			head = append(head, ',')
		}
		head = append(head, `"data":`...)
	}
	if len(a.Extensions) > 0 {
		tail = slices.Concat([]byte(`,"extensions":`), encoded(a.Extensions), tail)
	}
	return head, tail
}

// encode is the answer as JSON.
func (a answer) encode() []byte {
	head, tail := a.around()
	return slices.Concat(head, a.Data, tail)
}

func answerOf(response *graphql.Response) answer {
	errs := boundedErrors(response) // it may add to the extensions
	return answer{errs, response.Data, response.Extensions}
}

// typed are errors found outside of an operation, as clients see them.
func typed(err *indicator.Error) gqlerror.List {
	return gqlerror.List{present(context.Background(), err)}
}

func encoded(value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // errors and extensions are ours
	}
	return body
}

// WriteRefusal answers a request that did not get as far as an operation by a GraphQL response with one typed error, of the media type
// that the Accept headers prefer.
func WriteRefusal(w http.ResponseWriter, accept []string, status int, err *indicator.Error) {
	media := cmp.Or(answerType(accept), mediaJSON)
	send(w, media, status, answer{Errors: typed(err)})
}

package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	gqlexec "github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/schema"
)

// Options configure the GraphQL handler.
type Options struct {
	// Logger gets internal errors in full. Default: slog.Default().
	Logger *slog.Logger
	// RequestID identifies requests in the log and in INTERNAL errors. Default: always empty.
	RequestID RequestID
	// Observer is told how operations go. Default: nobody is.
	Observer Observer
	// Documents bound what documents may ask for, and say whether errors suggest names of the schema.
	Documents document.Options
	// List, if set, has the only documents that are answered.
	List *document.List
	// Results bound answers.
	Results ResultLimits
	// Limits, if set, lists further limits that hold for the client of a request: those of the server around the handler.
	Limits func(ctx context.Context) []Limit
	// Audit, if set, is told of every mutation.
	Audit func(ctx context.Context, act Act)
	// Streams configure WebSocket and server-sent events.
	Streams Streams
	// Keeping configures which answers are kept to be given again.
	Keeping Keeping
	// Timeout, if set, bounds the time that a request may take once it has been read; engine queries are interrupted then. Streams
	// have bounds of their own.
	Timeout time.Duration

	// generatedOnly has every part of an answer written by the generated code, for tests to compare with.
	generatedOnly bool
	encoders      *encoders
}

// served is the schema without what this server does not do: deliver parts of an answer later.
func served() *ast.Schema {
	definition := gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schema.SDL()})
	delete(definition.Directives, "defer")
	return definition
}

// ReadDocuments reads the documents of a directory that are to be the only ones answered, and checks each within the limits. The
// error is a *document.ListError where they can be read and one of them cannot be served.
func ReadDocuments(dir string, options document.Options) (*document.List, error) {
	return document.ReadList(dir, document.NewChecker(served(), options))
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.RequestID == nil {
		o.RequestID = func(context.Context) string { return "" }
	}
	if o.Observer == nil {
		o.Observer = unobserved{}
	}
	if o.Audit == nil {
		o.Audit = func(context.Context, Act) {}
	}
	o.Results = o.Results.withDefaults()
	return o
}

// Handler answers GraphQL over HTTP, WebSocket and server-sent events. Panics outside of operations are the caller's.
type Handler struct {
	exec   executor
	socket socketTransport
	events eventTransport
	plain  httpTransport
}

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case WantsSocket(r):
		h.socket.Do(w, r, h.exec)
	case WantsEvents(r):
		h.events.Do(w, r, h.exec)
	default:
		h.plain.Do(w, r, h.exec)
	}
}

// NewHandler returns the GraphQL handler over a service: POST and GET, one pinned snapshot per operation.
func NewHandler(service *query.Service, options Options) *Handler {
	options = options.withDefaults()
	options.encoders = newEncoders()
	definition := served()
	checker := document.NewChecker(definition, options.Documents)
	streams := options.Streams.withDefaults()
	exec := gqlexec.New(newOperations(Config{Schema: definition, Resolvers: &Resolver{
		service: service, limits: limits(checker.Limits(), service, options.Results, streams), around: options.Limits, audit: options.Audit,
	}}))
	connections := &gate{most: int64(streams.Connections)}
	logged := internal(options.Logger, options.RequestID)
	unexpected := func(ctx context.Context, err error) *gqlerror.Error {
		options.Observer.Panicked(ctx)
		return logged(ctx, err)
	}
	exec.SetQueryCache(checkedDocuments{})
	exec.Use(onlyChecked{})
	exec.Use(extension.Introspection{}) // the checker refuses it where it is not wanted
	shown := presenter(options.Logger, options.RequestID)
	exec.SetErrorPresenter(func(ctx context.Context, err error) *gqlerror.Error {
		if errors.Is(err, errEnded) || isEnd(ctx, err) {
			return nil // the operation as a whole says why
		}
		return shown(ctx, err)
	})
	exec.SetRecoverFunc(func(ctx context.Context, panicked any) error {
		options.Observer.Panicked(ctx)
		return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
	})
	exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		if graphql.GetFieldContext(ctx).Object == "Subscription" {
			return next(ctx) // it begins to wait; there is no answer to measure yet
		}
		return observeField(ctx, options.Observer, func(ctx context.Context) (any, error) {
			m := requestOf(ctx).meter
			value, err := m.resolve(ctx, next)
			if err == nil && !options.generatedOnly {
				if part, ok := encode(ctx, m, value); ok {
					return part, nil
				}
			}
			return value, err
		})
	})
	exec.AroundRootFields(planned)
	exec.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		if !graphql.HasOperationContext(ctx) { // refused before there was an operation
			response := next(ctx)
			observeErrors(ctx, options.Observer, response.Errors)
			return response
		}
		if op := graphql.GetOperationContext(ctx).Operation; op != nil && op.Operation == ast.Subscription {
			response := nextEvent(ctx, &event{service: service, meter: &meter{limits: options.Results}}, next)
			if response != nil {
				observeErrors(ctx, options.Observer, response.Errors)
			}
			return response
		}
		return observeOperation(ctx, options.Observer, func(ctx context.Context) (*graphql.Response, query.Spent) {
			return carryOut(ctx, service, &options, next)
		})
	})
	return &Handler{
		newExecutor(exec, newDocuments(checker, options.List)),
		socketTransport{unexpected, streams, connections}, eventTransport{unexpected, streams, connections},
		httpTransport{newKeeper(service, checker, options), options.Timeout, unexpected},
	}
}

// nextEvent waits for the next answer of a subscription.
func nextEvent(ctx context.Context, e *event, next graphql.ResponseHandler) *graphql.Response {
	running, end := context.WithCancel(ctx)
	defer end()
	defer e.close()
	e.meter.end = end
	response := next(context.WithValue(running, eventKey{}, e))
	if response == nil {
		return nil
	}
	if whole := e.meter.exceeded(len(response.Data)); whole != nil {
		response = &graphql.Response{Errors: gqlerror.List{present(context.Background(), whole)}}
	}
	sortErrors(response.Errors)
	return response
}

// carryOut carries out an operation on the newest snapshot.
func carryOut(ctx context.Context, service *query.Service, options *Options, next graphql.ResponseHandler) (*graphql.Response, query.Spent) {
	start := time.Now()
	if refusal := refusedMutation(ctx, service, options); refusal != nil {
		return refusal, query.Spent{}
	}
	session, release, err := service.Open(ctx)
	if err != nil {
		var typed *indicator.Error
		if errors.As(err, &typed) {
			return &graphql.Response{Errors: gqlerror.List{present(ctx, typed)}}, query.Spent{}
		}
		options.Logger.ErrorContext(ctx, "no snapshot", "error", err)
		return unavailable(ctx), query.Spent{}
	}
	defer release()
	work, kept := ctx.Value(workKey{}).(*work)
	running := ctx
	var end context.CancelFunc
	if kept {
		end = work.end // its context is the operation's own
	} else {
		running, end = context.WithCancel(ctx)
		defer end()
	}
	op := graphql.GetOperationContext(ctx)
	session.ExpectFields(fieldsOf(op))
	r := newRequest(session, &meter{limits: options.Results, end: end, encoders: options.encoders, scratch: session.Scratch()}, op.Operation)
	defer r.running.Wait() // resolvers may have given up what still goes on
	response := next(withRequest(running, r))
	if response == nil {
		return nil, session.Spent()
	}
	if whole := outcome(ctx, r, response); whole != nil {
		response = &graphql.Response{Errors: gqlerror.List{present(context.Background(), whole)}}
	}
	sortErrors(response.Errors)
	if kept {
		work.snapshot = session.SnapshotID()
	}
	if wantsStats(op.Extensions, op.Headers) {
		addStats(response, r, session.Spent(), time.Since(start))
	}
	if len(response.Errors) == 0 && running.Err() == nil { // otherwise a resolver may have given up what still goes on
		session.Scratch().Free()
	}
	return response, session.Spent()
}

// unavailable is the response while there is no data to answer from.
func unavailable(ctx context.Context) *graphql.Response {
	err := indicator.Errorf(indicator.Unavailable, "no snapshot is published")
	err.Hint = "load data first: countyql load"
	return &graphql.Response{Errors: gqlerror.List{present(ctx, err)}}
}

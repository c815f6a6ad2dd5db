package server

import (
	"context"
	"io/fs"
	"log"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/schema"
	"github.com/countyql/countyql/telemetry"
)

// Options configure the HTTP handler.
type Options struct {
	// Logger gets one line per request and internal errors in full. Default: slog.Default().
	Logger *slog.Logger
	// Pages are the built web pages; nil if they have not been built, and / then says how to.
	Pages fs.FS
	// NoPlayground leaves the playground out of the pages.
	NoPlayground bool
	// MaxBody bounds a request's body in bytes. Default: 1 MiB.
	MaxBody int64
	// Timeout bounds the time a request may take. Default: 30 seconds.
	Timeout time.Duration
	// Documents bound what documents may ask for. Without introspection there is no /schema.graphql either.
	Documents document.Options
	// List, if set, has the only documents that are answered: graph.ReadDocuments reads it.
	List *document.List
	// Results bound answers.
	Results graph.ResultLimits
	// Access says who may do what. Default: everybody may read, nobody more.
	Access Access
	// Rate bounds how often each client may ask. Default: as often as it likes.
	Rate Rate
	// Origins are those whose pages may read answers and open WebSockets. Default: the server's own alone.
	Origins Origins
	// Streams configure WebSocket and server-sent events but for what the other options say. Default: those of graph.Streams.
	Streams graph.Streams
	// Keeping configures which answers are kept, by the scope of who asks. Default: those of graph.Keeping.
	Keeping graph.Keeping
	// ExportRows bounds the rows of an exported file. Default: 5 million.
	ExportRows int
	// ExportTimeout bounds the time an export may take. Default: 10 minutes.
	ExportTimeout time.Duration
	// ExportStall is how long the client of an export may take nothing before it is given up. Default: 30 seconds.
	ExportStall time.Duration
	// Audit is told of every mutation: who, what and what came of it. Default: Logger.
	Audit *slog.Logger
	// Uploads takes loads at POST /v1/loads. Default: none are taken.
	Uploads *Uploads
	// Telemetry measures and traces requests. Default: measured, and traced nowhere.
	Telemetry *telemetry.Telemetry
	// Profiles serves /debug/pprof/ to administrators and this machine.
	Profiles bool
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 1 << 20
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	o.Access = o.Access.withDefaults()
	if o.Audit == nil {
		o.Audit = o.Logger
	}
	if o.Telemetry == nil {
		o.Telemetry = telemetry.New(telemetry.Options{Logger: o.Logger})
	}
	if o.ExportRows <= 0 {
		o.ExportRows = 5_000_000
	}
	if o.ExportTimeout <= 0 {
		o.ExportTimeout = 10 * time.Minute
	}
	if o.ExportStall <= 0 {
		o.ExportStall = 30 * time.Second
	}
	return o
}

// limits are those that a request meets before it is an operation.
func (o *Options) limits(ctx context.Context) []graph.Limit {
	var list []graph.Limit
	if o.Access.pace != nil {
		list = append(list, o.Access.pace.limit(ctx))
	}
	return append(list, []graph.Limit{
		{Name: "body", Unit: "bytes of a request's body", Most: o.MaxBody},
		{Name: "time", Unit: "milliseconds that a request may take", Most: o.Timeout.Milliseconds()},
	}...)
}

// Handler answers HTTP requests.
type Handler struct {
	http.Handler
	draining atomic.Bool   // the server is about to end
	errors   *log.Logger   // what goes wrong with connections
	timeout  time.Duration // that a request may take
}

// New returns the HTTP handler over a service.
func New(service *query.Service, options Options) *Handler {
	options = options.withDefaults()
	options.Access.pace = newPace(options.Rate, options.Telemetry.Refused)
	routes := http.NewServeMux()
	asked := graph.Options{
		Logger: options.Logger, RequestID: requestID, Observer: observer{options.Telemetry},
		Documents: options.Documents, List: options.List, Results: options.Results, Limits: options.limits, Audit: audited(options.Audit),
		Streams: options.streams(), Keeping: options.keeping(), Timeout: options.Timeout,
	}
	graphql := graph.NewHandler(service, asked)
	known := func(next http.Handler) http.Handler {
		return authenticated(paced(next, options.Access.pace), options.Access, options.Logger)
	}
	h := &Handler{errors: slog.NewLogLogger(options.Logger.Handler(), slog.LevelWarn), timeout: options.Timeout}
	routes.Handle("/graphql", options.Origins.shared(answered(graphql, known, options)))
	routes.Handle("/v1/export/{file}", options.Origins.shared(untimed(known(newExporter(service, asked, options)))))
	if options.Uploads != nil {
		routes.Handle("/v1/loads", options.Origins.shared(untimed(known(authorized(options.Uploads, access.Loader)))))
	}
	if !options.Documents.NoIntrospection {
		routes.Handle("/schema.graphql", options.Origins.shared(readOnly(compressed(known(http.HandlerFunc(serveSchema))))))
	}
	h.operations(routes, service, options)
	routes.Handle("/", compressed(readOnly(securedPages(pages(options.Pages, !options.NoPlayground)))))
	h.Handler = identify(observed(contained(located(secured(routes), options), options.Telemetry, options.Logger), options.Telemetry, options.Logger))
	return h
}

func serveSchema(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, schema.SDL())
}

func respond(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // a client that has gone is not an error
}

// withTimeout ends the context of a request, which interrupts its engine queries.
func withTimeout(next http.Handler, timeout time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
